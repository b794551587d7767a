/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The mistakes of the host stack. A function that is called Correct… here is the real one; the function of the same name
 * without it, or with Faulty before it, is what the host stack's sources call instead.
 */
#include "engine/host_stack/tcp.h"
#include "engine/faulty_drivers/host_stack_faults.h"

#define CHIMNEYLAB_MISTAKES CHIMNEYLAB_HOST_STACK_FAULTS
#include "engine/faulty_drivers/fault_choice.inc.h"

static PNET_BUFFER_LIST HeldLists; /* a send that is made later than it should be, or otherwise */
static PNDIS_OFFLOAD_HANDLE HeldHandle;
static PNDIS_OFFLOAD_HANDLE SendingOn; /* while a send call has not returned */
static BOOLEAN SentAgain;

static PNET_BUFFER_LIST TakeHeld(VOID)
{
    PNET_BUFFER_LIST lists = HeldLists;

    HeldLists = NULL;
    return lists;
}

/* ---- registration and configuration ---- */

NDIS_STATUS FaultyNdisSetOptionalHandlers(NDIS_HANDLE handle, PNDIS_DRIVER_OPTIONAL_HANDLERS table)
{
    const BOOLEAN tcp = table->Header.Type == NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_CHARACTERISTICS;

    if (tcp && Is(HostNoTcpTable)) {
        return NDIS_STATUS_SUCCESS;
    }
    if (tcp && Is(HostEventHandlerMissing)) {
        ((NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS *)table)->TcpOffloadEventHandler = NULL;
    }
    return NdisSetOptionalHandlers(handle, table);
}

static NDIS_HANDLE SecondProtocol;
static BOOLEAN SecondBinds;

/* Its bindings are the host stack's as well; only the handle by which they are opened is another. */
static NDIS_STATUS SecondBindAdapter(NDIS_HANDLE ProtocolDriverContext, NDIS_HANDLE BindContext, PNDIS_BIND_PARAMETERS BindParameters)
{
    NDIS_STATUS status;

    SecondBinds = TRUE;
    status = HsBindAdapter(ProtocolDriverContext, BindContext, BindParameters);
    SecondBinds = FALSE;
    return status;
}

NDIS_STATUS FaultyNdisRegisterProtocolDriver(NDIS_HANDLE context, PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS protocol, PNDIS_HANDLE handle)
{
    NDIS_STRING name = NDIS_STRING_CONST("ChimneyHostStackSecond");
    NDIS_STATUS status = NdisRegisterProtocolDriver(context, protocol, handle);

    if (status == NDIS_STATUS_SUCCESS && Is(HostSecondProtocol)) {
        protocol->Name = name;
        protocol->BindAdapterHandlerEx = SecondBindAdapter;
        status = NdisRegisterProtocolDriver(context, protocol, &SecondProtocol);
    }
    return status;
}

VOID FaultyNdisDeregisterProtocolDriver(NDIS_HANDLE handle)
{
    if (SecondProtocol != NULL) {
        NdisDeregisterProtocolDriver(SecondProtocol);
        SecondProtocol = NULL;
    }
    NdisDeregisterProtocolDriver(handle);
}

NDIS_STATUS FaultyNdisOpenAdapterEx(NDIS_HANDLE protocol, NDIS_HANDLE context, PNDIS_OPEN_PARAMETERS open, NDIS_HANDLE bind, PNDIS_HANDLE handle)
{
    return NdisOpenAdapterEx(SecondBinds ? SecondProtocol : protocol, context, open, bind, handle);
}

NDIS_STATUS FaultyNdisOidRequest(NDIS_HANDLE binding, PNDIS_OID_REQUEST request)
{
    const BOOLEAN parameters = request->RequestType == NdisRequestSetInformation &&
                               request->DATA.SET_INFORMATION.Oid == OID_TCP_CONNECTION_OFFLOAD_PARAMETERS;

    if (Is(HostKeepsCapabilities) && request->RequestType == NdisRequestQueryInformation &&
        request->DATA.QUERY_INFORMATION.Oid == OID_TCP_CONNECTION_OFFLOAD_CURRENT_CONFIG) {
        return NDIS_STATUS_FAILURE; /* as if there were no answer: it is not asked at all */
    }
    if (parameters && Is(HostOffloadNotEnabled)) {
        return NDIS_STATUS_SUCCESS;
    }
    if (parameters && Is(HostOddTicks)) {
        ((PNDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS)request->DATA.SET_INFORMATION.InformationBuffer)->TicksPerSecond = 50;
    }
    return NdisOidRequest(binding, request);
}

