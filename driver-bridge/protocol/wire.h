/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The bytes between a producer (a driver's probe, its relay, a driver host, a replayed session) and a recorder:
 * PROTOCOL.md in this folder as C. Both ends use this one codec. C99, no library beyond memcpy, memory is the caller's,
 * nothing is kept between calls, so any thread may call; kernel mode as well.
 *
 * Writers put one whole frame into `out` and return its size, or 0 when it does not fit into `room` or a value has no
 * place in the format; then `out` holds nothing of use. Readers take a payload of any origin: they return
 * 1 and views into the payload, or 0 when it is not what it should be. No reader looks beyond the size it is given. */
#ifndef CHIMNEYLAB_DRIVER_BRIDGE_PROTOCOL_WIRE_H
#define CHIMNEYLAB_DRIVER_BRIDGE_PROTOCOL_WIRE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    chimney_wire_version_lowest = 1,
    chimney_wire_version_highest = 1,
    chimney_wire_header_size = 8,
    chimney_wire_hello_limit = 4096,             /* payload of a HELLO */
    chimney_wire_payload_limit = 1024 * 1024,    /* payload of any frame */
    chimney_wire_event_size = 96,                /* an event record without pieces */
    chimney_wire_piece_size = 16,                /* a piece without its bytes */
    chimney_wire_birth_size = 24,                /* what a birth has more */
    chimney_wire_record_limit = 512 * 1024,      /* an event record with its pieces */
    chimney_wire_text_limit = 65536,             /* a name, or a text of a control or a goodbye */
    chimney_wire_layer_limit = 64
};

#define CHIMNEY_WIRE_NONE32 UINT32_C(0xFFFFFFFF)
#define CHIMNEY_WIRE_NONE64 UINT64_C(0xFFFFFFFFFFFFFFFF)

enum chimney_wire_type {
    /* producer to recorder */
    chimney_wire_hello_frame = 1,
    chimney_wire_run_frame = 2,
    chimney_wire_layers_frame = 3,
    chimney_wire_names_frame = 4,
    chimney_wire_events_frame = 5,
    chimney_wire_drops_frame = 6,
    chimney_wire_answer_frame = 7,
    chimney_wire_state_frame = 8,
    /* either way */
    chimney_wire_keepalive_frame = 16,
    chimney_wire_goodbye_frame = 17,
    /* recorder to producer */
    chimney_wire_welcome_frame = 32,
    chimney_wire_acknowledge_frame = 33,
    chimney_wire_control_frame = 34
};

/* A text or bytes that lie in somebody else's memory; not terminated. */
struct chimney_wire_text {
    const char* data;
    uint32_t size;
};

struct chimney_wire_frame {
    uint8_t type;
    const uint8_t* payload;
    uint32_t size;
};

enum chimney_wire_found {
    chimney_wire_found_frame,
    chimney_wire_found_part,     /* more bytes are needed */
    chimney_wire_found_too_long, /* the length is beyond the limit: the stream cannot be followed any further */
    chimney_wire_found_garbage   /* reserved bytes are not 0: this is not the protocol */
};

/* The frame at the beginning of `data`. Its whole size is chimney_wire_header_size + frame->size. */
enum chimney_wire_found chimney_wire_find(const uint8_t* data, size_t size, uint32_t payload_limit,
                                          struct chimney_wire_frame* frame);

/* --- conversation ------------------------------------------------------------------------------------------------ */

enum chimney_wire_capability {
    chimney_wire_has_virtual_time = 1u << 0, /* event records carry a virtual time of their own */
    chimney_wire_has_references = 1u << 1,   /* they carry partner, parent and depth; else the recorder derives them */
    chimney_wire_can_resume = 1u << 2,       /* after a lost connection it comes back with the same session number */
    chimney_wire_can_pause = 1u << 3,        /* takes pause, start and step */
    chimney_wire_can_stop = 1u << 4,
    chimney_wire_can_run_scenario = 1u << 5,
    chimney_wire_can_inject = 1u << 6,
    chimney_wire_can_choose = 1u << 7
};

struct chimney_wire_hello {
    uint16_t lowest_version, highest_version;
    uint8_t pointer_size; /* 4 or 8 bytes */
    uint8_t resumes;      /* 1: goes on with the session of this number */
    uint64_t clock_frequency; /* ticks of the event records' clock in a second, 1 … 10^10 */
    uint64_t clock_origin;    /* its value at the session's time 0 */
    uint64_t wall_clock;      /* nanoseconds since 1970 UTC at clock_origin; 0: not known */
    uint8_t session[16];      /* random; all 0: this session cannot be resumed */
    uint32_t capabilities;
    uint32_t event_cost_picoseconds; /* what recording one event costs the producer; 0: not known */
    uint64_t first_sequence; /* number of the session's first record; what came before is not part of it */
    struct chimney_wire_text token, producer, build;
};

struct chimney_wire_welcome {
    uint16_t version;
    uint32_t payload_limit;
    uint32_t keepalive_milliseconds; /* send something at least this often */
    uint32_t silence_milliseconds;   /* who says nothing for so long is taken for gone */
    uint64_t next_sequence;          /* the first record that the recorder does not have */
};

