/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * One offloaded connection on a wire: from the structures behind its block to engine/tcp, and back.
 */
#include "wire.h"

/* ---- what the connection asks of us ---- */

static void *AllocateEarly(void *context, size_t bytes)
{
    return OtAllocate(((POT_OBJECT)context)->Adapter->MiniportHandle, (ULONG)bytes, OT_TAG_RECEIVED);
}

static void FreeEarly(void *context, void *memory)
{
    UNREFERENCED_PARAMETER(context);
    NdisFreeMemory(memory, 0, 0);
}

static void Read(void *context, uint32_t offset, uint8_t *into, size_t bytes)
{
    OtWireReadSends((POT_OBJECT)context, offset, into, (ULONG)bytes);
}

static void Transmit(void *context, const struct chimney_tcp_segment *segment)
{
    OtWireTransmit((POT_OBJECT)context, segment);
}

static int Receive(void *context, const uint8_t *data, size_t bytes, int push)
{
    POT_OBJECT connection = (POT_OBJECT)context;

    /* Room for a whole window is kept since the connection was taken (RoomForConnection); that the memory can be had is not. */
    if (!OtWireBuffer(connection, data, (ULONG)bytes)) {
        return 0;
    }
    connection->BytesArrived += (ULONG)bytes;
    connection->Pushed = (BOOLEAN)(push != 0);
    return 1;
}

/* ---- from the structures ---- */

static uint32_t MaximumSegment(POT_OBJECT Connection)
{
    POT_OBJECT path = Connection->Parent;
    ULONG headers = (path->StateType == Ip6OffloadState ? 40u : 20u) + CHIMNEY_TCP_HEADER_BYTES;
    ULONG options =
        (Connection->Copy.Connection.Const.Flags & TCP_FLAG_TIMESTAMP_ENABLED) != 0 ? CHIMNEY_TCP_TIMESTAMP_BYTES : 0;
    ULONG room = path->Copy.Path.Cached.PathMtu > headers ? path->Copy.Path.Cached.PathMtu - headers : 1;
    ULONG remote = Connection->Copy.Connection.Const.RemoteMss;

    room = remote > 0 && remote < room ? remote : room;
    return room > options ? room - options : 1; /* RFC 1122 4.2.2.6 */
}

static uint16_t HostOrder(USHORT Port) { return (uint16_t)(Port << 8 | Port >> 8); }

static VOID Settings(POT_OBJECT Connection, struct chimney_tcp_settings *Settings)
{
    const NDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS *parameters = &Connection->Adapter->Parameters;
    const TCP_OFFLOAD_STATE_CONST *constant = &Connection->Copy.Connection.Const;
    const TCP_OFFLOAD_STATE_CACHED *cached = &Connection->Copy.Connection.Cached;
    BOOLEAN scaling = (BOOLEAN)((constant->Flags & TCP_FLAG_WINDOW_SCALING_ENABLED) != 0);

    NdisZeroMemory(Settings, sizeof(*Settings));
    Settings->local_port = HostOrder(constant->LocalPort);
    Settings->remote_port = HostOrder(constant->RemotePort);
    Settings->maximum_segment = MaximumSegment(Connection);
    Settings->timestamps = (uint8_t)((constant->Flags & TCP_FLAG_TIMESTAMP_ENABLED) != 0);
    Settings->snd_wind_scale = scaling ? constant->SndWindScale : 0;
    Settings->rcv_wind_scale = scaling ? constant->RcvWindScale : 0;
    Settings->nagle = (uint8_t)((cached->Flags & TCP_FLAG_NAGLING_ENABLED) != 0);
    Settings->keep_alive = (uint8_t)((cached->Flags & TCP_FLAG_KEEP_ALIVE_ENABLED) != 0);
    Settings->ka_probe_count = cached->KaProbeCount;
    Settings->ka_timeout = cached->KaTimeout;
    Settings->ka_interval = cached->KaInterval;
    Settings->max_rt = cached->MaxRT;
    Settings->receive_window = cached->InitialRcvWnd;
    Settings->offload_target = 1;
    Settings->ticks_per_second = parameters->TicksPerSecond;
    Settings->ack_frequency = parameters->TcpAckFrequency != 0 ? parameters->TcpAckFrequency : 2;
    Settings->delayed_ack_ticks = parameters->TcpDelayedAckTicks;
    Settings->maximum_retransmissions =
        parameters->TcpMaximumRetransmissions != 0 ? parameters->TcpMaximumRetransmissions : 5;
    Settings->duplicate_ack_threshold =
        parameters->TcpDuplicateAckThreshold != 0 ? parameters->TcpDuplicateAckThreshold : 3;
    Settings->sws_prevention_ticks = parameters->TcpSwsPreventionTicks;
}

