// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/questions/questions_view.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QResizeEvent>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/questions/question_delegate.h"
#include "app/desktop/theme/keep_keys.h"

namespace chimneylab::desktop {

namespace {

constexpr int side_by_side_from = 520;  // pixels
constexpr int list_width = 232;

QLabel* words(QWidget* parent) {
    auto* made = new QLabel(parent);
    made->setWordWrap(true);
    made->setTextFormat(Qt::PlainText);
    made->setTextInteractionFlags(Qt::TextSelectableByMouse);
    made->setFocusPolicy(Qt::NoFocus);
    return made;
}

}  // namespace

QuestionsView::QuestionsView(PlaybackModel& playback, QuestionModel& model, const Theme& theme, QWidget* parent)
    : QWidget(parent), playback_(playback), model_(model), theme_(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 0, 8, 8);
    column->setSpacing(0);
    halves_ = new QBoxLayout(QBoxLayout::LeftToRight);
    halves_->setSpacing(10);
    column->addLayout(halves_);
    halves_->addWidget(make_list());
    halves_->addWidget(make_card(), 1);
    empty_ = new QLabel(this);
    empty_->setWordWrap(true);
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Expanding);
    column->addWidget(empty_);
    connect(&model, &QAbstractItemModel::modelReset, this, [this] {
        shown_.clear();
        // The same questions once more, in another language or with another one: the one that was shown stays.
        row_ = -1;
        for (int row = 0; row < model_.rowCount(); ++row) {
            if (model_.question(row)->key == key_) show_question(row);
        }
        follow();
        set_halts();
    });
    connect(&model, &QuestionModel::changed, this, [this] {
        refresh();
        set_halts();
    });
    playback.tell(this, &QuestionsView::follow);
    playback.tell_growth(this, &QuestionsView::set_halts);
    connect(&theme, &Theme::changed, this, &QuestionsView::apply_theme);
    apply_theme();
    follow();
}

QWidget* QuestionsView::make_list() {
    side_ = new QWidget(this);
    auto* column = new QVBoxLayout(side_);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    list_ = new QListView(side_);
    list_->setModel(&model_);
    list_->setItemDelegate(new QuestionDelegate(theme_, list_));
    list_->setAccessibleName(tr("Questions"));
    list_->setFrameShape(QFrame::NoFrame);
    list_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list_->setMouseTracking(true);
    keep_arrow_keys(list_);
    column->addWidget(list_, 1);
    stop_ = new CheckBox(tr("&Stop before them while playing"), theme_, side_);
    stop_->setToolTip(tr("While this pane is in front, playing stops before the event of a question that is to be answered."));
    stop_->setChecked(true);
    column->addWidget(stop_);
    exam_ = new CheckBox(tr("Do not show &answers"), theme_, side_);
    exam_->setToolTip(tr("For an exam: answers are kept in the session, and which of them are right is not told. Each can be changed."));
    column->addWidget(exam_);
    connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& now) {
        if (now.isValid() && now.row() != row_) show_question(now.row());
    });
    connect(list_, &QListView::clicked, this, [this](const QModelIndex& index) { ask(index.row()); });
    connect(list_, &QListView::activated, this, [this](const QModelIndex& index) { ask(index.row()); });
    connect(stop_, &QCheckBox::toggled, this, &QuestionsView::set_halts);
    connect(exam_, &QCheckBox::toggled, &model_, &QuestionModel::hide_answers);
    return side_;
}

