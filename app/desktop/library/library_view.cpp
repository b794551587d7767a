// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/library/library_view.h"

#include <QFontMetrics>
#include <QKeyEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QRegularExpression>
#include <QStyledItemDelegate>
#include <QTimer>
#include <QVBoxLayout>

#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

namespace {

class ScenarioDelegate : public QStyledItemDelegate {
public:
    ScenarioDelegate(const Theme& theme, QObject* parent) : QStyledItemDelegate(parent), theme_(theme) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override {
        if (index.data(LibraryModel::heading_role).toBool()) return {120, 26};
        return {120, index.data(LibraryModel::variant_role).isNull() ? 25 : 22};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Tokens& t = theme_.tokens();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRect cell = option.rect;
        if (index.data(LibraryModel::heading_role).toBool()) {
            const QFont font = theme_.words(measure::small_text, QFont::DemiBold);
            painter->setFont(font);
            painter->setPen(t.quiet_text);
            painter->drawText(cell.adjusted(6, 6, -4, 0), Qt::AlignLeft | Qt::AlignVCenter,
                              QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, cell.width() - 10));
            return;
        }
        const bool current = index.data(LibraryModel::current_role).toBool();
        const bool chosen = (option.state & QStyle::State_Selected) != 0;
        if (current || chosen || (option.state & QStyle::State_MouseOver) != 0) {
            painter->setPen(chosen && !current ? QPen(t.line, 1) : QPen(Qt::NoPen));
            painter->setBrush(current ? t.selection : t.hover);
            painter->drawRoundedRect(QRectF(cell).adjusted(0.5, 1, -0.5, -1), 5, 5);
        }
        if (!index.data(LibraryModel::variant_role).isNull()) {
            const bool breaks = !index.data(LibraryModel::breaks_role).toStringList().isEmpty();
            draw_mark(*painter, breaks ? Mark::cross : Mark::dot, QRectF(cell.left() + 40, cell.center().y() - 3.5, breaks ? 8 : 6, breaks ? 8 : 6), breaks ? t.changed : t.quiet_text);
            const QFont font = theme_.words(measure::quiet_text, current ? QFont::DemiBold : QFont::Normal);
            painter->setFont(font);
            painter->setPen(t.text);
            const QRect words = cell.adjusted(54, 0, -4, 0);
            painter->drawText(words, Qt::AlignLeft | Qt::AlignVCenter, QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, words.width()));
            return;
        }
        const QFont number_font = theme_.words(measure::quiet_text, QFont::DemiBold);
        painter->setFont(number_font);
        painter->setPen(t.intermediate_driver);
        painter->drawText(cell.adjusted(10, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, index.data(LibraryModel::number_role).toString());
        const bool broken = !index.data(LibraryModel::problem_role).toString().isEmpty();
        const QFont font = theme_.words(measure::body_text, current ? QFont::DemiBold : QFont::Normal);
        QRect words = cell.adjusted(38, 0, -4, 0);
        if (broken) {
            draw_mark(*painter, Mark::cross, QRectF(words.left(), words.center().y() - 4, 8, 8), t.changed);
            words.setLeft(words.left() + 14);
        }
        painter->setFont(font);
        painter->setPen(t.text);
        painter->drawText(words, Qt::AlignLeft | Qt::AlignVCenter, QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, words.width()));
    }

private:
    const Theme& theme_;
};

}  // namespace

