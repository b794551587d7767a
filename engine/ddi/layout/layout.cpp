// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The ABI: natural alignment with 8-aligned 64-bit members on both architectures, and bit-fields that share a
// storage unit only with neighbours whose type has the same size.
#include "engine/ddi/layout/declarations.h"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace chimneylab::layout {
namespace {

constexpr std::uint32_t pointer_size(Arch arch) { return arch == Arch::x64 ? 8 : 4; }

constexpr std::uint32_t round_up(std::uint32_t value, std::uint32_t alignment)
{
    return (value + alignment - 1) / alignment * alignment;
}

struct Extent {
    std::uint32_t size = 0;
    std::uint32_t alignment = 1;
};

class Model {
public:
    explicit Model(Arch arch) : arch_(arch) {}

    Structure compute(const StructureDeclaration& declaration)
    {
        Structure result;
        result.name = declaration.name;
        Extent extent = place(declaration.members, declaration.is_union, "", result.members);
        if (declaration.aligned) {
            extent.alignment = std::max(extent.alignment, requested(RequestedAlignment::allocation));
        }
        result.alignment = extent.alignment;
        result.size = round_up(extent.size, extent.alignment);
        known_[declaration.name] = {result.size, result.alignment};
        return result;
    }

private:
    struct BitUnit {
        std::uint32_t offset = 0;
        std::uint32_t size = 0;
        std::uint32_t used = 0;
    };

    std::uint32_t requested(RequestedAlignment alignment) const
    {
        switch (alignment) {
        case RequestedAlignment::natural: return 1;
        case RequestedAlignment::allocation: return arch_ == Arch::x64 ? 16 : 8;
        case RequestedAlignment::pointer: return arch_ == Arch::x64 ? 8 : 1;
        }
        return 1;
    }

    Extent type_extent(const MemberDeclaration& member) const
    {
        if (member.pointer) {
            return {pointer_size(arch_), pointer_size(arch_)};
        }
        if (const auto size = simple_type_size(member.type, arch_)) {
            return {*size, *size};
        }
        const auto found = known_.find(member.type);
        if (found == known_.end()) {
            throw std::logic_error("structure declarations: " + member.type + " of " + member.name + " is not known");
        }
        return found->second;
    }

    // Appends the members with offsets from the start of the aggregate; the size is not yet rounded up.
    Extent place(const std::vector<MemberDeclaration>& declarations, bool is_union, const std::string& prefix,
                 std::vector<Member>& members) const
    {
        Extent whole;
        std::optional<BitUnit> unit;
        for (const auto& declaration : declarations) {
            if (declaration.only && *declaration.only != arch_) {
                continue;
            }
            if (is_union) {
                unit.reset();
            }
            const std::uint32_t start = is_union ? 0 : whole.size;
            std::uint32_t end = 0;
            if (declaration.bits) {
                end = place_bits(declaration, start, unit, whole.alignment, prefix, members);
            } else {
                unit.reset();
                end = place_member(declaration, start, whole.alignment, prefix, members);
            }
            whole.size = std::max(whole.size, end);
        }
        return whole;
    }

    std::uint32_t place_bits(const MemberDeclaration& declaration, std::uint32_t start, std::optional<BitUnit>& unit,
                             std::uint32_t& alignment, const std::string& prefix, std::vector<Member>& members) const
    {
        const Extent type = type_extent(declaration);
        if (!unit || unit->size != type.size || unit->used + *declaration.bits > type.size * 8) {
            unit = BitUnit{round_up(start, type.alignment), type.size, 0};
        }
        alignment = std::max(alignment, type.alignment);
        const BitRange range{unit->used, *declaration.bits};
        members.push_back({prefix + declaration.name,
                           declaration.type + ":" + std::to_string(range.width) + ", bits " +
                               std::to_string(range.first) + "-" + std::to_string(range.first + range.width - 1),
                           unit->offset, unit->size, range, false});
        unit->used += *declaration.bits;
        return unit->offset + unit->size;
    }

    std::uint32_t place_member(const MemberDeclaration& declaration, std::uint32_t start, std::uint32_t& alignment,
                               const std::string& prefix, std::vector<Member>& members) const
    {
        Extent type;
        std::string type_text = declaration.type;
        std::vector<Member> inner;
        const bool aggregate = declaration.kind != MemberDeclaration::Kind::scalar;
        if (aggregate) {
            const bool is_union = declaration.kind == MemberDeclaration::Kind::union_;
            type_text = is_union ? "union" : "struct";
            type = place(declaration.members, is_union,
                         declaration.name.empty() ? prefix : prefix + declaration.name + ".", inner);
            type.size = round_up(type.size, type.alignment);
        } else {
            type = type_extent(declaration);
        }
        std::uint32_t size = type.size;
        if (declaration.array) {
            const std::uint32_t count =
                declaration.array->count * (declaration.array->times_pointer_size ? pointer_size(arch_) : 1);
            size *= count;
            type_text += "[" + std::to_string(count) + "]";
        }
        const std::uint32_t member_alignment = std::max(type.alignment, requested(declaration.alignment));
        const std::uint32_t offset = round_up(start, member_alignment);
        alignment = std::max(alignment, member_alignment);
        if (!declaration.name.empty()) {
            members.push_back({prefix + declaration.name, type_text, offset, size, std::nullopt, aggregate});
        }
        for (auto& member : inner) {
            member.offset += offset;
            members.push_back(std::move(member));
        }
        return offset + size;
    }

    Arch arch_;
    std::map<std::string, Extent, std::less<>> known_;
};

std::vector<Structure> compute_all(Arch arch)
{
    std::vector<Structure> result;
    Model model(arch);
    for (const auto text : {kernel_declarations(), net_buffer_declarations(), adapter_declarations(),
                            request_declarations(), chimney_declarations()}) {
        for (const auto& declaration : parse_declarations(text)) {
            result.push_back(model.compute(declaration));
        }
    }
    return result;
}

} // namespace

std::string_view to_string(Arch arch)
{
    return arch == Arch::x64 ? "x64" : "x86";
}

std::optional<Arch> parse_arch(std::string_view text)
{
    if (text == "x64") {
        return Arch::x64;
    }
    if (text == "x86") {
        return Arch::x86;
    }
    return std::nullopt;
}

const Member* Structure::member(std::string_view member_name) const
{
    const auto found = std::ranges::find(members, member_name, &Member::name);
    return found == members.end() ? nullptr : &*found;
}

std::span<const Structure> structures(Arch arch)
{
    static const std::vector<Structure> x64 = compute_all(Arch::x64);
    static const std::vector<Structure> x86 = compute_all(Arch::x86);
    return arch == Arch::x64 ? x64 : x86;
}

const Structure* find(std::string_view name, Arch arch)
{
    const auto all = structures(arch);
    const auto found = std::ranges::find(all, name, &Structure::name);
    return found == all.end() ? nullptr : &*found;
}

} // namespace chimneylab::layout
