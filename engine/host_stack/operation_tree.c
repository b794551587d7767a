/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The tree of one operation in memory: every block in an allocation of its own with its state behind it, linked as the
 * command says, and taken apart again.
 */
#include "host_stack.h"

static ULONG NaturalClass(ULONG OperationKind, ULONG Role)
{
    if (Role == CHIMNEY_BLOCK_PLACEHOLDER) {
        return CHIMNEY_STATE_ABSENT;
    }
    switch (OperationKind) {
    case CHIMNEY_OPERATION_INITIATE:
        return Role == CHIMNEY_BLOCK_NEW ? CHIMNEY_STATE_ALL : CHIMNEY_STATE_ABSENT;
    case CHIMNEY_OPERATION_QUERY:
        return CHIMNEY_STATE_ALL;
    case CHIMNEY_OPERATION_UPDATE:
        return CHIMNEY_STATE_CACHED;
    case CHIMNEY_OPERATION_TERMINATE:
        return CHIMNEY_STATE_DELEGATED;
    default:
        return CHIMNEY_STATE_ABSENT;
    }
}

static PTCP_OFFLOAD_STATE_DELEGATED HandedOver(PHS_OPERATION Operation, PHS_BLOCK Block)
{
    return Operation->Kind == CHIMNEY_OPERATION_INITIATE && Block->Public.role == CHIMNEY_BLOCK_NEW && Block->Block != NULL
               ? ChimneylabTcpDelegated(Block->Block)
               : NULL;
}

/* What was received and has not been taken goes along with the connection, for the target to copy (HS-026). Byte n of the
   stream has the value n modulo 251, as at the target. */
static BOOLEAN AddBufferedData(PHS_OPERATION Operation, PHS_BLOCK Block)
{
    PTCP_OFFLOAD_STATE_DELEGATED delegated = HandedOver(Operation, Block);
    ULONG bytes = delegated != NULL ? Block->Object->Values.Connection.receive_backlog_size : 0;
    HS_TRANSFER data;
    PNET_BUFFER_LIST list;
    PUCHAR memory;
    ULONG i;

    if (bytes == 0 || bytes > 0x10000) { /* nothing waits */
        return TRUE;
    }
    NdisZeroMemory(&data, sizeof(data));
    data.Count = 1;
    data.Bytes = bytes;
    list = HsAllocateLists(Operation->Binding, &data, TRUE, Operation->WithoutContextRoom);
    if (list == NULL) {
        return FALSE;
    }
    NET_BUFFER_LIST_PROTOCOL_RESERVED(list)[0] = NULL;
    memory = (PUCHAR)MmGetMdlVirtualAddress(NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(list)));
    for (i = 0; i < bytes; i++) {
        memory[i] = (UCHAR)(i % 251u);
    }
    delegated->BufferedData = list;
    return TRUE;
}

/* The target has its own copy, or has failed the block: either way the lists are done with (HS-027). */
VOID HsFreeBufferedData(PHS_OPERATION Operation, PHS_BLOCK Block)
{
    PTCP_OFFLOAD_STATE_DELEGATED delegated = HandedOver(Operation, Block);

    if (delegated != NULL && delegated->BufferedData != NULL) {
        HsFreeLists(delegated->BufferedData);
        delegated->BufferedData = NULL;
    }
}

