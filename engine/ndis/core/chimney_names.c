/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 */
#include "engine/ndis/core/chimney_names.h"

static const CHIMNEY_NAMES OperationNames[] = {
    {"", "", "", ""},
    {"NdisInitiateOffload", "MiniportInitiateOffload", "NdisMInitiateOffloadComplete", "ProtocolInitiateOffloadComplete"},
    {"NdisQueryOffloadState", "MiniportQueryOffload", "NdisMQueryOffloadStateComplete", "ProtocolQueryOffloadComplete"},
    {"NdisUpdateOffload", "MiniportUpdateOffload", "NdisMUpdateOffloadComplete", "ProtocolUpdateOffloadComplete"},
    {"NdisInvalidateOffload", "MiniportInvalidateOffload", "NdisMInvalidateOffloadComplete", "ProtocolInvalidateOffloadComplete"},
    {"NdisTerminateOffload", "MiniportTerminateOffload", "NdisMTerminateOffloadComplete", "ProtocolTerminateOffloadComplete"},
};

static const CHIMNEY_NAMES TransferNames[] = {
    {"", "", "", ""},
    {"NdisOffloadTcpSend", "MiniportTcpOffloadSend", "NdisTcpOffloadSendComplete", "ProtocolTcpOffloadSendComplete"},
    {"NdisOffloadTcpReceive", "MiniportTcpOffloadReceive", "NdisTcpOffloadReceiveComplete", "ProtocolTcpOffloadReceiveComplete"},
    {"NdisOffloadTcpDisconnect", "MiniportTcpOffloadDisconnect", "NdisTcpOffloadDisconnectComplete",
     "ProtocolTcpOffloadDisconnectComplete"},
    {"NdisOffloadTcpForward", "MiniportTcpOffloadForward", "NdisTcpOffloadForwardComplete", "ProtocolTcpOffloadForwardComplete"},
    {"NdisOffloadTcpReceiveReturn", "MiniportTcpOffloadReceiveReturn", "", ""},
};

const CHIMNEY_NAMES *ChimneyOperationNames(CHIMNEY_OPERATION operation)
{
    return &OperationNames[operation];
}

const CHIMNEY_NAMES *ChimneyTransferNames(CHIMNEY_TRANSFER transfer)
{
    return &TransferNames[transfer];
}
