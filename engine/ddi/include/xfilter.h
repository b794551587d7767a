/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Ethernet addresses. A broadcast address counts as multicast too.
 */
#ifndef CHIMNEYLAB_DDI_XFILTER_H
#define CHIMNEYLAB_DDI_XFILTER_H

#include "wdm.h"

#define ETH_LENGTH_OF_ADDRESS 6
#define ETH_IS_BROADCAST(address)                                                                             \
    ((((const UCHAR *)(address))[0] == 0xFF) && (((const UCHAR *)(address))[1] == 0xFF) &&                    \
     (((const UCHAR *)(address))[2] == 0xFF) && (((const UCHAR *)(address))[3] == 0xFF) &&                    \
     (((const UCHAR *)(address))[4] == 0xFF) && (((const UCHAR *)(address))[5] == 0xFF))
#define ETH_IS_MULTICAST(address) ((BOOLEAN)((((const UCHAR *)(address))[0] & 1) != 0))
#define ETH_COPY_NETWORK_ADDRESS(destination, source) \
    RtlCopyMemory((destination), (source), ETH_LENGTH_OF_ADDRESS)
/* *result: 0 if equal. */
#define ETH_COMPARE_NETWORK_ADDRESSES_EQ(a, b, result) \
    (*(result) = (UINT)!RtlEqualMemory((a), (b), ETH_LENGTH_OF_ADDRESS))
/* *result: 1, 0 or -1, the order of a and b. */
#define ETH_COMPARE_NETWORK_ADDRESSES(a, b, result)                               \
    do {                                                                          \
        INT order_ = __builtin_memcmp((a), (b), ETH_LENGTH_OF_ADDRESS);           \
        *(result) = (order_ > 0) ? 1 : ((order_ < 0) ? -1 : 0);                   \
    } while (0)

#endif