static BOOLEAN BuildBlock(PHS_OPERATION Operation, PHS_BLOCK Block)
{
    PHS_DRIVER driver = Operation->Binding->Driver;
    ULONG stateClass = Block->Public.state_class;
    ULONG size = sizeof(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST);
    UCHAR type;

    if (stateClass == CHIMNEY_STATE_NATURAL) {
        stateClass = NaturalClass(Operation->Kind, Block->Public.role);
    }
    type = HsStateType(Block->Object, Block->Public.kind, stateClass);
    if (stateClass != CHIMNEY_STATE_ABSENT) {
        size += ChimneylabStateSize(type);
    }
    Block->Block = HsAllocate(driver, size, HS_TAG_BLOCK);
    if (Block->Block == NULL) {
        return FALSE;
    }
    Block->Block->Header.Type = type;
    Block->Block->Header.Revision = 1;
    Block->Block->Header.Size = sizeof(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST); /* of the block, not of what follows */
    Block->Block->OffloadHandle = Block->Object != NULL ? &Block->Object->Handle : NULL;
    Block->Block->ProtocolReserved[0] = Operation; /* how the completion finds us */
    Block->Block->ProtocolReserved[1] = Block;

    if (Block->Public.send_data_count > 0) {
        Block->SendData = HsAllocateTransfer(driver, Block->Object, CHIMNEY_TRANSFER_SEND, Block->Public.send_data_count,
                                             Block->Public.send_data_bytes);
        if (Block->SendData == NULL) {
            return FALSE;
        }
        Block->SendData->Internal = TRUE;
        if (Block->SendDataPositionKnown) { /* what the host's own TCP had not seen acknowledged */
            Block->SendData->Position = Block->SendDataPosition;
        }
        Block->Block->NetBufferListChain =
            HsAllocateLists(Operation->Binding, Block->SendData, FALSE, Operation->WithoutContextRoom);
        if (Block->Block->NetBufferListChain == NULL) {
            return FALSE;
        }
        HsTcpSubmitted(Block->Object, Block->SendData);
    }
    if (stateClass != CHIMNEY_STATE_ABSENT) {
        HsWriteState(Block->Object, Block->Block);
        if (!AddBufferedData(Operation, Block)) {
            return FALSE;
        }
    }
    Block->Public.block_address = (uint64_t)(ULONG_PTR)Block->Block;
    return TRUE;
}

VOID HsFreeBlocks(PHS_OPERATION Operation)
{
    ULONG i;

    for (i = 0; i < Operation->BlockCount; i++) {
        if (Operation->Blocks[i].Block != NULL) {
            NdisFreeMemory(Operation->Blocks[i].Block, 0, 0);
            Operation->Blocks[i].Block = NULL;
        }
    }
}

/* A tree that could not be built to its end is taken apart again; nobody has seen it. */
VOID HsAbandonTree(PHS_DRIVER Driver, PHS_OPERATION Operation)
{
    ULONG i;

    for (i = 0; i < Operation->BlockCount; i++) {
        PHS_BLOCK block = &Operation->Blocks[i];
        HsFreeBufferedData(Operation, block);
        if (block->SendData != NULL) {
            if (block->Block != NULL && block->Block->NetBufferListChain != NULL) {
                HsFreeLists(block->Block->NetBufferListChain);
            }
            block->Object->TransfersOutstanding -= block->SendData->Count;
            NdisAcquireSpinLock(&Driver->Lock);
            RemoveEntryList(&block->SendData->Link);
            NdisReleaseSpinLock(&Driver->Lock);
            NdisFreeMemory(block->SendData, 0, 0);
            block->SendData = NULL;
        }
    }
    HsFreeBlocks(Operation);
}

BOOLEAN HsBuildTree(PHS_OPERATION Operation)
{
    ULONG i;

    for (i = 0; i < Operation->BlockCount; i++) {
        if (!BuildBlock(Operation, &Operation->Blocks[i])) {
            return FALSE;
        }
    }
    for (i = 0; i < Operation->BlockCount; i++) {
        PHS_BLOCK block = &Operation->Blocks[i];
        if (block->Public.next != CHIMNEY_BLOCK_NONE) {
            block->Block->NextBlock = Operation->Blocks[block->Public.next].Block;
        }
        if (block->Public.dependent != CHIMNEY_BLOCK_NONE) {
            block->Block->DependentBlockList = Operation->Blocks[block->Public.dependent].Block;
        }
    }
    for (i = 0; i < Operation->BlockCount; i++) {
        Operation->Blocks[i].Sent = *Operation->Blocks[i].Block;
    }
    return TRUE;
}
