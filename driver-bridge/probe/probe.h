/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The recorder that a driver links. It keeps a bounded ring for each processor in memory that the driver gives it once.
 * chimney_probe_record copies one event, with snapshots of watched memory, into the ring of the processor it runs on:
 * it takes no lock, waits for nobody, allocates nothing, touches no pageable memory of its own and may be called at any
 * IRQL up to HIGH_LEVEL and from any number of threads at once. When a ring is full the event is given up and counted.
 * One thread, the relay's, takes out whole frames of the wire protocol with chimney_probe_drain.
 *
 * Order: every event gets the next number of one sequence that all processors share. If one call of
 * chimney_probe_record returned before another began, its number is the smaller one, whatever the clocks say. Frames
 * hold them ring by ring; the recorder at the other end sorts.
 *
 *     memory = allocate(chimney_probe_memory(processors, ring_bytes));     // nonpaged, once
 *     probe = chimney_probe_start(memory, processors, ring_bytes);
 *     ...  chimney_probe_record(probe, &event, pieces, count);             // anywhere
 *     ...  while ((size = chimney_probe_drain(probe, buffer, sizeof buffer)) > 0) send(buffer, size);
 */
#ifndef CHIMNEYLAB_DRIVER_BRIDGE_PROBE_PROBE_H
#define CHIMNEYLAB_DRIVER_BRIDGE_PROBE_PROBE_H

#include "driver-bridge/protocol/wire.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    chimney_probe_smallest_ring = 64 * 1024,
    chimney_probe_largest_record = 16 * 1024, /* an event with its pieces */
    chimney_probe_smallest_drain = 32 * 1024  /* room that chimney_probe_drain needs */
};

struct chimney_probe;

/* Bytes for so many rings of so many bytes each; ring_bytes is a power of two, at least chimney_probe_smallest_ring.
 * 0: not possible. */
size_t chimney_probe_memory(uint32_t processors, size_t ring_bytes);
/* `memory` is chimney_probe_memory() bytes, aligned to 64, and stays in place until nobody records or drains any more;
 * then it may simply be released. A processor numbered beyond `processors` shares a ring. */
struct chimney_probe* chimney_probe_start(void* memory, uint32_t processors, size_t ring_bytes);

/* Sequence, clock and context are filled in here; everything else is the caller's, see wire.h. 1: recorded. 0: given up
 * and counted, because the ring is full or the record is larger than chimney_probe_largest_record or not possible. */
int chimney_probe_record(struct chimney_probe* probe, const struct chimney_wire_event* event,
                         const struct chimney_wire_piece* pieces, uint16_t count);

/* Puts frames into `out` (DROPS when something was given up since the last time, EVENTS) and returns their size; 0 when
 * there is nothing, or when room is below chimney_probe_smallest_drain. One thread at a time. */
size_t chimney_probe_drain(struct chimney_probe* probe, uint8_t* out, size_t room);

/* Events given up so far. */
uint64_t chimney_probe_dropped(struct chimney_probe* probe);
/* Events recorded so far; also the next sequence number. */
uint64_t chimney_probe_recorded(struct chimney_probe* probe);

/* What a HELLO says of this machine: pointer size, clock frequency, the clock's value when the probe was started,
 * capabilities (none: the recorder derives references and virtual time), versions. The rest is 0. The relay's thread: it
 * may take 20 ms while a clock is measured. */
void chimney_probe_introduce(struct chimney_probe* probe, struct chimney_wire_hello* hello);

#ifdef __cplusplus
}
#endif
#endif
