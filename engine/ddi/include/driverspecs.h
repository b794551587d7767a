/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * A name under which drivers include the source annotations.
 */
#ifndef CHIMNEYLAB_DDI_DRIVERSPECS_H
#define CHIMNEYLAB_DDI_DRIVERSPECS_H

#include "sal.h"

#endif
