/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * One operation from the command to its completion: the tree is built block by block, each in memory of its own with its
 * state behind it, handed down, and left alone until its completion arrives (HS-019) - which may be before the call has
 * returned (HS-078). Then the answers are read and the tree is freed: whoever touches it later touches freed memory.
 */
#include "host_stack.h"

/* ---- issuing ---- */

/* The objects learn that the operation is on its way, before it is: it may be back before the call returns. */
static VOID MarkObjects(PHS_OPERATION Operation)
{
    ULONG i;

    for (i = 0; i < Operation->BlockCount; i++) {
        PHS_BLOCK block = &Operation->Blocks[i];
        PHS_OBJECT object = block->Object;
        if (object == NULL) {
            continue;
        }
        switch (Operation->Kind) {
        case CHIMNEY_OPERATION_INITIATE:
            if (block->Public.role == CHIMNEY_BLOCK_NEW) {
                /* Nothing may be left in the handle from an offload on another binding (IM-022). */
                object->Handle.NdisReserved[0] = NULL;
                object->Handle.MiniportOffloadContext = NULL;
                object->State = CHIMNEY_OBJECT_OFFLOADING;
                object->Binding = Operation->Binding;
                object->LastBinding = Operation->Binding->Number;
                if (block->NewParent != NULL) {
                    object->Parent = block->NewParent; /* counts as a dependent from now on (HS-036) */
                }
            } else {
                object->LinkerUses++;
            }
            break;
        case CHIMNEY_OPERATION_QUERY:
            object->Queries++;
            break;
        case CHIMNEY_OPERATION_UPDATE:
            object->Updates++;
            break;
        case CHIMNEY_OPERATION_INVALIDATE:
            object->Invalidates++;
            break;
        default:
            object->State = CHIMNEY_OBJECT_UPLOADING;
            break;
        }
    }
}

static VOID IssueTree(PHS_OPERATION Operation)
{
    NDIS_HANDLE bindingHandle = Operation->Binding->BindingHandle;
    PHS_BLOCK_LIST root = Operation->Blocks[0].Block;

    switch (Operation->Kind) {
    case CHIMNEY_OPERATION_INITIATE:
        NdisInitiateOffload(bindingHandle, root);
        break;
    case CHIMNEY_OPERATION_QUERY:
        NdisQueryOffloadState(bindingHandle, root);
        break;
    case CHIMNEY_OPERATION_UPDATE:
        NdisUpdateOffload(bindingHandle, root);
        break;
    case CHIMNEY_OPERATION_INVALIDATE:
        NdisInvalidateOffload(bindingHandle, root);
        break;
    default:
        NdisTerminateOffload(bindingHandle, root);
        break;
    }
}

PHS_OPERATION HsAllocateOperation(PHS_BINDING Binding, ULONG Kind, ULONG BlockCount)
{
    PHS_OPERATION operation = HsAllocate(
        Binding->Driver, (ULONG)(sizeof(HS_OPERATION) + (BlockCount - 1) * sizeof(HS_BLOCK)), HS_TAG_OPERATION);

    if (operation != NULL) {
        operation->Binding = Binding;
        operation->BindingNumber = Binding->Number;
        operation->Kind = Kind;
        operation->BlockCount = BlockCount;
    }
    return operation;
}

/* New connections leave the host's own TCP, if it runs them: their values are those of this moment. */
static VOID PrepareConnections(PHS_OPERATION Operation)
{
    ULONG i;

    for (i = 0; Operation->Kind == CHIMNEY_OPERATION_INITIATE && i < Operation->BlockCount; i++) {
        PHS_BLOCK block = &Operation->Blocks[i];
        PHS_OBJECT object = HsFindObject(Operation->Binding->Driver, block->Public.object);
        ULONG before = block->Public.send_data_count;
        ULONG count = before;
        ULONG bytes = block->Public.send_data_bytes;
        if (object == NULL || object->Kind != CHIMNEY_OBJECT_CONNECTION || block->Public.role != CHIMNEY_BLOCK_NEW ||
            object->State != CHIMNEY_OBJECT_IN_HOST) {
            continue;
        }
        HsTcpPrepareOffload(object, &count, &bytes);
        block->Public.send_data_count = count;
        block->Public.send_data_bytes = bytes;
        if (count > 0 && before == 0) {
            block->SendDataPositionKnown = TRUE;
            block->SendDataPosition = HsStreamPosition(object) - count * bytes;
        }
    }
}

