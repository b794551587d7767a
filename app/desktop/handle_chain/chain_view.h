// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The chain of handles on screen, with a picker for the object. A click on a node opens its memory in every view, on a
// line the member. GUI thread only.
#pragma once

#include <QAbstractScrollArea>
#include <QComboBox>
#include <QWidget>

#include "app/desktop/accessibility/accessible_rows.h"
#include "app/desktop/handle_chain/chain_painter.h"
#include "app/desktop/models/handle_chain_model.h"

namespace chimneylab::desktop {

class ChainPicture : public QAbstractScrollArea, public AccessibleRows {
    Q_OBJECT
public:
    ChainPicture(PlaybackModel& playback, HandleChainModel& model, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] const ChainGeometry& geometry_of_chain() const { return geometry_; }
    [[nodiscard]] QPointF to_viewport(QPointF in_drawing) const;

    int accessible_row_count() const override { return static_cast<int>(model_.chain().nodes.size()); }
    QString accessible_row_text(int row) const override { return model_.node_text(row); }
    QRect accessible_row_rect(int row) const override;
    int accessible_current_row() const override { return current_; }

protected:
    bool event(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    void place();
    void open_node(int node, const ChainGeometry::Line* line);
    void move_to(int node);
    [[nodiscard]] int node_at(QPointF in_drawing) const;
    [[nodiscard]] const ChainGeometry::Line* line_at(int node, QPointF in_drawing) const;
    [[nodiscard]] QPointF to_drawing(QPointF in_viewport) const;
    [[nodiscard]] QString tip(int node, const ChainGeometry::Line* line) const;

    PlaybackModel& playback_;
    HandleChainModel& model_;
    const Theme& theme_;
    ChainGeometry geometry_;
    int hover_ = -1;
    int current_ = 0;
};

class ChainView : public QWidget {
    Q_OBJECT
public:
    ChainView(PlaybackModel& playback, HandleChainModel& model, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QComboBox* objects() const { return objects_; }
    [[nodiscard]] ChainPicture* picture() const { return picture_; }

Q_SIGNALS:
    void summary_changed(const QString& summary);

private:
    void show_objects();

    HandleChainModel& model_;
    QComboBox* objects_ = nullptr;
    ChainPicture* picture_ = nullptr;
};

}  // namespace chimneylab::desktop
