/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The mistakes. A function of the reference driver or of NDIS that is called Correct… here is the real one; the function
 * of the same name without it is what the driver's sources call instead.
 */
#include "engine/intermediate_driver/intermediate.h"
#include "engine/faulty_drivers/faults.h"

static enum chimneylab_fault Chosen;
static int (*Applies)(void);

/* What the faulty driver did to the tree that is below, so that it does not also fall over its own feet on the way up. */
#define MOST_BLOCKS 64
static PVOID OwnHandles[MOST_BLOCKS];
static PVOID CutLink;
static PIM_CALL_ENTRY HiddenCallEntry;
static IM_CALL_ENTRY SharedCallEntry;
static IM_OFFLOAD_ENTRY Decoy; /* a handle that is not the right one, but somebody's */
static PNDIS_OFFLOAD_HANDLE FirstUpperHandle;
static PIM_UPPER_BLOCK HeldBack;
static NDIS_HANDLE HeldBackContext;
static ULONG InitiatesBelow;
static volatile BOOLEAN CameBack;
static BOOLEAN SentUp;

void ChimneylabChooseFault(enum chimneylab_fault fault, int (*applies)(void))
{
    Chosen = fault;
    Applies = applies;
    CutLink = NULL;
    HiddenCallEntry = NULL;
    FirstUpperHandle = NULL;
    NdisZeroMemory(&Decoy, sizeof(Decoy));
    HeldBack = NULL;
    InitiatesBelow = 0;
    CameBack = FALSE;
    SentUp = FALSE;
}

static const char *const Names[] = {
    "",
#define CHIMNEYLAB_FAULT_WORD(name, word, does) word,
    CHIMNEYLAB_FAULTS(CHIMNEYLAB_FAULT_WORD)
#undef CHIMNEYLAB_FAULT_WORD
};

const char *ChimneylabFaultName(enum chimneylab_fault fault)
{
    return fault < NumberOfFaults ? Names[fault] : "";
}

