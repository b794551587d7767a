/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Compile-time proof that the compiler lays out every DDI structure as Windows does. Including this file is the
 * check: a wrong offset or size stops the compilation and the message names the member.
 *
 * The expected numbers are in layout_asserts/, one row per member, x64 before x86:
 *
 *   LAYOUT_STRUCTURE(structure, size, size)
 *   LAYOUT_MEMBER(structure, member, offset, size, offset, size)
 *   LAYOUT_MEMBER_X64 or _X86(structure, member, offset, size)    exists under one architecture only
 *   LAYOUT_BITS(structure, member, offset, offset, first bit, width)   offset of the storage unit
 *   LAYOUT_REVISION(macro, size, size)                            an NDIS_SIZEOF_x_REVISION_n
 *
 * Where a bit-field lies cannot be asked at compile time; tests/ddi reads it from memory.
 */
#ifndef CHIMNEYLAB_DDI_LAYOUT_ASSERTS_H
#define CHIMNEYLAB_DDI_LAYOUT_ASSERTS_H

#include <ndis.h>
#include <ndischimney.h>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#endif

#ifdef __cplusplus
#define LAYOUT_ASSERT(condition, what) static_assert(condition, what);
#else
#define LAYOUT_ASSERT(condition, what) __extension__ _Static_assert(condition, what);
#endif

#define LAYOUT_CHECK(structure, member, offset, size)                                                           \
    LAYOUT_ASSERT(offsetof(structure, member) == (offset), "offset of " #structure "." #member)                 \
    LAYOUT_ASSERT(sizeof(((structure *)0)->member) == (size), "size of " #structure "." #member)

#if CHIMNEYLAB_DDI_64BIT
#define LAYOUT_STRUCTURE(structure, size64, size86) LAYOUT_ASSERT(sizeof(structure) == (size64), "size of " #structure)
#define LAYOUT_MEMBER(structure, member, offset64, size64, offset86, size86) \
    LAYOUT_CHECK(structure, member, offset64, size64)
#define LAYOUT_MEMBER_X64(structure, member, offset, size) LAYOUT_CHECK(structure, member, offset, size)
#define LAYOUT_MEMBER_X86(structure, member, offset, size)
#define LAYOUT_REVISION(macro, size64, size86) LAYOUT_ASSERT(macro == (size64), #macro)
#else
#define LAYOUT_STRUCTURE(structure, size64, size86) LAYOUT_ASSERT(sizeof(structure) == (size86), "size of " #structure)
#define LAYOUT_MEMBER(structure, member, offset64, size64, offset86, size86) \
    LAYOUT_CHECK(structure, member, offset86, size86)
#define LAYOUT_MEMBER_X64(structure, member, offset, size)
#define LAYOUT_MEMBER_X86(structure, member, offset, size) LAYOUT_CHECK(structure, member, offset, size)
#define LAYOUT_REVISION(macro, size64, size86) LAYOUT_ASSERT(macro == (size86), #macro)
#endif
#define LAYOUT_BITS(structure, member, offset64, offset86, first, width)
#define LAYOUT_BITS_X64(structure, member, offset, first, width)

#include "layout_asserts/adapter_rows.h"
#include "layout_asserts/chimney_rows.h"
#include "layout_asserts/kernel_rows.h"
#include "layout_asserts/net_buffer_rows.h"
#include "layout_asserts/request_rows.h"

#undef LAYOUT_ASSERT
#undef LAYOUT_CHECK
#undef LAYOUT_STRUCTURE
#undef LAYOUT_MEMBER
#undef LAYOUT_MEMBER_X64
#undef LAYOUT_MEMBER_X86
#undef LAYOUT_REVISION
#undef LAYOUT_BITS
#undef LAYOUT_BITS_X64

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#endif