static VOID ResumeConnections(PHS_OPERATION Operation)
{
    ULONG i;

    for (i = 0; Operation->Kind == CHIMNEY_OPERATION_INITIATE && i < Operation->BlockCount; i++) {
        PHS_OBJECT object = HsFindObject(Operation->Binding->Driver, Operation->Blocks[i].Public.object);
        if (object != NULL && object->Kind == CHIMNEY_OBJECT_CONNECTION) {
            HsTcpResumeStopped(object);
        }
    }
}

/* Takes the operation over: refused, it is freed. An internal one may be gone when this returns. */
ULONG HsStartPrepared(PHS_DRIVER Driver, PHS_OPERATION Operation, PULONG RefusedBlock)
{
    ULONG result;
    BOOLEAN internal = Operation->Internal;

    PrepareConnections(Operation);
    result = HsCheckOperation(Driver, Operation, RefusedBlock);

    if (result == CHIMNEY_HOST_STACK_DONE && !HsBuildTree(Operation)) {
        HsAbandonTree(Driver, Operation);
        result = CHIMNEY_HOST_STACK_NO_MEMORY;
    }
    if (result != CHIMNEY_HOST_STACK_DONE) {
        ResumeConnections(Operation);
        NdisFreeMemory(Operation, 0, 0);
        return result;
    }
    NdisAcquireSpinLock(&Driver->Lock);
    Operation->Number = ++Driver->LastOperation;
    InsertTailList(&Driver->Operations, &Operation->Link);
    NdisReleaseSpinLock(&Driver->Lock);
    MarkObjects(Operation);
    NdisGetCurrentSystemTime(&Operation->Started);

    Operation->InsideCall = TRUE;
    IssueTree(Operation);
    if (!internal) { /* the record of the operation is kept for its client; the tree may be gone */
        Operation->InsideCall = FALSE;
    }
    return CHIMNEY_HOST_STACK_DONE;
}

static ULONG RoomForBlocks(const struct chimney_host_stack_operation *Command)
{
    return (ULONG)((Command->command.size - sizeof(*Command)) / sizeof(Command->blocks[0])) + 1;
}

ULONG HsStartOperation(PHS_DRIVER Driver, struct chimney_host_stack_operation *Command)
{
    PHS_BINDING binding = HsFindBinding(Driver, Command->binding);
    PHS_OPERATION operation;
    ULONG refusedBlock = CHIMNEY_BLOCK_NONE;
    ULONG result;
    ULONG i;

    Command->operation = 0;
    Command->refused_block = CHIMNEY_BLOCK_NONE;
    if (binding == NULL) {
        return CHIMNEY_HOST_STACK_NO_SUCH_BINDING;
    }
    if (Command->kind < CHIMNEY_OPERATION_INITIATE || Command->kind > CHIMNEY_OPERATION_TERMINATE) {
        return CHIMNEY_HOST_STACK_BAD_VALUE;
    }
    if (Command->block_count > CHIMNEY_HOST_STACK_MAXIMUM_BLOCKS) {
        return CHIMNEY_HOST_STACK_TREE_TOO_LARGE;
    }
    if (Command->block_count == 0 || Command->block_count > RoomForBlocks(Command)) {
        return CHIMNEY_HOST_STACK_BAD_TREE;
    }
    operation = HsAllocateOperation(binding, Command->kind, Command->block_count);
    if (operation == NULL) {
        return CHIMNEY_HOST_STACK_NO_MEMORY;
    }
    operation->WithoutContextRoom = (BOOLEAN)(Command->without_context_room != 0);
    for (i = 0; i < Command->block_count; i++) {
        operation->Blocks[i].Public = Command->blocks[i];
    }
    result = HsStartPrepared(Driver, operation, &refusedBlock);
    Command->refused_block = refusedBlock;
    if (result == CHIMNEY_HOST_STACK_DONE) {
        Command->operation = operation->Number;
    }
    return result;
}

/* ---- completion ---- */