VOID CorrectHsStatus(NDIS_HANDLE ProtocolBindingContext, PNDIS_STATUS_INDICATION StatusIndication);

VOID HsStatus(NDIS_HANDLE ProtocolBindingContext, PNDIS_STATUS_INDICATION StatusIndication)
{
    CorrectHsStatus(ProtocolBindingContext, StatusIndication);
    if (Is(HostOffloadsWhilePaused) ||
        (Is(HostKeepsCapabilities) && StatusIndication->StatusCode == NDIS_STATUS_OFFLOAD_RESUME)) {
        ((PHS_BINDING)ProtocolBindingContext)->OffloadPaused = FALSE;
    }
}

VOID FaultyHsUploadIpVersion(PHS_BINDING Binding, ULONG IpVersion)
{
    if (!Is(HostDisablesInUse)) {
        HsUploadIpVersion(Binding, IpVersion);
    }
}

/* ---- trees ---- */

static VOID EachBlock(PHS_BLOCK_LIST Block, VOID (*Change)(PHS_BLOCK_LIST Block))
{
    for (; Block != NULL; Block = Block->NextBlock) {
        Change(Block);
        EachBlock(Block->DependentBlockList, Change);
    }
}

static PNDIS_OFFLOAD_HANDLE OneHandle;

static VOID ChangeState(PHS_BLOCK_LIST Block)
{
    PTCP_OFFLOAD_STATE_DELEGATED connection = NULL;

    if (Block->OffloadHandle == NULL || Block->OffloadHandle->MiniportOffloadContext != NULL) {
        return;
    }
    if (Block->Header.Type == TcpOffloadState) {
        connection = ChimneylabTcpDelegated(Block);
    }
    if (connection != NULL && Is(HostOffloadsListening)) {
        connection->State = TcpConnectionListen;
    }
    if (connection != NULL && Is(HostSequenceTorn)) {
        connection->SndNxt = connection->SndUna - 1;
    }
    if (connection != NULL && Is(HostIdleTimersZero) && connection->Retransmit.TimeoutDelta == CHIMNEY_TCP_NOT_RUNNING) {
        connection->Retransmit.TimeoutDelta = 0;
    }
    if (connection != NULL && Is(HostUnscaled)) {
        connection->SRtt = (USHORT)(connection->SRtt >> 3);
    }
    if (connection != NULL && Is(HostSendDataHeadForgotten)) {
        connection->SendDataHead = NULL;
    }
    if (Block->Header.Type == NeighborOffloadState && Is(HostDeltasDiffer)) {
        ChimneylabNeighborDelegated(Block)->NicReachabilityDelta += 10;
    }
    if (connection != NULL && Is(HostOneHandle)) {
        if (OneHandle == NULL) {
            OneHandle = Block->OffloadHandle;
        }
        Block->OffloadHandle = OneHandle;
    }
}

/* Nobody has promised it another value. What the target does not write shows then. */
static VOID MarkStatus(PHS_BLOCK_LIST Block)
{
    if (Is(HostMarksStatus)) {
        Block->Status = NDIS_STATUS_PENDING;
    }
}

static VOID ChangeLinker(PHS_BLOCK_LIST Block)
{
    if (Is(HostOddType) && Block->OffloadHandle != NULL && Block->OffloadHandle->MiniportOffloadContext != NULL) {
        Block->Header.Type = 99;
    }
}

static UCHAR LentAddress[16];

/* The addresses lie in memory that has another use as soon as the initiate is complete. That is the host's right. */
static VOID LendAddress(PHS_BLOCK_LIST Block)
{
    PPATH_OFFLOAD_STATE_CONST path = NULL;

    if (Block->OffloadHandle != NULL && Block->OffloadHandle->MiniportOffloadContext == NULL && Block->Header.Type == Ip4OffloadState) {
        path = ChimneylabPathConst(Block);
    }
    if (path != NULL) {
        NdisMoveMemory(LentAddress, path->SourceAddress, 4);
        path->SourceAddress = LentAddress;
    }
}

