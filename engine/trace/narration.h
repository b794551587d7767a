// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Any event in one or two English sentences that say what the picture shows: who did it, to which block, which members
// were saved, replaced or restored, and what the new values mean. Written for somebody who is learning the subject.
// A Narrator keeps a cursor of its own, so telling events in order is cheap. Not thread safe; one per thread.
#pragma once

#include <string>

#include "engine/trace/history.h"

namespace chimneylab::trace {

class Narrator {
public:
    explicit Narrator(const History& history);
    [[nodiscard]] std::string sentence(EventId event);
    // A short heading for lists and lanes: "IM 1 → NDIS: NdisInitiateOffload", "Conversion 2 of 6: …".
    [[nodiscard]] std::string heading(EventId event) const;

private:
    [[nodiscard]] std::string tell_enter(EventId id, const Event& event);
    [[nodiscard]] std::string tell_handle(EventId id, const Event& event, const Function& function);
    [[nodiscard]] std::string tell_leave(const Event& event);
    [[nodiscard]] std::string tell_conversion(EventId id, const Event& event);
    [[nodiscard]] std::string tell_memory(EventId id, const Event& event);
    [[nodiscard]] std::string tell_entry(EventId id, const Event& event);
    [[nodiscard]] std::string tell_work(EventId id, const Event& event);
    [[nodiscard]] std::string tell_rest(EventId id, const Event& event);

    const History* history_;
    Cursor cursor_;
};

}  // namespace chimneylab::trace
