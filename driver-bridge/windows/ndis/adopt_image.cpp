// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <windows.h>

#include <cstdint>
#include <cstring>

#include "driver-bridge/windows/ndis/lab_ndis.h"

namespace {

HMODULE this_image() {
    HMODULE self = nullptr;
    GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                       reinterpret_cast<const char*>(&ChimneyLabAdoptImage), &self);
    return self;
}

bool overwrite(void* at, const void* bytes, std::size_t size) {
    DWORD before = 0;
    if (!VirtualProtect(at, size, PAGE_EXECUTE_READWRITE, &before)) return false;
    std::memcpy(at, bytes, size);
    VirtualProtect(at, size, before, &before);
    FlushInstructionCache(GetCurrentProcess(), at, size);
    return true;
}

// Redirects what the image imports from one library; names that this image does not export stay as they are.
bool redirect(std::uint8_t* base, const IMAGE_IMPORT_DESCRIPTOR& library) {
    const auto* names = reinterpret_cast<const std::uint64_t*>(base + library.OriginalFirstThunk);
    auto* addresses = reinterpret_cast<std::uint64_t*>(base + library.FirstThunk);
    for (; *names != 0; ++names, ++addresses) {
        if ((*names & IMAGE_ORDINAL_FLAG64) != 0) continue;
        const auto* name = reinterpret_cast<const IMAGE_IMPORT_BY_NAME*>(base + *names);
        const auto own = reinterpret_cast<std::uint64_t>(GetProcAddress(this_image(), reinterpret_cast<const char*>(name->Name)));
        if (own != 0 && !overwrite(addresses, &own, sizeof own)) return false;
    }
    return true;
}

}  // namespace

extern "C" {

int ChimneyLabAdoptImage(void* image_base, void* entry, chimney_lab_image* image) {
    auto* base = static_cast<std::uint8_t*>(image_base);
    const auto* dos = reinterpret_cast<const IMAGE_DOS_HEADER*>(base);
    if (dos->e_magic != IMAGE_DOS_SIGNATURE) return 0;
    const auto* header = reinterpret_cast<const IMAGE_NT_HEADERS64*>(base + dos->e_lfanew);
    if (header->Signature != IMAGE_NT_SIGNATURE || header->OptionalHeader.Magic != IMAGE_NT_OPTIONAL_HDR64_MAGIC ||
        header->OptionalHeader.Subsystem != IMAGE_SUBSYSTEM_NATIVE || header->OptionalHeader.AddressOfEntryPoint == 0)
        return 0;
    const IMAGE_DATA_DIRECTORY& imports = header->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
    if (imports.VirtualAddress != 0) {
        for (auto* from = reinterpret_cast<const IMAGE_IMPORT_DESCRIPTOR*>(base + imports.VirtualAddress); from->Name != 0; ++from) {
            const char* library = reinterpret_cast<const char*>(base + from->Name);
            const bool kernel = lstrcmpiA(library, "ntoskrnl.exe") == 0 || lstrcmpiA(library, "hal.dll") == 0;
            if (kernel && !redirect(base, *from)) return 0;
        }
    }
    // mov rax, entry; jmp rax. The header's address of the entry has 32 bits and does not reach other images.
    std::uint8_t jump[sizeof image->code] = {0x48, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xE0};
    const auto target = reinterpret_cast<std::uint64_t>(entry);
    std::memcpy(jump + 2, &target, sizeof target);
    image->entry = base + header->OptionalHeader.AddressOfEntryPoint;
    std::memcpy(image->code, image->entry, sizeof image->code);
    return overwrite(image->entry, jump, sizeof jump) ? 1 : 0;
}

void ChimneyLabReleaseEntry(const chimney_lab_image* image) { overwrite(image->entry, image->code, sizeof image->code); }

}  // extern "C"
