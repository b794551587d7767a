// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/tour/tour_stops.h"

#include <algorithm>
#include <variant>

#include "engine/trace/filter.h"

namespace chimneylab::desktop {

namespace {

// The second driver gives back what it borrowed: the conversion everything else leads to.
const TourMoment main_moment{QStringLiteral("m2"), QStringLiteral("conversion layer:im2 op:query not from:im2"), true};

struct PaneStop {
    const char* pane;
    const char* words;
    TourMoment moment;
};

std::vector<PaneStop> pane_stops() {
    return {
        {"library", "The scenarios, by part; a few letters narrow them down.", main_moment},
        {"stage", "Work goes down on the left, completions come up on the right. The card is the block list: one memory, never copied.", main_moment},
        {"lens", "One conversion, member by member: what stayed, what was saved, what was restored and from where.", main_moment},
        {"members", "Every member of the chosen block, before and after the present event, and what its value means.", main_moment},
        {"bytes", "The same block as bytes, with the members laid over them.", main_moment},
        {"member", "One member explained: who writes it, who reads it, for how long it counts.", main_moment},
        {"call_entries", "Two queries overlap: each driver holds a call entry for each.", {QStringLiteral("m3"), QStringLiteral("kind:call_entry_recognised op:query"), true}},
        {"handle_chain", "From the host stack's handle through the drivers' offload entries to the target's context, and back up.",
         {QStringLiteral("m4"), QStringLiteral("kind:enter name:*Offload*Event* or kind:enter name:*Receive*"), true}},
        {"state_trees", "The block list of the operation, and what the offload target holds at this moment.",
         {QStringLiteral("m3"), QStringLiteral("kind:conversion op:terminate"), false}},
        {"findings", "IM 2 forgot to put ImReserved back: the rule, the place, what should be there, and what followed from it.",
         {QStringLiteral("m2"), QString(), false, QStringLiteral("ImReserved not restored")}},
        {"questions", "What the scenario asks before it shows it: answered, right, and to be looked at again.", main_moment},
        {"rules", "The rule book: every rule with its words, its reason and where it is taught.", main_moment},
        {"live", "A session while it streams: state, rate, losses and latency of every producer; the views follow the newest event.",
         {QStringLiteral("m5"), QStringLiteral("conversion"), true}},
        {"driver", "A driver of your own: its source, the compiler's words, and a key that builds and runs it.", main_moment},
        {"choices", "A run by hand: what is pending, which of it comes next and how it ends; each other choice is a branch, and all branches stay.", main_moment},
        {"comparison", "Two branches side by side, from the point where they part: the same queries, completed in the other order.", main_moment},
        {"differences", "Two sessions: where they part, with both sides, and the times that differ with how certain that is.", main_moment},
        {"narration", "Every event in words, equal in content to the picture.", main_moment},
        {"events", "Every event as a row, indented as the calls nest.", main_moment},
        {"notes", "What a person found out, on an event or an operation, kept in the session's file.", main_moment},
        {"latency", "How long operations took, over a logarithm of time; the present one is marked, and what time it is stands beside it.",
         {QStringLiteral("m8"), QStringLiteral("kind:operation_finished"), true}},
        {"occupancy", "How many call entries a driver held at once, with the most there ever were.", {QStringLiteral("m8"), QStringLiteral("kind:call_entry_released layer:im1"), false}},
        {"throughput", "Operations a second, of virtual time.", {QStringLiteral("m8"), QStringLiteral("kind:operation_finished"), false}},
        {"waterfall", "Operations in the lanes of the layers that had them: filled while the layer worked, open while it was below; every conversion a diamond.",
         {QStringLiteral("m8"), QStringLiteral("kind:call_entry_released layer:im1"), false}},
        {"entry_map", "Every call entry by address and time: used again, and one that was never given back.",
         {QStringLiteral("m3"), QStringLiteral("kind:call_entry_recognised op:query"), true, QStringLiteral("leak")}},
        {"sequence", "Lifelines for every layer and for NDIS at each boundary; the timer's completion is no part of the call that asked for it.", main_moment},
    };
}

}  // namespace

std::vector<TourStop> tour_stops(const std::vector<std::pair<QString, QString>>& panes) {
    std::vector<TourStop> stops;
    TourStop main;
    main.file = QStringLiteral("main");
    main.title = QStringLiteral("The window");
    main.words = QStringLiteral("Scenario M2: a completion on its way up through the second intermediate driver.");
    main.moment = main_moment;
    stops.push_back(main);

    const std::vector<PaneStop> known = pane_stops();
    for (const auto& [pane, title] : panes) {
        TourStop stop;
        stop.file = QString(pane).replace(QLatin1Char('_'), QLatin1Char('-'));
        stop.title = title;
        stop.pane = pane;
        stop.moment = main_moment;
        const auto its = std::find_if(known.begin(), known.end(), [&pane = pane](const PaneStop& each) { return pane == QLatin1String(each.pane); });
        if (its != known.end()) {
            stop.words = QString::fromLatin1(its->words);
            stop.moment = its->moment;
        }
        stops.push_back(stop);
        if (pane != QLatin1String("sequence")) continue;
        stop.file = QStringLiteral("sequence-whole");
        stop.title += QStringLiteral(": the whole run");
        stop.words = QStringLiteral("Far out, calls become blocks of colour and every conversion a diamond.");
        stop.whole = true;
        stops.push_back(stop);
        stop.file = QStringLiteral("sequence-time");
        stop.title = title + QStringLiteral(": by virtual time");
        stop.words = QStringLiteral("The same events where their time is.");
        stop.whole = false;
        stop.by_time = true;
        stops.push_back(stop);
    }
    TourStop asked = main;
    asked.file = QStringLiteral("asked");
    asked.title = QStringLiteral("Asked before it is shown");
    asked.words = QStringLiteral("A question of the scenario was answered before its event; the answer, its reason and the way to the event are told now.");
    asked.front = QStringLiteral("questions");
    stops.push_back(asked);
    TourStop frames = main;
    frames.file = QStringLiteral("frames");
    frames.title = QStringLiteral("Frames on the network");
    frames.words = QStringLiteral("Scenario S8: what was half sent is sent again. Frames slant to the peer in the sequence diagram, travel below the stage, and their header fields are members.");
    frames.moment = {QStringLiteral("s8"), QStringLiteral("kind:frame_sent"), false};
    frames.front = QStringLiteral("members");
    stops.push_back(frames);
    for (const auto& [layout, file, title] : {std::tuple{layout_teach, "layout-teach", "Layout Teach"}, std::tuple{layout_debug, "layout-debug", "Layout Debug"}}) {
        TourStop stop = main;
        stop.file = QString::fromLatin1(file);
        stop.title = QString::fromLatin1(title);
        stop.words = layout == layout_teach ? QStringLiteral("Few panes, large: for a projector.") : QStringLiteral("Everything that helps to find a mistake.");
        stop.layout = layout;
        stop.size = QSize(1920, 1080);
        stops.push_back(stop);
    }
    TourStop contrast = main;
    contrast.file = QStringLiteral("main");
    contrast.title = QStringLiteral("High contrast");
    contrast.words = QStringLiteral("All words reach 7 : 1; shapes carry the meaning.");
    contrast.themes = {Theme::Choice::high_contrast};
    stops.push_back(contrast);
    TourStop large = main;
    large.file = QStringLiteral("main-200");
    large.title = QStringLiteral("At 200 %");
    large.words = QStringLiteral("The same window on a dense screen.");
    large.scale = 2;
    stops.push_back(large);
    return stops;
}

trace::EventId find_moment(const Session& session, const TourMoment& moment) {
    if (moment.filter.isEmpty()) return session.findings.events.empty() ? trace::EventId() : session.findings.events.front();
    const trace::History& history = *session.history;
    const auto compiled = trace::Filter::compile(moment.filter.toStdString());
    const auto* filter = std::get_if<trace::Filter>(&compiled);
    if (filter == nullptr) return {};
    const auto count = static_cast<std::uint32_t>(history.trace().size());
    for (std::uint32_t i = 0; i < count; ++i) {
        const trace::EventId id(moment.last ? count - 1 - i : i);
        if (filter->matches(history.trace(), id)) return id;
    }
    return {};
}

}  // namespace chimneylab::desktop
