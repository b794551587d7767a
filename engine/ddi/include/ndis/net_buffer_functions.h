/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Pools, NET_BUFFER_LISTs, NET_BUFFERs and MDLs. Each comment begins with the level the caller may run at.
 */
#ifndef CHIMNEYLAB_DDI_NDIS_NET_BUFFER_FUNCTIONS_H
#define CHIMNEYLAB_DDI_NDIS_NET_BUFFER_FUNCTIONS_H

#include "characteristics.h"
#include "service_object.h"
#include "synchronization.h"

CHIMNEYLAB_DDI_BEGIN

/* ---- NET_BUFFER_LIST and NET_BUFFER ---- */

/* <= DISPATCH_LEVEL: NULL on failure. */
NDIS_HANDLE NdisAllocateNetBufferListPool(NDIS_HANDLE NdisHandle, PNET_BUFFER_LIST_POOL_PARAMETERS Parameters);
/* <= DISPATCH_LEVEL: all NBLs must be free. */
VOID NdisFreeNetBufferListPool(NDIS_HANDLE PoolHandle);
/* <= DISPATCH_LEVEL: NULL on failure. */
NDIS_HANDLE NdisAllocateNetBufferPool(NDIS_HANDLE NdisHandle, PNET_BUFFER_POOL_PARAMETERS Parameters);
/* <= DISPATCH_LEVEL. */
VOID NdisFreeNetBufferPool(NDIS_HANDLE PoolHandle);
/* <= DISPATCH_LEVEL: no NET_BUFFER; sizes multiples of MEMORY_ALLOCATION_ALIGNMENT; pool may have ContextSize 0.
   */
PNET_BUFFER_LIST NdisAllocateNetBufferList(NDIS_HANDLE PoolHandle, USHORT ContextSize, USHORT ContextBackFill);
/* <= DISPATCH_LEVEL: pool must have fAllocateNetBuffer TRUE; preallocated NB attached as FirstNetBuffer. */
PNET_BUFFER_LIST NdisAllocateNetBufferAndNetBufferList(NDIS_HANDLE PoolHandle, USHORT ContextSize,
                                        USHORT ContextBackFill, PMDL MdlChain, ULONG DataOffset, SIZE_T DataLength);
/* <= DISPATCH_LEVEL: also frees an attached preallocated NB. */
VOID NdisFreeNetBufferList(PNET_BUFFER_LIST NetBufferList);
/* <= DISPATCH_LEVEL: MdlChain may be NULL with zero offset and length. */
PNET_BUFFER NdisAllocateNetBuffer(NDIS_HANDLE PoolHandle, PMDL MdlChain, ULONG DataOffset, SIZE_T DataLength);
/* <= DISPATCH_LEVEL: pool DataSize > 0. */
PNET_BUFFER NdisAllocateNetBufferMdlAndData(NDIS_HANDLE PoolHandle);
/* <= DISPATCH_LEVEL. */
VOID NdisFreeNetBuffer(PNET_BUFFER NetBuffer);
/* <= DISPATCH_LEVEL: pushes ContextSize bytes on the context stack: lowers Context->Offset if room, else allocates
   a new NET_BUFFER_LIST_CONTEXT in front. */
NDIS_STATUS NdisAllocateNetBufferListContext(PNET_BUFFER_LIST NetBufferList, USHORT ContextSize,
                                        USHORT ContextBackFill, ULONG PoolTag);
/* <= DISPATCH_LEVEL: pops exactly what was pushed, same size, LIFO. */
VOID NdisFreeNetBufferListContext(PNET_BUFFER_LIST NetBufferList, USHORT ContextSize);
/* <= DISPATCH_LEVEL: new NBL+NBs, ParentNetBufferList = original when chained by the caller;
   NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS shares MDLs. */
PNET_BUFFER_LIST NdisAllocateCloneNetBufferList(PNET_BUFFER_LIST OriginalNetBufferList,
                                        NDIS_HANDLE NetBufferListPoolHandle, NDIS_HANDLE NetBufferPoolHandle,
                                        ULONG AllocateCloneFlags);
/* <= DISPATCH_LEVEL. */
VOID NdisFreeCloneNetBufferList(PNET_BUFFER_LIST CloneNetBufferList, ULONG FreeCloneFlags);
/* <= DISPATCH_LEVEL. */
PNET_BUFFER_LIST NdisAllocateFragmentNetBufferList(PNET_BUFFER_LIST OriginalNetBufferList,
                                        NDIS_HANDLE NetBufferListPoolHandle, NDIS_HANDLE NetBufferPoolHandle,
                                        ULONG StartOffset, ULONG MaximumLength, ULONG DataOffsetDelta,
                                        ULONG DataBackFill, ULONG AllocateFragmentFlags);
/* <= DISPATCH_LEVEL. */
VOID NdisFreeFragmentNetBufferList(PNET_BUFFER_LIST FragmentNetBufferList, ULONG DataOffsetDelta,
                                   ULONG FreeFragmentFlags);
