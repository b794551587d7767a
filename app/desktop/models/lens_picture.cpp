// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/lens_picture.h"

#include <algorithm>

#include "app/desktop/models/lens_boxes.h"
#include "app/desktop/models/region_bytes.h"
#include "app/desktop/models/session.h"
#include "app/desktop/models/short_value.h"
#include "engine/trace/block_tree.h"
#include "engine/trace/text.h"
#include "engine/trace/value_text.h"

namespace chimneylab::desktop {

namespace {

using trace::BlockType;
using trace::ConversionKind;
using trace::EventId;
using trace::RegionId;

// The last crossing into the converter before the conversion: what it then found is the input. A driver that was called
// more than once (a completion that went round) converts what the latest call brought.
EventId input_of(const trace::History& history, const trace::Operation& operation,
                 const trace::Conversion& conversion) {
    const auto& crossings = operation.crossings;
    auto at = std::ranges::lower_bound(crossings, conversion.event);
    while (at != crossings.begin()) {
        --at;
        if (history.trace().event(*at).layer == conversion.converter) return *at;
    }
    return conversion.event.value > 0 ? EventId(conversion.event.value - 1) : EventId();
}

// "ImReserved[1]" on x86: the second element of the member ImReserved of the computed layout.
void place_on_x86(LensRow& row, const layout::Structure* structure, const QString& name) {
    if (structure == nullptr) return;
    const qsizetype bracket = name.indexOf(QLatin1Char('['));
    const layout::Member* member = structure->member((bracket < 0 ? name : name.left(bracket)).toStdString());
    if (member == nullptr) return;
    row.x86_offset = member->offset;
    row.x86_size = member->size;
    if (bracket < 0) return;
    const std::uint32_t element = name.mid(bracket + 1, name.size() - bracket - 2).toUInt();
    row.x86_size = 4;  // every array of a block is one of pointers
    row.x86_offset += element * row.x86_size;
}

bool changed_between(const trace::History& history, RegionId region, const LensMoments& moments) {
    const EventId change = history.next_change(region, moments.in);
    return change.valid() && change <= moments.out;
}

void add_rows(LensPicture& picture, const trace::History& history, const LensMoments& moments) {
    const auto before = region_bytes(history, picture.block, moments.in, moments.near);
    const auto after = region_bytes(history, picture.block, moments.out, moments.near);
    const auto names_in = trace::block_members(picture.type_in);
    const auto names_out = trace::block_members(picture.type_out);
    const layout::Structure* x86 = layout::find(picture.structure_out.toStdString(), layout::Arch::x86);
    picture.block_size = trace::block_offset::size;
    picture.block_size_x86 = x86 != nullptr ? x86->size : 0;
    for (std::size_t i = 0; i < names_out.size() && i < names_in.size(); ++i) {
        const trace::Member& out = names_out[i];
        const trace::Member& in = names_in[i];
        const auto value_in = word_of(before, out.offset, out.size);
        const auto value_out = word_of(after, out.offset, out.size);
        if (!value_in || !value_out) continue;  // a trace from outside may watch less than the whole
        LensRow row;
        row.offset = out.offset;
        row.size = out.size;
        row.name_in = to_qstring(in.name);
        row.name_out = to_qstring(out.name);
        row.type_out = to_qstring(out.type);
        place_on_x86(row, x86, row.name_out);
        row.value_in = *value_in;
        row.value_out = *value_out;
        row.meaning_in =
            to_qstring(trace::member_text(history, moments.out, trace::RegionKind::block_list, in, row.value_in));
        row.meaning_out =
            to_qstring(trace::member_text(history, moments.out, trace::RegionKind::block_list, out, row.value_out));
        row.short_in = short_member_value(history, moments.out, in, row.value_in);
        row.short_out = short_member_value(history, moments.out, out, row.value_out);
        row.renamed = row.name_in != row.name_out;
        row.changed = row.value_in != row.value_out;
        picture.rows.push_back(std::move(row));
    }
}

void add_states(LensPicture& picture, const trace::History& history, const LensMoments& moments) {
    if (picture.rows.empty()) return;
    const auto type = static_cast<std::uint8_t>(picture.rows.front().value_out);
    RegionId state;
    const trace::Region& block = history.trace().region(picture.block);
    const RegionId behind = history.region_at(block.address + block.size, moments.out);
    if (behind.valid() && history.trace().region(behind).kind == trace::RegionKind::following_state) state = behind;
    if (!state.valid()) return;  // the type says what could follow; only watched bytes say that it does
    const auto x64 = state_layout(type, layout::Arch::x64);
    const auto x86 = state_layout(type, layout::Arch::x86);
    const auto before = region_bytes(history, state, moments.in, moments.near);
    const auto after = region_bytes(history, state, moments.out, moments.near);
    for (std::size_t i = 0; i < x64.size() && i < x86.size(); ++i) {
        LensState part{x64[i], x86[i], false};
        for (std::uint32_t at = x64[i].offset;
             at < x64[i].offset + x64[i].size && at < after.size() && at < before.size(); ++at)
            part.changed = part.changed || before[at] != after[at];
        picture.states.push_back(std::move(part));
    }
    if (!picture.states.empty()) picture.state_name = state_layer(type) + QStringLiteral(" state");
}

}  // namespace

int LensPicture::changed_rows() const {
    return static_cast<int>(std::ranges::count_if(rows, [](const LensRow& row) { return row.changed; }));
}

const trace::Conversion* nearest_conversion(const trace::History& history, const trace::Operation* operation,
                                            EventId at) {
    if (!at.valid()) return nullptr;
    const auto conversions = history.conversions();
    if (operation != nullptr && !operation->conversions.empty()) {
        const auto after = std::ranges::upper_bound(operation->conversions, at, {},
                                                    [&](std::uint32_t index) { return conversions[index].event; });
        return &conversions[after == operation->conversions.begin() ? operation->conversions.front() : *(after - 1)];
    }
    if (conversions.empty()) return nullptr;
    const auto after = std::ranges::upper_bound(conversions, at, {}, &trace::Conversion::event);
    return after == conversions.begin() ? &conversions.front() : &*(after - 1);
}

LensPicture build_lens(const trace::History& history, const trace::Conversion& conversion, RegionId block,
                       const trace::Cursor* near) {
    LensPicture picture;
    const trace::Operation* operation = history.operation(conversion.operation);
    if (operation == nullptr || !conversion.root.valid()) return picture;
    const LensMoments moments{input_of(history, *operation, conversion), conversion.event, near};
    picture.conversion = conversion.event;
    picture.kind = conversion.kind;
    picture.number = static_cast<int>(conversion.number);
    picture.of = static_cast<int>(operation->conversions.size());
    picture.converter = to_qstring(history.layer_name(conversion.converter));
    picture.title = to_qstring(trace::conversion_title(conversion.kind));
    picture.title.replace(QStringLiteral("by the driver"), QStringLiteral("by ") + picture.converter);
    const bool to_miniport = conversion.kind == ConversionKind::protocol_to_miniport_by_ndis ||
                             conversion.kind == ConversionKind::protocol_to_miniport_by_driver;
    picture.type_in = to_miniport ? BlockType::protocol : BlockType::miniport;
    picture.type_out = to_miniport ? BlockType::miniport : BlockType::protocol;
    picture.structure_in = to_qstring(trace::structure_name(picture.type_in));
    picture.structure_out = to_qstring(trace::structure_name(picture.type_out));

    picture.block = conversion.root;
    for (const trace::OperationBlock& each : operation->blocks) {
        LensBlock shown;
        shown.region = each.block;
        shown.label = to_qstring(trace::object_name(history, each.block));
        shown.role = to_qstring(trace::to_text(each.role));
        shown.root = each.block == conversion.root;
        shown.changed = changed_between(history, each.block, moments);
        if (each.block == block) picture.block = block;
        picture.blocks.push_back(std::move(shown));
    }
    picture.block_name = to_qstring(trace::object_name(history, picture.block));
    add_rows(picture, history, moments);
    add_states(picture, history, moments);
    join_lens(picture, history, conversion, moments);
    return picture;
}

}  // namespace chimneylab::desktop