VOID FaultyHsInitiateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PHS_BLOCK_LIST Root)
{
    if (Is(HostReusesAddresses)) {
        NdisZeroMemory(LentAddress, sizeof(LentAddress));
    }
    HsInitiateOffloadComplete(ProtocolBindingContext, Root);
}

static VOID ReuseBuffered(PHS_BLOCK_LIST Block)
{
    PTCP_OFFLOAD_STATE_DELEGATED connection = Block->Header.Type == TcpOffloadState ? ChimneylabTcpDelegated(Block) : NULL;

    if (connection != NULL && connection->BufferedData != NULL) {
        connection->BufferedData->Scratch = Block;
    }
}

VOID FaultyNdisInitiateOffload(NDIS_HANDLE binding, PHS_BLOCK_LIST root)
{
    EachBlock(root, ChangeState);
    EachBlock(root, ChangeLinker);
    EachBlock(root, MarkStatus);
    if (Is(HostReusesAddresses)) {
        EachBlock(root, LendAddress);
    }
    NdisInitiateOffload(binding, root);
    if (Is(HostReusesBuffered)) {
        EachBlock(root, ReuseBuffered);
    }
    if (Is(HostTreeTouched)) {
        root->PortNumber = 9;
    }
    if (Is(HostScratchTouched)) {
        root->Scratch[0] = root;
    }
}

VOID FaultyNdisQueryOffloadState(NDIS_HANDLE binding, PHS_BLOCK_LIST root)
{
    static NDIS_OFFLOAD_HANDLE nothing;

    if (Is(HostNamesNothing)) {
        root->OffloadHandle = &nothing;
    }
    NdisQueryOffloadState(binding, root);
}

static PHS_OBJECT Another(PHS_OBJECT Object, ULONG Kind)
{
    PLIST_ENTRY link;

    for (link = Object->Driver->Objects.Flink; link != &Object->Driver->Objects; link = link->Flink) {
        PHS_OBJECT other = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (other != Object && other->Kind == Kind && other->State != CHIMNEY_OBJECT_IN_HOST) {
            return other;
        }
    }
    return NULL;
}

static VOID ChangeUpdate(PHS_BLOCK_LIST Block)
{
    PHS_OBJECT object = Block->OffloadHandle != NULL ? CONTAINING_RECORD(Block->OffloadHandle, HS_OBJECT, Handle) : NULL;
    PHS_OBJECT other;

    if (object == NULL) {
        return;
    }
    if (Is(HostLengthWrong) && object->Kind == CHIMNEY_OBJECT_CONNECTION && ChimneylabTcpCached(Block) != NULL) {
        ChimneylabTcpCached(Block)->Header.Length += 4;
    }
    other = Another(object, object->Kind);
    if (other != NULL && ((Is(HostMovesConnection) && object->Kind == CHIMNEY_OBJECT_PATH) ||
                          (Is(HostForeignAddress) && object->Kind == CHIMNEY_OBJECT_NEIGHBOR))) {
        Block->OffloadHandle = &other->Handle;
    }
}

static PHS_BLOCK_LIST HeldUpdate;

VOID FaultyNdisUpdateOffload(NDIS_HANDLE binding, PHS_BLOCK_LIST root)
{
    PHS_BLOCK_LIST held = HeldUpdate;

    EachBlock(root, ChangeUpdate);
    if (Is(HostUpdatesAtOnce) && held == NULL) {
        HeldUpdate = root; /* begun, as its client believes, and not yet passed down */
        return;
    }
    HeldUpdate = NULL;
    if (held != NULL) {
        NdisUpdateOffload(binding, held);
    }
    NdisUpdateOffload(binding, root);
}

