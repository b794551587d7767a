/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Included before the headers with DEFINE_GUID: in this source file the GUIDs are defined, not only declared.
 */
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
