// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Frames on the network, without a window: their flights, their lines in the sequence diagram, their place on the stage and
// their header fields as members.
#include <QTest>

#include <gtest/gtest.h>

#include <cstring>
#include <map>

#include "app/desktop/models/frame_fields.h"
#include "app/desktop/models/frame_flights.h"
#include "app/desktop/models/member_explanation.h"
#include "app/desktop/models/member_model.h"
#include "app/desktop/models/sequence_frames.h"
#include "app/desktop/models/stage_scene.h"
#include "app/desktop/models/stage_words.h"
#include "engine/tcp/frame.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;
using trace::EventKind;
using trace::LayerRole;

struct Built {
    QByteArray bytes;
    std::string text;
};

Built frame(std::uint32_t sequence, std::size_t data, bool to_peer, unsigned version = 4, bool tagged = false) {
    chimney_frame_route route{};
    std::memset(route.source_hardware, to_peer ? 0x02 : 0x0A, 6);
    std::memset(route.destination_hardware, to_peer ? 0x0A : 0x02, 6);
    route.ip_version = static_cast<std::uint8_t>(version);
    route.hop_limit = 64;
    route.identification = 0x8001;
    route.dont_fragment = 1;
    route.tagged = tagged ? 1 : 0;
    route.priority = 5;
    route.vlan_id = 42;
    const std::uint8_t here4[4] = {192, 168, 0, 1}, there4[4] = {192, 168, 0, 2};
    const std::uint8_t here6[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, there6[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
    std::memcpy(to_peer ? route.source : route.destination, version == 4 ? here4 : here6, version == 4 ? 4 : 16);
    std::memcpy(to_peer ? route.destination : route.source, version == 4 ? there4 : there6, version == 4 ? 4 : 16);
    static const std::uint8_t payload[1460] = {};
    chimney_tcp_segment segment{};
    segment.source_port = to_peer ? 49152 : 443;
    segment.destination_port = to_peer ? 443 : 49152;
    segment.sequence = sequence;
    segment.acknowledgement = 700;
    segment.flags = CHIMNEY_TCP_ACK | CHIMNEY_TCP_PSH;
    segment.window = 512;
    segment.has_timestamps = 1;
    segment.timestamp_value = 11;
    segment.timestamp_echo = 22;
    segment.payload = payload;
    segment.payload_bytes = data;
    std::uint8_t bytes[CHIMNEY_FRAME_MAXIMUM_BYTES];
    const std::size_t size = chimney_frame_build(&route, &segment, bytes, sizeof bytes);
    EXPECT_GT(size, 0u);
    char text[160];
    chimney_frame_describe(bytes, size, text, sizeof text);
    return {QByteArray(reinterpret_cast<const char*>(bytes), static_cast<qsizetype>(size)), text};
}

// To the peer 100 and 200, which overtake; one lost; from the peer one that comes twice; one still under way at the end.
//   0 sent 100, 1 sent 200, 2 received 200, 3 received 100, 4 sent 300, 5 lost 300, 6 peer sends 400, 7 and 8 received, 9 sent 500
SessionPointer wire_session() {
    trace::Recorder recorder;
    std::uint64_t now = 0;
    recorder.set_clock([&now] { return now += 1000; });
    recorder.trace().set_layers({{LayerRole::host_stack, recorder.intern("host stack"), {}}, {LayerRole::offload_target, recorder.intern("offload target"), {}}});
    std::map<std::uint32_t, std::pair<EventId, trace::RegionId>> sent;
    const auto send = [&](std::uint32_t sequence, bool to_peer) {
        const Built made = frame(sequence, 100, to_peer);
        trace::Region region;
        region.kind = trace::RegionKind::frame;
        region.owner = to_peer ? trace::LayerIndex(1) : trace::machine_layer;
        region.size = static_cast<std::uint32_t>(made.bytes.size());
        region.address = 0x1000u * (sequence + 1);
        region.label = recorder.intern(made.text);
        trace::Event event;
        event.kind = EventKind::frame_sent;
        event.layer = region.owner;
        event.name = region.label;
        event.region = recorder.begin_region(region, std::as_bytes(std::span(made.bytes.constData(), static_cast<std::size_t>(made.bytes.size()))));
        sent[sequence] = {recorder.append(event), event.region};
    };
    const auto end = [&](std::uint32_t sequence, EventKind kind, trace::LayerIndex layer, bool last = true) {
        trace::Event event;
        event.kind = kind;
        event.layer = layer;
        event.partner = sent[sequence].first;
        event.region = sent[sequence].second;
        event.name = recorder.trace().event(event.partner).name;
        if (last) recorder.end_region(event.region);
        recorder.append(event);
    };
    send(100, true);
    send(200, true);
    end(200, EventKind::frame_received, trace::machine_layer);
    end(100, EventKind::frame_received, trace::machine_layer);
    send(300, true);
    end(300, EventKind::frame_dropped, 1);
    send(400, false);
    end(400, EventKind::frame_received, 1, false);
    end(400, EventKind::frame_received, 1);
    send(500, true);
    return make_session(std::make_shared<const trace::Trace>(recorder.take()), {}, {}, {}, {});
}

SequenceScene diagram(const SequenceIndex& index, EventId at = {}, double top = 0, double height = 400) {
    SequenceRequest request;
    request.axis = {&index, false, 24};
    request.top = top;
    request.room = QSizeF(700, height);
    request.at = at;
    return build_sequence(request);
}

TEST(Frames, FlightsKnowTheirEndsCopiesAndLosses) {
    const SessionPointer session = wire_session();
    const FrameFlights& flights = *session->frames;
    ASSERT_EQ(flights.all().size(), 6u);
    EXPECT_EQ(flights.all()[0].ended, EventId(3));
    EXPECT_EQ(flights.all()[1].ended, EventId(2));
    EXPECT_TRUE(flights.all()[2].lost);
    EXPECT_FALSE(flights.all()[3].copy);
    EXPECT_TRUE(flights.all()[4].copy);
    EXPECT_EQ(flights.all()[4].sent, EventId(6));
    EXPECT_FALSE(flights.all()[3].to_peer);
    EXPECT_FALSE(flights.all()[5].ended.valid());
    EXPECT_EQ(flights.between(EventId(2), EventId(2), 10).size(), 2u);
    EXPECT_EQ(flights.between(EventId(4), EventId(4), 10).size(), 1u);
    EXPECT_EQ(flights.between(EventId(7), EventId(7), 10).size(), 2u) << "both arrivals";
    EXPECT_EQ(flights.between(EventId(9), EventId(9), 10).size(), 1u) << "never arrives";
    EXPECT_EQ(flights.between(EventId(0), EventId(9), 3).size(), 3u);
    ASSERT_NE(flights.of(EventId(2)), nullptr);
    EXPECT_EQ(flights.of(EventId(2))->sent, EventId(1));
    EXPECT_EQ(testing::synthetic_session({})->frames->of(EventId(1)), nullptr);
    EXPECT_TRUE(testing::synthetic_session({})->frames->empty());
}

TEST(Frames, AreLinesBetweenTargetAndPeerThatCrossOrEndHalfWay) {
    const SessionPointer session = wire_session();
    const SequenceIndex index(*session->history, {}, true);
    const SequenceScene scene = diagram(index, EventId(2));
    ASSERT_EQ(scene.lifelines.size(), 4u);  // host stack, NDIS, offload target, peer
    EXPECT_EQ(scene.lifelines.back().title, QStringLiteral("Peer"));
    ASSERT_EQ(scene.frames.size(), 6u);
    const SequenceFrame &first = scene.frames[0], &second = scene.frames[1], &lost = scene.frames[2], &back = scene.frames[3], &copy = scene.frames[4];
    EXPECT_NEAR(first.from.x(), scene.lifelines[2].x, 8);
    EXPECT_NEAR(first.to.x(), scene.lifelines[3].x, 8);
    EXPECT_LT(first.from.y(), second.from.y());
    EXPECT_GT(first.to.y(), second.to.y()) << "the second overtakes";
    EXPECT_TRUE(second.present);
    EXPECT_FALSE(first.present);
    EXPECT_TRUE(lost.lost);
    EXPECT_TRUE(lost.future);
    EXPECT_NEAR(lost.to.x(), (scene.lifelines[2].x + scene.lifelines[3].x) / 2, 1);
    EXPECT_GT(back.from.x(), back.to.x());
    EXPECT_TRUE(copy.copy);
    EXPECT_EQ(copy.from, back.from);
    EXPECT_GT(copy.to.y(), back.to.y());
    EXPECT_TRUE(scene.frames[5].under_way);
    QStringList labels;
    for (const SequenceLabel& label : scene.labels) labels << label.text;
    EXPECT_TRUE(labels.contains(QStringLiteral("ACK PSH seq 100 len 100 ack 700"))) << labels.join(QLatin1Char('\n')).toStdString();
    EXPECT_TRUE(labels.contains(QStringLiteral("ACK PSH seq 100 arrives")));
    EXPECT_TRUE(labels.contains(QStringLiteral("ACK PSH seq 300 is lost")));
    EXPECT_TRUE(labels.contains(QStringLiteral("ACK PSH seq 400 arrives again")));
    for (const SequenceLabel& label : scene.labels) EXPECT_LE(label.box.right(), scene.size.width());
    // What began above the part that is in sight is in it, too.
    const SequenceScene part = diagram(index, {}, 2.2 * 24, 24);
    ASSERT_FALSE(part.frames.empty());
    EXPECT_EQ(part.frames[0].sent, EventId(0));
    EXPECT_LT(part.frames[0].from.y(), 0);
    // Runs without a network have no peer.
    const SessionPointer plain = testing::synthetic_session({});
    const SequenceIndex other(*plain->history, {}, true);
    EXPECT_EQ(other.columns().peer(), SequenceColumns::outside);
}

TEST(Frames, AFilterThatKeepsOneEndKeepsTheLine) {
    const SessionPointer session = wire_session();
    const SequenceIndex index(*session->history, {EventId(2), EventId(4)}, false);
    const SequenceScene scene = diagram(index);
    ASSERT_EQ(scene.frames.size(), 2u);
    for (const SequenceFrame& each : scene.frames) EXPECT_LT(each.from.y(), each.to.y());
}

TEST(Frames, TravelOnTheStage) {
    const SessionPointer session = wire_session();
    trace::Cursor cursor(*session->trace);
    const auto stage = [&](std::uint32_t at) {
        cursor.seek(EventId(at));
        StageRequest request;
        request.history = session->history.get();
        request.cursor = &cursor;
        request.frames = session->frames.get();
        request.at = EventId(at);
        request.room = QSizeF(800, 320);
        return build_stage(request);
    };
    const StageScene start = stage(0), later = stage(1), arrived = stage(2), lost = stage(5), back = stage(6);
    ASSERT_TRUE(start.wire.shown);
    EXPECT_GE(start.wire.box.top(), start.lanes.back().box.bottom());
    EXPECT_LE(start.wire.box.bottom(), start.size.height());
    ASSERT_EQ(start.wire.frames.size(), 1u);
    ASSERT_EQ(later.wire.frames.size(), 2u);
    EXPECT_GT(later.wire.frames[0].box.left(), start.wire.frames[0].box.left()) << "time has passed";
    EXPECT_TRUE(arrived.wire.frames[1].present);
    EXPECT_GT(arrived.wire.frames[1].box.left(), arrived.wire.frames[0].box.left()) << "it has overtaken";
    ASSERT_EQ(lost.wire.frames.size(), 1u);
    EXPECT_TRUE(lost.wire.frames[0].lost);
    EXPECT_TRUE(lost.wire.words.endsWith(QLatin1String(", lost"))) << lost.wire.words.toStdString();
    EXPECT_GT(back.wire.frames[0].box.left(), lost.wire.frames[0].box.left()) << "the peer is at the right";
    EXPECT_TRUE(stage_words(back).contains(QLatin1String("to the offload target"))) << stage_words(back).toStdString();
    for (const StageScene* each : {&start, &later, &arrived, &lost, &back}) {
        EXPECT_LE(each->wire.words_box.right(), each->wire.box.right());
        EXPECT_GE(each->wire.words_box.left(), each->wire.from.x());
    }
}

TEST(Frames, TheirHeadersAreMembers) {
    PlaybackModel playback;
    MemberModel members(playback);
    playback.open(wire_session());
    for (const std::uint32_t at : {0u, 3u, 5u}) {  // sent, arrived, lost
        playback.seek(EventId(at));
        EXPECT_EQ(members.structure_name(), QStringLiteral("frame"));
        ASSERT_GT(members.rowCount(), 20) << at;
        std::uint32_t next = 0;
        std::map<QString, QString> meaning;
        for (const MemberRow& row : members.rows()) {
            EXPECT_EQ(row.offset, next) << row.name.toStdString();
            next = row.offset + row.size;
            meaning[row.name] = row.meaning;
        }
        EXPECT_EQ(next, playback.trace()->region(playback.region()).size) << "every byte belongs to a field";
        EXPECT_EQ(meaning[QStringLiteral("flags")], QStringLiteral("ACK PSH"));
        EXPECT_EQ(meaning[QStringLiteral("source port")], QStringLiteral("49152"));
        EXPECT_EQ(meaning[QStringLiteral("source address")], QStringLiteral("192.168.0.1"));
        EXPECT_EQ(meaning[QStringLiteral("timestamps")], QStringLiteral("value 11, echo 22"));
        EXPECT_EQ(meaning[QStringLiteral("data")], QStringLiteral("100 bytes"));
        EXPECT_EQ(meaning[QStringLiteral("sequence number")], at == 5 ? QStringLiteral("300 … 399") : QStringLiteral("100 … 199"));
    }
}

TEST(Frames, AFieldIsExplained) {
    PlaybackModel playback;
    const LensModel lens(playback);
    playback.open(wire_session());
    for (const std::uint32_t at : {0u, 3u, 6u}) {
        playback.seek(EventId(at));
        const MemberExplanation first = explain_member(playback, lens);
        ASSERT_TRUE(first.known);
        EXPECT_EQ(first.name, QStringLiteral("sequence number")) << "while nobody chose another";
        EXPECT_TRUE(first.meaning_after.startsWith(at == 6 ? QStringLiteral("400 … 499") : QStringLiteral("100 … 199"))) << first.meaning_after.toStdString();
        EXPECT_TRUE(first.writer.startsWith(at == 6 ? QStringLiteral("the peer") : QStringLiteral("offload target"))) << first.writer.toStdString();
    }
    playback.choose_member(0x0C);
    EXPECT_EQ(explain_member(playback, lens).name, QStringLiteral("EtherType"));
}

TEST(Frames, FieldsOfTaggedAndSixAndOfNonsense) {
    std::map<QString, QString> meaning;
    for (const FrameField& field : frame_fields(frame(7, 0, true, 6, true).bytes)) meaning[field.name] = field.meaning;
    EXPECT_EQ(meaning[QStringLiteral("tag control")], QStringLiteral("priority 5, VLAN 42"));
    EXPECT_EQ(meaning[QStringLiteral("EtherType")], QStringLiteral("IPv6"));
    EXPECT_EQ(meaning[QStringLiteral("source address")], QStringLiteral("2001:db8::1"));
    EXPECT_EQ(meaning[QStringLiteral("destination address")], QStringLiteral("2001:db8:1::2"));
    EXPECT_EQ(meaning[QStringLiteral("sequence number")], QStringLiteral("7"));
    EXPECT_EQ(meaning.count(QStringLiteral("data")), 0u);
    // Cut anywhere, or filled with anything, every byte is in exactly one field and none is read beyond the end.
    const QByteArray good = frame(7, 20, true).bytes;
    for (qsizetype length = 0; length <= good.size(); ++length) {
        for (const int spoil : {-1, 14, 46, 54, 55}) {
            QByteArray cut = good.left(length);
            if (spoil >= 0 && spoil < length) cut[spoil] = static_cast<char>(0xFF);
            std::uint32_t next = 0;
            for (const FrameField& field : frame_fields(cut)) {
                EXPECT_EQ(field.offset, next) << length << ' ' << spoil << ' ' << field.name.toStdString();
                next = field.offset + field.size;
            }
            EXPECT_EQ(next, static_cast<std::uint32_t>(length)) << length << ' ' << spoil;
        }
    }
}

TEST(Frames, WordsOfOtherMakersStayAsTheyAre) {
    const FrameWords words = frame_words(QStringLiteral("49152 → 443 SYN seq 5 ack 0 win 65535 len 0"));
    ASSERT_TRUE(words.told);
    EXPECT_EQ(words.brief(), QStringLiteral("SYN seq 5"));
    EXPECT_FALSE(frame_words(QStringLiteral("no TCP, 60 bytes")).told);
    EXPECT_FALSE(frame_words(QString()).told);
}

}  // namespace
}  // namespace chimneylab::desktop
