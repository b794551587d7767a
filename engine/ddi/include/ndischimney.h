/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * TCP chimney offload of NDIS 6.0: what a host stack, an intermediate driver and an offload target share.
 * Include after ndis.h, as drivers written for the Windows driver kit do.
 *
 * state.h       what is offloaded: neighbor, path and TCP connection state, and the enumerations around it
 * block_list.h  how it travels: the two views of a block list, the offload handle
 * handlers.h    the handler types and tables of both edges
 * functions.h   the services of NDIS
 */
#ifndef CHIMNEYLAB_DDI_NDISCHIMNEY_H
#define CHIMNEYLAB_DDI_NDISCHIMNEY_H

#include "ndis.h"

#include "ndischimney/block_list.h"
#include "ndischimney/functions.h"
#include "ndischimney/handlers.h"
#include "ndischimney/state.h"

#endif
