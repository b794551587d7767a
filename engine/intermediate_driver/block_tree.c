/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Visiting every block of a state tree.
 *
 *      N1 ---NextBlock---> N2            A block, then what depends on it, then its next sibling: N1 P1 T1 T2 P2 T3 N2.
 *      | DependentBlockList              The offload target works in this order too, but for an intermediate driver any
 *      P1 ---> P2                        order will do, as long as no block is left out: every one of them carries a
 *      |       |                         handle that must be translated (IM-039), not only the root.
 *      T1 -> T2  T3
 *
 * Kernel stacks are small and a sibling list may be a thousand blocks long, so the walk does not recurse. It keeps the
 * siblings it has to come back to, at most one for each level it has descended. A legal tree has three levels; the room
 * for eight is what NDIS itself has.
 */
#include "intermediate.h"

PIM_UPPER_BLOCK ImFirstBlock(PIM_TREE_WALK Walk, PIM_UPPER_BLOCK Root)
{
    Walk->PendingCount = 0;
    return Root;
}

PIM_UPPER_BLOCK ImNextBlock(PIM_TREE_WALK Walk, PIM_UPPER_BLOCK Block)
{
    if (Block->DependentBlockList != NULL) {
        if (Block->NextBlock != NULL) {
            ASSERT(Walk->PendingCount < IM_TREE_DEPTH);
            Walk->Pending[Walk->PendingCount++] = Block->NextBlock;
        }
        return Block->DependentBlockList;
    }
    if (Block->NextBlock != NULL) {
        return Block->NextBlock;
    }
    return Walk->PendingCount > 0 ? Walk->Pending[--Walk->PendingCount] : NULL;
}
