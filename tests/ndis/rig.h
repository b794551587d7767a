// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A machine with small drivers of our own, whose every habit a test can change: a host, any number of intermediate drivers
// and a target. They are as short as drivers can be; the real ones live in engine/. Each keeps its state in the Rig, which
// is attached to the machine.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <chimneylab/following_state.h>

#include "engine/machine/machine.h"
#include "engine/ndis/core/chimney_platform.h"
#include "engine/ndis/ndis.h"

namespace chimneylab::ndis::test {

class Rig;

constexpr ULONG call_entry_tag = 'C' | 'a' << 8 | 'l' << 16 | 'l' << 24;
constexpr ULONG offload_entry_tag = 'O' | 'f' << 8 | 'f' << 16 | 'l' << 24;
constexpr ULONG block_tag = 'B' | 'l' << 8 | 'c' << 16 | 'k' << 24;
constexpr const char* physical_adapter = "\\DEVICE\\{adapter-0}";

// What a driver does differently from the textbook.
struct Habits {
    bool miniport = false, protocol = false;
    bool chimney = true;
    unsigned virtual_miniports = 1;
    NDIS_STATUS entry_status = 0;
    NDIS_STATUS initialize_status = NDIS_STATUS_SUCCESS;
    bool set_attributes = true, general_first = false;
    NDIS_STATUS bind_status = NDIS_STATUS_SUCCESS;
    bool bind_pends = false, unbind_pends = false, bind_completes_early = false;
    bool forget_to_open = false, forget_to_close = false, forget_to_deregister = false;
    bool pause_pends = false, restart_pends = false, event_pends = false;
    NDIS_STATUS restart_status = NDIS_STATUS_SUCCESS;
    NDIS_STATUS oid_status = NDIS_STATUS_SUCCESS;  // PENDING: completed by Rig::complete_oid
    bool oid_completes_inside = false;
    bool send_pends = false;
    // intermediate driver, going up and down
    bool forget_source_handle = false, forget_im_reserved = false, forget_slot_b = false;
    bool complete_later = false;      // from a work item
    bool copy_tree = false;
    bool static_call_entry = false, lookaside_call_entry = false, second_reserved_word = false, keep_call_entry = false;
    bool indicate_own_handle = false, keep_source_handle_of_lists = false;
    bool wrong_miniport_handle = false;
    // target
    enum class Complete { inside, later, on_request } complete = Complete::later;
    std::function<NDIS_STATUS(const NDIS_MINIPORT_OFFLOAD_BLOCK_LIST&)> status_of;
};

struct OffloadEntry {
    NDIS_OFFLOAD_HANDLE handle;  // ours, handed down
    PNDIS_OFFLOAD_HANDLE upper;
};

struct CallEntry {
    PVOID im_reserved[2];
    PVOID source_handle;
    NDIS_HANDLE upper_edge;
    CHIMNEY_OPERATION operation;
};

struct DriverState;

struct AdapterState_ {
    DriverState* driver = nullptr;
    NDIS_HANDLE handle = nullptr;
    NDIS_HANDLE lower = nullptr;  // binding of an intermediate driver
    bool halted = false;
    PNDIS_OID_REQUEST oid = nullptr;
};

inline AdapterState_& adapter_of(NDIS_HANDLE context) { return *static_cast<AdapterState_*>(context); }

struct BindingState_ {
    DriverState* driver = nullptr;
    NDIS_HANDLE handle = nullptr;
    NDIS_HANDLE bind_context = nullptr, unbind_context = nullptr;
    std::string adapter;
    NDIS_BIND_PARAMETERS seen{};
    NET_PNP_EVENT_NOTIFICATION* event = nullptr;
    std::vector<NDIS_STATUS> oid_results;
    std::vector<PNDIS_OID_REQUEST> oids_completed;
    std::vector<NDIS_STATUS> statuses;
    std::vector<std::pair<PNET_BUFFER_LIST, NDIS_STATUS>> sends_completed;
    std::vector<std::pair<PNET_BUFFER_LIST, ULONG>> received;
    bool keep_received = false;
};

struct DriverState {
    Rig* rig = nullptr;
    LayerIndex layer = 0;
    Habits habits;
    NDIS_HANDLE miniport = nullptr, protocol = nullptr;
    std::deque<std::unique_ptr<AdapterState_>> adapters;
    std::deque<std::unique_ptr<BindingState_>> bindings;
    NDIS_TCP_OFFLOAD_EVENT_HANDLERS ndis{};
    NPAGED_LOOKASIDE_LIST lookaside{};
    std::map<PNET_BUFFER_LIST, PVOID> source_of_list;
    std::vector<std::pair<PVOID, ULONG>> events;     // OffloadContext, type
    std::vector<PNET_BUFFER_LIST> lists_completed;
    std::vector<PVOID> contexts_seen;                // MiniportOffloadContext of I/O
};

struct Completed {
    CHIMNEY_OPERATION operation;
    PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root;
    NDIS_STATUS status;
    bool inside_call;
};

class Rig {
public:
    explicit Rig(std::size_t intermediate_drivers = 1, machine::MachineOptions options = {}, NdisOptions ndis_options = {});
    ~Rig();

