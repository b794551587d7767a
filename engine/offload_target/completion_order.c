/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * When one operation is completed, on request: inside the call, later than it would be, or after the youngest one. All of
 * that is within what a target may do; the drivers above must bear it.
 */
#include "offload_target.h"

ULONG OtAddCompletionOrder(POT_ADAPTER Adapter, const struct chimney_target_completion_order *Order)
{
    POT_COMPLETION_ORDER order;

    if (Order->operation_kind < OtInitiate || Order->operation_kind > OtTerminate || Order->nth_operation == 0 ||
        Order->completion > CHIMNEY_TARGET_HELD) {
        return CHIMNEY_TARGET_BAD_VALUE;
    }
    order = OtAllocate(Adapter->MiniportHandle, sizeof(*order), OT_TAG_FAILURE);
    if (order == NULL) {
        return CHIMNEY_TARGET_NO_MEMORY;
    }
    order->Order = *Order;
    order->Ordinal = Order->nth_operation == CHIMNEY_TARGET_ANY
                         ? CHIMNEY_TARGET_ANY
                         : Adapter->Accepted[Order->operation_kind] + Order->nth_operation;
    NdisAcquireSpinLock(&Adapter->Lock);
    InsertTailList(&Adapter->CompletionOrders, &order->Link);
    NdisReleaseSpinLock(&Adapter->Lock);
    return CHIMNEY_TARGET_DONE;
}

VOID OtClearCompletionOrders(POT_ADAPTER Adapter)
{
    while (!IsListEmpty(&Adapter->CompletionOrders)) {
        NdisFreeMemory(CONTAINING_RECORD(RemoveHeadList(&Adapter->CompletionOrders), OT_COMPLETION_ORDER, Link), 0, 0);
    }
}

VOID OtTakeCompletionOrder(POT_ADAPTER Adapter, ULONG OperationKind, ULONG Ordinal, PULONG Completion,
                           PULONG AdditionalNanoseconds)
{
    PLIST_ENTRY link;

    for (link = Adapter->CompletionOrders.Flink; link != &Adapter->CompletionOrders; link = link->Flink) {
        POT_COMPLETION_ORDER order = CONTAINING_RECORD(link, OT_COMPLETION_ORDER, Link);
        if (order->Order.operation_kind != OperationKind ||
            (order->Ordinal != CHIMNEY_TARGET_ANY && order->Ordinal != Ordinal)) {
            continue;
        }
        *Completion = order->Order.completion;
        *AdditionalNanoseconds = order->Order.additional_ns;
        if (order->Ordinal != CHIMNEY_TARGET_ANY) {
            NdisAcquireSpinLock(&Adapter->Lock);
            RemoveEntryList(&order->Link);
            NdisReleaseSpinLock(&Adapter->Lock);
            NdisFreeMemory(order, 0, 0);
        }
        return;
    }
}
