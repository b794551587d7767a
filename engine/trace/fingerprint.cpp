// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/fingerprint.h"

#include <cstring>

#include "engine/trace/text.h"

namespace chimneylab::trace {
namespace {

std::uint64_t mixed(std::uint64_t value) {
    value ^= value >> 30;
    value *= 0xBF58476D1CE4E5B9;
    value ^= value >> 27;
    value *= 0x94D049BB133111EB;
    return value ^ value >> 31;
}

// Order matters: every word is mixed into all that came before.
class Hash {
public:
    explicit Hash(std::uint64_t seed) : state_(seed) {}
    void word(std::uint64_t value) { state_ = mixed(state_ ^ mixed(value + 0x9E3779B97F4A7C15)) + 0x632BE59BD9B4E019; }
    void bytes(std::span<const std::byte> data) {
        word(data.size());
        std::size_t at = 0;
        for (; at + 8 <= data.size(); at += 8) word(little(data.subspan(at, 8)));
        if (at < data.size()) word(little(data.subspan(at)));
    }
    void text(std::string_view value) { bytes(std::as_bytes(std::span(value))); }
    [[nodiscard]] std::uint64_t value() const { return mixed(state_); }

private:
    static std::uint64_t little(std::span<const std::byte> data) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < data.size(); ++i) value |= std::to_integer<std::uint64_t>(data[i]) << (8 * i);
        return value;
    }
    std::uint64_t state_;
};

std::vector<std::uint64_t> hashed_names(const Trace& trace, std::uint64_t seed) {
    std::vector<std::uint64_t> names(trace.string_count());
    for (std::uint32_t i = 0; i < names.size(); ++i) {
        Hash hash(seed);
        hash.text(trace.text(StringId(i)));
        names[i] = hash.value();
    }
    return names;
}

std::uint64_t hash_trace(const Trace& trace, std::uint64_t seed, bool whole_record) {
    const auto names = hashed_names(trace, seed);
    const auto name = [&](StringId id) { return id.valid() && id.value < names.size() ? names[id.value] : 0; };
    Hash hash(seed);
    hash.word(trace.layers().size());
    for (const Layer& layer : trace.layers()) {
        hash.word(static_cast<std::uint64_t>(layer.role));
        hash.word(name(layer.name));
        hash.word(name(layer.driver));
    }
    hash.word(trace.region_count());
    for (const Region& region : trace.regions()) {
        hash.word(std::uint64_t{static_cast<std::uint8_t>(region.kind)} | std::uint64_t{region.owner} << 8 |
                  std::uint64_t{region.ordinal} << 16 | std::uint64_t{region.size} << 32);
        hash.word(region.address);
        hash.word(name(region.label));
        hash.word(std::uint64_t{region.parent.value} << 32 | region.tag);
        hash.word(std::uint64_t{region.born.value} << 32 | region.died.value);
        hash.bytes(trace.initial_bytes(region));
    }
    hash.word(trace.size());
    for (const Event& event : trace.events()) {
        hash.word(event.virtual_time);
        if (whole_record) hash.word(event.measured_time);
        hash.word(event.subject);
        hash.word(event.detail);
        hash.word(name(event.name));
        hash.word(std::uint64_t{event.operation.value} << 32 | event.partner.value);
        hash.word(std::uint64_t{event.parent.value} << 32 | event.region.value);
        hash.word(std::uint64_t{static_cast<std::uint32_t>(event.status)} << 32 | event.change_count);
        hash.word(std::uint64_t{event.depth} | std::uint64_t{static_cast<std::uint8_t>(event.kind)} << 16 |
                  std::uint64_t{static_cast<std::uint8_t>(event.operation_kind)} << 24 |
                  std::uint64_t{event.layer} << 32 | std::uint64_t{event.other_layer} << 40 |
                  std::uint64_t{event.irql} << 48 | std::uint64_t{event.has_status} << 56);
        for (const Change& change : trace.changes(event)) {
            hash.word(std::uint64_t{change.region.value} << 32 | change.offset);
            hash.word(std::uint64_t{change.length} << 8 | change.writer);
            hash.bytes(trace.before(change));
            hash.bytes(trace.after(change));
        }
    }
    if (!whole_record) return hash.value();
    hash.word(names.size());
    for (std::uint64_t each : names) hash.word(each);
    const RunDescription& description = trace.description();
    for (const std::string* each : {&description.scenario, &description.title, &description.variant,
                                    &description.schedule, &description.mode, &description.producer})
        hash.text(*each);
    hash.word(description.clock_start);
    for (const Event& event : trace.events()) hash.word(event.argument);
    return hash.value();
}

constexpr std::uint64_t first_seed = 0x4368696D6E65794C;  // "ChimneyL"
constexpr std::uint64_t second_seed = 0x61622D7472616365;

}  // namespace

std::uint64_t fingerprint(const Trace& trace) { return hash_trace(trace, first_seed, false); }

std::string fingerprint_text(std::uint64_t value) { return hex_digits(value, 16); }

ContentHash content_hash(const Trace& trace) {
    return {hash_trace(trace, first_seed, true), hash_trace(trace, second_seed, true)};
}

}  // namespace chimneylab::trace
