/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The kernel services that need nothing but the memory they are given: doubly linked and interlocked lists,
 * interlocked operations, memory, MDL queries, IRP stack access.
 */
#ifndef CHIMNEYLAB_DDI_WDM_INLINE_FUNCTIONS_H
#define CHIMNEYLAB_DDI_WDM_INLINE_FUNCTIONS_H

#include "io_object.h"

CHIMNEYLAB_DDI_BEGIN

/* ---- Memory ---- */

#define RtlCopyMemory(destination, source, length) ((void)__builtin_memcpy((destination), (source), (length)))
#define RtlMoveMemory(destination, source, length) ((void)__builtin_memmove((destination), (source), (length)))
#define RtlZeroMemory(destination, length) ((void)__builtin_memset((destination), 0, (length)))
#define RtlFillMemory(destination, length, fill) ((void)__builtin_memset((destination), (fill), (length)))
#define RtlEqualMemory(a, b, length) (__builtin_memcmp((a), (b), (length)) == 0)
#define RtlSecureZeroMemory(destination, length) RtlZeroMemory((destination), (length))

/* The number of bytes that are equal, from the start. */
static inline SIZE_T RtlCompareMemory(const VOID *Source1, const VOID *Source2, SIZE_T Length)
{
    const UCHAR *a = (const UCHAR *)Source1;
    const UCHAR *b = (const UCHAR *)Source2;
    SIZE_T same = 0;
    while (same < Length && a[same] == b[same]) {
        same++;
    }
    return same;
}

/* ---- Doubly linked lists; removing from an empty list returns the head itself ---- */

static inline VOID InitializeListHead(PLIST_ENTRY ListHead) { ListHead->Flink = ListHead->Blink = ListHead; }
static inline BOOLEAN IsListEmpty(const LIST_ENTRY *ListHead) { return (BOOLEAN)(ListHead->Flink == ListHead); }

static inline VOID InsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY Entry)
{
    PLIST_ENTRY first = ListHead->Flink;
    Entry->Flink = first;
    Entry->Blink = ListHead;
    first->Blink = Entry;
    ListHead->Flink = Entry;
}

static inline VOID InsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY Entry)
{
    PLIST_ENTRY last = ListHead->Blink;
    Entry->Flink = ListHead;
    Entry->Blink = last;
    last->Flink = Entry;
    ListHead->Blink = Entry;
}

/* TRUE if the list became empty. */
static inline BOOLEAN RemoveEntryList(PLIST_ENTRY Entry)
{
    PLIST_ENTRY next = Entry->Flink;
    PLIST_ENTRY previous = Entry->Blink;
    previous->Flink = next;
    next->Blink = previous;
    return (BOOLEAN)(next == previous);
}

static inline PLIST_ENTRY RemoveHeadList(PLIST_ENTRY ListHead)
{
    PLIST_ENTRY entry = ListHead->Flink;
    RemoveEntryList(entry);
    return entry;
}

static inline PLIST_ENTRY RemoveTailList(PLIST_ENTRY ListHead)
{
    PLIST_ENTRY entry = ListHead->Blink;
    RemoveEntryList(entry);
    return entry;
}

static inline VOID AppendTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListToAppend)
{
    PLIST_ENTRY last = ListHead->Blink;
    ListHead->Blink->Flink = ListToAppend;
    ListHead->Blink = ListToAppend->Blink;
    ListToAppend->Blink->Flink = ListHead;
    ListToAppend->Blink = last;
}

static inline VOID PushEntryList(PSINGLE_LIST_ENTRY ListHead, PSINGLE_LIST_ENTRY Entry)
{
    Entry->Next = ListHead->Next;
    ListHead->Next = Entry;
}

static inline PSINGLE_LIST_ENTRY PopEntryList(PSINGLE_LIST_ENTRY ListHead)
{
    PSINGLE_LIST_ENTRY entry = ListHead->Next;
    if (entry != NULL) {
        ListHead->Next = entry->Next;
    }
    return entry;
}

/* ---- Interlocked singly linked list: the first entry and the depth live in the header ---- */

static inline VOID InitializeSListHead(PSLIST_HEADER ListHead) { RtlZeroMemory(ListHead, sizeof(*ListHead)); }

static inline USHORT QueryDepthSList(const SLIST_HEADER *ListHead)
{
#if CHIMNEYLAB_DDI_64BIT
    return (USHORT)(ListHead->Alignment & 0xFFFF);
#else
    return ListHead->Depth;
#endif
}
#define ExQueryDepthSList(list_head) QueryDepthSList(list_head)

/* ---- Interlocked operations ---- */

