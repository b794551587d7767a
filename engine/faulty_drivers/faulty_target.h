/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * What the files of the offload target's mistakes share. One image of the target serves one layer of one machine.
 */
#ifndef CHIMNEYLAB_FAULTY_TARGET_H
#define CHIMNEYLAB_FAULTY_TARGET_H

#include "engine/offload_target/wire.h"

struct chimneylab_faulty_target {
    NDIS_TCP_OFFLOAD_EVENT_HANDLERS Real; /* what NdisMGetOffloadHandlers gave */
    PNET_BUFFER_LIST Held;                /* a list that is completed later than it should be */
    POT_ADAPTER OnlyAdapter;              /* known from the first initiate on */
    BOOLEAN Paused;                       /* by an indication of its own */
};
extern struct chimneylab_faulty_target FaultyTarget;

#endif