static BOOLEAN Equal(const char *a, const char *b)
{
    while (*a != 0 && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

int ChimneylabChooseFaultByName(const char *word)
{
    int fault;

    for (fault = NoFault + 1; fault < NumberOfFaults; fault++) {
        if (Equal(Names[fault], word)) {
            ChimneylabChooseFault((enum chimneylab_fault)fault, NULL);
            return 1;
        }
    }
    return 0;
}

static BOOLEAN Is(enum chimneylab_fault fault)
{
    return Chosen == fault && (Applies == NULL || Applies());
}

/* ---- registration ---- */

NDIS_STATUS FaultyNdisSetOptionalHandlers(NDIS_HANDLE handle, PNDIS_DRIVER_OPTIONAL_HANDLERS table)
{
    const UCHAR type = table->Header.Type;
    const BOOLEAN provider_generic = type == NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS;
    const BOOLEAN provider_tcp = type == NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS;
    const BOOLEAN client_generic = type == NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS;
    const BOOLEAN client_tcp = type == NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_CHARACTERISTICS;

    if ((provider_generic && Is(NoProviderGenericTable)) || (provider_tcp && Is(NoProviderTcpTable)) ||
        (client_generic && Is(NoClientGenericTable)) || (client_tcp && Is(NoClientTcpTable)) ||
        ((client_generic || client_tcp) && Is(OneEdgeOnly))) {
        return NDIS_STATUS_SUCCESS;
    }
    if (provider_generic && Is(QueryHandlerMissing)) {
        ((NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS *)table)->QueryOffloadHandler = NULL;
    }
    if (client_tcp && Is(ForwardCompleteMissing)) {
        ((NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS *)table)->TcpOffloadForwardCompleteHandler = NULL;
    }
    if (client_tcp && Is(WrongOffloadType)) {
        ((NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS *)table)->OffloadType = NdisIpsecChimneyOffload;
    }
    if (provider_tcp && Is(TableTooShort)) {
        table->Header.Size = 8;
    }
    if (provider_tcp && Is(TableFlagsSet)) {
        ((NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS *)table)->Flags = 1;
    }
    if (client_tcp && Is(WrongTableType)) {
        table->Header.Type = NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS;
        (void)NdisSetOptionalHandlers(handle, table);
        return NDIS_STATUS_SUCCESS;
    }
    if (Is(WrongOffloadType) && client_tcp) {
        (void)NdisSetOptionalHandlers(handle, table);
        return NDIS_STATUS_SUCCESS;
    }
    return NdisSetOptionalHandlers(handle, table);
}

NDIS_STATUS FaultyNdisRegisterProtocolDriver(NDIS_HANDLE context, PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS characteristics,
                                             PNDIS_HANDLE handle)
{
    NDIS_STATUS status = NdisRegisterProtocolDriver(context, characteristics, handle);

    if (status == NDIS_STATUS_SUCCESS && Is(ClientGenericTableLate)) {
        NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS generic;
        NdisZeroMemory(&generic, sizeof(generic));
        generic.Header.Type = NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS;
        generic.Header.Revision = 1;
        generic.Header.Size = sizeof(generic);
        generic.InitiateOffloadCompleteHandler = ImInitiateOffloadComplete;
        generic.TerminateOffloadCompleteHandler = ImTerminateOffloadComplete;
        generic.UpdateOffloadCompleteHandler = ImUpdateOffloadComplete;
        generic.InvalidateOffloadCompleteHandler = ImInvalidateOffloadComplete;
        generic.QueryOffloadCompleteHandler = ImQueryOffloadComplete;
        generic.IndicateOffloadEventHandler = ImIndicateOffloadEvent;
        status = NdisSetOptionalHandlers(*handle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&generic);
    }
    return status;
}

NDIS_STATUS FaultyNdisMGetOffloadHandlers(NDIS_HANDLE handle, NDIS_CHIMNEY_OFFLOAD_TYPE type, PNDIS_OFFLOAD_EVENT_HANDLERS *handlers)
{
    if (Is(HandlersAskedTwice)) {
        (void)NdisMGetOffloadHandlers(handle, type, handlers);
    }
    if (Is(IpsecHandlersAsked)) {
        PNDIS_OFFLOAD_EVENT_HANDLERS none = NULL;
        (void)NdisMGetOffloadHandlers(handle, NdisIpsecChimneyOffload, &none);
    }
    return NdisMGetOffloadHandlers(handle, type, handlers);
}

NDIS_STATUS FaultyNdisOidRequest(NDIS_HANDLE binding, PNDIS_OID_REQUEST request)
{
    if (Is(CapabilityRequestSwallowed) && request->DATA.SET_INFORMATION.Oid == OID_TCP_CONNECTION_OFFLOAD_PARAMETERS) {
        return NDIS_STATUS_SUCCESS;
    }
    return NdisOidRequest(binding, request);
}

VOID FaultyNdisMIndicateStatusEx(NDIS_HANDLE handle, PNDIS_STATUS_INDICATION indication)
{
    if (Is(PauseSwallowed) && indication->StatusCode == NDIS_STATUS_OFFLOAD_PAUSE) {
        return;
    }
    NdisMIndicateStatusEx(handle, indication);
}

/* ---- trees ---- */

VOID CorrectImEnterCall(PIM_CALL_ENTRY CallEntry, PIM_VIRTUAL_MINIPORT UpperEdge, IM_OPERATION Operation, PIM_UPPER_BLOCK Root);
VOID CorrectImLeaveCall(PIM_CALL_ENTRY CallEntry, PIM_UPPER_BLOCK Root);
VOID CorrectImReleaseCallEntry(PIM_LOWER_BINDING Lower, PIM_CALL_ENTRY CallEntry);
PIM_CALL_ENTRY CorrectImAllocateCallEntry(PIM_LOWER_BINDING Lower);
PIM_UPPER_BLOCK CorrectImNextBlock(PIM_TREE_WALK Walk, PIM_UPPER_BLOCK Block);
PIM_OFFLOAD_ENTRY CorrectImCreateOffloadEntry(PIM_VIRTUAL_MINIPORT UpperEdge, PNDIS_OFFLOAD_HANDLE UpperHandle,
                                              PIM_CALL_ENTRY Initiating);
VOID CorrectImDereferenceOffloadEntry(PIM_OFFLOAD_ENTRY Entry);
VOID CorrectImPopRecords(PIM_LOWER_BINDING Lower, PNET_BUFFER_LIST Lists);
VOID CorrectImInitiateOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root);
VOID CorrectImQueryOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root);
VOID CorrectImInitiateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root);
VOID CorrectImQueryOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root);
VOID CorrectImTerminateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root);

