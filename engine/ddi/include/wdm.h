/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The part of the kernel interface that network drivers use: kernel objects, pool, MDLs, IRPs and device
 * objects for a control device, strings, lists, interlocked operations, debug output.
 */
#ifndef CHIMNEYLAB_DDI_WDM_H
#define CHIMNEYLAB_DDI_WDM_H

#include "ntdef.h"
#include "ntstatus.h"
#include "guiddef.h"

#include "wdm/constants.h"
#include "wdm/kernel_object.h"
#include "wdm/io_object.h"
#include "wdm/deferred.h"
#include "wdm/inline_functions.h"
#include "wdm/functions.h"

#endif