QWidget* QuestionsView::make_card() {
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 4, 0);
    column->setSpacing(5);
    place_ = words(page);
    ask_ = words(page);
    column->addWidget(place_);
    column->addWidget(ask_);
    choice_column_ = new QVBoxLayout;
    choice_column_->setSpacing(2);
    column->addLayout(choice_column_);
    verdict_ = words(page);
    because_ = words(page);
    column->addWidget(verdict_);
    column->addWidget(because_);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    const auto button = [&](const QString& text, const QString& tip) {
        auto* made = new QPushButton(text, page);
        made->setProperty("compact", true);
        made->setToolTip(tip);
        made->setAutoDefault(false);
        new KeepKeys(made, {Qt::Key_Return, Qt::Key_Enter, Qt::Key_Space});
        made->installEventFilter(this);
        row->addWidget(made);
        return made;
    };
    answer_ = button(tr("Answer"), tr("Takes the choice as your answer (Enter)"));
    to_event_ = button(QString(), tr("Goes to the event that shows it (Enter)"));
    again_ = button(tr("Ask me again"), tr("Hides the answer, so that you can try once more"));
    next_ = button(tr("Next"), tr("The next question that is to be answered (Q)"));
    row->addStretch(1);
    column->addLayout(row);
    column->addStretch(1);
    connect(answer_, &QPushButton::clicked, this, &QuestionsView::give_answer);
    connect(to_event_, &QPushButton::clicked, this, &QuestionsView::go_to_event);
    connect(again_, &QPushButton::clicked, this, [this] {
        const int again = row_;  // asking may show another
        model_.ask_again(again);
        ask(again);
    });
    connect(next_, &QPushButton::clicked, this, [this] { ask_next(1); });
    group_ = new QButtonGroup(this);
    connect(group_, &QButtonGroup::idToggled, this, [this] { refresh(); });
    scroll_ = new QScrollArea(this);
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setFocusPolicy(Qt::NoFocus);
    scroll_->setWidget(page);
    return scroll_;
}

void QuestionsView::set_in_front(bool in_front) {
    in_front_ = in_front;
    set_halts();
    if (in_front) follow();
}

void QuestionsView::recall(const QSettings& settings) {
    stop_->setChecked(settings.value(QStringLiteral("questions/stop"), true).toBool());
    exam_->setChecked(settings.value(QStringLiteral("questions/exam"), false).toBool());
}

void QuestionsView::remember(QSettings& settings) const {
    settings.setValue(QStringLiteral("questions/stop"), stop_->isChecked());
    settings.setValue(QStringLiteral("questions/exam"), exam_->isChecked());
}

void QuestionsView::set_halts() {
    std::vector<trace::EventId> halts;
    for (int row = 0; in_front_ && stop_->isChecked() && row < model_.rowCount(); ++row) {
        if (model_.state(row) == QuestionModel::State::open) halts.push_back(model_.moment(row));
    }
    std::ranges::sort(halts);
    playback_.set_halts(std::move(halts));
}

QString QuestionsView::told() const { return verdict_->isHidden() ? QString() : because_->isHidden() ? verdict_->text() : verdict_->text() + QLatin1Char('\n') + because_->text(); }

// Whoever comes to the moment of a question sees that question; elsewhere the one that was shown stays.
void QuestionsView::follow() {
    const int here = model_.row_here();
    const bool stands_on_it = row_ >= 0 && model_.question(row_) != nullptr && (model_.moment(row_) == playback_.position() || model_.question(row_)->at == playback_.position());
    if (here >= 0 && !stands_on_it) return show_question(here);
    if (row_ < 0 && model_.rowCount() > 0) return show_question(model_.state(0) == QuestionModel::State::open ? 0 : model_.next_row(0, 1));
    refresh();
}

void QuestionsView::show_question(int row) {
    row_ = model_.question(row) == nullptr ? -1 : row;
    if (row_ >= 0) key_ = model_.question(row_)->key;
    if (row_ >= 0 && list_->currentIndex().row() != row_) list_->setCurrentIndex(model_.index(row_));
    refresh();
    scroll_->ensureVisible(0, 0);
}

void QuestionsView::ask(int row) {
    if (model_.question(row) == nullptr) return;
    playback_.pause();
    show_question(row);
    playback_.seek(model_.moment(row));
    show_question(row);  // where two have the same moment
    focus_choice();
}

void QuestionsView::ask_next(int direction) { ask(model_.next_row(row_, direction)); }

