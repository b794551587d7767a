/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Between the values of an object and the state structures behind its block. Where each structure lies is the business
 * of chimneylab/following_state.h alone; an accessor gives NULL for a class the block does not carry. Length is set by
 * whoever builds the tree (HS-015).
 */
#include "host_stack.h"

/* Header.Type of a block: what follows it, or for a block without state what it refers to (HS-014). */
UCHAR HsStateType(PHS_OBJECT Object, ULONG Kind, ULONG StateClass)
{
    UCHAR base;

    switch (Kind) {
    case CHIMNEY_OBJECT_NEIGHBOR:
        base = NeighborOffloadConstState;
        break;
    case CHIMNEY_OBJECT_PATH:
        base = (Object != NULL && Object->Values.Path.ip_version == 6) ? Ip6OffloadConstState : Ip4OffloadConstState;
        break;
    default:
        base = TcpOffloadConstState;
        break;
    }
    switch (StateClass) {
    case CHIMNEY_STATE_CONST:
        return base;
    case CHIMNEY_STATE_CACHED:
        return (UCHAR)(base + 1);
    case CHIMNEY_STATE_DELEGATED:
        return (UCHAR)(base + 2);
    default:
        return (UCHAR)(base == TcpOffloadConstState ? TcpOffloadState : base + 3);
    }
}

static VOID WriteNeighbor(PHS_OBJECT Object, PHS_BLOCK_LIST Block)
{
    const struct chimney_host_stack_neighbor *values = &Object->Values.Neighbor;
    PNEIGHBOR_OFFLOAD_STATE_CONST constant = ChimneylabNeighborConst(Block);
    PNEIGHBOR_OFFLOAD_STATE_CACHED cached = ChimneylabNeighborCached(Block);
    PNEIGHBOR_OFFLOAD_STATE_DELEGATED delegated = ChimneylabNeighborDelegated(Block);

    if (constant != NULL) {
        NdisMoveMemory(constant->DlSourceAddress, values->source_address, sizeof(values->source_address));
        constant->VlanId = values->vlan_id;
    }
    if (cached != NULL) {
        NdisMoveMemory(cached->DlDestinationAddress, values->destination_address, sizeof(values->destination_address));
        cached->HostReachabilityDelta = HsReachabilityDelta(Object);
    }
    if (delegated != NULL) {
        delegated->NicReachabilityDelta = HsReachabilityDelta(Object); /* HS-032 */
    }
}

static VOID WritePath(PHS_OBJECT Object, PHS_BLOCK_LIST Block)
{
    PPATH_OFFLOAD_STATE_CONST constant = ChimneylabPathConst(Block);
    PPATH_OFFLOAD_STATE_CACHED cached = ChimneylabPathCached(Block);

    if (constant != NULL) { /* pointers: the bytes stay in the object, which outlives the tree */
        constant->SourceAddress = Object->Values.Path.source_address;
        constant->DestinationAddress = Object->Values.Path.destination_address;
    }
    if (cached != NULL) {
        cached->PathMtu = Object->Values.Path.path_mtu;
    }
}

static VOID WriteConnectionCached(const struct chimney_host_stack_connection *Values, PTCP_OFFLOAD_STATE_CACHED Cached)
{
    Cached->Flags = Values->cached_flags;
    Cached->InitialRcvWnd = Values->initial_rcv_wnd;
    Cached->RcvIndicationSize = Values->rcv_indication_size;
    Cached->KaProbeCount = Values->ka_probe_count;
    Cached->KaTimeout = Values->ka_timeout;
    Cached->KaInterval = Values->ka_interval;
    Cached->MaxRT = Values->max_rt;
    Cached->FlowLabel = Values->flow_label;
    Cached->TtlOrHopLimit = Values->ttl_or_hop_limit;
    Cached->TosOrTrafficClass = Values->tos_or_traffic_class;
    Cached->UserPriority = Values->user_priority;
}

static VOID WriteConnectionDelegated(const struct chimney_host_stack_connection *Values,
                                     PTCP_OFFLOAD_STATE_DELEGATED Delegated, PNET_BUFFER_LIST SendData)
{
    Delegated->State = (TCP_OFFLOAD_CONNECTION_STATE)Values->state;
    Delegated->RcvNxt = Values->rcv_nxt;
    Delegated->RcvWnd = Values->rcv_wnd;
    Delegated->SndUna = Values->snd_una;
    Delegated->SndNxt = Values->snd_nxt;
    Delegated->SndMax = Values->snd_max;
    Delegated->SndWnd = Values->snd_wnd;
    Delegated->MaxSndWnd = Values->max_snd_wnd;
    Delegated->SendWL1 = Values->send_wl1;
    Delegated->CWnd = Values->cwnd;
    Delegated->SsThresh = Values->ss_thresh;
    Delegated->SRtt = (USHORT)Values->srtt;       /* times 8 already (HS-031) */
    Delegated->RttVar = (USHORT)Values->rtt_var;  /* times 4 */
    Delegated->TsRecent = Values->ts_recent;
    Delegated->TsRecentAge = Values->ts_recent_age;
    Delegated->TsTime = Values->ts_time;
    Delegated->TotalRT = Values->total_rt;
    Delegated->DupAckCount = (UCHAR)Values->dup_ack_count;
    Delegated->SndWndProbeCount = (UCHAR)Values->snd_wnd_probe_count;
    Delegated->KeepAlive.ProbeCount = (UCHAR)Values->keep_alive_probe_count;
    Delegated->KeepAlive.TimeoutDelta = Values->keep_alive_timeout_delta;
    Delegated->Retransmit.Count = (UCHAR)Values->retransmit_count;
    Delegated->Retransmit.TimeoutDelta = Values->retransmit_timeout_delta;
    Delegated->SendDataHead = SendData; /* HS-028 */
    while (SendData != NULL && NET_BUFFER_LIST_NEXT_NBL(SendData) != NULL) {
        SendData = NET_BUFFER_LIST_NEXT_NBL(SendData);
    }
    Delegated->SendDataTail = SendData;
    Delegated->BufferedData = NULL;
}

