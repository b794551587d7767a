// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A scenario as data: the machine, the state objects, the steps, and what a person is told, asked and may expect.
// Read from scenarios/*.yaml by load.h, which has checked everything that can be checked without running it: names
// resolve, trees are legal, sizes are bounded. Plain values; copyable; safe to read from several threads.
// Times are virtual nanoseconds. Members of the state structures bear the names of ndischimney.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/network/link.h"
#include "engine/scenario/problem.h"
#include "engine/scenario/state_tree.h"
#include "engine/trace/event.h"

namespace chimneylab::scenario {

using trace::Nanoseconds;
using trace::OperationKind;

// How much a scenario may ask for. A file that asks for more is refused with the place and the bound.
struct Bounds {
    static constexpr std::size_t intermediate_drivers = 8;
    static constexpr std::size_t virtual_miniports = 8;
    static constexpr std::size_t objects = 4096;
    static constexpr std::size_t blocks = 4096;  // in one tree
    static constexpr std::size_t steps = 1024;
    static constexpr std::size_t texts = 1024;  // narration, questions, expectations, each
    static constexpr std::size_t faults = 256;  // in one list
    static constexpr std::size_t buffers = 64;  // NET_BUFFER_LISTs in one chain
    static constexpr std::size_t buffer_bytes = std::size_t{1} << 20;
    static constexpr Nanoseconds time = 3'600'000'000'000;
};

enum class MachineMode : std::uint8_t { faithful, strict };
enum class CompletionMode : std::uint8_t { delayed, synchronous, reordered, held };

enum class FaultKind : std::uint8_t {
    allocation_fails,      // n-th, from the n-th on, or by chance; of one tag or driver, or of any
    status_chosen,         // the target gives a block this status
    completion_delayed,    // the target completes later by `delay`
    completion_reordered,  // the target lets the youngest operation pass
    completion_early,      // the target completes inside the downward call
    completion_dropped,    // the completion is lost on its way to the driver above
    completion_doubled,    // the completion arrives twice
};

// Something that goes wrong on request. It stands from the moment it is given until it is used up (faults.h).
struct Fault {
    Location where;
    FaultKind kind = FaultKind::allocation_fails;
    // allocation_fails: whose allocations, empty: anybody's. completion_dropped, _doubled: whose completion, empty: the
    // offload target's.
    std::string layer;
    std::string tag;              // allocation_fails: pool tag of four characters, empty: any
    unsigned nth = 0;             // allocation_fails: the n-th from now on, once
    unsigned from = 0;            // the n-th and all that follow
    unsigned percent = 0;         // each, with this probability
    std::uint64_t seed = 1;       // of the probability
    OperationKind operation = OperationKind::initiate;  // all other kinds
    unsigned occurrence = 0;      // n-th operation of this kind from now on; 0: every one
    std::string object;           // status_chosen; empty: any block
    std::int32_t status = 0;      // status_chosen
    Nanoseconds delay = 0;        // completion_delayed
};

struct IntermediateDriver {
    std::string name;  // "IM 1"
    std::string driver = "reference";
    unsigned virtual_miniports = 1;
};

// A failure or a per-block status that the offload target gives on request.
struct TargetFailure {
    OperationKind operation = OperationKind::initiate;
    std::string object;       // empty: any block
    Location where;           // of the object in the file
    unsigned occurrence = 0;  // n-th operation of this kind from now on; 0: every one
    std::int32_t status = 0;
};

// What the adapter can hold; beyond it a block gets the status of the resource that ran out.
struct Capacities {
    std::uint32_t neighbors = 16;
    std::uint32_t paths = 64;
    std::uint32_t connections = 256;
    std::uint32_t source_hardware_addresses = 4;
    std::uint32_t source_ip_addresses = 16;
    std::uint32_t vlan_entries = 16;
    std::uint32_t maximum_receive_window = 0x00100000;
    std::uint32_t transmit_buffer_bytes = 0x00400000;
    std::uint32_t receive_buffer_bytes = 0x04000000;
    std::uint32_t host_memory_objects = 0xFFFFFFFF;
    std::uint32_t interface_vlan_id = 0;  // the VLAN that is configured for the interface; 0: none
    friend bool operator==(const Capacities&, const Capacities&) = default;
};

// Settings of the offload target. In a step only what is present changes.
struct TargetSettings {
    std::optional<CompletionMode> completion;
    std::optional<Nanoseconds> per_operation;
    std::optional<Nanoseconds> per_block;
    std::optional<Nanoseconds> send_acknowledged;  // from the send call to its acknowledgement
    std::optional<Nanoseconds> indication;         // from the wish to the indication
    std::optional<bool> hold_sends;                // sends stay unacknowledged
    std::optional<bool> return_send_data;          // terminate hands unacknowledged sends back in NetBufferListChain
    std::vector<TargetFailure> failures;
};

struct MachineDescription {
    MachineMode mode = MachineMode::faithful;
    std::vector<IntermediateDriver> intermediate_drivers;  // from top to bottom
    std::string host_stack = "reference", offload_target = "reference";  // the drivers of the two ends
    Capacities capacities;
    TargetSettings target;
    bool chimney_handlers = true;  // false: the target's driver registers no provider chimney tables
    std::vector<Fault> faults;     // given when the machine is up, before the first step
    // What lies behind the offload target: with it every connection has a peer and runs TCP, in the host or offloaded.
    std::optional<network::LinkSettings> network;
};

struct Neighbor {
    std::string name;
    std::array<std::uint8_t, 6> DlDestinationAddress{};
    std::array<std::uint8_t, 6> DlSourceAddress{};
    std::uint32_t VlanId = 0;
    std::uint32_t HostReachabilityDelta = 0;  // ticks; NicReachabilityDelta is the same at offload
};

struct Path {
    std::string name;
    std::string neighbor;
    bool ipv6 = false;
    std::array<std::uint8_t, 16> SourceAddress{};  // network byte order; the first four bytes for IPv4
    std::array<std::uint8_t, 16> DestinationAddress{};
    std::uint32_t PathMtu = 1500;
};

struct Connection {
    std::string name;
    std::string path;
    // const
    std::uint32_t const_flags = 0;
    std::uint32_t RemotePort = 80;
    std::uint32_t LocalPort = 49152;
    std::uint32_t SndWindScale = 0;
    std::uint32_t RcvWindScale = 0;
    std::uint32_t RemoteMss = 1460;
    std::uint32_t HashValue = 0;
    // cached
    std::uint32_t cached_flags = 0;
    std::uint32_t InitialRcvWnd = 65535;
    std::uint32_t RcvIndicationSize = 0;
    std::uint32_t KaProbeCount = 5;
    std::uint32_t KaTimeout = 7200000;
    std::uint32_t KaInterval = 1000;
    std::uint32_t MaxRT = 0;
    std::uint32_t FlowLabel = 0;
    std::uint32_t TtlOrHopLimit = 128;
    std::uint32_t TosOrTrafficClass = 0;
    std::uint32_t UserPriority = 0;
    // delegated
    std::uint32_t State = 4;  // TcpConnectionEstablished
    std::uint32_t RcvNxt = 0x20000001;
    std::uint32_t RcvWnd = 65535;
    std::uint32_t SndUna = 0x10000001;
    std::uint32_t SndNxt = 0x10000001;
    std::uint32_t SndMax = 0x10000001;
    std::uint32_t SndWnd = 65535;
    std::uint32_t MaxSndWnd = 65535;
    std::uint32_t SendWL1 = 0x20000001;
    std::uint32_t CWnd = 14600;
    std::uint32_t SsThresh = 65535;
    std::uint32_t SRtt = 160;   // x 8
    std::uint32_t RttVar = 40;  // x 4
    std::uint32_t TsRecent = 0;
    std::uint32_t TsRecentAge = 0;
    std::uint32_t TsTime = 0;
    std::uint32_t TotalRT = 0;
    std::uint32_t DupAckCount = 0;
    std::uint32_t SndWndProbeCount = 0;
    std::uint32_t KeepAliveProbeCount = 0;
    std::uint32_t KeepAliveTimeoutDelta = 0xFFFFFFFF;  // not running
    std::uint32_t RetransmitCount = 0;
    std::uint32_t RetransmitTimeoutDelta = 0xFFFFFFFF;
    std::uint32_t BufferedData = 0;  // bytes received and not taken before the first offload
};

struct Objects {
    std::vector<Neighbor> neighbors;
    std::vector<Path> paths;
    std::vector<Connection> connections;

