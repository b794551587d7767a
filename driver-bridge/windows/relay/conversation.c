/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>
#include <ws2tcpip.h>

#include "driver-bridge/windows/relay/conversation.h"

#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { patience_ms = 5000, goodbye_room = 1024, inbox_room = 128 * 1024 };

struct conversation {
    SOCKET socket;
    CRITICAL_SECTION sending;
    HANDLE listener;
    HANDLE acknowledged;       /* set when the recorder has every record up to `last` */
    volatile LONG64 last;      /* next sequence number of our goodbye; -1 before */
    volatile LONG dismissed;   /* the recorder has said goodbye or is gone */
    uint8_t inbox[inbox_room];
    size_t filled;
};

static int send_all(struct conversation *with, const uint8_t *bytes, size_t size)
{
    int problem = 0;
    EnterCriticalSection(&with->sending);
    while (size > 0) {
        const int part = size > (1u << 20) ? (1 << 20) : (int)size;
        const int sent = send(with->socket, (const char *)bytes, part, 0);
        if (sent <= 0) {
            problem = -1;
            break;
        }
        bytes += sent;
        size -= (size_t)sent;
    }
    LeaveCriticalSection(&with->sending);
    return problem;
}

static void take(struct conversation *with, const struct chimney_wire_frame *frame)
{
    struct chimney_wire_keepalive keepalive;
    struct chimney_wire_goodbye goodbye;
    uint64_t next;
    uint8_t answer[64];
    switch (frame->type) {
    case chimney_wire_keepalive_frame:
        if (!chimney_wire_get_keepalive(frame->payload, frame->size, &keepalive)) return;
        keepalive.echoed = keepalive.sent;
        keepalive.sent = GetTickCount() + 1u;
        send_all(with, answer, chimney_wire_put_keepalive(answer, sizeof answer, &keepalive));
        return;
    case chimney_wire_acknowledge_frame:
        if (!chimney_wire_get_acknowledge(frame->payload, frame->size, &next)) return;
        if (with->last >= 0 && next >= (uint64_t)with->last) SetEvent(with->acknowledged);
        return;
    case chimney_wire_goodbye_frame:
        if (chimney_wire_get_goodbye(frame->payload, frame->size, &goodbye)) {
            if (goodbye.reason != chimney_wire_finished)
                fprintf(stderr, "chimney-relay: the recorder ends the session: %.*s\n", (int)goodbye.text.size, goodbye.text.data);
            else
                SetEvent(with->acknowledged);
        }
        with->dismissed = 1;
        return;
    default: return;
    }
}

static DWORD WINAPI listen_to(void *context)
{
    struct conversation *with = (struct conversation *)context;
    for (;;) {
        struct chimney_wire_frame frame;
        size_t taken = 0;
        enum chimney_wire_found found;
        const int got = recv(with->socket, (char *)with->inbox + with->filled, (int)(inbox_room - with->filled), 0);
        if (got <= 0) break;
        with->filled += (size_t)got;
        while ((found = chimney_wire_find(with->inbox + taken, with->filled - taken, inbox_room - chimney_wire_header_size, &frame)) ==
               chimney_wire_found_frame) {
            take(with, &frame);
            taken += chimney_wire_header_size + frame.size;
        }
        if (found != chimney_wire_found_part) {
            fprintf(stderr, "chimney-relay: what answers there does not speak the protocol\n");
            break;
        }
        memmove(with->inbox, with->inbox + taken, with->filled - taken);
        with->filled -= taken;
    }
    with->dismissed = 1;
    SetEvent(with->acknowledged);
    return 0;
}

