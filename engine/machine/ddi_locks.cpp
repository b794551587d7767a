// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// DDI functions: IRQL, spin locks, reader-writer locks. The word of a spin lock in driver memory is kept as the kernel
// keeps it, 1 while held; what decides is the machine's own table.
#include <ndis.h>

#include "engine/machine/machine.h"

using namespace chimneylab::machine;

namespace {

constexpr std::uint32_t rw_lock_tag = 0x6B6C5752;  // 'RWlk'
constexpr std::size_t rw_lock_bytes = 128;

KIRQL acquire(PKSPIN_LOCK lock, const char* function)
{
    Machine& machine = Machine::of_call(function);
    machine.irql().require_dispatch_or_below(function);
    const KIRQL old_level = machine.irql().current();
    if (old_level < dispatch_level) machine.irql().set(dispatch_level);
    machine.locks().acquire_spin_lock(lock, function);
    *lock = 1;
    return old_level;
}

void release(PKSPIN_LOCK lock, KIRQL level, const char* function)
{
    Machine& machine = Machine::of_call(function);
    machine.irql().require_exactly(dispatch_level, function);
    machine.locks().release_spin_lock(lock, function);
    *lock = 0;
    if (level > dispatch_level) {
        machine.finding(FindingKind::wrong_irql, std::string(function) + " restores an IRQL that no acquisition of this lock saved: " +
                                                     irql_name(level), lock);
        return;
    }
    machine.irql().set(level);
}

void acquire_at_dispatch(PKSPIN_LOCK lock, const char* function)
{
    Machine& machine = Machine::of_call(function);
    machine.irql().require_exactly(dispatch_level, function);
    machine.locks().acquire_spin_lock(lock, function);
    *lock = 1;
}

void release_at_dispatch(PKSPIN_LOCK lock, const char* function)
{
    Machine& machine = Machine::of_call(function);
    machine.irql().require_exactly(dispatch_level, function);
    machine.locks().release_spin_lock(lock, function);
    *lock = 0;
}

// LOCK_STATE.LockState and LOCK_STATE_EX.LockState: who holds, in the lab's own numbers (opaque to drivers).
constexpr UCHAR reading = 3;
constexpr UCHAR writing = 4;

void acquire_read_write(const void* lock, bool write, const char* function)
{
    Machine& machine = Machine::of_call(function);
    if (write)
        machine.locks().acquire_exclusive(lock, function);
    else
        machine.locks().acquire_shared(lock, function);
}

KIRQL raise_to_dispatch(const char* function)
{
    Machine& machine = Machine::of_call(function);
    machine.irql().require_dispatch_or_below(function);
    const KIRQL old_level = machine.irql().current();
    if (old_level < dispatch_level) machine.irql().set(dispatch_level);
    return old_level;
}

void release_read_write(const void* lock, const char* function)
{
    Machine& machine = Machine::of_call(function);
    machine.irql().require_exactly(dispatch_level, function);
    machine.locks().release_read_write(lock, function);
}

void restore(KIRQL level, const char* function)
{
    if (level <= dispatch_level) Machine::of_call(function).irql().set(level);
}

}  // namespace

extern "C" {

KIRQL KeGetCurrentIrql(VOID) { return Machine::of_call(__func__).irql().current(); }

VOID KeRaiseIrql(KIRQL NewIrql, PKIRQL OldIrql) { *OldIrql = Machine::of_call(__func__).irql().raise(NewIrql, __func__); }

KIRQL KeRaiseIrqlToDpcLevel(VOID) { return Machine::of_call(__func__).irql().raise(dispatch_level, __func__); }

VOID KeLowerIrql(KIRQL NewIrql) { Machine::of_call(__func__).irql().lower(NewIrql, __func__); }

VOID KeInitializeSpinLock(PKSPIN_LOCK SpinLock)
{
    Machine::of_call(__func__).locks().forget(SpinLock);
    *SpinLock = 0;
}

VOID KeAcquireSpinLock(PKSPIN_LOCK SpinLock, PKIRQL OldIrql) { *OldIrql = acquire(SpinLock, __func__); }
VOID KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql) { release(SpinLock, NewIrql, __func__); }
VOID KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock) { acquire_at_dispatch(SpinLock, __func__); }
VOID KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock) { release_at_dispatch(SpinLock, __func__); }

