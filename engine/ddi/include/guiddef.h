/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * DEFINE_GUID: declares a GUID, or defines it in the one source file that includes initguid.h first. No include guard, so that
 * initguid.h can change its meaning.
 */
#include "ntdef.h"

#undef DEFINE_GUID
#ifdef __cplusplus
#define CHIMNEYLAB_GUID_LINKAGE extern "C"
#else
#define CHIMNEYLAB_GUID_LINKAGE extern
#endif
#ifdef INITGUID
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
    CHIMNEYLAB_GUID_LINKAGE const GUID name;                         \
    const GUID name = { (l), (w1), (w2), { (b1), (b2), (b3), (b4), (b5), (b6), (b7), (b8) } }
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) CHIMNEYLAB_GUID_LINKAGE const GUID name
#endif

#ifndef IsEqualGUID
#ifdef __cplusplus
#define IsEqualGUID(a, b) (__builtin_memcmp(&(a), &(b), sizeof(GUID)) == 0)
#else
#define IsEqualGUID(a, b) (__builtin_memcmp((a), (b), sizeof(GUID)) == 0)
#endif
#endif
