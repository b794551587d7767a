// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the checker knows at the present event: operations under way and how far each has come at each driver, offloaded
// objects and the handles they have at each level, call entries, registrations. Rules read it; only the Verifier moves it.
// Not thread safe.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/verifier/list_ledger.h"
#include "engine/verifier/neighbor_ledger.h"
#include "engine/verifier/wire_ledger.h"

namespace chimneylab::verifier {

// One operation at one driver. The host stack's passage begins with handed_on, the target's ends with completed.
struct Passage {
    LayerIndex layer = trace::machine_layer;
    EventId arrived;           // enter of MiniportXxxOffload
    EventId handed_on;         // the driver's enter of NdisXxxOffload
    EventId call_returned;     // its leave
    EventId came_back;         // enter of ProtocolXxxOffloadComplete
    EventId completed;         // the driver's enter of NdisMXxxOffloadComplete
    std::uint32_t upper_shape = 0;  // which tree it was given: index into OperationRecord::shapes
    std::uint32_t lower_shape = 0;  // which tree it passed down: the same, unless it converts into copies
    TreeImage at_arrival, at_hand_on, at_return, at_completion;
    // The IM call entry, as ImReserved of the root says at the downward call.
    Address call_entry = 0;    // 0: neither word points to the driver's memory
    unsigned call_entry_word = 0;
    RegionId call_entry_region;
    std::vector<std::byte> call_entry_bytes;  // at the downward call
    std::vector<std::vector<std::byte>> entry_bytes;  // by block: the IM offload entry at the downward call, new objects only
    Address refused_object = 0;  // at the target: the host stack's handle of an object whose query failed beside another one
    [[nodiscard]] bool below() const { return handed_on.valid() && !came_back.valid(); }
    [[nodiscard]] bool completed_locally() const { return completed.valid() && !handed_on.valid(); }
};

struct OperationRecord {
    OperationId id;  // the trace's number; none if the producer gave none
    OperationKind kind = OperationKind::none;
    EventId started, finished;
    LayerIndex starter = trace::machine_layer;
    std::vector<TreeShape> shapes;  // [0] as the host stack built it; further ones of drivers that convert into copies
    std::vector<Passage> passages;  // in the order of arrival
    [[nodiscard]] const TreeShape& shape() const { return shapes.front(); }
    [[nodiscard]] Passage* passage(LayerIndex layer);
    [[nodiscard]] const Passage* passage(LayerIndex layer) const;
};

// A state object as one driver sees it from above: the NDIS_OFFLOAD_HANDLE that it passes down.
struct ObjectRecord {
    enum class State : std::uint8_t { not_offloaded, offloading, offloaded, terminated };
    Address handle = 0;
    LayerIndex owner = trace::machine_layer;  // who passes it down
    State state = State::not_offloaded;
    Layer layer = Layer::unknown;
    Address upper = 0;  // the overlying handle it stands for; 0 at the host stack
    Address lower = 0;  // the handle the next driver below uses for it; 0 when that is the target
    RegionId block;     // the block of its initiate, for its name
    OperationId initiate;
    std::uint32_t last_operation = 0;  // number of the last operation that named it
    EventId since;      // when it got this state
    std::uint32_t queries = 0, updates = 0, invalidates = 0, terminates = 0;  // in progress
    bool invalidated = false;
    bool partial = false;           // offloaded with PARTIAL_SUCCESS
    bool terminate_failed = false;  // its last terminate failed: kept until the next one
    EventId linker_failed;          // completion of the last initiate in which it was a failing linker
    EventId terminate_passed;       // the owner handed a terminate of it down
    bool allocated_for_it = false;  // its memory was allocated between the arrival of its initiate and the downward call
    std::vector<Address> send_data;  // NET_BUFFER_LISTs given to the drivers below, in order, while they are known
    Address parent = 0;             // at the host stack: the handle of what it depends on
    std::vector<std::byte> constant, cached;  // at the host stack: as last given to the drivers below
    std::uint32_t disconnects = 0;  // flags of the disconnect calls that were made for it
    // At the host stack, of the object that an indication or a completion below was about:
    EventId failed;                 // completion of a query or update that failed, when it came back
    std::uint32_t must_upload_reason = 0;  // of that; 0: it was an abort
    EventId must_upload;            // a mandatory TcpIndicateRetrieve, or TcpIndicateAbort, reached the host stack
    EventId corrupt;                // the target completed a query, invalidate or first terminate with FAILURE
    EventId retrieve_for_failure, abort_indicated, disconnect_indicated;  // the target's calls
    std::uint8_t state_type = 0;    // Header.Type with which it was offloaded: tells the version of IP of a path
    bool brought_data = false;      // BufferedData went down with its initiate
    bool fin_sent = false, fin_received = false;  // by the state it was offloaded in, and what became known since
    bool recycled = false;          // its memory has carried an earlier object without being released in between
    [[nodiscard]] bool exists() const { return state == State::offloading || state == State::offloaded; }
};

// A chimney handler table, as handed to NdisSetOptionalHandlers.
struct TableRecord {
    EventId event;
    std::uint8_t type = 0;  // Header.Type
};

struct DriverRecord {
    std::map<std::uint8_t, TableRecord> tables;  // by Header.Type, the latest accepted
    std::unordered_map<std::uint64_t, EventId> offload_handlers;  // adapter → successful NdisMGetOffloadHandlers
    std::unordered_map<std::uint64_t, unsigned> offload_handler_calls;
    EventId offload_handlers_failed;
    std::set<std::uint64_t> adapters;  // handles given to MiniportInitializeEx
    unsigned reused_entries = 0;  // offload entries used for another object without release: a free list of its own
    // OID requests and status indications by number: what reached the driver, and what it passed on.
    struct Relay {
        EventId first;             // the first that reached it
        std::uint32_t arrived = 0;  // for a status: times the adapters that had to be told
        std::uint32_t passed_on = 0;
    };
    std::map<std::uint64_t, Relay> requests, statuses;
    std::set<std::uint64_t> configured;  // bindings on which it has set OID_TCP_CONNECTION_OFFLOAD_PARAMETERS
    bool was_configured = false;         // that set request has reached it
    std::set<std::uint64_t> paused;      // binding contexts that were told OFFLOAD_PAUSE or UPLOAD_ALL, until RESUME
    EventId upload_all;                  // its own indication
    EventId told_upload_all;             // UPLOAD_ALL reached it
    EventId asked_for_pause;             // its own OFFLOAD_PAUSE, until its RESUME
    bool administered = false;           // since it told its capabilities last, a set of OID_TCP_OFFLOAD_PARAMETERS has reached it,
                                         // or it has resumed from a pause without telling them
    std::vector<std::byte> capabilities;  // NDIS_TCP_CONNECTION_OFFLOAD as its adapter reported it last
    EventId capabilities_reported;
    EventId capabilities_unread;   // NDIS_STATUS_OFFLOAD_RESUME reached it, with them or without, and it has not asked since
    EventId capabilities_unknown;  // NDIS_STATUS_OFFLOAD_RESUME reached it without them, and it has not asked since
    std::uint32_t power_state = 0;  // of the last OID_PNP_SET_POWER that reached it; 0: none did
    EventId first_initiate;      // the first tree that arrived
    EventId first_passed_down;   // the first that it passed on
};

struct CallEntryUse {
    std::uint32_t operation = 0;  // index
    LayerIndex layer = trace::machine_layer;
    EventId allocated;            // of the allocation it lies in
    bool allocated_for_it = false;  // between arrival and downward call
    bool reused = false;
};

class Model {
public:
    explicit Model(const Replay& replay) : replay_(&replay), lists_(replay), wire_(replay), neighbors_(replay) {}
    [[nodiscard]] const Replay& replay() const { return *replay_; }