ULONG FaultyHsCheckOperation(PHS_DRIVER Driver, PHS_OPERATION Operation, PULONG RefusedBlock)
{
    ULONG result = HsCheckOperation(Driver, Operation, RefusedBlock);
    ULONG i;

    if (Is(HostUpdatesAtOnce) && Operation->Kind == CHIMNEY_OPERATION_UPDATE && result == CHIMNEY_HOST_STACK_BUSY) {
        result = CHIMNEY_HOST_STACK_DONE;
    }
    if (Is(HostForgetsLinks) && Operation->Kind == CHIMNEY_OPERATION_TERMINATE &&
        (result == CHIMNEY_HOST_STACK_BUSY || result == CHIMNEY_HOST_STACK_HAS_DEPENDENTS)) {
        result = CHIMNEY_HOST_STACK_DONE;
    }
    if (Is(HostBeyondCapacity) && result == CHIMNEY_HOST_STACK_BEYOND_CAPABILITIES) {
        result = CHIMNEY_HOST_STACK_DONE;
    }
    for (i = 0; Is(HostCachedBehindTerminate) && Operation->Kind == CHIMNEY_OPERATION_TERMINATE && i < Operation->BlockCount; i++) {
        Operation->Blocks[i].Public.state_class = CHIMNEY_STATE_CACHED;
    }
    for (i = 0; Is(HostStateBehindInvalidate) && Operation->Kind == CHIMNEY_OPERATION_INVALIDATE && i < Operation->BlockCount; i++) {
        if (Operation->Blocks[i].Public.role != CHIMNEY_BLOCK_PLACEHOLDER) {
            Operation->Blocks[i].Public.state_class = CHIMNEY_STATE_CACHED;
        }
    }
    return result;
}

VOID FaultyNdisTerminateOffload(NDIS_HANDLE binding, PHS_BLOCK_LIST root)
{
    PNET_BUFFER_LIST held = Is(HostSendsDuringTerminate) ? TakeHeld() : NULL;

    if (Is(HostForgetsTerminate) || (Is(HostKeepsParents) && ChimneylabStateLayer(root->Header.Type) != ChimneylabTcpLayer)) {
        return;
    }
    NdisTerminateOffload(binding, root);
    if (held != NULL) {
        (VOID)NdisOffloadTcpSend(HeldHandle, held);
    }
}

/* ---- data ---- */

NDIS_STATUS FaultyNdisOffloadTcpSend(PNDIS_OFFLOAD_HANDLE handle, PNET_BUFFER_LIST lists)
{
    NDIS_STATUS status;
    const BOOLEAN holds = Is(HostSendsDuringTerminate) || Is(HostSendsAfterDisconnect) || Is(HostDisconnectsTwice) ||
                          Is(HostDisconnectChained);

    if (holds && HeldLists == NULL) {
        HeldLists = lists;
        HeldHandle = handle;
        return NDIS_STATUS_PENDING;
    }
    SendingOn = handle;
    status = NdisOffloadTcpSend(handle, lists);
    SendingOn = NULL;
    if (Is(HostListTouched)) {
        lists->Scratch = handle;
    }
    return status;
}

NDIS_STATUS FaultyNdisOffloadTcpDisconnect(PNDIS_OFFLOAD_HANDLE handle, PNET_BUFFER_LIST list, ULONG flags)
{
    NDIS_STATUS status;
    PNET_BUFFER_LIST held = TakeHeld();

    if (Is(HostBothDisconnectFlags)) {
        flags = TCP_DISCONNECT_GRACEFUL_CLOSE | TCP_DISCONNECT_ABORTIVE_CLOSE;
    }
    if (held != NULL && Is(HostDisconnectChained)) {
        NET_BUFFER_LIST_NEXT_NBL(list) = held;
        held = NULL;
    }
    status = NdisOffloadTcpDisconnect(handle, list, flags);
    if (held != NULL && Is(HostSendsAfterDisconnect)) {
        (VOID)NdisOffloadTcpSend(handle, held);
    }
    if (held != NULL && Is(HostDisconnectsTwice)) {
        (VOID)NdisOffloadTcpDisconnect(handle, held, flags);
    }
    return status;
}

VOID CorrectHsTcpOffloadSendComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST Lists);

VOID HsTcpOffloadSendComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST Lists)
{
    if (Is(HostSendsInsideSend) && SendingOn != NULL && !SentAgain) {
        SentAgain = TRUE;
        (VOID)NdisOffloadTcpSend(SendingOn, Lists);
        return;
    }
    CorrectHsTcpOffloadSendComplete(ProtocolBindingContext, Lists);
}

