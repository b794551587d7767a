// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// DDI functions: timers, work items, time.
#include <ndis.h>

#include "engine/machine/machine.h"

using namespace chimneylab::machine;

extern "C" {

NDIS_STATUS NdisAllocateTimerObject(NDIS_HANDLE NdisHandle, PNDIS_TIMER_CHARACTERISTICS TimerCharacteristics, PNDIS_HANDLE pTimerObject)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.handles().require_any(NdisHandle, __func__);
    *pTimerObject = nullptr;
    if (TimerCharacteristics->Header.Type != NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS || !TimerCharacteristics->TimerFunction)
        return NDIS_STATUS_INVALID_PARAMETER;
    *pTimerObject = machine.timers().create(TimerCharacteristics->TimerFunction, TimerCharacteristics->FunctionContext);
    return NDIS_STATUS_SUCCESS;
}

BOOLEAN NdisSetTimerObject(NDIS_HANDLE TimerObject, LARGE_INTEGER DueTime, LONG MillisecondsPeriod, PVOID FunctionContext)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    return machine.timers().set(TimerObject, DueTime.QuadPart, MillisecondsPeriod, FunctionContext, __func__) ? TRUE : FALSE;
}

// The tolerance lets the kernel expire timers together; on a virtual clock nothing is gained by it.
BOOLEAN NdisSetCoalescableTimerObject(NDIS_HANDLE TimerObject, LARGE_INTEGER DueTime, LONG MillisecondsPeriod,
                                      PVOID FunctionContext, ULONG)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    return machine.timers().set(TimerObject, DueTime.QuadPart, MillisecondsPeriod, FunctionContext, __func__) ? TRUE : FALSE;
}

BOOLEAN NdisCancelTimerObject(NDIS_HANDLE TimerObject)
{
    return Machine::of_call(__func__).timers().cancel(TimerObject, __func__) ? TRUE : FALSE;
}

VOID NdisFreeTimerObject(NDIS_HANDLE TimerObject)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.timers().remove(TimerObject, __func__);
}

NDIS_HANDLE NdisAllocateIoWorkItem(NDIS_HANDLE NdisObjectHandle)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.handles().require_any(NdisObjectHandle, __func__);
    if (const HandleEntry* entry = machine.handles().find(NdisObjectHandle);
        entry && (entry->kind == HandleKind::protocol_driver || entry->kind == HandleKind::binding))
        machine.strict_finding("NdisAllocateIoWorkItem needs a miniport adapter, miniport driver or device handle, not a " +
                                   std::string(to_text(entry->kind)), NdisObjectHandle);
    return machine.work_items().create();
}

VOID NdisQueueIoWorkItem(NDIS_HANDLE NdisIoWorkItemHandle, NDIS_IO_WORKITEM_ROUTINE Routine, PVOID WorkItemContext)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.work_items().queue(NdisIoWorkItemHandle, Routine, WorkItemContext, __func__);
}

VOID NdisFreeIoWorkItem(NDIS_HANDLE NdisIoWorkItemHandle)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    machine.work_items().remove(NdisIoWorkItemHandle, __func__);
}

VOID NdisGetCurrentSystemTime(PLARGE_INTEGER pSystemTime) { pSystemTime->QuadPart = Machine::of_call(__func__).clock().system_time(); }

VOID NdisGetSystemUpTimeEx(PLARGE_INTEGER pSystemUpTime)
{
    pSystemUpTime->QuadPart = Machine::of_call(__func__).clock().up_time_milliseconds();
}

VOID NdisStallExecution(UINT MicrosecondsToStall) { Machine::of_call(__func__).clock().advance(Nanoseconds{MicrosecondsToStall} * 1000); }

VOID KeStallExecutionProcessor(ULONG MicroSeconds) { Machine::of_call(__func__).clock().advance(Nanoseconds{MicroSeconds} * 1000); }

VOID KeQuerySystemTime(PLARGE_INTEGER CurrentTime) { CurrentTime->QuadPart = Machine::of_call(__func__).clock().system_time(); }

VOID KeQueryTickCount(PLARGE_INTEGER TickCount)
{
    TickCount->QuadPart = static_cast<LONGLONG>(Machine::of_call(__func__).clock().now() / 100) / Clock::clock_tick;
}

ULONG KeQueryTimeIncrement(VOID) { return static_cast<ULONG>(Clock::clock_tick); }

ULONGLONG KeQueryInterruptTime(VOID) { return Machine::of_call(__func__).clock().now() / 100; }

LARGE_INTEGER KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency)
{
    if (PerformanceFrequency) PerformanceFrequency->QuadPart = Clock::performance_frequency;
    LARGE_INTEGER counter;
    counter.QuadPart = Machine::of_call(__func__).clock().performance_counter();
    return counter;
}

// The machine has one processor.
ULONG KeGetCurrentProcessorNumber(VOID) { return 0; }
CCHAR NdisSystemProcessorCount(VOID) { return 1; }

}  // extern "C"
