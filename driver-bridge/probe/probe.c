/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * A ring is a power of two of bytes, cut into granules; head and tail count granules from the start and never go back.
 * Several threads may record into one ring, because a thread can be interrupted, or move to another processor, in the
 * middle of recording. So recording has three steps: move `head` (the room is mine), write the record, and mark its first
 * granule with the number of the round (the record is whole). The drain takes marked records in the order of the ring and
 * stops at the first one that is not marked yet. Marks lie apart from the records: whatever a record holds, it can never
 * look like a mark. A record does not run over the end of the ring; the rest there becomes a filler. */
#include "driver-bridge/probe/probe.h"

#include <string.h>

#include "driver-bridge/probe/platform.h"

enum { granule = 64, line = 64 };

/* Where a record has its flags, a filler has all ones, which no record has: chimney_probe_record sees to it. */
enum { filler_at = 6 };

struct ring {
    volatile uint64_t head;    /* granules given to who records */
    volatile uint64_t dropped;
    uint8_t apart[line - 16];
    volatile uint64_t tail;    /* granules taken out again; only the drain writes it */
    uint8_t apart_too[line - 8];
    volatile uint64_t* marks;  /* one for each granule: the round, counted from 1, in which a record began there */
    uint8_t* bytes;
    uint8_t to_the_line[line - 2 * sizeof(void*)];
};

struct chimney_probe {
    volatile uint64_t sequence;
    uint8_t apart[line - 8];
    uint64_t granules; /* in a ring */
    uint64_t rounds_shift;
    uint64_t clock_origin, clock_pair[2];
    uint64_t told_dropped, drained; /* the drain's */
    uint32_t processors;
    uint32_t next_ring;    /* the drain's: where it goes on */
    struct ring rings[1]; /* as many as processors; on a line of their own */
};

static int possible(uint32_t processors, size_t ring_bytes) {
    return processors > 0 && processors <= 4096 && ring_bytes >= chimney_probe_smallest_ring &&
           ring_bytes <= ((size_t)1 << 30) && (ring_bytes & (ring_bytes - 1)) == 0;
}

static size_t rings_end(uint32_t processors) {
    return offsetof(struct chimney_probe, rings) + processors * sizeof(struct ring);
}

size_t chimney_probe_memory(uint32_t processors, size_t ring_bytes) {
    size_t each;
    if (!possible(processors, ring_bytes)) return 0;
    each = ring_bytes + ring_bytes / granule * sizeof(uint64_t);
    if (each > ((size_t)-1 - rings_end(processors)) / processors) return 0;
    return rings_end(processors) + processors * each;
}

struct chimney_probe* chimney_probe_start(void* memory, uint32_t processors, size_t ring_bytes) {
    struct chimney_probe* probe = (struct chimney_probe*)memory;
    uint8_t* at = (uint8_t*)memory;
    uint64_t granules;
    uint32_t i;
    if (!possible(processors, ring_bytes)) return 0;
    memset(memory, 0, chimney_probe_memory(processors, ring_bytes));
    granules = ring_bytes / granule;
    at += rings_end(processors);
    for (i = 0; i < processors; ++i) {
        probe->rings[i].bytes = at;
        at += ring_bytes;
    }
    for (i = 0; i < processors; ++i) {
        probe->rings[i].marks = (volatile uint64_t*)(void*)at;
        at += granules * sizeof(uint64_t);
    }
    probe->granules = granules;
    while (((uint64_t)1 << probe->rounds_shift) < granules) ++probe->rounds_shift;
    probe->processors = processors;
    chimney_clock_begin(probe->clock_pair);
    probe->clock_origin = chimney_clock();
    return probe;
}

static uint64_t round_of(const struct chimney_probe* probe, uint64_t position) {
    return (position >> probe->rounds_shift) + 1;
}

