// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Pools of NET_BUFFER_LISTs and NET_BUFFERs. Each NET_BUFFER_LIST is one pool allocation with its first context behind it
// (and, when the pool preallocates it, its NET_BUFFER); each dynamic NET_BUFFER_LIST_CONTEXT, NET_BUFFER, MDL and data
// buffer is one of its own, so that overruns and leaks are attributed to the pool's owner and tag.
// Context stack: Offset == Size is empty; a push lowers Offset or puts a new structure in front, a pop raises it and
// releases a dynamic structure that became empty (ddi-surface rule 40). Sizes in bytes. Owned by Machine.
// Found: freeing twice, freeing to a pool that is gone, freeing a pool with lists outstanding, a pop that was never pushed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/trace/event.h"

struct _NET_BUFFER_LIST;
struct _NET_BUFFER;
struct _MDL;

namespace chimneylab::machine {

class Machine;
using Handle = void*;

class NetBufferPools {
public:
    struct ListPool {
        trace::LayerIndex owner = trace::machine_layer;
        std::uint32_t tag = 0;
        std::uint16_t context_size = 0;
        bool allocates_net_buffer = false;
        std::uint32_t data_size = 0;
        std::uint8_t protocol_id = 0;
        std::size_t outstanding = 0;
    };
    struct BufferPool {
        trace::LayerIndex owner = trace::machine_layer;
        std::uint32_t tag = 0;
        std::uint32_t data_size = 0;
        std::size_t outstanding = 0;
    };

    explicit NetBufferPools(Machine& machine) : machine_(machine) {}
    ~NetBufferPools();

    Handle create_list_pool(const ListPool& parameters);
    void remove_list_pool(Handle pool, std::string_view function);
    Handle create_buffer_pool(const BufferPool& parameters);
    void remove_buffer_pool(Handle pool, std::string_view function);

    [[nodiscard]] _NET_BUFFER_LIST* allocate_list(Handle pool, std::uint16_t context_size, std::uint16_t context_backfill,
                                                  bool with_net_buffer, std::string_view function);
    void free_list(_NET_BUFFER_LIST* list, std::string_view function);
    [[nodiscard]] _NET_BUFFER* allocate_buffer(Handle pool, std::string_view function);
    void free_buffer(_NET_BUFFER* buffer, std::string_view function);

    // The MDL and data that came with a NET_BUFFER of a pool with a data size.
    bool attach_data(_NET_BUFFER* buffer, std::uint32_t data_size, std::uint32_t tag, std::string_view function);

    // Push and pop on the context stack. push: false when memory ran out.
    bool push_context(_NET_BUFFER_LIST* list, std::uint16_t size, std::uint16_t backfill, std::uint32_t tag,
                      std::string_view function);
    void pop_context(_NET_BUFFER_LIST* list, std::uint16_t size, std::string_view function);

    [[nodiscard]] bool is_live(const _NET_BUFFER_LIST* list) const;
    [[nodiscard]] bool has_own_buffer(const _NET_BUFFER_LIST* list) const;  // a preallocated NET_BUFFER
    [[nodiscard]] const ListPool* pool_of(const _NET_BUFFER_LIST* list) const;
    [[nodiscard]] std::size_t outstanding_lists(trace::LayerIndex owner) const;

    // MDLs: header and the memory it describes are separate allocations.
    [[nodiscard]] _MDL* allocate_mdl(void* address, std::uint32_t length, std::string_view function);
    void free_mdl(_MDL* mdl, std::string_view function);
    // MDLs that a retreat put in front of a chain; whether their memory is NDIS's or the driver's handler gave it.
    void remember_retreat(const _MDL* mdl, bool memory_of_ndis) { retreated_[mdl] = memory_of_ndis; }
    [[nodiscard]] bool came_from_retreat(const _MDL* mdl) const { return retreated_.contains(mdl); }
    bool forget_retreat(const _MDL* mdl);

private:
    struct LiveList {
        Handle pool = nullptr;
        void* own_buffer = nullptr;     // the preallocated NET_BUFFER
        std::uint16_t inline_context = 0;
        std::vector<std::uint16_t> pushes;  // sizes, top last
    };
    struct OwnedData {
        _MDL* mdl = nullptr;
        void* data = nullptr;
    };
    void release_data(_NET_BUFFER* buffer, std::string_view function);

    Machine& machine_;
    std::map<Handle, std::unique_ptr<ListPool>> list_pools_;
    std::map<Handle, std::unique_ptr<BufferPool>> buffer_pools_;
    std::unordered_map<const void*, LiveList> lists_;
    std::unordered_map<const void*, Handle> buffers_;  // NET_BUFFERs allocated on their own → pool
    std::unordered_map<const void*, OwnedData> data_;  // by NET_BUFFER
    std::unordered_map<const void*, bool> retreated_;  // by MDL
};

}  // namespace chimneylab::machine
