/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * May this operation be issued now? The rules for host stacks, in the order: is it a tree, does every block stand where
 * it may, is every object in a state that allows it. Nothing is changed here.
 */
#include "host_stack.h"

#define NO_BLOCK CHIMNEY_BLOCK_NONE

/* ---- shape ---- */

/* Every block must be reached from the root exactly once (HS-013). First: one link leads to each block but the root, and
   none to the root. What could still be wrong is a ring of blocks that lead to each other and to which nothing leads. A
   dependent is one layer up and nothing leads down again, so a ring can only be made of siblings: a sibling list longer
   than the tree. */
static ULONG CheckLinks(PHS_OPERATION Operation, PULONG RefusedBlock)
{
    ULONG count = Operation->BlockCount;
    ULONG i;

    for (i = 0; i < count; i++) {
        Operation->Blocks[i].Sent.Status = 0; /* how many links lead here; `Sent` is not used before the call */
    }
    for (i = 0; i < count; i++) {
        const struct chimney_host_stack_block *block = &Operation->Blocks[i].Public;
        *RefusedBlock = i;
        if (block->role > CHIMNEY_BLOCK_NEW || block->kind < CHIMNEY_OBJECT_NEIGHBOR ||
            block->kind > CHIMNEY_OBJECT_CONNECTION || block->state_class > CHIMNEY_STATE_ALL) {
            return CHIMNEY_HOST_STACK_BAD_VALUE;
        }
        if ((block->next != NO_BLOCK && (block->next == 0 || block->next >= count)) ||
            (block->dependent != NO_BLOCK && (block->dependent == 0 || block->dependent >= count))) {
            return CHIMNEY_HOST_STACK_BAD_TREE;
        }
        if (block->next != NO_BLOCK) {
            if (++Operation->Blocks[block->next].Sent.Status > 1) {
                return CHIMNEY_HOST_STACK_BAD_TREE;
            }
            if (Operation->Blocks[block->next].Public.kind != block->kind) {
                return CHIMNEY_HOST_STACK_BAD_LAYER_LINK; /* HS-011 */
            }
        }
        if (block->dependent != NO_BLOCK) {
            if (++Operation->Blocks[block->dependent].Sent.Status > 1) {
                return CHIMNEY_HOST_STACK_BAD_TREE;
            }
            if (Operation->Blocks[block->dependent].Public.kind != block->kind + 1) {
                return CHIMNEY_HOST_STACK_BAD_LAYER_LINK; /* HS-012 */
            }
        }
    }
    for (i = 1; i < count; i++) {
        if (Operation->Blocks[i].Sent.Status != 1) {
            *RefusedBlock = i;
            return CHIMNEY_HOST_STACK_BAD_TREE;
        }
    }
    for (i = 0; i < count; i++) {
        ULONG steps = 0;
        ULONG next = Operation->Blocks[i].Public.next;
        while (next != NO_BLOCK) {
            if (++steps > count) {
                *RefusedBlock = i;
                return CHIMNEY_HOST_STACK_BAD_TREE;
            }
            next = Operation->Blocks[next].Public.next;
        }
    }
    *RefusedBlock = NO_BLOCK;
    return CHIMNEY_HOST_STACK_DONE;
}

/* ---- objects ---- */

static ULONG FindObjects(PHS_DRIVER Driver, PHS_OPERATION Operation, PULONG RefusedBlock)
{
    ULONG i;
    ULONG k;

    for (i = 0; i < Operation->BlockCount; i++) {
        PHS_BLOCK block = &Operation->Blocks[i];
        *RefusedBlock = i;
        if (block->Public.role == CHIMNEY_BLOCK_PLACEHOLDER) {
            if (block->Public.object != 0) {
                return CHIMNEY_HOST_STACK_BAD_VALUE;
            }
            continue;
        }
        block->Object = HsFindObject(Driver, block->Public.object);
        if (block->Object == NULL) {
            return CHIMNEY_HOST_STACK_NO_SUCH_OBJECT;
        }
        if (block->Object->Kind != block->Public.kind) {
            return CHIMNEY_HOST_STACK_WRONG_OBJECT_KIND; /* HS-014 */
        }
        for (k = 0; k < i; k++) {
            if (Operation->Blocks[k].Object == block->Object) {
                return CHIMNEY_HOST_STACK_OBJECT_TWICE;
            }
        }
    }
    for (i = 0; i < Operation->BlockCount; i++) { /* the block above: that of the first sibling, for all of them */
        ULONG dependent = Operation->Blocks[i].Public.dependent;
        while (dependent != NO_BLOCK) {
            Operation->Blocks[dependent].NewParent = Operation->Blocks[i].Object;
            dependent = Operation->Blocks[dependent].Public.next;
        }
    }
    *RefusedBlock = NO_BLOCK;
    return CHIMNEY_HOST_STACK_DONE;
}

