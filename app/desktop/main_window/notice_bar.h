// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A strip over the top of the window that is there only when there is something to say: work in progress with a way to
// stop it, or what went wrong. It lies over the panes, so that nothing moves when it comes and goes; it never takes the
// focus and never blocks.
#pragma once

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QWidget>

#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class NoticeBar : public QWidget {
    Q_OBJECT
public:
    explicit NoticeBar(const Theme& theme, QWidget* parent = nullptr);
    void show_progress(const QString& what);
    void set_percent(int percent);
    void show_problem(const QString& problem);
    void show_word(const QString& words);  // good news; goes away by itself
    void clear();
    [[nodiscard]] bool working() const { return working_; }
    [[nodiscard]] QString text() const { return words_->text(); }
    [[nodiscard]] QPushButton* button() const { return button_; }

Q_SIGNALS:
    void cancel_wanted();

protected:
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void apply_theme();
    void place();

    const Theme& theme_;
    QLabel* words_ = nullptr;
    QProgressBar* progress_ = nullptr;
    QPushButton* button_ = nullptr;
    QTimer appear_;
    QTimer vanish_;
    bool problem_ = false;
    bool working_ = false;
};

}  // namespace chimneylab::desktop
