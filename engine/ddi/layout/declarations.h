// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The declarations of the structures, as C text with four marks in front of a member or behind a name:
//
//   @x64, @x86          the member exists under that architecture only
//   @aligned            aligned as the allocator aligns (MEMORY_ALLOCATION_ALIGNMENT: 16 on x64, 8 on x86)
//   @pointer_aligned    aligned to 8 on x64 only (POINTER_ALIGNMENT)
//
// An array's length is a number, or a number times "pointer", the size of a pointer in bytes.
#pragma once

#include "engine/ddi/layout/layout.h"

namespace chimneylab::layout {

std::string_view kernel_declarations();
std::string_view net_buffer_declarations();
std::string_view adapter_declarations();
std::string_view request_declarations();
std::string_view chimney_declarations();

enum class RequestedAlignment { natural, allocation, pointer };

struct ArrayLength {
    std::uint32_t count = 0;
    bool times_pointer_size = false;
};

struct MemberDeclaration {
    enum class Kind { scalar, structure, union_ };
    Kind kind = Kind::scalar;
    std::optional<Arch> only;
    RequestedAlignment alignment = RequestedAlignment::natural;
    std::string type;  // of a scalar, with CONST and * as written
    bool pointer = false;
    std::string name;  // empty for an unnamed structure or union
    std::optional<ArrayLength> array;
    std::optional<std::uint32_t> bits;
    std::vector<MemberDeclaration> members;
};

struct StructureDeclaration {
    std::string name;
    bool is_union = false;
    bool aligned = false;
    std::vector<MemberDeclaration> members;
};

// Throws std::logic_error naming the place: the text is part of the program.
std::vector<StructureDeclaration> parse_declarations(std::string_view text);

// The size of a simple type (its alignment is the same), or nullopt when it is none: a structure or unknown.
std::optional<std::uint32_t> simple_type_size(std::string_view type, Arch arch);

} // namespace chimneylab::layout
