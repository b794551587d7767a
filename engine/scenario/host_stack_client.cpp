// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/host_stack_client.h"

#include <algorithm>
#include <cstring>

namespace chimneylab::scenario {

namespace {

constexpr const char* no_answer = "the host stack does not answer";

std::uint32_t object_kind(StateLayer layer) {
    switch (layer) {
        case StateLayer::neighbor:
            return CHIMNEY_OBJECT_NEIGHBOR;
        case StateLayer::path:
            return CHIMNEY_OBJECT_PATH;
        case StateLayer::connection:
            return CHIMNEY_OBJECT_CONNECTION;
    }
    return CHIMNEY_OBJECT_NONE;
}

std::uint32_t state_class(StateClass value) {
    switch (value) {
        case StateClass::natural:
            return CHIMNEY_STATE_NATURAL;
        case StateClass::absent:
            return CHIMNEY_STATE_ABSENT;
        case StateClass::constant:
            return CHIMNEY_STATE_CONST;
        case StateClass::cached:
            return CHIMNEY_STATE_CACHED;
        case StateClass::delegated:
            return CHIMNEY_STATE_DELEGATED;
        case StateClass::all:
            return CHIMNEY_STATE_ALL;
    }
    return CHIMNEY_STATE_NATURAL;
}

std::uint32_t operation_number(OperationKind kind) {
    switch (kind) {
        case OperationKind::initiate:
            return CHIMNEY_OPERATION_INITIATE;
        case OperationKind::query:
            return CHIMNEY_OPERATION_QUERY;
        case OperationKind::update:
            return CHIMNEY_OPERATION_UPDATE;
        case OperationKind::invalidate:
            return CHIMNEY_OPERATION_INVALIDATE;
        case OperationKind::terminate:
            return CHIMNEY_OPERATION_TERMINATE;
        case OperationKind::none:
            break;
    }
    return CHIMNEY_OPERATION_NONE;
}

struct ChangeMember {
    std::string_view name;
    std::uint32_t Connection::*member;
};
constexpr ChangeMember change_members[] = {
    {"cached_flags", &Connection::cached_flags},
    {"InitialRcvWnd", &Connection::InitialRcvWnd},
    {"RcvIndicationSize", &Connection::RcvIndicationSize},
    {"KaProbeCount", &Connection::KaProbeCount},
    {"KaTimeout", &Connection::KaTimeout},
    {"KaInterval", &Connection::KaInterval},
    {"MaxRT", &Connection::MaxRT},
    {"FlowLabel", &Connection::FlowLabel},
    {"TtlOrHopLimit", &Connection::TtlOrHopLimit},
    {"TosOrTrafficClass", &Connection::TosOrTrafficClass},
    {"UserPriority", &Connection::UserPriority},
};

template <typename Item>
Item* find_named(std::vector<Item>& items, const std::string& name) {
    const auto found = std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.name == name; });
    return found == items.end() ? nullptr : &*found;
}

}  // namespace

