// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/causal_chains.h"

#include "engine/trace/text.h"
#include "engine/trace/value_text.h"

namespace chimneylab::report {

namespace {

using trace::Cursor;
using trace::Event;
using trace::EventId;
using trace::EventKind;
using trace::History;
using trace::RegionKind;

// The scheduler's own doings differ between schedules and mean nothing for what the drivers did.
bool is_compared(EventKind kind) {
    switch (kind) {
        case EventKind::run_started:
        case EventKind::run_finished:
        case EventKind::step_started:
        case EventKind::step_finished:
        case EventKind::choice:
        case EventKind::work_queued:
        case EventKind::work_started:
        case EventKind::work_finished:
        case EventKind::irql_changed:
            return false;
        default:
            return true;
    }
}

// "call entry #7 of IM 1" without the number, which tells when it was taken and not what it is.
std::string without_ordinals(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool number = text[i] == '#' && i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9';
        if (!number) {
            result += text[i];
            continue;
        }
        while (i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9') ++i;
        if (!result.empty() && result.back() == ' ') result.pop_back();
    }
    return result;
}

std::string meaning_of(const History& history, EventId at, std::uint64_t value) {
    const trace::ValueMeaning meaning = trace::value_meaning(history, at, value);
    switch (meaning.kind) {
        case trace::ValueKind::number:
            return value >> 32 == 0 ? trace::hex(value) : "a number";
        case trace::ValueKind::allocation:
        case trace::ValueKind::other_handle:
        case trace::ValueKind::freed_memory:
            return "memory or handle of " + history.layer_name(meaning.owner);
        default:
            return without_ordinals(meaning.text);
    }
}

template <typename Take>  // Take(name, value)
void take_parts(const History& history, const Cursor& cursor, EventId id, Take take) {
    const trace::Trace& trace = history.trace();
    const Event& event = trace.event(id);
    take("kind", std::string(trace::to_text(event.kind)));
    if (event.operation_kind != trace::OperationKind::none) take("operation", std::string(trace::to_text(event.operation_kind)));
    if (event.name.valid()) take(event.kind == EventKind::enter || event.kind == EventKind::leave ? "function" : "name",
                                 without_ordinals(trace.text(event.name)));
    take("layer", history.layer_name(event.layer));
    take("other layer", history.layer_name(event.other_layer));
    if (event.region.valid()) take("region", without_ordinals(trace::region_text(history, event.region)));
    if (event.has_status) take("status", trace::status_text(event.status));
    switch (event.kind) {
        case EventKind::conversion:
            take("conversion", std::string(trace::to_text(static_cast<trace::ConversionKind>(event.detail))));
            break;
        case EventKind::finding:
            take("finding", std::string(trace::to_text(static_cast<trace::FindingKind>(event.detail))));
            break;
        case EventKind::memory_allocated:
        case EventKind::memory_freed:
            take("memory", trace::pool_tag_text(static_cast<std::uint32_t>(event.detail >> 32)) + " " +
                               std::to_string(event.detail & 0xFFFFFFFF) + " bytes");
            break;
        case EventKind::context_published:
            take("context", meaning_of(history, id, event.detail));
            break;
        default:
            break;
    }
    // Which members changed, and what they mean now. Runs of changed bytes end where addresses happen to agree, so whole
    // words are looked at.
    trace::RegionId region;
    std::uint32_t done = 0;
    for (const trace::Change& change : trace.changes(event)) {
        const trace::Region& where = trace.region(change.region);
        if (change.region != region) done = 0;
        region = change.region;
        const std::string label = without_ordinals(trace::region_text(history, region));
        for (std::uint32_t at = std::max(change.offset & ~7u, done); at < change.offset + change.length; at += 8) {
            done = at + 8;
            const bool words = where.kind == RegionKind::block_list || where.kind == RegionKind::offload_handle ||
                               where.kind == RegionKind::call_entry || where.kind == RegionKind::offload_entry;
            std::string value;
            if (words) {
                const auto word = cursor.word(region, at, std::min(8u, where.size - at));
                value = word ? meaning_of(history, id, *word) : "";
            } else if (where.kind == RegionKind::following_state) {
                const auto bytes = cursor.bytes(region);
                if (at < bytes.size()) value = trace::hex_bytes(bytes.subspan(at, std::min<std::size_t>(8, bytes.size() - at)));
            }
            std::string member = "+" + trace::hex(at);
            if (where.kind == RegionKind::block_list || where.kind == RegionKind::offload_handle) {
                const auto members = trace::members_of(where.kind, trace::BlockType::miniport);
                if (const trace::Member* known = trace::member_at(members, at)) member = known->name;
            }
            take(member + " of " + label, std::move(value));
        }
    }
}

std::uint64_t hashed(std::uint64_t state, std::string_view text) {
    for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001B3;  // FNV-1a
    return (state ^ 0xFF) * 0x100000001B3;
}

class Names {
public:
    explicit Names(const History& history) : history_(history) {
        std::map<std::string, unsigned> seen;
        for (const trace::Operation& operation : history.operations()) {
            std::string name(trace::to_text(operation.kind));
            if (operation.root.valid()) name += " of " + trace::object_name(history, operation.root);
            if (const unsigned number = ++seen[name]; number > 1) name += " (" + std::to_string(number) + ")";
            operations_[operation.id] = std::move(name);
        }
    }
    // The chain an event belongs to: its operation, else that of the call it happens in, else its layer.
    std::string chain_of(EventId id) {
        const Event& event = history_.trace().event(id);
        trace::OperationId operation = event.operation;
        if (!operation.valid() && event.parent.valid()) operation = inherited_[event.parent.value];
        inherited_.push_back(operation);
        if (const auto known = operations_.find(operation); known != operations_.end()) return known->second;
        return history_.layer_name(event.layer) + " outside operations";
    }

private:
    const History& history_;
    std::map<trace::OperationId, std::string> operations_;
    std::vector<trace::OperationId> inherited_;  // by event
};

}  // namespace

Chains causal_chains(const History& history) {
    Chains chains;
    Names names(history);
    Cursor cursor(history.trace());
    for (std::uint32_t i = 0; i < history.trace().size(); ++i) {
        const EventId id(i);
        cursor.step_forward();
        const std::string chain = names.chain_of(id);
        if (!is_compared(history.trace().event(id).kind)) continue;
        std::uint64_t key = 0xCBF29CE484222325;
        take_parts(history, cursor, id, [&](const std::string& name, const std::string& value) { key = hashed(hashed(key, name), value); });
        chains[chain].push_back({id, key});
    }
    return chains;
}

std::vector<KeyPart> key_parts(const History& history, EventId event) {
    std::vector<KeyPart> parts;
    Cursor cursor(history.trace());
    cursor.seek(event);
    take_parts(history, cursor, event, [&](std::string name, std::string value) { parts.push_back({std::move(name), std::move(value)}); });
    return parts;
}

}  // namespace chimneylab::report
