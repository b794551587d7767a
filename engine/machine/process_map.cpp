// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/process_map.h"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>

namespace chimneylab::machine {
namespace {

constexpr std::uint64_t highest_pointer = 0x0000800000000000;
// No driver's object lies in a mapping of this size: reservations, and the shadow memory of a sanitizer, which covers
// what would otherwise be plain numbers.
constexpr std::uint64_t reservation = std::uint64_t{1} << 36;

}  // namespace

std::vector<MappedRange> read_process_map() {
    std::vector<MappedRange> ranges;
    dl_iterate_phdr(
        [](dl_phdr_info* info, std::size_t, void* context) {
            MappedRange range;
            range.image = true;
            range.load_base = info->dlpi_addr;
            range.begin = ~std::uint64_t{0};
            for (int i = 0; i < info->dlpi_phnum; ++i) {
                const ElfW(Phdr)& header = info->dlpi_phdr[i];
                if (header.p_type != PT_LOAD) continue;
                range.begin = std::min<std::uint64_t>(range.begin, info->dlpi_addr + header.p_vaddr);
                range.end = std::max<std::uint64_t>(range.end, info->dlpi_addr + header.p_vaddr + header.p_memsz);
            }
            if (range.begin < range.end) static_cast<std::vector<MappedRange>*>(context)->push_back(range);
            return 0;
        },
        &ranges);
    std::vector<MappedRange> images = ranges;
    std::ranges::sort(images, {}, &MappedRange::begin);
    std::ifstream map("/proc/self/maps");
    for (std::string line; std::getline(map, line);) {
        // "55d0c0a00000-55d0c0a21000 r--p …"; a stream would take longer for these lines than a machine takes to boot.
        MappedRange range;
        const char* const end = line.data() + line.size();
        const auto [dash, wrong] = std::from_chars(line.data(), end, range.begin, 16);
        if (wrong != std::errc{} || dash == end || *dash != '-') continue;
        const auto [space, wrong_too] = std::from_chars(dash + 1, end, range.end, 16);
        if (wrong_too != std::errc{} || end - space < 2 || range.begin >= highest_pointer) continue;
        if (space[1] != 'r' || range.end - range.begin >= reservation) continue;
        // What an image covers is the image's; the remains on either side are stack, heap or mapped memory.
        for (const MappedRange& image : images) {
            if (image.end <= range.begin || image.begin >= range.end) continue;
            if (image.begin > range.begin) {
                MappedRange left = range;
                left.end = image.begin;
                ranges.push_back(left);
            }
            range.begin = std::min(image.end, range.end);
            if (range.begin >= range.end) break;
        }
        if (range.begin < range.end) ranges.push_back(range);
    }
    std::ranges::sort(ranges, {}, &MappedRange::begin);
    return ranges;
}

std::uint64_t load_base_of(const void* address) {
    Dl_info info{};
    if (dladdr(address, &info) == 0) return 0;
    return reinterpret_cast<std::uint64_t>(info.dli_fbase);
}

}  // namespace chimneylab::machine
