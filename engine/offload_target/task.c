/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * What happens later. Each task has an NDIS timer of its own, so that whoever schedules the machine decides which of
 * several pending tasks comes first. Tasks are used again and again; they are made when all that exist are in use.
 */
#include "offload_target.h"

static VOID RunTask(POT_TASK Task)
{
    POT_OBJECT object = Task->Object != 0 ? OtFindObject(Task->Adapter, Task->Object) : NULL;

    switch (Task->Kind) {
    case OtTaskCompleteOperation:
        OtOperationDue(Task); /* releases the task */
        return;
    case OtTaskForward:
        OtFinishForward(Task);
        break;
    case OtTaskHardwareFailure:
        OtIndicateHardwareFailure(Task->Adapter, Task->Object);
        break;
    case OtTaskStatus:
        OtIndicateStatus(Task->Adapter, (NDIS_STATUS)Task->Argument, (BOOLEAN)(Task->Information != 0));
        break;
    case OtTaskLinkState:
        OtIndicateLinkState(Task->Adapter, (BOOLEAN)(Task->Argument != 0));
        break;
    default:
        /* About an object: if it has been terminated meanwhile there is nothing to be done any more. */
        if (object == NULL || object->State == CHIMNEY_TARGET_OBJECT_TERMINATING) {
            break;
        }
        switch (Task->Kind) {
        case OtTaskAcknowledge:
            OtAcknowledge(object, Task->Argument);
            break;
        case OtTaskDeliver:
            OtDeliver(object, FALSE);
            break;
        case OtTaskPush:
            OtDeliver(object, TRUE);
            break;
        case OtTaskArrive:
            OtArrive(object, Task->Argument, (BOOLEAN)(Task->Information != 0));
            break;
        case OtTaskRefuse:
            OtWireRefuse(object);
            break;
        case OtTaskConnectionEvent:
            OtIndicateEvent(object, Task->Argument, Task->Information);
            break;
        default:
            OtIndicateNeighborQuery(object);
            break;
        }
        break;
    }
    OtReleaseTask(Task);
}

static VOID TaskTimer(PVOID SystemSpecific1, PVOID FunctionContext, PVOID SystemSpecific2, PVOID SystemSpecific3)
{
    UNREFERENCED_PARAMETER(SystemSpecific1);
    UNREFERENCED_PARAMETER(SystemSpecific2);
    UNREFERENCED_PARAMETER(SystemSpecific3);
    RunTask((POT_TASK)FunctionContext);
}

static POT_TASK CreateTask(POT_ADAPTER Adapter)
{
    POT_TASK task = OtAllocate(Adapter->MiniportHandle, sizeof(*task), OT_TAG_TASK);
    NDIS_TIMER_CHARACTERISTICS timer;

    if (task == NULL) {
        return NULL;
    }
    NdisZeroMemory(&timer, sizeof(timer));
    timer.Header.Type = NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS;
    timer.Header.Revision = NDIS_TIMER_CHARACTERISTICS_REVISION_1;
    timer.Header.Size = NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1;
    timer.AllocationTag = OT_TAG_TASK;
    timer.TimerFunction = TaskTimer;
    timer.FunctionContext = task;
    if (NdisAllocateTimerObject(Adapter->MiniportHandle, &timer, &task->Timer) != NDIS_STATUS_SUCCESS) {
        NdisFreeMemory(task, 0, 0);
        return NULL;
    }
    task->Adapter = Adapter;
    return task;
}

NDIS_STATUS OtCreateFirstTasks(POT_ADAPTER Adapter)
{
    ULONG i;

    for (i = 0; i < OT_FIRST_TASKS; i++) {
        POT_TASK task = CreateTask(Adapter);
        if (task == NULL) {
            return NDIS_STATUS_RESOURCES;
        }
        InsertTailList(&Adapter->FreeTasks, &task->Link);
    }
    return NDIS_STATUS_SUCCESS;
}

POT_TASK OtAllocateTask(POT_ADAPTER Adapter, OT_TASK_KIND Kind)
{
    POT_TASK task = NULL;

    NdisAcquireSpinLock(&Adapter->Lock);
    if (!IsListEmpty(&Adapter->FreeTasks)) {
        task = CONTAINING_RECORD(RemoveHeadList(&Adapter->FreeTasks), OT_TASK, Link);
    }
    NdisReleaseSpinLock(&Adapter->Lock);
    if (task == NULL) {
        task = CreateTask(Adapter);
    }
    if (task != NULL) {
        InitializeListHead(&task->Link);
        task->Kind = Kind;
        task->Held = FALSE;
        task->Reordered = FALSE;
        task->Processed = FALSE;
        task->OperationKind = 0;
        task->Ordinal = 0;
        task->Root = NULL;
        task->Object = 0;
        task->Argument = 0;
        task->Information = 0;
        task->Lists = NULL;
    }
    return task;
}

VOID OtStartTask(POT_TASK Task, PLIST_ENTRY List, ULONG Nanoseconds)
{
    LARGE_INTEGER due;

    NdisAcquireSpinLock(&Task->Adapter->Lock);
    InsertTailList(List, &Task->Link);
    NdisReleaseSpinLock(&Task->Adapter->Lock);
    if (!Task->Held) {
        due.QuadPart = -(LONGLONG)((Nanoseconds + 99u) / 100u);
        NdisSetTimerObject(Task->Timer, due, 0, NULL);
    }
}

VOID OtReleaseTask(POT_TASK Task)
{
    NdisAcquireSpinLock(&Task->Adapter->Lock);
    RemoveEntryList(&Task->Link);
    InsertHeadList(&Task->Adapter->FreeTasks, &Task->Link);
    NdisReleaseSpinLock(&Task->Adapter->Lock);
    OtTellFailures(Task->Adapter);
}

static VOID DeleteList(PLIST_ENTRY List)
{
    while (!IsListEmpty(List)) {
        POT_TASK task = CONTAINING_RECORD(RemoveHeadList(List), OT_TASK, Link);
        (VOID)NdisCancelTimerObject(task->Timer);
        NdisFreeTimerObject(task->Timer);
        NdisFreeMemory(task, 0, 0);
    }
}

/* At halt: what is still pending is about objects that are gone. */
VOID OtDeleteTasks(POT_ADAPTER Adapter)
{
    DeleteList(&Adapter->Operations);
    DeleteList(&Adapter->Tasks);
    DeleteList(&Adapter->FreeTasks);
}

BOOLEAN OtSchedule(POT_OBJECT Object, OT_TASK_KIND Kind, ULONG Argument, ULONG Information, ULONG Nanoseconds)
{
    POT_TASK task = OtAllocateTask(Object->Adapter, Kind);

    if (task == NULL) {
        return FALSE;
    }
    task->Object = Object->Number;
    task->Argument = Argument;
    task->Information = Information;
    OtStartTask(task, &Object->Adapter->Tasks, Nanoseconds);
    return TRUE;
}
