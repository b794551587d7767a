/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT */
#include "driver-bridge/protocol/wire.h"
#include "driver-bridge/protocol/wire_bytes.h"

static const uint8_t magic[8] = {'C', 'h', 'i', 'm', 'n', 'e', 'y', 'B'};

enum { hello_fixed = 80, run_fixed = 32, layer_size = 12, goodbye_fixed = 16, control_fixed = 24, answer_fixed = 12 };

void chimney_wire_put_header(uint8_t* out, uint8_t type, uint32_t payload_size) {
    put32(out, payload_size);
    out[4] = type;
    out[5] = out[6] = out[7] = 0;
}

enum chimney_wire_found chimney_wire_find(const uint8_t* data, size_t size, uint32_t payload_limit,
                                          struct chimney_wire_frame* frame) {
    if (size < chimney_wire_header_size) return chimney_wire_found_part;
    if (data[5] != 0 || data[6] != 0 || data[7] != 0) return chimney_wire_found_garbage;
    frame->size = get32(data);
    frame->type = data[4];
    if (frame->size > payload_limit) return chimney_wire_found_too_long;
    if (size - chimney_wire_header_size < frame->size) return chimney_wire_found_part;
    frame->payload = data + chimney_wire_header_size;
    return chimney_wire_found_frame;
}

/* The place for a payload of this size, 0 when there is none. */
static uint8_t* begin(uint8_t* out, size_t room, uint8_t type, size_t payload_size) {
    if (payload_size > chimney_wire_payload_limit || room < chimney_wire_header_size + payload_size) return 0;
    chimney_wire_put_header(out, type, (uint32_t)payload_size);
    return out + chimney_wire_header_size;
}

static uint8_t* put_text(uint8_t* at, struct chimney_wire_text text) {
    if (text.size > 0) memcpy(at, text.data, text.size);
    return at + text.size;
}

/* The next `length` bytes before `end`; 0 when there are not so many. */
static int take_text(const uint8_t** at, const uint8_t* end, uint32_t length, struct chimney_wire_text* text) {
    if (length > (size_t)(end - *at)) return 0;
    text->data = (const char*)*at;
    text->size = length;
    *at += length;
    return 1;
}

size_t chimney_wire_put_hello(uint8_t* out, size_t room, const struct chimney_wire_hello* hello) {
    const uint64_t texts = (uint64_t)hello->token.size + hello->producer.size + hello->build.size;
    uint8_t* at;
    if (texts > chimney_wire_hello_limit - hello_fixed) return 0;
    at = begin(out, room, chimney_wire_hello_frame, hello_fixed + (size_t)texts);
    if (!at) return 0;
    memcpy(at, magic, sizeof magic);
    put16(at + 8, hello->lowest_version);
    put16(at + 10, hello->highest_version);
    at[12] = hello->pointer_size;
    at[13] = hello->resumes;
    put16(at + 14, (uint16_t)hello->token.size);
    put64(at + 16, hello->clock_frequency);
    put64(at + 24, hello->clock_origin);
    put64(at + 32, hello->wall_clock);
    memcpy(at + 40, hello->session, sizeof hello->session);
    put32(at + 56, hello->capabilities);
    put32(at + 60, hello->event_cost_picoseconds);
    put16(at + 64, (uint16_t)hello->producer.size);
    put16(at + 66, (uint16_t)hello->build.size);
    put32(at + 68, 0);
    put64(at + 72, hello->first_sequence);
    put_text(put_text(put_text(at + hello_fixed, hello->token), hello->producer), hello->build);
    return chimney_wire_header_size + hello_fixed + (size_t)texts;
}