std::string host_stack_refusal(std::uint32_t result) {
    switch (result) {
        case CHIMNEY_HOST_STACK_DONE:
            return {};
        case CHIMNEY_HOST_STACK_NO_SUCH_BINDING:
            return "the host stack has no such binding";
        case CHIMNEY_HOST_STACK_NOT_RUNNING:
            return "the binding is paused (HS-009)";
        case CHIMNEY_HOST_STACK_NO_SUCH_OBJECT:
            return "the host stack knows no such object";
        case CHIMNEY_HOST_STACK_WRONG_OBJECT_KIND:
            return "a block stands in a layer its object does not belong to (HS-012, HS-014)";
        case CHIMNEY_HOST_STACK_BAD_VALUE:
            return "a value is outside its documented range";
        case CHIMNEY_HOST_STACK_BAD_TREE:
            return "the tree is not well formed (HS-013)";
        case CHIMNEY_HOST_STACK_TREE_TOO_LARGE:
            return "the tree is too large";
        case CHIMNEY_HOST_STACK_BAD_LAYER_LINK:
            return "a link leads to the wrong layer (HS-011, HS-012)";
        case CHIMNEY_HOST_STACK_OBJECT_TWICE:
            return "one object is named by two blocks";
        case CHIMNEY_HOST_STACK_ALREADY_OFFLOADED:
            return "the object is offloaded already (HS-021)";
        case CHIMNEY_HOST_STACK_NOT_OFFLOADED:
            return "the object is not offloaded (HS-033, HS-075)";
        case CHIMNEY_HOST_STACK_BUSY:
            return "an operation in progress on the object forbids this one (HS-033, HS-040, HS-049, HS-052)";
        case CHIMNEY_HOST_STACK_INVALIDATED:
            return "the object is invalidated (HS-041, HS-048)";
        case CHIMNEY_HOST_STACK_LINKER_WITHOUT_DEPENDENT:
            return "a linker needs a dependent block (HS-017)";
        case CHIMNEY_HOST_STACK_NO_PARENT:
            return "a new path or connection must hang from a new or offloaded parent (HS-018)";
        case CHIMNEY_HOST_STACK_PARENT_CHANGED:
            return "a connection may not move to another path (HS-042)";
        case CHIMNEY_HOST_STACK_HAS_DEPENDENTS:
            return "others still depend on the object (HS-051)";
        case CHIMNEY_HOST_STACK_WRONG_CONNECTION_STATE:
            return "a connection in this TCP state cannot be offloaded (HS-022)";
        case CHIMNEY_HOST_STACK_BAD_SEND_DATA:
            return "the send data does not fit the block (HS-028, HS-029)";
        case CHIMNEY_HOST_STACK_BAD_STATE_CLASS:
            return "this operation cannot carry that state (HS-037, HS-047, HS-076)";
        case CHIMNEY_HOST_STACK_BEYOND_CAPABILITIES:
            return "the adapter offers no such offload, or has no room (HS-005, HS-006)";
        case CHIMNEY_HOST_STACK_WRONG_BINDING:
            return "the objects of one tree are offloaded on different bindings (IM-021)";
        case CHIMNEY_HOST_STACK_SEND_HALF_CLOSED:
            return "the sending half is closed (HS-063)";
        case CHIMNEY_HOST_STACK_NO_MEMORY:
            return "the host stack is out of memory";
        default:
            return "the host stack refuses with result " + std::to_string(result);
    }
}

HostStackClient::HostStackClient(machine::Machine& machine, ndis::Ndis& ndis, const Objects& objects,
                                 std::vector<std::string> adapters)
    : ndis_(ndis), objects_(objects), device_(machine, CHIMNEY_HOST_STACK_DEVICE), adapters_(std::move(adapters)) {}

void HostStackClient::named(const std::string& object, std::uint32_t number, std::uint64_t handle_address) {
    if (numbers_.emplace(object, number).second && handle_address != 0) {
        ndis_.name_handle(reinterpret_cast<PNDIS_OFFLOAD_HANDLE>(static_cast<std::uintptr_t>(handle_address)), object);
    }
}

Refusal HostStackClient::enable_tcp() {
    chimney_host_stack_tcp command{};
    if (!device_.send(IOCTL_CHIMNEY_HOST_STACK_ENABLE_TCP, command)) return "the host stack does not answer";
    return host_stack_refusal(command.command.result);
}

void HostStackClient::read_stream(StreamResult& stream) {
    chimney_host_stack_object command{};
    const auto number = numbers_.find(stream.connection);
    command.object = number == numbers_.end() ? 0 : number->second;
    if (!device_.send(IOCTL_CHIMNEY_HOST_STACK_QUERY_OBJECT, command) || command.command.result != CHIMNEY_HOST_STACK_DONE) return;
    stream.by_application = command.stream_received;
    stream.damaged += command.stream_damaged;
}

Refusal HostStackClient::create_objects() {
    for (const Neighbor& neighbor : objects_.neighbors) {
        if (Refusal refusal = set_neighbor(neighbor); !refusal.empty()) return neighbor.name + ": " + refusal;
    }
    for (const Path& path : objects_.paths) {
        if (Refusal refusal = set_path(path); !refusal.empty()) return path.name + ": " + refusal;
    }
    for (const Connection& connection : objects_.connections) {
        if (Refusal refusal = set_connection(connection); !refusal.empty()) return connection.name + ": " + refusal;
    }
    return {};
}

