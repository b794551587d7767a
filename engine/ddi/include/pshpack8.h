/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * From here to poppack.h members are aligned to at most 8 bytes. No include guard: it is meant to be included again and again.
 */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpragma-pack" /* it is what this header is for */
#endif
#pragma pack(push, 8)
