/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Base types of the Windows driver kit: fixed-width integers, strings, lists, GUIDs and the macros that go
 * with them. ULONG and LONG are 32 bits everywhere; WCHAR is 16 bits everywhere (wchar_t where the compiler
 * makes it 16 bits wide: mingw, or -fshort-wchar).
 */
#ifndef CHIMNEYLAB_DDI_NTDEF_H
#define CHIMNEYLAB_DDI_NTDEF_H

#include "chimneylab/compiler.h"
#include "sal.h"

CHIMNEYLAB_DDI_BEGIN

/* Words that say nothing to the compiler. */
#define IN
#define OUT
#define OPTIONAL
#define EXPORT
#define NTAPI
#define NTKERNELAPI
#define NTSYSAPI
#define NTHALAPI
#define NDISAPI
#define FASTCALL
#define CALLBACK
#define WINAPI
#define APIENTRY
#define DECLSPEC_IMPORT
#define DECLSPEC_NORETURN __attribute__((noreturn))
#define FORCEINLINE static inline
#define VOID void
#define CONST const
#ifndef UNALIGNED
#define UNALIGNED
#endif
#if !defined(_WIN32)
#ifndef __cdecl
#define __cdecl
#endif
#ifndef __stdcall
#define __stdcall
#endif
#ifndef __fastcall
#define __fastcall
#endif
#ifndef __forceinline
#define __forceinline inline
#endif
#endif

/* Integers. CHIMNEYLAB_SAME_TYPES, for C++ alone: LONG and WCHAR are the types that they are where the lab itself runs, of the
 * same size and passed alike, so that its sources compile for Windows too. */
typedef char CHAR, CCHAR, *PCHAR, *LPSTR, *PSTR, *PSZ;
typedef const char *PCSTR, *LPCSTR, *PCSZ;
typedef unsigned char UCHAR, BYTE, *PUCHAR, *PBYTE;
typedef const unsigned char *PCUCHAR;
typedef short SHORT, CSHORT, *PSHORT;
typedef unsigned short USHORT, WORD, *PUSHORT;
typedef int INT, *PINT;
typedef unsigned int UINT, *PUINT;
#if defined(_WIN32) && !defined(CHIMNEYLAB_SAME_TYPES)
typedef long LONG, *PLONG;
typedef unsigned long ULONG, DWORD, *PULONG;
#else
typedef int LONG, *PLONG;
typedef unsigned int ULONG, DWORD, *PULONG;
#endif
__extension__ typedef long long LONGLONG CHIMNEYLAB_ALIGN_64;
__extension__ typedef unsigned long long ULONGLONG CHIMNEYLAB_ALIGN_64;
typedef LONGLONG LONG64, INT64, *PLONGLONG, *PLONG64, *PINT64;
typedef ULONGLONG ULONG64, UINT64, DWORD64, *PULONGLONG, *PULONG64, *PUINT64;
typedef signed char INT8;
typedef unsigned char UINT8;
typedef short INT16;
typedef unsigned short UINT16;
typedef int INT32, LONG32, *PINT32;
typedef unsigned int UINT32, ULONG32, *PUINT32;
typedef unsigned char BOOLEAN, *PBOOLEAN;
typedef int BOOL;
typedef VOID *PVOID, *HANDLE, **PHANDLE;
typedef const VOID *PCVOID;

/* Integers as wide as a pointer. */
#if defined(_WIN64)
__extension__ typedef long long LONG_PTR, INT_PTR, *PLONG_PTR;
__extension__ typedef unsigned long long ULONG_PTR, UINT_PTR, *PULONG_PTR;
#else
typedef __INTPTR_TYPE__ LONG_PTR, INT_PTR, *PLONG_PTR;
typedef __UINTPTR_TYPE__ ULONG_PTR, UINT_PTR, *PULONG_PTR;
#endif
typedef ULONG_PTR SIZE_T, *PSIZE_T, KAFFINITY, DWORD_PTR;
typedef LONG_PTR SSIZE_T, *PSSIZE_T;

/* 16-bit characters. */
#if defined(__SIZEOF_WCHAR_T__) && __SIZEOF_WCHAR_T__ == 2 && !defined(CHIMNEYLAB_SAME_TYPES)
typedef wchar_t WCHAR;
#elif defined(__cplusplus)
typedef char16_t WCHAR;
#else
typedef unsigned short WCHAR;
#endif
typedef WCHAR *PWCHAR, *PWSTR, *LPWSTR, *PWCH;
typedef const WCHAR *PCWSTR, *LPCWSTR, *PCWCH;
#define UNICODE_NULL ((WCHAR)0)
#define ANSI_NULL ((CHAR)0)

