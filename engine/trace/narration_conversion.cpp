// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The four conversions in words. Whatever is said about a member is read from the bytes: a driver that forgets a member
// gets a sentence that says so.
#include <algorithm>

#include "engine/trace/narration.h"
#include "engine/trace/narration_words.h"
#include "engine/trace/text.h"
#include "engine/trace/value_text.h"

namespace chimneylab::trace {
namespace {

using words::capitalised;
using words::counted;
using words::listed;
using words::who;
using words::whose;

// The changes of a conversion, sorted by what they mean.
struct Changed {
    std::vector<std::string> slot_a, slot_a_null, slot_b, handle_binding, context, status, other;
    std::size_t net_buffer_lists = 0;
    const MemberChange* source_handle = nullptr;
    const MemberChange* im_reserved[2] = {nullptr, nullptr};
};

Changed sorted(const History& history, const std::vector<MemberChange>& changes, RegionId root) {
    Changed all;
    for (const MemberChange& change : changes) {
        const Region& region = history.trace().region(change.region);
        const std::string label = object_name(history, change.region);
        const std::uint32_t offset = change.member.offset;
        if (region.kind == RegionKind::block_list) {
            const bool in_root = change.region == root;
            if (offset == block_offset::slot_a)
                (change.after == 0 ? all.slot_a_null : all.slot_a).push_back(label);
            else if (offset == block_offset::slot_b)
                all.slot_b.push_back(label);
            else if (offset == block_offset::status)
                all.status.push_back(label);
            else if (in_root && offset == block_offset::source_handle)
                all.source_handle = &change;
            else if (in_root && offset == block_offset::im_reserved_0)
                all.im_reserved[0] = &change;
            else if (in_root && offset == block_offset::im_reserved_1)
                all.im_reserved[1] = &change;
            else
                all.other.push_back(label + "." + std::string(change.member.name));
        } else if (region.kind == RegionKind::offload_handle) {
            (offset == handle_offset::ndis_reserved ? all.handle_binding : all.context).push_back(label);
        } else if (region.kind == RegionKind::net_buffer_list) {
            ++all.net_buffer_lists;
        }
    }
    return all;
}

std::string other_changes(const Changed& changed, std::string_view who_wrote) {
    return changed.other.empty()
               ? std::string{}
               : " " + capitalised(std::string(who_wrote)) + " also changed " + listed(changed.other) + ".";
}

std::string down_by_ndis(const History& history, EventId id, const Conversion& conversion, const Changed& changed) {
    const auto below = static_cast<LayerIndex>(conversion.caller + 1);
    std::string text = "NDIS makes the PROTOCOL block list of " + who(history, conversion.caller) +
                       " a MINIPORT block list for " + who(history, below) + ", in place.";
    if (changed.source_handle != nullptr)
        text += " The root's SourceHandle becomes " + value_text(history, id, changed.source_handle->after) +
                (changed.source_handle->before == 0
                     ? std::string(": the completion will return through it.")
                     : "; " + value_text(history, id, changed.source_handle->before) + " is overwritten.");
    if (!changed.slot_a.empty())
        text +=
            " Slot A of " + listed(changed.slot_a) +
            " now points to the MiniportOffloadContext of the handle in slot B, which keeps its value and is called "
            "NdisOffloadHandle from here on.";
    if (!changed.slot_a_null.empty())
        text += " " + listed(changed.slot_a_null) + " has no handle, so its slot A becomes NULL: a placeholder.";
    if (!changed.handle_binding.empty())
        text += " NDIS also notes the binding in NdisReserved[0] of " +
                std::string(changed.handle_binding.size() == 1 ? "handle " : "the handles ") +
                listed(changed.handle_binding) + ", which had none yet.";
    if (changed.net_buffer_lists > 0)
        text += " It marks " + counted(changed.net_buffer_lists, "NET_BUFFER_LIST", "NET_BUFFER_LISTs") +
                " of the send data with the same binding.";
    return text + other_changes(changed, "NDIS");
}

std::string saved_words(const History& history, EventId id, const CallEntry& entry) {
    std::vector<std::string> saved;
    for (const SavedValue& each : entry.saved)
        if (each.offset) saved.push_back(std::string(each.member) + " (" + value_text(history, id, each.value) + ")");
    return listed(saved);
}

std::string down_by_driver(const History& history, EventId id, const Conversion& conversion, const Changed& changed,
                           const CallEntry* entry) {
    const std::string driver = who(history, conversion.converter);
    std::string text = driver + " makes the MINIPORT block list a PROTOCOL block list of its own, to pass it on.";
    if (entry != nullptr) {
        const std::string saved = saved_words(history, id, *entry);
        text += " What the root brought along is kept in call entry #" + std::to_string(entry->ordinal) +
                (saved.empty() ? std::string(".") : ": " + saved + ".");
    }
    if (changed.im_reserved[0] != nullptr)
        text += " ImReserved[0] of the root becomes " + value_text(history, id, changed.im_reserved[0]->after) +
                ", so that the completion finds its way back to it.";
    if (changed.im_reserved[1] != nullptr)
        text += " ImReserved[1] becomes " + value_text(history, id, changed.im_reserved[1]->after) + ".";
    if (!changed.slot_b.empty())
        text += " Slot B of " + listed(changed.slot_b) + " now holds " + whose(history, conversion.converter) +
                " own handle" + (changed.slot_b.size() == 1 ? "" : "s") +
                ": the one from above is remembered in the offload entry.";
    if (changed.im_reserved[0] == nullptr && changed.slot_b.empty())
        text += " No member changes: every value is the one that came from above.";
    if (changed.source_handle != nullptr) text += " It writes SourceHandle, which belongs to NDIS on the way down.";
    return text + other_changes(changed, driver);
}

std::string up_by_ndis(const History& history, EventId id, const Conversion& conversion, const Cursor& at,
                       const std::vector<MemberChange>& changes) {
    std::string text =
        "NDIS reads the MINIPORT block list of " + who(history, conversion.caller) + " as a PROTOCOL block list again";
    text += changes.empty() ? ": only the names change, not one byte." : ".";
    const std::uint64_t source = at.word(conversion.root, block_offset::source_handle).value_or(0);
    text += " The root's SourceHandle, " + value_text(history, id, source) +
            ", decides whose completion handler is called: " + who(history, conversion.lane) + ".";
    if (conversion.lane == conversion.caller)
        text += " That is the driver that completed it: the SourceHandle it was given was never put back.";
    return text;
}

std::string restored_words(const History& history, EventId id, const Changed& changed, const CallEntry* entry,
                           const Cursor& at, RegionId root) {
    constexpr std::array offsets{block_offset::im_reserved_0, block_offset::im_reserved_1, block_offset::source_handle};
    std::vector<std::string> restored, wrong;
    if (entry != nullptr && entry->saved.size() == offsets.size()) {
        for (std::size_t i = 0; i < offsets.size(); ++i) {
            const std::uint64_t now = at.word(root, offsets[i]).value_or(0);
            const SavedValue& saved = entry->saved[i];
            const bool touched = (i < 2 ? changed.im_reserved[i] : changed.source_handle) != nullptr;
            if (now != saved.value)
                wrong.push_back(std::string(saved.member) + " holds " + value_text(history, id, now) + " instead of " +
                                value_text(history, id, saved.value));
            else if (touched)
                restored.push_back(std::string(saved.member) + " (" + value_text(history, id, saved.value) + ")");
        }
    }
    std::string text;
    if (!restored.empty())
        text += " From call entry #" + std::to_string(entry->ordinal) + " the root gets back " + listed(restored) + ".";
    if (!wrong.empty()) text += " Not as it came: " + listed(wrong) + ".";
    return text;
}

std::string up_by_driver(const History& history, EventId id, const Conversion& conversion, const Changed& changed,
                         const CallEntry* entry, const Cursor& at) {
    const std::string driver = who(history, conversion.converter);
    std::string text =
        driver +
        " gives back what it borrowed: the PROTOCOL block list becomes the MINIPORT block list that came from above.";
    text += restored_words(history, id, changed, entry, at, conversion.root);
    if (!changed.slot_b.empty())
        text += " Slot B of " + listed(changed.slot_b) + " holds the handle" + (changed.slot_b.size() == 1 ? "" : "s") +
                " from above again" + (changed.slot_a.empty() ? "." : ", and slot A points into them as before.");
    else
        text += " Slot B is left as it was, with " + whose(history, conversion.converter) + " own handles.";
    if (!changed.context.empty())
        text += " For " + listed(changed.context) + " it publishes its offload entry to the driver above.";
    if (changed.source_handle == nullptr && entry == nullptr)
        text += " SourceHandle stays " +
                value_text(history, id, at.word(conversion.root, block_offset::source_handle).value_or(0)) + ".";
    return text + other_changes(changed, driver);
}

}  // namespace

std::string Narrator::tell_conversion(EventId id, const Event& event) {
    const Conversion* conversion = history_->conversion_at(id);
    const Operation* operation = conversion ? history_->operation(conversion->operation) : nullptr;
    if (conversion == nullptr || operation == nullptr)
        return capitalised(who(*history_, event.layer)) + " converts a block list.";
    cursor_.seek(id);
    const auto changes = member_changes(cursor_, history_->block_type(*operation, id));
    const Changed changed = sorted(*history_, changes, conversion->root);
    const Passage* passage = operation->passage(conversion->converter);
    const CallEntry* entry = passage != nullptr && passage->call_entry != Passage::no_index
                                 ? &history_->call_entries()[passage->call_entry]
                                 : nullptr;
    switch (conversion->kind) {
        case ConversionKind::none:
            break;
        case ConversionKind::protocol_to_miniport_by_ndis:
            return down_by_ndis(*history_, id, *conversion, changed);
        case ConversionKind::miniport_to_protocol_by_driver:
            return capitalised(down_by_driver(*history_, id, *conversion, changed, entry));
        case ConversionKind::miniport_to_protocol_by_ndis:
            return up_by_ndis(*history_, id, *conversion, cursor_, changes);
        case ConversionKind::protocol_to_miniport_by_driver:
            return capitalised(up_by_driver(*history_, id, *conversion, changed, entry, cursor_));
    }
    return capitalised(who(*history_, event.layer)) + " converts a block list in a way this program does not know.";
}

}  // namespace chimneylab::trace