/* Did the tree come back as it went, the answers excepted? Slot B, links, reserved members, port; SourceHandle of every
   block but the root, where NDIS wrote our binding; SourceHandle of send data that came back (IM-067). */
static BOOLEAN CameBackUntouched(PHS_OPERATION Operation)
{
    ULONG i;

    for (i = 0; i < Operation->BlockCount; i++) {
        const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST *sent = &Operation->Blocks[i].Sent;
        const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST *back = Operation->Blocks[i].Block;
        PVOID source = i == 0 ? Operation->Binding->BindingHandle : sent->SourceHandle;
        PNET_BUFFER_LIST list = NULL;

        if (back->Header.Type != sent->Header.Type || back->Header.Revision != sent->Header.Revision ||
            back->Header.Size != sent->Header.Size || back->NextBlock != sent->NextBlock ||
            back->DependentBlockList != sent->DependentBlockList || back->OffloadHandle != sent->OffloadHandle ||
            back->ProtocolReserved[0] != sent->ProtocolReserved[0] ||
            back->ProtocolReserved[1] != sent->ProtocolReserved[1] || back->ImReserved[0] != sent->ImReserved[0] ||
            back->ImReserved[1] != sent->ImReserved[1] || back->PortNumber != sent->PortNumber ||
            back->SourceHandle != source) {
            return FALSE;
        }
        if (Operation->Kind == CHIMNEY_OPERATION_TERMINATE ||
            (Operation->Kind == CHIMNEY_OPERATION_INITIATE && back->Status < 0)) {
            list = back->NetBufferListChain;
        }
        for (; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
            /* NDIS writes it on the way down, unless there is nobody below to hand the tree to. */
            if (list->SourceHandle != Operation->Binding->BindingHandle && back->Status != NDIS_STATUS_NOT_SUPPORTED) {
                return FALSE;
            }
        }
    }
    return TRUE;
}

static VOID BackInHost(PHS_OBJECT Object)
{
    Object->State = CHIMNEY_OBJECT_IN_HOST;
    Object->Binding = NULL;
    Object->Doubt = HsNoDoubt;
    Object->TerminateFailedBefore = FALSE;
    if (Object->Tcp == NULL) { /* else it stays as far closed as it was */
        Object->SendHalfClosed = FALSE;
        Object->Reset = FALSE;
    }
    Object->Handle.NdisReserved[0] = NULL; /* the owner's part: nobody else clears them (HS-059) */
    Object->Handle.MiniportOffloadContext = NULL;
}

static VOID FinishInitiate(PHS_DRIVER Driver, PHS_OPERATION Operation, PHS_BLOCK Block)
{
    PHS_OBJECT object = Block->Object;

    if (Block->Public.role != CHIMNEY_BLOCK_NEW) {
        object->LinkerUses--;
        return;
    }
    HsFreeBufferedData(Operation, Block);
    if (Block->Block->Status >= 0) { /* SUCCESS and PARTIAL_SUCCESS (HS-034) */
        object->State = CHIMNEY_OBJECT_OFFLOADED;
        if (object->Kind == CHIMNEY_OBJECT_CONNECTION) {
            object->Values.Connection.receive_backlog_size = 0; /* it is the target's to deliver now */
        }
        return;
    }
    BackInHost(object);
    if (Block->Block->NetBufferListChain != NULL) {
        Block->Public.returned_count = HsListsReturned(Driver, Block->Block->NetBufferListChain, TRUE);
    }
    if (object->Kind == CHIMNEY_OBJECT_CONNECTION) {
        Block->ResumeAfterwards = TRUE;
    }
}