/* ---- initiate ---- */

static BOOLEAN MayBeOffloaded(ULONG TcpState)
{
    return TcpState >= TcpConnectionEstablished && TcpState <= TcpConnectionLastAck; /* HS-022 */
}

static ULONG CheckSendData(PHS_BLOCK Block)
{
    const struct chimney_host_stack_connection *values = &Block->Object->Values.Connection;
    ULONG bytes = Block->Public.send_data_count * Block->Public.send_data_bytes;
    ULONG fin = values->state == TcpConnectionFinWait1 || values->state == TcpConnectionClosing ||
                values->state == TcpConnectionLastAck;

    if (Block->Public.send_data_count > CHIMNEY_HOST_STACK_MAXIMUM_SEND_DATA ||
        (Block->Public.send_data_count > 0) != (Block->Public.send_data_bytes > 0) ||
        Block->Public.send_data_bytes > 0x10000) {
        return CHIMNEY_HOST_STACK_BAD_SEND_DATA;
    }
    if (values->snd_nxt - values->snd_una > values->snd_max - values->snd_una ||
        values->snd_max - values->snd_una > bytes + fin) {
        return CHIMNEY_HOST_STACK_BAD_SEND_DATA; /* HS-029 */
    }
    return CHIMNEY_HOST_STACK_DONE;
}

static ULONG CheckNewConnection(PHS_OPERATION Operation, PHS_BLOCK Block)
{
    const NDIS_TCP_CONNECTION_OFFLOAD *capabilities = &Operation->Binding->Capabilities;
    const struct chimney_host_stack_connection *values = &Block->Object->Values.Connection;

    if (!MayBeOffloaded(values->state)) {
        return CHIMNEY_HOST_STACK_WRONG_CONNECTION_STATE;
    }
    if ((values->const_flags & TCP_FLAG_SACK_ENABLED) != 0 && capabilities->SupportSack != NDIS_OFFLOAD_SUPPORTED) {
        return CHIMNEY_HOST_STACK_BEYOND_CAPABILITIES;
    }
    return CheckSendData(Block);
}

static ULONG CheckNewBlock(PHS_OPERATION Operation, PHS_BLOCK Block)
{
    const NDIS_TCP_CONNECTION_OFFLOAD *capabilities = &Operation->Binding->Capabilities;
    PHS_OBJECT object = Block->Object;

    if (object->State != CHIMNEY_OBJECT_IN_HOST) {
        return object->State == CHIMNEY_OBJECT_OFFLOADED || object->State == CHIMNEY_OBJECT_INVALIDATED
                   ? CHIMNEY_HOST_STACK_ALREADY_OFFLOADED
                   : CHIMNEY_HOST_STACK_BUSY; /* HS-021 */
    }
    if (Block->Public.state_class != CHIMNEY_STATE_NATURAL && Block->Public.state_class != CHIMNEY_STATE_ALL) {
        return CHIMNEY_HOST_STACK_BAD_STATE_CLASS; /* HS-016 */
    }
    if (object->Kind != CHIMNEY_OBJECT_NEIGHBOR && Block->NewParent == NULL) {
        return CHIMNEY_HOST_STACK_NO_PARENT; /* HS-018 */
    }
    if (object->Kind == CHIMNEY_OBJECT_PATH) {
        ULONG support = object->Values.Path.ip_version == 6 ? capabilities->SupportIPv6 : capabilities->SupportIPv4;
        if (support != NDIS_OFFLOAD_SUPPORTED) {
            return CHIMNEY_HOST_STACK_BEYOND_CAPABILITIES; /* HS-005 */
        }
    }
    if (object->Kind == CHIMNEY_OBJECT_CONNECTION) {
        return CheckNewConnection(Operation, Block);
    }
    return CHIMNEY_HOST_STACK_DONE;
}

