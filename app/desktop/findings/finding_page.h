// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One finding, or one rule, as a small page to read. Links: "rule:IM-050", "event:38", "scenario:m2". Pure.
#pragma once

#include <QString>

#include "app/desktop/models/findings.h"
#include "app/desktop/theme/theme.h"
#include "engine/verifier/rules.h"

namespace chimneylab::desktop {

[[nodiscard]] QString finding_page(const Finding& finding, const Theme& theme);
[[nodiscard]] QString rule_page(const verifier::Rule& rule, int times_broken, const Theme& theme);

}  // namespace chimneylab::desktop
