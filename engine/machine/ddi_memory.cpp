// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// DDI functions: pool memory and lookaside lists. Levels are those of ddi-surface.md; a wrong one is a
// finding and the call goes on.
#include <ndis.h>

#include "engine/machine/machine.h"

using namespace chimneylab::machine;

extern "C" {

PVOID NdisAllocateMemoryWithTagPriority(NDIS_HANDLE NdisHandle, UINT Length, ULONG Tag, EX_POOL_PRIORITY)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.handles().require_any(NdisHandle, __func__);
    return machine.pool().allocate(Length, Tag, __func__);
}

NDIS_STATUS NdisAllocateMemoryWithTag(PVOID *VirtualAddress, UINT Length, ULONG Tag)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    *VirtualAddress = machine.pool().allocate(Length, Tag, __func__);
    return *VirtualAddress ? NDIS_STATUS_SUCCESS : NDIS_STATUS_FAILURE;
}

VOID NdisFreeMemory(PVOID VirtualAddress, UINT Length, UINT MemoryFlags)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    if (const Allocation* allocation = machine.pool().find_live(VirtualAddress);
        allocation && Length != 0 && Length != allocation->size)
        machine.strict_finding("NdisFreeMemory is given length " + std::to_string(Length) + " for an allocation of " +
                                   std::to_string(allocation->size) + " bytes", VirtualAddress);
    if (MemoryFlags != 0)
        machine.strict_finding("NdisFreeMemory is given MemoryFlags for pool memory; they must be 0", VirtualAddress);
    machine.pool().free(VirtualAddress, __func__);
}

VOID NdisFreeMemoryWithTagPriority(NDIS_HANDLE NdisHandle, PVOID VirtualAddress, ULONG Tag)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.handles().require_any(NdisHandle, __func__);
    machine.pool().free(VirtualAddress, __func__, Tag);
}

PVOID ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    Machine& machine = Machine::of_call(__func__);
    const bool paged = PoolType == PagedPool || PoolType == PagedPoolCacheAligned;
    machine.irql().require_at_most(paged ? apc_level : dispatch_level, __func__);
    return machine.pool().allocate(NumberOfBytes, Tag, __func__);
}

PVOID ExAllocatePoolWithTagPriority(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag, EX_POOL_PRIORITY)
{
    return ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag);
}

VOID ExFreePoolWithTag(PVOID P, ULONG Tag)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.pool().free(P, __func__, Tag);
}

VOID ExFreePool(PVOID P)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.pool().free(P, __func__);
}

VOID NdisInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free,
                                       ULONG, ULONG Size, ULONG Tag, USHORT Depth)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.lookaside_lists().initialize(Lookaside, reinterpret_cast<void*>(Allocate), reinterpret_cast<void*>(Free), Size, Tag,
                                         Depth, __func__);
}

PVOID NdisAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    return machine.lookaside_lists().allocate(Lookaside, __func__);
}

VOID NdisFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.lookaside_lists().free(Lookaside, Entry, __func__);
}

VOID NdisDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.lookaside_lists().remove(Lookaside, __func__);
}

VOID ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free,
                                     ULONG, SIZE_T Size, ULONG Tag, USHORT Depth)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.lookaside_lists().initialize(Lookaside, reinterpret_cast<void*>(Allocate), reinterpret_cast<void*>(Free),
                                         static_cast<std::uint32_t>(Size), Tag, Depth, __func__);
}

PVOID ExAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    return machine.lookaside_lists().allocate(Lookaside, __func__);
}

VOID ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.lookaside_lists().free(Lookaside, Entry, __func__);
}

VOID ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.lookaside_lists().remove(Lookaside, __func__);
}

}  // extern "C"
