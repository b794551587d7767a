// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/member_explanation.h"

#include <algorithm>
#include <optional>

#include "app/desktop/models/frame_fields.h"
#include "app/desktop/models/region_bytes.h"
#include "app/desktop/models/short_value.h"
#include "engine/trace/member_story.h"
#include "engine/trace/text.h"
#include "engine/trace/value_text.h"

namespace chimneylab::desktop {

namespace {

QString bytes_text(const std::vector<std::byte>& bytes, std::uint32_t offset, std::uint32_t size) {
    if (offset + size > bytes.size()) return {};
    return to_qstring(trace::hex_bytes(std::span(bytes).subspan(offset, size)));
}

void add_story(MemberExplanation& e, trace::RegionKind kind, trace::BlockType type) {
    const trace::MemberStory* story = trace::member_story(kind, type, e.offset);
    if (story == nullptr) {
        e.lifetime = kind == trace::RegionKind::following_state
                         ? QStringLiteral("the operation: it travels with the block and is never looked at on the way")
                         : QStringLiteral("the driver's own memory: its layout is not published");
        return;
    }
    e.writer = to_qstring(story->writer);
    e.reader = to_qstring(story->reader);
    e.lifetime = to_qstring(story->lifetime);
    e.source = to_qstring(story->source);
    e.rules = to_qstring(story->rules).split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

// Who it was is told by the change itself.
QString writer_of(const trace::History& history, trace::RegionId region, std::uint32_t offset, std::uint32_t size,
                  trace::EventId event) {
    for (const trace::Change& change : history.trace().changes(history.trace().event(event))) {
        if (change.region == region && change.offset < offset + size && offset < change.offset + change.length)
            return to_qstring(history.layer_name(change.writer));
    }
    return {};
}

// A member of the state behind a block: which structures those are is told by the block's header.
std::optional<StateMember> state_member(const trace::History& history, const trace::Region& region,
                                        std::uint32_t offset, trace::EventId at) {
    if (region.kind != trace::RegionKind::following_state || !region.parent.valid()) return std::nullopt;
    const auto header = word_of(region_bytes(history, region.parent, at), 0, 1);
    for (const StateMember& member : state_members(static_cast<std::uint8_t>(header.value_or(0)), layout::Arch::x64))
        if (offset >= member.offset && offset < member.offset + member.size) return member;
    return std::nullopt;
}

// A field of a frame's headers. Nobody chose one of them as long as the member is that of a block: then it is the one that tells
// segments apart.
void explain_frame(MemberExplanation& e, const trace::History& history, const trace::Region& region, const std::vector<std::byte>& bytes, std::uint32_t chosen) {
    const std::vector<FrameField> fields = frame_fields(QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size())));
    if (fields.empty()) return;
    auto its = std::ranges::find(fields, chosen, &FrameField::offset);
    if (its == fields.end()) its = std::ranges::find(fields, QStringLiteral("sequence number"), &FrameField::name);
    if (its == fields.end()) its = fields.begin();
    e.known = true;
    e.owner = to_qstring(trace::region_text(history, e.region));
    e.offset = its->offset;
    e.size = its->size;
    e.name = its->name;
    e.bytes_before = e.bytes_after = bytes_text(bytes, its->offset, std::min<std::uint32_t>(its->size, 16));
    e.meaning_before = e.meaning_after = its->purpose.isEmpty() ? its->meaning : its->meaning + QStringLiteral(": ") + its->purpose;
    e.writer = region.owner == trace::machine_layer ? QStringLiteral("the peer, who sent the frame") : to_qstring(history.layer_name(region.owner)) + QStringLiteral(", who sent the frame");
    e.lifetime = QStringLiteral("from the moment the frame is sent until it has arrived or is lost");
    e.source = its->type;
}

}  // namespace