LibraryView::LibraryView(LibraryModel& library, const Theme& theme, QWidget* parent) : QWidget(parent), library_(library), theme_(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 0, 8, 10);
    column->setSpacing(4);
    filter_ = new QLineEdit(this);
    filter_->setPlaceholderText(tr("Filter"));
    filter_->setAccessibleName(tr("Filter scenarios"));
    filter_->setClearButtonEnabled(true);
    column->addWidget(filter_);
    list_ = new QListView(this);
    list_->setModel(&library);
    list_->setItemDelegate(new ScenarioDelegate(theme, list_));
    list_->setAccessibleName(tr("Scenarios"));
    list_->setFrameShape(QFrame::NoFrame);
    list_->setMouseTracking(true);
    list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    list_->installEventFilter(this);
    column->addWidget(list_, 1);
    teaches_ = new QLabel(this);
    teaches_->setWordWrap(true);
    teaches_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    teaches_->setMargin(6);
    teaches_->hide();
    column->addWidget(teaches_);
    auto* order = new QHBoxLayout;
    order->setContentsMargins(6, 2, 2, 0);
    auto* order_label = new QLabel(tr("Schedule"), this);
    schedule_ = new QComboBox(this);
    schedule_->setEditable(true);
    schedule_->setInsertPolicy(QComboBox::NoInsert);
    schedule_->setAccessibleName(tr("Schedule"));
    schedule_->setToolTip(tr("Which of the pending items comes next.\nfifo: earliest due first, the textbook run\nlifo: the latest queued first, completions overtake\nseed:7: any order, the same for the same number"));
    schedule_->setFocusPolicy(Qt::ClickFocus);
    schedule_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    schedule_->setMinimumContentsLength(6);
    schedule_->addItem(tr("scenario's own"), QString());
    for (const char* each : {"fifo", "lifo", "seed:1", "seed:2", "seed:3"}) schedule_->addItem(QLatin1String(each), QLatin1String(each));
    order_label->setBuddy(schedule_);
    order->addWidget(order_label);
    order->addWidget(schedule_, 1);
    column->addLayout(order);
    connect(schedule_, &QComboBox::activated, this, &LibraryView::read_schedule);
    connect(schedule_->lineEdit(), &QLineEdit::editingFinished, this, &LibraryView::read_schedule);
    empty_ = new QLabel(list_);
    empty_->setWordWrap(true);
    empty_->setAlignment(Qt::AlignCenter);
    connect(filter_, &QLineEdit::textChanged, &library, &LibraryModel::set_filter);
    connect(filter_, &QLineEdit::returnPressed, this, [this] {
        for (int row = 0; row < library_.rowCount(); ++row) {
            const QModelIndex index = library_.index(row);
            if (index.data(LibraryModel::heading_role).toBool()) continue;
            Q_EMIT scenario_wanted(index.data(LibraryModel::id_role).toString(), index.data(LibraryModel::variant_role).toString());
            return;
        }
    });
    const auto open = [this](const QModelIndex& index) {
        if (index.isValid() && !index.data(LibraryModel::heading_role).toBool()) {
            Q_EMIT scenario_wanted(index.data(LibraryModel::id_role).toString(), index.data(LibraryModel::variant_role).toString());
        }
    };
    connect(list_, &QListView::clicked, this, open);
    connect(list_, &QListView::activated, this, [this, open](const QModelIndex& index) {
        if (!index.data(LibraryModel::current_role).toBool()) open(index);
    });
    connect(&library, &QAbstractItemModel::modelReset, this, &LibraryView::follow_model);
    connect(&library, &QAbstractItemModel::dataChanged, this, &LibraryView::follow_model);
    connect(&theme, &Theme::changed, this, &LibraryView::apply_theme);
    apply_theme();
    follow_model();
}

bool LibraryView::eventFilter(QObject* watched, QEvent* event) {
    if (watched == list_ && event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter) {
            event->accept();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void LibraryView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layout()->activate();
    empty_->setGeometry(list_->rect().adjusted(6, 6, -6, -6));
}

void LibraryView::follow_model() {
    const int row = library_.row_of(library_.current(), library_.current_variant());
    if (row >= 0) list_->setCurrentIndex(library_.index(row));
    const LibraryEntry* entry = library_.entry(library_.current());
    teaches_->setVisible(entry != nullptr && !entry->teaches.isEmpty());
    if (entry != nullptr) {
        const LibraryVariant* variant = library_.variant(entry->id, library_.current_variant());
        const QString words = variant == nullptr || variant->teaches.isEmpty() ? entry->teaches : variant->teaches;
        teaches_->setText(variant == nullptr || variant->breaks.isEmpty() ? words : tr("Breaks %1 on purpose. ").arg(variant->breaks.join(QStringLiteral(", "))) + words);
        teaches_->setToolTip(teaches_->text());
    }
    empty_->setVisible(library_.rowCount() == 0);
    empty_->setText(library_.entries().empty() ? tr("No scenario was found. Set CHIMNEYLAB_SCENARIOS to a folder with scenario files, or open a recorded session with Ctrl+O.")
                                               : tr("No scenario matches this filter."));
    empty_->setGeometry(list_->rect().adjusted(6, 6, -6, -6));
    // Once the words below have taken their room from the list.
    QTimer::singleShot(0, list_, [list = list_] { list->scrollTo(list->currentIndex()); });
}

// "seed 7", "SEED:7" and "7" are seed:7. Nonsense goes back to what is in force.
void LibraryView::read_schedule() {
    const QString typed = schedule_->currentText().trimmed().toLower();
    static const QRegularExpression seed(QStringLiteral("^(?:seed[: ]*)?(\\d{1,19})$"));
    QString wanted;
    if (const auto match = seed.match(typed); match.hasMatch()) {
        wanted = QStringLiteral("seed:") + match.captured(1);
    } else if (typed == QLatin1String("fifo") || typed == QLatin1String("lifo")) {
        wanted = typed;
    } else if (typed != schedule_->itemText(0).toLower() && !typed.isEmpty()) {
        wanted = schedule_in_force_;
    }
    const bool other = wanted != schedule_in_force_;
    show_schedule(wanted);
    if (other) Q_EMIT schedule_wanted(wanted);
}

void LibraryView::show_schedule(const QString& schedule) {
    schedule_in_force_ = schedule;
    schedule_->lineEdit()->setText(schedule.isEmpty() ? schedule_->itemText(0) : schedule);
    schedule_->lineEdit()->setCursorPosition(0);
}

void LibraryView::apply_theme() {
    const QString quiet = QStringLiteral("color: %1; font-size: 11px").arg(theme_.tokens().quiet_text.name());
    teaches_->setStyleSheet(quiet);
    empty_->setStyleSheet(quiet);
    list_->viewport()->update();
}

}  // namespace chimneylab::desktop

#include "moc_library_view.cpp"