static ULONG CheckLinkerBlock(PHS_BLOCK Block)
{
    PHS_OBJECT object = Block->Object;

    if (object->State == CHIMNEY_OBJECT_INVALIDATED) {
        return CHIMNEY_HOST_STACK_INVALIDATED; /* HS-048 */
    }
    if (object->State != CHIMNEY_OBJECT_OFFLOADED) {
        return object->State == CHIMNEY_OBJECT_IN_HOST ? CHIMNEY_HOST_STACK_NOT_OFFLOADED : CHIMNEY_HOST_STACK_BUSY;
    }
    if (object->Invalidates > 0) {
        return CHIMNEY_HOST_STACK_BUSY;
    }
    if (Block->Public.dependent == NO_BLOCK) {
        return CHIMNEY_HOST_STACK_LINKER_WITHOUT_DEPENDENT; /* HS-017 */
    }
    if (Block->NewParent != NULL && object->Parent != Block->NewParent) {
        return CHIMNEY_HOST_STACK_PARENT_CHANGED; /* an initiate moves nothing */
    }
    if (Block->Public.state_class != CHIMNEY_STATE_NATURAL && Block->Public.state_class != CHIMNEY_STATE_ABSENT) {
        return CHIMNEY_HOST_STACK_BAD_STATE_CLASS; /* HS-016 */
    }
    return CHIMNEY_HOST_STACK_DONE;
}

/* ---- the other four ---- */

static ULONG CheckStateClass(ULONG OperationKind, ULONG StateClass)
{
    switch (OperationKind) {
    case CHIMNEY_OPERATION_QUERY:
        return StateClass != CHIMNEY_STATE_ABSENT ? CHIMNEY_HOST_STACK_DONE : CHIMNEY_HOST_STACK_BAD_STATE_CLASS;
    case CHIMNEY_OPERATION_UPDATE:
        return StateClass <= CHIMNEY_STATE_ABSENT || StateClass == CHIMNEY_STATE_CACHED
                   ? CHIMNEY_HOST_STACK_DONE
                   : CHIMNEY_HOST_STACK_BAD_STATE_CLASS;
    case CHIMNEY_OPERATION_TERMINATE:
        return StateClass <= CHIMNEY_STATE_ABSENT || StateClass == CHIMNEY_STATE_DELEGATED
                   ? CHIMNEY_HOST_STACK_DONE
                   : CHIMNEY_HOST_STACK_BAD_STATE_CLASS;
    default: /* invalidate */
        return StateClass <= CHIMNEY_STATE_ABSENT ? CHIMNEY_HOST_STACK_DONE : CHIMNEY_HOST_STACK_BAD_STATE_CLASS;
    }
}

static BOOLEAN IsInTree(PHS_OPERATION Operation, PHS_OBJECT Object)
{
    ULONG i;

    for (i = 0; i < Operation->BlockCount; i++) {
        if (Operation->Blocks[i].Object == Object) {
            return TRUE;
        }
    }
    return FALSE;
}

/* HS-051: nothing may be left that depends on it, unless it goes in the same tree or is on its way already. What still is on
   another binding, because its terminate failed there, does not depend on what was offloaded anew on this one. */
static BOOLEAN LeavesDependents(PHS_DRIVER Driver, PHS_OPERATION Operation, PHS_OBJECT Object)
{
    PLIST_ENTRY link;

    for (link = Driver->Objects.Flink; link != &Driver->Objects; link = link->Flink) {
        PHS_OBJECT other = CONTAINING_RECORD(link, HS_OBJECT, Link);
        if (other->Parent == Object && other->Binding == Object->Binding && other->State != CHIMNEY_OBJECT_IN_HOST &&
            other->State != CHIMNEY_OBJECT_UPLOADING && !IsInTree(Operation, other)) {
            return TRUE;
        }
    }
    return FALSE;
}

