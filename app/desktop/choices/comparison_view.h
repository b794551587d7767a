// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Two branches side by side from the point where they part. A click (or Enter) shows that branch at that event.
#pragma once

#include <QLabel>
#include <QTableView>
#include <QWidget>

#include "app/desktop/models/comparison_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class ComparisonView : public QWidget {
    Q_OBJECT
public:
    ComparisonView(ComparisonModel& comparison, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QTableView* table() const { return table_; }

Q_SIGNALS:
    void summary_changed(const QString& summary);
    void event_wanted(chimneylab::desktop::SessionPointer session, quint32 event);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void size_columns();

    ComparisonModel& comparison_;
    const Theme& theme_;
    QTableView* table_ = nullptr;
    QLabel* empty_ = nullptr;
};

}  // namespace chimneylab::desktop