Refusal HostStackClient::set_neighbor(const Neighbor& neighbor) {
    chimney_host_stack_neighbor command{};
    if (const auto known = numbers_.find(neighbor.name); known != numbers_.end()) command.object = known->second;
    command.vlan_id = neighbor.VlanId;
    std::copy(neighbor.DlSourceAddress.begin(), neighbor.DlSourceAddress.end(), command.source_address);
    std::copy(neighbor.DlDestinationAddress.begin(), neighbor.DlDestinationAddress.end(), command.destination_address);
    command.host_reachability_delta = neighbor.HostReachabilityDelta;
    command.nic_reachability_delta = neighbor.HostReachabilityDelta;
    if (!device_.send(IOCTL_CHIMNEY_HOST_STACK_SET_NEIGHBOR, command)) return no_answer;
    if (command.command.result != CHIMNEY_HOST_STACK_DONE) return host_stack_refusal(command.command.result);
    named(neighbor.name, command.object, command.handle_address);
    return {};
}

Refusal HostStackClient::set_path(const Path& path) {
    chimney_host_stack_path command{};
    if (const auto known = numbers_.find(path.name); known != numbers_.end()) command.object = known->second;
    command.ip_version = path.ipv6 ? 6 : 4;
    std::copy(path.SourceAddress.begin(), path.SourceAddress.end(), command.source_address);
    std::copy(path.DestinationAddress.begin(), path.DestinationAddress.end(), command.destination_address);
    command.path_mtu = path.PathMtu;
    command.neighbor = numbers_.at(path.neighbor);
    if (!device_.send(IOCTL_CHIMNEY_HOST_STACK_SET_PATH, command)) return no_answer;
    if (command.command.result != CHIMNEY_HOST_STACK_DONE) return host_stack_refusal(command.command.result);
    named(path.name, command.object, command.handle_address);
    return {};
}

Refusal HostStackClient::set_connection(const Connection& connection) {
    chimney_host_stack_connection command{};
    if (const auto known = numbers_.find(connection.name); known != numbers_.end()) command.object = known->second;
    command.path = numbers_.at(connection.path);
    command.const_flags = static_cast<std::uint16_t>(connection.const_flags);
    command.remote_port = static_cast<std::uint16_t>(connection.RemotePort);
    command.local_port = static_cast<std::uint16_t>(connection.LocalPort);
    command.remote_mss = static_cast<std::uint16_t>(connection.RemoteMss);
    command.snd_wind_scale = static_cast<std::uint8_t>(connection.SndWindScale);
    command.rcv_wind_scale = static_cast<std::uint8_t>(connection.RcvWindScale);
    command.ka_probe_count = static_cast<std::uint8_t>(connection.KaProbeCount);
    command.user_priority = static_cast<std::uint8_t>(connection.UserPriority);
    command.hash_value = connection.HashValue;
    command.cached_flags = static_cast<std::uint16_t>(connection.cached_flags);
    command.ttl_or_hop_limit = static_cast<std::uint8_t>(connection.TtlOrHopLimit);
    command.tos_or_traffic_class = static_cast<std::uint8_t>(connection.TosOrTrafficClass);
    command.initial_rcv_wnd = connection.InitialRcvWnd;
    command.rcv_indication_size = connection.RcvIndicationSize;
    command.ka_timeout = connection.KaTimeout;
    command.ka_interval = connection.KaInterval;
    command.max_rt = connection.MaxRT;
    command.flow_label = connection.FlowLabel;
    command.state = connection.State;
    command.rcv_nxt = connection.RcvNxt;
    command.rcv_wnd = connection.RcvWnd;
    command.snd_una = connection.SndUna;
    command.snd_nxt = connection.SndNxt;
    command.snd_max = connection.SndMax;
    command.snd_wnd = connection.SndWnd;
    command.max_snd_wnd = connection.MaxSndWnd;
    command.send_wl1 = connection.SendWL1;
    command.cwnd = connection.CWnd;
    command.ss_thresh = connection.SsThresh;
    command.srtt = connection.SRtt;
    command.rtt_var = connection.RttVar;
    command.ts_recent = connection.TsRecent;
    command.ts_recent_age = connection.TsRecentAge;
    command.ts_time = connection.TsTime;
    command.total_rt = connection.TotalRT;
    command.dup_ack_count = connection.DupAckCount;
    command.snd_wnd_probe_count = connection.SndWndProbeCount;
    command.keep_alive_probe_count = connection.KeepAliveProbeCount;
    command.keep_alive_timeout_delta = connection.KeepAliveTimeoutDelta;
    command.retransmit_count = connection.RetransmitCount;
    command.retransmit_timeout_delta = connection.RetransmitTimeoutDelta;
    command.receive_backlog_size = connection.BufferedData;
    if (!device_.send(IOCTL_CHIMNEY_HOST_STACK_SET_CONNECTION, command)) return no_answer;
    if (command.command.result != CHIMNEY_HOST_STACK_DONE) return host_stack_refusal(command.command.result);
    named(connection.name, command.object, command.handle_address);
    return {};
}

