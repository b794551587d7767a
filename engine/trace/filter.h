// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A small language that picks events. Examples:
//     kind:conversion layer:im1
//     op:initiate name:*Complete* not finding
//     (region:T1 or region:N1) and changed
//     time>=5us time<1ms      #3 status:FAILURE      depth<=2
// Terms side by side mean `and`; `or` binds weaker; `not` or a leading - negates; parentheses group; "…" quotes a value.
//     kind:K      event kind (to_text of EventKind); several with commas
//     layer:L     callee or caller: a layer's name without blanks (im1, hoststack, ndis) or its number; from:L caller only
//     op:O        initiate, query, update, invalidate, terminate, or #n for the n-th operation
//     name:G      name, with * and ?, case ignored; text without wildcards matches a part of the name
//     region:G    label of the event's region or of a region it changed
//     status:S    status name or number; only events that carry a status
//     tag:G       pool tag of an allocation
//     time, event, depth, irql   with : = < <= > >= ; time takes ns, us, ms, s; event and depth plain numbers; a..b ranges
//     #n          events of the n-th operation      changed     events that changed watched bytes
//     a bare kind (conversion, finding, call, completion …) stands for kind:; any other bare word for name:
// Thread rule: a compiled filter is immutable.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "engine/trace/trace.h"

namespace chimneylab::trace {

struct FilterProblem {
    std::size_t column = 1;  // 1-based, in bytes
    std::string what;
    [[nodiscard]] std::string to_text() const;  // "column 6: …"
};

class Filter {
public:
    Filter();  // lets everything pass
    [[nodiscard]] static std::variant<Filter, FilterProblem> compile(std::string_view expression);

    // Names are looked up in this trace; a filter may be used on any trace.
    [[nodiscard]] bool matches(const Trace& trace, EventId event) const;
    [[nodiscard]] bool passes_everything() const { return !root_; }

    struct Node;

private:
    std::shared_ptr<const Node> root_;
};

}  // namespace chimneylab::trace