static VOID DelegatedToState(const TCP_OFFLOAD_STATE_DELEGATED *Delegated, struct chimney_tcp_state *State)
{
    State->state = (uint32_t)Delegated->State;
    State->rcv_nxt = Delegated->RcvNxt;
    State->rcv_wnd = Delegated->RcvWnd;
    State->snd_una = Delegated->SndUna;
    State->snd_nxt = Delegated->SndNxt;
    State->snd_max = Delegated->SndMax;
    State->snd_wnd = Delegated->SndWnd;
    State->max_snd_wnd = Delegated->MaxSndWnd;
    State->send_wl1 = Delegated->SendWL1;
    State->cwnd = Delegated->CWnd;
    State->ss_thresh = Delegated->SsThresh;
    State->srtt = Delegated->SRtt;
    State->rtt_var = Delegated->RttVar;
    State->ts_recent = Delegated->TsRecent;
    State->ts_recent_age = Delegated->TsRecentAge;
    State->ts_time = Delegated->TsTime;
    State->total_rt = Delegated->TotalRT;
    State->dup_ack_count = Delegated->DupAckCount;
    State->snd_wnd_probe_count = Delegated->SndWndProbeCount;
    State->keep_alive_probe_count = Delegated->KeepAlive.ProbeCount;
    State->keep_alive_timeout_delta = Delegated->KeepAlive.TimeoutDelta;
    State->retransmit_count = Delegated->Retransmit.Count;
    State->retransmit_timeout_delta = Delegated->Retransmit.TimeoutDelta;
}

static VOID StateToDelegated(const struct chimney_tcp_state *State, PTCP_OFFLOAD_STATE_DELEGATED Delegated)
{
    Delegated->State = (TCP_OFFLOAD_CONNECTION_STATE)State->state;
    Delegated->RcvNxt = State->rcv_nxt;
    Delegated->RcvWnd = State->rcv_wnd;
    Delegated->SndUna = State->snd_una;
    Delegated->SndNxt = State->snd_nxt;
    Delegated->SndMax = State->snd_max;
    Delegated->SndWnd = State->snd_wnd;
    Delegated->MaxSndWnd = State->max_snd_wnd;
    Delegated->SendWL1 = State->send_wl1;
    Delegated->CWnd = State->cwnd;
    Delegated->SsThresh = State->ss_thresh;
    Delegated->SRtt = (USHORT)State->srtt;
    Delegated->RttVar = (USHORT)State->rtt_var;
    Delegated->TsRecent = State->ts_recent;
    Delegated->TsRecentAge = State->ts_recent_age;
    Delegated->TsTime = State->ts_time;
    Delegated->TotalRT = State->total_rt;
    Delegated->DupAckCount = (UCHAR)State->dup_ack_count;
    Delegated->SndWndProbeCount = (UCHAR)State->snd_wnd_probe_count;
    Delegated->KeepAlive.ProbeCount = (UCHAR)State->keep_alive_probe_count;
    Delegated->KeepAlive.TimeoutDelta = State->keep_alive_timeout_delta;
    Delegated->Retransmit.Count = (UCHAR)State->retransmit_count;
    Delegated->Retransmit.TimeoutDelta = State->retransmit_timeout_delta;
}

/* ---- the life of a connection ---- */

