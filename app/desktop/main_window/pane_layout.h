// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the panes stand. The window lists its panes in one table (MainWindow::make_pane_table); a row says what a pane is
// called, what it shows, in which cell it stands and which layouts have it. Panes of the same cell share it as tabs, in
// the order of the table; a pane that a layout leaves out keeps its place and is hidden. GUI thread only.
#pragma once

#include <QMainWindow>
#include <QString>
#include <vector>

#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class PanelDock;

// Three columns; the cells of a column stand one above the other in this order.
enum class PaneCell { left_top, left_bottom, centre_top, centre_bottom, right_top, right_middle, right_bottom };

// Sets of panes that a person asks for by name.
enum PaneLayout : unsigned {
    layout_teach = 1,  // few panes, large: for a projector
    layout_learn = 2,  // the picture, the words and the list of events: what opens first
    layout_debug = 4,  // everything that helps to find a mistake
    layout_every = layout_teach | layout_learn | layout_debug,
};

struct PaneRow {
    const char* name;   // object name: what settings and tests know it by
    QString title;      // what a person reads
    QWidget* view;      // its summary_changed(QString), if it has that signal, becomes the line beside the title
    PaneCell cell;
    unsigned layouts;   // PaneLayout bits that show it; 0: only by the menu View
    unsigned in_front = 0;  // PaneLayout bits in which it is the tab in front, when it is not the first of its cell
};

class PaneGrid {
public:
    PaneGrid(QMainWindow& docks, const Theme& theme) : docks_(docks), theme_(theme) {}

    // Makes the docks. Called once.
    void make(std::vector<PaneRow> rows);
    void arrange(PaneLayout layout);
    // Gives the cells their shares of the room there is now. arrange() does it too, but before the window has its size it
    // cannot be done well.
    void share_out(PaneLayout layout);

    [[nodiscard]] const std::vector<PanelDock*>& panes() const { return panes_; }
    [[nodiscard]] PanelDock* pane(QLatin1String name) const;  // null if there is none of that name
    // Brings a pane to the front of its cell and opens it if it is closed.
    void show(PanelDock* pane);
    // Changes whenever the set of panes does, so that an arrangement saved for another set is not restored into this one.
    [[nodiscard]] int version() const { return version_; }

private:
    QMainWindow& docks_;
    const Theme& theme_;
    std::vector<PaneRow> rows_;
    std::vector<PanelDock*> panes_;
    int version_ = 0;
};

}  // namespace chimneylab::desktop
