// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/transport/transport_bar.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPainter>
#include <algorithm>

namespace chimneylab::desktop {

namespace {
constexpr double offered_speeds[] = {0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 50};

QString speed_text(double speed) { return QString::number(speed, 'g', 4) + QStringLiteral(" ×"); }
}  // namespace

TransportBar::TransportBar(PlaybackModel& playback, const Theme& theme, const TransportActions& actions, QWidget* parent)
    : QWidget(parent), playback_(playback), theme_(theme) {
    setObjectName(QStringLiteral("transport"));
    setAccessibleName(tr("Transport"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(measure::inside_panel, 5, measure::inside_panel, 5);
    row->setSpacing(6);
    row->addWidget(new TransportButton(TransportButton::Sign::first, actions.first, theme, this));
    row->addWidget(new TransportButton(TransportButton::Sign::back, actions.back, theme, this));
    play_ = new TransportButton(TransportButton::Sign::play, actions.play, theme, this);
    play_->setObjectName(QStringLiteral("play"));
    row->addWidget(play_);
    row->addWidget(new TransportButton(TransportButton::Sign::forward, actions.forward, theme, this));
    row->addWidget(new TransportButton(TransportButton::Sign::last, actions.last, theme, this));
    row->addSpacing(10);
    auto* steppers = new QGridLayout;
    steppers->setContentsMargins(0, 0, 0, 0);
    steppers->setHorizontalSpacing(2);
    steppers->setVerticalSpacing(2);
    conversion_label_ = new QLabel(tr("conversion"), this);
    call_entry_label_ = new QLabel(tr("call entry"), this);
    for (QLabel* label : {conversion_label_, call_entry_label_}) label->setAlignment(Qt::AlignCenter);
    steppers->addWidget(new StepButton(false, actions.previous_conversion, theme, this), 0, 0);
    steppers->addWidget(conversion_label_, 0, 1);
    steppers->addWidget(new StepButton(true, actions.next_conversion, theme, this), 0, 2);
    steppers->addWidget(new StepButton(false, actions.previous_call_entry, theme, this), 1, 0);
    steppers->addWidget(call_entry_label_, 1, 1);
    steppers->addWidget(new StepButton(true, actions.next_call_entry, theme, this), 1, 2);
    row->addLayout(steppers);
    row->addSpacing(10);
    speed_ = new QComboBox(this);
    speed_->setAccessibleName(tr("Speed"));
    speed_->setToolTip(tr("Speed of the animation, 0.05 × to 50 ×. The model's virtual time is not affected.\nType any value."));
    speed_->setEditable(true);
    speed_->setInsertPolicy(QComboBox::NoInsert);
    speed_->setFixedWidth(84);
    speed_->setFocusPolicy(Qt::ClickFocus);
    for (const double value : offered_speeds) speed_->addItem(speed_text(value), value);
    connect(speed_, &QComboBox::activated, this, [this](int index) { playback_.set_speed(speed_->itemData(index).toDouble()); });
    connect(speed_->lineEdit(), &QLineEdit::editingFinished, this, [this] {
        QString words = speed_->lineEdit()->text();
        words.remove(QChar(0x00D7)).remove(QLatin1Char('x'), Qt::CaseInsensitive);
        words.replace(QLatin1Char(','), QLatin1Char('.'));
        bool valid = false;
        const double value = words.trimmed().toDouble(&valid);
        if (valid && value > 0) playback_.set_speed(value);
        show_speed(playback_.speed());  // what is in force, also after nonsense
        speed_->lineEdit()->clearFocus();
    });
    row->addWidget(speed_);
    row->addSpacing(6);
    scrubber_ = new Scrubber(playback, theme, this);
    row->addWidget(scrubber_, 1);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&playback, &PlaybackModel::playing_changed, this,
            [this](bool playing) { play_->set_sign(playing ? TransportButton::Sign::pause : TransportButton::Sign::play); });
    connect(&playback, &PlaybackModel::speed_changed, this, &TransportBar::show_speed);
    connect(&theme, &Theme::changed, this, &TransportBar::apply_theme);
    show_speed(playback.speed());
    apply_theme();
}

void TransportBar::show_speed(double speed) {
    for (int i = 0; i < speed_->count(); ++i) {
        if (speed_->itemData(i).toDouble() == speed) speed_->setCurrentIndex(i);
    }
    speed_->setEditText(speed_text(speed));
}

void TransportBar::apply_theme() {
    for (QLabel* label : {conversion_label_, call_entry_label_}) label->setFont(theme_.words(measure::quiet_text));
    update();
}

void TransportBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme_.tokens().line, 1));
    painter.setBrush(theme_.tokens().panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), measure::panel_radius, measure::panel_radius);
}

}  // namespace chimneylab::desktop

#include "moc_transport_bar.cpp"