struct chimney_wire_run {
    uint64_t clock_start; /* virtual time at the beginning, nanoseconds */
    struct chimney_wire_text scenario, title, variant, schedule, mode;
};

struct chimney_wire_layer {
    uint8_t role; /* 0 host stack, 1 intermediate driver, 2 offload target */
    uint32_t name, driver; /* numbers of names */
};

struct chimney_wire_drops {
    uint64_t dropped; /* records given up since the session began, altogether; it never goes down */
};

enum chimney_wire_goodbye_reason {
    chimney_wire_finished = 0,        /* everything was said */
    chimney_wire_stopped = 1,         /* told to stop, or a person ended it */
    chimney_wire_no_common_version = 2,
    chimney_wire_refused_token = 3,
    chimney_wire_malformed = 4,       /* what the peer sent is not the protocol */
    chimney_wire_too_large = 5,
    chimney_wire_silent = 6,          /* nothing came for too long */
    chimney_wire_limit_reached = 7,   /* the recorder takes no more of this session */
    chimney_wire_busy = 8,            /* the recorder takes no more sessions */
    chimney_wire_unknown_session = 9, /* there is nothing to resume */
    chimney_wire_replaced = 10,       /* the producer has come back on another connection */
    chimney_wire_going_down = 11
};

struct chimney_wire_goodbye {
    uint32_t reason;
    uint64_t next_sequence; /* one more than the last record sent (by the producer) or taken (by the recorder) */
    struct chimney_wire_text text; /* for people: what and what to do */
};

struct chimney_wire_keepalive {
    uint64_t sent;   /* the sender's clock, whatever it counts */
    uint64_t echoed; /* `sent` of the last keepalive of the peer, 0: none yet */
};

enum chimney_wire_command {
    chimney_wire_start = 1,
    chimney_wire_stop = 2,
    chimney_wire_run_scenario = 3, /* text: scenario, or scenario, line feed, variant, line feed, schedule */
    chimney_wire_pause = 4,
    chimney_wire_step = 5,   /* number: how many events */
    chimney_wire_inject = 6, /* text: which fault */
    chimney_wire_choose = 7  /* number: which of the alternatives told in the last STATE */
};

struct chimney_wire_control {
    uint32_t request; /* comes back in the answer */
    uint8_t command;
    uint64_t number;
    struct chimney_wire_text text;
};

struct chimney_wire_answer {
    uint32_t request;
    uint32_t refused; /* 0: done */
    struct chimney_wire_text text;
};

enum chimney_wire_producer_state {
    chimney_wire_running = 0,
    chimney_wire_paused = 1,
    chimney_wire_waits_for_choice = 2,
    chimney_wire_idle = 3
};

struct chimney_wire_state {
    uint8_t state;
    uint32_t alternatives;      /* how many; their names' numbers follow */
    const uint8_t* name_numbers; /* in the payload, read with chimney_wire_state_name; for the writer: not used */
};

size_t chimney_wire_put_hello(uint8_t* out, size_t room, const struct chimney_wire_hello* hello);
size_t chimney_wire_put_welcome(uint8_t* out, size_t room, const struct chimney_wire_welcome* welcome);
size_t chimney_wire_put_run(uint8_t* out, size_t room, const struct chimney_wire_run* run);
size_t chimney_wire_put_layers(uint8_t* out, size_t room, const struct chimney_wire_layer* layers, uint32_t count);
size_t chimney_wire_put_drops(uint8_t* out, size_t room, const struct chimney_wire_drops* drops);
size_t chimney_wire_put_goodbye(uint8_t* out, size_t room, const struct chimney_wire_goodbye* goodbye);
size_t chimney_wire_put_keepalive(uint8_t* out, size_t room, const struct chimney_wire_keepalive* keepalive);
size_t chimney_wire_put_acknowledge(uint8_t* out, size_t room, uint64_t next_sequence);
size_t chimney_wire_put_control(uint8_t* out, size_t room, const struct chimney_wire_control* control);
size_t chimney_wire_put_answer(uint8_t* out, size_t room, const struct chimney_wire_answer* answer);
size_t chimney_wire_put_state(uint8_t* out, size_t room, uint8_t state, const uint32_t* names, uint32_t count);