    [[nodiscard]] ListLedger& lists() { return lists_; }
    [[nodiscard]] const ListLedger& lists() const { return lists_; }
    [[nodiscard]] WireLedger& wire() { return wire_; }
    [[nodiscard]] const WireLedger& wire() const { return wire_; }
    [[nodiscard]] NeighborLedger& neighbor_ledger() { return neighbors_; }
    [[nodiscard]] const NeighborLedger& neighbor_ledger() const { return neighbors_; }
    // The handle by which the host stack knows the object of a handle of any driver: the handle itself when nothing is known.
    [[nodiscard]] Address host_handle(Address handle) const;
    [[nodiscard]] std::span<const OperationRecord> operations() const { return operations_; }
    [[nodiscard]] OperationRecord* operation_of_root(Address root);
    // The last operation with this root, under way or over.
    [[nodiscard]] OperationRecord* last_operation_of_root(Address root);
    // The last operation whose tree has or had this block.
    [[nodiscard]] OperationRecord* operation_of_block(RegionId block);
    [[nodiscard]] const OperationRecord* operation_of_block(RegionId block) const;
    [[nodiscard]] std::optional<std::uint32_t> index_in(const TreeShape& shape, RegionId block) const;
    [[nodiscard]] const ObjectRecord* object(Address handle) const;
    [[nodiscard]] ObjectRecord* object(Address handle);
    [[nodiscard]] std::map<Address, ObjectRecord>& objects() { return objects_; }
    [[nodiscard]] const std::map<Address, ObjectRecord>& objects() const { return objects_; }
    // The adapter that the MiniportInitializeEx now running initialises; else the handle argument of the event.
    [[nodiscard]] std::uint64_t adapter_being_initialized(LayerIndex layer) const;
    [[nodiscard]] DriverRecord& driver(LayerIndex layer) { return drivers_[layer]; }
    [[nodiscard]] const std::map<LayerIndex, DriverRecord>& drivers() const { return drivers_; }
    [[nodiscard]] std::map<Address, CallEntryUse>& call_entries() { return call_entries_; }
    [[nodiscard]] const std::map<Address, CallEntryUse>& call_entries() const { return call_entries_; }
    [[nodiscard]] std::vector<const OperationRecord*> under_way() const;
    // A block of an operation under way that lies in [start, end); the region is none when there is none.
    struct BlockUnderWay {
        RegionId block;
        const OperationRecord* operation = nullptr;
    };
    [[nodiscard]] BlockUnderWay block_under_way(Address start, Address end) const;
    // The same for operations that are over: the youngest one that had a block there.
    [[nodiscard]] BlockUnderWay block_of_past(Address start, Address end) const;
    [[nodiscard]] EventId first_fault() const { return first_fault_; }  // an allocation was made to fail
    // Somebody outside the scenario has made something fail: the drivers were not told what to do then.
    // Or a driver has broken something: a run that went wrong is no place to judge what should have come at its end.
    [[nodiscard]] bool disturbed() const { return disturbed_ || first_fault_.valid(); }
    // Whether the producer tells what calls carry beside `detail`: sessions from before that hold 0 everywhere.
    [[nodiscard]] bool knows_arguments() const { return knows_arguments_; }
    // Whether an object of the host stack is, or depends on, another one.
    [[nodiscard]] bool depends_on(const ObjectRecord& object, Address lower) const;
    // What the adapter has room for, as far as the producer tells it (the order of Room); empty: not known.
    enum Room : std::size_t { neighbors, paths, connections, source_hardware_addresses, host_memory_objects = 9, interface_vlan_id = 10, rooms };
    [[nodiscard]] const std::vector<std::uint32_t>& room() const { return room_; }
    // While the adapter's cable is out, if the producer tells it: since when, whether the target has told NDIS, and whether
    // anything has been asked of the target meanwhile.
    struct LinkLoss {
        EventId since;
        EventId untold;  // an earlier one of which NDIS never heard
        bool told = false, undisturbed = true;
    };
    [[nodiscard]] const LinkLoss& link_loss() const { return link_loss_; }
    // Frames that reached the adapter, are no plain TCP segments, and have not been passed up yet, oldest first. Some would be the
    // target's if it had advertised what they carry.
    [[nodiscard]] const std::vector<EventId>& ordinary_frames() const { return ordinary_frames_; }
    [[nodiscard]] bool unadvertised(EventId frame) const { return unadvertised_.contains(frame); }
    // Adapters on which connection offload was enabled, and the binding over which it was, the first of those that are open.
    [[nodiscard]] const std::map<std::uint64_t, std::uint64_t>& enabled_by() const { return enabled_by_; }

