/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The names of the four functions that an operation or transfer passes through: the protocol edge's call into
 * NDIS, the miniport handler, the miniport edge's completion call, the protocol handler.
 */
#ifndef CHIMNEYLAB_NDIS_CHIMNEY_NAMES_H
#define CHIMNEYLAB_NDIS_CHIMNEY_NAMES_H

#include "engine/ndis/core/chimney_platform.h"

typedef struct CHIMNEY_NAMES {
    const char *NdisDown;
    const char *MiniportHandler;
    const char *NdisUp;
    const char *ProtocolHandler;
} CHIMNEY_NAMES;

const CHIMNEY_NAMES *ChimneyOperationNames(CHIMNEY_OPERATION operation);
const CHIMNEY_NAMES *ChimneyTransferNames(CHIMNEY_TRANSFER transfer);

#endif
