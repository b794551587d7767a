// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Goes from one stack to another and back, without the system calls for the signal mask that swapcontext makes each time: a walk
// changes stacks twice at every choice. What the System V ABI for x86-64 says a function keeps is kept on the stack that is
// left, so a stack pointer is all there is to remember. Private to engine/explorer; both sides belong to one thread.
#pragma once

#include <cstddef>
#include <span>

namespace chimneylab::explorer {

using StackPointer = void*;

// Elsewhere neither function may be called, and every schedule is run from its beginning.
#if defined(__x86_64__)
constexpr bool can_switch_stacks = true;
#else
constexpr bool can_switch_stacks = false;
#endif

// A stack pointer that begins `entry(argument)` at the top of this stack. It must never return.
[[nodiscard]] StackPointer prepare_stack(std::span<std::byte> stack, void (*entry)(void*), void* argument);

// Returns when somebody goes on where `here` says. Everything of the stack that is left lies at or above `here`.
void switch_stacks(StackPointer& here, StackPointer to);

}  // namespace chimneylab::explorer