int chimney_wire_get_hello(const uint8_t* payload, size_t size, struct chimney_wire_hello* hello) {
    const uint8_t* at = payload;
    const uint8_t* end = payload + size;
    memset(hello, 0, sizeof *hello);
    if (size < 12 || memcmp(payload, magic, sizeof magic) != 0) return 0;
    hello->lowest_version = get16(payload + 8);
    hello->highest_version = get16(payload + 10);
    if (hello->lowest_version > hello->highest_version) return 0;
    if (hello->lowest_version > chimney_wire_version_highest || hello->highest_version < chimney_wire_version_lowest)
        return 1;
    if (size < hello_fixed || size > chimney_wire_hello_limit) return 0;
    at += hello_fixed;
    hello->pointer_size = payload[12];
    hello->resumes = payload[13];
    hello->clock_frequency = get64(payload + 16);
    hello->clock_origin = get64(payload + 24);
    hello->wall_clock = get64(payload + 32);
    memcpy(hello->session, payload + 40, sizeof hello->session);
    hello->capabilities = get32(payload + 56);
    hello->event_cost_picoseconds = get32(payload + 60);
    hello->first_sequence = get64(payload + 72);
    return (hello->pointer_size == 4 || hello->pointer_size == 8) && hello->clock_frequency > 0 &&
           hello->clock_frequency <= UINT64_C(10000000000) &&
           take_text(&at, end, get16(payload + 14), &hello->token) &&
           take_text(&at, end, get16(payload + 64), &hello->producer) &&
           take_text(&at, end, get16(payload + 66), &hello->build);
}

size_t chimney_wire_put_welcome(uint8_t* out, size_t room, const struct chimney_wire_welcome* welcome) {
    uint8_t* at = begin(out, room, chimney_wire_welcome_frame, 24);
    if (!at) return 0;
    put16(at, welcome->version);
    put16(at + 2, 0);
    put32(at + 4, welcome->payload_limit);
    put32(at + 8, welcome->keepalive_milliseconds);
    put32(at + 12, welcome->silence_milliseconds);
    put64(at + 16, welcome->next_sequence);
    return chimney_wire_header_size + 24;
}

int chimney_wire_get_welcome(const uint8_t* payload, size_t size, struct chimney_wire_welcome* welcome) {
    if (size < 24) return 0;
    welcome->version = get16(payload);
    welcome->payload_limit = get32(payload + 4);
    welcome->keepalive_milliseconds = get32(payload + 8);
    welcome->silence_milliseconds = get32(payload + 12);
    welcome->next_sequence = get64(payload + 16);
    return 1;
}

size_t chimney_wire_put_run(uint8_t* out, size_t room, const struct chimney_wire_run* run) {
    const struct chimney_wire_text texts[5] = {run->scenario, run->title, run->variant, run->schedule, run->mode};
    size_t size = run_fixed;
    uint8_t* at;
    int i;
    for (i = 0; i < 5; ++i) {
        if (texts[i].size > chimney_wire_text_limit) return 0;
        size += texts[i].size;
    }
    at = begin(out, room, chimney_wire_run_frame, size);
    if (!at) return 0;
    put64(at, run->clock_start);
    for (i = 0; i < 5; ++i) put32(at + 8 + 4 * i, texts[i].size);
    put32(at + 28, 0);
    at += run_fixed;
    for (i = 0; i < 5; ++i) at = put_text(at, texts[i]);
    return chimney_wire_header_size + size;
}

int chimney_wire_get_run(const uint8_t* payload, size_t size, struct chimney_wire_run* run) {
    struct chimney_wire_text* const texts[5] = {&run->scenario, &run->title, &run->variant, &run->schedule, &run->mode};
    const uint8_t* at = payload;
    int i;
    if (size < run_fixed) return 0;
    at += run_fixed;
    run->clock_start = get64(payload);
    for (i = 0; i < 5; ++i) {
        const uint32_t length = get32(payload + 8 + 4 * i);
        if (length > chimney_wire_text_limit || !take_text(&at, payload + size, length, texts[i])) return 0;
    }
    return 1;
}

size_t chimney_wire_put_layers(uint8_t* out, size_t room, const struct chimney_wire_layer* layers, uint32_t count) {
    uint8_t* at;
    uint32_t i;
    if (count > chimney_wire_layer_limit) return 0;
    at = begin(out, room, chimney_wire_layers_frame, 8 + layer_size * (size_t)count);
    if (!at) return 0;
    put32(at, count);
    put32(at + 4, 0);
    for (i = 0, at += 8; i < count; ++i, at += layer_size) {
        put32(at, layers[i].role);
        put32(at + 4, layers[i].name);
        put32(at + 8, layers[i].driver);
    }
    return chimney_wire_header_size + 8 + layer_size * (size_t)count;
}