static ULONG Tree(PIM_UPPER_BLOCK root, PIM_UPPER_BLOCK *blocks)
{
    IM_TREE_WALK walk;
    PIM_UPPER_BLOCK block;
    ULONG count = 0;

    for (block = ImFirstBlock(&walk, root); block != NULL && count < MOST_BLOCKS; block = CorrectImNextBlock(&walk, block)) {
        blocks[count++] = block;
    }
    return count;
}

PIM_UPPER_BLOCK ImNextBlock(PIM_TREE_WALK Walk, PIM_UPPER_BLOCK Block)
{
    if (Is(OnlyRootConverted)) {
        return NULL;
    }
    if (Is(SiblingsSkipped)) {
        return Block->DependentBlockList;
    }
    return CorrectImNextBlock(Walk, Block);
}

PIM_CALL_ENTRY ImAllocateCallEntry(PIM_LOWER_BINDING Lower)
{
    return Is(StaticCallEntry) ? &SharedCallEntry : CorrectImAllocateCallEntry(Lower);
}

PIM_CALL_ENTRY CorrectImAllocateCallEntryOrWait(PIM_VIRTUAL_MINIPORT UpperEdge, IM_OPERATION Operation, PIM_UPPER_BLOCK Root);

PIM_CALL_ENTRY ImAllocateCallEntryOrWait(PIM_VIRTUAL_MINIPORT UpperEdge, IM_OPERATION Operation, PIM_UPPER_BLOCK Root)
{
    return Is(StaticCallEntry) ? &SharedCallEntry : CorrectImAllocateCallEntryOrWait(UpperEdge, Operation, Root);
}

VOID ImReleaseCallEntry(PIM_LOWER_BINDING Lower, PIM_CALL_ENTRY CallEntry)
{
    if (CallEntry != &SharedCallEntry && !Is(CallEntryLeaks)) {
        CorrectImReleaseCallEntry(Lower, CallEntry);
        if (Is(CallEntryFreedTwice)) {
            NdisFreeMemory(CallEntry, 0, 0);
        }
        if (Is(CallEntryUsedAfterRelease)) {
            CallEntry->SavedSourceHandle = NULL;
        }
    }
}

VOID ImEnterCall(PIM_CALL_ENTRY CallEntry, PIM_VIRTUAL_MINIPORT UpperEdge, IM_OPERATION Operation, PIM_UPPER_BLOCK Root)
{
    CorrectImEnterCall(CallEntry, UpperEdge, Operation, Root);
    if (Is(NothingStored)) {
        CallEntry->SavedImReserved[0] = CallEntry;
        CallEntry->SavedImReserved[1] = NULL;
        CallEntry->SavedSourceHandle = NULL;
    }
    if (Is(OneWordSaved)) {
        Root->ImReserved[1] = UpperEdge;
    }
    if (Is(SavedInScratch)) {
        Root->Scratch[0] = Root->SourceHandle;
    }
    if (Is(SavedInMiniportReserved)) {
        Root->MiniportReserved[1] = Root->SourceHandle;
    }
}

