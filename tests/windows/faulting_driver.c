/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The reference driver in one file, with a write through a NULL pointer in MiniportInitiateOffload. */
#include "engine/intermediate_driver/intermediate.h"

#include "engine/intermediate_driver/binding.c"
#include "engine/intermediate_driver/block_tree.c"
#include "engine/intermediate_driver/call_entry.c"
#include "engine/intermediate_driver/indications.c"
#include "engine/intermediate_driver/list_record.c"
#include "engine/intermediate_driver/offload_data.c"
#include "engine/intermediate_driver/offload_entry.c"
#include "engine/intermediate_driver/oid_request.c"
#include "engine/intermediate_driver/packet_path.c"
#define ImInitiateOffload CorrectImInitiateOffload
#include "engine/intermediate_driver/propagate_down.c"
#undef ImInitiateOffload
#include "engine/intermediate_driver/propagate_up.c"
#include "engine/intermediate_driver/virtual_miniport.c"
#include "engine/intermediate_driver/driver_entry.c"

static volatile int *volatile Nothing = NULL;

VOID ImInitiateOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root)
{
    *Nothing = 1;
    CorrectImInitiateOffload(MiniportAdapterContext, Root);
}