int chimney_wire_get_layers(const uint8_t* payload, size_t size, struct chimney_wire_layer* layers, uint32_t* count) {
    uint32_t i;
    if (size < 8) return 0;
    *count = get32(payload);
    if (*count > chimney_wire_layer_limit || size < 8 + layer_size * (size_t)*count) return 0;
    for (i = 0, payload += 8; i < *count; ++i, payload += layer_size) {
        if (get32(payload) > 255) return 0;
        layers[i].role = payload[0];
        layers[i].name = get32(payload + 4);
        layers[i].driver = get32(payload + 8);
    }
    return 1;
}

static size_t put_one_number(uint8_t* out, size_t room, uint8_t type, uint64_t number) {
    uint8_t* at = begin(out, room, type, 8);
    if (!at) return 0;
    put64(at, number);
    return chimney_wire_header_size + 8;
}

size_t chimney_wire_put_drops(uint8_t* out, size_t room, const struct chimney_wire_drops* drops) {
    return put_one_number(out, room, chimney_wire_drops_frame, drops->dropped);
}

int chimney_wire_get_drops(const uint8_t* payload, size_t size, struct chimney_wire_drops* drops) {
    if (size < 8) return 0;
    drops->dropped = get64(payload);
    return 1;
}

size_t chimney_wire_put_acknowledge(uint8_t* out, size_t room, uint64_t next_sequence) {
    return put_one_number(out, room, chimney_wire_acknowledge_frame, next_sequence);
}

int chimney_wire_get_acknowledge(const uint8_t* payload, size_t size, uint64_t* next_sequence) {
    if (size < 8) return 0;
    *next_sequence = get64(payload);
    return 1;
}

size_t chimney_wire_put_keepalive(uint8_t* out, size_t room, const struct chimney_wire_keepalive* keepalive) {
    uint8_t* at = begin(out, room, chimney_wire_keepalive_frame, 16);
    if (!at) return 0;
    put64(at, keepalive->sent);
    put64(at + 8, keepalive->echoed);
    return chimney_wire_header_size + 16;
}

int chimney_wire_get_keepalive(const uint8_t* payload, size_t size, struct chimney_wire_keepalive* keepalive) {
    if (size < 16) return 0;
    keepalive->sent = get64(payload);
    keepalive->echoed = get64(payload + 8);
    return 1;
}

size_t chimney_wire_put_goodbye(uint8_t* out, size_t room, const struct chimney_wire_goodbye* goodbye) {
    uint8_t* at;
    if (goodbye->text.size > chimney_wire_text_limit) return 0;
    at = begin(out, room, chimney_wire_goodbye_frame, goodbye_fixed + (size_t)goodbye->text.size);
    if (!at) return 0;
    put32(at, goodbye->reason);
    put32(at + 4, goodbye->text.size);
    put64(at + 8, goodbye->next_sequence);
    put_text(at + goodbye_fixed, goodbye->text);
    return chimney_wire_header_size + goodbye_fixed + (size_t)goodbye->text.size;
}

int chimney_wire_get_goodbye(const uint8_t* payload, size_t size, struct chimney_wire_goodbye* goodbye) {
    const uint8_t* at = payload;
    if (size < goodbye_fixed || get32(payload + 4) > chimney_wire_text_limit) return 0;
    at += goodbye_fixed;
    goodbye->reason = get32(payload);
    goodbye->next_sequence = get64(payload + 8);
    return take_text(&at, payload + size, get32(payload + 4), &goodbye->text);
}

