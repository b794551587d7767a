// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A fiber.
#include <windows.h>

#include <new>
#include <utility>

#include "engine/machine/coroutine.h"

namespace chimneylab::machine {

struct Coroutine::State {
    std::function<void()> body;
    void* own = nullptr;
    void* resumer = nullptr;

    static void CALLBACK start(void* self) { static_cast<State*>(self)->body(); }
};

Coroutine::Coroutine(std::size_t stack_bytes, std::function<void()> body) : state_(std::make_unique<State>()) {
    state_->body = std::move(body);
    state_->own = CreateFiberEx(0, stack_bytes, FIBER_FLAG_FLOAT_SWITCH, &State::start, state_.get());
    if (!state_->own) throw std::bad_alloc();
}

Coroutine::~Coroutine() { DeleteFiber(state_->own); }

void Coroutine::resume() {
    const bool is_fiber = IsThreadAFiber();
    state_->resumer = is_fiber ? GetCurrentFiber() : ConvertThreadToFiber(nullptr);
    SwitchToFiber(state_->own);
    if (!is_fiber) ConvertFiberToThread();
}

void Coroutine::suspend(bool) { SwitchToFiber(state_->resumer); }

}  // namespace chimneylab::machine
