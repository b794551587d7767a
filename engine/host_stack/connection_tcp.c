/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * A connection in the host's own TCP, on its way to the target, and back. Positions count the bytes of a stream from the
 * first one; SndUna stands at position Acknowledged.
 */
#include "engine/tcp/stream_byte.h"
#include "tcp.h"

/* ---- what the connection asks of us ---- */

static void *AllocateEarly(void *context, size_t bytes)
{
    return HsAllocate(((PHS_OBJECT)context)->Driver, (ULONG)bytes, HS_TAG_TCP);
}

static void FreeEarly(void *context, void *memory)
{
    UNREFERENCED_PARAMETER(context);
    NdisFreeMemory(memory, 0, 0);
}

static void Read(void *context, uint32_t offset, uint8_t *into, size_t bytes)
{
    const struct _HS_TCP *tcp = ((PHS_OBJECT)context)->Tcp;
    ULONG position = tcp->Acknowledged + tcp->Core.outcome.acknowledged + offset;
    size_t i;

    for (i = 0; i < bytes; i++) {
        into[i] = chimney_stream_byte(position + (ULONG)i);
    }
}

static void Transmit(void *context, const struct chimney_tcp_segment *segment)
{
    HsSendSegment((PHS_OBJECT)context, segment);
}

static VOID TakeData(PHS_OBJECT Connection, const UCHAR *Data, ULONG Bytes)
{
    struct _HS_TCP *tcp = Connection->Tcp;
    ULONG i;

    for (i = 0; i < Bytes; i++) {
        tcp->Damaged += Data[i] != chimney_stream_byte(tcp->Received + i);
    }
    tcp->Received += Bytes;
}

static int Receive(void *context, const uint8_t *data, size_t bytes, int push)
{
    UNREFERENCED_PARAMETER(push);
    TakeData((PHS_OBJECT)context, data, (ULONG)bytes);
    ((PHS_OBJECT)context)->BytesReceived += (ULONG)bytes;
    ((PHS_OBJECT)context)->Tcp->Unread += (ULONG)bytes;
    return 1;
}

/* ---- values <-> state ---- */

static VOID Settings(PHS_OBJECT Connection, struct chimney_tcp_settings *Settings)
{
    const struct chimney_host_stack_connection *values = &Connection->Values.Connection;
    PHS_OBJECT path = Connection->Parent;
    ULONG headers = (path->Values.Path.ip_version == 6 ? 40u : 20u) + CHIMNEY_TCP_HEADER_BYTES;
    ULONG room = path->Values.Path.path_mtu > headers ? path->Values.Path.path_mtu - headers : 1;
    BOOLEAN scaling = (BOOLEAN)((values->const_flags & TCP_FLAG_WINDOW_SCALING_ENABLED) != 0);
    PHS_BINDING binding = HsBindingOf(Connection);
    const NDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS *parameters = binding != NULL ? &binding->Parameters : NULL;

    NdisZeroMemory(Settings, sizeof(*Settings));
    Settings->local_port = values->local_port;
    Settings->remote_port = values->remote_port;
    Settings->timestamps = (uint8_t)((values->const_flags & TCP_FLAG_TIMESTAMP_ENABLED) != 0);
    room = values->remote_mss > 0 && values->remote_mss < room ? values->remote_mss : room;
    Settings->maximum_segment = Settings->timestamps && room > CHIMNEY_TCP_TIMESTAMP_BYTES
                                    ? room - CHIMNEY_TCP_TIMESTAMP_BYTES
                                    : room;
    Settings->snd_wind_scale = scaling ? values->snd_wind_scale : 0;
    Settings->rcv_wind_scale = scaling ? values->rcv_wind_scale : 0;
    Settings->nagle = (uint8_t)((values->cached_flags & TCP_FLAG_NAGLING_ENABLED) != 0);
    Settings->keep_alive = (uint8_t)((values->cached_flags & TCP_FLAG_KEEP_ALIVE_ENABLED) != 0);
    Settings->ka_probe_count = values->ka_probe_count;
    Settings->ka_timeout = values->ka_timeout;
    Settings->ka_interval = values->ka_interval;
    Settings->max_rt = values->max_rt;
    Settings->receive_window = values->initial_rcv_wnd;
    Settings->ticks_per_second = 1000;
    Settings->ack_frequency = 2;
    Settings->delayed_ack_ticks = 200;
    Settings->maximum_retransmissions = 5;
    Settings->duplicate_ack_threshold = 3;
    Settings->sws_prevention_ticks = 5000;
    if (parameters != NULL && parameters->TicksPerSecond == 1000) { /* the target is told the same */
        Settings->ack_frequency = parameters->TcpAckFrequency;
        Settings->delayed_ack_ticks = parameters->TcpDelayedAckTicks;
        Settings->maximum_retransmissions = parameters->TcpMaximumRetransmissions;
        Settings->duplicate_ack_threshold = parameters->TcpDuplicateAckThreshold;
        Settings->sws_prevention_ticks = parameters->TcpSwsPreventionTicks;
    }
}

