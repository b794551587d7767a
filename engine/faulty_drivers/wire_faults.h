/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Between offload_target_faults.c, which knows the chosen mistake, and wire_faults.c, which has those that show on the wire.
 */
#ifndef CHIMNEYLAB_WIRE_FAULTS_H
#define CHIMNEYLAB_WIRE_FAULTS_H

#include "engine/offload_target/wire.h"

BOOLEAN ChimneylabTargetHasFault(unsigned fault);

/* What the functions of the same purpose in offload_target_operation_faults.c call in the end. */
size_t WireFaultFrameBuild(const struct chimney_frame_route *route, const struct chimney_tcp_segment *segment, uint8_t *bytes,
                           size_t capacity);
void WireFaultImport(struct chimney_tcp *tcp, const struct chimney_tcp_settings *settings,
                     const struct chimney_tcp_callbacks *callbacks, const struct chimney_tcp_state *state, uint32_t queued,
                     uint32_t now);
void WireFaultQuiesce(struct chimney_tcp *tcp, uint32_t now);
enum chimney_tcp_disposition WireFaultInput(struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment, uint32_t now);
/* The trees of initiates, after they have been processed; those of terminates, before. TRUE: the terminate is not. */
VOID WireFaultInitiated(POT_BLOCK Root);
BOOLEAN WireFaultRefusesTerminate(POT_BLOCK Root);
/* An event that is kept from the host. */
BOOLEAN WireFaultSilences(ULONG Type, ULONG Information);

#endif