    // How many call entries that were not allocated for their operation each driver has used.
    [[nodiscard]] const std::map<LayerIndex, std::uint32_t>& spare_call_entries_used() const { return spares_used_; }
    [[nodiscard]] const OperationRecord* operation_numbered(std::uint32_t number) const;
    // The operation whose handler this layer's code is running.
    [[nodiscard]] const OperationRecord* operation_in_frame(LayerIndex layer) const;
    // SourceHandle with which a NET_BUFFER_LIST of an initiate that is offloaded now came to this driver.
    [[nodiscard]] std::optional<std::uint64_t> initiate_chain_source(LayerIndex layer, Address net_buffer_list) const;
    // Handles whose object was terminated and whose memory was released since.
    struct Gone {
        LayerIndex owner = trace::machine_layer;
        RegionId block;
    };
    [[nodiscard]] const Gone* gone(Address handle) const;

    // Calls of I/O functions of the host stack that have not returned, by handle and function.
    // A chain that is being completed, cut into the runs that NDIS owes to each binding.
    struct Run {
        Address head = 0;
        std::uint64_t source = 0;  // 0: a NULL SourceHandle that nothing follows
        bool delivered = false;
    };
    struct Completion {
        EventId enter;
        std::vector<Run> runs;
        Address handle = 0;   // of the connection of its first list, if that is known: the list itself may be gone before the call returns
        bool watched = true;  // every NET_BUFFER_LIST of it could be seen
    };
    [[nodiscard]] const Completion* completion(EventId enter) const;
    struct OpenTransfer {
        EventId enter;
        LayerIndex caller;
        Address handle;
        const trace::Function* function;
    };
    [[nodiscard]] const std::vector<OpenTransfer>& open_transfers() const { return open_transfers_; }

