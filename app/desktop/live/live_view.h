// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The pane Live sessions: where the lab listens, who is connected and how each one is doing, which of them the views show.
// What a producer is asked for is in the bar over the transport (live_bar.h).
#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QWidget>

#include "app/desktop/models/live_sessions.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class LiveView : public QWidget {
    Q_OBJECT
public:
    LiveView(LiveSessions& live, const Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] QLineEdit* endpoint() const { return endpoint_; }
    [[nodiscard]] QLineEdit* token() const { return token_; }
    [[nodiscard]] QPushButton* listen() const { return listen_; }
    [[nodiscard]] QPushButton* attach_button() const { return attach_; }
    [[nodiscard]] QPushButton* save_button() const { return save_; }
    [[nodiscard]] QPushButton* end_button() const { return end_; }
    [[nodiscard]] QTableView* table() const { return table_; }
    [[nodiscard]] QLabel* word() const { return word_; }
    [[nodiscard]] std::uint32_t chosen() const;
    void choose(std::uint32_t number);

Q_SIGNALS:
    void summary_changed(const QString& summary);
    void save_wanted(quint32 number);
    void problem(const QString& what);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void toggle_listening();
    void refresh();
    void apply_theme();

    LiveSessions& live_;
    const Theme& theme_;
    QLineEdit* endpoint_ = nullptr;
    QLineEdit* token_ = nullptr;
    QLabel* token_label_ = nullptr;
    QPushButton *listen_ = nullptr, *copy_ = nullptr, *attach_ = nullptr, *save_ = nullptr, *end_ = nullptr;
    QLabel* word_ = nullptr;
    QLabel* empty_ = nullptr;
    QTableView* table_ = nullptr;
    QStackedWidget* pages_ = nullptr;
};

}  // namespace chimneylab::desktop