static SOCKET connect_to(const char *endpoint)
{
    char host[256];
    const char *port;
    struct addrinfo wanted, *found = NULL, *each;
    SOCKET made = INVALID_SOCKET;
    if (strncmp(endpoint, "tcp:", 4) == 0) endpoint += 4;
    port = strrchr(endpoint, ':');
    if (port == NULL || port == endpoint || (size_t)(port - endpoint) >= sizeof host) {
        fprintf(stderr, "chimney-relay: --connect wants HOST:PORT, for example 127.0.0.1:4710, not %s\n", endpoint);
        return INVALID_SOCKET;
    }
    memcpy(host, endpoint, (size_t)(port - endpoint));
    host[port - endpoint] = 0;
    memset(&wanted, 0, sizeof wanted);
    wanted.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host, port + 1, &wanted, &found) == 0) {
        for (each = found; each != NULL && made == INVALID_SOCKET; each = each->ai_next) {
            made = socket(each->ai_family, each->ai_socktype, each->ai_protocol);
            if (made != INVALID_SOCKET && connect(made, each->ai_addr, (int)each->ai_addrlen) != 0) {
                closesocket(made);
                made = INVALID_SOCKET;
            }
        }
        freeaddrinfo(found);
    }
    if (made == INVALID_SOCKET)
        fprintf(stderr, "chimney-relay: nobody takes connections at %s; start chimneylab-cli record --listen, or Listen in the "
                        "desktop's Live sessions\n", endpoint);
    return made;
}

static void dispose(struct conversation *with)
{
    if (with->socket != INVALID_SOCKET) {
        shutdown(with->socket, SD_BOTH);
        closesocket(with->socket);
    }
    if (with->listener != NULL) {
        WaitForSingleObject(with->listener, patience_ms);
        CloseHandle(with->listener);
    }
    if (with->acknowledged != NULL) CloseHandle(with->acknowledged);
    DeleteCriticalSection(&with->sending);
    free(with);
    WSACleanup();
}

struct conversation *converse(const char *endpoint, const struct chimney_wire_hello *hello)
{
    WSADATA data;
    BOOL at_once = TRUE;
    uint8_t *frame;
    size_t size;
    struct conversation *with = (struct conversation *)calloc(1, sizeof *with);
    if (with == NULL || WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        fprintf(stderr, "chimney-relay: no sockets\n");
        free(with);
        return NULL;
    }
    InitializeCriticalSection(&with->sending);
    with->last = -1;
    with->acknowledged = CreateEventA(NULL, TRUE, FALSE, NULL);
    with->socket = connect_to(endpoint);
    frame = (uint8_t *)malloc(chimney_wire_hello_limit + chimney_wire_header_size);
    if (with->acknowledged == NULL || with->socket == INVALID_SOCKET || frame == NULL) {
        free(frame);
        dispose(with);
        return NULL;
    }
    setsockopt(with->socket, IPPROTO_TCP, TCP_NODELAY, (const char *)&at_once, sizeof at_once);
    size = chimney_wire_put_hello(frame, chimney_wire_hello_limit + chimney_wire_header_size, hello);
    if (size == 0 || send_all(with, frame, size) != 0) {
        fprintf(stderr, "chimney-relay: the recorder took no greeting\n");
        free(frame);
        dispose(with);
        return NULL;
    }
    free(frame);
    with->listener = CreateThread(NULL, 0, listen_to, with, 0, NULL);
    return with;
}

int send_frames(struct conversation *with, const uint8_t *frames, size_t size)
{
    if (!with->dismissed && send_all(with, frames, size) == 0) return 0;
    fprintf(stderr, "chimney-relay: the connection to the recorder is lost\n");
    return -1;
}

int take_leave(struct conversation *with, const struct chimney_wire_goodbye *goodbye)
{
    uint8_t frame[goodbye_room];
    size_t size;
    int problem = 0;
    with->last = (LONG64)goodbye->next_sequence;
    size = chimney_wire_put_goodbye(frame, sizeof frame, goodbye);
    if (with->dismissed || size == 0 || send_all(with, frame, size) != 0) problem = -1;
    if (problem == 0 && WaitForSingleObject(with->acknowledged, patience_ms) != WAIT_OBJECT_0) {
        fprintf(stderr, "chimney-relay: the recorder does not say whether it has everything\n");
        problem = -1;
    }
    dispose(with);
    return problem;
}
