// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/entry_map_index.h"

#include <QCoreApplication>
#include <algorithm>
#include <map>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/session.h"

namespace chimneylab::desktop {

EntryMapIndex::EntryMapIndex(const trace::History& history, report::Clock clock, const report::Control& control) : history_(&history), clock_(clock) {
    const trace::Trace& trace = history.trace();
    if (trace.empty()) return;
    const auto time = [&](trace::EventId event) { return report::time_of(trace.event(event), clock); };
    whole_ = {static_cast<double>(report::time_of(trace.events().front(), clock)), static_cast<double>(report::time_of(trace.events().back(), clock))};
    const bool over = trace.events().back().kind == trace::EventKind::run_finished;
    const auto entries = history.call_entries();
    std::map<std::pair<trace::LayerIndex, trace::Address>, EntryRow> by_place;
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        if (i % 4096 == 0 && control.cancelled()) return;
        const trace::CallEntry& entry = entries[i];
        if (entry.region.value >= trace.regions().size() || !entry.recognised.valid()) continue;
        const trace::Address address = trace.regions()[entry.region.value].address;
        EntryRow& row = by_place[{entry.layer, address}];
        row.address = address;
        row.layer = entry.layer;
        EntryLife life;
        life.entry = i;
        life.recognised = time(entry.recognised);
        life.allocated = entry.allocated.valid() ? std::min(time(entry.allocated), life.recognised) : life.recognised;
        life.held = !entry.released.valid();
        life.leaked = life.held && over;
        life.released = life.held ? static_cast<trace::Nanoseconds>(whole_.to) : std::max(life.recognised, time(entry.released));
        leaks_ += life.leaked ? 1 : 0;
        row.lives.push_back(life);
    }
    places_.assign(entries.size(), {0, 0});
    rows_.reserve(by_place.size());
    for (auto& [place, row] : by_place) {
        std::ranges::sort(row.lives, {}, [](const EntryLife& life) { return std::pair(life.allocated, life.entry); });
        for (std::uint32_t i = 0; i < row.lives.size(); ++i) {
            row.lives[i].use = i + 1;
            places_[row.lives[i].entry] = {static_cast<std::uint32_t>(rows_.size()), i};
        }
        reused_ += row.lives.size() > 1 ? 1 : 0;
        rows_.push_back(std::move(row));
    }
}

std::size_t EntryMapIndex::first_life(std::size_t row, double time) const {
    const auto& lives = rows_[row].lives;
    // One after another at one address: their ends are in order as well.
    return static_cast<std::size_t>(std::ranges::lower_bound(lives, time, {}, [](const EntryLife& life) { return static_cast<double>(life.released); }) - lives.begin());
}

FigureTable entry_map_table(const QString& title, std::shared_ptr<const void> alive, const EntryMapIndex& index) {
    const auto tr = [](const char* text) { return QCoreApplication::translate("EntryMap", text); };
    FigureTable table;
    table.title = title;
    table.headings = {tr("call entry"), tr("address"), tr("operation"), tr("allocated"), tr("recognised"), tr("given back"), tr("lived"), tr("use of this address")};
    if (index.history() == nullptr) return table;
    table.rows = static_cast<int>(index.entries());
    table.event = [alive, &index](int row) { return index.history()->call_entries()[static_cast<std::size_t>(row)].recognised; };
    table.cell = [alive, &index](int row, int column) {
        const trace::History& history = *index.history();
        const auto [place, nth] = index.place_of(static_cast<std::uint32_t>(row));
        const trace::CallEntry& entry = history.call_entries()[static_cast<std::size_t>(row)];
        if (place >= index.rows().size()) return QString();
        const EntryRow& at = index.rows()[place];
        const EntryLife& life = at.lives[nth];
        switch (column) {
            case 0: return QStringLiteral("%1 #%2").arg(to_qstring(history.layer_name(entry.layer))).arg(entry.ordinal);
            case 1: return QStringLiteral("0x") + QString::number(at.address, 16);
            case 2: return operation_text(history, entry.operation);
            case 3: return time_text(life.allocated);
            case 4: return time_text(life.recognised);
            case 5: return life.leaked ? QCoreApplication::translate("EntryMap", "never: leaked") : life.held ? QCoreApplication::translate("EntryMap", "not yet") : time_text(life.released);
            case 6: return time_text(life.released - life.recognised);
            case 7: return at.lives.size() > 1 ? QStringLiteral("%1 / %2").arg(life.use).arg(at.lives.size()) : QStringLiteral("1");
            default: return QString();
        }
    };
    return table;
}

}  // namespace chimneylab::desktop