static VOID FinishTerminate(PHS_DRIVER Driver, PHS_OPERATION Operation, PHS_BLOCK Block)
{
    PHS_OBJECT object = Block->Object;

    if (Block->Block->NetBufferListChain != NULL) {
        Block->Public.returned_count = HsListsReturned(Driver, Block->Block->NetBufferListChain, TRUE);
    }
    if (Block->Block->Status == NDIS_STATUS_SUCCESS) {
        PTCP_OFFLOAD_STATE_DELEGATED delegated = NULL;
        PNET_BUFFER_LIST buffered = NULL;
        if (Block->Public.state_class != CHIMNEY_STATE_ABSENT) {
            HsReadDelegatedState(object, Block->Block);
            delegated = ChimneylabTcpDelegated(Block->Block);
        }
        if (delegated != NULL && delegated->BufferedData != NULL) { /* HS-057: copied, delivered, returned */
            PNET_BUFFER_LIST list;
            for (list = delegated->BufferedData; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
                object->BytesReceived += HsListBytes(list);
            }
            buffered = delegated->BufferedData;
            HsReturnLater(Operation->Binding, buffered);
        }
        if (delegated != NULL && object->Tcp != NULL) {
            HsTcpUploaded(object, buffered);
            Block->ResumeAfterwards = TRUE;
        }
        if (object->Kind == CHIMNEY_OBJECT_CONNECTION) {
            object->Values.Connection.receive_backlog_size = 0; /* delivered */
        }
        BackInHost(object);
    } else if (object->TerminateFailedBefore) {
        BackInHost(object); /* the second failure ends the object too: its connection is lost */
    } else {
        object->TerminateFailedBefore = TRUE;
        object->State = CHIMNEY_OBJECT_TERMINATE_FAILED;
    }
}

static VOID FinishBlock(PHS_DRIVER Driver, PHS_OPERATION Operation, PHS_BLOCK Block)
{
    PHS_OBJECT object = Block->Object;

    Block->Public.status = (uint32_t)Block->Block->Status;
    if (object == NULL) {
        return;
    }
    Block->Public.offload_context = (uint64_t)(ULONG_PTR)object->Handle.MiniportOffloadContext;
    object->LastStatus = Block->Block->Status;
    switch (Operation->Kind) {
    case CHIMNEY_OPERATION_INITIATE:
        FinishInitiate(Driver, Operation, Block);
        break;
    case CHIMNEY_OPERATION_QUERY:
        object->Queries--;
        if (Block->Block->Status == NDIS_STATUS_SUCCESS) {
            HsReadQueriedState(object, Block->Block);
        }
        Block->Answered = (BOOLEAN)(object->Kind == CHIMNEY_OBJECT_NEIGHBOR);
        break;
    case CHIMNEY_OPERATION_UPDATE:
        object->Updates--;
        if (Block->Block->Status == NDIS_STATUS_SUCCESS && Block->NewParent != NULL) {
            object->Parent = Block->NewParent; /* HS-043 */
        }
        break;
    case CHIMNEY_OPERATION_INVALIDATE:
        object->Invalidates--;
        if (Block->Block->Status == NDIS_STATUS_SUCCESS) {
            object->State = CHIMNEY_OBJECT_INVALIDATED;
        }
        break;
    default:
        FinishTerminate(Driver, Operation, Block);
        break;
    }
}

static VOID FinishOperation(PHS_BLOCK_LIST Root, ULONG Kind)
{
    PHS_OPERATION operation = (PHS_OPERATION)Root->ProtocolReserved[0];
    PHS_BINDING binding = operation->Binding;
    PHS_DRIVER driver = binding->Driver;
    ULONG i;

    ASSERT(operation->Kind == Kind && operation->Blocks[0].Block == Root);
    UNREFERENCED_PARAMETER(Kind);

    operation->CompletedInsideCall = operation->InsideCall;
    operation->Untouched = CameBackUntouched(operation);
    for (i = 0; i < operation->BlockCount; i++) {
        FinishBlock(driver, operation, &operation->Blocks[i]);
    }
    for (i = 0; i < operation->BlockCount; i++) {
        PHS_BLOCK block = &operation->Blocks[i];
        if (block->Answered) {
            HsReachabilityAnswered(block->Object, (BOOLEAN)(block->Public.status == (uint32_t)NDIS_STATUS_SUCCESS));
        } else if (block->ResumeAfterwards) {
            HsTcpResume(block->Object);
        } else if (Kind == CHIMNEY_OPERATION_INITIATE && block->Public.role == CHIMNEY_BLOCK_NEW && block->Object != NULL &&
                   block->Object->Kind == CHIMNEY_OBJECT_CONNECTION) {
            HsTcpOffloaded(block->Object);
        }
    }
    HsFreeBlocks(operation);
    NdisGetCurrentSystemTime(&operation->Ended);

    NdisAcquireSpinLock(&driver->Lock);
    operation->FinishOrder = ++driver->LastFinish;
    operation->Finished = TRUE;
    if (operation->Internal) {
        RemoveEntryList(&operation->Link);
    }
    NdisReleaseSpinLock(&driver->Lock);
    if (operation->Internal) {
        NdisFreeMemory(operation, 0, 0);
    }
    HsGiveBackGone(driver);
    NdisSetEvent(&binding->OperationFinished);
}

