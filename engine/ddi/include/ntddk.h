/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The kernel interface that network drivers use, under the name older drivers include it by.
 */
#ifndef CHIMNEYLAB_DDI_NTDDK_H
#define CHIMNEYLAB_DDI_NTDDK_H

#include "wdm.h"

#endif
