/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Mistakes with indications.
 */
#include "engine/faulty_drivers/faulty_driver.h"

VOID ImTcpOffloadEvent(PVOID OffloadContext, ULONG EventType, ULONG EventSpecificInformation)
{
    PIM_OFFLOAD_ENTRY entry = ImOffloadEntryOfHandle(OffloadContext);

    if (Is(OwnHandleIndicated)) {
        entry->UpperEdge->Offload.NdisTcpOffloadEventHandler(OffloadContext, EventType, EventSpecificInformation);
        return;
    }
    if (Is(EventSwallowed)) {
        return;
    }
    if (Is(EventInformationLost)) {
        EventSpecificInformation = 0;
    }
    if (Is(EventTypeChanged)) {
        EventType = TcpIndicateSendBacklogChange;
    }
    CorrectImTcpOffloadEvent(OffloadContext, EventType, EventSpecificInformation);
    if (Is(EventForwardedTwice)) {
        CorrectImTcpOffloadEvent(OffloadContext, EventType, EventSpecificInformation);
    }
}

NDIS_STATUS ImTcpOffloadReceiveIndicate(PVOID OffloadContext, PNET_BUFFER_LIST List, NDIS_STATUS Status, PULONG BytesConsumed)
{
    PIM_LOWER_BINDING lower = ImOffloadEntryOfHandle(OffloadContext)->UpperEdge->Lower;
    NDIS_STATUS answer;
    ULONG consumed = 0;

    if (Is(DataRefusedByItself)) {
        *BytesConsumed = 0;
        return NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED;
    }
    if (Is(DataShownWithStatus)) {
        Status = NDIS_STATUS_RESOURCES;
    }
    if (Is(BytesConsumedLost)) {
        return CorrectImTcpOffloadReceiveIndicate(OffloadContext, List, Status, &consumed);
    }
    answer = CorrectImTcpOffloadReceiveIndicate(OffloadContext, List, Status, BytesConsumed);
    if (answer == NDIS_STATUS_SUCCESS && Is(IndicatedDataTouched)) {
        List->Scratch = lower;
    }
    if (answer == NDIS_STATUS_SUCCESS && Is(ReturnedByItself)) {
        NdisOffloadTcpReceiveReturn(lower->BindingHandle, List);
    }
    if (answer != NDIS_STATUS_SUCCESS && Is(AnswerReplaced)) {
        answer = NDIS_STATUS_SUCCESS;
    }
    return answer;
}

VOID ImIndicateOffloadEvent(NDIS_HANDLE ProtocolBindingContext, PIM_LOWER_BLOCK Block, ULONG IndicateEvent)
{
    PIM_LOWER_BINDING lower = (PIM_LOWER_BINDING)ProtocolBindingContext;

    if (Is(QuestionKept)) {
        return;
    }
    if (Is(QuestionNotTranslated)) {
        PIM_VIRTUAL_MINIPORT edge = ImNextVirtualMiniport(lower, NULL);
        ImReleaseVirtualMiniport(edge);
        NdisMOffloadEventIndicate(edge->MiniportHandle, (PIM_UPPER_BLOCK)Block, IndicateEvent);
        return;
    }
    CorrectImIndicateOffloadEvent(ProtocolBindingContext, Block, IndicateEvent);
}
