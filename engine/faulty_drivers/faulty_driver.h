/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * What the files of mistakes share, each of which stands in for functions of one or two sources of the reference driver. A function
 * of the reference driver or of NDIS that is called Correct… here is the real one; the function of the same name without
 * it is what the driver's sources call instead.
 */
#ifndef CHIMNEYLAB_FAULTY_DRIVER_H
#define CHIMNEYLAB_FAULTY_DRIVER_H

#include "engine/intermediate_driver/intermediate.h"
#include "engine/faulty_drivers/faults.h"

#define MOST_BLOCKS 64

/* What the faulty driver did to what is below, so that it does not also fall over its own feet on the way up. One image of
   the driver serves one layer, and tests run one machine at a time: one such state is enough. */
struct chimneylab_faulty_driver {
    PVOID OwnHandles[MOST_BLOCKS];
    PVOID CutLink;
    PIM_CALL_ENTRY HiddenCallEntry;
    IM_CALL_ENTRY SharedCallEntry;
    IM_OFFLOAD_ENTRY Decoy; /* a handle that is not the right one, but somebody's */
    PNDIS_OFFLOAD_HANDLE FirstUpperHandle;
    PIM_UPPER_BLOCK HeldBack;
    NDIS_HANDLE HeldBackContext;
    ULONG InitiatesBelow;
    volatile BOOLEAN CameBack;
    BOOLEAN SentUp;
    NDIS_HANDLE UpperBinding;          /* from SourceHandle of the last send */
    BOOLEAN ReturnedUp;
    PNET_BUFFER_LIST HeldLists;        /* whose completion is held back */
};
extern struct chimneylab_faulty_driver Faulty;

BOOLEAN Is(enum chimneylab_fault fault);  /* chosen, and the code that runs is the faulty layer's */
BOOLEAN FaultyLayerRuns(void);
ULONG FaultyTree(PIM_UPPER_BLOCK root, PIM_UPPER_BLOCK *blocks); /* blocks[MOST_BLOCKS] in NDIS's order; how many */

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
PIM_CALL_ENTRY CorrectImAllocateCallEntryOrWait(PIM_VIRTUAL_MINIPORT UpperEdge, IM_OPERATION Operation, PIM_UPPER_BLOCK Root);
VOID CorrectImDiscardOffloadEntries(PIM_VIRTUAL_MINIPORT UpperEdge);
NDIS_STATUS CorrectImTcpOffloadSend(NDIS_HANDLE MiniportAdapterContext, PVOID MiniportOffloadContext, PNET_BUFFER_LIST Lists);
NDIS_STATUS CorrectImTcpOffloadReceiveReturn(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST Lists);
VOID CorrectImTcpOffloadSendComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST Lists);
VOID CorrectImTcpOffloadDisconnectComplete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST List);
VOID CorrectImTcpOffloadEvent(PVOID OffloadContext, ULONG EventType, ULONG EventSpecificInformation);
NDIS_STATUS CorrectImTcpOffloadReceiveIndicate(PVOID OffloadContext, PNET_BUFFER_LIST List, NDIS_STATUS Status, PULONG BytesConsumed);
VOID CorrectImIndicateOffloadEvent(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Block, ULONG IndicateEvent);

#endif