static inline LONG InterlockedIncrement(LONG volatile *Addend) { return __sync_add_and_fetch(Addend, 1); }
static inline LONG InterlockedDecrement(LONG volatile *Addend) { return __sync_sub_and_fetch(Addend, 1); }
static inline LONG InterlockedExchange(LONG volatile *Target, LONG Value)
{
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}
static inline LONG InterlockedExchangeAdd(LONG volatile *Addend, LONG Value)
{
    return __sync_fetch_and_add(Addend, Value);
}
static inline LONG InterlockedCompareExchange(LONG volatile *Destination, LONG Exchange, LONG Comperand)
{
    return __sync_val_compare_and_swap(Destination, Comperand, Exchange);
}
static inline LONG InterlockedOr(LONG volatile *Destination, LONG Value)
{
    return __sync_fetch_and_or(Destination, Value);
}
static inline LONG InterlockedAnd(LONG volatile *Destination, LONG Value)
{
    return __sync_fetch_and_and(Destination, Value);
}
static inline LONG InterlockedXor(LONG volatile *Destination, LONG Value)
{
    return __sync_fetch_and_xor(Destination, Value);
}
static inline LONG64 InterlockedIncrement64(LONG64 volatile *Addend) { return __sync_add_and_fetch(Addend, 1); }
static inline LONG64 InterlockedDecrement64(LONG64 volatile *Addend) { return __sync_sub_and_fetch(Addend, 1); }
static inline LONG64 InterlockedExchangeAdd64(LONG64 volatile *Addend, LONG64 Value)
{
    return __sync_fetch_and_add(Addend, Value);
}
static inline LONG64 InterlockedCompareExchange64(LONG64 volatile *Destination, LONG64 Exchange, LONG64 Comperand)
{
    return __sync_val_compare_and_swap(Destination, Comperand, Exchange);
}
static inline PVOID InterlockedExchangePointer(PVOID volatile *Target, PVOID Value)
{
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}
static inline PVOID InterlockedCompareExchangePointer(PVOID volatile *Destination, PVOID Exchange, PVOID Comperand)
{
    return __sync_val_compare_and_swap(Destination, Comperand, Exchange);
}
#define KeMemoryBarrier() __sync_synchronize()
#define MemoryBarrier() __sync_synchronize()

/* ---- Strings that are not copied ---- */

static inline VOID RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    USHORT length = 0;
    if (SourceString != NULL) {
        while (SourceString[length] != 0) {
            length++;
        }
        DestinationString->MaximumLength = (USHORT)((length + 1) * sizeof(WCHAR));
    } else {
        DestinationString->MaximumLength = 0;
    }
    DestinationString->Length = (USHORT)(length * sizeof(WCHAR));
    DestinationString->Buffer = (PWSTR)(ULONG_PTR)SourceString;
}

static inline VOID RtlInitEmptyUnicodeString(PUNICODE_STRING String, PWSTR Buffer, USHORT BufferSize)
{
    String->Length = 0;
    String->MaximumLength = BufferSize;
    String->Buffer = Buffer;
}

static inline VOID RtlInitAnsiString(PANSI_STRING DestinationString, PCSTR SourceString)
{
    USHORT length = (USHORT)(SourceString != NULL ? __builtin_strlen(SourceString) : 0);
    DestinationString->Length = length;
    DestinationString->MaximumLength = (USHORT)(SourceString != NULL ? length + 1 : 0);
    DestinationString->Buffer = (PCHAR)(ULONG_PTR)SourceString;
}

/* ---- Byte order ---- */

#define RtlUshortByteSwap(value) ((USHORT)__builtin_bswap16((USHORT)(value)))
#define RtlUlongByteSwap(value) ((ULONG)__builtin_bswap32((ULONG)(value)))
#define RtlUlonglongByteSwap(value) ((ULONGLONG)__builtin_bswap64((ULONGLONG)(value)))

/* ---- MDLs ---- */

#define MmGetMdlByteCount(mdl) ((mdl)->ByteCount)
#define MmGetMdlByteOffset(mdl) ((mdl)->ByteOffset)
#define MmGetMdlVirtualAddress(mdl) ((PVOID)((PUCHAR)((mdl)->StartVa) + (mdl)->ByteOffset))
#define PAGE_ALIGN(address) ((PVOID)((ULONG_PTR)(address) & ~((ULONG_PTR)PAGE_SIZE - 1)))
#define BYTE_OFFSET(address) ((ULONG)((ULONG_PTR)(address) & (PAGE_SIZE - 1)))
#define ADDRESS_AND_SIZE_TO_SPAN_PAGES(address, size) \
    ((ULONG)(((SIZE_T)BYTE_OFFSET(address) + (SIZE_T)(size) + (PAGE_SIZE - 1)) >> PAGE_SHIFT))

/* ---- IRPs ---- */

static inline PIO_STACK_LOCATION IoGetCurrentIrpStackLocation(PIRP Irp)
{
    return Irp->Tail.Overlay.CurrentStackLocation;
}
static inline PIO_STACK_LOCATION IoGetNextIrpStackLocation(PIRP Irp)
{
    return Irp->Tail.Overlay.CurrentStackLocation - 1;
}
static inline VOID IoMarkIrpPending(PIRP Irp)
{
    IoGetCurrentIrpStackLocation(Irp)->Control |= SL_PENDING_RETURNED;
}
/* The routine that was set before. */
static inline PDRIVER_CANCEL IoSetCancelRoutine(PIRP Irp, PDRIVER_CANCEL CancelRoutine)
{
    return __atomic_exchange_n(&Irp->CancelRoutine, CancelRoutine, __ATOMIC_SEQ_CST);
}

CHIMNEYLAB_DDI_END

#endif