    [[nodiscard]] const Neighbor* neighbor(std::string_view name) const;
    [[nodiscard]] const Path* path(std::string_view name) const;
    [[nodiscard]] const Connection* connection(std::string_view name) const;
    [[nodiscard]] std::optional<StateLayer> layer_of(std::string_view name) const;
    [[nodiscard]] std::size_t count() const { return neighbors.size() + paths.size() + connections.size(); }
};

enum class StepAction : std::uint8_t {
    initiate,
    query,
    update,
    invalidate,
    terminate,  // state-manipulation operations, by the host stack
    send,
    receive,
    disconnect,
    forward,          // I/O, by the host stack
    answer,           // how the host stack answers receive indications from now on
    return_received,  // the host stack gives received NET_BUFFER_LISTs back
    indicate,         // an event on a connection or neighbor, by the offload target
    arrive,           // data from the peer arrives at the offload target
    status,           // a status indication by the offload target
    target,           // new settings of the offload target
    release,          // the offload target completes an operation that it held
    inject,           // faults from now on; an empty list takes back all that were given
    request,          // an OID request of the host stack
    pause,            // of the adapters of a layer, and of what is bound to them; the administrator's doing like the rest
    restart,
    unbind,           // a layer's protocol edge from the adapters below it
    bind,
    halt,             // the adapters of a layer go, and the bindings to them
    unload,           // an intermediate driver
    load,
    sleep,            // the adapters of a layer and of those above it go to D3, from the top
    wake,             // and come back to D0, from below
    wait,             // virtual time passes
    plug,             // the cable of the physical adapter is pulled out, or put in
    network,          // new settings of the link
    lose,             // the next frames of one direction are lost
    peer_sends,
    peer_closes,      // FIN
    peer_resets,      // RST with the number that is expected
    peer_segment,     // any segment
    peer_reads,       // whether its application takes what arrives; if not its window closes
};
enum class StateClass : std::uint8_t { natural, absent, constant, cached, delegated, all };
enum class ReceiveAnswer : std::uint8_t { accept_and_return, accept_and_hold, refuse, accept_part, return_inside };

// New values of cached members for one object: an update writes them into the state that follows its block.
struct StateChange {
    std::string object;
    std::vector<std::pair<std::string, std::uint32_t>> numbers;
    std::optional<std::array<std::uint8_t, 6>> DlDestinationAddress;
};

struct SendData {
    std::string connection;
    std::uint32_t buffers = 1;   // NET_BUFFER_LISTs in the chain
    std::uint32_t bytes = 1460;  // in each of them
};

struct Step {
    std::string name;  // unique in the scenario
    std::string text;  // one line for people
    Location where;
    StepAction action = StepAction::wait;