MemberExplanation explain_member(const PlaybackModel& playback, const LensModel& lens) {
    MemberExplanation e;
    const trace::History* history = playback.history();
    const trace::EventId at = playback.position();
    e.region = playback.region();
    if (history == nullptr || !at.valid() || !e.region.valid()) return e;
    const trace::Region& region = history->trace().region(e.region);
    if (region.born > at) return e;
    if (region.kind == trace::RegionKind::frame) {
        explain_frame(e, *history, region, region_bytes(*history, e.region, at, playback.cursor()), playback.member());
        return e;
    }
    const trace::Operation* operation = playback.operation();
    const trace::BlockType type =
        operation != nullptr ? history->block_type(*operation, at) : trace::BlockType::protocol;
    const auto members = trace::members_of(region.kind, type);
    const trace::Member* member = trace::member_at(members, playback.member());
    if (member == nullptr && !members.empty()) member = &members.front();
    if (member != nullptr) {
        e.offset = member->offset;
        e.size = member->size;
        e.name = to_qstring(member->name);
        e.type = to_qstring(member->type);
        const trace::BlockType other =
            type == trace::BlockType::protocol ? trace::BlockType::miniport : trace::BlockType::protocol;
        const trace::Member* twin = trace::member_at(trace::members_of(region.kind, other), e.offset);
        if (twin != nullptr && twin->name != member->name) e.other_name = to_qstring(twin->name);
    } else if (const auto place = state_member(*history, region, playback.member(), at)) {
        e.offset = place->offset;
        e.size = place->size;
        e.name = place->name;
        e.type = place->type;
    } else {
        e.offset = std::min(playback.member(), region.size > 0 ? region.size - 1 : 0) / 8 * 8;
        e.size = std::min<std::uint32_t>(8, region.size - e.offset);
        e.name = QStringLiteral("+") + offset_text(e.offset);
    }
    const auto after = region_bytes(*history, e.region, at, playback.cursor());
    const auto before = region_bytes(*history, e.region, at.value > 0 ? trace::EventId(at.value - 1) : trace::EventId(),
                                     playback.cursor());
    if (e.offset + e.size > after.size() || e.size == 0) return e;
    e.known = true;
    e.owner = to_qstring(trace::region_text(*history, e.region));
    e.bytes_after = bytes_text(after, e.offset, e.size);
    e.bytes_before = bytes_text(before, e.offset, e.size);
    const auto meaning = [&](const std::vector<std::byte>& bytes) {
        const std::uint64_t value = word_of(bytes, e.offset, e.size).value_or(0);
        return to_qstring(member != nullptr ? trace::member_text(*history, at, region.kind, *member, value)
                                            : trace::value_text(*history, at, value));
    };
    e.meaning_after = meaning(after);
    e.meaning_before = meaning(before);
    e.changed = e.bytes_before != e.bytes_after;
    add_story(e, region.kind, type);
    e.previous = history->previous_change(e.region, e.offset, e.size, at);
    e.next = history->next_change(e.region, e.offset, e.size, at);
    e.last_written = e.changed ? at : e.previous;
    if (e.last_written.valid()) {
        const QString who = writer_of(*history, e.region, e.offset, e.size, e.last_written);
        e.last_writer = e.last_written == at ? QStringLiteral("%1, just now").arg(who)
                                             : QStringLiteral("%1, at event %2").arg(who).arg(e.last_written.value);
    }
    const LensPicture& picture = lens.picture();
    if (picture.here && picture.block == e.region) {
        const auto row = std::ranges::find(picture.rows, e.offset, &LensRow::offset);
        if (row != picture.rows.end()) {
            e.origin = lens.origin_text(*row);
            if (!row->story.isEmpty()) e.origin += QStringLiteral(": ") + row->story;
            e.flaw = row->flaw;
            e.rule = row->rule;
            if (row->changed) {  // what came in may be older than the event before this one
                e.changed = true;
                e.meaning_before = row->meaning_in;
            }
        }
    }
    return e;
}

}  // namespace chimneylab::desktop