static VOID ValuesToState(const struct chimney_host_stack_connection *Values, struct chimney_tcp_state *State)
{
    State->state = Values->state;
    State->rcv_nxt = Values->rcv_nxt;
    State->rcv_wnd = Values->rcv_wnd;
    State->snd_una = Values->snd_una;
    State->snd_nxt = Values->snd_nxt;
    State->snd_max = Values->snd_max;
    State->snd_wnd = Values->snd_wnd;
    State->max_snd_wnd = Values->max_snd_wnd;
    State->send_wl1 = Values->send_wl1;
    State->cwnd = Values->cwnd;
    State->ss_thresh = Values->ss_thresh;
    State->srtt = Values->srtt;
    State->rtt_var = Values->rtt_var;
    State->ts_recent = Values->ts_recent;
    State->ts_recent_age = Values->ts_recent_age;
    State->ts_time = Values->ts_time; /* StackDelta = TsTime - StackTime: the clock of the timestamps goes on */
    State->total_rt = Values->total_rt;
    State->dup_ack_count = Values->dup_ack_count;
    State->snd_wnd_probe_count = Values->snd_wnd_probe_count;
    State->keep_alive_probe_count = Values->keep_alive_probe_count;
    State->keep_alive_timeout_delta = Values->keep_alive_timeout_delta;
    State->retransmit_count = Values->retransmit_count;
    State->retransmit_timeout_delta = Values->retransmit_timeout_delta;
}

static VOID StateToValues(const struct chimney_tcp_state *State, struct chimney_host_stack_connection *Values)
{
    Values->state = State->state;
    Values->rcv_nxt = State->rcv_nxt;
    Values->rcv_wnd = State->rcv_wnd;
    Values->snd_una = State->snd_una;
    Values->snd_nxt = State->snd_nxt;
    Values->snd_max = State->snd_max;
    Values->snd_wnd = State->snd_wnd;
    Values->max_snd_wnd = State->max_snd_wnd;
    Values->send_wl1 = State->send_wl1;
    Values->cwnd = State->cwnd;
    Values->ss_thresh = State->ss_thresh;
    Values->srtt = State->srtt;
    Values->rtt_var = State->rtt_var;
    Values->ts_recent = State->ts_recent;
    Values->ts_recent_age = State->ts_recent_age;
    Values->ts_time = State->ts_time; /* StackTime + StackDelta (HS-030) */
    Values->total_rt = State->total_rt;
    Values->dup_ack_count = State->dup_ack_count;
    Values->snd_wnd_probe_count = State->snd_wnd_probe_count;
    Values->keep_alive_probe_count = State->keep_alive_probe_count;
    Values->keep_alive_timeout_delta = State->keep_alive_timeout_delta;
    Values->retransmit_count = State->retransmit_count;
    Values->retransmit_timeout_delta = State->retransmit_timeout_delta;
}

/* ---- life ---- */

ULONG HsCreateTcp(PHS_OBJECT Connection)
{
    if (!Connection->Driver->TcpEnabled || Connection->Tcp != NULL) {
        return CHIMNEY_HOST_STACK_DONE;
    }
    Connection->Tcp = HsAllocate(Connection->Driver, sizeof(*Connection->Tcp), HS_TAG_TCP);
    if (Connection->Tcp == NULL) {
        return CHIMNEY_HOST_STACK_NO_MEMORY;
    }
    InitializeListHead(&Connection->Tcp->Kept);
    Connection->Tcp->FirstSequence = Connection->Values.Connection.snd_una;
    return CHIMNEY_HOST_STACK_DONE;
}