/* A HELLO of a version this codec does not know gives its versions alone, the rest is 0: enough to say so. */
int chimney_wire_get_hello(const uint8_t* payload, size_t size, struct chimney_wire_hello* hello);
int chimney_wire_get_welcome(const uint8_t* payload, size_t size, struct chimney_wire_welcome* welcome);
int chimney_wire_get_run(const uint8_t* payload, size_t size, struct chimney_wire_run* run);
/* Returns 1 and the count; layers beyond `room` are not possible (chimney_wire_layer_limit). */
int chimney_wire_get_layers(const uint8_t* payload, size_t size, struct chimney_wire_layer* layers, uint32_t* count);
int chimney_wire_get_drops(const uint8_t* payload, size_t size, struct chimney_wire_drops* drops);
int chimney_wire_get_goodbye(const uint8_t* payload, size_t size, struct chimney_wire_goodbye* goodbye);
int chimney_wire_get_keepalive(const uint8_t* payload, size_t size, struct chimney_wire_keepalive* keepalive);
int chimney_wire_get_acknowledge(const uint8_t* payload, size_t size, uint64_t* next_sequence);
int chimney_wire_get_control(const uint8_t* payload, size_t size, struct chimney_wire_control* control);
int chimney_wire_get_answer(const uint8_t* payload, size_t size, struct chimney_wire_answer* answer);
int chimney_wire_get_state(const uint8_t* payload, size_t size, struct chimney_wire_state* state);
uint32_t chimney_wire_state_name(const struct chimney_wire_state* state, uint32_t index);

/* --- names ------------------------------------------------------------------------------------------------------- */

/* A NAMES payload is a run of names; each is put and got by itself, the frame's header is put last. */
size_t chimney_wire_put_name(uint8_t* out, size_t room, uint32_t number, struct chimney_wire_text text);
/* Takes the name at *position and moves on. 1: a name; 0: the end, or nonsense (then *position stays below size). */
int chimney_wire_next_name(const uint8_t* payload, size_t size, size_t* position, uint32_t* number,
                           struct chimney_wire_text* text);
/* For payloads that were put together piece by piece: NAMES and EVENTS. Always 8 bytes. */
void chimney_wire_put_header(uint8_t* out, uint8_t type, uint32_t payload_size);

/* --- events ------------------------------------------------------------------------------------------------------ */

enum chimney_wire_event_flag {
    chimney_wire_pieces_only = 1u << 0, /* no event: the births in it belong to the next one */
    chimney_wire_has_status = 1u << 1
};

/* The members mean what engine/trace/event.h says; kinds and layers have its numbers. */
struct chimney_wire_event {
    uint64_t sequence; /* 0, 1, 2 … in the order in which things happened; records may be sent in another */
    uint64_t clock;    /* ticks, see chimney_wire_hello */
    uint64_t virtual_time;
    uint64_t subject, detail;
    uint32_t name;      /* number of a name, or none */
    uint32_t operation; /* the producer's number for it, or none */
    uint32_t region;    /* the producer's number, or none */
    int32_t status;
    uint64_t partner, parent; /* sequence numbers, or none */
    uint32_t context;         /* what runs one thing at a time: a thread, or a processor at DISPATCH_LEVEL */
    uint16_t flags;
    uint16_t depth;
    uint8_t kind, operation_kind;
    uint8_t layer, other_layer;
    uint8_t irql;
    uint32_t argument;
};

enum chimney_wire_piece_kind {
    chimney_wire_birth = 1,    /* a region begins to be watched; bytes: what it holds */
    chimney_wire_snapshot = 2, /* bytes of it as they are now, from `offset`; the recorder finds what changed */
    chimney_wire_death = 3,    /* is watched no longer */
    chimney_wire_label = 4     /* got its name later: `label` */
};

/* A piece belongs to an event record and tells of watched memory what was new at that event. */
struct chimney_wire_piece {
    uint8_t kind;
    uint8_t writer;      /* snapshot: layer that ran since the event before */
    uint8_t region_kind; /* birth */
    uint8_t owner;       /* birth */
    uint32_t region;     /* the producer's number; free again after the death */
    uint32_t offset;     /* snapshot */
    uint32_t length;     /* bytes */
    const uint8_t* bytes;
    /* birth; label: label alone */
    uint64_t address;
    uint32_t label;
    uint32_t parent; /* number of a region */
    uint32_t tag;
    uint16_t ordinal;
};

/* A record in an EVENTS payload, in the bytes of which its pieces still lie. */
struct chimney_wire_record {
    struct chimney_wire_event event;
    const uint8_t* pieces;
    uint32_t pieces_size;
    uint16_t piece_count;
};

/* Size of a record with these pieces, 0: cannot be (an unknown kind, or beyond chimney_wire_record_limit). */
size_t chimney_wire_record_size(const struct chimney_wire_piece* pieces, uint16_t count);
/* Returns the record's size: a multiple of 8. */
size_t chimney_wire_put_record(uint8_t* out, size_t room, const struct chimney_wire_event* event,
                               const struct chimney_wire_piece* pieces, uint16_t count);
/* The size of a record that chimney_wire_put_record has put there. */
size_t chimney_wire_record_bytes(const uint8_t* record);
/* Takes the record at *position and moves on. 1: a record; 0: the end, or nonsense (then *position stays below size).
 * The pieces of a record got this way are whole: chimney_wire_next_piece gives all of them. */
int chimney_wire_next_record(const uint8_t* payload, size_t size, size_t* position, struct chimney_wire_record* record);
int chimney_wire_next_piece(const struct chimney_wire_record* record, uint32_t* position,
                            struct chimney_wire_piece* piece);

#ifdef __cplusplus
}
#endif
#endif