/* The block still carries the host's lists. FALSE: no memory, nothing has been taken. */
BOOLEAN OtWireTakeOver(POT_OBJECT Connection, PNET_BUFFER_LIST SendData, PNET_BUFFER_LIST BufferedData)
{
    struct chimney_tcp_callbacks callbacks = { Connection, AllocateEarly, FreeEarly, Read, Transmit, Receive };
    struct chimney_tcp_settings settings;
    struct chimney_tcp_state state;
    PNET_BUFFER_LIST list;
    ULONG queued = 0;

    if (!OtHasWire(Connection->Adapter)) {
        return TRUE;
    }
    Connection->Wire = OtAllocate(Connection->Adapter->MiniportHandle, sizeof(*Connection->Wire), OT_TAG_WIRE);
    if (Connection->Wire == NULL) {
        return FALSE;
    }
    InitializeListHead(&Connection->Wire->KeptFrames);
    if (!OtWireBufferLists(Connection, BufferedData)) {
        OtWireRelease(Connection);
        return FALSE;
    }
    for (list = SendData; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
        queued += OtListBytes(list);
    }
    Settings(Connection, &settings);
    DelegatedToState(&Connection->Copy.Connection.Delegated, &state);
    chimney_tcp_import(&Connection->Wire->Tcp, &settings, &callbacks, &state, queued, OtWireNow(Connection->Adapter));
    Connection->Wire->FinReceived = (BOOLEAN)(state.state == TcpConnectionCloseWait || state.state == TcpConnectionClosing ||
                                              state.state == TcpConnectionLastAck);
    return TRUE;
}

/* Its block's Status is written, its lists are queued: what is to be sent again leaves first, then what never left. */
VOID OtWireStart(POT_OBJECT Connection)
{
    if (Connection->Wire != NULL) {
        chimney_tcp_start(&Connection->Wire->Tcp, OtWireNow(Connection->Adapter));
        OtWireSettle(Connection);
    }
}

VOID OtWireRelease(POT_OBJECT Connection)
{
    struct _OT_WIRE_CONNECTION *wire = Connection->Wire;

    if (wire == NULL) {
        return;
    }
    while (!IsListEmpty(&wire->KeptFrames)) {
        NdisFreeMemory(CONTAINING_RECORD(RemoveHeadList(&wire->KeptFrames), OT_FRAME, Link), 0, 0);
    }
    chimney_tcp_release(&wire->Tcp);
    OtWireFreeBuffer(Connection);
    Connection->Wire = NULL;
    NdisFreeMemory(wire, 0, 0);
}

/* An update has changed cached variables; Commands are the flags that act once. */
VOID OtWireChange(POT_OBJECT Connection, ULONG Commands)
{
    struct chimney_tcp_settings settings;
    uint32_t now = OtWireNow(Connection->Adapter);

    if (Connection->Wire == NULL) {
        return;
    }
    Settings(Connection, &settings);
    if ((Commands & TCP_FLAG_MAX_RT_RESTART) != 0) {
        chimney_tcp_restart_max_rt(&Connection->Wire->Tcp);
    }
    if ((Commands & TCP_FLAG_KEEP_ALIVE_RESTART) != 0) {
        chimney_tcp_restart_keep_alive(&Connection->Wire->Tcp, now);
    }
    if ((Commands & TCP_FLAG_UPDATE_RCV_WND) == 0) {
        settings.receive_window = Connection->Wire->Tcp.settings.receive_window;
    }
    chimney_tcp_change(&Connection->Wire->Tcp, &settings, now);
    OtWireSetTimers(Connection->Adapter);
}

/* Nothing leaves on a connection that depends on something invalid (after a relink it does again) or whose hardware is gone. */
VOID OtWireMute(POT_ADAPTER Adapter)
{
    PLIST_ENTRY link;

    for (link = Adapter->Objects.Flink; link != &Adapter->Objects; link = link->Flink) {
        POT_OBJECT object = CONTAINING_RECORD(link, OT_OBJECT, Link);
        BOOLEAN muted = (BOOLEAN)(object->Wire != NULL && (OtHardwareIsGone(object) || OtIsInvalid(object)));
        if (object->Wire != NULL && (object->Wire->Tcp.muted != 0) != muted) {
            chimney_tcp_mute(&object->Wire->Tcp, muted, OtWireNow(Adapter));
        }
    }
    OtWireSetTimers(Adapter);
}