VOID HsFreeTcp(PHS_OBJECT Connection)
{
    struct _HS_TCP *tcp = Connection->Tcp;

    if (tcp == NULL) {
        return;
    }
    while (!IsListEmpty(&tcp->Kept)) {
        NdisFreeMemory(CONTAINING_RECORD(RemoveHeadList(&tcp->Kept), HS_SEGMENT, Link), 0, 0);
    }
    if (tcp->Running) {
        chimney_tcp_release(&tcp->Core);
    }
    Connection->Tcp = NULL;
    NdisFreeMemory(tcp, 0, 0);
}

/* The connection runs here from now on, with the state that its values tell. FALSE: it cannot at the moment. */
static BOOLEAN Adopt(PHS_OBJECT Connection)
{
    struct chimney_tcp_callbacks callbacks = { Connection, AllocateEarly, FreeEarly, Read, Transmit, Receive };
    struct _HS_TCP *tcp = Connection->Tcp;
    struct chimney_tcp_settings settings;
    struct chimney_tcp_state state;

    if (tcp == NULL || tcp->Running || Connection->State != CHIMNEY_OBJECT_IN_HOST || Connection->Parent == NULL ||
        Connection->Parent->Parent == NULL || tcp->Broken) {
        return (BOOLEAN)(tcp != NULL && tcp->Running);
    }
    Settings(Connection, &settings);
    ValuesToState(&Connection->Values.Connection, &state);
    if (state.snd_max - state.snd_una > 0x40000000u || state.snd_nxt - state.snd_una > state.snd_max - state.snd_una) {
        return FALSE; /* values of a client that cannot belong together */
    }
    if (tcp->SendEnd - tcp->Acknowledged < state.snd_max - state.snd_una && !tcp->Closing) {
        tcp->SendEnd = tcp->Acknowledged + (state.snd_max - state.snd_una); /* what a scenario says was sent before it began */
    }
    chimney_tcp_import(&tcp->Core, &settings, &callbacks, &state, tcp->SendEnd - tcp->Acknowledged, HsNow());
    tcp->Running = TRUE;
    return TRUE;
}

/* ---- the application ---- */

ULONG HsTcpSend(PHS_OBJECT Connection, ULONG Bytes)
{
    if (!Adopt(Connection)) {
        return CHIMNEY_HOST_STACK_NOT_OFFLOADED;
    }
    Connection->Tcp->SendEnd += Bytes;
    chimney_tcp_send(&Connection->Tcp->Core, Bytes, HsNow());
    HsTcpSettle(Connection);
    return CHIMNEY_HOST_STACK_DONE;
}

ULONG HsTcpDisconnect(PHS_OBJECT Connection, ULONG Bytes, BOOLEAN Abortive)
{
    if (!Adopt(Connection)) {
        return CHIMNEY_HOST_STACK_NOT_OFFLOADED;
    }
    Connection->SendHalfClosed = TRUE;
    Connection->Tcp->Closing = TRUE;
    if (Abortive) {
        Connection->Reset = TRUE;
        chimney_tcp_abort(&Connection->Tcp->Core, HsNow());
        Connection->Tcp->Broken = TRUE;
    } else {
        Connection->Tcp->SendEnd += Bytes;
        Connection->Tcp->Core.queued += Bytes;
        chimney_tcp_close(&Connection->Tcp->Core, HsNow());
    }
    HsTcpSettle(Connection);
    return CHIMNEY_HOST_STACK_DONE;
}

/* A transfer of the host's own TCP is complete when the peer has all of it. */
static VOID CompleteTransfers(PHS_OBJECT Connection)
{
    PHS_DRIVER driver = Connection->Driver;
    PLIST_ENTRY link;

    for (link = driver->Transfers.Flink; link != &driver->Transfers; link = link->Flink) {
        PHS_TRANSFER transfer = CONTAINING_RECORD(link, HS_TRANSFER, Link);
        BOOLEAN broken = Connection->Tcp->Broken;
        if (transfer->Object != Connection || !transfer->InHost || transfer->Completed == transfer->Count ||
            (!broken && (LONG)(Connection->Tcp->Acknowledged - transfer->EndPosition) < 0)) {
            continue;
        }
        Connection->TransfersOutstanding -= transfer->Count - transfer->Completed;
        transfer->Completed = transfer->Count;
        transfer->LastStatus = broken && (transfer->Flags & TCP_DISCONNECT_ABORTIVE_CLOSE) == 0 ? NDIS_STATUS_REQUEST_ABORTED
                                                                                             : NDIS_STATUS_SUCCESS;
        transfer->FirstFailure = transfer->LastStatus;
        if (transfer->LastStatus == NDIS_STATUS_SUCCESS) {
            transfer->BytesTransferred = transfer->Count * transfer->Bytes;
            Connection->BytesSent += transfer->BytesTransferred;
        }
    }
}

