/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Choosing a mistake by its word, for a driver of which one image serves one layer. To be included once in a file of mistakes,
 * after CHIMNEYLAB_MISTAKES(FAULT) was defined as its list and before anything asks Is(…).
 */
static const char *const Words[] = {
    "",
#define CHIMNEYLAB_FAULT_WORD(name, word, does) word,
    CHIMNEYLAB_MISTAKES(CHIMNEYLAB_FAULT_WORD)
#undef CHIMNEYLAB_FAULT_WORD
};
static unsigned Chosen;

int ChimneylabChooseFaultByName(const char *word);

int ChimneylabChooseFaultByName(const char *word)
{
    unsigned fault;

    for (fault = 1; fault < sizeof(Words) / sizeof(Words[0]); fault++) {
        const char *a = Words[fault];
        const char *b = word;
        while (*a != 0 && *a == *b) {
            a++;
            b++;
        }
        if (*a == *b) {
            Chosen = fault;
            return 1;
        }
    }
    return 0;
}

static BOOLEAN Is(unsigned fault)
{
    return Chosen == fault ? TRUE : FALSE;
}
