// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// DDI functions: lists and counters under a spin lock. The lock is taken and given back, so that taking it here while it
// is held is found.
#include <ndis.h>

#include "engine/machine/machine.h"

using namespace chimneylab::machine;

namespace {

class Locked {
public:
    Locked(PKSPIN_LOCK lock, const char* function) : machine_(Machine::of_call(function)), lock_(lock), function_(function)
    {
        if (lock_) machine_.locks().acquire_spin_lock(lock_, function_);
    }
    ~Locked()
    {
        if (lock_) machine_.locks().release_spin_lock(lock_, function_);
    }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

private:
    Machine& machine_;
    PKSPIN_LOCK lock_;
    const char* function_;
};

PKSPIN_LOCK word(PNDIS_SPIN_LOCK lock) { return lock ? &lock->SpinLock : nullptr; }

PLIST_ENTRY insert_head(PLIST_ENTRY head, PLIST_ENTRY entry)
{
    PLIST_ENTRY first = IsListEmpty(head) ? nullptr : head->Flink;
    InsertHeadList(head, entry);
    return first;
}

PLIST_ENTRY insert_tail(PLIST_ENTRY head, PLIST_ENTRY entry)
{
    PLIST_ENTRY last = IsListEmpty(head) ? nullptr : head->Blink;
    InsertTailList(head, entry);
    return last;
}

PLIST_ENTRY remove_head(PLIST_ENTRY head) { return IsListEmpty(head) ? nullptr : RemoveHeadList(head); }

// x64 header: depth in the low 16 bits of the first word, sequence above; the entry's address, 16-aligned, in the second.
PSINGLE_LIST_ENTRY push(PSLIST_HEADER head, PSINGLE_LIST_ENTRY entry)
{
    auto* first = reinterpret_cast<PSINGLE_LIST_ENTRY>(head->Region & ~std::uint64_t{0xF});
    entry->Next = first;
    const std::uint64_t depth = (head->Alignment & 0xFFFF) + 1;
    const std::uint64_t sequence = (head->Alignment >> 16) + 1;
    head->Alignment = sequence << 16 | (depth & 0xFFFF);
    head->Region = reinterpret_cast<std::uint64_t>(entry);
    return first;
}

PSINGLE_LIST_ENTRY pop(PSLIST_HEADER head)
{
    auto* first = reinterpret_cast<PSINGLE_LIST_ENTRY>(head->Region & ~std::uint64_t{0xF});
    if (!first) return nullptr;
    const std::uint64_t depth = (head->Alignment & 0xFFFF) - 1;
    const std::uint64_t sequence = (head->Alignment >> 16) + 1;
    head->Alignment = sequence << 16 | (depth & 0xFFFF);
    head->Region = reinterpret_cast<std::uint64_t>(first->Next);
    return first;
}

}  // namespace

extern "C" {

PLIST_ENTRY ExInterlockedInsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry, PKSPIN_LOCK Lock)
{
    Locked locked(Lock, __func__);
    return insert_head(ListHead, ListEntry);
}

PLIST_ENTRY ExInterlockedInsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry, PKSPIN_LOCK Lock)
{
    Locked locked(Lock, __func__);
    return insert_tail(ListHead, ListEntry);
}

PLIST_ENTRY ExInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
    Locked locked(Lock, __func__);
    return remove_head(ListHead);
}

PSINGLE_LIST_ENTRY ExInterlockedPushEntrySList(PSLIST_HEADER ListHead, PSINGLE_LIST_ENTRY ListEntry, PKSPIN_LOCK Lock)
{
    Locked locked(Lock, __func__);
    return push(ListHead, ListEntry);
}

PSINGLE_LIST_ENTRY ExInterlockedPopEntrySList(PSLIST_HEADER ListHead, PKSPIN_LOCK Lock)
{
    Locked locked(Lock, __func__);
    return pop(ListHead);
}

PLIST_ENTRY NdisInterlockedInsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry, PNDIS_SPIN_LOCK SpinLock)
{
    Locked locked(word(SpinLock), __func__);
    return insert_head(ListHead, ListEntry);
}

PLIST_ENTRY NdisInterlockedInsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry, PNDIS_SPIN_LOCK SpinLock)
{
    Locked locked(word(SpinLock), __func__);
    return insert_tail(ListHead, ListEntry);
}

PLIST_ENTRY NdisInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PNDIS_SPIN_LOCK SpinLock)
{
    Locked locked(word(SpinLock), __func__);
    return remove_head(ListHead);
}

PSINGLE_LIST_ENTRY NdisInterlockedPushEntrySList(PSLIST_HEADER ListHead, PSINGLE_LIST_ENTRY ListEntry, PNDIS_SPIN_LOCK Lock)
{
    Locked locked(word(Lock), __func__);
    return push(ListHead, ListEntry);
}

PSINGLE_LIST_ENTRY NdisInterlockedPopEntrySList(PSLIST_HEADER ListHead, PNDIS_SPIN_LOCK Lock)
{
    Locked locked(word(Lock), __func__);
    return pop(ListHead);
}

VOID NdisInterlockedAddUlong(PULONG Addend, ULONG Increment, PNDIS_SPIN_LOCK SpinLock)
{
    Locked locked(word(SpinLock), __func__);
    *Addend += Increment;
}

VOID NdisInterlockedAddLargeStatistic(PLARGE_INTEGER Addend, ULONG Increment)
{
    Addend->QuadPart = static_cast<LONGLONG>(static_cast<ULONGLONG>(Addend->QuadPart) + Increment);
}

}  // extern "C"
