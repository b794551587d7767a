// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/state_layout.h"

#include <array>

namespace chimneylab::desktop {

namespace {

// OFFLOAD_STATE_TYPE: four types a layer (const, cached, delegated, all), TCP's "all" being 17 because 16 is unused.
struct Kind {
    const char* layer = nullptr;
    const char* prefix = nullptr;
    int only = -1;  // 0 const, 1 cached, 2 delegated, -1 all three
};

Kind kind_of(std::uint8_t type) {
    if (type >= 1 && type <= 4) return {"neighbor", "NEIGHBOR", type == 4 ? -1 : type - 1};
    if (type >= 5 && type <= 8) return {"path", "PATH", type == 8 ? -1 : type - 5};
    if (type >= 9 && type <= 12) return {"path", "PATH", type == 12 ? -1 : type - 9};
    if (type >= 13 && type <= 15) return {"TCP", "TCP", type - 13};
    if (type == 17) return {"TCP", "TCP", -1};
    return {};
}

}  // namespace

QString state_layer(std::uint8_t type) { return QString::fromLatin1(kind_of(type).layer); }

std::vector<StatePart> state_layout(std::uint8_t type, layout::Arch arch) {
    const Kind kind = kind_of(type);
    std::vector<StatePart> parts;
    if (kind.prefix == nullptr) return parts;
    static constexpr std::array<const char*, 3> classes{"CONST", "CACHED", "DELEGATED"};
    std::uint32_t end = 0;
    for (int each = 0; each < 3; ++each) {
        if (kind.only >= 0 && each != kind.only) continue;
        const std::string name = std::string(kind.prefix) + "_OFFLOAD_STATE_" + classes[static_cast<std::size_t>(each)];
        const layout::Structure* structure = layout::find(name, arch);
        if (structure == nullptr) continue;
        StatePart part;
        part.structure = QString::fromStdString(name);
        part.word = QString::fromLatin1(classes[static_cast<std::size_t>(each)]).toLower();
        part.offset = (end + structure->alignment - 1) / structure->alignment * structure->alignment;
        part.size = structure->size;
        end = part.offset + part.size;
        parts.push_back(std::move(part));
    }
    return parts;
}

std::vector<StateMember> state_members(std::uint8_t type, layout::Arch arch) {
    std::vector<StateMember> members;
    for (const StatePart& part : state_layout(type, arch)) {
        const layout::Structure* structure = layout::find(part.structure.toStdString(), arch);
        if (structure == nullptr) continue;
        for (const layout::Member& member : structure->members) {
            if (member.aggregate) continue;
            members.push_back(
                {QStringLiteral("%1 %2: %3").arg(state_layer(type), part.word, QString::fromStdString(member.name)),
                 QString::fromStdString(member.type), part.offset + member.offset, member.size});
        }
    }
    return members;
}

}  // namespace chimneylab::desktop
