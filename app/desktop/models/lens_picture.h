// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One conversion of one block, as data: every member before and after, the driver's own memory between the two, and for
// each member where its value came from. Everything is read from the trace's bytes; nothing is assumed of a driver, so a
// driver that forgets a member gets a picture that shows it. Offsets and sizes in bytes. Plain values.
// What goes where: "Reusing an NDIS_MINIPORT_OFFLOAD_BLOCK_LIST Structure" and its PROTOCOL twin,
// "Referencing Offloaded State Through an Intermediate Driver".
#pragma once

#include <QByteArray>
#include <QString>
#include <optional>
#include <vector>

#include "app/desktop/models/state_layout.h"
#include "engine/trace/history.h"

namespace chimneylab::desktop {

// Where the value of an output member came from.
enum class LensOrigin {
    same,       // the value that came in
    restored,   // read back from an entry that remembers it
    supplied,   // the address of an entry, or of the handle in it
    derived,    // computed: &handle->MiniportOffloadContext
    by_ndis,    // written by NDIS
    by_driver,  // written by the driver; no memory that is watched held this value
};

struct LensEnd {  // a line of a box; line −1 is the box itself
    int box = -1;
    int line = -1;
    [[nodiscard]] bool valid() const { return box >= 0; }
};

struct LensRow {
    std::uint32_t offset = 0, size = 0;          // x64, the layout of the running machine
    std::uint32_t x86_offset = 0, x86_size = 0;  // computed
    QString name_in, name_out, type_out;
    std::uint64_t value_in = 0, value_out = 0;
    QString meaning_in, meaning_out;  // "call entry #2 of IM 1"
    QString short_in, short_out;      // "entry #2 · IM 1", where there is little room
    bool renamed = false;
    bool changed = false;
    LensOrigin origin = LensOrigin::same;
    LensEnd from;              // restored, supplied, derived, by_ndis
    LensEnd kept;              // the value that came in lies here
    bool kept_before = false;  // … and has lain there since an earlier operation
    LensEnd leads;             // the value that came in is the way to this memory
    QString story;             // where the value came from, in words
    QString flaw;              // what it should hold instead; empty when nothing speaks against it
    QString rule;              // the rule that the flaw breaks
};

struct LensLine {
    QString name, value, short_value;
    std::optional<std::uint32_t> offset;  // in the box's memory, if known
    bool written = false;                 // by this conversion
};

struct LensBox {
    enum class Kind { call_entry, offload_entry, handle, binding };
    Kind kind = Kind::call_entry;
    QString title, note, tip;
    trace::RegionId region;
    std::uint64_t address = 0;
    std::vector<LensLine> lines;
};

struct LensState {
    StatePart x64, x86;
    bool changed = false;
};

struct LensBlock {
    trace::RegionId region;
    QString label, role;
    bool changed = false;  // by this conversion
    bool root = false;
};

struct LensPicture {
    trace::EventId conversion;  // none: there is nothing to show
    bool here = false;          // the present event is that conversion
    QString notice;             // which conversion this is when the present event is another
    trace::ConversionKind kind = trace::ConversionKind::none;
    QString title;  // "protocol → miniport, by IM 2, on the way up"
    int number = 0, of = 0;
    QString converter;
    QString structure_in, structure_out;
    trace::BlockType type_in = trace::BlockType::protocol, type_out = trace::BlockType::miniport;
    trace::RegionId block;
    QString block_name;
    std::vector<LensBlock> blocks;  // in NDIS's walking order; the first is the root
    std::vector<LensRow> rows;
    std::vector<LensBox> boxes;
    QString state_name;  // "TCP state"; empty when nothing follows
    std::vector<LensState> states;
    std::uint32_t block_size = 0, block_size_x86 = 0;
    [[nodiscard]] bool empty() const { return !conversion.valid(); }
    [[nodiscard]] int changed_rows() const;
};

// The picture of this conversion for one block of its tree (none, or a block of another tree: the root). A cursor that
// stands near saves work; it is not moved.
[[nodiscard]] LensPicture build_lens(const trace::History& history, const trace::Conversion& conversion,
                                     trace::RegionId block, const trace::Cursor* near = nullptr);
// The conversion to look at from an event: itself, else the last one of the operation before it, else its first to come,
// else the last of the whole run before the event. nullptr when there is none.
[[nodiscard]] const trace::Conversion* nearest_conversion(const trace::History& history,
                                                          const trace::Operation* operation, trace::EventId at);

}  // namespace chimneylab::desktop
