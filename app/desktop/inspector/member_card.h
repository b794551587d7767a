// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One member explained: what it holds and held, where the value came from, who writes and reads it, its lifetime, the
// rules that protect it and their source, with ways to the events that changed it. Follows the member that any view chose.
#pragma once

#include <QPushButton>
#include <QTextBrowser>
#include <QWidget>

#include "app/desktop/models/member_explanation.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class MemberCard : public QWidget {
    Q_OBJECT
public:
    MemberCard(PlaybackModel& playback, const LensModel& lens, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] const MemberExplanation& explanation() const { return shown_; }
    [[nodiscard]] QString text() const { return words_->toPlainText(); }  // the whole card
    [[nodiscard]] QPushButton* previous() const { return previous_; }
    [[nodiscard]] QPushButton* next() const { return next_; }
    [[nodiscard]] QPushButton* writer() const { return writer_; }
    QSize sizeHint() const override { return {340, 190}; }

Q_SIGNALS:
    void summary_changed(const QString& summary);  // "SourceHandle · 0x80 · 8 bytes"

private:
    void refresh();
    void say(const QString& html, bool same_member);
    void go(trace::EventId event);

    PlaybackModel& playback_;
    const LensModel& lens_;
    const Theme& theme_;
    MemberExplanation shown_;
    QTextBrowser* words_ = nullptr;
    QString written_;  // what it holds
    QPushButton *previous_ = nullptr, *next_ = nullptr, *writer_ = nullptr;
};

}  // namespace chimneylab::desktop
