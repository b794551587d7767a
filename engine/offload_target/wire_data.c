/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Bytes of connections on a wire. Sends are transmitted out of the host's own memory, from the first byte that is not
 * acknowledged; received data lies in a chain of chunks of the adapter until it has been delivered.
 */
#include "wire.h"

struct _OT_CHUNK {
    POT_CHUNK Next;
    ULONG Length;
    ULONG Taken; /* from the front */
    UCHAR Bytes[1];
};

BOOLEAN OtCopyFromBuffer(PNET_BUFFER Buffer, ULONG Offset, PUCHAR Into, ULONG Bytes)
{
    PMDL mdl = NET_BUFFER_CURRENT_MDL(Buffer);
    ULONG skip = NET_BUFFER_CURRENT_MDL_OFFSET(Buffer) + Offset;

    while (mdl != NULL && Bytes > 0) {
        ULONG length = MmGetMdlByteCount(mdl);
        if (skip < length) {
            ULONG part = length - skip < Bytes ? length - skip : Bytes;
            PUCHAR memory = (PUCHAR)MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
            if (memory == NULL) {
                return FALSE;
            }
            NdisMoveMemory(Into, memory + skip, part);
            Into += part;
            Bytes -= part;
            skip = length;
        }
        skip -= length;
        mdl = mdl->Next;
    }
    return (BOOLEAN)(Bytes == 0);
}

/* Bytes of the send stream, counted from SndUna: behind those that are acknowledged and not yet completed. */
VOID OtWireReadSends(POT_OBJECT Connection, ULONG Offset, PUCHAR Into, ULONG Bytes)
{
    PNET_BUFFER_LIST list;
    PNET_BUFFER buffer;

    Offset += Connection->Wire->Acknowledged + Connection->Wire->Tcp.outcome.acknowledged;
    for (list = Connection->Sends.First; list != NULL && Bytes > 0;
         list = (PNET_BUFFER_LIST)NET_BUFFER_LIST_MINIPORT_RESERVED(list)[0]) {
        for (buffer = NET_BUFFER_LIST_FIRST_NB(list); buffer != NULL && Bytes > 0; buffer = NET_BUFFER_NEXT_NB(buffer)) {
            ULONG length = NET_BUFFER_DATA_LENGTH(buffer);
            if (Offset < length) {
                ULONG part = length - Offset < Bytes ? length - Offset : Bytes;
                (VOID)OtCopyFromBuffer(buffer, Offset, Into, part);
                Into += part;
                Bytes -= part;
                Offset = length;
            }
            Offset -= length;
        }
    }
    ASSERT(Bytes == 0);
}

BOOLEAN OtWireBuffer(POT_OBJECT Connection, const UCHAR *Data, ULONG Bytes)
{
    struct _OT_WIRE_CONNECTION *wire = Connection->Wire;
    POT_CHUNK chunk =
        OtAllocate(Connection->Adapter->MiniportHandle, FIELD_OFFSET(OT_CHUNK, Bytes) + Bytes, OT_TAG_RECEIVED);

    if (chunk == NULL) {
        return FALSE;
    }
    chunk->Length = Bytes;
    if (Data != NULL) {
        NdisMoveMemory(chunk->Bytes, Data, Bytes);
    }
    if (wire->LastChunk != NULL) {
        wire->LastChunk->Next = chunk;
    } else {
        wire->FirstChunk = chunk;
    }
    wire->LastChunk = chunk;
    Connection->BytesBuffered += Bytes;
    return TRUE;
}

/* The host's undelivered data is copied: its buffers stay its own (OT-028). */
BOOLEAN OtWireBufferLists(POT_OBJECT Connection, PNET_BUFFER_LIST Lists)
{
    PNET_BUFFER_LIST list;
    PNET_BUFFER buffer;

    for (list = Lists; list != NULL; list = NET_BUFFER_LIST_NEXT_NBL(list)) {
        for (buffer = NET_BUFFER_LIST_FIRST_NB(list); buffer != NULL; buffer = NET_BUFFER_NEXT_NB(buffer)) {
            ULONG bytes = NET_BUFFER_DATA_LENGTH(buffer);
            if (bytes > 0 && (!OtWireBuffer(Connection, NULL, bytes) ||
                              !OtCopyFromBuffer(buffer, 0, Connection->Wire->LastChunk->Bytes, bytes))) {
                return FALSE;
            }
        }
    }
    return TRUE;
}

/* Copies from the front of the buffered data; it stays there until it is known that it was taken. */
VOID OtWireCopyBuffered(POT_OBJECT Connection, PUCHAR Into, ULONG Bytes)
{
    POT_CHUNK chunk;

    for (chunk = Connection->Wire->FirstChunk; chunk != NULL && Bytes > 0; chunk = chunk->Next) {
        ULONG left = chunk->Length - chunk->Taken;
        ULONG part = left < Bytes ? left : Bytes;
        NdisMoveMemory(Into, chunk->Bytes + chunk->Taken, part);
        Into += part;
        Bytes -= part;
    }
}

VOID OtWireDropBuffered(POT_OBJECT Connection, ULONG Bytes)
{
    struct _OT_WIRE_CONNECTION *wire = Connection->Wire;

    wire->Consumed += Bytes;
    while (Bytes > 0 && wire->FirstChunk != NULL) {
        POT_CHUNK chunk = wire->FirstChunk;
        ULONG left = chunk->Length - chunk->Taken;
        if (Bytes < left) {
            chunk->Taken += Bytes;
            return;
        }
        Bytes -= left;
        wire->FirstChunk = chunk->Next;
        if (chunk->Next == NULL) {
            wire->LastChunk = NULL;
        }
        NdisFreeMemory(chunk, 0, 0);
    }
}

VOID OtWireFreeBuffer(POT_OBJECT Connection)
{
    while (Connection->Wire->FirstChunk != NULL) {
        POT_CHUNK chunk = Connection->Wire->FirstChunk;
        Connection->Wire->FirstChunk = chunk->Next;
        NdisFreeMemory(chunk, 0, 0);
    }
    Connection->Wire->LastChunk = NULL;
}