    static Rig& current();
    DriverState& driver(LayerIndex layer) { return *drivers_.at(layer); }
    DriverState& host() { return driver(0); }
    DriverState& im(std::size_t number) { return driver(static_cast<LayerIndex>(number)); }
    DriverState& target() { return driver(target_layer()); }
    [[nodiscard]] LayerIndex target_layer() const { return static_cast<LayerIndex>(drivers_.size() - 1); }
    [[nodiscard]] std::string virtual_name(LayerIndex layer, unsigned number) const;

    bool load(LayerIndex layer);
    bool boot();
    bool run() { machine.run_until_idle(10'000); return true; }

    // --- the host's part ---
    struct Object {
        PNDIS_OFFLOAD_HANDLE handle = nullptr;
        UCHAR type = 0;
    };
    Object* object(UCHAR type, const char* name = nullptr);
    PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST block(Object* object, UCHAR type = 0, bool with_state = true);
    void start(CHIMNEY_OPERATION operation, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root, std::size_t binding = 0);
    void free(PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root);
    bool do_operation(CHIMNEY_OPERATION operation, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root, std::size_t binding = 0);
    // As the host, at PASSIVE_LEVEL.
    void as(LayerIndex layer, const std::function<void()>& run);

    void note(LayerIndex layer, const std::string& what);
    [[nodiscard]] std::vector<std::string> calls_of(LayerIndex layer) const;
    [[nodiscard]] std::vector<const trace::Event*> events(trace::EventKind kind) const;
    [[nodiscard]] std::string text(const trace::Event& event) const;
    [[nodiscard]] std::size_t findings(machine::FindingKind kind) const;
    [[nodiscard]] std::string all_findings() const;

    machine::Machine machine;
    std::unique_ptr<Ndis> ndis;
    std::vector<std::string> log;  // "IM 1: MiniportPause"
    std::vector<Completed> completed;
    std::vector<std::pair<CHIMNEY_OPERATION, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST>> held;  // by the target
    NDIS_HANDLE target_adapter = nullptr;
    void finish_held(std::size_t index);
    bool inside_host_call = false;
    std::size_t completions_seen_by_im = 0;

private:
    std::vector<std::unique_ptr<DriverState>> drivers_;
    std::deque<Object> objects_;
};

NTSTATUS rig_driver_entry(PDRIVER_OBJECT object, PUNICODE_STRING path);
VOID register_chimney_miniport(DriverState& driver, NDIS_HANDLE handle);
VOID register_chimney_protocol(DriverState& driver, NDIS_HANDLE handle);
void complete_upward(DriverState& driver, CHIMNEY_OPERATION operation, NDIS_HANDLE miniport, PNDIS_MINIPORT_OFFLOAD_BLOCK_LIST root);
void go_down(CHIMNEY_OPERATION operation, NDIS_HANDLE binding, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root);
// Runs later, as this driver, from a work item at PASSIVE_LEVEL.
void later(DriverState& driver, const char* label, std::function<void()> run);

template <typename Visit>
void walk(PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST block, const Visit& visit) {
    while (block) {
        PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST const next = block->NextBlock;
        walk(block->DependentBlockList, visit);
        visit(*block);
        block = next;
    }
}

}  // namespace chimneylab::ndis::test
