// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "app/command_line/json_text.h"
#include "app/command_line/told_scenario.h"
#include "app/command_line/verbs.h"
#include "engine/scenario/library.h"

namespace chimneylab::command_line {

namespace {

Json as_json(const scenario::Scenario& item) {
    Json variants = Json::array();
    for (const scenario::Variant& variant : item.variants) {
        variants.push_back({{"name", variant.name},
                            {"title", variant.title},
                            {"teaches", variant.teaches},
                            {"breaks", variant.breaks}});
    }
    return {{"id", item.id},
            {"title", item.title},
            {"part", item.part},
            {"teaches", item.teaches},
            {"rules", item.rules},
            {"intermediate_drivers", item.machine.intermediate_drivers.size()},
            {"steps", item.steps.size()},
            {"variants", std::move(variants)},
            {"file", item.source}};
}

}  // namespace

int list_scenarios(const ScenariosOptions& options, Console& console) {
    scenario::Library library = scenario::load_library();
    for (scenario::Scenario& item : library.scenarios) item = told_in(options.language, item, console);
    if (options.json) {
        Json list = Json::array();
        for (const scenario::Scenario& item : library.scenarios) list.push_back(as_json(item));
        console.out << json_text({{"scenarios", std::move(list)}});
    } else {
        std::string part;
        for (const scenario::Scenario& item : library.scenarios) {
            if (item.part != part) {
                part = item.part;
                console.out << (&item == &library.scenarios.front() ? "" : "\n")
                            << console.terminal.in(Tone::dim, printable(part)) << "\n";
            }
            console.out << "\n"
                        << console.terminal.in(Tone::strong, padded(item.id, 4)) << " " << printable(item.title) << "\n"
                        << folded(printable(item.teaches), console.terminal.width, "     ", "     ") << "\n";
            for (const scenario::Variant& variant : item.variants) {
                console.out << "     variant " << printable(variant.name) << ": " << printable(variant.title) << "\n";
            }
        }
        if (!library.scenarios.empty()) {
            console.out << "\n"
                        << console.terminal.in(Tone::dim, console.terminal.as_typed("chimneylab-cli run " + library.scenarios.front().id +
                                                                                      " tells the first one."))
                        << "\n";
        }
    }
    if (!library.problems.empty()) return refuse(library.problems, console);
    if (library.scenarios.empty()) {
        return refuse("no scenario library was found",
                      "Set CHIMNEYLAB_SCENARIOS to the directory that holds the .yaml files.", console);
    }
    return exit_done;
}

}  // namespace chimneylab::command_line
