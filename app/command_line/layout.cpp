// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/ddi/layout/layout.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/command_line/json_text.h"
#include "app/command_line/verbs.h"

namespace chimneylab::command_line {

namespace {

Json as_json(const layout::Structure& structure) {
    Json members = Json::array();
    for (const layout::Member& member : structure.members) {
        Json entry{{"name", member.name}, {"offset", member.offset}, {"size", member.size}, {"type", member.type}};
        if (member.bits) entry["bits"] = {{"first", member.bits->first}, {"width", member.bits->width}};
        members.push_back(std::move(entry));
    }
    return {{"size", structure.size}, {"alignment", structure.alignment}, {"members", std::move(members)}};
}

void print(const layout::Structure& structure, Console& console) {
    const Terminal& terminal = console.terminal;
    console.out << terminal.in(Tone::strong, structure.name)
                << fmt::format("  {} bytes (0x{:x}), alignment {}\n", structure.size, structure.size,
                               structure.alignment);
    std::size_t longest = 0;
    for (const layout::Member& member : structure.members) longest = std::max(longest, member.name.size());
    for (const layout::Member& member : structure.members) {
        console.out << fmt::format("  0x{:03x} {:>5}  {:<{}}  ", member.offset, member.size, member.name, longest)
                    << terminal.in(Tone::dim, member.type) << "\n";
    }
}

}  // namespace

int layout(const LayoutOptions& options, Console& console) {
    const std::optional<layout::Arch> arch = layout::parse_arch(options.arch);
    if (!arch)
        return refuse("there is no architecture " + scenario::in_quotes(options.arch), "Use --arch x64 or --arch x86.",
                      console);

    std::vector<const layout::Structure*> chosen;
    if (options.structure.empty()) {
        for (const layout::Structure& structure : layout::structures(*arch)) chosen.push_back(&structure);
    } else if (const layout::Structure* found = layout::find(options.structure, *arch)) {
        chosen.push_back(found);
    } else {
        std::vector<std::string_view> names;
        for (const layout::Structure& structure : layout::structures(*arch)) names.push_back(structure.name);
        std::string remedy = scenario::suggest(options.structure, names);
        if (remedy.starts_with("Use one of")) remedy = "'chimneylab-cli layout' lists them all.";
        return refuse("there is no DDI structure " + scenario::in_quotes(options.structure), remedy, console);
    }
    if (options.json) {
        Json structs = Json::object();
        for (const layout::Structure* structure : chosen) structs[structure->name] = as_json(*structure);
        console.out << json_text({{"arch", layout::to_string(*arch)}, {"structs", std::move(structs)}});
        return exit_done;
    }
    console.out << console.terminal.in(Tone::dim,
                                       fmt::format("{}: offset, size, member, type\n", layout::to_string(*arch)));
    for (const layout::Structure* structure : chosen) {
        console.out << "\n";
        print(*structure, console);
    }
    return exit_done;
}

}  // namespace chimneylab::command_line
