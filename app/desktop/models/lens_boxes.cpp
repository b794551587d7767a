// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/lens_boxes.h"

#include <algorithm>
#include <array>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/region_bytes.h"
#include "app/desktop/models/session.h"
#include "app/desktop/models/short_value.h"
#include "engine/trace/text.h"
#include "engine/trace/value_text.h"

namespace chimneylab::desktop {

namespace {

using trace::ConversionKind;
using trace::EventId;
using trace::RegionId;
namespace block_offset = trace::block_offset;
namespace handle_offset = trace::handle_offset;

class Joiner {
public:
    Joiner(LensPicture& picture, const trace::History& history, const trace::Conversion& conversion,
           const LensMoments& moments)
        : picture_(picture), history_(history), trace_(history.trace()), conversion_(conversion), moments_(moments) {}

    void join() {
        switch (picture_.kind) {
            case ConversionKind::protocol_to_miniport_by_ndis:
                ndis_down();
                break;
            case ConversionKind::miniport_to_protocol_by_driver:
                offload_entry_down();
                call_entry(true);
                break;
            case ConversionKind::miniport_to_protocol_by_ndis:
                ndis_up();
                break;
            case ConversionKind::protocol_to_miniport_by_driver:
                offload_entry_up();
                call_entry(false);
                published_context();
                break;
            case ConversionKind::none:
                break;
        }
        for (LensRow& row : picture_.rows) finish(row);
    }

private:
    [[nodiscard]] bool root() const { return picture_.block == conversion_.root; }
    [[nodiscard]] LensRow* row(std::uint32_t offset) {
        const auto found = std::ranges::find(picture_.rows, offset, &LensRow::offset);
        return found == picture_.rows.end() ? nullptr : &*found;
    }
    [[nodiscard]] QString driver() const { return picture_.converter; }
    int add(LensBox box) {
        picture_.boxes.push_back(std::move(box));
        return static_cast<int>(picture_.boxes.size()) - 1;
    }
    LensLine line(const QString& name, std::uint64_t value, std::optional<std::uint32_t> offset = {}) const {
        return {name, to_qstring(trace::value_text(history_, moments_.out, value)),
                short_value(history_, moments_.out, value), offset, false};
    }
    LensLine context_line(const QString& name, std::uint64_t value, std::uint32_t offset) const {
        LensLine made = line(name, value, offset);
        const RegionId entry = history_.region_starting_at(value, trace::RegionKind::offload_entry, moments_.out);
        if (!entry.valid()) return made;
        made.value = to_qstring(trace::region_text(history_, entry));
        made.short_value = QStringLiteral("entry %1 · %2")
                               .arg(to_qstring(trace::object_name(history_, entry)),
                                    short_layer_name(history_, trace_.region(entry).owner));
        return made;
    }
    LensBox box_of(RegionId region, LensBox::Kind kind) const {
        LensBox box;
        box.kind = kind;
        box.region = region;
        box.title = to_qstring(trace::region_text(history_, region));
        box.title = box.title.left(1).toUpper() + box.title.mid(1);
        box.address = trace_.region(region).address;
        return box;
    }
    // The value of a member as it first reached this driver in this operation: what has to leave it upward again.
    [[nodiscard]] std::optional<std::uint64_t> arrived(std::uint32_t offset) const {
        const trace::Operation* operation = history_.operation(conversion_.operation);
        const trace::Passage* passage = operation != nullptr ? operation->passage(conversion_.converter) : nullptr;
        if (passage == nullptr || !passage->arrived.valid()) return std::nullopt;
        return region_word(history_, picture_.block, offset, passage->arrived, moments_.near);
    }

    // ---- by NDIS ----

