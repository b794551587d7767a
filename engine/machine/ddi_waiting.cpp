// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// DDI functions: events, mutexes, waits, sleeps, system threads. The dispatcher header in driver memory is the truth: a
// wait looks at its SignalState, runs other pending work while it is not signalled, and takes what it must take.
#include <ndis.h>

#include <functional>

#include "engine/machine/machine.h"

using namespace chimneylab::machine;

namespace {

constexpr UCHAR notification_event = 0;
constexpr UCHAR synchronization_event = 1;
constexpr UCHAR mutant = 2;
constexpr UCHAR notification_timer = 8, synchronization_timer = 9;  // ddi_deferred.cpp

void initialize_header(DISPATCHER_HEADER& header, UCHAR type, std::size_t bytes, LONG state)
{
    header.Type = type;
    header.Absolute = 0;
    header.Size = static_cast<UCHAR>(bytes / sizeof(LONG));
    header.Inserted = 0;
    header.SignalState = state;
    InitializeListHead(&header.WaitListHead);
}

// Flow 0 is the scenario itself; the mutex needs a number that is not null.
PVOID owner_of_flow(const Machine& machine) { return reinterpret_cast<PVOID>(machine.current_flow() + 1); }

std::optional<Nanoseconds> nanoseconds(const Machine&, const Clock& clock, const LARGE_INTEGER* timeout)
{
    if (!timeout) return std::nullopt;
    return clock.due_time(timeout->QuadPart) - clock.now();
}

NTSTATUS wait_for(Machine& machine, DISPATCHER_HEADER& header, std::optional<Nanoseconds> timeout, const char* function)
{
    machine.pool().require_not_released(&header, function);
    if (header.Type > mutant && header.Type != notification_timer && header.Type != synchronization_timer) {
        machine.finding(FindingKind::foreign_handle, machine.layer_name(machine.current_layer()) + " waits in " + function +
                                                         " for something that is no event, no mutex and no timer", &header);
        return STATUS_INVALID_PARAMETER;
    }
    auto* mutex = header.Type == mutant ? reinterpret_cast<KMUTEX*>(&header) : nullptr;
    const PVOID self = owner_of_flow(machine);
    const auto signalled = [&] { return header.SignalState > 0 || (mutex && mutex->OwnerThread == self); };
    // By reference: a thread that waits for ever leaves its stack behind, and nothing on it may own memory.
    const WaitOutcome outcome = machine.wait_until(std::cref(signalled), timeout, function);
    if (outcome == WaitOutcome::timed_out) return STATUS_TIMEOUT;
    // After a deadlock the wait is let through, or nothing behind it would ever be seen.
    if (mutex) {
        --header.SignalState;
        mutex->OwnerThread = self;
    } else if (header.Type == synchronization_event || header.Type == synchronization_timer) {
        header.SignalState = 0;
    }
    return STATUS_SUCCESS;
}

}  // namespace

extern "C" {

VOID KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
    initialize_header(Event->Header, Type == SynchronizationEvent ? synchronization_event : notification_event, sizeof(KEVENT),
                      State ? 1 : 0);
}

LONG KeSetEvent(PRKEVENT Event, KPRIORITY, BOOLEAN)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.pool().require_not_released(Event, __func__);
    const LONG before = Event->Header.SignalState;
    Event->Header.SignalState = 1;
    return before;
}

LONG KeResetEvent(PRKEVENT Event)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.pool().require_not_released(Event, __func__);
    const LONG before = Event->Header.SignalState;
    Event->Header.SignalState = 0;
    return before;
}

VOID KeClearEvent(PRKEVENT Event) { KeResetEvent(Event); }

LONG KeReadStateEvent(PRKEVENT Event) { return Event->Header.SignalState; }

VOID KeInitializeMutex(PRKMUTEX Mutex, ULONG)
{
    initialize_header(Mutex->Header, mutant, sizeof(KMUTEX), 1);
    InitializeListHead(&Mutex->MutantListEntry);
    Mutex->OwnerThread = nullptr;
    Mutex->Abandoned = FALSE;
    Mutex->ApcDisable = 1;
}

LONG KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.pool().require_not_released(Mutex, __func__);
    const LONG before = Mutex->Header.SignalState;
    if (before > 0 || Mutex->OwnerThread != owner_of_flow(machine)) {
        machine.finding(FindingKind::lock_misuse, machine.layer_name(machine.current_layer()) +
                                                      " calls KeReleaseMutex for a mutex that it does not own", Mutex);
        return before;
    }
    if (++Mutex->Header.SignalState == 1) Mutex->OwnerThread = nullptr;
    return before;
}

NTSTATUS KeWaitForSingleObject(PVOID Object, KWAIT_REASON, KPROCESSOR_MODE, BOOLEAN, PLARGE_INTEGER Timeout)
{
    Machine& machine = Machine::of_call(__func__);
    const bool zero = Timeout && Timeout->QuadPart == 0;
    const std::optional<Nanoseconds> timeout = zero ? std::optional<Nanoseconds>(0) : nanoseconds(machine, machine.clock(), Timeout);
    return wait_for(machine, *static_cast<DISPATCHER_HEADER*>(Object), timeout, __func__);
}

VOID NdisInitializeEvent(PNDIS_EVENT Event) { KeInitializeEvent(&Event->Event, NotificationEvent, FALSE); }
VOID NdisSetEvent(PNDIS_EVENT Event) { KeSetEvent(&Event->Event, 0, FALSE); }
VOID NdisResetEvent(PNDIS_EVENT Event) { KeResetEvent(&Event->Event); }

BOOLEAN NdisWaitEvent(PNDIS_EVENT Event, UINT MsToWait)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_passive(__func__);
    const std::optional<Nanoseconds> timeout =
        MsToWait == 0 ? std::nullopt : std::optional<Nanoseconds>(Nanoseconds{MsToWait} * 1'000'000);
    wait_for(machine, Event->Event.Header, timeout, __func__);
    return Event->Event.Header.SignalState > 0 ? TRUE : FALSE;
}

VOID NdisMSleep(ULONG MicrosecondsToSleep)
{
    Machine& machine = Machine::of_call(__func__);
    machine.wait_until([] { return false; }, Nanoseconds{MicrosecondsToSleep} * 1000, __func__);
}

NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE, BOOLEAN, PLARGE_INTEGER Interval)
{
    Machine& machine = Machine::of_call(__func__);
    machine.wait_until([] { return false; }, nanoseconds(machine, machine.clock(), Interval), __func__);
    return STATUS_SUCCESS;
}

NTSTATUS PsCreateSystemThread(PHANDLE ThreadHandle, ULONG, POBJECT_ATTRIBUTES, HANDLE, PCLIENT_ID, PKSTART_ROUTINE StartRoutine,
                              PVOID StartContext)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_passive(__func__);
    *ThreadHandle = machine.system_threads().create(StartRoutine, StartContext);
    return *ThreadHandle ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS PsTerminateSystemThread(NTSTATUS ExitStatus)
{
    Machine::of_call(__func__).system_threads().terminate_current(ExitStatus, __func__);
    return STATUS_INVALID_PARAMETER;
}

NTSTATUS ZwClose(HANDLE Handle)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_passive(__func__);
    machine.system_threads().close(Handle, __func__);
    return STATUS_SUCCESS;
}

}  // extern "C"
