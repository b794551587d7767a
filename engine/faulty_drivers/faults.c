/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Which mistake is chosen, and where it applies.
 */
#include "engine/faulty_drivers/faulty_driver.h"

struct chimneylab_faulty_driver Faulty;
static enum chimneylab_fault Chosen;
static int (*Applies)(void);

void ChimneylabChooseFault(enum chimneylab_fault fault, int (*applies)(void))
{
    Chosen = fault;
    Applies = applies;
    NdisZeroMemory(&Faulty, sizeof(Faulty));
}

static const char *const Names[] = {
    "",
#define CHIMNEYLAB_FAULT_WORD(name, word, does) word,
    CHIMNEYLAB_FAULTS(CHIMNEYLAB_FAULT_WORD)
#undef CHIMNEYLAB_FAULT_WORD
};

const char *ChimneylabFaultName(enum chimneylab_fault fault)
{
    return fault < NumberOfFaults ? Names[fault] : "";
}

static BOOLEAN Equal(const char *a, const char *b)
{
    while (*a != 0 && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

int ChimneylabChooseFaultByName(const char *word)
{
    int fault;

    for (fault = NoFault + 1; fault < NumberOfFaults; fault++) {
        if (Equal(Names[fault], word)) {
            ChimneylabChooseFault((enum chimneylab_fault)fault, NULL);
            return 1;
        }
    }
    return 0;
}

BOOLEAN FaultyLayerRuns(void)
{
    return Applies == NULL || Applies() ? TRUE : FALSE;
}

BOOLEAN Is(enum chimneylab_fault fault)
{
    return Chosen == fault && FaultyLayerRuns() ? TRUE : FALSE;
}

ULONG FaultyTree(PIM_UPPER_BLOCK root, PIM_UPPER_BLOCK *blocks)
{
    IM_TREE_WALK walk;
    PIM_UPPER_BLOCK block;
    ULONG count = 0;

    for (block = ImFirstBlock(&walk, root); block != NULL && count < MOST_BLOCKS; block = CorrectImNextBlock(&walk, block)) {
        blocks[count++] = block;
    }
    return count;
}
