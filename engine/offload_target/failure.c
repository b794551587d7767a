/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Failures on request: which block of which operation gets which status. Only statuses that the operation knows can be
 * ordered; the target never writes one that is an intermediate driver's or NDIS's.
 */
#include "offload_target.h"

static BOOLEAN IsKnownStatus(ULONG OperationKind, NDIS_STATUS Status)
{
    if (Status == NDIS_STATUS_FAILURE) {
        return TRUE;
    }
    if (OperationKind != OtInitiate) {
        return FALSE;
    }
    switch (Status) {
    case NDIS_STATUS_RESOURCES:
    case NDIS_STATUS_OFFLOAD_TCP_ENTRIES:
    case NDIS_STATUS_OFFLOAD_PATH_ENTRIES:
    case NDIS_STATUS_OFFLOAD_NEIGHBOR_ENTRIES:
    case NDIS_STATUS_OFFLOAD_IP_ADDRESS_ENTRIES:
    case NDIS_STATUS_OFFLOAD_HW_ADDRESS_ENTRIES:
    case NDIS_STATUS_OFFLOAD_VLAN_ENTRIES:
    case NDIS_STATUS_OFFLOAD_TCP_XMIT_BUFFER:
    case NDIS_STATUS_OFFLOAD_TCP_RCV_BUFFER:
    case NDIS_STATUS_OFFLOAD_TCP_RCV_WINDOW:
    case NDIS_STATUS_OFFLOAD_VLAN_MISMATCH:
    case NDIS_STATUS_OFFLOAD_CONNECTION_REJECTED:
        return TRUE;
    default:
        return FALSE;
    }
}

ULONG OtAddFailure(POT_ADAPTER Adapter, const struct chimney_target_failure *Order)
{
    POT_FAILURE failure;

    if (Order->operation_kind < OtInitiate || Order->operation_kind > OtTerminate || Order->nth_operation == 0 ||
        Order->object_kind > OtConnection || Order->identity_length > sizeof(Order->identity) ||
        (Order->identity_length > 0 && Order->object_kind == 0) ||
        !IsKnownStatus(Order->operation_kind, (NDIS_STATUS)Order->status)) {
        return CHIMNEY_TARGET_BAD_VALUE;
    }
    failure = OtAllocate(Adapter->MiniportHandle, sizeof(*failure), OT_TAG_FAILURE);
    if (failure == NULL) {
        return CHIMNEY_TARGET_NO_MEMORY;
    }
    failure->Order = *Order;
    failure->Ordinal = Order->nth_operation == CHIMNEY_TARGET_ANY
                           ? CHIMNEY_TARGET_ANY
                           : Adapter->Accepted[Order->operation_kind] + Order->nth_operation;
    failure->UsesLeft = Order->times == 0 ? 1 : Order->times;
    NdisAcquireSpinLock(&Adapter->Lock);
    InsertTailList(&Adapter->Failures, &failure->Link);
    NdisReleaseSpinLock(&Adapter->Lock);
    return CHIMNEY_TARGET_DONE;
}

VOID OtClearFailures(POT_ADAPTER Adapter)
{
    while (!IsListEmpty(&Adapter->Failures)) {
        NdisFreeMemory(CONTAINING_RECORD(RemoveHeadList(&Adapter->Failures), OT_FAILURE, Link), 0, 0);
    }
}

ULONG OtCountFailures(POT_ADAPTER Adapter)
{
    ULONG count = 0;
    PLIST_ENTRY link;

    for (link = Adapter->Failures.Flink; link != &Adapter->Failures; link = link->Flink) {
        count++;
    }
    return count;
}

static BOOLEAN Fits(POT_FAILURE Failure, ULONG OperationKind, ULONG Ordinal, ULONG BlockIndex, ULONG ObjectKind,
                    const UCHAR Identity[16])
{
    const struct chimney_target_failure *order = &Failure->Order;

    return (BOOLEAN)(order->operation_kind == OperationKind &&
                     (Failure->Ordinal == CHIMNEY_TARGET_ANY || Failure->Ordinal == Ordinal) &&
                     (order->block_index == CHIMNEY_TARGET_ANY || order->block_index == BlockIndex) &&
                     (order->object_kind == 0 || order->object_kind == ObjectKind) &&
                     NdisEqualMemory(order->identity, Identity, order->identity_length));
}

BOOLEAN OtTakeFailure(POT_ADAPTER Adapter, ULONG OperationKind, ULONG Ordinal, ULONG BlockIndex, ULONG ObjectKind,
                      const UCHAR Identity[16], NDIS_STATUS *Status)
{
    PLIST_ENTRY link;

    for (link = Adapter->Failures.Flink; link != &Adapter->Failures; link = link->Flink) {
        POT_FAILURE failure = CONTAINING_RECORD(link, OT_FAILURE, Link);
        if (!Fits(failure, OperationKind, Ordinal, BlockIndex, ObjectKind, Identity)) {
            continue;
        }
        *Status = (NDIS_STATUS)failure->Order.status;
        if (failure->UsesLeft != CHIMNEY_TARGET_ANY && --failure->UsesLeft == 0) {
            NdisAcquireSpinLock(&Adapter->Lock);
            RemoveEntryList(&failure->Link);
            NdisReleaseSpinLock(&Adapter->Lock);
            NdisFreeMemory(failure, 0, 0);
        }
        return TRUE;
    }
    return FALSE;
}
