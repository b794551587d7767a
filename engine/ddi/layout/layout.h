// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The layout of every DDI structure under Microsoft's x64 and x86 ABI: member, offset, size.
//
// Each structure is declared once (declarations_*.cpp, in the words of the headers); both layouts are computed
// from that by a model of the ABI. Offsets and sizes are bytes. What is returned is immutable, lives as long as
// the process and may be read from any thread. A name that is not known gives nullptr.
// Source of the declarations: the DDI headers beside this folder; tests compare the two member by member.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chimneylab::layout {

enum class Arch { x64, x86 };

std::string_view to_string(Arch arch);
std::optional<Arch> parse_arch(std::string_view text);

// Bits within the storage unit at the member's offset.
struct BitRange {
    std::uint32_t first = 0;
    std::uint32_t width = 0;
    bool operator==(const BitRange&) const = default;
};

struct Member {
    // As C code reaches it from the structure: "DATA.QUERY_INFORMATION.Oid". Members of unnamed structures and
    // unions appear under their own name, the unnamed aggregates do not appear.
    std::string name;
    // "PVOID[2]", "struct", "ULONG:12, bits 0-11".
    std::string type;
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
    std::optional<BitRange> bits;
    // A named member structure or union whose members follow with longer names.
    bool aggregate = false;
    bool operator==(const Member&) const = default;
};

struct Structure {
    std::string name;
    std::uint32_t size = 0;
    std::uint32_t alignment = 1;
    std::vector<Member> members;

    const Member* member(std::string_view member_name) const;
};

// All structures, in the order of the headers.
std::span<const Structure> structures(Arch arch);

const Structure* find(std::string_view name, Arch arch);

} // namespace chimneylab::layout