NDIS_STATUS CorrectHsTcpOffloadReceiveIndicate(PVOID OffloadContext, PNET_BUFFER_LIST List, NDIS_STATUS Status, PULONG BytesConsumed);

NDIS_STATUS HsTcpOffloadReceiveIndicate(PVOID OffloadContext, PNET_BUFFER_LIST List, NDIS_STATUS Status, PULONG BytesConsumed)
{
    NDIS_STATUS answer = CorrectHsTcpOffloadReceiveIndicate(OffloadContext, List, Status, BytesConsumed);

    if (answer == NDIS_STATUS_SUCCESS && Is(HostBytesConsumedWrong)) {
        *BytesConsumed -= 1;
    }
    if (answer == NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED && Is(HostRefusesAndConsumes)) {
        *BytesConsumed = 1;
    }
    return answer;
}

/* ---- neighbors ---- */

ULONG CorrectHsAnswerReachability(PHS_OBJECT Neighbor, ULONG IndicatedDelta);

ULONG HsAnswerReachability(PHS_OBJECT Neighbor, ULONG IndicatedDelta)
{
    ULONG answer = CorrectHsAnswerReachability(Neighbor, IndicatedDelta);

    if (Is(HostForgetsDoubt)) {
        Neighbor->Doubt = HsNoDoubt;
    }
    return Is(HostAnswersStale) ? HsReachabilityDelta(Neighbor) : answer;
}

VOID FaultyNdisInvalidateOffload(NDIS_HANDLE binding, PHS_BLOCK_LIST root)
{
    PHS_OPERATION operation = (PHS_OPERATION)root->ProtocolReserved[0];

    if (Is(HostTrustsSilence) && operation->Internal) {
        root->Status = NDIS_STATUS_FAILURE; /* as if it had been refused: it is not passed down at all */
        HsInvalidateOffloadComplete(operation->Binding, root);
        return;
    }
    NdisInvalidateOffload(binding, root);
}

VOID CorrectHsBeforeDatagram(PHS_OBJECT Neighbor);

VOID HsBeforeDatagram(PHS_OBJECT Neighbor)
{
    if (!Is(HostSendsInDoubt)) {
        CorrectHsBeforeDatagram(Neighbor);
    }
}

/* ---- the host's own TCP ---- */

void FaultyHostQuiesce(struct chimney_tcp *tcp, uint32_t now)
{
    if (!Is(HostForgetsDueAck)) {
        chimney_tcp_quiesce(tcp, now);
    }
}

void FaultyHostImport(struct chimney_tcp *tcp, const struct chimney_tcp_settings *settings,
                      const struct chimney_tcp_callbacks *callbacks, const struct chimney_tcp_state *state, uint32_t queued,
                      uint32_t now)
{
    struct chimney_tcp_state wrong = *state;

    if (Is(HostForgetsHandedBack)) {
        queued = 0;
        wrong.snd_nxt = wrong.snd_max = wrong.snd_una;
    }
    if (Is(HostRestartsTimer) && wrong.retransmit_timeout_delta != CHIMNEY_TCP_NOT_RUNNING) {
        wrong.retransmit_timeout_delta = 3 * settings->ticks_per_second;
    }
    chimney_tcp_import(tcp, settings, callbacks, &wrong, queued, now);
}

/* ---- segments that came during the offload ---- */

VOID CorrectHsForwardKept(PHS_OBJECT Connection);

VOID HsForwardKept(PHS_OBJECT Connection)
{
    if (Is(HostAnswersItself) && !IsListEmpty(&Connection->Tcp->Kept)) {
        struct chimney_tcp_segment segment;
        NdisZeroMemory(&segment, sizeof(segment));
        segment.source_port = Connection->Values.Connection.local_port;
        segment.destination_port = Connection->Values.Connection.remote_port;
        segment.sequence = Connection->Values.Connection.snd_nxt;
        segment.acknowledgement = Connection->Values.Connection.rcv_nxt;
        segment.flags = CHIMNEY_TCP_ACK;
        segment.window = 0xFFFF;
        HsSendSegment(Connection, &segment);
    }
    CorrectHsForwardKept(Connection);
}
