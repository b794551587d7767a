/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The bounded string functions that drivers use most: copy, append, length, print; by characters (Cch) and by bytes
 * (Cb), for narrow (A) and 16-bit (W) text. The destination is always terminated. Results: STATUS_SUCCESS,
 * STATUS_BUFFER_OVERFLOW (what fits was copied), STATUS_INVALID_PARAMETER.
 */
#ifndef CHIMNEYLAB_DDI_NTSTRSAFE_H
#define CHIMNEYLAB_DDI_NTSTRSAFE_H

#include "wdm.h"

#define NTSTRSAFE_MAX_CCH 2147483647
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xFFFF / sizeof(WCHAR))

CHIMNEYLAB_DDI_BEGIN

/* Both widths of one function. */
#define CHIMNEYLAB_STRING_FUNCTIONS(suffix, character)                                                             \
    static inline NTSTATUS RtlStringCchLength##suffix(const character *psz, SIZE_T cchMax, SIZE_T *pcchLength)     \
    {                                                                                                              \
        SIZE_T length = 0;                                                                                         \
        if (psz == NULL || cchMax > NTSTRSAFE_MAX_CCH) {                                                           \
            return STATUS_INVALID_PARAMETER;                                                                       \
        }                                                                                                          \
        while (length < cchMax && psz[length] != 0) {                                                              \
            length++;                                                                                              \
        }                                                                                                          \
        if (length == cchMax) {                                                                                    \
            return STATUS_INVALID_PARAMETER;                                                                       \
        }                                                                                                          \
        if (pcchLength != NULL) {                                                                                  \
            *pcchLength = length;                                                                                  \
        }                                                                                                          \
        return STATUS_SUCCESS;                                                                                     \
    }                                                                                                              \
    static inline NTSTATUS RtlStringCbLength##suffix(const character *psz, SIZE_T cbMax, SIZE_T *pcbLength)        \
    {                                                                                                              \
        SIZE_T length = 0;                                                                                         \
        NTSTATUS status = RtlStringCchLength##suffix(psz, cbMax / sizeof(character), &length);                     \
        if (NT_SUCCESS(status) && pcbLength != NULL) {                                                             \
            *pcbLength = length * sizeof(character);                                                               \
        }                                                                                                          \
        return status;                                                                                             \
    }                                                                                                              \
    static inline NTSTATUS RtlStringCchCopyN##suffix(character *pszDest, SIZE_T cchDest, const character *pszSrc,  \
                                                     SIZE_T cchToCopy)                                             \
    {                                                                                                              \
        SIZE_T used = 0;                                                                                           \
        if (cchDest == 0 || cchDest > NTSTRSAFE_MAX_CCH) {                                                         \
            return STATUS_INVALID_PARAMETER;                                                                       \
        }                                                                                                          \
        while (used < cchDest - 1 && used < cchToCopy && pszSrc[used] != 0) {                                      \
            pszDest[used] = pszSrc[used];                                                                          \
            used++;                                                                                                \
        }                                                                                                          \
        pszDest[used] = 0;                                                                                         \
        return (used < cchToCopy && pszSrc[used] != 0) ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;                  \
    }                                                                                                              \
    static inline NTSTATUS RtlStringCchCopy##suffix(character *pszDest, SIZE_T cchDest, const character *pszSrc)   \
    {                                                                                                              \
        return RtlStringCchCopyN##suffix(pszDest, cchDest, pszSrc, NTSTRSAFE_MAX_CCH);                             \
    }                                                                                                              \
    static inline NTSTATUS RtlStringCbCopyN##suffix(character *pszDest, SIZE_T cbDest, const character *pszSrc,    \
                                                    SIZE_T cbToCopy)                                               \
    {                                                                                                              \
        return RtlStringCchCopyN##suffix(pszDest, cbDest / sizeof(character), pszSrc,                              \
                                         cbToCopy / sizeof(character));                                            \
    }                                                                                                              \
    static inline NTSTATUS RtlStringCbCopy##suffix(character *pszDest, SIZE_T cbDest, const character *pszSrc)     \
    {                                                                                                              \
        return RtlStringCchCopy##suffix(pszDest, cbDest / sizeof(character), pszSrc);                              \
    }                                                                                                              \
    static inline NTSTATUS RtlStringCchCat##suffix(character *pszDest, SIZE_T cchDest, const character *pszSrc)    \
    {                                                                                                              \
        SIZE_T used = 0;                                                                                           \
        if (!NT_SUCCESS(RtlStringCchLength##suffix(pszDest, cchDest, &used))) {                                    \
            return STATUS_INVALID_PARAMETER;                                                                       \
        }                                                                                                          \
        return RtlStringCchCopy##suffix(pszDest + used, cchDest - used, pszSrc);                                   \
    }                                                                                                              \
    static inline NTSTATUS RtlStringCbCat##suffix(character *pszDest, SIZE_T cbDest, const character *pszSrc)      \
    {                                                                                                              \
        return RtlStringCchCat##suffix(pszDest, cbDest / sizeof(character), pszSrc);                               \
    }

#if defined(_WIN32)
/* Of the kernel. They do not terminate what is too long, the functions below do. */
int __cdecl _vsnprintf(CHAR *buffer, SIZE_T count, const CHAR *format, va_list arguments);
int __cdecl _vsnwprintf(WCHAR *buffer, SIZE_T count, const WCHAR *format, va_list arguments);
static inline NTSTATUS RtlStringCchVPrintfA(CHAR *pszDest, SIZE_T cchDest, const CHAR *pszFormat, va_list argList)
{
    int used;
    if (cchDest == 0 || cchDest > NTSTRSAFE_MAX_CCH) {
        return STATUS_INVALID_PARAMETER;
    }
    used = _vsnprintf(pszDest, cchDest - 1, pszFormat, argList);
    pszDest[used < 0 ? cchDest - 1 : (SIZE_T)used] = 0;
    return used < 0 ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}
static inline NTSTATUS RtlStringCchVPrintfW(WCHAR *pszDest, SIZE_T cchDest, const WCHAR *pszFormat, va_list argList)
{
    int used;
    if (cchDest == 0 || cchDest > NTSTRSAFE_MAX_CCH) {
        return STATUS_INVALID_PARAMETER;
    }
    used = _vsnwprintf(pszDest, cchDest - 1, pszFormat, argList);
    pszDest[used < 0 ? cchDest - 1 : (SIZE_T)used] = 0;
    return used < 0 ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}
#else
/* Formats are those of DbgPrint; in a format of 16-bit text %s is 16-bit text. */
NTSTATUS RtlStringCchVPrintfA(CHAR *pszDest, SIZE_T cchDest, const CHAR *pszFormat, va_list argList);
NTSTATUS RtlStringCchVPrintfW(WCHAR *pszDest, SIZE_T cchDest, const WCHAR *pszFormat, va_list argList);
#endif

#define CHIMNEYLAB_PRINT_FUNCTIONS(suffix, character)                                                              \
    static inline NTSTATUS RtlStringCbVPrintf##suffix(character *pszDest, SIZE_T cbDest, const character *pszFormat, \
                                                      va_list argList)                                             \
    {                                                                                                              \
        return RtlStringCchVPrintf##suffix(pszDest, cbDest / sizeof(character), pszFormat, argList);               \
    }                                                                                                              \
    static inline NTSTATUS RtlStringCchPrintf##suffix(character *pszDest, SIZE_T cchDest, const character *pszFormat, ...) \
    {                                                                                                              \
        NTSTATUS status;                                                                                           \
        va_list arguments;                                                                                         \
        va_start(arguments, pszFormat);                                                                            \
        status = RtlStringCchVPrintf##suffix(pszDest, cchDest, pszFormat, arguments);                              \
        va_end(arguments);                                                                                         \
        return status;                                                                                             \
    }                                                                                                              \
    static inline NTSTATUS RtlStringCbPrintf##suffix(character *pszDest, SIZE_T cbDest, const character *pszFormat, ...) \
    {                                                                                                              \
        NTSTATUS status;                                                                                           \
        va_list arguments;                                                                                         \
        va_start(arguments, pszFormat);                                                                            \
        status = RtlStringCchVPrintf##suffix(pszDest, cbDest / sizeof(character), pszFormat, arguments);           \
        va_end(arguments);                                                                                         \
        return status;                                                                                             \
    }

CHIMNEYLAB_PRINT_FUNCTIONS(A, CHAR)
CHIMNEYLAB_PRINT_FUNCTIONS(W, WCHAR)
CHIMNEYLAB_STRING_FUNCTIONS(A, CHAR)
CHIMNEYLAB_STRING_FUNCTIONS(W, WCHAR)

#undef CHIMNEYLAB_STRING_FUNCTIONS
#undef CHIMNEYLAB_PRINT_FUNCTIONS

/* A counted string over existing text, refused when the text is longer than such a string can be. */
static inline NTSTATUS RtlUnicodeStringInit(PUNICODE_STRING DestinationString, PCWSTR pszSrc)
{
    SIZE_T length = 0;
    if (pszSrc != NULL && !NT_SUCCESS(RtlStringCchLengthW(pszSrc, NTSTRSAFE_UNICODE_STRING_MAX_CCH, &length))) {
        return STATUS_INVALID_PARAMETER;
    }
    RtlInitUnicodeString(DestinationString, pszSrc);
    return STATUS_SUCCESS;
}

CHIMNEYLAB_DDI_END

#endif
