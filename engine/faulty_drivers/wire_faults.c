/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The mistakes of the offload target that show on the wire. What the target's sources call instead of engine/tcp.
 */
#include "engine/faulty_drivers/wire_faults.h"
#include "engine/faulty_drivers/offload_target_faults.h"

#define Is(fault) ChimneylabTargetHasFault(fault)

/* ---- headers ---- */

/* What the first frame of each connection had. */
struct first_route {
    uint16_t port;
    struct chimney_frame_route route;
};
static struct first_route FirstRoutes[16];

static struct first_route *FirstRoute(uint16_t port)
{
    unsigned i;

    for (i = 0; i < RTL_NUMBER_OF(FirstRoutes) - 1 && FirstRoutes[i].port != 0 && FirstRoutes[i].port != port; i++) {
    }
    return &FirstRoutes[i];
}

static CONST UCHAR *KeptSource; /* a pointer into the tree of an initiate */

VOID WireFaultInitiated(POT_BLOCK Root)
{
    OT_TREE_WALK walk;
    POT_BLOCK block;

    for (block = OtFirstBlock(&walk, Root); block != NULL; block = OtNextBlock(&walk, block)) {
        PPATH_OFFLOAD_STATE_CONST path = OtBlockKind(block) == OtPath ? ChimneylabPathConst(block) : NULL;
        if (path != NULL && Is(TargetKeepsAddresses)) {
            KeptSource = path->SourceAddress;
        }
    }
}

size_t WireFaultFrameBuild(const struct chimney_frame_route *route, const struct chimney_tcp_segment *segment, uint8_t *bytes,
                           size_t capacity)
{
    struct chimney_frame_route wrong = *route;
    struct chimney_tcp_segment wrongSegment = *segment;
    struct first_route *first = FirstRoute(segment->source_port);

    if (first->port == 0) {
        first->port = segment->source_port;
        first->route = *route;
    }
    if (Is(TargetLinksFirst)) {
        NdisMoveMemory(wrong.destination_hardware, FirstRoutes[0].route.destination_hardware, 6);
    }
    if (Is(TargetKeepsOldNeighbor)) {
        NdisMoveMemory(wrong.destination_hardware, first->route.destination_hardware, 6);
    }
    if (Is(TargetKeepsHopLimit)) {
        wrong.hop_limit = first->route.hop_limit;
    }
    if (Is(TargetForgetsTag)) {
        wrong.tagged = 0;
    }
    if (Is(TargetKeepsAddresses) && KeptSource != NULL) {
        NdisMoveMemory(wrong.source, KeptSource, route->ip_version == 6 ? 16 : 4);
    }
    if (Is(TargetForgetsPush)) {
        wrongSegment.flags &= (uint8_t)~CHIMNEY_TCP_PSH;
    }
    return chimney_frame_build(&wrong, &wrongSegment, bytes, capacity);
}

static BOOLEAN DropsNext;
static POT_ADAPTER Updated; /* the adapter, once there was an update */

static uint16_t VlanOf(uint16_t port)
{
    ULONG index;
    POT_OBJECT object;

    for (index = 0; Updated != NULL && (object = OtObjectAt(Updated, index)) != NULL; index++) {
        if (object->Wire != NULL && object->Wire->Tcp.settings.local_port == port && object->Parent != NULL &&
            object->Parent->Parent != NULL) {
            return (uint16_t)object->Parent->Parent->Copy.Neighbor.Const.VlanId;
        }
    }
    return 0;
}

enum chimney_frame_kind FaultyFrameParse(const uint8_t *bytes, size_t length, struct chimney_frame *frame);

enum chimney_frame_kind FaultyFrameParse(const uint8_t *bytes, size_t length, struct chimney_frame *frame)
{
    enum chimney_frame_kind kind = chimney_frame_parse(bytes, length, frame);

    if (kind == CHIMNEY_FRAME_OPTIONS && Is(TargetReadsOptions)) {
        kind = CHIMNEY_FRAME_TCP;
    }
    if (kind == CHIMNEY_FRAME_TCP && Is(TargetTakesForeignVlans) && VlanOf(frame->segment.destination_port) != 0) {
        frame->route.tagged = 1;
        frame->route.vlan_id = VlanOf(frame->segment.destination_port);
    }
    if (kind == CHIMNEY_FRAME_TCP && Is(TargetDropsTagged)) {
        DropsNext = (BOOLEAN)(frame->route.tagged != 0 && frame->route.vlan_id == 0 && frame->segment.payload_bytes > 0);
    }
    if (kind == CHIMNEY_FRAME_TCP && Is(TargetDropsOwnAddress)) { /* the first connection uses the address of the adapter */
        DropsNext = (BOOLEAN)(frame->segment.payload_bytes > 0 &&
                              !NdisEqualMemory(frame->route.destination_hardware, FirstRoutes[0].route.source_hardware, 6));
    }
    return kind;
}

