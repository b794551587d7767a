/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Segments that came before their time, in the order of their sequence numbers. They are not acknowledged, so they may be
 * forgotten whenever the state is handed over.
 */
#include <string.h>

#include "engine/tcp/internal.h"

struct chimney_tcp_early {
    struct chimney_tcp_early *next;
    uint32_t sequence;
    uint32_t bytes;
    int fin;
    int push;
    uint8_t data[1];
};

void tcp_keep_early(struct chimney_tcp *tcp, const struct chimney_tcp_segment *segment)
{
    struct chimney_tcp_early **at = &tcp->early;
    struct chimney_tcp_early *made;
    uint32_t bytes = (uint32_t)segment->payload_bytes;

    while (*at != NULL && BEFORE((*at)->sequence, segment->sequence)) {
        at = &(*at)->next;
    }
    if (*at != NULL && (*at)->sequence == segment->sequence) {
        if ((*at)->bytes >= bytes) { /* known */
            (*at)->fin |= (segment->flags & CHIMNEY_TCP_FIN) != 0 && (*at)->bytes == bytes;
            return;
        }
    }
    made = tcp->callbacks.allocate(tcp->callbacks.context, sizeof(*made) + bytes);
    if (made == NULL) {
        return; /* as good as lost: it will come again */
    }
    made->sequence = segment->sequence;
    made->bytes = bytes;
    made->fin = (segment->flags & CHIMNEY_TCP_FIN) != 0;
    made->push = (segment->flags & CHIMNEY_TCP_PSH) != 0;
    if (bytes > 0) {
        memcpy(made->data, segment->payload, bytes);
    }
    made->next = *at;
    *at = made;
}

int tcp_take_early(struct chimney_tcp *tcp)
{
    int fin = 0;

    while (!fin && tcp->early != NULL && !BEFORE(tcp->rcv_nxt, tcp->early->sequence)) {
        struct chimney_tcp_early *first = tcp->early;
        uint32_t known = tcp->rcv_nxt - first->sequence;
        if (known < first->bytes && !tcp_deliver(tcp, first->data + known, first->bytes - known, first->push)) {
            break; /* it is still early: the peer will send it again */
        }
        tcp->early = first->next;
        if (known <= first->bytes) {
            fin = first->fin;
        }
        tcp->callbacks.release(tcp->callbacks.context, first);
    }
    return fin;
}

void tcp_forget_early(struct chimney_tcp *tcp)
{
    while (tcp->early != NULL) {
        struct chimney_tcp_early *first = tcp->early;
        tcp->early = first->next;
        tcp->callbacks.release(tcp->callbacks.context, first);
    }
}