size_t chimney_wire_put_control(uint8_t* out, size_t room, const struct chimney_wire_control* control) {
    uint8_t* at;
    if (control->text.size > chimney_wire_text_limit) return 0;
    at = begin(out, room, chimney_wire_control_frame, control_fixed + (size_t)control->text.size);
    if (!at) return 0;
    put32(at, control->request);
    put32(at + 4, control->command);
    put64(at + 8, control->number);
    put32(at + 16, control->text.size);
    put32(at + 20, 0);
    put_text(at + control_fixed, control->text);
    return chimney_wire_header_size + control_fixed + (size_t)control->text.size;
}

int chimney_wire_get_control(const uint8_t* payload, size_t size, struct chimney_wire_control* control) {
    const uint8_t* at = payload;
    if (size < control_fixed || get32(payload + 4) > 255 || get32(payload + 16) > chimney_wire_text_limit) return 0;
    at += control_fixed;
    control->request = get32(payload);
    control->command = payload[4];
    control->number = get64(payload + 8);
    return take_text(&at, payload + size, get32(payload + 16), &control->text);
}

size_t chimney_wire_put_answer(uint8_t* out, size_t room, const struct chimney_wire_answer* answer) {
    uint8_t* at;
    if (answer->text.size > chimney_wire_text_limit) return 0;
    at = begin(out, room, chimney_wire_answer_frame, answer_fixed + (size_t)answer->text.size);
    if (!at) return 0;
    put32(at, answer->request);
    put32(at + 4, answer->refused);
    put32(at + 8, answer->text.size);
    put_text(at + answer_fixed, answer->text);
    return chimney_wire_header_size + answer_fixed + (size_t)answer->text.size;
}

int chimney_wire_get_answer(const uint8_t* payload, size_t size, struct chimney_wire_answer* answer) {
    const uint8_t* at = payload;
    if (size < answer_fixed || get32(payload + 8) > chimney_wire_text_limit) return 0;
    at += answer_fixed;
    answer->request = get32(payload);
    answer->refused = get32(payload + 4);
    return take_text(&at, payload + size, get32(payload + 8), &answer->text);
}

size_t chimney_wire_put_state(uint8_t* out, size_t room, uint8_t state, const uint32_t* names, uint32_t count) {
    uint8_t* at;
    uint32_t i;
    if (count > chimney_wire_payload_limit / 4 - 2) return 0;
    at = begin(out, room, chimney_wire_state_frame, 8 + 4 * (size_t)count);
    if (!at) return 0;
    put32(at, state);
    put32(at + 4, count);
    for (i = 0; i < count; ++i) put32(at + 8 + 4 * (size_t)i, names[i]);
    return chimney_wire_header_size + 8 + 4 * (size_t)count;
}

int chimney_wire_get_state(const uint8_t* payload, size_t size, struct chimney_wire_state* state) {
    if (size < 8 || get32(payload) > chimney_wire_idle) return 0;
    state->state = payload[0];
    state->alternatives = get32(payload + 4);
    state->name_numbers = payload + 8;
    return state->alternatives <= (size - 8) / 4;
}

uint32_t chimney_wire_state_name(const struct chimney_wire_state* state, uint32_t index) {
    return index < state->alternatives ? get32(state->name_numbers + 4 * (size_t)index) : CHIMNEY_WIRE_NONE32;
}

size_t chimney_wire_put_name(uint8_t* out, size_t room, uint32_t number, struct chimney_wire_text text) {
    if (text.size > chimney_wire_text_limit || room < 8 + (size_t)text.size) return 0;
    put32(out, number);
    put32(out + 4, text.size);
    put_text(out + 8, text);
    return 8 + (size_t)text.size;
}

int chimney_wire_next_name(const uint8_t* payload, size_t size, size_t* position, uint32_t* number,
                           struct chimney_wire_text* text) {
    const uint8_t* at;
    if (*position >= size || size - *position < 8) return 0;
    at = payload + *position;
    if (get32(at + 4) > chimney_wire_text_limit) return 0;
    *number = get32(at);
    {
        const uint32_t length = get32(at + 4);
        at += 8;
        if (!take_text(&at, payload + size, length, text)) return 0;
    }
    *position = (size_t)(at - payload);
    return 1;
}
