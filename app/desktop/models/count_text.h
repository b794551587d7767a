// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocale>
#include <QString>
#include <cstdint>

namespace chimneylab::desktop {

// 1,234,567: the window's texts are English whatever the system's language is.
inline QString count_text(std::uint64_t count) { return QLocale(QLocale::English).toString(static_cast<qulonglong>(count)); }

}  // namespace chimneylab::desktop