    void ndis_down() {
        LensRow* slot_a = row(block_offset::slot_a);
        LensRow* slot_b = row(block_offset::slot_b);
        LensRow* source = row(block_offset::source_handle);
        if (slot_b != nullptr && slot_b->value_out != 0) {
            const RegionId handle =
                history_.region_starting_at(slot_b->value_out, trace::RegionKind::offload_handle, moments_.out);
            if (handle.valid()) {
                LensBox box = box_of(handle, LensBox::Kind::handle);
                box.tip = QStringLiteral(
                    "NDIS_OFFLOAD_HANDLE: the anchor of the object, owned by the driver that passes the block down");
                const auto before = region_bytes(history_, handle, moments_.in, moments_.near);
                const auto after = region_bytes(history_, handle, moments_.out, moments_.near);
                box.lines.push_back(line(QStringLiteral("NdisReserved[0]"),
                                         word_of(after, handle_offset::ndis_reserved).value_or(0),
                                         handle_offset::ndis_reserved));
                box.lines.back().written =
                    word_of(before, handle_offset::ndis_reserved) != word_of(after, handle_offset::ndis_reserved);
                box.lines.push_back(context_line(QStringLiteral("MiniportOffloadContext"),
                                                 word_of(after, handle_offset::miniport_offload_context).value_or(0),
                                                 handle_offset::miniport_offload_context));
                const int at = add(std::move(box));
                slot_b->leads = {at, -1};
                if (slot_a != nullptr &&
                    slot_a->value_out == slot_b->value_out + handle_offset::miniport_offload_context) {
                    slot_a->origin = LensOrigin::derived;
                    slot_a->from = {at, 1};
                    slot_a->story = QStringLiteral(
                        "NDIS writes the address of MiniportOffloadContext inside the handle that slot B names");
                }
            }
        }
        if (slot_a != nullptr && slot_a->origin == LensOrigin::same && slot_b != nullptr && slot_b->value_out == 0) {
            slot_a->origin = LensOrigin::by_ndis;
            slot_a->story = QStringLiteral("the block has no handle, so NDIS writes NULL: a placeholder");
        }
        if (root() && source != nullptr) {
            LensBox box;
            box.kind = LensBox::Kind::binding;
            box.title = QStringLiteral("NDIS");
            box.address = source->value_out;
            box.tip = QStringLiteral("The binding that NdisXxxOffload was called with");
            box.lines.push_back(line(QStringLiteral("binding"), source->value_out));
            source->from = {add(std::move(box)), 0};
            source->origin = LensOrigin::by_ndis;
            source->story =
                source->value_in == 0 || !source->changed
                    ? QStringLiteral(
                          "NDIS writes the binding it was called with: the completion will return through it")
                    : QStringLiteral(
                          "NDIS writes the binding it was called with; the value before is lost here, the driver above "
                          "has it in its call entry");
        }
    }

    void ndis_up() {
        LensRow* source = row(block_offset::source_handle);
        if (!root() || source == nullptr) return;
        LensBox box;
        box.kind = LensBox::Kind::binding;
        box.title = QStringLiteral("NDIS");
        box.note = QStringLiteral("routes");
        box.address = source->value_in;
        box.tip = QStringLiteral("NDIS finds the receiver of a completion by the root's SourceHandle and nothing else");
        box.lines.push_back(line(QStringLiteral("binding"), source->value_in));
        LensLine to{QStringLiteral("completes to"),
                    to_qstring(history_.layer_name(conversion_.lane)),
                    to_qstring(history_.layer_name(conversion_.lane)),
                    {},
                    false};
        box.lines.push_back(to);
        source->leads = {add(std::move(box)), 0};
        source->story = QStringLiteral("the binding decides whose ProtocolXxxOffloadComplete is called: ") + to.value;
        if (conversion_.lane == conversion_.caller) {
            source->flaw = QStringLiteral("this is the binding of the driver that completed: it completes to itself");
            source->rule = QStringLiteral("IM-050");
        }
    }

    // ---- by the driver ----

    // The offload entry whose handle a protocol edge passes down; the handle alone when the memory around it is unknown.
    struct Entry {
        RegionId region;
        std::uint32_t handle_at = 0;
    };
    [[nodiscard]] Entry entry_with(std::uint64_t handle, EventId at) const {
        Entry found;
        if (handle == 0) return found;
        const RegionId region = history_.region_starting_at(handle, trace::RegionKind::offload_handle, at);
        if (region.valid() && trace_.region(region).parent.valid()) {
            found.region = trace_.region(region).parent;
        } else {
            const RegionId around = history_.region_at(handle, at);
            found.region =
                around.valid() && trace_.region(around).kind == trace::RegionKind::offload_entry ? around : region;
        }
        if (found.region.valid())
            found.handle_at = static_cast<std::uint32_t>(handle - trace_.region(found.region).address);
        return found;
    }

