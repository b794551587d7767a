/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Ends what pshpack1.h, pshpack2.h, pshpack4.h or pshpack8.h began. No include guard.
 */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpragma-pack" /* it is what this header is for */
#endif
#pragma pack(pop)
