/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The few operations the probe asks of the place it runs in. Known: a Windows kernel driver (define
 * CHIMNEY_PROBE_KERNEL), Windows programs, Linux and other POSIX systems. Another place includes this header's like with
 * the same names through CHIMNEY_PROBE_PLATFORM.
 *
 *   chimney_load_acquire, chimney_store_release, chimney_exchange_if, chimney_add    64-bit atomic operations
 *   chimney_processor     number of the processor that runs this; may be outdated when it returns, that does no harm
 *   chimney_clock         ticks of a clock that all processors share; any IRQL
 *   chimney_clock_begin, chimney_clock_frequency    its ticks in a second. A clock that has to be measured is compared with
 *                         another one between the two calls; the second may wait some milliseconds and is the relay's
 *   chimney_context       what runs one thing at a time: the thread */
#ifndef CHIMNEYLAB_DRIVER_BRIDGE_PROBE_PLATFORM_H
#define CHIMNEYLAB_DRIVER_BRIDGE_PROBE_PLATFORM_H

#include <stdint.h>

#if defined(CHIMNEY_PROBE_PLATFORM)
#include CHIMNEY_PROBE_PLATFORM
#else

#if defined(_MSC_VER)
#include <intrin.h>
/* On x86 and x64 every load acquires and every store releases; the compiler must only keep their order. */
static __inline uint64_t chimney_load_acquire(volatile uint64_t* at) {
#if defined(_M_IX86)
    return (uint64_t)_InterlockedCompareExchange64((volatile long long*)at, 0, 0);
#else
    const uint64_t value = *at;
    _ReadWriteBarrier();
    return value;
#endif
}
static __inline void chimney_store_release(volatile uint64_t* at, uint64_t value) {
#if defined(_M_IX86)
    long long seen = (long long)*at, was;
    while ((was = _InterlockedCompareExchange64((volatile long long*)at, (long long)value, seen)) != seen) seen = was;
#else
    _ReadWriteBarrier();
    *at = value;
#endif
}
static __inline int chimney_exchange_if(volatile uint64_t* at, uint64_t* expected, uint64_t value) {
    const long long was =
        _InterlockedCompareExchange64((volatile long long*)at, (long long)value, (long long)*expected);
    if ((uint64_t)was == *expected) return 1;
    *expected = (uint64_t)was;
    return 0;
}
static __inline uint64_t chimney_add(volatile uint64_t* at, uint64_t value) {
    uint64_t seen = chimney_load_acquire(at);
    while (!chimney_exchange_if(at, &seen, seen + value)) {}
    return seen;
}
#else
static inline uint64_t chimney_load_acquire(volatile uint64_t* at) { return __atomic_load_n(at, __ATOMIC_ACQUIRE); }
static inline void chimney_store_release(volatile uint64_t* at, uint64_t value) {
    __atomic_store_n(at, value, __ATOMIC_RELEASE);
}
static inline int chimney_exchange_if(volatile uint64_t* at, uint64_t* expected, uint64_t value) {
    return __atomic_compare_exchange_n(at, expected, value, 1, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}
static inline uint64_t chimney_add(volatile uint64_t* at, uint64_t value) {
    return __atomic_fetch_add(at, value, __ATOMIC_ACQ_REL);
}
#endif

#if defined(CHIMNEY_PROBE_KERNEL)
#include <ntddk.h>
static inline uint32_t chimney_processor(void) { return (uint32_t)KeGetCurrentProcessorNumber(); }
static inline uint64_t chimney_clock(void) { return (uint64_t)KeQueryPerformanceCounter(0).QuadPart; }
static inline void chimney_clock_begin(uint64_t pair[2]) { pair[0] = pair[1] = 0; }
static inline uint64_t chimney_clock_frequency(const uint64_t pair[2]) {
    LARGE_INTEGER each_second;
    (void)pair;
    KeQueryPerformanceCounter(&each_second);
    return (uint64_t)each_second.QuadPart;
}
static inline uint32_t chimney_context(void) { return (uint32_t)(uintptr_t)PsGetCurrentThreadId(); }
#elif defined(_WIN32)
#include <windows.h>
static inline uint32_t chimney_processor(void) { return (uint32_t)GetCurrentProcessorNumber(); }
static inline uint64_t chimney_clock(void) {
    LARGE_INTEGER now;
    QueryPerformanceCounter(&now);
    return (uint64_t)now.QuadPart;
}
static inline void chimney_clock_begin(uint64_t pair[2]) { pair[0] = pair[1] = 0; }
static inline uint64_t chimney_clock_frequency(const uint64_t pair[2]) {
    LARGE_INTEGER each_second;
    (void)pair;
    QueryPerformanceFrequency(&each_second);
    return (uint64_t)each_second.QuadPart;
}
static inline uint32_t chimney_context(void) { return (uint32_t)GetCurrentThreadId(); }
#else
#include <time.h>
#if defined(__linux__)
int sched_getcpu(void); /* <sched.h> declares it to who defines _GNU_SOURCE, which is not this header's to decide */
static inline uint32_t chimney_processor(void) {
    const int processor = sched_getcpu();
    return processor < 0 ? 0 : (uint32_t)processor;
}
#else
static inline uint32_t chimney_processor(void) { return 0; }
#endif
static inline uint64_t chimney_monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}
#if defined(__x86_64__)
/* The processor's own counter costs a third of clock_gettime; on the processors of the last fifteen years it runs at one
 * rate on all cores, whatever they do. */
static inline uint64_t chimney_clock(void) { return __builtin_ia32_rdtsc(); }
static inline void chimney_clock_begin(uint64_t pair[2]) {
    pair[0] = chimney_monotonic();
    pair[1] = chimney_clock();
}
static inline uint64_t chimney_clock_frequency(const uint64_t pair[2]) {
    uint64_t now = chimney_monotonic();
    while (now - pair[0] < UINT64_C(20000000)) now = chimney_monotonic();
    return (uint64_t)((double)(chimney_clock() - pair[1]) / (double)(now - pair[0]) * 1e9 + 0.5);
}
#else
static inline uint64_t chimney_clock(void) { return chimney_monotonic(); }
static inline void chimney_clock_begin(uint64_t pair[2]) { pair[0] = pair[1] = 0; }
static inline uint64_t chimney_clock_frequency(const uint64_t pair[2]) {
    (void)pair;
    return UINT64_C(1000000000);
}
#endif
/* The address of a variable of which every thread has its own tells threads apart without a system call. */
static inline uint32_t chimney_context(void) {
    static __thread char own;
    return (uint32_t)((uintptr_t)&own >> 4);
}
#endif

#endif
#endif