VOID ImLeaveCall(PIM_CALL_ENTRY CallEntry, PIM_UPPER_BLOCK Root)
{
    PVOID source = Root->SourceHandle;
    PVOID first = Root->ImReserved[0];
    PVOID second = Root->ImReserved[1];

    CorrectImLeaveCall(CallEntry, Root);
    if (Is(SourceHandleForgotten)) {
        Root->SourceHandle = source;
    }
    if (Is(SavedInScratch)) {
        Root->SourceHandle = Root->Scratch[0];
    }
    if (Is(SavedInMiniportReserved)) {
        Root->SourceHandle = Root->MiniportReserved[1];
    }
    if (Is(ImReservedForgotten)) {
        Root->ImReserved[0] = first;
    }
    if (Is(OneWordSaved)) {
        Root->ImReserved[1] = second;
    }
}

PIM_OFFLOAD_ENTRY ImCreateOffloadEntry(PIM_VIRTUAL_MINIPORT UpperEdge, PNDIS_OFFLOAD_HANDLE UpperHandle, PIM_CALL_ENTRY Initiating)
{
    PIM_OFFLOAD_ENTRY entry = CorrectImCreateOffloadEntry(UpperEdge, UpperHandle, Initiating);

    if (entry != NULL && Is(UpperHandleOfFirst)) {
        if (FirstUpperHandle == NULL) {
            FirstUpperHandle = UpperHandle;
        }
        entry->UpperHandle = FirstUpperHandle;
    }
    if (entry != NULL && Is(HandleNotZero)) {
        entry->OffloadHandle.NdisReserved[0] = UpperEdge;
    }
    return entry;
}

VOID ImDereferenceOffloadEntry(PIM_OFFLOAD_ENTRY Entry)
{
    if (Is(EntryOfFailedLeaks) || Is(EntryOfTerminatedLeaks)) {
        return;
    }
    CorrectImDereferenceOffloadEntry(Entry);
}

VOID CorrectImDiscardOffloadEntries(PIM_VIRTUAL_MINIPORT UpperEdge);

/* At halt the correct driver would release what the mistake has left. */
VOID ImDiscardOffloadEntries(PIM_VIRTUAL_MINIPORT UpperEdge)
{
    if (Is(EntryOfFailedLeaks) || Is(EntryOfTerminatedLeaks)) {
        InitializeListHead(&UpperEdge->Lower->OffloadEntries);
        return;
    }
    CorrectImDiscardOffloadEntries(UpperEdge);
}

VOID ImPopRecords(PIM_LOWER_BINDING Lower, PNET_BUFFER_LIST Lists)
{
    PVOID source = Lists != NULL ? Lists->SourceHandle : NULL;

    CorrectImPopRecords(Lower, Lists);
    if (Lists != NULL && Is(SourceHandleOfDataForgotten)) {
        Lists->SourceHandle = source;
    }
    if (Lists != NULL && Is(StatusOfDataChanged)) {
        Lists->Status = NDIS_STATUS_FAILURE;
    }
}

PNET_BUFFER_LIST FaultyImTakeRun(PIM_LOWER_BINDING Lower, PNET_BUFFER_LIST *Rest, PIM_VIRTUAL_MINIPORT *UpperEdge, ULONG *Count)
{
    PVOID source = (*Rest)->SourceHandle;
    PNET_BUFFER_LIST first = ImTakeRun(Lower, Rest, UpperEdge, Count);

    if (Is(SourceHandleOfSendForgotten)) {
        first->SourceHandle = source;
    }
    if (Is(SourceHandleOfSendCleared)) {
        first->SourceHandle = NULL;
    }
    return first;
}

NDIS_STATUS FaultyNdisOffloadTcpSend(PNDIS_OFFLOAD_HANDLE handle, PNET_BUFFER_LIST lists)
{
    if (Is(UpperHandleUsedForSend) && !SentUp) {
        SentUp = TRUE; /* it comes back to this driver: once is enough */
        handle = ImOffloadEntryOfHandle(handle)->UpperHandle;
    }
    return Is(SendAnswered) ? (NdisOffloadTcpSend(handle, lists), NDIS_STATUS_SUCCESS) : NdisOffloadTcpSend(handle, lists);
}