/* ---- state that comes and goes ---- */

static void WrongSettings(struct chimney_tcp_settings *settings)
{
    if (Is(TargetNeverGivesUp)) {
        settings->maximum_retransmissions = 12;
        settings->max_rt = 0; /* the number decides */
    }
    if (Is(TargetProbesTooOften)) {
        settings->ka_timeout /= 10;
        settings->ka_interval /= 10;
    }
    if (Is(TargetAcknowledgesLate)) {
        settings->delayed_ack_ticks *= 5;
        settings->ack_frequency = 200;
    }
    if (Is(TargetNoFastRetransmit)) {
        settings->duplicate_ack_threshold = 0xFFFFFFFF;
    }
}

void WireFaultImport(struct chimney_tcp *tcp, const struct chimney_tcp_settings *settings,
                     const struct chimney_tcp_callbacks *callbacks, const struct chimney_tcp_state *state, uint32_t queued,
                     uint32_t now)
{
    struct chimney_tcp_settings wrong = *settings;
    struct chimney_tcp_state wrongState = *state;

    WrongSettings(&wrong);
    if (Is(TargetIgnoresDeltas) && wrongState.keep_alive_timeout_delta != CHIMNEY_TCP_NOT_RUNNING) {
        wrongState.keep_alive_timeout_delta = settings->ka_timeout;
    }
    chimney_tcp_import(tcp, &wrong, callbacks, &wrongState, queued, now);
}

void FaultyTcpExport(const struct chimney_tcp *tcp, struct chimney_tcp_state *state, uint32_t now);

void FaultyTcpExport(const struct chimney_tcp *tcp, struct chimney_tcp_state *state, uint32_t now)
{
    chimney_tcp_export(tcp, state, now);
    if (Is(TargetUnscaled)) {
        state->srtt >>= 3;
    }
    if (Is(TargetIdleTimersZero) && state->retransmit_timeout_delta == CHIMNEY_TCP_NOT_RUNNING) {
        state->retransmit_timeout_delta = 0;
    }
}

void FaultyTcpChange(struct chimney_tcp *tcp, const struct chimney_tcp_settings *settings, uint32_t now);

void FaultyTcpChange(struct chimney_tcp *tcp, const struct chimney_tcp_settings *settings, uint32_t now)
{
    struct chimney_tcp_settings wrong = *settings;

    WrongSettings(&wrong);
    if (Is(TargetKeepsWindow)) {
        wrong.receive_window = tcp->settings.receive_window;
    }
    chimney_tcp_change(tcp, &wrong, now);
}

void FaultyTcpMute(struct chimney_tcp *tcp, int muted, uint32_t now);

void FaultyTcpMute(struct chimney_tcp *tcp, int muted, uint32_t now)
{
    if (!Is(TargetSendsInvalid)) {
        chimney_tcp_mute(tcp, muted, now);
    }
}

/* ---- segments ---- */

static uint8_t EarlyBytes[1500];
static size_t EarlyLength;

void WireFaultQuiesce(struct chimney_tcp *tcp, uint32_t now)
{
    chimney_tcp_quiesce(tcp, now);
    if (Is(TargetHandsEarlyOver) && EarlyLength > 0) {
        (VOID)tcp->callbacks.receive(tcp->callbacks.context, EarlyBytes, EarlyLength, 0);
        EarlyLength = 0;
    }
}

static unsigned Segments;
static BOOLEAN UpdateFailed;

static BOOLEAN Drops(const struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment)
{
    if (DropsNext) {
        DropsNext = FALSE;
        return TRUE;
    }
    if (Is(TargetStopsAfterFailure) && UpdateFailed && segment->payload_bytes > 0) {
        return TRUE;
    }
    return (BOOLEAN)(Is(TargetDeafAfterClose) && segment->payload_bytes > 0 &&
                     (tcp->state == CHIMNEY_TCP_FIN_WAIT_1 || tcp->state == CHIMNEY_TCP_FIN_WAIT_2));
}

enum chimney_tcp_disposition WireFaultInput(struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment, uint32_t now)
{
    enum chimney_tcp_disposition disposition;
    uint32_t expected = tcp->rcv_nxt;

