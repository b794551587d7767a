/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Small steps that every dispatch shares: describing a call, and opening and closing a boundary.
 */
#ifndef CHIMNEYLAB_NDIS_CHIMNEY_CALLS_H
#define CHIMNEYLAB_NDIS_CHIMNEY_CALLS_H

#include "engine/ndis/core/chimney_platform.h"

static inline CHIMNEY_CALL ChimneyCall(const char *name, CHIMNEY_CALL_KIND kind, const void *handle)
{
    CHIMNEY_CALL call;
    call.Name = name;
    call.Kind = kind;
    call.Operation = ChimneyNoOperation;
    call.Transfer = ChimneyNoTransfer;
    call.Handle = handle;
    call.Block = NULL;
    call.NetBufferLists = NULL;
    call.EventType = 0;
    call.Argument = 0;
    call.Binding = NULL;
    call.ReturnsStatus = FALSE;
    call.Status = NDIS_STATUS_SUCCESS;
    return call;
}

/* The handler's call that a call into NDIS leads to. */
static inline CHIMNEY_CALL ChimneyHandlerCall(const CHIMNEY_CALL *from, const char *name, const CHIMNEY_BINDING *binding,
                                              const void *context)
{
    CHIMNEY_CALL call = *from;
    call.Name = name;
    call.Binding = binding;
    call.Handle = context;
    return call;
}

static inline void ChimneyReport(const CHIMNEY_PLATFORM *platform, const CHIMNEY_CALL *call, CHIMNEY_FINDING finding,
                                 const void *subject, const char *explanation)
{
    platform->Report(platform->Self, call, finding, subject, explanation);
}

#endif