Refusal HostStackClient::apply_changes(const std::vector<StateChange>& changes) {
    for (const StateChange& change : changes) {
        Refusal refusal;
        if (Neighbor* neighbor = find_named(objects_.neighbors, change.object)) {
            if (change.DlDestinationAddress) neighbor->DlDestinationAddress = *change.DlDestinationAddress;
            refusal = set_neighbor(*neighbor);
        } else if (Path* path = find_named(objects_.paths, change.object)) {
            for (const auto& [member, value] : change.numbers) path->PathMtu = value;
            refusal = set_path(*path);
        } else if (Connection* connection = find_named(objects_.connections, change.object)) {
            for (const auto& [member, value] : change.numbers) {
                for (const ChangeMember& known : change_members) {
                    if (known.name == member) connection->*known.member = value;
                }
            }
            refusal = set_connection(*connection);
        }
        if (!refusal.empty()) return change.object + ": " + refusal;
    }
    return {};
}

// Not offloaded, or about to be: an initiate of it again is for the host stack to refuse.
bool HostStackClient::in_host(std::uint32_t object) {
    chimney_host_stack_object command{};
    command.object = object;
    return device_.send(IOCTL_CHIMNEY_HOST_STACK_QUERY_OBJECT, command) &&
           (command.state == CHIMNEY_OBJECT_IN_HOST || command.state == CHIMNEY_OBJECT_OFFLOADING);
}

// A binding that was taken away and given back has another number.
std::uint32_t HostStackClient::binding_number(unsigned virtual_miniport) {
    if (virtual_miniport == 0 || virtual_miniport > adapters_.size()) return 0;
    constexpr std::uint32_t most = 4096;
    std::uint32_t open = 1;
    for (std::uint32_t number = 1, seen = 0; number < most && seen < open; ++number) {
        chimney_host_stack_binding command{};
        command.number = number;
        if (!device_.send(IOCTL_CHIMNEY_HOST_STACK_QUERY_BINDING, command)) return 0;
        if (command.command.result != CHIMNEY_HOST_STACK_DONE) continue;
        open = command.count;
        ++seen;
        if (adapters_[virtual_miniport - 1] == command.adapter_name) return number;
    }
    return 0;
}

Refusal HostStackClient::request(const Step& step) {
    chimney_host_stack_oid_request command{};
    command.binding = binding_number(step.virtual_miniport);
    command.oid = step.oid;
    command.set = step.value ? 1 : 0;
    command.value = step.value.value_or(0);
    if (!device_.send(IOCTL_CHIMNEY_HOST_STACK_REQUEST_OID, command)) return no_answer;
    return host_stack_refusal(command.command.result);
}

std::vector<chimney_host_stack_block> HostStackClient::blocks_of(const Step& step) {
    std::vector<chimney_host_stack_block> blocks(step.tree.blocks.size());
    std::vector<std::int32_t> last_child(blocks.size(), -1);  // of each block; where the next sibling is linked
    std::int32_t last_root = -1;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const StateTree::Block& from = step.tree.blocks[i];
        chimney_host_stack_block& block = blocks[i];
        block.kind = object_kind(from.layer);
        block.next = CHIMNEY_BLOCK_NONE;
        block.dependent = CHIMNEY_BLOCK_NONE;
        block.role = CHIMNEY_BLOCK_PLACEHOLDER;
        block.state_class = state_class(step.state);
        if (from.object.empty()) {
            block.state_class = CHIMNEY_STATE_NATURAL;
        } else {
            block.object = numbers_.at(from.object);
            const bool is_new = step.action == StepAction::initiate && in_host(block.object);
            block.role = is_new ? CHIMNEY_BLOCK_NEW : CHIMNEY_BLOCK_REFERENCE;
            // An update that names its changes carries state for these objects only; the other blocks link.
            const auto changed = [&](const StateChange& change) { return change.object == from.object; };
            if (step.action == StepAction::update && step.state == StateClass::natural && !step.changes.empty() &&
                std::none_of(step.changes.begin(), step.changes.end(), changed)) {
                block.state_class = CHIMNEY_STATE_ABSENT;
            }
            for (const SendData& data : step.send_data) {
                if (data.connection != from.object) continue;
                block.send_data_count = data.buffers;
                block.send_data_bytes = data.bytes;
            }
        }
        std::int32_t& before = from.parent < 0 ? last_root : last_child[static_cast<std::size_t>(from.parent)];
        if (before >= 0)
            blocks[static_cast<std::size_t>(before)].next = static_cast<std::uint32_t>(i);
        else if (from.parent >= 0)
            blocks[static_cast<std::size_t>(from.parent)].dependent = static_cast<std::uint32_t>(i);
        before = static_cast<std::int32_t>(i);
    }
    return blocks;
}