VOID HsTcpSettle(PHS_OBJECT Connection)
{
    struct _HS_TCP *tcp = Connection->Tcp;
    struct chimney_tcp_outcome outcome;

    if (tcp->Unread > 0) {
        ULONG bytes = tcp->Unread;
        tcp->Unread = 0;
        chimney_tcp_consumed(&tcp->Core, bytes, HsNow());
    }
    outcome = chimney_tcp_take_outcome(&tcp->Core);
    tcp->Acknowledged += outcome.acknowledged;
    if ((outcome.events & CHIMNEY_TCP_FIN_RECEIVED) != 0) {
        tcp->FinReceived = TRUE;
    }
    if ((outcome.events & (CHIMNEY_TCP_RESET_RECEIVED | CHIMNEY_TCP_TIMED_OUT | CHIMNEY_TCP_SYN_IN_ORDER)) != 0) {
        tcp->Broken = TRUE;
    }
    if ((outcome.events & CHIMNEY_TCP_PROGRESS) != 0 && Connection->Parent != NULL && Connection->Parent->Parent != NULL) {
        HsConfirmReachability(Connection->Parent->Parent);
    }
    CompleteTransfers(Connection);
    HsSetTimers(Connection->Driver);
}

/* A segment that came up the ordinary path. */
VOID HsTcpInput(PHS_OBJECT Connection, const struct chimney_tcp_segment *Segment)
{
    if (Adopt(Connection)) {
        (VOID)chimney_tcp_input(&Connection->Tcp->Core, Segment, HsNow());
        HsTcpSettle(Connection);
    }
}

/* ---- to the target ---- */

/* Before the state is written into a block: due ACKs leave, timers that are not handed over stop, and the values are those
   of this moment. What is not acknowledged goes along as send data. */
VOID HsTcpPrepareOffload(PHS_OBJECT Connection, PULONG SendDataCount, PULONG SendDataBytes)
{
    struct _HS_TCP *tcp = Connection->Tcp;
    struct chimney_tcp_state state;

    if (tcp == NULL || !tcp->Running) {
        return;
    }
    chimney_tcp_quiesce(&tcp->Core, HsNow());
    HsTcpSettle(Connection);
    chimney_tcp_export(&tcp->Core, &state, HsNow());
    StateToValues(&state, &Connection->Values.Connection);
    tcp->Running = FALSE;
    tcp->Stopped = TRUE;
    if (tcp->SendEnd != tcp->Acknowledged && *SendDataCount == 0) {
        ULONG bytes = tcp->SendEnd - tcp->Acknowledged;
        ULONG count = (bytes + 0xFFFF) / 0x10000;
        while (bytes % count != 0) { /* lists of one size */
            count++;
        }
        *SendDataCount = count;
        *SendDataBytes = bytes / count;
    }
}

/* Not offloaded after all, or uploaded: the host goes on, and with it what it kept meanwhile. */
VOID HsTcpResume(PHS_OBJECT Connection)
{
    struct _HS_TCP *tcp = Connection->Tcp;

    if (tcp == NULL) {
        return;
    }
    tcp->Stopped = FALSE;
    if (!Adopt(Connection)) {
        return;
    }
    while (!IsListEmpty(&tcp->Kept)) {
        PHS_SEGMENT kept = CONTAINING_RECORD(RemoveHeadList(&tcp->Kept), HS_SEGMENT, Link);
        struct chimney_tcp_segment segment;
        if (chimney_tcp_segment_parse(kept->Bytes, kept->Length, &segment)) {
            (VOID)chimney_tcp_input(&tcp->Core, &segment, HsNow());
        }
        NdisFreeMemory(kept, 0, 0);
    }
    if (tcp->Closing && !tcp->Broken) {
        chimney_tcp_close(&tcp->Core, HsNow()); /* a disconnect that the target gave back; else it does nothing */
    }
    chimney_tcp_start(&tcp->Core, HsNow());
    HsTcpSettle(Connection);
}

/* The initiate was refused before anybody saw it. */
VOID HsTcpResumeStopped(PHS_OBJECT Connection)
{
    if (Connection->Tcp != NULL && Connection->Tcp->Stopped) {
        HsTcpResume(Connection);
    }
}