int chimney_probe_record(struct chimney_probe* probe, const struct chimney_wire_event* event,
                         const struct chimney_wire_piece* pieces, uint16_t count) {
    const size_t size = chimney_wire_record_size(pieces, count);
    const uint64_t wanted = (size + granule - 1) / granule;
    const uint64_t mask = probe->granules - 1;
    const uint32_t processor = chimney_processor();
    struct ring* ring = &probe->rings[processor < probe->processors ? processor : processor % probe->processors];
    struct chimney_wire_event whole = *event;
    uint64_t head, filler;
    uint8_t* at;
    if (size == 0 || size > chimney_probe_largest_record) {
        chimney_add(&ring->dropped, 1);
        return 0;
    }
    do {
        /* The tail first: read the other way round it could have passed an outdated head. */
        const uint64_t tail = chimney_load_acquire(&ring->tail);
        head = chimney_load_acquire(&ring->head);
        filler = probe->granules - (head & mask);
        if (filler >= wanted) filler = 0;
        if (head + filler + wanted - tail > probe->granules) {
            chimney_add(&ring->dropped, 1);
            return 0;
        }
    } while (!chimney_exchange_if(&ring->head, &head, head + filler + wanted));
    if (filler != 0) {
        uint8_t* rest = ring->bytes + (head & mask) * granule;
        rest[filler_at] = rest[filler_at + 1] = 0xFF;
        chimney_store_release(&ring->marks[head & mask], round_of(probe, head));
        head += filler;
    }
    whole.sequence = chimney_add(&probe->sequence, 1);
    whole.clock = chimney_clock();
    whole.context = chimney_context();
    whole.flags &= chimney_wire_pieces_only | chimney_wire_has_status;
    at = ring->bytes + (head & mask) * granule;
    chimney_wire_put_record(at, (size_t)wanted * granule, &whole, pieces, count);
    chimney_store_release(&ring->marks[head & mask], round_of(probe, head));
    return 1;
}

uint64_t chimney_probe_dropped(struct chimney_probe* probe) {
    uint64_t dropped = 0;
    uint32_t i;
    for (i = 0; i < probe->processors; ++i) dropped += chimney_load_acquire(&probe->rings[i].dropped);
    return dropped;
}

uint64_t chimney_probe_recorded(struct chimney_probe* probe) { return chimney_load_acquire(&probe->sequence); }

/* Copies whole records of one ring; returns their size. */
static size_t drain_ring(struct chimney_probe* probe, struct ring* ring, uint8_t* out, size_t room) {
    const uint64_t mask = probe->granules - 1;
    const uint64_t head = chimney_load_acquire(&ring->head);
    uint64_t tail = ring->tail;
    size_t taken = 0;
    while (tail != head && chimney_load_acquire(&ring->marks[tail & mask]) == round_of(probe, tail)) {
        const uint8_t* record = ring->bytes + (tail & mask) * granule;
        size_t size;
        if (record[filler_at] == 0xFF && record[filler_at + 1] == 0xFF) {
            tail += probe->granules - (tail & mask);
            continue;
        }
        size = chimney_wire_record_bytes(record);
        if (size > room - taken) break;
        memcpy(out + taken, record, size);
        taken += size;
        ++probe->drained;
        tail += (size + granule - 1) / granule;
    }
    chimney_store_release(&ring->tail, tail);
    return taken;
}

size_t chimney_probe_drain(struct chimney_probe* probe, uint8_t* out, size_t room) {
    const uint64_t dropped = chimney_probe_dropped(probe);
    size_t before, payload = 0;
    uint32_t i;
    if (room < chimney_probe_smallest_drain) return 0;
    before = 0;
    if (dropped != probe->told_dropped) {
        struct chimney_wire_drops drops;
        drops.dropped = dropped;
        before = chimney_wire_put_drops(out, room, &drops);
        probe->told_dropped = dropped;
    }
    room -= before + chimney_wire_header_size;
    if (room > chimney_wire_payload_limit) room = chimney_wire_payload_limit;
    /* Each drain begins with another ring, so that a busy one does not keep the others waiting. */
    for (i = 0; i < probe->processors; ++i) {
        struct ring* ring = &probe->rings[(probe->next_ring + i) % probe->processors];
        payload += drain_ring(probe, ring, out + before + chimney_wire_header_size + payload, room - payload);
    }
    probe->next_ring = (probe->next_ring + 1) % probe->processors;
    if (payload == 0) return before;
    chimney_wire_put_header(out + before, chimney_wire_events_frame, (uint32_t)payload);
    return before + chimney_wire_header_size + payload;
}

void chimney_probe_introduce(struct chimney_probe* probe, struct chimney_wire_hello* hello) {
    memset(hello, 0, sizeof *hello);
    hello->lowest_version = chimney_wire_version_lowest;
    hello->highest_version = chimney_wire_version_highest;
    hello->pointer_size = sizeof(void*);
    hello->clock_frequency = chimney_clock_frequency(probe->clock_pair);
    hello->first_sequence = probe->drained;
    hello->clock_origin = probe->clock_origin;
}
