/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * NET_BUFFER_LISTs of the host: one NET_BUFFER, one MDL, one buffer each. Room on the context stack is left for the
 * drivers below as they asked for it (ContextBackFillSize), unless the client wants them to need memory.
 */
#include "engine/tcp/stream_byte.h"
#include "host_stack.h"

static VOID FreeList(PNET_BUFFER_LIST List)
{
    PMDL mdl = NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(List));
    PVOID buffer = MmGetMdlVirtualAddress(mdl);

    NdisFreeNetBufferList(List);
    NdisFreeMdl(mdl);
    NdisFreeMemory(buffer, 0, 0);
}

VOID HsFreeLists(PNET_BUFFER_LIST Lists)
{
    while (Lists != NULL) {
        PNET_BUFFER_LIST next = NET_BUFFER_LIST_NEXT_NBL(Lists);
        FreeList(Lists);
        Lists = next;
    }
}

/* Bytes that still lie before the end of the data. */
ULONG HsListBytes(PNET_BUFFER_LIST List)
{
    ULONG bytes = 0;
    PNET_BUFFER buffer;

    for (buffer = NET_BUFFER_LIST_FIRST_NB(List); buffer != NULL; buffer = NET_BUFFER_NEXT_NB(buffer)) {
        bytes += NET_BUFFER_DATA_LENGTH(buffer);
    }
    return bytes;
}

/* The data of all its NET_BUFFERs. FALSE: less than that, or memory that cannot be mapped. */
BOOLEAN HsCopyList(PNET_BUFFER_LIST List, PUCHAR Into, ULONG Bytes)
{
    PNET_BUFFER buffer;

    for (buffer = NET_BUFFER_LIST_FIRST_NB(List); buffer != NULL && Bytes > 0; buffer = NET_BUFFER_NEXT_NB(buffer)) {
        PMDL mdl = NET_BUFFER_CURRENT_MDL(buffer);
        ULONG skip = NET_BUFFER_CURRENT_MDL_OFFSET(buffer);
        ULONG left = NET_BUFFER_DATA_LENGTH(buffer);
        for (; mdl != NULL && left > 0 && Bytes > 0; mdl = mdl->Next) {
            ULONG part = MmGetMdlByteCount(mdl) - skip;
            PUCHAR memory = (PUCHAR)MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
            part = part < left ? part : left;
            part = part < Bytes ? part : Bytes;
            if (memory == NULL) {
                return FALSE;
            }
            NdisMoveMemory(Into, memory + skip, part);
            Into += part;
            left -= part;
            Bytes -= part;
            skip = 0;
        }
    }
    return (BOOLEAN)(Bytes == 0);
}

static PNET_BUFFER_LIST AllocateList(PHS_BINDING Binding, PHS_TRANSFER Transfer, ULONG Index, BOOLEAN Empty,
                                     BOOLEAN WithoutContextRoom)
{
    USHORT room = WithoutContextRoom ? 0 : (USHORT)ALIGN_UP_BY(Binding->ContextBackFillSize, MEMORY_ALLOCATION_ALIGNMENT);
    ULONG size = Transfer->Bytes > 0 ? Transfer->Bytes : 1; /* an MDL describes at least one byte */
    PUCHAR buffer = HsAllocate(Binding->Driver, size, HS_TAG_DATA);
    PNET_BUFFER_LIST list = NULL;
    PMDL mdl = NULL;
    ULONG i;

    if (buffer != NULL) {
        mdl = NdisAllocateMdl(Binding->Driver->ProtocolHandle, buffer, size);
    }
    if (mdl != NULL) {
        list = NdisAllocateNetBufferAndNetBufferList(Binding->ListPool, 0, room, mdl, 0, Transfer->Bytes);
    }
    if (list == NULL) {
        if (mdl != NULL) {
            NdisFreeMdl(mdl);
        }
        if (buffer != NULL) {
            NdisFreeMemory(buffer, 0, 0);
        }
        return NULL;
    }
    for (i = 0; i < Transfer->Bytes && !Empty; i++) {
        buffer[i] = Transfer->Object->Tcp != NULL ? chimney_stream_byte(Transfer->Position + Index * Transfer->Bytes + i)
                                                  : (UCHAR)(Index * 31 + i); /* something to recognise */
    }
    NET_BUFFER_LIST_PROTOCOL_RESERVED(list)[0] = Transfer;
    NET_BUFFER_LIST_PROTOCOL_RESERVED(list)[1] = (PVOID)(ULONG_PTR)Index;
    return list;
}

/* As many as the transfer says, or NULL and none. */
PNET_BUFFER_LIST HsAllocateLists(PHS_BINDING Binding, PHS_TRANSFER Transfer, BOOLEAN Empty, BOOLEAN WithoutContextRoom)
{
    PNET_BUFFER_LIST first = NULL;
    PNET_BUFFER_LIST last = NULL;
    ULONG i;

    for (i = 0; i < Transfer->Count; i++) {
        PNET_BUFFER_LIST list = AllocateList(Binding, Transfer, i, Empty, WithoutContextRoom);
        if (list == NULL) {
            HsFreeLists(first);
            return NULL;
        }
        if (last != NULL) {
            NET_BUFFER_LIST_NEXT_NBL(last) = list;
        } else {
            first = list;
        }
        last = list;
    }
    return first;
}