OperationResult HostStackClient::start_operation(const Step& step) {
    OperationResult result;
    result.step = step.name;
    result.kind = step.operation();
    result.tree = step.tree.to_text();
    StartedOperation started;
    started.blocks = blocks_of(step);
    for (std::size_t i = 0; i < started.blocks.size(); ++i) {
        const char* role = "placeholder";
        if (started.blocks[i].role == CHIMNEY_BLOCK_NEW)
            role = "new offload";
        else if (started.blocks[i].role == CHIMNEY_BLOCK_REFERENCE)
            role = step.action == StepAction::initiate ? "linker" : "reference";
        result.blocks.push_back({step.tree.blocks[i].object, role, 0});
    }

    std::vector<std::byte> buffer(CHIMNEY_HOST_STACK_OPERATION_SIZE(started.blocks.size()));
    auto* command = reinterpret_cast<chimney_host_stack_operation*>(buffer.data());
    command->command.size = static_cast<std::uint32_t>(buffer.size());
    command->kind = operation_number(result.kind);
    command->binding = binding_number(step.virtual_miniport);
    command->block_count = static_cast<std::uint32_t>(started.blocks.size());
    std::memcpy(command->blocks, started.blocks.data(), started.blocks.size() * sizeof(chimney_host_stack_block));
    if (!device_.send_bytes(IOCTL_CHIMNEY_HOST_STACK_START_OPERATION, buffer)) {
        result.refusal = no_answer;
    } else if (command->command.result != CHIMNEY_HOST_STACK_DONE) {
        result.refusal = host_stack_refusal(command->command.result);
        if (command->refused_block < step.tree.blocks.size()) {
            const std::string& object = step.tree.blocks[command->refused_block].object;
            result.refusal = (object.empty() ? "a placeholder" : object) + ": " + result.refusal;
        }
    } else {
        result.started = true;
        started.number = command->operation;
        started.result = operation_results_;
        operations_.push_back(std::move(started));
    }
    ++operation_results_;
    return result;
}

TransferResult HostStackClient::start_transfer(const Step& step) {
    TransferResult result;
    result.step = step.name;
    result.connection = step.object;
    result.buffers = step.data.buffers;
    chimney_host_stack_transfer command{};
    command.object = numbers_.at(step.object);
    command.count = step.data.buffers;
    command.bytes = step.data.bytes;
    command.without_context_room = step.context_room ? 0 : 1;
    switch (step.action) {
        case StepAction::receive:
            result.kind = "receive";
            command.kind = CHIMNEY_TRANSFER_RECEIVE;
            command.flags = step.push ? 0 : 1;
            command.again = step.again;
            break;
        case StepAction::disconnect:
            result.kind = "disconnect";
            command.kind = CHIMNEY_TRANSFER_DISCONNECT;
            command.flags = step.abortive ? 2 : 1;  // TCP_DISCONNECT_ABORTIVE_CLOSE, _GRACEFUL_CLOSE
            break;
        case StepAction::forward:
            result.kind = "forward";
            command.kind = CHIMNEY_TRANSFER_FORWARD;
            break;
        default:
            result.kind = "send";
            command.kind = CHIMNEY_TRANSFER_SEND;
            break;
    }
    if (!device_.send(IOCTL_CHIMNEY_HOST_STACK_START_TRANSFER, command)) {
        result.refusal = no_answer;
    } else if (command.command.result != CHIMNEY_HOST_STACK_DONE) {
        result.refusal = step.object + ": " + host_stack_refusal(command.command.result);
    } else {
        result.started = true;
        result.returned = static_cast<std::int32_t>(command.returned);
        transfers_.push_back({transfer_results_, command.transfer, false});
    }
    ++transfer_results_;
    return result;
}

