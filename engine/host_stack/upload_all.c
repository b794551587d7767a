/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Giving everything back: before a binding pauses, all that is offloaded on it is terminated (HS-060); before a version of
 * IP is switched off, what uses it (HS-007); a neighbor that answers nobody any more, when no connection uses it. One tree
 * holds every object that may be terminated now; what an operation in progress forbids goes with a later tree, when that
 * operation has completed.
 */
#include "host_stack.h"

/* Longer than any driver should keep an operation. */
#define HS_UPLOAD_WAIT_MS 60000

typedef struct _HS_HARVEST {
    PHS_OPERATION Operation;
    ULONG Count;     /* blocks used so far */
    ULONG IpVersion; /* 4 or 6: only what uses it; 0: everything */
} HS_HARVEST, *PHS_HARVEST;

/* Neighbors use no version of IP. */
static BOOLEAN IsConcerned(PHS_OBJECT Object, ULONG IpVersion)
{
    PHS_OBJECT path = Object->Kind == CHIMNEY_OBJECT_CONNECTION ? Object->Parent : Object;

    return (BOOLEAN)(IpVersion == 0 || (path != NULL && path->Kind == CHIMNEY_OBJECT_PATH && path->Values.Path.ip_version == IpVersion));
}

/* Objects that are below still, or that nobody has begun to terminate. */
static ULONG CountLeft(PHS_BINDING Binding, ULONG IpVersion, BOOLEAN NotBegun)
{
    ULONG count = 0;
    PLIST_ENTRY link;

    for (link = Binding->Driver->Objects.Flink; link != &Binding->Driver->Objects; link = link->Flink) {
        PHS_OBJECT object = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (object->Binding == Binding && object->State != CHIMNEY_OBJECT_IN_HOST && IsConcerned(object, IpVersion) &&
            !(NotBegun && object->State == CHIMNEY_OBJECT_UPLOADING)) {
            count++;
        }
    }
    return count;
}

static BOOLEAN MayTerminate(PHS_OBJECT Object)
{
    return (Object->State == CHIMNEY_OBJECT_OFFLOADED || Object->State == CHIMNEY_OBJECT_INVALIDATED ||
            Object->State == CHIMNEY_OBJECT_TERMINATE_FAILED) &&
           Object->Queries + Object->Updates + Object->Invalidates + Object->LinkerUses + Object->CallsInProgress == 0;
}

/* Whether an object and all that depends on it can go now. */
static BOOLEAN MayTerminateWhole(PHS_DRIVER Driver, PHS_OBJECT Object)
{
    PLIST_ENTRY link;

    if (!MayTerminate(Object)) {
        return FALSE;
    }
    for (link = Driver->Objects.Flink; link != &Driver->Objects; link = link->Flink) {
        PHS_OBJECT other = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (other->Parent == Object && other->Binding == Object->Binding && other->State != CHIMNEY_OBJECT_IN_HOST &&
            !MayTerminateWhole(Driver, other)) {
            return FALSE; /* three layers: the recursion is two deep */
        }
    }
    return TRUE;
}

/* Adds a block for every object of Kind that can go and whose parent is Parent (Orphans: whatever its parent), and links
   them to a sibling list; gives the index of the first. */
static ULONG AddBlocks(PHS_HARVEST Harvest, ULONG Kind, PHS_OBJECT Parent, BOOLEAN Orphans);

static ULONG AddBlock(PHS_HARVEST Harvest, PHS_OBJECT Object)
{
    ULONG index = Harvest->Count++;
    struct chimney_host_stack_block *block = &Harvest->Operation->Blocks[index].Public;

    block->role = CHIMNEY_BLOCK_REFERENCE;
    block->kind = Object->Kind;
    block->object = Object->Number;
    block->state_class = CHIMNEY_STATE_NATURAL;
    block->next = CHIMNEY_BLOCK_NONE;
    block->dependent = CHIMNEY_BLOCK_NONE;
    if (Object->Kind != CHIMNEY_OBJECT_CONNECTION) {
        block->dependent = AddBlocks(Harvest, Object->Kind + 1, Object, FALSE);
    }
    return index;
}

static BOOLEAN IsTaken(PHS_HARVEST Harvest, PHS_OBJECT Object)
{
    ULONG i;

    for (i = 0; i < Harvest->Count; i++) {
        if (Harvest->Operation->Blocks[i].Public.object == Object->Number) {
            return TRUE;
        }
    }
    return FALSE;
}

