// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/coroutine.h"

#include <ucontext.h>

#include <cstdint>
#include <new>
#include <utility>

#include "engine/machine/reserved_memory.h"

#if defined(__SANITIZE_ADDRESS__)
#define CHIMNEYLAB_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHIMNEYLAB_ADDRESS_SANITIZER 1
#endif
#endif
#ifdef CHIMNEYLAB_ADDRESS_SANITIZER
#include <sanitizer/common_interface_defs.h>
#endif

namespace chimneylab::machine {
namespace {

constexpr std::size_t guard_page = 4096;

// The sanitizer has to know on which stack the code runs.
struct StackSwitch {
    void* fake_stack = nullptr;
    const void* other_stack = nullptr;
    std::size_t other_size = 0;
#ifdef CHIMNEYLAB_ADDRESS_SANITIZER
    void leaving(const void* bottom, std::size_t size, bool for_ever = false) {
        __sanitizer_start_switch_fiber(for_ever ? nullptr : &fake_stack, bottom, size);
    }
    void arrived() { __sanitizer_finish_switch_fiber(fake_stack, &other_stack, &other_size); }
#else
    void leaving(const void*, std::size_t, bool = false) {}
    void arrived() {}
#endif
};

}  // namespace

struct Coroutine::State {
    std::function<void()> body;
    std::size_t stack_bytes = 0;
    std::byte* memory = nullptr;  // the guard page, then the stack
    ucontext_t own{};
    ucontext_t resumer{};
    StackSwitch own_switch;
    StackSwitch resumer_switch;

    [[nodiscard]] std::byte* bottom() const { return memory + guard_page; }
    static void start(unsigned low, unsigned high) {
        auto& state = *reinterpret_cast<State*>(static_cast<std::uint64_t>(high) << 32 | low);
        state.own_switch.arrived();
        state.resumer_switch.other_stack = state.own_switch.other_stack;
        state.resumer_switch.other_size = state.own_switch.other_size;
        state.body();
    }
};

Coroutine::Coroutine(std::size_t stack_bytes, std::function<void()> body) : state_(std::make_unique<State>()) {
    State& state = *state_;
    state.body = std::move(body);
    state.stack_bytes = stack_bytes;
    state.memory = static_cast<std::byte*>(reserve_memory(stack_bytes + guard_page));
    if (!state.memory) throw std::bad_alloc();
    forbid_access(state.memory, guard_page);
    getcontext(&state.own);
    state.own.uc_stack.ss_sp = state.bottom();
    state.own.uc_stack.ss_size = stack_bytes;
    state.own.uc_link = nullptr;
    const auto address = reinterpret_cast<std::uint64_t>(&state);
    makecontext(&state.own, reinterpret_cast<void (*)()>(&State::start), 2, static_cast<unsigned>(address),
                static_cast<unsigned>(address >> 32));
}

Coroutine::~Coroutine() {
    release_memory(state_->memory, state_->stack_bytes + guard_page);
}

void Coroutine::resume() {
    state_->resumer_switch.leaving(state_->bottom(), state_->stack_bytes);
    swapcontext(&state_->resumer, &state_->own);
    state_->resumer_switch.arrived();
}

void Coroutine::suspend(bool for_ever) {
    state_->own_switch.leaving(state_->own_switch.other_stack, state_->own_switch.other_size, for_ever);
    swapcontext(&state_->own, &state_->resumer);
    state_->own_switch.arrived();
}

}  // namespace chimneylab::machine