void QuestionsView::focus_choice() {
    if (answer_->isHidden()) {
        (to_event_->isHidden() ? next_ : to_event_)->setFocus(Qt::OtherFocusReason);
        return;
    }
    const int chosen = group_->checkedId();
    if (!choices_.empty()) choices_[static_cast<std::size_t>(std::max(chosen, 0))]->setFocus(Qt::OtherFocusReason);
}

void QuestionsView::make_choices() {
    for (ChoiceButton* each : choices_) {
        group_->removeButton(each);
        each->hide();
        each->deleteLater();
    }
    choices_.clear();
    const Question* asked = model_.question(row_);
    if (asked == nullptr) return;
    for (const QString& choice : asked->choices) {
        const auto number = static_cast<int>(choices_.size());
        auto* made = new ChoiceButton(number + 1, choice, theme_, scroll_->widget());
        made->installEventFilter(this);
        group_->addButton(made, number);
        choice_column_->addWidget(made);
        made->show();  // at once, so that it can take the keyboard
        choices_.push_back(made);
    }
    QWidget* before = exam_;
    for (ChoiceButton* each : choices_) {
        setTabOrder(before, each);
        before = each;
    }
    setTabOrder(before, answer_);
}

void QuestionsView::give_answer() {
    const int row = row_, chosen = group_->checkedId();
    if (chosen < 0 || answer_->isHidden()) return;
    const bool had_focus = isAncestorOf(focusWidget()) || answer_->hasFocus();
    model_.give_answer(row, chosen);
    if (had_focus) focus_choice();
    const QString words = told();
    if (words.isEmpty()) return;
    verdict_->setAccessibleDescription(words);
    QAccessibleEvent alert(verdict_, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void QuestionsView::go_to_event() {
    const Question* asked = model_.question(row_);
    if (asked == nullptr || to_event_->isHidden()) return;
    playback_.pause();
    playback_.seek(asked->proof.valid() ? asked->proof : asked->at, PlaybackModel::Move::step);
    next_->setFocus(Qt::OtherFocusReason);
}

void QuestionsView::refresh() {
    const int count = model_.rowCount();
    const auto progress = model_.progress();
    const bool any = count > 0;
    side_->setVisible(any);
    scroll_->setVisible(any);
    empty_->setVisible(!any);
    if (!any) {
        const bool waits = playback_.session() && playback_.session()->growing && model_.missing() > 0;
        empty_->setText(!playback_.session() ? tr("A scenario asks what will happen before it is shown. Its questions stand here; choose a scenario.")
                        : waits              ? tr("The scenario's questions come as the session does.")
                        : model_.missing() > 0 ? tr("No question of the scenario has its event in this run.")
                                               : tr("There are no questions about this session. The scenarios of the library ask some."));
        Q_EMIT summary_changed({});
        return;
    }
    QStringList counts{tr("%1 of %2 answered").arg(progress.answered).arg(progress.all)};
    if (!model_.answers_hidden() && progress.answered > 0) {
        counts << tr("%1 right").arg(progress.right);
        if (progress.again > 0) counts << tr("%1 to look at again").arg(progress.again);
    }
    if (model_.missing() > 0) counts << (playback_.session()->growing ? tr("%1 to come").arg(model_.missing()) : tr("%1 not in this run").arg(model_.missing()));
    progress_ = counts.join(QStringLiteral(" · "));
    Q_EMIT summary_changed(progress_);
    if (exam_->isChecked() != model_.answers_hidden()) exam_->setChecked(model_.answers_hidden());

    const Question* asked = model_.question(row_);
    if (asked == nullptr) return;
    const QuestionModel::State state = model_.state(row_);
    const QString shown = asked->key + QLatin1Char('\n') + asked->choices.join(QLatin1Char('\n')) + QString::number(static_cast<int>(state)) + QString::number(model_.answer(row_));
    if (shown != shown_) {
        shown_ = shown;
        make_choices();
        ask_->setText(asked->ask);
        because_->setText(asked->because);
        const QSignalBlocker quiet(group_);
        if (const int given = model_.answer(row_); given >= 0) choices_[static_cast<std::size_t>(given)]->setChecked(true);
    }
    tell(state);
}

void QuestionsView::tell(QuestionModel::State state) {
    using State = QuestionModel::State;
    const Question& asked = *model_.question(row_);
    const bool told = state == State::right || state == State::again;
    const int given = model_.answer(row_), chosen = group_->checkedId();
    const trace::EventId at = playback_.position();
    QString place = tr("Question %1 of %2 · before event %3").arg(row_ + 1).arg(model_.rowCount()).arg(asked.at.value);
    if (!told && at.valid() && at >= asked.at) place += tr(" (you are past it)");
    const SessionPointer session = playback_.session();
    if (session && !session->variant.isEmpty()) place += tr(" · of the correct run; this one is the variant “%1”").arg(session->variant);
    place_->setText(place);
    for (std::size_t i = 0; i < choices_.size(); ++i) {
        const auto number = static_cast<int>(i);
        using Shown = ChoiceButton::Shown;
        choices_[i]->show_as(!told ? Shown::open : number == asked.right ? Shown::right : number == given ? Shown::wrong : Shown::other);
        choices_[i]->setAttribute(Qt::WA_TransparentForMouseEvents, told);
        choices_[i]->setFocusPolicy(told ? Qt::NoFocus : Qt::StrongFocus);
    }
    verdict_->setVisible(told || state == State::kept);
    because_->setVisible(told);
    verdict_->setText(state == State::right ? tr("✔ Right.") : state == State::again ? tr("✖ Not right: it is %1.").arg(asked.right + 1) : tr("Your answer is kept. Which one is right is not told."));
    verdict_->setStyleSheet(QStringLiteral("color: %1; font-weight: 600").arg((state == State::right ? theme_.tokens().fine : state == State::again ? theme_.tokens().changed : theme_.tokens().quiet_text).name()));
    answer_->setVisible(!told);
    answer_->setText(state == State::kept ? tr("Change the answer") : tr("Answer"));
    answer_->setEnabled(chosen >= 0 && chosen != given);
    to_event_->setVisible(told);
    to_event_->setText(tr("See event %1").arg((asked.proof.valid() ? asked.proof : asked.at).value));
    again_->setVisible(told);
    next_->setVisible(model_.rowCount() > 1);
}

bool QuestionsView::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (auto* button = qobject_cast<QPushButton*>(watched); button != nullptr && (key == Qt::Key_Return || key == Qt::Key_Enter)) {
            button->click();
            return true;
        }
        if (qobject_cast<ChoiceButton*>(watched) != nullptr) {
            const int number = key - Qt::Key_1;
            if (number >= 0 && static_cast<std::size_t>(number) < choices_.size()) {
                choices_[static_cast<std::size_t>(number)]->setFocus(Qt::OtherFocusReason);
                choices_[static_cast<std::size_t>(number)]->setChecked(true);
                return true;
            }
            if (key == Qt::Key_Return || key == Qt::Key_Enter) {
                give_answer();
                return true;
            }
        }
    }
    return QWidget::eventFilter(watched, event);
}

void QuestionsView::resizeEvent(QResizeEvent* event) {
    const bool wide = event->size().width() >= side_by_side_from;
    halves_->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    side_->setMaximumWidth(wide ? list_width : QWIDGETSIZE_MAX);
    side_->setMaximumHeight(wide ? QWIDGETSIZE_MAX : std::max(110, event->size().height() / 3));
    side_->setMinimumWidth(wide ? list_width : 0);
    QWidget::resizeEvent(event);
}

void QuestionsView::apply_theme() {
    const Tokens& t = theme_.tokens();
    place_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px").arg(t.quiet_text.name()));
    empty_->setStyleSheet(QStringLiteral("color: %1").arg(t.quiet_text.name()));
    ask_->setStyleSheet(QStringLiteral("color: %1; font-size: 13px; font-weight: 600").arg(t.text.name()));
    because_->setStyleSheet(QStringLiteral("color: %1").arg(t.text.name()));
    if (row_ >= 0) refresh();
}

}  // namespace chimneylab::desktop

#include "moc_questions_view.cpp"