VOID HsInitiateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PHS_BLOCK_LIST Root)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    FinishOperation(Root, CHIMNEY_OPERATION_INITIATE);
}

VOID HsQueryOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PHS_BLOCK_LIST Root)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    FinishOperation(Root, CHIMNEY_OPERATION_QUERY);
}

VOID HsUpdateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PHS_BLOCK_LIST Root)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    FinishOperation(Root, CHIMNEY_OPERATION_UPDATE);
}

VOID HsInvalidateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PHS_BLOCK_LIST Root)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    FinishOperation(Root, CHIMNEY_OPERATION_INVALIDATE);
}

VOID HsTerminateOffloadComplete(NDIS_HANDLE ProtocolBindingContext, PHS_BLOCK_LIST Root)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    FinishOperation(Root, CHIMNEY_OPERATION_TERMINATE);
}

/* ---- asking ---- */

ULONG HsQueryOperation(PHS_DRIVER Driver, struct chimney_host_stack_operation *Command)
{
    PHS_OPERATION operation = NULL;
    PLIST_ENTRY link;
    ULONG i;

    for (link = Driver->Operations.Flink; link != &Driver->Operations; link = link->Flink) {
        PHS_OPERATION candidate = CONTAINING_RECORD(link, HS_OPERATION, Link);
        if (candidate->Number == Command->operation && !candidate->Internal) {
            operation = candidate;
        }
    }
    if (operation == NULL) {
        return CHIMNEY_HOST_STACK_NO_SUCH_OBJECT;
    }
    Command->kind = operation->Kind;
    Command->binding = operation->BindingNumber;
    Command->finished = operation->Finished;
    Command->completed_inside_call = operation->CompletedInsideCall;
    Command->finish_order = operation->FinishOrder;
    Command->root_untouched = operation->Untouched;
    Command->started = (uint64_t)operation->Started.QuadPart;
    Command->ended = (uint64_t)operation->Ended.QuadPart;
    Command->refused_block = CHIMNEY_BLOCK_NONE;
    for (i = 0; i < operation->BlockCount && i < RoomForBlocks(Command); i++) {
        Command->blocks[i] = operation->Blocks[i].Public;
    }
    Command->block_count = operation->BlockCount;
    if (operation->Finished && Command->forget != 0) {
        NdisAcquireSpinLock(&Driver->Lock);
        RemoveEntryList(&operation->Link);
        NdisReleaseSpinLock(&Driver->Lock);
        NdisFreeMemory(operation, 0, 0);
    }
    return CHIMNEY_HOST_STACK_DONE;
}

ULONG HsListOperations(PHS_DRIVER Driver, struct chimney_host_stack_operation_list *Command)
{
    ULONG room = (ULONG)((Command->command.size - sizeof(*Command)) / sizeof(Command->operations[0])) + 1;
    PLIST_ENTRY link;

    if (Command->room < room) {
        room = Command->room;
    }
    Command->count = 0;
    NdisAcquireSpinLock(&Driver->Lock);
    for (link = Driver->Operations.Flink; link != &Driver->Operations; link = link->Flink) {
        PHS_OPERATION operation = CONTAINING_RECORD(link, HS_OPERATION, Link);
        if (!operation->Finished && !operation->Internal) {
            if (Command->count < room) {
                Command->operations[Command->count] = operation->Number;
            }
            Command->count++;
        }
    }
    NdisReleaseSpinLock(&Driver->Lock);
    return CHIMNEY_HOST_STACK_DONE;
}

VOID HsFreeAllOperations(PHS_DRIVER Driver)
{
    while (!IsListEmpty(&Driver->Operations)) {
        NdisFreeMemory(CONTAINING_RECORD(RemoveHeadList(&Driver->Operations), HS_OPERATION, Link), 0, 0);
    }
}
