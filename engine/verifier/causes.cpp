// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/causes.h"

#include <algorithm>
#include <array>
#include <span>

namespace chimneylab::verifier {
namespace {

constexpr std::size_t most_effects = 24;
struct Consequences {
    std::string_view cause;
    std::array<std::string_view, most_effects> effects;
};

// What a completion that goes to the wrong place, or nowhere, leaves behind.
#define CHIMNEYLAB_LOST \
    "IM-028", "IM-049", "IM-061", "IM-063", "IM-065", "MEM-001", "MEM-002", "MEM-005", "MEM-006", "MEM-007", "MEM-012"

constexpr Consequences consequences[] = {
    {"IM-001", {"IM-014", "MEM-010", "MEM-006"}},
    {"IM-002", {"IM-014", "MEM-010", "MEM-006"}},
    {"IM-003", {"IM-014", "IM-043", CHIMNEYLAB_LOST}},
    {"IM-004", {"IM-014", "MEM-006"}},
    {"IM-005", {"MEM-010", "MEM-006"}},
    {"IM-006", {"MEM-010", "MEM-006"}},
    {"IM-007", {"IM-001", "IM-002", "IM-003", "IM-004", "IM-014"}},
    {"IM-008", {"IM-002", "IM-004", "IM-014"}},
    {"IM-014", {CHIMNEYLAB_LOST, "IM-043", "MEM-010"}},
    {"IM-018", {CHIMNEYLAB_LOST}},
    {"IM-023", {CHIMNEYLAB_LOST, "IM-041", "IM-108"}},
    {"IM-027", {CHIMNEYLAB_LOST, "IM-070", "OT-037"}},
    {"IM-028", {CHIMNEYLAB_LOST, "IM-050", "IM-051"}},
    {"IM-029", {CHIMNEYLAB_LOST, "IM-046"}},
    {"IM-030", {CHIMNEYLAB_LOST, "IM-050", "IM-051"}},
    {"IM-031", {CHIMNEYLAB_LOST, "IM-050", "IM-051", "IM-032", "IM-052"}},
    {"IM-032", {CHIMNEYLAB_LOST, "IM-050", "IM-051", "IM-052"}},
    {"IM-034", {CHIMNEYLAB_LOST, "IM-052", "IM-053"}},
    {"IM-035", {CHIMNEYLAB_LOST, "IM-021", "IM-022", "IM-037", "IM-039", "IM-040", "IM-054", "IM-055", "IM-102", "MEM-010"}},
    {"IM-036", {CHIMNEYLAB_LOST, "IM-021", "IM-037", "IM-040", "IM-054"}},
    {"IM-037", {CHIMNEYLAB_LOST, "IM-021", "IM-036", "IM-039", "IM-040", "IM-052", "MEM-010"}},
    {"IM-038", {CHIMNEYLAB_LOST, "IM-052"}},
    {"IM-039", {CHIMNEYLAB_LOST, "IM-021", "IM-037", "IM-040", "IM-052", "IM-054", "IM-055", "IM-102", "MEM-010"}},
    {"IM-041", {CHIMNEYLAB_LOST, "IM-039", "IM-052", "IM-058", "IM-059", "OT-021"}},
    {"HS-003", {"OT-008"}},
    {"IM-015", {"OT-008"}},
    {"HS-052", {"IM-116"}},
    {"HS-078", {"MEM-001", "MEM-002"}},
    {"OT-053", {"MEM-005"}},
    {"OT-051", {"MEM-005"}},
    {"OT-018", {"MEM-001", "MEM-005"}},
    {"OT-019", {"MEM-005", "IM-019", "IM-088"}},
    {"IM-088", {"MEM-006", "MEM-010"}},
    {"IM-122", {"MEM-008", "MEM-010"}},
    {"IM-042", {"MEM-001", "MEM-006", "MEM-007"}},
    {"IM-043", {CHIMNEYLAB_LOST, "IM-050", "IM-051", "IM-052", "IM-053", "IM-066", "MEM-004"}},
    {"IM-044", {CHIMNEYLAB_LOST, "IM-050", "IM-051", "IM-052", "IM-105"}},
    {"IM-045", {CHIMNEYLAB_LOST, "IM-050", "IM-051", "IM-052", "IM-105"}},
    {"IM-048", {CHIMNEYLAB_LOST}},
    {"IM-049", {CHIMNEYLAB_LOST, "IM-066"}},
    {"IM-050", {CHIMNEYLAB_LOST, "IM-066", "IM-105", "MEM-010"}},
    {"IM-051", {CHIMNEYLAB_LOST, "IM-032", "IM-050", "IM-052", "IM-066"}},
    {"IM-052", {CHIMNEYLAB_LOST, "IM-053", "IM-054", "IM-056"}},
    {"IM-054", {"IM-019", "IM-037", "IM-040", "IM-061", "IM-063", "MEM-001", "MEM-005", "MEM-006", "MEM-010"}},
    {"IM-055", {"IM-019", "MEM-001"}},
    {"IM-056", {"IM-019", "IM-037", "IM-040", "IM-054", "IM-061", "IM-063", "MEM-001", "MEM-005", "MEM-010"}},
    {"IM-057", {"IM-114", "IM-054", "IM-055", "IM-060", "IM-061", "IM-062", "IM-063", "IM-064"}},
    {"IM-058", {"IM-055"}},
    {"IM-059", {"IM-055", "OT-021"}},
    {"IM-060", {"IM-019", "MEM-001", "MEM-002", "MEM-006"}},
    {"IM-061", {"MEM-005"}},
    {"IM-062", {"MEM-010", "IM-019", "IM-037", "IM-040", "MEM-001", "MEM-002", "MEM-006", "IM-035"}},
    {"IM-063", {"IM-037", "IM-040", "IM-052", "MEM-001", "MEM-002", "MEM-005", "MEM-006"}},
    {"IM-064", {"IM-037", "IM-040", "IM-052", "MEM-001", "MEM-002", "MEM-006"}},
    {"IM-065", {"MEM-005"}},
    {"IM-066", {"IM-108", "MEM-001"}},
    {"IM-070", {CHIMNEYLAB_LOST, "IM-066", "MEM-010"}},
    {"IM-071", {"MEM-006", "MEM-010"}},
    {"IM-073", {"IM-079", "IM-085", "IM-115", "MEM-005", "MEM-006", "MEM-012"}},
    {"IM-075", {"IM-096", "IM-100", "MEM-001", "MEM-005", "MEM-006"}},
    {"IM-078", {"IM-079", "IM-082", "MEM-005", "MEM-006", "MEM-007", "MEM-010"}},
    {"IM-079", {"IM-115", "MEM-005", "MEM-006", "MEM-012"}},
    {"IM-081", {"IM-079", "MEM-003", "MEM-005"}},
    {"IM-085", {"IM-115"}},
    {"IM-115", {"IM-085"}},
    {"IM-087", {"HS-063", "IM-078", "IM-079", "IM-081", "IM-082", "IM-085", "IM-115"}},
    {"IM-092", {"IM-094", "IM-096", "MEM-001", "MEM-005"}},
    {"IM-096", {"IM-075", "MEM-001", "MEM-002", "MEM-006"}},
    {"IM-074", {"MEM-001", "MEM-005", "MEM-006", "MEM-007", "MEM-010", "IM-073", "IM-079", "IM-081", "IM-088", "IM-090",
                "IM-111"}},
    {"IM-090", {"MEM-001", "MEM-006", "MEM-007", "MEM-010", "IM-071", "IM-072"}},
    {"IM-089", {"IM-079", "MEM-005", "MEM-006"}},
    {"IM-112", {CHIMNEYLAB_LOST, "MEM-010", "IM-032", "IM-050", "IM-051", "IM-052", "IM-105"}},
    {"IM-113", {"OT-014"}},
    {"IM-114", {"IM-042", "IM-067", "IM-078", "IM-079", "IM-081", "IM-082", "IM-111", "MEM-001", "MEM-005", "MEM-006", "MEM-007"}},
    {"MEM-001", {"MEM-002", "MEM-006"}},
    {"MEM-002", {"MEM-001"}},
    {"MEM-006", {CHIMNEYLAB_LOST}},
    {"MEM-007", {CHIMNEYLAB_LOST}},
    {"MEM-012", {CHIMNEYLAB_LOST, "IM-048"}},
};
#undef CHIMNEYLAB_LOST

constexpr std::span<const std::string_view> effects_of(std::string_view cause) {
    for (const Consequences& row : consequences)
        if (row.cause == cause) return row.effects;
    return {};
}

// Mistakes after which the other drivers of the operation work on a tree that is not what it should be.
constexpr std::string_view spoils_tree[] = {"IM-029", "IM-030", "IM-031", "IM-032", "IM-034", "IM-035", "IM-036",
                                            "IM-037", "IM-038", "IM-039", "IM-043", "IM-044", "IM-045", "IM-046", "IM-050", "IM-051",
                                            "IM-052", "IM-066", "IM-070", "IM-112"};

bool misleads_others(const Violation& cause, const Violation& effect) {
    return cause.operation.valid() && cause.operation == effect.operation && cause.layer != effect.layer &&
           cause.noticed < effect.noticed && std::ranges::find(spoils_tree, cause.checked_as) != std::end(spoils_tree);
}

// A list that one driver passes on as it should not be reaches the other drivers so.
constexpr std::string_view spoils_lists[] = {"IM-073", "IM-074", "IM-078", "IM-081", "IM-085", "IM-087", "IM-089"};
constexpr std::string_view lists_spoilt[] = {"IM-042", "IM-073", "IM-078", "IM-079", "IM-081", "IM-082", "IM-085", "IM-087", "IM-111",
                                             "IM-115", "OT-091", "HS-063", "MEM-001", "MEM-005", "MEM-006", "MEM-007", "MEM-012"};

bool spoils_for_others(const Violation& cause, const Violation& effect) {
    return cause.layer != effect.layer && cause.event < effect.event &&
           std::ranges::find(spoils_lists, cause.checked_as) != std::end(spoils_lists) &&
           std::ranges::find(lists_spoilt, effect.checked_as) != std::end(lists_spoilt);
}

// A completion that the machine lost or doubled on request: whatever happens to its operation from then on, and memory that
// goes astray, is of its making.
bool follows_from_fault(const Violation& cause, const Violation& effect) {
    if (!cause.rule.starts_with("INJ") || effect.rule.starts_with("INJ") || effect.noticed <= cause.event) return false;
    return cause.operation.valid() && effect.operation.valid() ? cause.operation == effect.operation : effect.rule.starts_with("MEM");
}

// What the host stack still owes when the run ends: after another driver's mistake it has had no chance, or no reason.
constexpr std::string_view owed_at_the_end[] = {"HS-010", "HS-039", "HS-048", "HS-054", "HS-055"};

bool leaves_things_owed(const Violation& cause, const Violation& effect) {
    const auto owed = [](const Violation& each) { return std::ranges::find(owed_at_the_end, each.checked_as) != std::end(owed_at_the_end); };
    return owed(effect) && !owed(cause) && cause.layer != effect.layer;
}

// A driver that is not registered as it should be cannot be given anything.
bool about_registration(const Violation& cause) { return !cause.operation.valid() && cause.checked_as < "IM-016" && cause.checked_as.starts_with("IM"); }

// They concern the same operation, or the later one belongs to none (memory) and the same driver.
bool related(const Violation& earlier, const Violation& later) {
    if (earlier.operation.valid() && later.operation.valid() && earlier.operation == later.operation) return true;
    if (earlier.layer == later.layer || about_registration(earlier)) return true;
    if (earlier.checked_as == "IM-074" && later.rule == "MEM-005") return true;  // whoever frees the lists finds the records on them
    if (earlier.checked_as == "IM-114") return true;  // shows when the send completes, at any driver
    return later.rule.starts_with("MEM") && !later.operation.valid();
}

}  // namespace

bool can_follow(std::string_view cause, std::string_view effect) {
    // A driver falls over what went wrong before, whatever that was.
    if (effect == "MEM-013" || effect == "MEM-014") return cause != "MEM-013" && cause != "MEM-014";
    return std::ranges::find(effects_of(cause), effect) != effects_of(cause).end();
}

void find_causes(std::vector<Violation>& violations) {
    std::ranges::stable_sort(violations, {}, &Violation::event);
    for (std::uint32_t i = 0; i < violations.size(); ++i) {
        violations[i].cause = i;
        violations[i].first_cause = true;
        if (violations[i].checked_as.empty()) violations[i].checked_as = violations[i].rule;
    }
    // A cause may stand at the same event as its effect, on either side of it, or behind the place of an effect that was
    // only noticed later; what came after the effect was noticed explains nothing.
    constexpr std::uint32_t reach = 256;  // causes are near; a list of thousands must not cost their square
    for (std::uint32_t i = 0; i < violations.size(); ++i) {
        const Violation& effect = violations[i];
        const std::uint32_t first = i > reach ? i - reach : 0;
        for (std::uint32_t j = first; j < violations.size(); ++j) {
            const Violation& cause = violations[j];
            if (cause.event > effect.noticed) break;
            if (i == j) continue;
            const bool follows = cause.checked_as != effect.checked_as && can_follow(cause.checked_as, effect.checked_as) && related(cause, effect);
            if (!follows && !misleads_others(cause, effect) && !spoils_for_others(cause, effect) && !follows_from_fault(cause, effect) &&
                !leaves_things_owed(cause, effect))
                continue;
            if (j > i && can_follow(effect.checked_as, cause.checked_as)) continue;  // each could follow from the other: the earlier one leads
            violations[i].cause = j;
            violations[i].first_cause = false;
            break;
        }
    }
    // Consequences of consequences stand under the first cause.
    for (std::uint32_t i = 0; i < violations.size(); ++i) {
        std::uint32_t at = i;
        for (std::size_t steps = 0; !violations[at].first_cause && steps < violations.size(); ++steps) at = violations[at].cause;
        if (violations[at].first_cause) violations[i].cause = at;
    }
}

}  // namespace chimneylab::verifier
