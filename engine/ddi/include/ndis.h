/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The NDIS 6.0 driver interface for an intermediate driver: protocol lower edge, virtual miniport upper edge,
 * private device. Names, values, prototypes and layouts are those of the Windows driver kit.
 *
 * Units: lengths in bytes unless a member says otherwise, timer due times in 100 ns. Ownership and the level
 * a function may be called at stand with each declaration. TCP chimney offload is in ndischimney.h.
 *
 * A 32-bit build for Windows needs -mrtd, since every entry point of NDIS is __stdcall there.
 */
#ifndef CHIMNEYLAB_DDI_NDIS_H
#define CHIMNEYLAB_DDI_NDIS_H

#include "ntddk.h"
#include "ntddndis.h"
#include "xfilter.h"

#include "ndis/characteristics.h"
#include "ndis/macros.h"
#include "ndis/miniport_functions.h"
#include "ndis/net_buffer_functions.h"
#include "ndis/protocol_functions.h"
#include "ndis/registration_functions.h"
#include "ndis/service_functions.h"

#endif