    StateTree tree;  // initiate … terminate
    unsigned virtual_miniport =
        1;  // of the topmost intermediate driver, on which the operation is made; 1 is the first
    StateClass state = StateClass::natural;
    std::vector<StateChange> changes;  // update
    std::vector<SendData> send_data;   // initiate: NetBufferListChain per connection

    std::string object;     // send … arrive, return_received: the connection (or neighbor) it is about
    SendData data;          // send, receive, disconnect, forward, arrive
    bool abortive = false;  // disconnect
    bool push = true;       // receive, arrive
    std::uint32_t again = 0;  // receive: posted so many times more, each inside the completion of the one before
    bool context_room = true;  // send … forward: the lists have room for the records of the drivers below
    ReceiveAnswer answer = ReceiveAnswer::accept_and_return;
    std::uint32_t answer_bytes = 0;       // accept_part
    std::uint32_t event = 0;              // TCP_OFFLOAD_EVENT_TYPE, or INDICATE_OFFLOAD_EVENT for a neighbor
    std::uint32_t information = 0;        // EventSpecificInformation: TCP_UPLOAD_REASON for TcpIndicateRetrieve
    std::int32_t status = 0;              // status
    bool with_capabilities = true;        // status: NDIS_STATUS_OFFLOAD_RESUME carries them
    bool connected = true;                // plug
    std::vector<Fault> faults;            // inject
    std::uint32_t oid = 0;                // request
    std::optional<std::uint32_t> value;   // request: set the OID to it; none: query, or set what the OID itself implies
    std::string layer;                    // pause … load
    TargetSettings settings;              // target
    unsigned position = 0;                // release: from the oldest held operation
    bool youngest = false;                // release
    std::optional<Nanoseconds> duration;  // wait; none: until nothing is pending

    std::optional<network::LinkSettings> link;  // network
    unsigned frames = 0;                        // lose
    bool to_target = false;                     // lose
    std::uint8_t tcp_flags = 0;                 // peer_segment: of the TCP header
    std::int32_t sequence_offset = 0;           // peer_segment: from the peer's SND.NXT
    bool ip_options = false;                    // peer_segment: in its IP header, or in an extension header of IPv6
    bool reading = true;                        // peer_reads
    bool refused = false;  // the host stack, or the target, is expected not to carry it out

