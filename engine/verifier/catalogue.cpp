// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/rules.h"

#include <algorithm>

#include "engine/verifier/catalogue_parts.h"

namespace chimneylab::verifier {

std::span<const Rule> catalogue() {
    static const std::vector<Rule> all = [] {
        std::vector<Rule> rules;
        for (const auto part : {host_stack_rules(), registration_and_tree_rules(), operation_rules(), transfer_rules(), further_rules(),
                                injected_fault_rules(), machine_rules(), offload_target_rules()})
            rules.insert(rules.end(), part.begin(), part.end());
        return rules;
    }();
    return all;
}

const Rule* find(std::string_view id) {
    const auto rules = catalogue();
    const auto found = std::ranges::lower_bound(rules, id, {}, &Rule::id);
    return found != rules.end() && found->id == id ? &*found : nullptr;
}

const Rule* rule_of(trace::FindingKind kind) {
    using enum trace::FindingKind;
    switch (kind) {
    case use_after_free: return find("MEM-001");
    case double_free: return find("MEM-002");
    case invalid_free: return find("MEM-003");
    case buffer_overrun: return find("MEM-004");
    case leak: return find("MEM-005");
    case foreign_handle: return find("MEM-006");
    case endless_completion: return find("MEM-007");
    case wrong_irql: return find("MEM-008");
    case lock_misuse: return find("MEM-009");
    case strict_validation: return find("MEM-010");
    case driver_refused: return find("MEM-011");
    case deadlock: return find("MEM-012");
    case driver_crashed: return find("MEM-013");
    case driver_hung: return find("MEM-014");
    default: return nullptr;
    }
}

std::vector<std::string_view> scenarios_of(const Rule& rule) {
    std::vector<std::string_view> names;
    for (std::string_view rest = rule.scenarios; !rest.empty();) {
        const std::size_t blank = std::min(rest.find(' '), rest.size());
        names.push_back(rest.substr(0, blank));
        rest.remove_prefix(std::min(blank + 1, rest.size()));
    }
    return names;
}

std::string_view to_text(Severity severity) {
    switch (severity) {
    case Severity::fatal: return "fatal";
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::note: break;
    }
    return "note";
}

std::string_view evidence_text(const Rule& rule) {
    switch (rule.evidence) {
    case documented: return "documented";
    case behaviour: return "behaviour";
    case inferred: return "inferred";
    case documented | behaviour: return "documented, behaviour";
    case documented | inferred: return "documented, inferred";
    case behaviour | inferred: return "behaviour, inferred";
    default: return "documented, behaviour, inferred";
    }
}

}  // namespace chimneylab::verifier
