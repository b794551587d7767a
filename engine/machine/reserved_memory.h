// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Address space of this process that holds no memory until it is used: the pool's arena, the stacks of system threads.
// Sizes in bytes, multiples of 4096. Any thread.
#pragma once

#include <cstddef>

namespace chimneylab::machine {

// Zeroed, readable and writable. Null when there is no room.
[[nodiscard]] void* reserve_memory(std::size_t bytes);
void release_memory(void* memory, std::size_t bytes);
// From now on a touch of these bytes of a reservation is an access violation.
void forbid_access(void* memory, std::size_t bytes);

}  // namespace chimneylab::machine
