// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/rebuild.h"

#include <charconv>

#include "engine/trace/integrity.h"
#include "engine/trace/text.h"

namespace chimneylab::report {

namespace {

int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The enumeration whose word this is, among those up to `last`.
template <typename Enum>
Enum word_of(std::string_view word, Enum last, const std::string& where, const char* what) {
    for (unsigned i = 0; i <= static_cast<unsigned>(last); ++i)
        if (trace::to_text(static_cast<Enum>(i)) == word) return static_cast<Enum>(i);
    throw ImportError(where + ": '" + std::string(word.substr(0, 40)) + "' is no " + what);
}

}  // namespace

std::vector<std::byte> bytes_from_hex(std::string_view text, const std::string& where) {
    std::vector<std::byte> bytes;
    if (text.size() % 2 != 0) throw ImportError(where + ": bytes need two digits each");
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit(text[i]), low = digit(text[i + 1]);
        if (high < 0 || low < 0) throw ImportError(where + ": no hexadecimal bytes");
        bytes.push_back(static_cast<std::byte>(high << 4 | low));
    }
    return bytes;
}

std::uint64_t number_from(std::string_view text, const std::string& where) {
    int base = 10;
    const std::string_view written = text;
    if (text.starts_with("0x")) {
        base = 16;
        text.remove_prefix(2);
    }
    std::uint64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || result.ec != std::errc() || result.ptr != text.data() + text.size())
        throw ImportError(where + ": '" + std::string(written.substr(0, 40)) + "' is no number");
    return value;
}

trace::EventKind event_kind_from(std::string_view word, const std::string& where) {
    return word_of(word, trace::last_event_kind, where, "kind of event");
}
trace::OperationKind operation_kind_from(std::string_view word, const std::string& where) {
    return word_of(word, trace::OperationKind::terminate, where, "kind of operation");
}
trace::RegionKind region_kind_from(std::string_view word, const std::string& where) {
    return word_of(word, trace::last_region_kind, where, "kind of region");
}
trace::LayerRole role_from(std::string_view word, const std::string& where) {
    return word_of(word, trace::LayerRole::offload_target, where, "role of a layer");
}

void append_event(trace::Trace& trace, const trace::Event& event, const std::vector<ReadChange>& changes, const std::string& where) {
    std::vector<trace::Change> stored;
    for (const ReadChange& each : changes) {
        if (each.before.size() != each.after.size()) throw ImportError(where + ": a change has more bytes on one side");
        trace::Change change;
        change.region = each.region;
        change.offset = each.offset;
        change.length = static_cast<std::uint32_t>(each.before.size());
        change.writer = each.writer;
        change.before = trace.store_bytes(each.before);
        change.after = trace.store_bytes(each.after);
        stored.push_back(change);
    }
    trace.append(event, stored);
}

void require_sound(const trace::Trace& trace) {
    if (const auto problem = trace::integrity_problem(trace)) throw ImportError(*problem);
}

}  // namespace chimneylab::report
