// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Chimney offload: state, block lists, handles and handler tables. Syntax: declarations.h.
#include "engine/ddi/layout/declarations.h"

namespace chimneylab::layout {

std::string_view chimney_declarations()
{
    return R"(
struct OFFLOAD_STATE_HEADER {
    ULONG Length;
    ULONG RecognizedOptions;
};
struct NEIGHBOR_OFFLOAD_STATE_CONST {
    OFFLOAD_STATE_HEADER Header;
    UCHAR DlSourceAddress[32];
    ULONG VlanId : 12;
};
struct NEIGHBOR_OFFLOAD_STATE_CACHED {
    OFFLOAD_STATE_HEADER Header;
    UCHAR DlDestinationAddress[32];
    ULONG HostReachabilityDelta;
};
struct NEIGHBOR_OFFLOAD_STATE_DELEGATED {
    OFFLOAD_STATE_HEADER Header;
    ULONG NicReachabilityDelta;
};
struct PATH_OFFLOAD_STATE_CONST {
    OFFLOAD_STATE_HEADER Header;
    CONST UCHAR *SourceAddress;
    CONST UCHAR *DestinationAddress;
};
struct PATH_OFFLOAD_STATE_CACHED {
    OFFLOAD_STATE_HEADER Header;
    ULONG PathMtu;
};
struct PATH_OFFLOAD_STATE_DELEGATED {
    OFFLOAD_STATE_HEADER Header;
};
struct TCP_OFFLOAD_STATE_CONST {
    OFFLOAD_STATE_HEADER Header;
    USHORT Flags;
    USHORT RemotePort;
    USHORT LocalPort;
    UCHAR SndWindScale : 4;
    UCHAR RcvWindScale : 4;
    USHORT RemoteMss;
    ULONG HashValue;
};
struct TCP_OFFLOAD_STATE_CACHED {
    OFFLOAD_STATE_HEADER Header;
    USHORT Flags;
    ULONG InitialRcvWnd;
    ULONG RcvIndicationSize;
    UCHAR KaProbeCount;
    ULONG KaTimeout;
    ULONG KaInterval;
    ULONG MaxRT;
    ULONG FlowLabel : 20;
    UCHAR TtlOrHopLimit;
    UCHAR TosOrTrafficClass;
    UCHAR UserPriority : 3;
};
struct TCP_OFFLOAD_STATE_DELEGATED {
    OFFLOAD_STATE_HEADER Header;
    TCP_OFFLOAD_CONNECTION_STATE State;
    USHORT Flags;
    ULONG RcvNxt;
    ULONG RcvWnd;
    ULONG SndUna;
    ULONG SndNxt;
    ULONG SndMax;
    ULONG SndWnd;
    ULONG MaxSndWnd;
    ULONG SendWL1;
    ULONG CWnd;
    ULONG SsThresh;
    USHORT SRtt;
    USHORT RttVar;
    ULONG TsRecent;
    ULONG TsRecentAge;
    ULONG TsTime;
    ULONG TotalRT;
    UCHAR DupAckCount;
    UCHAR SndWndProbeCount;
    struct {
        UCHAR ProbeCount;
        ULONG TimeoutDelta;
    } KeepAlive;
    struct {
        UCHAR Count;
        ULONG TimeoutDelta;
    } Retransmit;
    union {
        struct {
            PNET_BUFFER_LIST SendDataHead;
            PNET_BUFFER_LIST SendDataTail;
        };
        ULONG SendBacklogSize;
    };
    union {
        PNET_BUFFER_LIST BufferedData;
        ULONG ReceiveBacklogSize;
    };
};
struct NDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    NDIS_OFFLOAD_ENCAPSULATION Encapsulation;
    ULONG TicksPerSecond;
    UCHAR TcpAckFrequency;
    UCHAR TcpDelayedAckTicks;
    UCHAR TcpMaximumRetransmissions;
    UCHAR TcpDoubtReachabilityRetransmissions;
    ULONG TcpSwsPreventionTicks;
    ULONG TcpDuplicateAckThreshold;
    ULONG TcpPushTicks;
    ULONG NceStaleTicks;
    ULONG CongestionAlgorithm;
};
struct TCP_OFFLOAD_STATS {
    ULONG64 InSegments;
    ULONG64 OutSegments;
    ULONG CurrentlyEstablished;
    ULONG ResetEstablished;
    ULONG RetransmittedSegments;
    ULONG InErrors;
    ULONG OutResets;
};
struct IP_OFFLOAD_STATS {
    ULONG64 InReceives;
    ULONG64 InOctets;
    ULONG64 InDelivers;
    ULONG64 OutRequests;
    ULONG64 OutOctets;
    ULONG InHeaderErrors;
    ULONG InTruncatedPackets;
    ULONG InDiscards;
    ULONG OutDiscards;
    ULONG OutNoRoutes;
};
struct NDIS_OFFLOAD_HANDLE {
    PVOID NdisReserved[1];
    PVOID MiniportOffloadContext;
};
struct NDIS_OFFLOAD_HANDLE_PRIVATE {
    PVOID NdisReserved[1];
    PVOID MiniportOffloadContext;
    PVOID ProtocolBindingContext;
};
struct NDIS_MINIPORT_OFFLOAD_BLOCK_LIST {
    NDIS_OBJECT_HEADER Header;
    NDIS_MINIPORT_OFFLOAD_BLOCK_LIST *NextBlock;
    NDIS_MINIPORT_OFFLOAD_BLOCK_LIST *DependentBlockList;
    NDIS_STATUS Status;
    PVOID NdisReserved[2];
    PVOID *MiniportOffloadContext;
    NDIS_HANDLE NdisOffloadHandle;
    PVOID ProtocolReserved[2];
    PVOID MiniportReserved[2];
    PVOID ImReserved[2];
    PVOID Scratch[2];
    PVOID SourceHandle;
    NDIS_PORT_NUMBER PortNumber;
    PNET_BUFFER_LIST NetBufferListChain;
};
struct NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST {
    NDIS_OBJECT_HEADER Header;
    NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST *NextBlock;
    NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST *DependentBlockList;
    NDIS_STATUS Status;
    PVOID NdisReserved[3];
    PNDIS_OFFLOAD_HANDLE OffloadHandle;
    PVOID ProtocolReserved[2];
    PVOID MiniportReserved[2];
    PVOID ImReserved[2];
    PVOID Scratch[2];
    PVOID SourceHandle;
    NDIS_PORT_NUMBER PortNumber;
    PNET_BUFFER_LIST NetBufferListChain;
};
struct NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    W_INITIATE_OFFLOAD_HANDLER InitiateOffloadHandler;
    W_TERMINATE_OFFLOAD_HANDLER TerminateOffloadHandler;
    W_UPDATE_OFFLOAD_HANDLER UpdateOffloadHandler;
    W_INVALIDATE_OFFLOAD_HANDLER InvalidateOffloadHandler;
    W_QUERY_OFFLOAD_HANDLER QueryOffloadHandler;
};
struct NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_CHIMNEY_OFFLOAD_TYPE OffloadType;
    W_TCP_OFFLOAD_SEND_HANDLER TcpOffloadSendHandler;
    W_TCP_OFFLOAD_RECEIVE_HANDLER TcpOffloadReceiveHandler;
    W_TCP_OFFLOAD_DISCONNECT_HANDLER TcpOffloadDisconnectHandler;
    W_TCP_OFFLOAD_FORWARD_HANDLER TcpOffloadForwardHandler;
    W_TCP_OFFLOAD_RECEIVE_RETURN_HANDLER TcpOffloadReceiveReturnHandler;
};
struct NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    INITIATE_OFFLOAD_COMPLETE_HANDLER InitiateOffloadCompleteHandler;
    TERMINATE_OFFLOAD_COMPLETE_HANDLER TerminateOffloadCompleteHandler;
    UPDATE_OFFLOAD_COMPLETE_HANDLER UpdateOffloadCompleteHandler;
    INVALIDATE_OFFLOAD_COMPLETE_HANDLER InvalidateOffloadCompleteHandler;
    QUERY_OFFLOAD_COMPLETE_HANDLER QueryOffloadCompleteHandler;
    INDICATE_OFFLOAD_EVENT_HANDLER IndicateOffloadEventHandler;
};
struct NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_CHIMNEY_OFFLOAD_TYPE OffloadType;
    TCP_OFFLOAD_SEND_COMPLETE_HANDLER TcpOffloadSendCompleteHandler;
    TCP_OFFLOAD_RECV_COMPLETE_HANDLER TcpOffloadReceiveCompleteHandler;
    TCP_OFFLOAD_DISCONNECT_COMPLETE_HANDLER TcpOffloadDisconnectCompleteHandler;
    TCP_OFFLOAD_FORWARD_COMPLETE_HANDLER TcpOffloadForwardCompleteHandler;
    TCP_OFFLOAD_EVENT_HANDLER TcpOffloadEventHandler;
    TCP_OFFLOAD_RECEIVE_INDICATE_HANDLER TcpOffloadReceiveIndicateHandler;
};
struct NDIS_OFFLOAD_EVENT_HANDLERS {
    NDIS_OBJECT_HEADER Header;
};
struct NDIS_TCP_OFFLOAD_EVENT_HANDLERS {
    NDIS_OBJECT_HEADER Header;
    NDIS_TCP_OFFLOAD_EVENT_INDICATE NdisTcpOffloadEventHandler;
    NDIS_TCP_OFFLOAD_RECEIVE_INDICATE NdisTcpOffloadReceiveHandler;
    NDIS_TCP_OFFLOAD_SEND_COMPLETE NdisTcpOffloadSendComplete;
    NDIS_TCP_OFFLOAD_RECV_COMPLETE NdisTcpOffloadReceiveComplete;
    NDIS_TCP_OFFLOAD_DISCONNECT_COMPLETE NdisTcpOffloadDisconnectComplete;
    NDIS_TCP_OFFLOAD_FORWARD_COMPLETE NdisTcpOffloadForwardComplete;
};
struct NDIS_OFFLOAD_CLIENT_HANDLERS {
    NDIS_OBJECT_HEADER Header;
};
struct NDIS_TCP_OFFLOAD_CLIENT_HANDLERS {
    NDIS_OBJECT_HEADER Header;
    TCP_OFFLOAD_SEND_COMPLETE_HANDLER TcpOffloadSendCompleteHandler;
    TCP_OFFLOAD_RECV_COMPLETE_HANDLER TcpOffloadReceiveCompleteHandler;
    TCP_OFFLOAD_DISCONNECT_COMPLETE_HANDLER TcpOffloadDisconnectCompleteHandler;
    TCP_OFFLOAD_FORWARD_COMPLETE_HANDLER TcpOffloadForwardCompleteHandler;
    TCP_OFFLOAD_EVENT_HANDLER TcpOffloadEventHandler;
    TCP_OFFLOAD_RECEIVE_INDICATE_HANDLER TcpOffloadReceiveIndicateHandler;
};
)";
}

} // namespace chimneylab::layout