static VOID WriteConnection(PHS_OBJECT Object, PHS_BLOCK_LIST Block)
{
    const struct chimney_host_stack_connection *values = &Object->Values.Connection;
    PTCP_OFFLOAD_STATE_CONST constant = ChimneylabTcpConst(Block);
    PTCP_OFFLOAD_STATE_CACHED cached = ChimneylabTcpCached(Block);
    PTCP_OFFLOAD_STATE_DELEGATED delegated = ChimneylabTcpDelegated(Block);

    if (constant != NULL) {
        constant->Flags = values->const_flags;
        constant->RemotePort = (USHORT)((values->remote_port << 8) | (values->remote_port >> 8)); /* network order */
        constant->LocalPort = (USHORT)((values->local_port << 8) | (values->local_port >> 8));
        constant->SndWindScale = values->snd_wind_scale;
        constant->RcvWindScale = values->rcv_wind_scale;
        constant->RemoteMss = values->remote_mss;
        constant->HashValue = values->hash_value;
    }
    if (cached != NULL) {
        WriteConnectionCached(values, cached);
    }
    if (delegated != NULL) {
        WriteConnectionDelegated(values, delegated, Block->NetBufferListChain);
    }
}

VOID HsWriteState(PHS_OBJECT Object, PHS_BLOCK_LIST Block)
{
    ChimneylabInitializeFollowingState(Block);
    switch (Object->Kind) {
    case CHIMNEY_OBJECT_NEIGHBOR:
        WriteNeighbor(Object, Block);
        break;
    case CHIMNEY_OBJECT_PATH:
        WritePath(Object, Block);
        break;
    default:
        WriteConnection(Object, Block);
        break;
    }
}

static VOID ReadConnectionDelegated(struct chimney_host_stack_connection *Values,
                                    const TCP_OFFLOAD_STATE_DELEGATED *Delegated)
{
    Values->state = (uint32_t)Delegated->State;
    Values->rcv_nxt = Delegated->RcvNxt;
    Values->rcv_wnd = Delegated->RcvWnd;
    Values->snd_una = Delegated->SndUna;
    Values->snd_nxt = Delegated->SndNxt;
    Values->snd_max = Delegated->SndMax;
    Values->snd_wnd = Delegated->SndWnd;
    Values->max_snd_wnd = Delegated->MaxSndWnd;
    Values->send_wl1 = Delegated->SendWL1;
    Values->cwnd = Delegated->CWnd;
    Values->ss_thresh = Delegated->SsThresh;
    Values->srtt = Delegated->SRtt;
    Values->rtt_var = Delegated->RttVar;
    Values->ts_recent = Delegated->TsRecent;
    Values->ts_recent_age = Delegated->TsRecentAge;
    Values->ts_time = Delegated->TsTime;
    Values->total_rt = Delegated->TotalRT;
    Values->dup_ack_count = Delegated->DupAckCount;
    Values->snd_wnd_probe_count = Delegated->SndWndProbeCount;
    Values->keep_alive_probe_count = Delegated->KeepAlive.ProbeCount;
    Values->keep_alive_timeout_delta = Delegated->KeepAlive.TimeoutDelta;
    Values->retransmit_count = Delegated->Retransmit.Count;
    Values->retransmit_timeout_delta = Delegated->Retransmit.TimeoutDelta;
}

/* A query answers with copies of what the target uses. Const and cached variables belong to the host, which knows them;
   what it did not know are the delegated ones, and the backlog sizes, which only a query carries (HS-038). */
VOID HsReadQueriedState(PHS_OBJECT Object, PHS_BLOCK_LIST Block)
{
    if (Object->Kind == CHIMNEY_OBJECT_NEIGHBOR) {
        PNEIGHBOR_OFFLOAD_STATE_DELEGATED delegated = ChimneylabNeighborDelegated(Block);
        if (delegated != NULL) {
            Object->Values.Neighbor.nic_reachability_delta = delegated->NicReachabilityDelta;
        }
    } else if (Object->Kind == CHIMNEY_OBJECT_CONNECTION) {
        PTCP_OFFLOAD_STATE_DELEGATED delegated = ChimneylabTcpDelegated(Block);
        if (delegated != NULL) {
            ReadConnectionDelegated(&Object->Values.Connection, delegated);
            Object->Values.Connection.send_backlog_size = delegated->SendBacklogSize;
            Object->Values.Connection.receive_backlog_size = delegated->ReceiveBacklogSize;
        }
    }
}

/* A terminate gives the delegated variables back to the host for good (HS-058). */
VOID HsReadDelegatedState(PHS_OBJECT Object, PHS_BLOCK_LIST Block)
{
    if (Object->Kind == CHIMNEY_OBJECT_NEIGHBOR) {
        PNEIGHBOR_OFFLOAD_STATE_DELEGATED delegated = ChimneylabNeighborDelegated(Block);
        if (delegated != NULL) {
            Object->Values.Neighbor.nic_reachability_delta = delegated->NicReachabilityDelta;
        }
    } else if (Object->Kind == CHIMNEY_OBJECT_CONNECTION) {
        PTCP_OFFLOAD_STATE_DELEGATED delegated = ChimneylabTcpDelegated(Block);
        if (delegated != NULL) {
            ReadConnectionDelegated(&Object->Values.Connection, delegated);
        }
    }
}
