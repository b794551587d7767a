// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/live/live_bar.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "driver-bridge/protocol/wire.h"

namespace chimneylab::desktop {

LiveBar::LiveBar(LiveSessions& live, const Theme& theme, QWidget* parent) : QWidget(parent), live_(live), theme_(theme) {
    setObjectName(QStringLiteral("live_bar"));
    setAccessibleName(tr("Live session"));
    setAttribute(Qt::WA_StyledBackground);
    auto* lines = new QVBoxLayout(this);
    lines->setContentsMargins(12, 4, 12, 4);
    lines->setSpacing(4);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    lines->addLayout(row);
    state_ = new QLabel(this);
    state_->setMinimumWidth(60);
    row->addWidget(state_, 1);

    const auto button = [this](const QString& text, const QString& tip) {
        auto* made = new QPushButton(text, this);
        made->setToolTip(tip);
        return made;
    };
    follow_ = button(tr("Follow"), tr("Go to the newest event and stay there. Going anywhere else ends it; the session streams on."));
    follow_->setCheckable(true);
    pause_ = button(tr("Pause view"), tr("Holds the picture. The session streams on and is recorded."));
    pause_->setCheckable(true);
    row->addWidget(follow_);
    row->addWidget(pause_);

    host_ = new QWidget(this);
    auto* host = new QHBoxLayout(host_);
    host->setContentsMargins(8, 0, 0, 0);
    host->setSpacing(6);
    hold_ = button(tr("Hold driver"), tr("The producer stands still after its next event, or where something can be chosen"));
    step_ = button(tr("Step"), tr("Lets the producer record so many events more"));
    steps_ = new QSpinBox(host_);
    steps_->setRange(1, 100'000);
    steps_->setButtonSymbols(QAbstractSpinBox::NoButtons);  // the arrow keys do it
    steps_->setAccessibleName(tr("Events in a step"));
    inject_ = new QToolButton(host_);
    inject_->setText(tr("Inject"));
    inject_->setToolTip(tr("Lets something go wrong on purpose"));
    inject_->setPopupMode(QToolButton::InstantPopup);
    auto* faults = new QMenu(inject_);
    const std::pair<QString, const char*> kinds[] = {{tr("The next allocation fails"), "allocation"},
                                                     {tr("The next completion is lost"), "drop"},
                                                     {tr("The next completion comes twice"), "double"}};
    for (const auto& [text, name] : kinds)
        faults->addAction(text, this, [this, name = QString::fromLatin1(name)] { ask(chimney_wire_inject, 0, name); });
    inject_->setMenu(faults);
    stop_ = button(tr("Stop"), tr("Asks the producer to end its run"));
    for (QWidget* each : {static_cast<QWidget*>(hold_), static_cast<QWidget*>(step_), static_cast<QWidget*>(steps_), static_cast<QWidget*>(inject_), static_cast<QWidget*>(stop_)}) host->addWidget(each);
    row->addWidget(host_);

    choice_ = new QWidget(this);
    auto* choice = new QHBoxLayout(choice_);
    choice->setContentsMargins(0, 0, 0, 0);
    choice->setSpacing(6);
    auto* question = new QLabel(tr("What comes &next?"), choice_);
    alternatives_ = new QComboBox(choice_);
    alternatives_->setAccessibleName(tr("What comes next"));
    alternatives_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    alternatives_->setMinimumContentsLength(24);
    question->setBuddy(alternatives_);
    with_ = new QComboBox(choice_);
    with_->setAccessibleName(tr("How"));
    with_->addItem(tr("as it is"), QString());
    with_->addItem(tr("with status FAILURE"), QStringLiteral("=FAILURE"));
    with_->addItem(tr("next allocation fails"), QStringLiteral("!allocation"));
    with_->addItem(tr("completion is lost"), QStringLiteral("!drop"));
    with_->addItem(tr("completion comes twice"), QStringLiteral("!double"));
    choose_ = button(tr("Take it"), tr("This one is dispatched next"));
    choice->addWidget(question);
    choice->addWidget(alternatives_, 1);
    choice->addWidget(with_);
    choice->addWidget(choose_);
    lines->addWidget(choice_);

    connect(follow_, &QPushButton::clicked, this, [this](bool on) {
        if (on && live_.view_paused()) live_.pause_view(false);
        live_.follow(on);
        refresh();
    });
    connect(pause_, &QPushButton::clicked, this, [this](bool on) { live_.pause_view(on); });
    connect(hold_, &QPushButton::clicked, this, [this] {
        const auto* state = live_.state_of(live_.attached());
        if (state == nullptr) return;
        ask(state->producer_state == chimney_wire_running ? chimney_wire_pause : chimney_wire_start);
    });
    connect(step_, &QPushButton::clicked, this, [this] { ask(chimney_wire_step, static_cast<std::uint64_t>(steps_->value())); });
    connect(stop_, &QPushButton::clicked, this, [this] { ask(chimney_wire_stop); });
    connect(choose_, &QPushButton::clicked, this, [this] {
        if (alternatives_->currentIndex() < 0) return;
        ask(chimney_wire_choose, static_cast<std::uint64_t>(alternatives_->currentIndex()), with_->currentData().toString());
        with_->setCurrentIndex(0);
    });
    connect(&live, &LiveSessions::attached_changed, this, &LiveBar::refresh);
    connect(&live, &LiveSessions::rows_changed, this, &LiveBar::refresh);
    connect(&live, &QAbstractItemModel::dataChanged, this, &LiveBar::refresh);
    connect(&live, &LiveSessions::following_changed, this, &LiveBar::refresh);
    connect(&theme, &Theme::changed, this, &LiveBar::apply_theme);
    apply_theme();
    refresh();
}

void LiveBar::ask(std::uint8_t command, std::uint64_t value, const QString& text) { live_.control(live_.attached(), command, value, text); }

void LiveBar::refresh() {
    const bridge::SessionState* state = live_.state_of(live_.attached());
    setVisible(state != nullptr);
    if (state == nullptr) return;
    const bool over = live_.ended(live_.attached());
    const auto text = [&](LiveSessions::Column column) { return live_.data(live_.index(live_.row_of(live_.attached()), column), Qt::DisplayRole).toString(); };
    QString words = over ? tr("LIVE, ended · %1").arg(QString::fromStdString(state->producer)) : tr("● LIVE · %1").arg(QString::fromStdString(state->producer));
    if (!over) words += QStringLiteral(" · ") + text(LiveSessions::doing);
    words += tr(" · %1 events").arg(text(LiveSessions::events));
    if (!over && !text(LiveSessions::rate).isEmpty()) words += tr(" · %1/s").arg(text(LiveSessions::rate));
    if (over && !state->end.empty()) words += QStringLiteral(" · ✖ ") + QString::fromStdString(state->end);
    state_->setText(state_->fontMetrics().elidedText(words, Qt::ElideRight, std::max(80, state_->width())));
    state_->setToolTip(words);
    state_->setAccessibleName(words);
    follow_->setChecked(live_.following());
    follow_->setEnabled(!over);
    pause_->setChecked(live_.view_paused());
    pause_->setText(live_.view_paused() ? tr("Go on") : tr("Pause view"));
    pause_->setEnabled(!over);
    const auto can = [&](std::uint32_t capability) { return !over && (state->capabilities & capability) != 0; };
    host_->setVisible(!over && (state->capabilities & (chimney_wire_can_pause | chimney_wire_can_stop)) != 0);
    const bool runs = state->producer_state == chimney_wire_running;
    hold_->setText(runs ? tr("Hold driver") : tr("Let it run"));
    hold_->setEnabled(can(chimney_wire_can_pause));
    step_->setEnabled(can(chimney_wire_can_pause));
    steps_->setEnabled(can(chimney_wire_can_pause));
    inject_->setEnabled(can(chimney_wire_can_inject));
    stop_->setEnabled(can(chimney_wire_can_stop));
    const bool asks = !over && state->producer_state == chimney_wire_waits_for_choice && !state->alternatives.empty();
    choice_->setVisible(asks);
    if (asks && shown_ != state->alternatives) {
        alternatives_->clear();
        for (const std::string& each : state->alternatives) alternatives_->addItem(QString::fromStdString(each));
    }
    shown_ = asks ? state->alternatives : std::vector<std::string>();
}

void LiveBar::apply_theme() {
    const Tokens& t = theme_.tokens();
    setStyleSheet(QStringLiteral("#live_bar { background: %1; border: 1px solid %2; border-radius: 8px } QLabel { color: %3 }")
                      .arg(t.panel.name(), t.line.name(), t.text.name()));
}

}  // namespace chimneylab::desktop

#include "moc_live_bar.cpp"
