// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A copy from or to memory of this process that may not be there. Any thread.
#pragma once

#include <cstddef>

namespace chimneylab::ndis::observation {

// Copies `size` bytes from `address` to `destination`, or the other way when `write`. False, without a fault, when not all
// of `address` can be read or written.
[[nodiscard]] bool guarded_copy(const void* address, void* destination, std::size_t size, bool write);

}  // namespace chimneylab::ndis::observation