    // Where the bytes hold this value outside the handle itself.
    [[nodiscard]] static std::optional<std::uint32_t> find_word(const std::vector<std::byte>& bytes,
                                                                std::uint64_t value, const Entry& entry) {
        if (value == 0) return std::nullopt;
        for (std::uint32_t at = 0; at + 8 <= bytes.size(); at += 8) {
            const bool in_handle = at >= entry.handle_at && at < entry.handle_at + handle_offset::size;
            if (!in_handle && word_of(bytes, at) == value) return at;
        }
        return std::nullopt;
    }

    int add_entry(const Entry& entry, std::uint64_t handle, std::optional<std::uint64_t> upper, EventId at) {
        const bool is_entry = trace_.region(entry.region).kind == trace::RegionKind::offload_entry;
        LensBox box = box_of(entry.region, is_entry ? LensBox::Kind::offload_entry : LensBox::Kind::handle);
        // Whose it is stands in the title of the whole.
        if (is_entry)
            box.title = QStringLiteral("IM offload entry ") + to_qstring(trace::object_name(history_, entry.region));
        box.tip = QStringLiteral(
                      "What %1 knows of the object as long as it is offloaded: its own handle and the handle of the "
                      "driver above")
                      .arg(driver());
        if (const trace::OffloadEntry* known = history_.offload_entry_of(entry.region))
            box.tip += QStringLiteral("\nin use since event %1").arg(known->recognised.value);
        box.lines.push_back(
            {QStringLiteral("own handle"), to_qstring(trace::value_text(history_, at, handle)),
             QStringLiteral("&this") +
                 (entry.handle_at > 0 ? QStringLiteral(" + %1").arg(offset_text(entry.handle_at)) : QString()),
             entry.handle_at, false});
        if (upper && *upper != 0) {
            const auto place = find_word(region_bytes(history_, entry.region, at, moments_.near), *upper, entry);
            if (place) box.lines.push_back(line(QStringLiteral("upper handle"), *upper, place));
        }
        return add(std::move(box));
    }

    void offload_entry_down() {
        LensRow* slot_b = row(block_offset::slot_b);
        LensRow* slot_a = row(block_offset::slot_a);
        if (slot_b == nullptr) return;
        if (slot_a != nullptr && !slot_a->changed)
            slot_a->story = QStringLiteral("left as it was: NDIS rewrites it in the next step");
        if (slot_b->value_out == 0) {
            if (slot_b->value_in == 0) slot_b->story = QStringLiteral("a placeholder has no handle, at any level");
            return;
        }
        const Entry entry = entry_with(slot_b->value_out, moments_.out);
        const bool own = entry.region.valid() && trace_.region(entry.region).owner == conversion_.converter;
        if (!own) {
            if (slot_b->value_out == slot_b->value_in) {
                slot_b->flaw =
                    QStringLiteral("%1 has to pass down a handle of its own, not the one it was given").arg(driver());
                slot_b->rule = root() ? QStringLiteral("IM-035") : QStringLiteral("IM-039");
            }
            return;
        }
        const int at = add_entry(entry, slot_b->value_out, slot_b->value_in, moments_.out);
        slot_b->origin = LensOrigin::supplied;
        slot_b->from = {at, 0};
        slot_b->story = QStringLiteral("the address of %1's own handle, inside its offload entry").arg(driver());
        if (picture_.boxes[static_cast<std::size_t>(at)].lines.size() > 1) {
            slot_b->kept = {at, 1};
            const trace::OffloadEntry* known = history_.offload_entry_of(entry.region);
            slot_b->kept_before =
                known != nullptr && known->operation.valid() && known->operation != conversion_.operation;
        }
    }

