// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Operations on the data of a NET_BUFFER: a chain of MDLs of which DataLength bytes from DataOffset on are used. The
// chain, CurrentMdl and CurrentMdlOffset stay consistent. Lengths in bytes. Used by the DDI functions of this room.
#pragma once

#include <ndis.h>

#include <functional>

namespace chimneylab::machine {

class Machine;

// CurrentMdl and CurrentMdlOffset from MdlChain and DataOffset.
void adjust_current_mdl(NET_BUFFER& buffer);

// Calls for each contiguous piece of `length` bytes of data from `offset` (from the data start) on. False when the chain
// is shorter than that.
bool for_each_piece(const NET_BUFFER& buffer, std::size_t offset, std::size_t length,
                    const std::function<bool(UCHAR* data, std::size_t bytes)>& piece);

// MDLs of their own that describe a stretch of the buffer's data, no byte copied. Null when memory ran out, or no data.
struct MdlChain {
    MDL* first = nullptr;
    MDL* last = nullptr;
    bool complete = false;
};
MdlChain describe_data(Machine& machine, const NET_BUFFER& buffer, std::size_t offset, std::size_t length, const char* function);
void free_chain(Machine& machine, MDL* first, const char* function);

// NdisRetreatNetBufferDataStart and NdisAdvanceNetBufferDataStart.
NDIS_STATUS retreat(Machine& machine, NET_BUFFER& buffer, ULONG delta, ULONG backfill, NET_BUFFER_ALLOCATE_MDL_HANDLER allocate,
                    const char* function);
void advance(Machine& machine, NET_BUFFER& buffer, ULONG delta, bool free_mdl, NET_BUFFER_FREE_MDL_HANDLER free_handler,
             const char* function);

}  // namespace chimneylab::machine