NDIS_STATUS CorrectImTcpOffloadReceiveReturn(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST Lists);

NDIS_STATUS ImTcpOffloadReceiveReturn(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST Lists)
{
    NDIS_STATUS status = CorrectImTcpOffloadReceiveReturn(MiniportAdapterContext, Lists);

    return Is(ReturnAnswered) ? NDIS_STATUS_PENDING : status;
}

VOID CorrectImTcpOffloadEvent(PVOID OffloadContext, ULONG EventType, ULONG EventSpecificInformation);

VOID ImTcpOffloadEvent(PVOID OffloadContext, ULONG EventType, ULONG EventSpecificInformation)
{
    if (Is(OwnHandleIndicated)) {
        PIM_OFFLOAD_ENTRY entry = ImOffloadEntryOfHandle(OffloadContext);
        entry->UpperEdge->Offload.NdisTcpOffloadEventHandler(OffloadContext, EventType, EventSpecificInformation);
        return;
    }
    CorrectImTcpOffloadEvent(OffloadContext, EventType, EventSpecificInformation);
}

/* ---- the call down ---- */

typedef VOID (*DOWN_CALL)(NDIS_HANDLE, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST);

static VOID Down(NDIS_HANDLE binding, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root, DOWN_CALL call, BOOLEAN initiate)
{
    PIM_UPPER_BLOCK blocks[MOST_BLOCKS];
    PIM_UPPER_BLOCK upper = (PIM_UPPER_BLOCK)root;
    const ULONG count = Tree(upper, blocks);
    PIM_UPPER_BLOCK last = blocks[count - 1];
    PIM_CALL_ENTRY entry = (PIM_CALL_ENTRY)root->ImReserved[0];
    ULONG index;

    if (Applies != NULL && !Applies()) {
        call(binding, root);
        return;
    }
    if (Is(Swallowed)) {
        return;
    }
    if (Is(CallEntryKeptElsewhere)) {
        HiddenCallEntry = entry;
        root->ImReserved[0] = NULL;
    }
    if (Is(SourceHandleWritten)) {
        root->SourceHandle = binding;
    }
    for (index = 0; index < count; index++) {
        OwnHandles[index] = blocks[index]->NdisOffloadHandle;
        if (Is(UpperHandlePassedDown) && blocks[index]->NdisOffloadHandle != NULL) {
            blocks[index]->NdisOffloadHandle =
                CONTAINING_RECORD(blocks[index]->MiniportOffloadContext, NDIS_OFFLOAD_HANDLE, MiniportOffloadContext);
        }
        if (Is(PlaceholderGetsHandle) && blocks[index]->NdisOffloadHandle == NULL && last->NdisOffloadHandle != NULL) {
            blocks[index]->NdisOffloadHandle = last->NdisOffloadHandle;
        }
    }
    if (Is(NewHandleForLinker) && !initiate) {
        Decoy = *ImOffloadEntryOfHandle(last->NdisOffloadHandle);
        last->NdisOffloadHandle = &Decoy.OffloadHandle;
    }
    if (Is(SiblingsCut)) {
        CutLink = root->DependentBlockList;
        root->DependentBlockList = NULL;
    }
    if (Is(StatusWritten)) {
        last->Status = NDIS_STATUS_PENDING;
    }
    if (Is(ProtocolReservedUsed)) {
        last->ProtocolReserved[1] = entry;
    }
    if (Is(PortChanged)) {
        last->PortNumber = 9;
    }
    if (Is(StateChanged)) {
        ((PUCHAR)(last + 1))[8] ^= 0x55; /* Flags of a connection's const state */
    }
    call(binding, root);
    if (Is(TreeTouchedAfterCall)) {
        root->Scratch[0] = entry;
    }
    if (Is(CallEntryTouchedAfterCall)) {
        entry->NextSpare = entry;
    }
}

