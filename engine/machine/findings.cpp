// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/findings.h"

namespace chimneylab::machine {

std::string_view to_text(FindingKind kind) {
    switch (kind) {
    case FindingKind::none: break;
    case FindingKind::use_after_free: return "use after free";
    case FindingKind::double_free: return "double free";
    case FindingKind::invalid_free: return "invalid free";
    case FindingKind::buffer_overrun: return "buffer overrun";
    case FindingKind::leak: return "leak";
    case FindingKind::foreign_handle: return "foreign handle";
    case FindingKind::endless_completion: return "endless completion";
    case FindingKind::wrong_irql: return "wrong IRQL";
    case FindingKind::lock_misuse: return "lock misuse";
    case FindingKind::strict_validation: return "strict validation";
    case FindingKind::driver_refused: return "driver refused";
    case FindingKind::deadlock: return "deadlock";
    case FindingKind::driver_crashed: return "crash";
    case FindingKind::driver_hung: return "hang";
    }
    return "none";
}

}  // namespace chimneylab::machine