    // Whether the next step begins only when nothing is pending any more.
    bool settle = true;

    [[nodiscard]] OperationKind operation() const;
};

// Which events something is bound to. An empty member matches anything.
struct EventPattern {
    Location where;
    std::optional<trace::EventKind> kind;
    std::string function;
    std::string layer;   // "host stack", "IM 1", "intermediate driver" (any), "offload target", "NDIS", "machine"
    std::string caller;  // the other layer of a call
    trace::ConversionKind conversion = trace::ConversionKind::none;
    OperationKind operation = OperationKind::none;
    std::string step;
    std::string block;                   // label of the region the event is about
    std::optional<std::int32_t> status;  // returned status
    unsigned occurrence = 0;             // n-th match; 0: every match
};

struct Narration {
    EventPattern at;
    std::string say;
};

struct Question {
    EventPattern at;                    // it is asked before this event
    std::optional<EventPattern> proof;  // the event that shows the answer; none: `at` does
    std::string ask;
    std::vector<std::string> choices;
    unsigned answer = 0;  // index into choices
    std::string because;
};

struct Expectation {
    enum class Kind : std::uint8_t { statuses, call_entries, offload_entries, events, order, findings, received };
    Location where;
    Kind kind = Kind::findings;
    std::string text;  // one sentence; made from the rest when the file gives none
    std::string step;  // statuses
    std::vector<std::pair<std::string, std::int32_t>> statuses;
    std::string layer;  // entries; empty: all layers together
    std::optional<unsigned> live;
    std::optional<unsigned> released;
    std::optional<unsigned> count;  // events, findings
    std::vector<EventPattern> patterns;
    std::string connection;                       // received: bytes in order, each as it was sent
    std::optional<std::uint32_t> by_application;
    std::optional<std::uint32_t> by_peer;
};

struct Variant {
    std::string name;
    std::string title;
    std::string teaches;
    std::vector<std::string> breaks;                           // rules that it breaks; empty for another correct run
    std::vector<std::pair<std::string, std::string>> drivers;  // layer → driver
    std::optional<MachineMode> mode;
    std::vector<std::string> strict;                           // strict readings of rules, by name
    std::optional<CompletionMode> completion;
    std::optional<std::string> schedule;
    std::optional<std::vector<Fault>> faults;                             // instead of the machine's
    std::optional<std::vector<IntermediateDriver>> intermediate_drivers;  // instead of the machine's
    std::optional<std::vector<Expectation>> expectations;                 // instead of the scenario's
    std::string until;                                                    // the last step; empty: all of them
};

struct Scenario {
    std::string id;
    std::string title;
    std::string part;
    std::string teaches;
    std::vector<std::string> rules;
    std::string source;  // the file
    MachineDescription machine;
    Objects objects;
    std::string schedule = "fifo";
    bool needs_schedule = false;  // the file names it: what is expected, and the steps that depend on it, hold under it alone
    std::vector<Step> steps;
    std::vector<Narration> narration;
    std::vector<Question> questions;
    std::vector<Expectation> expectations;
    std::vector<Variant> variants;

    [[nodiscard]] const Variant* variant(std::string_view name) const;
    [[nodiscard]] const Step* step(std::string_view name) const;
    // Layer names from top to bottom: host stack, the intermediate drivers, offload target.
    [[nodiscard]] std::vector<std::string> layer_names() const;
};

// A driver that a file can name: the lab's own ("reference"), or it with one mistake. Those of host stack and offload target
// have names of their own.
struct KnownDriver {
    std::string_view name;
    std::string_view description;  // "does not restore SourceHandle of the root before it completes"
    bool linked = false;           // else chimneylab-host loads it into a process of its own
    trace::LayerRole role = trace::LayerRole::intermediate_driver;  // whose place it can take; "reference": any
};
[[nodiscard]] std::span<const KnownDriver> known_drivers();
[[nodiscard]] const KnownDriver* known_driver(std::string_view name);
[[nodiscard]] const KnownDriver* known_driver(std::string_view name, trace::LayerRole role);  // and fit for that place

// Whether this process can run the scenario so (an unknown variant: yes, the run will say that there is none).
[[nodiscard]] bool needs_driver_host(const Scenario& scenario, std::string_view variant);

}  // namespace chimneylab::scenario