static ULONG CheckReference(PHS_DRIVER Driver, PHS_OPERATION Operation, PHS_BLOCK Block)
{
    PHS_OBJECT object = Block->Object;
    BOOLEAN terminate = Operation->Kind == CHIMNEY_OPERATION_TERMINATE;

    if (object->State == CHIMNEY_OBJECT_IN_HOST) {
        return CHIMNEY_HOST_STACK_NOT_OFFLOADED; /* HS-033, HS-075 */
    }
    if (object->State == CHIMNEY_OBJECT_OFFLOADING || object->State == CHIMNEY_OBJECT_UPLOADING ||
        (object->State == CHIMNEY_OBJECT_TERMINATE_FAILED && !terminate)) {
        return CHIMNEY_HOST_STACK_BUSY;
    }
    switch (Operation->Kind) {
    case CHIMNEY_OPERATION_UPDATE:
        if (object->State == CHIMNEY_OBJECT_INVALIDATED) {
            return CHIMNEY_HOST_STACK_INVALIDATED; /* HS-041 */
        }
        if (object->Updates > 0 || object->Invalidates > 0) {
            return CHIMNEY_HOST_STACK_BUSY; /* HS-040 */
        }
        if (object->Kind == CHIMNEY_OBJECT_CONNECTION && Block->NewParent != NULL && Block->NewParent != object->Parent) {
            return CHIMNEY_HOST_STACK_PARENT_CHANGED; /* HS-042 */
        }
        break;
    case CHIMNEY_OPERATION_INVALIDATE:
        if (object->State == CHIMNEY_OBJECT_INVALIDATED) {
            return CHIMNEY_HOST_STACK_INVALIDATED;
        }
        if (object->Invalidates > 0) {
            return CHIMNEY_HOST_STACK_BUSY;
        }
        break;
    case CHIMNEY_OPERATION_TERMINATE:
        if (object->Queries + object->Updates + object->Invalidates + object->LinkerUses + object->CallsInProgress > 0) {
            return CHIMNEY_HOST_STACK_BUSY; /* HS-049, HS-050, HS-036 */
        }
        if (LeavesDependents(Driver, Operation, object)) {
            return CHIMNEY_HOST_STACK_HAS_DEPENDENTS;
        }
        break;
    default:
        break;
    }
    return CheckStateClass(Operation->Kind, Block->Public.state_class);
}

static ULONG CheckBlock(PHS_DRIVER Driver, PHS_OPERATION Operation, PHS_BLOCK Block)
{
    BOOLEAN initiate = Operation->Kind == CHIMNEY_OPERATION_INITIATE;
    BOOLEAN fresh = Block->Public.role == CHIMNEY_BLOCK_NEW;

    if ((Block->Public.send_data_count > 0 || Block->Public.send_data_bytes > 0) &&
        !(initiate && fresh && Block->Public.kind == CHIMNEY_OBJECT_CONNECTION)) {
        return CHIMNEY_HOST_STACK_BAD_SEND_DATA;
    }
    if (Block->Public.role == CHIMNEY_BLOCK_PLACEHOLDER) {
        return Block->Public.state_class <= CHIMNEY_STATE_ABSENT ? CHIMNEY_HOST_STACK_DONE
                                                                 : CHIMNEY_HOST_STACK_BAD_STATE_CLASS;
    }
    if (fresh) {
        return initiate ? CheckNewBlock(Operation, Block) : CHIMNEY_HOST_STACK_BAD_VALUE;
    }
    if (Block->Object->State != CHIMNEY_OBJECT_IN_HOST && Block->Object->Binding != Operation->Binding) {
        return CHIMNEY_HOST_STACK_WRONG_BINDING;
    }
    return initiate ? CheckLinkerBlock(Block) : CheckReference(Driver, Operation, Block);
}

ULONG HsCheckOperation(PHS_DRIVER Driver, PHS_OPERATION Operation, PULONG RefusedBlock)
{
    ULONG connections = 0;
    ULONG result;
    ULONG i;

    *RefusedBlock = NO_BLOCK;
    if (Operation->Kind == CHIMNEY_OPERATION_INITIATE) {
        if (!Operation->Binding->Running || Operation->Binding->Asleep || Operation->Binding->OffloadPaused) {
            return CHIMNEY_HOST_STACK_NOT_RUNNING; /* HS-009 */
        }
        if (!Operation->Binding->OffloadEnabled) {
            return CHIMNEY_HOST_STACK_BEYOND_CAPABILITIES;
        }
    }
    result = CheckLinks(Operation, RefusedBlock);
    if (result == CHIMNEY_HOST_STACK_DONE) {
        result = FindObjects(Driver, Operation, RefusedBlock);
    }
    for (i = 0; i < Operation->BlockCount && result == CHIMNEY_HOST_STACK_DONE; i++) {
        result = CheckBlock(Driver, Operation, &Operation->Blocks[i]);
        if (result != CHIMNEY_HOST_STACK_DONE) {
            *RefusedBlock = i;
        }
        connections += Operation->Blocks[i].Public.role == CHIMNEY_BLOCK_NEW &&
                       Operation->Blocks[i].Public.kind == CHIMNEY_OBJECT_CONNECTION;
    }
    if (result == CHIMNEY_HOST_STACK_DONE && connections > 0 &&
        HsOffloadedOnBinding(Driver, Operation->Binding, CHIMNEY_OBJECT_CONNECTION) + connections >
            Operation->Binding->Capabilities.TcpConnectionOffloadCapacity) {
        result = CHIMNEY_HOST_STACK_BEYOND_CAPABILITIES; /* HS-006 */
    }
    return result;
}
