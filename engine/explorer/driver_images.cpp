// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/driver_images.h"

#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace chimneylab::explorer {
namespace {

struct Wanted {
    std::uintptr_t load_base;
    std::vector<std::span<std::byte>> variables;
    std::uintptr_t end = 0;
};

// The writable parts of one image, without those that became read-only when it had been relocated.
int look_at(dl_phdr_info* info, std::size_t, void* context) {
    auto& wanted = *static_cast<Wanted*>(context);
    if (info->dlpi_addr != wanted.load_base) return 0;
    std::uintptr_t protected_until = 0;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr)& header = info->dlpi_phdr[i];
        if (header.p_type == PT_GNU_RELRO) protected_until = info->dlpi_addr + header.p_vaddr + header.p_memsz;
    }
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    protected_until = protected_until / page * page;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr)& header = info->dlpi_phdr[i];
        if (header.p_type != PT_LOAD) continue;
        wanted.end = std::max<std::uintptr_t>(wanted.end, info->dlpi_addr + header.p_vaddr + header.p_memsz);
        if ((header.p_flags & PF_W) == 0) continue;
        const std::uintptr_t end = info->dlpi_addr + header.p_vaddr + header.p_memsz;
        const std::uintptr_t begin = std::max<std::uintptr_t>(info->dlpi_addr + header.p_vaddr, std::min(protected_until, end));
        wanted.variables.emplace_back(reinterpret_cast<std::byte*>(begin), end - begin);
    }
    return 1;
}

}  // namespace

scenario::LoadedDriver DriverImages::load(std::string_view name, trace::LayerIndex layer) {
    const std::pair key{std::string(name), layer};
    if (const auto known = loaded_.find(key); known != loaded_.end()) return known->second;
    const scenario::LoadedDriver driver = load_(name, layer);
    loaded_.emplace(key, driver);
    Dl_info info{};
    if (driver.entry == nullptr || dladdr(reinterpret_cast<const void*>(driver.entry), &info) == 0) return driver;
    Wanted wanted{reinterpret_cast<std::uintptr_t>(info.dli_fbase), {}, 0};
    dl_iterate_phdr(look_at, &wanted);
    if (wanted.end > wanted.load_base) stretches_.push_back({wanted.load_base, wanted.end - wanted.load_base});
    for (const std::span<std::byte> part : wanted.variables) {
        variables_.push_back(part);
        first_.insert(first_.end(), part.begin(), part.end());
        bytes_ += part.size();
    }
    return driver;
}

void DriverImages::as_loaded() { copy_from(first_.data()); }

void DriverImages::copy_to(std::byte* destination) const {
    for (const std::span<std::byte> part : variables_) {
        std::memcpy(destination, part.data(), part.size());
        destination += part.size();
    }
}

void DriverImages::copy_from(const std::byte* source) {
    for (const std::span<std::byte> part : variables_) {
        std::memcpy(part.data(), source, part.size());
        source += part.size();
    }
}

}  // namespace chimneylab::explorer
