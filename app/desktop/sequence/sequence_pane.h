// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sequence diagram with its controls: the vertical axis, zoom, export.
#pragma once

#include <QPushButton>
#include <QWidget>

#include "app/desktop/models/session_loader.h"
#include "app/desktop/sequence/sequence_view.h"

namespace chimneylab::desktop {

class SequencePane : public QWidget {
    Q_OBJECT
public:
    enum class Part { whole, visible, operation };

    SequencePane(PlaybackModel& playback, SequenceModel& sequence, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] SequenceView* view() const { return view_; }
    [[nodiscard]] QPushButton* by_order() const { return by_order_; }
    [[nodiscard]] QPushButton* by_time() const { return by_time_; }
    // Asks export_wanted() for the work that writes this part to an .svg or .png file.
    void export_to(Part part, const QString& path);

Q_SIGNALS:
    void summary_changed(const QString& summary);
    void export_wanted(const QString& what, const chimneylab::desktop::LoadWork& work);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    bool narrow_ = false;
    void choose_file(Part part);
    [[nodiscard]] QPushButton* button(const QString& text, const QString& name, const QString& tip);

    PlaybackModel& playback_;
    SequenceModel& sequence_;
    const Theme& theme_;
    SequenceView* view_ = nullptr;
    QPushButton *by_order_ = nullptr, *by_time_ = nullptr, *export_ = nullptr;
};

}  // namespace chimneylab::desktop