static ULONG AddBlocks(PHS_HARVEST Harvest, ULONG Kind, PHS_OBJECT Parent, BOOLEAN Orphans)
{
    PHS_BINDING binding = Harvest->Operation->Binding;
    PHS_DRIVER driver = binding->Driver;
    ULONG first = CHIMNEY_BLOCK_NONE;
    ULONG last = CHIMNEY_BLOCK_NONE;
    PLIST_ENTRY link;

    for (link = driver->Objects.Flink; link != &driver->Objects; link = link->Flink) {
        PHS_OBJECT object = CONTAINING_RECORD(link, HS_OBJECT, Link);
        ULONG index;
        if (object->Kind != Kind || object->Binding != binding || !IsConcerned(object, Harvest->IpVersion) || (!Orphans && object->Parent != Parent) ||
            IsTaken(Harvest, object) || !MayTerminateWhole(driver, object)) {
            continue;
        }
        index = AddBlock(Harvest, object);
        if (first == CHIMNEY_BLOCK_NONE) {
            first = index;
        } else {
            Harvest->Operation->Blocks[last].Public.next = index;
        }
        last = index;
    }
    return first;
}

/* Neighbor: this one with all above it, or NULL. */
static PHS_OPERATION Harvest(PHS_BINDING Binding, ULONG IpVersion, PHS_OBJECT Neighbor)
{
    ULONG room = HsOffloadedOnBinding(Binding->Driver, Binding, CHIMNEY_OBJECT_NONE);
    HS_HARVEST harvest;
    ULONG kind;

    harvest.Count = 0;
    harvest.IpVersion = IpVersion;
    harvest.Operation = HsAllocateOperation(Binding, CHIMNEY_OPERATION_TERMINATE, room);
    if (harvest.Operation == NULL) {
        return NULL;
    }
    if (Neighbor != NULL && MayTerminateWhole(Binding->Driver, Neighbor)) {
        (VOID)AddBlock(&harvest, Neighbor);
    }
    /* From the lowest layer that has anything to give: whole neighbors with all above them; else, when each neighbor is
       held by something, the paths that are free; else the connections. A tree has siblings of one layer at its root. */
    for (kind = CHIMNEY_OBJECT_NEIGHBOR; Neighbor == NULL && kind <= CHIMNEY_OBJECT_CONNECTION && harvest.Count == 0; kind++) {
        (VOID)AddBlocks(&harvest, kind, NULL, TRUE);
    }
    harvest.Operation->BlockCount = harvest.Count;
    harvest.Operation->Internal = TRUE;
    if (harvest.Count == 0) {
        NdisFreeMemory(harvest.Operation, 0, 0);
        return NULL;
    }
    return harvest.Operation;
}

/* Every round either issues a terminate or waits for the operations that stand in its way. An operation that cannot even be
   allocated waits for memory in the same manner, as long as something is in progress that will give some back. */
static VOID Upload(PHS_BINDING Binding, ULONG IpVersion, BOOLEAN BeginOnly)
{
    while (CountLeft(Binding, IpVersion, BeginOnly) > 0) {
        PHS_OPERATION operation;
        ULONG refusedBlock;

        NdisResetEvent(&Binding->OperationFinished); /* before looking: a completion in between is not missed */
        operation = Harvest(Binding, IpVersion, NULL);
        if (operation == NULL || HsStartPrepared(Binding->Driver, operation, &refusedBlock) != CHIMNEY_HOST_STACK_DONE) {
            if (!NdisWaitEvent(&Binding->OperationFinished, HS_UPLOAD_WAIT_MS)) {
                return; /* nothing comes back any more: the driver below has lost an operation */
            }
        }
    }
}

VOID HsUploadAll(PHS_BINDING Binding) { Upload(Binding, 0, FALSE); }

VOID HsUploadIpVersion(PHS_BINDING Binding, ULONG IpVersion) { Upload(Binding, IpVersion, FALSE); }

VOID HsBeginUploadAll(PHS_BINDING Binding) { Upload(Binding, 0, TRUE); }

BOOLEAN HsUploadNeighbor(PHS_OBJECT Neighbor)
{
    PHS_OPERATION operation = Harvest(Neighbor->Binding, 0, Neighbor);
    ULONG refusedBlock;

    return (BOOLEAN)(operation != NULL && HsStartPrepared(Neighbor->Driver, operation, &refusedBlock) == CHIMNEY_HOST_STACK_DONE);
}