static VOID Repair(PIM_LOWER_BLOCK root)
{
    PIM_UPPER_BLOCK blocks[MOST_BLOCKS];
    ULONG count;
    ULONG index;

    if (CutLink != NULL) {
        root->DependentBlockList = (PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST)CutLink;
        CutLink = NULL;
    }
    if (Is(CallEntryKeptElsewhere)) {
        root->ImReserved[0] = HiddenCallEntry;
    }
    if (Is(UpperHandlePassedDown) || Is(PlaceholderGetsHandle) || Is(NewHandleForLinker)) {
        count = Tree((PIM_UPPER_BLOCK)root, blocks);
        for (index = 0; index < count; index++) {
            blocks[index]->NdisOffloadHandle = OwnHandles[index];
        }
    }
}

VOID FaultyNdisInitiateOffload(NDIS_HANDLE binding, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root)
{
    Down(binding, root, NdisInitiateOffload, TRUE);
}

VOID FaultyNdisQueryOffloadState(NDIS_HANDLE binding, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root)
{
    Down(binding, root, Is(QueryPassedAsUpdate) ? NdisUpdateOffload : NdisQueryOffloadState, FALSE);
}

VOID ImInitiateOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root)
{
    if (Is(SecondWaits) && InitiatesBelow > 0) {
        HeldBack = Root;
        HeldBackContext = MiniportAdapterContext;
        return;
    }
    if (Is(SecondWaits)) {
        InitiatesBelow++;
    }
    CorrectImInitiateOffload(MiniportAdapterContext, Root);
    while (Is(HandlerWaits) && !CameBack) {
        NdisMSleep(1);
    }
}

VOID ImQueryOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root)
{
    if (Is(QueryFailedLocally)) {
        PIM_UPPER_BLOCK blocks[MOST_BLOCKS];
        const ULONG count = Tree(Root, blocks);
        ULONG index;
        for (index = 0; index < count; index++) {
            blocks[index]->Status = NDIS_STATUS_FAILURE;
        }
        NdisMQueryOffloadStateComplete(((PIM_VIRTUAL_MINIPORT)MiniportAdapterContext)->MiniportHandle, Root);
        return;
    }
    CorrectImQueryOffload(MiniportAdapterContext, Root);
}

/* ---- the call up ---- */

typedef VOID (*UP_CALL)(NDIS_HANDLE, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST);

static VOID Up(NDIS_HANDLE miniport, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root, UP_CALL call, BOOLEAN initiate)
{
    PIM_UPPER_BLOCK blocks[MOST_BLOCKS];
    const ULONG count = Tree(root, blocks);
    ULONG index;

    if (Is(NeverCompleted)) {
        return;
    }
    for (index = 0; index < count; index++) {
        PIM_UPPER_BLOCK block = blocks[index];
        if (block->NdisOffloadHandle == NULL) {
            continue;
        }
        if (Is(FailureTurnedIntoSuccess) && block->Status < 0) {
            block->Status = NDIS_STATUS_SUCCESS;
        }
        if (Is(HandleOfSiblingForgotten) && index == count - 1) {
            block->NdisOffloadHandle = OwnHandles[index];
        }
        if (Is(ContextSlotForgotten)) {
            block->MiniportOffloadContext = &((PNDIS_OFFLOAD_HANDLE)OwnHandles[index])->MiniportOffloadContext;
        }
        if (initiate && Is(ContextThroughStaleSlot)) {
            ((PNDIS_OFFLOAD_HANDLE)OwnHandles[index])->MiniportOffloadContext = *block->MiniportOffloadContext;
            *block->MiniportOffloadContext = NULL;
        }
        if (initiate && Is(ContextNotPublished)) {
            *block->MiniportOffloadContext = NULL;
        }
        if (initiate && Is(ContextOfFailedPublished) && block->Status < 0) {
            *block->MiniportOffloadContext = OwnHandles[index];
        }
        if (initiate && Is(PartialTakenForFailure) && block->Status == NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS) {
            *block->MiniportOffloadContext = NULL;
        }
        if (initiate && Is(DataOfOffloadedTouched) && block->Status >= 0 && block->NetBufferListChain != NULL) {
            block->NetBufferListChain->SourceHandle = root->SourceHandle;
        }
    }
    call(miniport, root);
    if (Is(CompletedTwice)) {
        call(miniport, root);
    }
    if (Is(TreeTouchedAfterCompletion)) {
        root->Status = NDIS_STATUS_FAILURE;
    }
}