    void offload_entry_up() {
        LensRow* slot_b = row(block_offset::slot_b);
        LensRow* slot_a = row(block_offset::slot_a);
        if (slot_b == nullptr) return;
        const auto expected = arrived(block_offset::slot_b);
        // Looked up before the conversion: a driver may give its entry back before it completes upward.
        const Entry entry = entry_with(slot_b->value_in, moments_.in);
        int at = -1;
        if (entry.region.valid() && trace_.region(entry.region).owner == conversion_.converter) {
            at =
                add_entry(entry, slot_b->value_in, expected ? expected : std::optional(slot_b->value_out), moments_.in);
            slot_b->leads = {at, 0};
            const bool remembered = picture_.boxes[static_cast<std::size_t>(at)].lines.size() > 1;
            if (remembered && (!expected || slot_b->value_out == *expected) && slot_b->changed) {
                slot_b->origin = LensOrigin::restored;
                slot_b->from = {at, 1};
                slot_b->story = QStringLiteral("the handle of the driver above, remembered in the offload entry");
            }
        }
        if (expected && slot_b->value_out != *expected) {
            slot_b->flaw = QStringLiteral("it came from above with %1, and has to go back up with it")
                               .arg(to_qstring(trace::value_text(history_, moments_.out, *expected)));
            slot_b->rule = QStringLiteral("IM-052");
        }
        if (slot_a == nullptr) return;
        if (slot_b->value_out != 0 &&
            slot_a->value_out == slot_b->value_out + handle_offset::miniport_offload_context && slot_a->changed) {
            slot_a->origin = LensOrigin::derived;
            slot_a->from = slot_b->from.valid() ? slot_b->from : LensEnd{at, at < 0 ? -1 : 0};
            slot_a->story =
                QStringLiteral("the address of MiniportOffloadContext inside the handle of the driver above");
        }
        const auto expected_a = arrived(block_offset::slot_a);
        if (expected_a && slot_a->value_out != *expected_a) {
            slot_a->flaw = QStringLiteral("it came from above with %1")
                               .arg(to_qstring(trace::value_text(history_, moments_.out, *expected_a)));
            slot_a->rule = QStringLiteral("IM-053");
        }
    }

    void call_entry(bool down) {
        constexpr std::array offsets{block_offset::im_reserved_0, block_offset::im_reserved_1,
                                     block_offset::source_handle};
        const trace::Operation* operation = history_.operation(conversion_.operation);
        const trace::Passage* passage = operation != nullptr ? operation->passage(conversion_.converter) : nullptr;
        const trace::CallEntry* entry = passage != nullptr && passage->call_entry != trace::Passage::no_index
                                            ? &history_.call_entries()[passage->call_entry]
                                            : nullptr;
        int at = -1;
        if (root() && entry != nullptr) at = add_call_entry(*entry, down);
        for (std::size_t i = 0; i < offsets.size(); ++i) {
            LensRow* member = row(offsets[i]);
            if (member == nullptr) continue;
            const int its_line = at < 0 || entry->saved.size() != offsets.size() ? -1 : static_cast<int>(i);
            if (down) {
                if (its_line >= 0 && (entry->saved[i].offset || member->value_in == 0)) member->kept = {at, its_line};
                if (at >= 0 && within(*entry, member->value_out) && member->changed) {
                    member->origin = LensOrigin::supplied;
                    member->from = {at, -1};
                    member->story = QStringLiteral(
                        "the address of the call entry, so that the completion finds its way back to it");
                }
                if (root() && offsets[i] == block_offset::source_handle) {
                    if (member->changed) {
                        member->flaw = QStringLiteral("on the way down SourceHandle belongs to NDIS");
                        member->rule = QStringLiteral("IM-033");
                    } else {
                        member->story = QStringLiteral("left as it is: NDIS overwrites it in the next step");
                    }
                }
                continue;
            }
            if (at >= 0 && within(*entry, member->value_in)) member->leads = {at, -1};
            const auto expected = arrived(offsets[i]);
            if (!expected) continue;
            if (member->value_out == *expected && member->changed && its_line >= 0) {
                member->origin = LensOrigin::restored;
                member->from = {at, its_line};
                member->story = QStringLiteral("put back as it came from above, out of the call entry");
            } else if (member->value_out != *expected) {
                member->flaw = QStringLiteral("it came from above with %1, and has to go back up with it")
                                   .arg(to_qstring(trace::value_text(history_, moments_.out, *expected)));
                member->rule =
                    offsets[i] == block_offset::source_handle ? QStringLiteral("IM-050") : QStringLiteral("IM-051");
            }
        }
    }

