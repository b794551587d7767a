// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/address_space.h"

#include <algorithm>
#include <cstring>

#include "engine/machine/handle_table.h"
#include "engine/machine/pool.h"
#include "engine/machine/process_map.h"

namespace chimneylab::machine {
namespace {

constexpr std::uint64_t lowest_pointer = 0x10000;
constexpr std::uint64_t highest_pointer = 0x0000800000000000;
// New mappings of a process appear near old ones. A word farther away than this from every mapping is data, and the
// process map need not be read again for it.
constexpr std::uint64_t neighbourhood = std::uint64_t{1} << 34;

}  // namespace

AddressSpace::AddressSpace(const Pool& pool) : pool_(pool) { read_process_map(); }

void AddressSpace::register_image(std::string name, const void* address_inside) {
    const std::uint64_t load_base = load_base_of(address_inside);
    if (load_base == 0) return;
    if (std::ranges::any_of(images_, [&](const RegisteredImage& image) { return image.load_base == load_base; })) return;
    images_.push_back({std::move(name), load_base});
    plain_data_.clear();
    read_process_map();
}

void AddressSpace::read_process_map() {
    ranges_.clear();
    for (const MappedRange& mapped : machine::read_process_map()) {
        Range range{mapped.begin, mapped.end, mapped.image, -1, mapped.load_base};
        for (std::size_t i = 0; i < images_.size(); ++i) {
            if (!range.image || images_[i].load_base < range.begin || images_[i].load_base >= range.end) continue;
            range.registered = static_cast<int>(i);
            range.load_base = images_[i].load_base;
        }
        ranges_.push_back(range);
    }
}

const AddressSpace::Range* AddressSpace::range_of(std::uint64_t word) const {
    auto next = std::ranges::upper_bound(ranges_, word, {}, &Range::begin);
    if (next == ranges_.begin()) return nullptr;
    --next;
    return word < next->end ? &*next : nullptr;
}

bool AddressSpace::near_known_range(std::uint64_t word) const {
    const auto next = std::ranges::upper_bound(ranges_, word, {}, &Range::begin);
    if (next != ranges_.end() && next->begin - word < neighbourhood) return true;
    return next != ranges_.begin() && word - std::prev(next)->end < neighbourhood;
}

trace::Address AddressSpace::translate(const void* pointer) { return translate_word(reinterpret_cast<std::uint64_t>(pointer)); }

trace::Address AddressSpace::translate_word(std::uint64_t word) {
    if (word < lowest_pointer || word >= highest_pointer) return word;
    const void* pointer = reinterpret_cast<const void*>(word);
    if (pool_.in_arena(pointer)) return pool_base + pool_.arena_offset(pointer);
    if (const auto known = appeared_.find(word); known != appeared_.end()) return known->second;
    const Range* range = range_of(word);
    if (!range) {
        if (!near_known_range(word) || plain_data_.contains(word)) return word;
        read_process_map();
        range = range_of(word);
        if (!range) {
            plain_data_.insert(word);
            return word;
        }
    }
    trace::Address translated = 0;
    if (range->registered >= 0)
        translated = image_base + static_cast<std::uint64_t>(range->registered) * image_stride + (word - range->load_base);
    else if (range->image)
        translated = other_image_base + 16 * ++other_images_;
    else
        translated = process_base + 16 * ++process_words_;
    appeared_.emplace(word, translated);
    return translated;
}

std::span<const std::byte> AddressSpace::translate_words(std::span<const std::byte> memory) {
    translated_.assign(memory.begin(), memory.end());
    const auto address = reinterpret_cast<std::uint64_t>(memory.data());
    for (std::size_t at = (8 - address % 8) % 8; at + 8 <= translated_.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, translated_.data() + at, 8);
        if (word < lowest_pointer || word >= highest_pointer) continue;
        const std::uint64_t seen = translate_word(word);
        std::memcpy(translated_.data() + at, &seen, 8);
    }
    return translated_;
}

}  // namespace chimneylab::machine
