// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/hex_model.h"

#include <algorithm>

#include "app/desktop/models/region_bytes.h"
#include "app/desktop/models/short_value.h"
#include "app/desktop/models/state_layout.h"
#include "engine/trace/text.h"
#include "engine/trace/value_text.h"

namespace chimneylab::desktop {

HexModel::HexModel(PlaybackModel& playback, QObject* parent) : QObject(parent), playback_(playback) {
    playback.tell(this, &HexModel::refresh);
    connect(&playback, &PlaybackModel::focus_changed, this, &HexModel::refresh);
    refresh();
}

void HexModel::refresh() {
    picture_ = {};
    const trace::History* history = playback_.history();
    trace::RegionId region = playback_.region();
    if (history != nullptr && playback_.position().valid() && region.valid()) {
        const trace::Trace& trace = history->trace();
        if (trace.region(region).kind == trace::RegionKind::following_state && trace.region(region).parent.valid())
            region = trace.region(region).parent;
        const trace::Region& it = trace.region(region);
        if (it.born <= playback_.position()) {
            picture_.title = to_qstring(trace::region_text(*history, region));
            picture_.address = it.address;
            add(region);
            const trace::RegionId behind = it.kind == trace::RegionKind::block_list
                                               ? history->region_at(it.address + it.size, playback_.position())
                                               : trace::RegionId();
            if (behind.valid() && trace.region(behind).kind == trace::RegionKind::following_state &&
                trace.region(behind).parent == region) {
                picture_.state_begins = static_cast<std::uint32_t>(picture_.after.size());
                add(behind);
                picture_.title += tr(" and the state behind it");
            }
        }
    }
    Q_EMIT picture_changed();
}

void HexModel::add(trace::RegionId region) {
    const trace::History& history = *playback_.history();
    const trace::EventId at = playback_.position();
    const auto start = static_cast<std::uint32_t>(picture_.after.size());
    const auto after = region_bytes(history, region, at, playback_.cursor());
    auto before = after;
    for (const trace::Change& change : history.trace().changes(history.trace().event(at))) {
        if (change.region != region) continue;
        const auto was = history.trace().before(change);
        for (std::size_t i = 0; i < was.size() && change.offset + i < before.size(); ++i)
            before[change.offset + i] = was[i];
    }
    for (std::size_t i = 0; i < after.size(); ++i) picture_.changed.push_back(before[i] != after[i]);
    picture_.before.insert(picture_.before.end(), before.begin(), before.end());
    picture_.after.insert(picture_.after.end(), after.begin(), after.end());
    add_members(region, start);
}

void HexModel::add_members(trace::RegionId id, std::uint32_t start) {
    const trace::History& history = *playback_.history();
    const trace::EventId at = playback_.position();
    const trace::Region& region = history.trace().region(id);
    const auto end = static_cast<std::uint32_t>(picture_.after.size());
    const trace::Operation* operation = playback_.operation();
    const trace::BlockType type =
        operation != nullptr ? history.block_type(*operation, at) : trace::BlockType::protocol;
    std::vector<HexSpan> spans;
    const auto take = [&](const QString& name, std::uint32_t offset, std::uint32_t size, bool padding) {
        if (size == 0 || start + offset + size > end) return;
        HexSpan span;
        span.name = name;
        span.region = id;
        span.in_region = offset;
        span.offset = start + offset;
        span.size = size;
        span.padding = padding;
        spans.push_back(std::move(span));
    };
    if (region.kind == trace::RegionKind::following_state) {
        const auto header = region.parent.valid()
                                ? word_of(region_bytes(history, region.parent, at, playback_.cursor()), 0, 1)
                                : std::nullopt;
        for (const StateMember& member :
             state_members(static_cast<std::uint8_t>(header.value_or(0)), layout::Arch::x64)) {
            // Bit fields that share their bytes are told together.
            if (!spans.empty() && spans.back().in_region + spans.back().size > member.offset) {
                spans.back().name +=
                    QStringLiteral(", ") + member.name.mid(member.name.indexOf(QStringLiteral(": ")) + 2);
                continue;
            }
            take(member.name, member.offset, member.size, false);
        }
    } else {
        for (const trace::Member& member : trace::members_of(region.kind, type))
            take(to_qstring(member.name), member.offset, member.size, false);
    }
    if (spans.empty()) {  // a driver's own memory: words
        for (std::uint32_t offset = 0; start + offset < end; offset += 8)
            take(QStringLiteral("+") + offset_text(offset), offset, std::min<std::uint32_t>(8, end - start - offset),
                 false);
    }
    std::uint32_t done = start;
    const auto close = [&](HexSpan span) {
        span.changed =
            std::find(picture_.changed.begin() + span.offset, picture_.changed.begin() + span.offset + span.size,
                      true) != picture_.changed.begin() + span.offset + span.size;
        picture_.span_of.resize(span.offset + span.size, static_cast<int>(picture_.spans.size()));
        done = span.offset + span.size;
        picture_.spans.push_back(std::move(span));
    };
    const auto padding = [&](std::uint32_t until) {
        if (until <= done) return;
        HexSpan gap;
        gap.name = tr("padding");
        gap.region = id;
        gap.in_region = done - start;
        gap.offset = done;
        gap.size = until - done;
        gap.padding = true;
        close(std::move(gap));
    };
    for (HexSpan& span : spans) {
        padding(span.offset);
        if (span.size <= 8) {
            const std::uint64_t value = word_of(picture_.after, span.offset, span.size).value_or(0);
            const trace::Member* member = trace::member_at(trace::members_of(region.kind, type), span.in_region);
            if (member != nullptr) {
                span.meaning = to_qstring(trace::member_text(history, at, region.kind, *member, value));
            } else if (span.size == 8) {
                span.meaning = to_qstring(trace::value_text(history, at, value));
            } else {
                span.meaning = QString::number(value);
            }
        }
        close(std::move(span));
    }
    padding(end);
}

int HexModel::chosen_span() const {
    const trace::RegionId region = playback_.region();
    for (std::size_t i = 0; i < picture_.spans.size(); ++i) {
        const HexSpan& span = picture_.spans[i];
        if (span.region == region && playback_.member() >= span.in_region &&
            playback_.member() < span.in_region + span.size)
            return static_cast<int>(i);
    }
    return -1;
}

void HexModel::choose_span(int index) {
    if (index < 0 || index >= static_cast<int>(picture_.spans.size())) return;
    const HexSpan span = picture_.spans[static_cast<std::size_t>(index)];
    if (span.region != playback_.region()) playback_.choose_region(span.region);
    playback_.choose_member(span.in_region);
}

QString HexModel::span_text(int index) const {
    if (index < 0 || index >= static_cast<int>(picture_.spans.size())) return {};
    const HexSpan& span = picture_.spans[static_cast<std::size_t>(index)];
    const auto bytes = [&](const std::vector<std::byte>& all) {
        return to_qstring(trace::hex_bytes(std::span(all).subspan(span.offset, span.size)));
    };
    QString text = tr("%1, offset %2, %3 bytes").arg(span.name, offset_text(span.offset)).arg(span.size);
    if (!span.meaning.isEmpty()) text += QStringLiteral(": ") + span.meaning;
    text += span.changed ? tr("; changed from %1 to %2").arg(bytes(picture_.before), bytes(picture_.after))
                         : tr("; %1").arg(bytes(picture_.after));
    return text;
}

QString HexModel::summary() const {
    if (picture_.empty()) return {};
    const auto changed = std::ranges::count(picture_.changed, true);
    return changed == 0
               ? tr("%1 · %2 bytes").arg(picture_.title).arg(picture_.after.size())
               : tr("%1 · ◆ %2 of %3 bytes changed").arg(picture_.title).arg(changed).arg(picture_.after.size());
}

}  // namespace chimneylab::desktop

#include "moc_hex_model.cpp"
