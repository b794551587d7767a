// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/strict_readings.h"

#include <algorithm>

namespace chimneylab::verifier {
namespace {

constexpr StrictReading readings[] = {
    {"read-after-resume", "HS-008",
     "After NDIS_STATUS_OFFLOAD_RESUME the capabilities have to be asked for, even when they came along with it."},
    {"state-length", "HS-015", "A Length of 0 in a state header is no longer taken for one that NDIS fills in."},
    {"inside-completion", "HS-033",
     "An object may be named again only when ProtocolInitiateOffloadComplete has returned, not inside it."},
    {"link-to-invalid", "HS-048", "New state may not be linked to an object that has been invalidated."},
    {"dependents-gone", "HS-051",
     "The terminate of a neighbor or path has to wait until the terminates of its dependents have completed."},
    {"repeat-terminate", "HS-055", "A terminate that failed has to be repeated before the machine stops."},
    {"inside-handler", "OT-010", "An operation may be completed only after its MiniportXxxOffload call has returned."},
    {"quiet-offload", "OT-030", "Nothing may be indicated on an object while its initiate is in progress."},
    {"queue-while-paused", "OT-031", "An initiate that was on its way when the target asked for a pause may not be refused for that."},
    {"silent-when-invalid", "OT-045", "No data may leave on a connection that depends on something invalidated, whatever becomes of it."},
    {"invalid-state", "OT-046", "Each connection that an invalidate concerns has to be asked back with InvalidState."},
    {"adapter-wide-quiet", "OT-052",
     "A terminate may be completed only when no indication call of the target is open, whatever object it is about."},
    {"partial-refusal", "OT-082", "After partly accepted data, too, nothing may be shown until a receive request is posted."},
    {"mandatory-in-close", "OT-101", "In FIN_WAIT1, FIN_WAIT2 and CLOSE_WAIT upload may not be asked for with a mandatory reason either."},
    {"everything-back", "OT-108", "After UPLOAD_ALL paths and neighbors, too, have to be back before the target resumes."},
};

std::string_view next_word(std::string_view& rest) {
    const std::size_t start = std::min(rest.find_first_not_of(' '), rest.size());
    rest.remove_prefix(start);
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size());
    return word;
}

}  // namespace

std::span<const StrictReading> strict_readings() { return readings; }

const StrictReading* find_strict_reading(std::string_view name) {
    const auto found = std::ranges::find(readings, name, &StrictReading::name);
    return found == std::end(readings) ? nullptr : found;
}

bool of_strict_machine(const trace::RunDescription& description) {
    std::string_view rest = description.mode;
    return next_word(rest) == "strict";
}

std::vector<std::string_view> readings_of(const trace::RunDescription& description) {
    std::vector<std::string_view> names;
    std::string_view rest = description.mode;
    for (std::string_view word = next_word(rest); !word.empty(); word = next_word(rest))
        if (word.starts_with('+'))
            if (const StrictReading* reading = find_strict_reading(word.substr(1))) names.push_back(reading->name);
    return names;
}

std::string mode_text(std::string_view machine_mode, std::span<const std::string> chosen) {
    std::string text(machine_mode);
    for (const std::string& name : chosen) text += " +" + name;
    return text;
}

}  // namespace chimneylab::verifier
