// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The member inspector: a table of the members of the chosen piece of memory, and below it what the chosen member is
// for, with ways to the events that changed it.
#pragma once

#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QWidget>

#include "app/desktop/models/member_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class MemberInspector : public QWidget {
    Q_OBJECT
public:
    MemberInspector(PlaybackModel& playback, MemberModel& members, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QTableView* table() const { return table_; }
    void show_member(quint32 offset);

Q_SIGNALS:
    void summary_changed(const QString& summary);  // "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST · N1"

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void show_details();
    void keep_in_sight();
    void go_to_change(int direction);
    void apply_theme();
    void size_columns();

    PlaybackModel& playback_;
    MemberModel& members_;
    const Theme& theme_;
    QTableView* table_ = nullptr;
    QLabel* name_ = nullptr;
    QLabel* place_ = nullptr;
    QLabel* purpose_ = nullptr;
    QPushButton* previous_ = nullptr;
    QPushButton* next_ = nullptr;
    QLabel* empty_ = nullptr;
    QWidget* details_ = nullptr;
};

}  // namespace chimneylab::desktop
