/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT */
#include "driver-bridge/protocol/wire.h"
#include "driver-bridge/protocol/wire_bytes.h"

/* Bytes that a piece takes in a record, 0 for one that cannot be. */
static size_t piece_size(uint8_t kind, uint32_t length) {
    if (length > chimney_wire_record_limit) return 0;
    switch (kind) {
    case chimney_wire_birth: return chimney_wire_piece_size + chimney_wire_birth_size + rounded_up_to_8(length);
    case chimney_wire_snapshot: return chimney_wire_piece_size + rounded_up_to_8(length);
    case chimney_wire_death:
    case chimney_wire_label: return length == 0 ? chimney_wire_piece_size : 0;
    default: return 0;
    }
}

size_t chimney_wire_record_size(const struct chimney_wire_piece* pieces, uint16_t count) {
    size_t size = chimney_wire_event_size;
    uint16_t i;
    for (i = 0; i < count; ++i) {
        const size_t each = piece_size(pieces[i].kind, pieces[i].length);
        if (each == 0) return 0;
        size += each;
        if (size > chimney_wire_record_limit) return 0;
    }
    return size;
}

static uint8_t* put_piece(uint8_t* at, const struct chimney_wire_piece* piece) {
    size_t padded;
    at[0] = piece->kind;
    at[1] = piece->writer;
    at[2] = piece->region_kind;
    at[3] = piece->owner;
    put32(at + 4, piece->region);
    put32(at + 8, piece->kind == chimney_wire_label ? piece->label : piece->offset);
    put32(at + 12, piece->length);
    at += chimney_wire_piece_size;
    if (piece->kind == chimney_wire_birth) {
        put64(at, piece->address);
        put32(at + 8, piece->label);
        put32(at + 12, piece->parent);
        put32(at + 16, piece->tag);
        put16(at + 20, piece->ordinal);
        put16(at + 22, 0);
        at += chimney_wire_birth_size;
    }
    if (piece->length == 0) return at;
    padded = rounded_up_to_8(piece->length);
    if (padded != piece->length) put64(at + padded - 8, 0);
    memcpy(at, piece->bytes, piece->length);
    return at + padded;
}

size_t chimney_wire_put_record(uint8_t* out, size_t room, const struct chimney_wire_event* event,
                               const struct chimney_wire_piece* pieces, uint16_t count) {
    const size_t size = chimney_wire_record_size(pieces, count);
    uint8_t* at = out;
    uint16_t i;
    if (size == 0 || size > room) return 0;
    at += chimney_wire_event_size;
    put32(out, (uint32_t)size);
    put16(out + 4, count);
    put16(out + 6, event->flags);
    put64(out + 8, event->sequence);
    put64(out + 16, event->clock);
    put64(out + 24, event->virtual_time);
    put64(out + 32, event->subject);
    put64(out + 40, event->detail);
    put32(out + 48, event->name);
    put32(out + 52, event->operation);
    put32(out + 56, event->region);
    put32(out + 60, (uint32_t)event->status);
    put64(out + 64, event->partner);
    put64(out + 72, event->parent);
    put32(out + 80, event->context);
    put16(out + 84, event->depth);
    out[86] = event->kind;
    out[87] = event->operation_kind;
    out[88] = event->layer;
    out[89] = event->other_layer;
    out[90] = event->irql;
    out[91] = 0;
    put32(out + 92, event->argument);
    for (i = 0; i < count; ++i) at = put_piece(at, &pieces[i]);
    return size;
}

size_t chimney_wire_record_bytes(const uint8_t* record) { return get32(record); }

int chimney_wire_next_piece(const struct chimney_wire_record* record, uint32_t* position,
                            struct chimney_wire_piece* piece) {
    const uint32_t left = *position < record->pieces_size ? record->pieces_size - *position : 0;
    const uint8_t* at;
    size_t size;
    if (left < chimney_wire_piece_size) return 0;
    at = record->pieces + *position;
    memset(piece, 0, sizeof *piece);
    piece->kind = at[0];
    piece->writer = at[1];
    piece->region_kind = at[2];
    piece->owner = at[3];
    piece->region = get32(at + 4);
    piece->offset = get32(at + 8);
    piece->length = get32(at + 12);
    size = piece_size(piece->kind, piece->length);
    if (size == 0 || size > left) return 0;
    piece->bytes = at + chimney_wire_piece_size;
    piece->label = piece->kind == chimney_wire_label ? piece->offset : CHIMNEY_WIRE_NONE32;
    piece->parent = CHIMNEY_WIRE_NONE32;
    if (piece->kind == chimney_wire_birth) {
        piece->address = get64(piece->bytes);
        piece->label = get32(piece->bytes + 8);
        piece->parent = get32(piece->bytes + 12);
        piece->tag = get32(piece->bytes + 16);
        piece->ordinal = get16(piece->bytes + 20);
        piece->bytes += chimney_wire_birth_size;
    }
    *position += (uint32_t)size;
    return 1;
}

int chimney_wire_next_record(const uint8_t* payload, size_t size, size_t* position,
                             struct chimney_wire_record* record) {
    const uint8_t* at;
    const size_t left = *position < size ? size - *position : 0;
    struct chimney_wire_event* event = &record->event;
    struct chimney_wire_piece piece;
    uint32_t whole, seen = 0;
    uint16_t i;
    if (left < chimney_wire_event_size) return 0;
    at = payload + *position;
    whole = get32(at);
    if (whole < chimney_wire_event_size || whole > left || whole > chimney_wire_record_limit || whole % 8 != 0) return 0;
    record->piece_count = get16(at + 4);
    record->pieces = at + chimney_wire_event_size;
    record->pieces_size = whole - chimney_wire_event_size;
    for (i = 0; i < record->piece_count; ++i)
        if (!chimney_wire_next_piece(record, &seen, &piece)) return 0;
    if (seen != record->pieces_size) return 0;
    event->flags = get16(at + 6);
    event->sequence = get64(at + 8);
    event->clock = get64(at + 16);
    event->virtual_time = get64(at + 24);
    event->subject = get64(at + 32);
    event->detail = get64(at + 40);
    event->name = get32(at + 48);
    event->operation = get32(at + 52);
    event->region = get32(at + 56);
    event->status = (int32_t)get32(at + 60);
    event->partner = get64(at + 64);
    event->parent = get64(at + 72);
    event->context = get32(at + 80);
    event->depth = get16(at + 84);
    event->kind = at[86];
    event->operation_kind = at[87];
    event->layer = at[88];
    event->other_layer = at[89];
    event->irql = at[90];
    event->argument = get32(at + 92);
    *position += whole;
    return 1;
}
