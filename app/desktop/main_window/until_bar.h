// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// "Run until …": a strip at the top of the window with a filter expression and a choice whether a change of the chosen
// member counts too. Enter runs on to the next event that fits, Shift+Enter back to the one before; Escape closes.
#pragma once

#include <QCheckBox>
#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include "app/desktop/models/event_search.h"
#include "app/desktop/models/playback_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class UntilBar : public QFrame {
    Q_OBJECT
public:
    UntilBar(PlaybackModel& playback, const Theme& theme, QWidget* parent);
    void open_over(QWidget* window);
    // Goes to the next (or the previous) event that fits what was asked last, or says that there is none. In a long run the
    // search goes on beside the window and tells how far it is; what is asked meanwhile takes its place.
    void run(int direction);
    void cancel();
    [[nodiscard]] bool searching() const { return search_.working(); }
    [[nodiscard]] QLineEdit* field() const { return field_; }
    [[nodiscard]] QCheckBox* member() const { return member_; }
    [[nodiscard]] QString word() const { return word_->text(); }
    [[nodiscard]] bool asked() const { return !field_->text().trimmed().isEmpty() || member_->isChecked(); }

Q_SIGNALS:
    // For who shows it while the bar itself is closed (U and Shift+U work then too): how it ended; how far it is, -1: it ended.
    void said(const QString& words);
    void progressed(int percent);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void apply_theme();
    void say(const QString& words);
    void arrive(trace::EventId event);

    PlaybackModel& playback_;
    const Theme& theme_;
    QLineEdit* field_ = nullptr;
    QCheckBox* member_ = nullptr;
    QLabel* word_ = nullptr;
    QPushButton* go_ = nullptr;
    EventSearch search_;
    SessionPointer searched_;  // in which it searches
    int direction_ = 1;
    trace::EventId change_;  // where the chosen member changes, which counts too; none
};

}  // namespace chimneylab::desktop