/* <= DISPATCH_LEVEL. */
PNET_BUFFER_LIST NdisAllocateReassembledNetBufferList(PNET_BUFFER_LIST FragmentedNetBufferList,
                                        NDIS_HANDLE NetBufferAndNetBufferListPoolHandle, ULONG StartOffset,
                                        ULONG DataOffsetDelta, ULONG DataBackFill, ULONG AllocateReassembleFlags);
/* <= DISPATCH_LEVEL. */
VOID NdisFreeReassembledNetBufferList(PNET_BUFFER_LIST ReassembledNetBufferList, ULONG DataOffsetDelta,
                                      ULONG FreeReassembleFlags);
/* <= DISPATCH_LEVEL: grows used space at the front: DataOffset -= Delta if enough backfill, else new MDL
   (Delta+BackFill bytes) chained first; DataLength += Delta. */
NDIS_STATUS NdisRetreatNetBufferDataStart(PNET_BUFFER NetBuffer, ULONG DataOffsetDelta, ULONG DataBackFill,
                                        NET_BUFFER_ALLOCATE_MDL_HANDLER AllocateMdlHandler);
/* <= DISPATCH_LEVEL: DataOffset += Delta, DataLength -= Delta; FreeMdl TRUE frees MDLs wholly in front, through
   FreeMdlHandler if given. */
VOID NdisAdvanceNetBufferDataStart(PNET_BUFFER NetBuffer, ULONG DataOffsetDelta, BOOLEAN FreeMdl,
                                   NET_BUFFER_FREE_MDL_HANDLER FreeMdlHandler);
/* <= DISPATCH_LEVEL: every NB of the NBL, all or nothing. */
NDIS_STATUS NdisRetreatNetBufferListDataStart(PNET_BUFFER_LIST NetBufferList, ULONG DataOffsetDelta,
                                        ULONG DataBackFill, NET_BUFFER_ALLOCATE_MDL_HANDLER AllocateMdlHandler,
                                        NET_BUFFER_FREE_MDL_HANDLER FreeMdlHandler);
/* <= DISPATCH_LEVEL: every NB of the NBL. */
VOID NdisAdvanceNetBufferListDataStart(PNET_BUFFER_LIST NetBufferList, ULONG DataOffsetDelta, BOOLEAN FreeMdl,
                                       NET_BUFFER_FREE_MDL_HANDLER FreeMdlHandler);
/* any level: recomputes CurrentMdl/CurrentMdlOffset from MdlChain and DataOffset. */
VOID NdisAdjustNetBufferCurrentMdl(PNET_BUFFER NetBuffer);
/* <= DISPATCH_LEVEL: pointer to BytesNeeded contiguous bytes at the data start; in place if contiguous and
   aligned, else copied into Storage, else NULL; NULL if DataLength < BytesNeeded. */
PVOID NdisGetDataBuffer(PNET_BUFFER NetBuffer, ULONG BytesNeeded, PVOID Storage, UINT AlignMultiple,
                        UINT AlignOffset);
/* <= DISPATCH_LEVEL. */
NDIS_STATUS NdisCopyFromNetBufferToNetBuffer(PNET_BUFFER Destination, ULONG DestinationOffset, ULONG BytesToCopy,
                                        PNET_BUFFER Source, ULONG SourceOffset, PULONG BytesCopied);
/* <= DISPATCH_LEVEL: copies the out-of-band slots for a cloned send. */
VOID NdisCopySendNetBufferListInfo(PNET_BUFFER_LIST DestNetBufferList, PNET_BUFFER_LIST SrcNetBufferList);
/* <= DISPATCH_LEVEL: same for a receive. */
VOID NdisCopyReceiveNetBufferListInfo(PNET_BUFFER_LIST DestNetBufferList, PNET_BUFFER_LIST SrcNetBufferList);
/* <= DISPATCH_LEVEL. */
NDIS_HANDLE NdisGetPoolFromNetBufferList(PNET_BUFFER_LIST NetBufferList);
/* <= DISPATCH_LEVEL. */
NDIS_HANDLE NdisGetPoolFromNetBuffer(PNET_BUFFER NetBuffer);
/* <= DISPATCH_LEVEL. */
ULONG NdisQueryNetBufferPhysicalCount(PNET_BUFFER NetBuffer);

/* ---- MDL ---- */

/* <= DISPATCH_LEVEL: describes nonpaged memory; NULL on failure; Next = NULL. */
PMDL NdisAllocateMdl(NDIS_HANDLE NdisHandle, PVOID VirtualAddress, UINT Length);
/* <= DISPATCH_LEVEL: not the memory. */
VOID NdisFreeMdl(PMDL Mdl);
/* any level: sets ByteCount, only smaller than or equal to the allocated length. */
VOID NdisAdjustMdlLength(PMDL Mdl, UINT Length);

CHIMNEYLAB_DDI_END

#endif
