// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/stack_switch.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>

#if defined(__x86_64__)

extern "C" {
void chimneylab_explorer_switch(void** here, void* to);
void chimneylab_explorer_begin();
}

// The six registers and the control words of both floating-point units that a function has to leave as they were.
asm(R"(
    .text
    .type chimneylab_explorer_switch, @function
    .hidden chimneylab_explorer_switch
    .globl chimneylab_explorer_switch
chimneylab_explorer_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $8, %rsp
    stmxcsr (%rsp)
    fnstcw 4(%rsp)
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    ldmxcsr (%rsp)
    fldcw 4(%rsp)
    addq $8, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size chimneylab_explorer_switch, .-chimneylab_explorer_switch

    .type chimneylab_explorer_begin, @function
    .hidden chimneylab_explorer_begin
    .globl chimneylab_explorer_begin
chimneylab_explorer_begin:
    .cfi_startproc
    .cfi_undefined rip
    movq %r12, %rdi
    call *%rbx
    ud2
    .cfi_endproc
    .size chimneylab_explorer_begin, .-chimneylab_explorer_begin
)");

namespace chimneylab::explorer {

StackPointer prepare_stack(std::span<std::byte> stack, void (*entry)(void*), void* argument) {
    // As the switch leaves it: control words, r15, r14, r13, r12, rbx, rbp, where to go on.
    std::uint64_t words[8] = {0, 0, 0, 0, reinterpret_cast<std::uint64_t>(argument), reinterpret_cast<std::uint64_t>(entry), 0,
                              reinterpret_cast<std::uint64_t>(&chimneylab_explorer_begin)};
    std::uint32_t control = 0;
    asm volatile("stmxcsr %0" : "=m"(control));
    std::uint16_t x87 = 0;
    asm volatile("fnstcw %0" : "=m"(x87));
    words[0] = std::uint64_t{x87} << 32 | control;
    // On a multiple of 16 when the entry is called, as the ABI asks.
    auto top = reinterpret_cast<std::uintptr_t>(stack.data() + stack.size()) & ~std::uintptr_t{15};
    top -= 64;
    auto* const at = reinterpret_cast<std::byte*>(top) - sizeof words;
    std::memcpy(at, words, sizeof words);
    return at;
}

void switch_stacks(StackPointer& here, StackPointer to) { chimneylab_explorer_switch(&here, to); }

}  // namespace chimneylab::explorer

#else

namespace chimneylab::explorer {

StackPointer prepare_stack(std::span<std::byte>, void (*)(void*), void*) { std::abort(); }
void switch_stacks(StackPointer&, StackPointer) { std::abort(); }

}  // namespace chimneylab::explorer

#endif