/* The delegated variables as they are now. */
VOID OtWireExport(POT_OBJECT Connection)
{
    struct chimney_tcp_state state;

    if (Connection->Wire != NULL) {
        chimney_tcp_export(&Connection->Wire->Tcp, &state, OtWireNow(Connection->Adapter));
        StateToDelegated(&state, &Connection->Copy.Connection.Delegated);
    }
}

/* Before a terminate hands it over: due ACKs leave, and from now on segments are the host's (OT-057, OT-060). */
VOID OtWireQuiesce(POT_OBJECT Connection)
{
    if (Connection->Wire != NULL) {
        chimney_tcp_quiesce(&Connection->Wire->Tcp, OtWireNow(Connection->Adapter));
        OtWireExport(Connection);
    }
}

/* The host is told the segments that nobody here was to acknowledge, when the terminate is complete. */
VOID OtWirePassKeptFrames(POT_OBJECT Connection)
{
    if (Connection->Wire == NULL || IsListEmpty(&Connection->Wire->KeptFrames)) {
        return;
    }
    while (!IsListEmpty(&Connection->Wire->KeptFrames)) {
        InsertTailList(&Connection->Adapter->KeptFrames, RemoveHeadList(&Connection->Wire->KeptFrames));
    }
}

/* ---- what the host does with it, inside its calls: nothing is completed or told there ---- */

BOOLEAN OtWireSend(POT_OBJECT Connection, ULONG Bytes)
{
    if (Connection->Wire == NULL) {
        return FALSE;
    }
    if (!Connection->TerminateAccepted && !OtHardwareIsGone(Connection)) { /* else it goes back with the rest of the queue */
        chimney_tcp_send(&Connection->Wire->Tcp, Bytes, OtWireNow(Connection->Adapter));
        OtWireSetTimers(Connection->Adapter);
    }
    return TRUE;
}

BOOLEAN OtWireDisconnect(POT_OBJECT Connection, ULONG Bytes)
{
    if (Connection->Wire == NULL) {
        return FALSE;
    }
    if (!Connection->TerminateAccepted && !OtHardwareIsGone(Connection)) {
        Connection->Wire->Tcp.queued += Bytes; /* its last data leaves together with the FIN */
        chimney_tcp_close(&Connection->Wire->Tcp, OtWireNow(Connection->Adapter));
        OtWireSetTimers(Connection->Adapter);
    }
    return TRUE;
}

VOID OtWireAbort(POT_OBJECT Connection)
{
    if (Connection->Wire != NULL) {
        chimney_tcp_abort(&Connection->Wire->Tcp, OtWireNow(Connection->Adapter));
        Connection->Wire->Aborted = TRUE;
        OtWireFreeBuffer(Connection);
        Connection->BytesBuffered = 0;
        Connection->Wire->Acknowledged = 0;
    }
}

static VOID KeepFrame(POT_OBJECT Connection, const UCHAR *Bytes, ULONG Length)
{
    POT_FRAME frame =
        OtAllocate(Connection->Adapter->MiniportHandle, FIELD_OFFSET(OT_FRAME, Bytes) + Length, OT_TAG_FRAME);

    if (frame != NULL) { /* else it is not acknowledged either: it will come again */
        frame->Length = Length;
        NdisMoveMemory(frame->Bytes, Bytes, Length);
        InsertTailList(&Connection->Wire->KeptFrames, &frame->Link);
    }
}

/* A segment off the wire, or one that was forwarded (then without a frame). */
VOID OtWireInput(POT_OBJECT Connection, const struct chimney_tcp_segment *Segment, const UCHAR *Frame, ULONG FrameLength)
{
    if (OtHardwareIsGone(Connection)) {
        return; /* nobody is there to hear it */
    }
    switch (chimney_tcp_input(&Connection->Wire->Tcp, Segment, OtWireNow(Connection->Adapter))) {
    case CHIMNEY_TCP_FOR_HOST:
        if (Frame != NULL) {
            OtWireIndicateFrame(Connection->Adapter, Frame, FrameLength);
        }
        break;
    case CHIMNEY_TCP_KEEP:
        if (Frame != NULL) {
            KeepFrame(Connection, Frame, FrameLength);
        }
        break;
    default:
        break;
    }
    OtWireSettle(Connection);
}
