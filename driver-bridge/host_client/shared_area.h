// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The memory that a driver host shares with the program that started it. The host writes its recording here (the stream
// of engine/trace/stream.h), so whatever ends the host, each event up to there is already in the other process: nothing is
// in a buffer or a pipe, and a driver that closes or writes to every descriptor reaches nothing of it. What a crash
// handler can find out stands here too, as plain numbers; the names are found by the program that stays alive.
// Written by one thread of the host, except where atomic. Nothing in it is trusted by who reads it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace chimneylab::driver_host {

inline constexpr std::uint32_t area_version = 2;
inline constexpr int area_descriptor = 3;  // in the host, until it has mapped the area
inline constexpr std::size_t area_stream_capacity = std::size_t{1} << 30;  // bytes; pages come into being as they are used
inline constexpr std::uint8_t result_frame = 128;  // of the stream: the run's result as JSON
inline constexpr int ask_signal = 23;              // SIGURG, which nobody uses: "where are you?"

enum class Phase : std::uint32_t { starting, loading, running, finished };

enum class Ending : std::uint32_t {
    none,
    signal,         // signal, code, fault_address, registers
    asked,          // by ask_signal or because the processor time was used up
    exit_called,    // exit_status
    out_of_memory,
    recording_full,
};

struct CrashRecord {
    static constexpr std::size_t most_frames = 64;
    static constexpr std::size_t most_stack_words = 64;
    std::atomic<std::uint32_t> state;  // 0 nothing, 1 what is in the registers, 2 backtrace too
    Ending ending;
    std::int32_t signal;
    std::int32_t code;  // si_code
    std::int32_t exit_status;
    std::uint32_t page_fault;  // 1: fault_address is what was touched
    std::uint32_t write;       // 1: it was written to
    std::uint32_t instruction_size;
    std::uint64_t fault_address;
    std::uint64_t instruction_pointer;
    std::uint64_t stack_pointer;
    std::uint64_t stack_low;  // of the thread that runs drivers, without the guard
    std::uint64_t guard_low;
    std::uint8_t instruction[16];
    std::uint64_t below_stack_pointer;  // the word just popped
    std::uint32_t stack_word_count;
    std::atomic<std::uint32_t> frame_count;
    std::uint64_t stack[most_stack_words];
    std::uint64_t frames[most_frames];  // return addresses, from the innermost outwards
};

enum class ModuleKind : std::uint32_t { other, program, driver };

struct ModuleRecord {
    std::uint64_t begin;
    std::uint64_t end;
    std::uint64_t load_address;  // what is added to the file's addresses
    ModuleKind kind;
    std::uint32_t layer;  // of a driver
    char path[496];
};

// What a host that is followed does at the moment.
enum class LiveState : std::uint32_t { running, held, at_choice };

// For a starter that follows the run and may take a hand in it. Who waits is woken by the other's bell (a futex).
struct LiveRecord {
    // By the starter.
    std::atomic<std::uint32_t> followed;  // 1: the rest is looked at
    std::atomic<std::uint32_t> hold;      // 1: the run stands still after an event, or between two dispatches
    std::atomic<std::uint64_t> let_go;    // held or not, so many events in all may be recorded
    std::atomic<std::uint32_t> steps;     // goes up with every step that is asked for
    std::atomic<std::uint32_t> fault;     // a scenario::Choice::Fault that is wanted, once
    std::atomic<std::uint32_t> choice_for;  // the number of the point that `choice` is for
    std::uint32_t choice_size;
    char choice[128];  // as text; empty: the schedule's
    std::atomic<std::uint32_t> bell;
    // By the host.
    std::atomic<LiveState> state;
    std::atomic<std::uint32_t> point;  // how many points were told
    std::uint32_t point_size;
    char point_text[1 << 16];  // JSON; see request.h
};

struct AreaHead {
    char magic[8];
    std::uint32_t version;
    std::uint32_t request_size;
    std::atomic<std::uint64_t> committed;  // bytes of the stream that are whole
    std::atomic<Phase> phase;
    std::atomic<std::uint32_t> loading_layer;  // while loading
    std::atomic<std::uint32_t> step;
    std::atomic<std::uint32_t> steps;
    std::atomic<std::uint32_t> events;
    std::atomic<bool> cancel;  // set by the starter
    std::atomic<std::uint32_t> module_count;
    LiveRecord live;
    CrashRecord crash;
    ModuleRecord modules[64];
    char request[1 << 20];  // JSON; see request.h
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

class SharedArea {
public:
    // By the starter. Throws std::system_error when the system has no memory to share.
    static SharedArea create();
    // By the host, from a descriptor, which is closed. Throws std::system_error or std::runtime_error.
    static SharedArea open(int descriptor);
    SharedArea(SharedArea&& other) noexcept;
    SharedArea& operator=(SharedArea&&) = delete;
    ~SharedArea();

    [[nodiscard]] AreaHead& head() const { return *static_cast<AreaHead*>(memory_); }
    [[nodiscard]] int descriptor() const { return descriptor_; }
    // What is whole of the stream; never more than there is.
    [[nodiscard]] std::span<const std::byte> stream() const;

    // By the host: appends and commits. False when it does not fit. Pages that are full become read-only, so that a
    // driver which writes where it should not cannot change what is recorded.
    bool append(std::span<const std::byte> bytes);
    [[nodiscard]] static std::size_t size();

private:
    SharedArea(void* memory, int descriptor) : memory_(memory), descriptor_(descriptor) {}
    [[nodiscard]] std::byte* stream_begin() const;
    void* memory_ = nullptr;
    int descriptor_ = -1;
    std::size_t sealed_ = 0;
};

}  // namespace chimneylab::driver_host
