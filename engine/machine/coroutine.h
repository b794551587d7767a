// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Code with a stack of its own that runs when it is resumed and stands still when it suspends: a driver's system thread on
// the machine's one processor. Resumed by one thread only, the one that made it; not from within itself.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace chimneylab::machine {

class Coroutine {
public:
    // The body must not return: it ends with suspend(true). Throws std::bad_alloc when there is no memory for the stack.
    Coroutine(std::size_t stack_bytes, std::function<void()> body);
    ~Coroutine();
    Coroutine(const Coroutine&) = delete;
    Coroutine& operator=(const Coroutine&) = delete;

    // Runs the body until it suspends.
    void resume();
    // Called by the body: goes back to who resumed it. For ever: it is never resumed again.
    void suspend(bool for_ever);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace chimneylab::machine
