/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     precomp.h
 *
 * Abstract:
 *     Everything each source file of LinkMux includes.
 *
 * Environment:
 *     Kernel mode.
 */
#pragma once

#pragma warning(push)
#pragma warning(disable:4201) /* nameless struct or union */
#pragma warning(disable:4214) /* bit field types other than int */
#include <ndis.h>
#include <ntstrsafe.h>
#pragma warning(pop)

#include "lmioctl.h"
#include "lmdebug.h"
#include "linkmux.h"