    if (Drops(tcp, segment)) {
        return CHIMNEY_TCP_DONE;
    }
    if (Is(TargetPassesSegmentsUp) && ++Segments > 1) {
        return CHIMNEY_TCP_FOR_HOST;
    }
    if (Is(TargetHandsEarlyOver) && segment->payload_bytes > 0 && segment->payload_bytes <= sizeof(EarlyBytes) &&
        segment->sequence != expected) {
        NdisMoveMemory(EarlyBytes, segment->payload, segment->payload_bytes);
        EarlyLength = segment->payload_bytes;
    }
    disposition = chimney_tcp_input(tcp, segment, now);
    if (Is(TargetDoublesSegments) && segment->payload_bytes > 0 && segment->sequence == expected && tcp->rcv_nxt != expected) {
        (VOID)tcp->callbacks.receive(tcp->callbacks.context, segment->payload, segment->payload_bytes, 0);
    }
    if (Is(TargetProbesEvenly) && tcp->snd_wnd == 0 && tcp->retransmit.running) {
        tcp->retransmit.due = now + tcp->settings.ticks_per_second;
    }
    if (Is(TargetWaitsBriefly) && tcp->state == CHIMNEY_TCP_FIN_WAIT_2) {
        tcp->retransmit.due = now + 10 * tcp->settings.ticks_per_second;
    }
    return disposition;
}

void FaultyTcpSend(struct chimney_tcp *tcp, uint32_t bytes, uint32_t now);

void FaultyTcpSend(struct chimney_tcp *tcp, uint32_t bytes, uint32_t now)
{
    BOOLEAN closed = (BOOLEAN)(tcp->state == CHIMNEY_TCP_CLOSE_WAIT);

    if ((Is(TargetHoldsSmallSends) && bytes < tcp->settings.maximum_segment) || (Is(TargetMuteAfterFin) && closed)) {
        tcp->queued += bytes;
        return;
    }
    chimney_tcp_send(tcp, bytes, now);
}

/* ---- timers ---- */

void FaultyTcpTimer(struct chimney_tcp *tcp, uint32_t now);

void FaultyTcpTimer(struct chimney_tcp *tcp, uint32_t now)
{
    uint32_t due = tcp->retransmit.due;

    if (Is(TargetNoRetransmission) && tcp->state == CHIMNEY_TCP_ESTABLISHED && tcp->snd_wnd > 0) {
        tcp->retransmit.running = 0;
    }
    chimney_tcp_timer(tcp, now);
    if (Is(TargetProbesEvenly) && tcp->snd_wnd == 0 && tcp->retransmit.running && tcp->retransmit.due != due) {
        tcp->retransmit.due = now + tcp->settings.ticks_per_second;
    }
}

BOOLEAN FaultyOtSchedule(POT_OBJECT Object, OT_TASK_KIND Kind, ULONG Argument, ULONG Information, ULONG Nanoseconds);

BOOLEAN FaultyOtSchedule(POT_OBJECT Object, OT_TASK_KIND Kind, ULONG Argument, ULONG Information, ULONG Nanoseconds)
{
    return (BOOLEAN)(Is(TargetNoPushTimer) || OtSchedule(Object, Kind, Argument, Information, Nanoseconds));
}

/* ---- operations and events ---- */

BOOLEAN WireFaultRefusesTerminate(POT_BLOCK Root)
{
    OT_TREE_WALK walk;
    POT_BLOCK block;
    static BOOLEAN Refused;
    BOOLEAN refuses = FALSE;

    for (block = OtFirstBlock(&walk, Root); block != NULL; block = OtNextBlock(&walk, block)) {
        POT_OBJECT object = block->MiniportOffloadContext != NULL ? (POT_OBJECT)*block->MiniportOffloadContext : NULL;
        BOOLEAN closing = (BOOLEAN)(object != NULL && object->Wire != NULL && object->Wire->Tcp.state != CHIMNEY_TCP_ESTABLISHED);
        if (object != NULL && object->Wire != NULL && !Refused &&
            ((Is(TargetRefusesInClose) && closing) || Is(TargetFailsAndGoesOn))) {
            object->TerminateAccepted = FALSE;
            refuses = TRUE;
        }
    }
    for (block = OtFirstBlock(&walk, Root); refuses && block != NULL; block = OtNextBlock(&walk, block)) {
        block->Status = NDIS_STATUS_FAILURE;
    }
    Refused = (BOOLEAN)(Refused || refuses);
    return refuses;
}

VOID FaultyOtProcessUpdate(POT_ADAPTER Adapter, POT_BLOCK Root, ULONG Ordinal);

VOID FaultyOtProcessUpdate(POT_ADAPTER Adapter, POT_BLOCK Root, ULONG Ordinal)
{
    Updated = Adapter;
    OtProcessUpdate(Adapter, Root, Ordinal);
    UpdateFailed = (BOOLEAN)(UpdateFailed || Root->Status < 0);
}

BOOLEAN WireFaultSilences(ULONG Type, ULONG Information)
{
    return (BOOLEAN)(Is(TargetKeepsTimeWait) && Type == TcpIndicateRetrieve && Information == UploadRequested);
}
