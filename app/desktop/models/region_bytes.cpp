// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/region_bytes.h"

#include <algorithm>

namespace chimneylab::desktop {

namespace {

void write(const trace::Trace& trace, trace::RegionId id, trace::EventId event, bool forward,
           std::vector<std::byte>& bytes) {
    const auto changes = trace.changes(trace.event(event));
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const trace::Change& change = changes[forward ? i : changes.size() - 1 - i];
        if (change.region != id || change.offset + change.length > bytes.size()) continue;
        std::ranges::copy(forward ? trace.after(change) : trace.before(change),
                          bytes.begin() + static_cast<std::ptrdiff_t>(change.offset));
    }
}

}  // namespace

std::vector<std::byte> region_bytes(const trace::History& history, trace::RegionId id, trace::EventId at,
                                    const trace::Cursor* near) {
    const trace::Trace& trace = history.trace();
    if (!id.valid() || id.value >= trace.region_count()) return {};
    const trace::Region& region = trace.region(id);
    if (near != nullptr && at.valid() && near->position().valid() && region.born <= at && !near->bytes(id).empty()) {
        const auto there = near->bytes(id);
        std::vector<std::byte> bytes(there.begin(), there.end());
        const trace::EventId from = near->position();
        if (from > at) {
            for (trace::EventId event = history.previous_change(id, trace::EventId(from.value + 1));
                 event.valid() && event > at; event = history.previous_change(id, event))
                write(trace, id, event, false, bytes);
        } else {
            for (trace::EventId event = history.next_change(id, from); event.valid() && event <= at;
                 event = history.next_change(id, event))
                write(trace, id, event, true, bytes);
        }
        return bytes;
    }
    return history.region_changes().bytes(id, at);
}

std::optional<std::uint64_t> word_of(const std::vector<std::byte>& bytes, std::uint32_t offset, std::uint32_t size) {
    if (size == 0 || size > 8 || bytes.size() < size || offset > bytes.size() - size) return std::nullopt;
    std::uint64_t value = 0;
    for (std::uint32_t i = 0; i < size; ++i) value |= std::to_integer<std::uint64_t>(bytes[offset + i]) << (8 * i);
    return value;
}

std::optional<std::uint64_t> region_word(const trace::History& history, trace::RegionId region, std::uint32_t offset,
                                         trace::EventId at, const trace::Cursor* near) {
    return word_of(region_bytes(history, region, at, near), offset);
}

}  // namespace chimneylab::desktop
