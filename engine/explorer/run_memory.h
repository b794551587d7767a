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
#include <optional>
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
    [[nodiscard]] std::span<std::byte> whole() const;  // with what lies between them
    void forget_everything(std::size_t pool_touched);  // an empty heap, a pool as new
    [[nodiscard]] bool exhausted() const;  // an allocation failed since
    [[nodiscard]] std::size_t heap_used() const;

    // While it lives, within a Use and before the first image, what is allocated is no part of the images: for buffers that are
    // only ever added to, so that what an image knows of them stays true. They are not released before forget_everything().
    class Lasting {
    public:
        explicit Lasting(RunMemory& memory);
        ~Lasting();
        Lasting(const Lasting&) = delete;
        Lasting& operator=(const Lasting&) = delete;

    private:
        RunMemory& memory_;
    };

    // While it lives the heap serves this thread.
    class Use {
    public:
        explicit Use(RunMemory& memory);
        ~Use();
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;
    };

    // A moment. Images lie one behind the other; the latest one is the first to be forgotten.
    class Image {
    public:
        [[nodiscard]] std::size_t size() const { return size_; }
        [[nodiscard]] std::span<const std::byte> pool() const { return {bytes_ + size_ - pool_, pool_}; }

    private:
        friend class RunMemory;
        std::byte* bytes_ = nullptr;
        std::size_t size_ = 0;
        std::size_t heap_ = 0, stack_ = 0, pool_ = 0;
    };
    // `stack_pointer`: from there to the end of the stack is in use; `pool_used` bytes of the pool are. No value: there is no
    // room for another image.
    [[nodiscard]] std::optional<Image> save(const void* stack_pointer, std::size_t pool_used);
    // `pool_touched`: so many bytes of the pool may have been written since; what the image does not have of them is zero again,
    // as before their first use, so that gaps between allocations say nothing of other runs.
    void put_back(const Image& image, std::size_t pool_touched);
    void forget(const Image& image);  // and those that were saved after it
    void forget_images() { images_used_ = 0; }

private:
    RunMemory(std::byte* base, std::byte* images) : base_(base), images_(images) {}
    std::byte* base_;
    std::byte* images_;
    std::size_t images_used_ = 0;
};

}  // namespace chimneylab::explorer
