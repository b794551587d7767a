// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/main_window/pane_layout.h"

#include <QChildEvent>
#include <QMetaObject>
#include <QTabBar>
#include <algorithm>
#include <array>

#include "app/desktop/main_window/panel_dock.h"

namespace chimneylab::desktop {

namespace {

constexpr int columns = 3;

int column_of(PaneCell cell) {
    if (cell <= PaneCell::left_bottom) return 0;
    return cell <= PaneCell::centre_bottom ? 1 : 2;
}

// Shares of width and height, at 1366 × 768; a larger window keeps the proportions.
int width_of(int column, PaneLayout layout) {
    constexpr std::array<int, columns> usual{222, 764, 348}, teaching{0, 940, 400};
    return (layout == layout_teach ? teaching : usual)[static_cast<std::size_t>(column)];
}

int height_of(PaneCell cell) {
    switch (cell) {
        case PaneCell::left_top: return 420;
        case PaneCell::left_bottom: return 222;
        case PaneCell::centre_top: return 324;
        case PaneCell::centre_bottom: return 318;
        case PaneCell::right_top: return 178;
        case PaneCell::right_middle: return 230;
        case PaneCell::right_bottom: return 226;
    }
    return 200;
}

// The line that Qt draws under tabs has a colour of its own, whatever the theme, and where there are many it cuts their names to
// nothing: better to scroll. The main window makes bars when it needs them.
class BareTabBars : public QObject {
public:
    explicit BareTabBars(QMainWindow& docks) : QObject(&docks) { docks.installEventFilter(this); }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::ChildPolished || event->type() == QEvent::LayoutRequest) {
            for (QTabBar* bar : watched->findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
                bar->setDrawBase(false);
                if (bar->elideMode() == Qt::ElideNone && bar->usesScrollButtons()) continue;  // each of them asks for a layout
                bar->setElideMode(Qt::ElideNone);
                bar->setUsesScrollButtons(true);
            }
        }
        return QObject::eventFilter(watched, event);
    }
};

}  // namespace

void PaneGrid::make(std::vector<PaneRow> rows) {
    new BareTabBars(docks_);
    rows_ = std::move(rows);
    QByteArray names;
    for (const PaneRow& row : rows_) {
        auto* pane = new PanelDock(QString::fromLatin1(row.name), row.title, theme_, row.view, &docks_);
        if (row.view->metaObject()->indexOfSignal("summary_changed(QString)") >= 0) {
            QObject::connect(row.view, SIGNAL(summary_changed(QString)), pane, SLOT(set_summary(QString)));
        }
        panes_.push_back(pane);
        names += row.name;
        names += static_cast<char>('0' + static_cast<int>(row.cell));
    }
    version_ = qChecksum(names);
}

PanelDock* PaneGrid::pane(QLatin1String name) const {
    const auto found = std::find_if(panes_.begin(), panes_.end(), [name](const PanelDock* pane) { return pane->objectName() == name; });
    return found == panes_.end() ? nullptr : *found;
}

void PaneGrid::show(PanelDock* pane) {
    pane->show();
    pane->raise();
}

namespace {

struct Cell {
    PaneCell cell;
    std::vector<std::size_t> rows;
};
using Grid = std::array<std::vector<Cell>, columns>;

Grid grid_of(const std::vector<PaneRow>& all) {
    Grid grid;
    for (int cell = 0; cell <= static_cast<int>(PaneCell::right_bottom); ++cell) {
        Cell filled{static_cast<PaneCell>(cell), {}};
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i].cell == filled.cell) filled.rows.push_back(i);
        }
        if (!filled.rows.empty()) grid[static_cast<std::size_t>(column_of(filled.cell))].push_back(std::move(filled));
    }
    return grid;
}

}  // namespace

void PaneGrid::arrange(PaneLayout layout) {
    const Grid grid = grid_of(rows_);
    for (PanelDock* pane : panes_) {
        docks_.removeDockWidget(pane);
        pane->setFloating(false);
    }
    // First the columns, then their cells, then the tabs: a dock that already has tabs cannot be split any more.
    PanelDock* left = nullptr;
    for (const std::vector<Cell>& column : grid) {
        if (column.empty()) continue;
        PanelDock* first = panes_[column.front().rows.front()];
        if (left == nullptr) {
            docks_.addDockWidget(Qt::TopDockWidgetArea, first);
        } else {
            docks_.splitDockWidget(left, first, Qt::Horizontal);
        }
        left = first;
    }
    for (const std::vector<Cell>& column : grid) {
        for (std::size_t i = 1; i < column.size(); ++i) {
            docks_.splitDockWidget(panes_[column[i - 1].rows.front()], panes_[column[i].rows.front()], Qt::Vertical);
        }
    }
    for (const std::vector<Cell>& column : grid) {
        for (const Cell& cell : column) {
            for (std::size_t i = 1; i < cell.rows.size(); ++i) docks_.tabifyDockWidget(panes_[cell.rows[i - 1]], panes_[cell.rows[i]]);
        }
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) panes_[i]->setVisible((rows_[i].layouts & layout) != 0);
    share_out(layout);
}

void PaneGrid::share_out(PaneLayout layout) {
    const Grid grid = grid_of(rows_);
    QList<QDockWidget*> across;
    QList<int> widths;
    for (int column = 0; column < columns; ++column) {
        QList<QDockWidget*> down;
        QList<int> heights;
        for (const Cell& cell : grid[static_cast<std::size_t>(column)]) {
            PanelDock* front = nullptr;
            for (const std::size_t row : cell.rows) {
                if ((rows_[row].layouts & layout) == 0) continue;
                if (front == nullptr || (rows_[row].in_front & layout) != 0) front = panes_[row];
            }
            if (front == nullptr) continue;
            front->raise();
            down << front;
            heights << height_of(cell.cell);
        }
        if (down.isEmpty()) continue;
        across << down.front();
        widths << width_of(column, layout);
        docks_.resizeDocks(down, heights, Qt::Vertical);
    }
    docks_.resizeDocks(across, widths, Qt::Horizontal);
}

}  // namespace chimneylab::desktop
