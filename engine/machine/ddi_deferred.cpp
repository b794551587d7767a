// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// DDI functions: deferred procedure calls, kernel timers, work items of the I/O manager. What is known of a DPC or timer stands
// in the driver's own memory, as it does in the kernel: DpcData and TimerListEntry name the pending work.
#include <ndis.h>

#include "engine/machine/machine.h"

// Opaque to drivers.
struct _IO_WORKITEM {
    void* item;
    PDEVICE_OBJECT device;
    PIO_WORKITEM_ROUTINE routine;
    void* context;
};

using namespace chimneylab::machine;

namespace {

constexpr UCHAR notification_timer = 8, synchronization_timer = 9;  // DISPATCHER_HEADER.Type
constexpr std::uint32_t work_item_tag = 0x69576F49;                 // 'IoWi'

WorkId work_of(const void* word) { return WorkId{reinterpret_cast<std::uintptr_t>(word)}; }
template <typename Pointer>
void remember(Pointer*& place, WorkId id) { place = reinterpret_cast<Pointer*>(static_cast<std::uintptr_t>(id.value)); }

bool queued(Machine& machine, const KDPC& dpc) { return dpc.DpcData && machine.queue().is_pending(work_of(dpc.DpcData)); }
bool queued(Machine& machine, const KTIMER& timer)
{
    return timer.Header.Inserted != 0 && machine.queue().is_pending(work_of(timer.TimerListEntry.Flink));
}

bool insert(Machine& machine, KDPC* dpc, void* argument1, void* argument2, chimneylab::trace::LayerIndex layer)
{
    if (queued(machine, *dpc)) return false;
    dpc->SystemArgument1 = argument1;
    dpc->SystemArgument2 = argument2;
    WorkRequest work;
    work.label = "DPC of " + machine.layer_name(layer);
    work.layer = layer;
    work.irql = dispatch_level;
    work.run = [&machine, dpc, layer] {
        if (!machine.pool().require_not_released(dpc, "a DPC that runs")) return;
        dpc->DpcData = nullptr;
        CallDetails details;
        details.subject = dpc;
        DriverCall call(machine, layer, "DeferredRoutine", details);
        reinterpret_cast<PKDEFERRED_ROUTINE>(dpc->DeferredRoutine)(dpc, dpc->DeferredContext, dpc->SystemArgument1, dpc->SystemArgument2);
    };
    remember(dpc->DpcData, machine.queue_work(std::move(work)));
    return true;
}

void set(Machine& machine, KTIMER* timer, Nanoseconds delay, chimneylab::trace::LayerIndex layer)
{
    WorkRequest work;
    work.label = "kernel timer of " + machine.layer_name(layer);
    work.layer = layer;
    work.irql = dispatch_level;
    work.delay = delay;
    work.recurring = timer->Period > 0;
    work.run = [&machine, timer, layer] {
        if (!machine.pool().require_not_released(timer, "a timer that expires")) return;
        timer->Header.Inserted = 0;
        timer->Header.SignalState = 1;
        if (timer->Period > 0) set(machine, timer, static_cast<Nanoseconds>(timer->Period) * 1'000'000, layer);
        if (timer->Dpc) insert(machine, timer->Dpc, nullptr, nullptr, layer);
    };
    remember(timer->TimerListEntry.Flink, machine.queue_work(std::move(work)));
    timer->Header.Inserted = 1;
}

}  // namespace

extern "C" {

VOID KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
    *Dpc = KDPC{};
    Dpc->Type = 19;  // DpcObject
    Dpc->Importance = 1;
    Dpc->DeferredRoutine = reinterpret_cast<PVOID>(DeferredRoutine);
    Dpc->DeferredContext = DeferredContext;
}

BOOLEAN KeInsertQueueDpc(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
    Machine& machine = Machine::of_call(__func__);
    if (!machine.pool().require_not_released(Dpc, __func__)) return FALSE;
    return insert(machine, Dpc, SystemArgument1, SystemArgument2, machine.current_layer()) ? TRUE : FALSE;
}

BOOLEAN KeRemoveQueueDpc(PRKDPC Dpc)
{
    Machine& machine = Machine::of_call(__func__);
    if (!machine.pool().require_not_released(Dpc, __func__) || !queued(machine, *Dpc)) return FALSE;
    machine.cancel_work(work_of(Dpc->DpcData));
    Dpc->DpcData = nullptr;
    return TRUE;
}

VOID KeInitializeTimer(PKTIMER Timer) { KeInitializeTimerEx(Timer, NotificationTimer); }

VOID KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type)
{
    *Timer = KTIMER{};
    Timer->Header.Type = Type == SynchronizationTimer ? synchronization_timer : notification_timer;
    Timer->Header.Size = sizeof(KTIMER) / sizeof(LONG);
    InitializeListHead(&Timer->Header.WaitListHead);
}

BOOLEAN KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    if (!machine.pool().require_not_released(Timer, __func__)) return FALSE;
    const bool was_set = queued(machine, *Timer);
    if (was_set) machine.cancel_work(work_of(Timer->TimerListEntry.Flink));
    Timer->Header.SignalState = 0;
    Timer->Dpc = Dpc;
    Timer->Period = Period > 0 ? Period : 0;
    const Nanoseconds due = machine.clock().due_time(DueTime.QuadPart);
    Timer->DueTime.QuadPart = static_cast<ULONGLONG>(due / 100);
    set(machine, Timer, due - machine.clock().now(), machine.current_layer());
    return was_set ? TRUE : FALSE;
}

BOOLEAN KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc) { return KeSetTimerEx(Timer, DueTime, 0, Dpc); }

BOOLEAN KeCancelTimer(PKTIMER Timer)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    if (!machine.pool().require_not_released(Timer, __func__)) return FALSE;
    const bool was_set = queued(machine, *Timer);
    if (was_set) machine.cancel_work(work_of(Timer->TimerListEntry.Flink));
    Timer->Header.Inserted = 0;
    return was_set ? TRUE : FALSE;
}

BOOLEAN KeReadStateTimer(PKTIMER Timer) { return Timer->Header.SignalState > 0 ? TRUE : FALSE; }

PIO_WORKITEM IoAllocateWorkItem(PDEVICE_OBJECT DeviceObject)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    auto* made = static_cast<PIO_WORKITEM>(machine.pool().allocate(sizeof(_IO_WORKITEM), work_item_tag, __func__));
    if (made) *made = {machine.work_items().create(), DeviceObject, nullptr, nullptr};
    return made;
}

VOID IoQueueWorkItem(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE WorkerRoutine, WORK_QUEUE_TYPE, PVOID Context)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    if (!machine.pool().require_not_released(IoWorkItem, __func__)) return;
    IoWorkItem->routine = WorkerRoutine;
    IoWorkItem->context = Context;
    machine.work_items().queue(
        IoWorkItem->item,
        [](void* context, Handle) {
            const _IO_WORKITEM work = *static_cast<PIO_WORKITEM>(context);
            work.routine(work.device, work.context);
        },
        IoWorkItem, __func__);
}

VOID IoFreeWorkItem(PIO_WORKITEM IoWorkItem)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_dispatch_or_below(__func__);
    if (!machine.pool().require_not_released(IoWorkItem, __func__)) return;
    machine.work_items().remove(IoWorkItem->item, __func__);
    machine.pool().free(IoWorkItem, __func__);
}

}  // extern "C"
