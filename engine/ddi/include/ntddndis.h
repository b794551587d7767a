/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Structures and OIDs that network drivers and their user-mode partners share.
 */
#ifndef CHIMNEYLAB_DDI_NTDDNDIS_H
#define CHIMNEYLAB_DDI_NTDDNDIS_H

#include "ndis/binding.h"
#include "ndis/request.h"

#endif