VOID NdisAllocateSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
    Machine::of_call(__func__).locks().forget(&SpinLock->SpinLock);
    SpinLock->SpinLock = 0;
    SpinLock->OldIrql = 0;
}

VOID NdisFreeSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
    Machine& machine = Machine::of_call(__func__);
    if (machine.locks().is_held(&SpinLock->SpinLock))
        machine.finding(FindingKind::lock_misuse, machine.layer_name(machine.current_layer()) +
                                                      " calls NdisFreeSpinLock for a lock that is held", SpinLock);
}

VOID NdisAcquireSpinLock(PNDIS_SPIN_LOCK SpinLock) { SpinLock->OldIrql = acquire(&SpinLock->SpinLock, __func__); }
VOID NdisReleaseSpinLock(PNDIS_SPIN_LOCK SpinLock) { release(&SpinLock->SpinLock, SpinLock->OldIrql, __func__); }

VOID NdisDprAcquireSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
    acquire_at_dispatch(&SpinLock->SpinLock, __func__);
    SpinLock->OldIrql = dispatch_level;
}

VOID NdisDprReleaseSpinLock(PNDIS_SPIN_LOCK SpinLock) { release_at_dispatch(&SpinLock->SpinLock, __func__); }

VOID NdisInitializeReadWriteLock(PNDIS_RW_LOCK Lock)
{
    Machine::of_call(__func__).locks().forget(Lock);
    RtlZeroMemory(Lock, sizeof(*Lock));
}

VOID NdisAcquireReadWriteLock(PNDIS_RW_LOCK Lock, BOOLEAN fWrite, PLOCK_STATE LockState)
{
    LockState->OldIrql = raise_to_dispatch(__func__);
    LockState->LockState = fWrite ? writing : reading;
    acquire_read_write(Lock, fWrite != 0, __func__);
}

VOID NdisReleaseReadWriteLock(PNDIS_RW_LOCK Lock, PLOCK_STATE LockState)
{
    release_read_write(Lock, __func__);
    restore(LockState->OldIrql, __func__);
}

VOID NdisDprAcquireReadWriteLock(PNDIS_RW_LOCK Lock, BOOLEAN fWrite, PLOCK_STATE LockState)
{
    Machine::of_call(__func__).irql().require_exactly(dispatch_level, __func__);
    LockState->OldIrql = dispatch_level;
    LockState->LockState = fWrite ? writing : reading;
    acquire_read_write(Lock, fWrite != 0, __func__);
}

VOID NdisDprReleaseReadWriteLock(PNDIS_RW_LOCK Lock, PLOCK_STATE) { release_read_write(Lock, __func__); }

PNDIS_RW_LOCK_EX NdisAllocateRWLock(NDIS_HANDLE NdisHandle)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.handles().require_any(NdisHandle, __func__);
    return static_cast<PNDIS_RW_LOCK_EX>(machine.pool().allocate_zeroed(rw_lock_bytes, rw_lock_tag, __func__));
}

VOID NdisFreeRWLock(PNDIS_RW_LOCK_EX Lock)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.pool().free(Lock, __func__);
}

VOID NdisAcquireRWLockRead(PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState, UCHAR Flags)
{
    LockState->OldIrql = raise_to_dispatch(__func__);
    LockState->LockState = reading;
    LockState->Flags = Flags;
    acquire_read_write(Lock, false, __func__);
}

VOID NdisAcquireRWLockWrite(PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState, UCHAR Flags)
{
    LockState->OldIrql = raise_to_dispatch(__func__);
    LockState->LockState = writing;
    LockState->Flags = Flags;
    acquire_read_write(Lock, true, __func__);
}

VOID NdisReleaseRWLock(PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState)
{
    release_read_write(Lock, __func__);
    restore(LockState->OldIrql, __func__);
}

}  // extern "C"