    // --- moved by the Verifier ---
    OperationRecord& begin_operation(OperationKind kind, RegionId root, LayerIndex starter);
    void adopt_copy(OperationRecord& operation, Passage& passage, TreeShape shape);
    Passage& begin_passage(OperationRecord& operation, LayerIndex layer);
    void recognise_call_entry(OperationRecord& operation, Passage& passage);
    void hand_on(OperationRecord& operation, Passage& passage);
    void come_back(OperationRecord& operation, Passage& passage);
    void finish_operation(OperationRecord& operation);
    void memory_freed(const trace::Event& event);
    void transfer(const trace::Event& event, const trace::Function& function);
    void chain_completed(const trace::Event& event);   // enter of NdisTcpOffloadXxxComplete
    void chain_forwarded(const trace::Event& event);   // the same, after the rules have looked: its records are used up
    void run_delivered(const trace::Event& event);     // enter of ProtocolTcpOffloadXxxComplete
    void completion_returned(const trace::Event& event);
    void registration(const trace::Event& event);
    void request_or_status(const trace::Event& event);
    void fault_seen() { if (!first_fault_.valid()) first_fault_ = replay_->now(); }
    void disturbed_by_hand() { disturbed_ = true; }
    void event_seen(const trace::Event& event) { knows_arguments_ = knows_arguments_ || event.argument != 0; }
    void indicated(const trace::Event& event);          // enter of NdisTcpOffloadEventHandler, NdisMIndicateStatusEx …
    void disconnect_arrived(const ListRecord& closing);  // at the target
    void room_told(const trace::Event& event);          // a message of the scenario
    void link_told(const trace::Event& event);          // another one
    void frame_arrived(const trace::Event& event);      // at the adapter
    void adapter_called(const trace::Event& event);     // enter of MiniportPause, MiniportRestart, NdisMIndicateReceiveNetBufferLists
    void target_asked() { link_loss_.undisturbed = false; }
    void event_arrived(const trace::Event& event);      // enter of ProtocolTcpOffloadEvent
    void capabilities_reported(const trace::Event& event);  // enter of NdisMSetMiniportAttributes
    void completed_by_target(const OperationRecord& operation, Passage& passage);
    [[nodiscard]] std::uint32_t number_of(const OperationRecord& operation) const {
        return static_cast<std::uint32_t>(&operation - operations_.data());
    }

private:
    void forget_old_operations();
    void values_go_down(const OperationRecord& operation, std::size_t index, const BlockImage& image, ObjectRecord& object);
    void object_goes_down(OperationRecord& operation, Passage& passage, std::size_t index);
    void object_comes_back(const OperationRecord& operation, const Passage& passage, std::size_t index);

    const Replay* replay_;
    ListLedger lists_;
    WireLedger wire_;
    NeighborLedger neighbors_;
    std::vector<OperationRecord> operations_;  // of those that are over and that nobody can ask for any more little is left
    std::uint32_t finished_ = 0;
    std::unordered_map<Address, std::uint32_t> by_root_;    // under way
    std::unordered_map<Address, std::uint32_t> last_by_root_;
    std::unordered_map<std::uint32_t, std::uint32_t> by_block_;  // region → latest operation
    std::map<Address, std::pair<RegionId, std::uint32_t>> blocks_under_way_, past_blocks_;
    std::map<Address, ObjectRecord> objects_;  // by handle address
    std::map<LayerIndex, DriverRecord> drivers_;
    std::map<Address, CallEntryUse> call_entries_;  // by start of the allocation
    std::map<LayerIndex, std::uint32_t> spares_used_;
    std::map<Address, Gone> gone_;
    std::map<std::pair<LayerIndex, Address>, std::uint64_t> chain_sources_;
    std::vector<OpenTransfer> open_transfers_;
    std::vector<Completion> completions_;  // open calls of NdisTcpOffloadXxxComplete
    EventId first_fault_;
    bool disturbed_ = false, knows_arguments_ = false;
    std::map<std::uint64_t, std::uint64_t> enabled_by_;
    std::vector<std::uint32_t> room_;
    LinkLoss link_loss_;
    std::vector<EventId> ordinary_frames_;
    std::set<EventId> unadvertised_;  // of all that came
    EventId last_frame_;  // that reached the adapter
    bool adapter_paused_ = false;
};

}  // namespace chimneylab::verifier
