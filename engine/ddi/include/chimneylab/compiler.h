/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * What the DDI headers ask of the compiler: Microsoft's structure layout on every platform, linkage, and
 * silence about Microsoft's pragmas. Nothing of the C library is needed.
 */
#ifndef CHIMNEYLAB_DDI_COMPILER_H
#define CHIMNEYLAB_DDI_COMPILER_H

#include <stdarg.h>
#include <stddef.h>

/* A driver in a shared object finds the DDI functions in the process that loads it: they stay visible in an
   engine that hides its own symbols. */
#if defined(__ELF__)
#define CHIMNEYLAB_VISIBLE_BEGIN _Pragma("GCC visibility push(default)")
#define CHIMNEYLAB_VISIBLE_END _Pragma("GCC visibility pop")
#else
#define CHIMNEYLAB_VISIBLE_BEGIN
#define CHIMNEYLAB_VISIBLE_END
#endif

#ifdef __cplusplus
#define CHIMNEYLAB_DDI_BEGIN CHIMNEYLAB_VISIBLE_BEGIN extern "C" {
#define CHIMNEYLAB_DDI_END } CHIMNEYLAB_VISIBLE_END
#else
#define CHIMNEYLAB_DDI_BEGIN CHIMNEYLAB_VISIBLE_BEGIN
#define CHIMNEYLAB_DDI_END CHIMNEYLAB_VISIBLE_END
#endif

/* Drivers carry alloc_text, NDIS_INIT_FUNCTION, warning(...), prefast and the like, and pool tags of four
   characters ('plmS'). The pragmas place code in sections or speak to other compilers; here they have no
   meaning and deserve no warning. (g++ before 13 does not listen: a driver in C++ that is compiled with -Wall
   needs -Wno-unknown-pragmas on the command line.) */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wunknown-pragmas"
#pragma clang diagnostic ignored "-Wignored-pragmas"
#pragma clang diagnostic ignored "-Wfour-char-constants"
#elif defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#pragma GCC diagnostic ignored "-Wmultichar"
#endif

/* Bit-fields: Microsoft's rule gives each declared type a storage unit of its own, System V packs them. */
#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__)) && !defined(_MSC_VER)
#define CHIMNEYLAB_MS_LAYOUT __attribute__((ms_struct))
#else
#define CHIMNEYLAB_MS_LAYOUT
#endif

/* 64-bit members are 8-aligned in Microsoft's x86 ABI, 4-aligned in System V's. */
#if defined(__i386__) && !defined(_WIN32)
#define CHIMNEYLAB_ALIGN_64 __attribute__((aligned(8)))
#else
#define CHIMNEYLAB_ALIGN_64
#endif

#if defined(_MSC_VER) && !defined(__clang__)
#define DECLSPEC_ALIGN(bytes) __declspec(align(bytes))
#else
#define DECLSPEC_ALIGN(bytes) __attribute__((aligned(bytes)))
#endif

/* Words of Microsoft's compiler that are not macros there. */
#if !defined(_WIN32)
#ifndef __int64
#define __int64 long long
#define __int32 int
#define __int16 short
#define __int8 char
#endif
#ifndef __declspec
#define __declspec(attribute) CHIMNEYLAB_DECLSPEC_##attribute
#define CHIMNEYLAB_DECLSPEC_align(bytes) __attribute__((aligned(bytes)))
#define CHIMNEYLAB_DECLSPEC_allocate(section)
#define CHIMNEYLAB_DECLSPEC_code_seg(section)
#define CHIMNEYLAB_DECLSPEC_deprecated __attribute__((deprecated))
#define CHIMNEYLAB_DECLSPEC_dllexport __attribute__((visibility("default")))
#define CHIMNEYLAB_DECLSPEC_dllimport
#define CHIMNEYLAB_DECLSPEC_noalias
#define CHIMNEYLAB_DECLSPEC_noinline __attribute__((noinline))
#define CHIMNEYLAB_DECLSPEC_noreturn __attribute__((noreturn))
#define CHIMNEYLAB_DECLSPEC_nothrow
#define CHIMNEYLAB_DECLSPEC_restrict
#define CHIMNEYLAB_DECLSPEC_selectany __attribute__((weak))
#endif
#endif
#define DECLSPEC_NOINLINE __attribute__((noinline))
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(64)

#if defined(_WIN64) || defined(__x86_64__) || defined(__aarch64__)
#define CHIMNEYLAB_DDI_64BIT 1
#else
#define CHIMNEYLAB_DDI_64BIT 0
#endif

#endif