    [[nodiscard]] bool within(const trace::CallEntry& entry, std::uint64_t value) const {
        const trace::Region& region = trace_.region(entry.region);
        return value >= region.address && value - region.address < region.size;
    }

    int add_call_entry(const trace::CallEntry& entry, bool down) {
        LensBox box = box_of(entry.region, LensBox::Kind::call_entry);
        if (entry.ordinal > 0) box.title = QStringLiteral("IM call entry #%1").arg(entry.ordinal);
        const EventId since = entry.allocated.valid() ? entry.allocated : entry.recognised;
        const trace::Nanoseconds from = trace_.event(since).virtual_time;
        const trace::Nanoseconds to = trace_.event(moments_.out).virtual_time;
        box.note = time_text(to >= from ? to - from : 0);
        box.tip = QStringLiteral("What %1 remembers of this operation; %2 old here").arg(driver(), box.note);
        const auto bytes = region_bytes(history_, entry.region, moments_.out, moments_.near);
        for (const trace::SavedValue& saved : entry.saved) {
            LensLine made = line(to_qstring(saved.member), saved.value, saved.offset);
            // On the way up the entry may hold something else by now: say what it holds.
            if (!down && saved.offset) {
                const std::uint64_t now = word_of(bytes, *saved.offset).value_or(saved.value);
                made = line(to_qstring(saved.member), now, saved.offset);
            }
            if (saved.value != 0 && !saved.offset) {
                made.value = QStringLiteral("not saved here");
                made.short_value = QStringLiteral("not saved");
            }
            box.lines.push_back(std::move(made));
        }
        return add(std::move(box));
    }

    // At the completion of an initiate the driver writes its entry into the handle of the driver above.
    void published_context() {
        const auto upper = arrived(block_offset::slot_b);
        if (!upper || *upper == 0) return;
        const RegionId handle = history_.region_starting_at(*upper, trace::RegionKind::offload_handle, moments_.out);
        if (!handle.valid()) return;
        const auto before =
            region_word(history_, handle, handle_offset::miniport_offload_context, moments_.in, moments_.near);
        const auto after =
            region_word(history_, handle, handle_offset::miniport_offload_context, moments_.out, moments_.near);
        if (!before || !after || *before == *after) return;
        LensBox box = box_of(handle, LensBox::Kind::handle);
        box.tip = QStringLiteral("The handle of the driver above: %1 writes its offload entry into it through slot A")
                      .arg(driver());
        box.lines.push_back(
            context_line(QStringLiteral("MiniportOffloadContext"), *after, handle_offset::miniport_offload_context));
        box.lines.back().written = true;
        add(std::move(box));
    }

    // ---- what is left ----

    void finish(LensRow& row) const {
        if (row.changed && row.origin == LensOrigin::same) {
            const bool ndis = conversion_.converter == trace::ndis_layer;
            row.origin = ndis ? LensOrigin::by_ndis : LensOrigin::by_driver;
            if (row.story.isEmpty())
                row.story =
                    ndis ? QStringLiteral("written by NDIS")
                         : QStringLiteral("written by %1; no memory that is watched held this value").arg(driver());
        }
    }

    LensPicture& picture_;
    const trace::History& history_;
    const trace::Trace& trace_;
    const trace::Conversion& conversion_;
    const LensMoments& moments_;
};

}  // namespace

void join_lens(LensPicture& picture, const trace::History& history, const trace::Conversion& conversion,
               const LensMoments& moments) {
    Joiner(picture, history, conversion, moments).join();
}

}  // namespace chimneylab::desktop