VOID FaultyNdisMInitiateOffloadComplete(NDIS_HANDLE miniport, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root)
{
    Up(miniport, root, Is(WrongInitiateCompletion) ? NdisMUpdateOffloadComplete : NdisMInitiateOffloadComplete, TRUE);
}

/* The same for an initiate that this driver fails itself, for want of memory. */
VOID FaultyNdisMInitiateOffloadRefused(NDIS_HANDLE miniport, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root)
{
    PIM_UPPER_BLOCK blocks[MOST_BLOCKS];
    const ULONG count = Tree(root, blocks);
    ULONG index;

    for (index = 0; index < count; index++) {
        if (blocks[index]->NdisOffloadHandle == NULL) {
            continue;
        }
        if (Is(UndoForgotten)) {
            Decoy.UpperHandle = &Decoy.OffloadHandle;
            blocks[index]->NdisOffloadHandle = &Decoy.OffloadHandle;
        }
        if (Is(RefusedWithSuccess)) {
            blocks[index]->Status = NDIS_STATUS_SUCCESS;
        }
    }
    NdisMInitiateOffloadComplete(miniport, root);
}

VOID FaultyNdisMQueryOffloadStateComplete(NDIS_HANDLE miniport, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root)
{
    Up(miniport, root, Is(WrongCompletion) ? NdisMInvalidateOffloadComplete : NdisMQueryOffloadStateComplete, FALSE);
}

VOID ImInitiateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root)
{
    PIM_UPPER_BLOCK blocks[MOST_BLOCKS];
    PIM_OFFLOAD_ENTRY linker = NULL;

    Repair(Root);
    if (Is(EntryOfLinkerFreed)) {
        const ULONG count = Tree((PIM_UPPER_BLOCK)Root, blocks);
        ULONG index;
        for (index = 0; index < count && linker == NULL; index++) {
            PIM_LOWER_BLOCK block = (PIM_LOWER_BLOCK)blocks[index];
            if (block->OffloadHandle != NULL && block->Status < 0 && ImOffloadEntryOfHandle(block->OffloadHandle)->Initiating == NULL) {
                linker = ImOffloadEntryOfHandle(block->OffloadHandle);
            }
        }
    }
    if (Is(HandlerWaits)) {
        CameBack = TRUE;
    }
    if (Is(SecondWaits)) {
        InitiatesBelow--;
    }
    CorrectImInitiateOffloadComplete(ProtocolBindingContext, Root);
    if (linker != NULL) {
        CorrectImDereferenceOffloadEntry(linker);
    }
    if (Is(SecondWaits) && HeldBack != NULL) {
        PIM_UPPER_BLOCK waiting = HeldBack;
        HeldBack = NULL;
        CorrectImInitiateOffload(HeldBackContext, waiting);
    }
}

VOID ImQueryOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root)
{
    PIM_OFFLOAD_ENTRY entry;

    Repair(Root);
    entry = Is(EntryFreedAtQuery) ? ImOffloadEntryOfHandle(Root->OffloadHandle) : NULL;
    CorrectImQueryOffloadComplete(ProtocolBindingContext, Root);
    if (entry != NULL) {
        CorrectImDereferenceOffloadEntry(entry);
    }
}

VOID ImTerminateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Root)
{
    PIM_OFFLOAD_ENTRY entry = Is(EntryFreedAtFailedTerminate) ? ImOffloadEntryOfHandle(Root->OffloadHandle) : NULL;

    CorrectImTerminateOffloadComplete(ProtocolBindingContext, Root);
    if (entry != NULL) {
        CorrectImDereferenceOffloadEntry(entry);
    }
}
