// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The memory of one whole run: a stack on which it goes on, the pool of its machine, and a heap from which `operator new`
// serves whatever is allocated while the run has the thread. All of it lies at fixed addresses in one stretch, so a copy is a
// moment of the run and copying it back is going back to that moment, however deep the objects that lived then.
// What a run shares with others must not change while it goes on: tables that are made on first use have to be made before.
// One thread at a time. Sizes in bytes. Not possible under a sanitizer (it keeps books of its own): then reserve() gives
// nothing, and runs are made from their beginning.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace chimneylab::explorer {

class RunMemory {
public:
    [[nodiscard]] static std::unique_ptr<RunMemory> reserve();  // null: not possible here
    ~RunMemory();
    RunMemory(const RunMemory&) = delete;
    RunMemory& operator=(const RunMemory&) = delete;

    [[nodiscard]] std::span<std::byte> stack() const;
    [[nodiscard]] std::span<std::byte> pool() const;
    void forget_everything();  // an empty heap
    [[nodiscard]] bool exhausted() const;  // an allocation failed since
    [[nodiscard]] std::size_t heap_used() const;

    // While it lives the heap serves this thread.
    class Use {
    public:
        explicit Use(RunMemory& memory);
        ~Use();
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;
    };

    // A moment. The buffer grows as needed and is used again by the next save.
    class Image {
    public:
        [[nodiscard]] std::size_t size() const { return size_; }
        [[nodiscard]] std::size_t capacity() const { return capacity_; }

    private:
        friend class RunMemory;
        std::unique_ptr<std::byte[]> bytes_;
        std::size_t size_ = 0, capacity_ = 0;
        std::size_t heap_ = 0, stack_ = 0, pool_ = 0;
    };
    // `stack_pointer`: from there to the end of the stack is in use; `pool_used` bytes of the pool are.
    void save(Image& image, const void* stack_pointer, std::size_t pool_used) const;
    void put_back(const Image& image);

private:
    explicit RunMemory(std::byte* base) : base_(base) {}
    std::byte* base_;
};

}  // namespace chimneylab::explorer
