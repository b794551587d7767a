// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/handle_chain.h"

#include <algorithm>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/region_bytes.h"
#include "app/desktop/models/session.h"
#include "app/desktop/models/short_value.h"
#include "engine/trace/value_text.h"

namespace chimneylab::desktop {

namespace {

using trace::EventId;
using trace::RegionId;
namespace handle_offset = trace::handle_offset;

bool alive(const trace::Region& region, EventId at) {
    return region.born <= at && (!region.died.valid() || region.died > at);
}

class ChainBuilder {
public:
    ChainBuilder(const trace::History& history, RegionId host_handle, EventId at, const trace::Cursor* near)
        : history_(history), trace_(history.trace()), at_(at), near_(near) {
        chain_.host_handle = host_handle;
        chain_.object = to_qstring(trace::object_name(history, host_handle));
    }

    HandleChain build() {
        const auto layers = trace_.layers();
        for (std::size_t layer = 0; layer < layers.size(); ++layer) {
            ChainNode node;
            node.layer = static_cast<trace::LayerIndex>(layer);
            node.role = layers[layer].role;
            node.title = to_qstring(history_.layer_name(node.layer));
            switch (node.role) {
                case trace::LayerRole::host_stack:
                    host(node);
                    break;
                case trace::LayerRole::intermediate_driver:
                    driver(node);
                    break;
                case trace::LayerRole::offload_target:
                    target(node);
                    break;
            }
            chain_.nodes.push_back(std::move(node));
        }
        for (std::size_t i = 0; i + 1 < chain_.nodes.size(); ++i) join(chain_.nodes[i], chain_.nodes[i + 1]);
        chain_.offloaded = chain_.nodes.size() > 1;
        for (std::size_t i = 0; i < chain_.nodes.size(); ++i) {
            const ChainNode& node = chain_.nodes[i];
            if (i + 1 < chain_.nodes.size() && node.down.state != ChainState::linked) chain_.offloaded = false;
            for (const ChainLink* link : {&node.binding, &node.down, &node.up})
                chain_.flaws += link->flaw.isEmpty() ? 0 : 1;
        }
        return std::move(chain_);
    }

private:
    void read_handle(ChainNode& node) {
        const auto bytes = region_bytes(history_, node.handle, at_, near_);
        node.handle_address = trace_.region(node.handle).address;
        node.binding.value = word_of(bytes, handle_offset::ndis_reserved).value_or(0);
        node.binding.text = to_qstring(trace::value_text(history_, at_, node.binding.value));
        node.binding.short_text = short_value(history_, at_, node.binding.value);
        node.binding.state = node.binding.value == 0 ? ChainState::open : ChainState::linked;
        if (node.binding.value != 0) {
            const trace::Binding* binding = history_.binding(node.binding.value);
            if (binding == nullptr || binding->upper != node.layer) {
                node.binding.state = ChainState::broken;
                node.binding.flaw =
                    QStringLiteral("it has to be the binding of %1 to the driver below").arg(node.title);
                node.binding.rule = QStringLiteral("IM-021");
            }
        }
        node.down.value = word_of(bytes, handle_offset::miniport_offload_context).value_or(0);
        node.down.text = to_qstring(trace::context_text(history_, at_, node.down.value));
        const RegionId entry = history_.region_starting_at(node.down.value, trace::RegionKind::offload_entry, at_);
        node.down.short_text = entry.valid() ? QStringLiteral("entry %1 · %2")
                                                   .arg(to_qstring(trace::object_name(history_, entry)),
                                                        short_layer_name(history_, trace_.region(entry).owner))
                                             : memory_of(node.down.value);
    }

    // "memory 'OTob'": whose it is stands above it.
    [[nodiscard]] QString memory_of(std::uint64_t value) const {
        const trace::ValueMeaning meaning = trace::value_meaning(history_, at_, value);
        if (meaning.kind != trace::ValueKind::allocation) return short_value(history_, at_, value);
        const QString text = to_qstring(meaning.text);
        const qsizetype quote = text.lastIndexOf(QLatin1Char('\''));
        return quote > 0 ? text.left(quote + 1) : text;
    }

    void host(ChainNode& node) {
        const trace::Region& region = trace_.region(chain_.host_handle);
        node.handle = node.region = chain_.host_handle;
        node.exists = alive(region, at_);
        node.address = region.address;
        node.memory = QStringLiteral("handle ") + chain_.object;
        if (region.born <= at_) read_handle(node);
        node.up.state = ChainState::linked;  // nobody is above
    }

    // The entry that the driver above's handle leads to; while the initiate is on its way, or when that link is broken,
    // the live entry of this driver for the same object.
    [[nodiscard]] const trace::OffloadEntry* entry_of(const ChainNode& above, trace::LayerIndex layer) const {
        const trace::OffloadEntry* found = nullptr;
        if (above.down.value != 0) {
            RegionId region = history_.region_starting_at(above.down.value, trace::RegionKind::offload_entry, at_);
            if (!region.valid()) region = history_.region_at(above.down.value, at_);
            if (region.valid() && trace_.region(region).kind == trace::RegionKind::offload_handle)
                region = trace_.region(region).parent;
            found = region.valid() ? history_.offload_entry_of(region) : nullptr;
        }
        if (found != nullptr && found->layer == layer) return found;
        for (const std::uint32_t index : history_.live_offload_entries(layer, at_)) {
            const trace::OffloadEntry& each = history_.offload_entries()[index];
            if (to_qstring(trace_.text(each.object)) == chain_.object ||
                to_qstring(trace::object_name(history_, each.region)) == chain_.object)
                found = &each;
            if (found == &each && stores(each, above.handle_address)) break;
        }
        return found != nullptr && found->layer == layer ? found : nullptr;
    }