/* The target has it: segments that were kept are processed there (HS-035). */
VOID HsTcpOffloaded(PHS_OBJECT Connection)
{
    if (Connection->Tcp != NULL) {
        Connection->Tcp->Stopped = FALSE;
        HsForwardKept(Connection);
    }
}

/* ---- and back ---- */

/* The values are the target's; what it had received and not delivered comes with them. */
VOID HsTcpUploaded(PHS_OBJECT Connection, PNET_BUFFER_LIST BufferedData)
{
    struct _HS_TCP *tcp = Connection->Tcp;
    ULONG before;

    if (tcp == NULL) {
        return;
    }
    tcp->Acknowledged = Connection->Values.Connection.snd_una - tcp->FirstSequence;
    if ((LONG)(tcp->SendEnd - tcp->Acknowledged) < 0) {
        tcp->Acknowledged = tcp->SendEnd; /* the FIN is acknowledged too */
    }
    before = tcp->Received;
    HsTakeReceived(Connection, BufferedData);
    tcp->Unread += tcp->Received - before;
    tcp->Broken = (BOOLEAN)(Connection->Values.Connection.state == TcpConnectionClosed);
}

/* Data that lists show to the application, in the order of the stream; of the last only Bytes when it was taken in part. */
VOID HsTakeReceivedBytes(PHS_OBJECT Connection, PNET_BUFFER_LIST List, ULONG Bytes)
{
    PNET_BUFFER buffer = NET_BUFFER_LIST_FIRST_NB(List);
    PMDL mdl = NET_BUFFER_CURRENT_MDL(buffer);
    ULONG skip = NET_BUFFER_CURRENT_MDL_OFFSET(buffer);

    if (Connection->Tcp == NULL) {
        return;
    }
    while (mdl != NULL && Bytes > 0) {
        ULONG length = MmGetMdlByteCount(mdl) - skip;
        ULONG part = length < Bytes ? length : Bytes;
        PUCHAR memory = (PUCHAR)MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
        if (memory == NULL) {
            return;
        }
        TakeData(Connection, memory + skip, part);
        Bytes -= part;
        skip = 0;
        mdl = mdl->Next;
    }
}

VOID HsTakeReceived(PHS_OBJECT Connection, PNET_BUFFER_LIST Lists)
{
    for (; Lists != NULL; Lists = NET_BUFFER_LIST_NEXT_NBL(Lists)) {
        HsTakeReceivedBytes(Connection, Lists, HsListBytes(Lists));
    }
}

/* A posted request that came back: its bytes stand before where its data begins now. */
VOID HsTakeRequest(PHS_OBJECT Connection, PNET_BUFFER_LIST List, ULONG Bytes)
{
    if (Connection->Tcp != NULL && Bytes > 0) {
        TakeData(Connection, MmGetMdlVirtualAddress(NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(List))), Bytes);
    }
}

/* ---- while the target has it ---- */

ULONG HsStreamPosition(PHS_OBJECT Connection) { return Connection->Tcp != NULL ? Connection->Tcp->SendEnd : 0; }

VOID HsTcpSubmitted(PHS_OBJECT Connection, PHS_TRANSFER Transfer)
{
    if (Connection->Tcp == NULL) {
        return;
    }
    Transfer->EndPosition = Transfer->Position + Transfer->Count * Transfer->Bytes;
    if ((LONG)(Transfer->EndPosition - Connection->Tcp->SendEnd) > 0) {
        Connection->Tcp->SendEnd = Transfer->EndPosition;
    }
    if (Transfer->Kind == CHIMNEY_TRANSFER_DISCONNECT) {
        Connection->Tcp->Closing = TRUE;
    }
}

VOID HsTcpAcknowledged(PHS_OBJECT Connection, ULONG Bytes)
{
    if (Connection->Tcp != NULL) {
        Connection->Tcp->Acknowledged += Bytes;
    }
}

VOID HsTcpQuery(PHS_OBJECT Connection, struct chimney_host_stack_object *Command)
{
    const struct _HS_TCP *tcp = Connection->Tcp;

    Command->stream_sent = tcp != NULL ? tcp->SendEnd : 0;
    Command->stream_acknowledged = tcp != NULL ? tcp->Acknowledged : 0;
    Command->stream_received = tcp != NULL ? tcp->Received : 0;
    Command->stream_damaged = tcp != NULL ? tcp->Damaged : 0;
    Command->stream_ended = tcp != NULL && tcp->FinReceived;
    Command->segments_forwarded = tcp != NULL ? tcp->Forwarded : 0;
}