typedef LONG NTSTATUS, *PNTSTATUS;
#define NT_SUCCESS(Status) (((NTSTATUS)(Status)) >= 0)
#define NT_INFORMATION(Status) ((((ULONG)(Status)) >> 30) == 1)
#define NT_WARNING(Status) ((((ULONG)(Status)) >> 30) == 2)
#define NT_ERROR(Status) ((((ULONG)(Status)) >> 30) == 3)

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif
#define MAXUCHAR 0xFF
#define MAXUSHORT 0xFFFF
#define MAXULONG 0xFFFFFFFFu
#define MAXLONG 0x7FFFFFFF
#define MINLONG (-0x7FFFFFFF - 1)

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"

typedef union _LARGE_INTEGER {
    struct {
        ULONG LowPart;
        LONG HighPart;
    };
    struct {
        ULONG LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
    struct {
        ULONG LowPart;
        ULONG HighPart;
    };
    struct {
        ULONG LowPart;
        ULONG HighPart;
    } u;
    ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

#pragma GCC diagnostic pop

typedef LARGE_INTEGER PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS;

typedef struct _GUID {
    ULONG Data1;
    USHORT Data2;
    USHORT Data3;
    UCHAR Data4[8];
} GUID, *LPGUID, *PGUID;
typedef const GUID *LPCGUID;

/* Counted strings: Length and MaximumLength are bytes, a terminating zero is not counted. */
typedef struct _UNICODE_STRING {
    USHORT Length;
    USHORT MaximumLength;
    PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

typedef struct _STRING {
    USHORT Length;
    USHORT MaximumLength;
    PCHAR Buffer;
} STRING, ANSI_STRING, OEM_STRING, *PSTRING, *PANSI_STRING;
typedef const STRING *PCANSI_STRING;

#define RTL_CONSTANT_STRING(text) \
    { sizeof(text) - sizeof((text)[0]), sizeof(text), (text) }
#define DECLARE_CONST_UNICODE_STRING(name, text) \
    static const WCHAR name##_buffer[] = text;   \
    static const UNICODE_STRING name = { sizeof(text) - sizeof(WCHAR), sizeof(text), (PWSTR)name##_buffer }

typedef struct _LIST_ENTRY {
    struct _LIST_ENTRY *Flink;
    struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY {
    struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY, SLIST_ENTRY, *PSLIST_ENTRY;

/* Pool and structure alignment that the allocator guarantees. */
#if CHIMNEYLAB_DDI_64BIT
#define MEMORY_ALLOCATION_ALIGNMENT 16
#else
#define MEMORY_ALLOCATION_ALIGNMENT 8
#endif

#define FIELD_OFFSET(type, field) ((LONG)offsetof(type, field))
#define UFIELD_OFFSET(type, field) ((ULONG)offsetof(type, field))
#define RTL_FIELD_SIZE(type, field) (sizeof(((type *)0)->field))
#define RTL_SIZEOF_THROUGH_FIELD(type, field) (offsetof(type, field) + RTL_FIELD_SIZE(type, field))
#define RTL_CONTAINS_FIELD(object, size, field) \
    (((PCHAR)(&(object)->field)) + sizeof((object)->field) <= ((PCHAR)(object)) + (size))
#define RTL_NUMBER_OF(array) (sizeof(array) / sizeof((array)[0]))
#ifndef ARRAYSIZE
#define ARRAYSIZE(array) RTL_NUMBER_OF(array)
#endif
#define CONTAINING_RECORD(address, type, field) ((type *)(PVOID)((PUCHAR)(address) - offsetof(type, field)))
#define ARGUMENT_PRESENT(argument) ((PVOID)(ULONG_PTR)(argument) != NULL)
#define UNREFERENCED_PARAMETER(parameter) ((void)(parameter))
#define UNREFERENCED_LOCAL_VARIABLE(variable) ((void)(variable))
#define DBG_UNREFERENCED_PARAMETER(parameter) ((void)(parameter))
#define BooleanFlagOn(flags, single) ((BOOLEAN)((((flags) & (single)) != 0)))
#define FlagOn(flags, single) ((flags) & (single))
#define SetFlag(flags, single) ((flags) |= (single))
#define ClearFlag(flags, single) ((flags) &= ~(single))
#define ALIGN_DOWN_BY(length, alignment) ((ULONG_PTR)(length) & ~((ULONG_PTR)(alignment) - 1))
#define ALIGN_UP_BY(length, alignment) (ALIGN_DOWN_BY(((ULONG_PTR)(length) + (alignment) - 1), alignment))
#ifndef C_ASSERT
#ifdef __cplusplus
#define C_ASSERT(expression) static_assert(expression, #expression)
#else
#define C_ASSERT(expression) __extension__ _Static_assert(expression, #expression)
#endif
#endif

/* The C++ standard library has functions of these names. */
#ifndef __cplusplus
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#endif

CHIMNEYLAB_DDI_END

#endif
