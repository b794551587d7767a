// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The memory in focus byte by byte, before and after the present event: a block with the state that follows it, or an
// entry or a handle alone, with the members that lie over the bytes. Offsets in bytes from the start; x64. GUI thread only.
#pragma once

#include <QObject>
#include <QString>
#include <vector>

#include "app/desktop/models/playback_model.h"

namespace chimneylab::desktop {

struct HexSpan {  // one member over its bytes
    QString name;
    QString meaning;         // of the value now
    trace::RegionId region;  // the piece of memory it belongs to
    std::uint32_t in_region = 0;
    std::uint32_t offset = 0, size = 0;  // from the start of the picture
    bool changed = false;
    bool padding = false;  // belongs to no member
};

struct HexPicture {
    QString title;  // "block T1 and its TCP state"
    std::uint64_t address = 0;
    std::vector<std::byte> before, after;
    std::vector<bool> changed;
    std::vector<HexSpan> spans;      // every byte is in one, in order
    std::vector<int> span_of;        // by byte
    std::uint32_t state_begins = 0;  // 0: no state follows
    [[nodiscard]] bool empty() const { return after.empty(); }
};

class HexModel : public QObject {
    Q_OBJECT
public:
    explicit HexModel(PlaybackModel& playback, QObject* parent = nullptr);
    [[nodiscard]] const HexPicture& picture() const { return picture_; }
    [[nodiscard]] int chosen_span() const;  // −1: none
    void choose_span(int span);
    [[nodiscard]] QString span_text(int span) const;
    [[nodiscard]] QString summary() const;

Q_SIGNALS:
    void picture_changed();

private:
    void refresh();
    void add(trace::RegionId region);
    void add_members(trace::RegionId region, std::uint32_t start);

    PlaybackModel& playback_;
    HexPicture picture_;
};

}  // namespace chimneylab::desktop
