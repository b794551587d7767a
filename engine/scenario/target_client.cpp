// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/scenario/target_client.h"

#include <algorithm>

namespace chimneylab::scenario {

namespace {

constexpr const char* no_answer = "the offload target does not answer";

Refusal refusal_of(std::uint32_t result) {
    switch (result) {
        case CHIMNEY_TARGET_DONE:
            return {};
        case CHIMNEY_TARGET_NO_SUCH_ADAPTER:
            return "the offload target has no such adapter";
        case CHIMNEY_TARGET_NO_SUCH_OBJECT:
            return "the object is not offloaded at the target";
        case CHIMNEY_TARGET_WRONG_OBJECT_KIND:
            return "the object is of the wrong kind";
        case CHIMNEY_TARGET_BAD_VALUE:
            return "a value is outside its documented range";
        case CHIMNEY_TARGET_NOTHING_HELD:
            return "the target holds no operation";
        case CHIMNEY_TARGET_NOT_NOW:
            return "the object's initiate has not completed, its terminate has begun (IM-071, IM-072), or the neighbor has been heard of within "
                   "NceStaleTicks (OT-104)";
        case CHIMNEY_TARGET_NO_MEMORY:
            return "the offload target is out of memory";
        default:
            return "the offload target refuses with result " + std::to_string(result);
    }
}

std::uint32_t completion_number(CompletionMode mode) {
    switch (mode) {
        case CompletionMode::delayed:
            return CHIMNEY_TARGET_DELAYED;
        case CompletionMode::synchronous:
            return CHIMNEY_TARGET_SYNCHRONOUS;
        case CompletionMode::reordered:
            return CHIMNEY_TARGET_REORDERED;
        case CompletionMode::held:
            return CHIMNEY_TARGET_HELD;
    }
    return CHIMNEY_TARGET_DELAYED;
}

std::uint32_t nanoseconds(Nanoseconds time) {
    return static_cast<std::uint32_t>(std::min<Nanoseconds>(time, 0xFFFFFFFF));
}

template <typename Command>
void put_identity(Command& command, const HostStackClient::Identity& identity) {
    command.identity_length = static_cast<std::uint32_t>(identity.bytes.size());
    std::copy(identity.bytes.begin(), identity.bytes.end(), command.identity);
}

}  // namespace

TargetClient::TargetClient(machine::Machine& machine, const HostStackClient& objects)
    : objects_(objects), device_(machine, CHIMNEY_TARGET_DEVICE) {}

Refusal TargetClient::set_capacities(const Capacities& capacities) {
    chimney_target_capacity command{};
    if (!device_.send(IOCTL_CHIMNEY_TARGET_QUERY_CAPACITY, command)) return no_answer;
    command.neighbors = capacities.neighbors;
    command.paths = capacities.paths;
    command.connections = capacities.connections;
    command.source_hardware_addresses = capacities.source_hardware_addresses;
    command.source_ip_addresses = capacities.source_ip_addresses;
    command.vlan_entries = capacities.vlan_entries;
    command.maximum_receive_window = capacities.maximum_receive_window;
    command.transmit_buffer_bytes = capacities.transmit_buffer_bytes;
    command.receive_buffer_bytes = capacities.receive_buffer_bytes;
    command.host_memory_objects = capacities.host_memory_objects;
    command.interface_vlan_count = capacities.interface_vlan_id != 0 ? 1 : 0;
    command.interface_vlan_ids[0] = capacities.interface_vlan_id;
    if (!device_.send(IOCTL_CHIMNEY_TARGET_SET_CAPACITY, command)) return no_answer;
    return refusal_of(command.command.result);
}

Refusal TargetClient::attach_wire(chimney_target_wire& wire) {
    if (!device_.send(IOCTL_CHIMNEY_TARGET_ATTACH_WIRE, wire)) return no_answer;
    return refusal_of(wire.command.result);
}

Refusal TargetClient::apply(const TargetSettings& settings) {
    const bool timing = settings.completion || settings.per_operation || settings.per_block ||
                        settings.send_acknowledged || settings.indication || settings.hold_sends ||
                        settings.return_send_data;
    if (timing) {
        chimney_target_timing command{};
        if (!device_.send(IOCTL_CHIMNEY_TARGET_QUERY_TIMING, command)) return no_answer;
        for (int kind = CHIMNEY_OPERATION_INITIATE; kind <= CHIMNEY_OPERATION_TERMINATE; ++kind) {
            if (settings.completion) command.completion[kind] = completion_number(*settings.completion);
            if (settings.per_operation) command.operation_ns[kind] = nanoseconds(*settings.per_operation);
            if (settings.per_block) command.block_ns[kind] = nanoseconds(*settings.per_block);
        }
        if (settings.send_acknowledged) command.send_ns = nanoseconds(*settings.send_acknowledged);
        if (settings.indication) command.indication_ns = nanoseconds(*settings.indication);
        if (settings.hold_sends) command.hold_sends = *settings.hold_sends ? 1 : 0;
        if (settings.return_send_data) command.return_send_data = *settings.return_send_data ? 1 : 0;
        if (!device_.send(IOCTL_CHIMNEY_TARGET_SET_TIMING, command)) return no_answer;
        if (Refusal refusal = refusal_of(command.command.result); !refusal.empty()) return refusal;
    }
    for (const TargetFailure& failure : settings.failures) {
        if (Refusal refusal = add_failure(failure); !refusal.empty()) return refusal;
    }
    return {};
}

Refusal TargetClient::add_failure(const TargetFailure& failure) {
    chimney_target_failure command{};
    command.operation_kind = static_cast<std::uint32_t>(failure.operation);  // both number the five from 1
    command.nth_operation = failure.occurrence == 0 ? CHIMNEY_TARGET_ANY : failure.occurrence;
    command.block_index = CHIMNEY_TARGET_ANY;
    command.status = static_cast<std::uint32_t>(failure.status);
    command.times = failure.occurrence == 0 ? CHIMNEY_TARGET_ANY : 1;
    if (!failure.object.empty()) {
        const HostStackClient::Identity identity = objects_.identity(failure.object);
        command.object_kind = identity.kind;
        put_identity(command, identity);
    }
    if (!device_.send(IOCTL_CHIMNEY_TARGET_ADD_FAILURE, command)) return no_answer;
    return refusal_of(command.command.result);
}

Refusal TargetClient::add_completion_order(const Fault& fault) {
    chimney_target_completion_order command{};
    command.operation_kind = static_cast<std::uint32_t>(fault.operation);  // both number the five from 1
    command.nth_operation = fault.occurrence == 0 ? CHIMNEY_TARGET_ANY : fault.occurrence;
    switch (fault.kind) {
        case FaultKind::completion_early:
            command.completion = CHIMNEY_TARGET_SYNCHRONOUS;
            break;
        case FaultKind::completion_reordered:
            command.completion = CHIMNEY_TARGET_REORDERED;
            break;
        default:
            command.completion = CHIMNEY_TARGET_DELAYED;
            command.additional_ns = nanoseconds(fault.delay);
            break;
    }
    if (!device_.send(IOCTL_CHIMNEY_TARGET_ADD_COMPLETION_ORDER, command)) return no_answer;
    return refusal_of(command.command.result);
}

Refusal TargetClient::clear_failures() {
    chimney_target_adapter command{};
    if (!device_.send(IOCTL_CHIMNEY_TARGET_CLEAR_FAILURES, command)) return no_answer;
    return refusal_of(command.command.result);
}

Refusal TargetClient::fail_block_once(OperationKind operation, std::uint32_t block, std::int32_t status) {
    chimney_target_failure command{};
    command.operation_kind = static_cast<std::uint32_t>(operation);
    command.nth_operation = CHIMNEY_TARGET_ANY;
    command.block_index = block;
    command.status = static_cast<std::uint32_t>(status);
    command.times = 1;
    if (!device_.send(IOCTL_CHIMNEY_TARGET_ADD_FAILURE, command)) return no_answer;
    return refusal_of(command.command.result);
}

Refusal TargetClient::indicate_event(const Step& step) {
    chimney_target_event command{};
    const HostStackClient::Identity identity = objects_.identity(step.object);
    command.object_kind = identity.kind;
    put_identity(command, identity);
    command.event_type = step.event;
    command.information = step.information;
    if (!device_.send(IOCTL_CHIMNEY_TARGET_INDICATE_EVENT, command)) return no_answer;
    return refusal_of(command.command.result);
}

Refusal TargetClient::data_arrives(const Step& step) {
    chimney_target_receive command{};
    put_identity(command, objects_.identity(step.object));
    command.bytes = step.data.bytes;
    command.push = step.push ? 1 : 0;
    if (!device_.send(IOCTL_CHIMNEY_TARGET_INDICATE_RECEIVE, command)) return no_answer;
    return refusal_of(command.command.result);
}

Refusal TargetClient::indicate_status(const Step& step) {
    chimney_target_status command{};
    command.status = static_cast<std::uint32_t>(step.status);
    command.without_capabilities = step.with_capabilities ? 0 : 1;
    if (!device_.send(IOCTL_CHIMNEY_TARGET_INDICATE_STATUS, command)) return no_answer;
    return refusal_of(command.command.result);
}

Refusal TargetClient::set_link(bool connected) {
    chimney_target_link command{};
    command.connected = connected ? 1 : 0;
    if (!device_.send(IOCTL_CHIMNEY_TARGET_SET_LINK, command)) return no_answer;
    return refusal_of(command.command.result);
}

Refusal TargetClient::release(const Step& step, const void*& root) {
    root = nullptr;
    chimney_target_held command{};
    command.position = step.youngest ? CHIMNEY_TARGET_ANY : step.position;
    if (!device_.send(IOCTL_CHIMNEY_TARGET_COMPLETE_HELD, command)) return no_answer;
    root = reinterpret_cast<const void*>(static_cast<std::uintptr_t>(command.root));
    return refusal_of(command.command.result);
}

}  // namespace chimneylab::scenario