Refusal HostStackClient::set_receive_answer(const Step& step) {
    chimney_host_stack_receive_answer command{};
    command.object = numbers_.at(step.object);
    switch (step.answer) {
        case ReceiveAnswer::accept_and_return:
            command.answer = CHIMNEY_RECEIVE_ACCEPT_AND_RETURN;
            break;
        case ReceiveAnswer::accept_and_hold:
            command.answer = CHIMNEY_RECEIVE_ACCEPT_AND_HOLD;
            break;
        case ReceiveAnswer::refuse:
            command.answer = CHIMNEY_RECEIVE_REFUSE;
            break;
        case ReceiveAnswer::accept_part:
            command.answer = CHIMNEY_RECEIVE_ACCEPT_PART;
            break;
        case ReceiveAnswer::return_inside:
            command.answer = CHIMNEY_RECEIVE_RETURN_INSIDE;
            break;
    }
    command.bytes = step.answer_bytes;
    if (!device_.send(IOCTL_CHIMNEY_HOST_STACK_SET_RECEIVE_ANSWER, command)) return no_answer;
    return host_stack_refusal(command.command.result);
}

Refusal HostStackClient::return_received(const std::string& connection) {
    chimney_host_stack_object command{};
    command.object = numbers_.at(connection);
    if (!device_.send(IOCTL_CHIMNEY_HOST_STACK_RETURN_RECEIVED, command)) return no_answer;
    return host_stack_refusal(command.command.result);
}

void HostStackClient::update(std::vector<OperationResult>& operations, std::vector<TransferResult>& transfers) {
    for (StartedOperation& started : operations_) {
        if (started.finished) continue;
        std::vector<std::byte> buffer(CHIMNEY_HOST_STACK_OPERATION_SIZE(started.blocks.size()));
        auto* command = reinterpret_cast<chimney_host_stack_operation*>(buffer.data());
        command->command.size = static_cast<std::uint32_t>(buffer.size());
        command->operation = started.number;
        command->block_count = static_cast<std::uint32_t>(started.blocks.size());
        command->forget = 1;
        if (!device_.send_bytes(IOCTL_CHIMNEY_HOST_STACK_QUERY_OPERATION, buffer)) continue;
        if (command->command.result != CHIMNEY_HOST_STACK_DONE || command->finished == 0) continue;
        started.finished = true;
        OperationResult& result = operations[started.result];
        result.finished = true;
        result.completed_inside_call = command->completed_inside_call != 0;
        result.finish_order = command->finish_order;
        for (std::size_t i = 0; i < result.blocks.size(); ++i) {
            result.blocks[i].status = static_cast<std::int32_t>(command->blocks[i].status);
        }
    }
    for (StartedTransfer& started : transfers_) {
        if (started.finished) continue;
        chimney_host_stack_transfer command{};
        command.transfer = started.number;
        command.forget = 1;
        if (!device_.send(IOCTL_CHIMNEY_HOST_STACK_QUERY_TRANSFER, command)) continue;
        if (command.command.result != CHIMNEY_HOST_STACK_DONE) continue;
        TransferResult& result = transfers[started.result];
        result.completed = command.completed;
        result.last_status =
            static_cast<std::int32_t>(command.first_failure ? command.first_failure : command.last_status);
        result.bytes_transferred = command.bytes_transferred;
        started.finished = command.completed >= result.buffers;
    }
}

HostStackClient::Identity HostStackClient::identity(const std::string& object) const {
    Identity identity;
    if (const Neighbor* neighbor = objects_.neighbor(object)) {
        identity.kind = CHIMNEY_OBJECT_NEIGHBOR;
        identity.bytes.assign(neighbor->DlDestinationAddress.begin(), neighbor->DlDestinationAddress.end());
    } else if (const Path* path = objects_.path(object)) {
        identity.kind = CHIMNEY_OBJECT_PATH;
        identity.bytes.assign(path->DestinationAddress.begin(),
                              path->DestinationAddress.begin() + (path->ipv6 ? 16 : 4));
    } else if (const Connection* connection = objects_.connection(object)) {
        identity.kind = CHIMNEY_OBJECT_CONNECTION;
        for (const std::uint32_t port : {connection->LocalPort, connection->RemotePort}) {
            identity.bytes.push_back(static_cast<std::uint8_t>(port >> 8));
            identity.bytes.push_back(static_cast<std::uint8_t>(port));
        }
    }
    return identity;
}

}  // namespace chimneylab::scenario