    [[nodiscard]] std::optional<std::uint32_t> place_of(const trace::OffloadEntry& entry, std::uint64_t value) const {
        const auto bytes = region_bytes(history_, entry.region, at_, near_);
        const std::uint64_t own = entry.handle.valid()
                                      ? trace_.region(entry.handle).address - trace_.region(entry.region).address
                                      : bytes.size();
        for (std::uint32_t offset = 0; value != 0 && offset + 8 <= bytes.size(); offset += 8) {
            if (offset >= own && offset < own + handle_offset::size) continue;
            if (word_of(bytes, offset) == value) return offset;
        }
        return std::nullopt;
    }
    [[nodiscard]] bool stores(const trace::OffloadEntry& entry, std::uint64_t value) const {
        return place_of(entry, value).has_value();
    }

    void driver(ChainNode& node) {
        const ChainNode& above = chain_.nodes.back();
        const trace::OffloadEntry* entry = entry_of(above, node.layer);
        if (entry == nullptr) return;
        node.region = entry->region;
        node.exists = alive(trace_.region(entry->region), at_);
        node.address = trace_.region(entry->region).address;
        node.memory = QStringLiteral("offload entry ") + to_qstring(trace::object_name(history_, entry->region));
        node.handle = entry->handle;
        if (node.handle.valid()) read_handle(node);
        if (!above.exists) {
            // At the end of an object the drivers let go of it from the top down.
            node.up.state = ChainState::stale;
            node.up.text = QStringLiteral("the handle of %1, which has let go of the object").arg(above.title);
            return;
        }
        node.up.value = above.handle_address;
        node.up.offset = place_of(*entry, above.handle_address);
        node.up.state = node.up.offset ? ChainState::linked : ChainState::broken;
        node.up.text = node.up.offset ? to_qstring(trace::value_text(history_, at_, above.handle_address))
                                      : QStringLiteral("not stored");
        node.up.short_text = node.up.offset ? short_value(history_, at_, above.handle_address) : node.up.text;
        if (!node.up.offset) {
            node.up.flaw = QStringLiteral("the entry does not hold the handle of the driver above");
            node.up.rule = QStringLiteral("IM-034");
        }
    }

    void target(ChainNode& node) {
        const ChainNode& above = chain_.nodes.back();
        const trace::ValueMeaning meaning = trace::value_meaning(history_, at_, above.down.value);
        node.exists =
            above.down.value != 0 && meaning.owner == node.layer && meaning.kind != trace::ValueKind::freed_memory;
        if (!node.exists) return;
        node.address = above.down.value;
        node.memory = memory_of(above.down.value);
        node.up.text = QStringLiteral("stored by the target; its memory is not watched");
    }

    void join(ChainNode& upper, const ChainNode& lower) {
        ChainLink& down = upper.down;
        if (!upper.handle.valid()) return;
        if (down.value == 0) {
            down.state = ChainState::open;
            return;
        }
        const bool arrives = lower.exists && (down.value == lower.address ||
                                              (lower.region.valid() && down.value >= lower.address &&
                                               down.value - lower.address < trace_.region(lower.region).size));
        if (arrives) {
            down.state = ChainState::linked;
            return;
        }
        const trace::ValueMeaning meaning = trace::value_meaning(history_, at_, down.value);
        // An entry may be over a moment before its memory is freed.
        const trace::Allocation* memory = history_.allocation_at(down.value, at_);
        const trace::OffloadEntry* was = memory != nullptr ? history_.offload_entry_in(memory->allocated) : nullptr;
        const bool over = was != nullptr && was->released.valid() && was->released <= at_;
        if (over || meaning.kind == trace::ValueKind::freed_memory || meaning.kind == trace::ValueKind::poison) {
            // Between the end of the object and the moment its owner clears the handle this is how it must look.
            down.state = ChainState::stale;
            return;
        }
        down.state = ChainState::broken;
        const bool own = meaning.owner == upper.layer;
        down.flaw = own ? QStringLiteral("it points into the memory of %1 itself").arg(upper.title)
                        : QStringLiteral("it does not lead to the offload entry of %1").arg(lower.title);
        down.rule = own ? QStringLiteral("IM-056") : QStringLiteral("IM-054");
    }

    const trace::History& history_;
    const trace::Trace& trace_;
    EventId at_;
    const trace::Cursor* near_;
    HandleChain chain_;
};

}  // namespace

HandleChain build_handle_chain(const trace::History& history, RegionId host_handle, EventId at,
                               const trace::Cursor* near) {
    if (!host_handle.valid() || host_handle.value >= history.trace().region_count() || !at.valid()) return {};
    return ChainBuilder(history, host_handle, at, near).build();
}

}  // namespace chimneylab::desktop
