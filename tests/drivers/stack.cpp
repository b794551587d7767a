// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/drivers/stack.h"

#include <algorithm>
#include <cstring>

#include "engine/host_stack/host_stack_driver.h"
#include "engine/intermediate_driver/reference_driver.h"
#include "engine/offload_target/offload_target_driver.h"

namespace chimneylab::test {

namespace {

constexpr const char* physical_adapter = "\\DEVICE\\{adapter-0}";

void flatten(const std::vector<Node>& siblings, std::vector<chimney_host_stack_block>& blocks) {
    std::uint32_t previous = CHIMNEY_BLOCK_NONE;
    for (const Node& node : siblings) {
        const auto index = static_cast<std::uint32_t>(blocks.size());
        chimney_host_stack_block block{};
        block.role = node.role;
        block.kind = node.kind;
        block.object = node.object;
        block.state_class = node.state_class;
        block.next = CHIMNEY_BLOCK_NONE;
        block.dependent = CHIMNEY_BLOCK_NONE;
        block.send_data_count = node.send_lists;
        block.send_data_bytes = node.send_bytes;
        if (previous != CHIMNEY_BLOCK_NONE) blocks[previous].next = index;
        blocks.push_back(block);
        if (!node.dependents.empty()) {
            blocks[index].dependent = index + 1;
            flatten(node.dependents, blocks);
        }
        previous = index;
    }
}

}  // namespace

Node placeholder(std::uint32_t kind, std::vector<Node> dependents) {
    Node node;
    node.kind = kind;
    node.dependents = std::move(dependents);
    return node;
}

Node reference(std::uint32_t kind, std::uint32_t object, std::vector<Node> dependents) {
    Node node = placeholder(kind, std::move(dependents));
    node.role = CHIMNEY_BLOCK_REFERENCE;
    node.object = object;
    return node;
}

Node fresh(std::uint32_t kind, std::uint32_t object, std::vector<Node> dependents) {
    Node node = reference(kind, object, std::move(dependents));
    node.role = CHIMNEY_BLOCK_NEW;
    return node;
}

Stack::Stack(const StackOptions& options) : options_(options) {
    machine::MachineOptions machine_options;
    machine_options.mode = options.mode;
    machine_options.schedule = options.schedule;
    machine_ = std::make_unique<machine::Machine>(machine_options);
    machine_->set_order_in_force(false);
    machine_->add_layer(trace::LayerRole::host_stack, "host stack", "chimneylab");
    for (unsigned i = 1; i <= options.intermediate_drivers; ++i)
        machine_->add_layer(trace::LayerRole::intermediate_driver, "IM " + std::to_string(i), "reference");
    machine_->add_layer(trace::LayerRole::offload_target, "offload target", "chimneylab");
    ndis_ = std::make_unique<ndis::Ndis>(*machine_);
    if (options.boot_fault) machine_->pool().faults().fail_nth(options.boot_fault->nth, {std::nullopt, options.boot_fault->layer});
    booted_ = boot();
    machine_->set_order_in_force(true);
}

Stack::~Stack() { ndis_.reset(); }

bool Stack::boot() {
    const auto load = [this](machine::LayerIndex layer, const char* name, PDRIVER_INITIALIZE entry) {
        ndis::DriverDescription driver;
        driver.layer = layer;
        driver.name = name;
        driver.entry = entry;
        return ndis_->load_driver(driver) == STATUS_SUCCESS;
    };
    if (!load(target_layer(), "target", ChimneyOffloadTargetDriverEntry)) return false;
    if (ndis_->add_physical_adapter(target_layer(), physical_adapter) != NDIS_STATUS_SUCCESS) return false;
    std::vector<std::string> below{physical_adapter};
    for (unsigned floor = options_.intermediate_drivers; floor >= 1; --floor) {
        std::vector<std::string> names;
        for (unsigned number = 1; number <= (floor == 1 ? options_.virtual_miniports : 1u); ++number)
            names.push_back("\\DEVICE\\{im" + std::to_string(floor) + "-" + std::to_string(number) + "}");
        machine_->configuration().set_multi_text("protocol\\ChimneyReferenceIntermediate\\adapter\\" + below.front(),
                                                 "UpperBindings", names);
        const auto layer = static_cast<machine::LayerIndex>(floor);
        if (!load(layer, ("im" + std::to_string(floor)).c_str(), ChimneyReferenceIntermediateDriverEntry)) return false;
        if (!ndis_->bind(layer, below.front())) return false;
        below = ndis_->virtual_adapters(layer);
        if (below.size() != names.size()) return false;
    }
    if (!load(0, "host", ChimneyHostStackDriverEntry)) return false;
    for (const std::string& adapter : below)
        if (!ndis_->bind(0, adapter)) return false;
    ndis_->restart_stack();
    return true;
}

bool Stack::control(const char* device, std::uint32_t code, void* command, std::size_t size) {
    const std::span<const std::byte> input{static_cast<const std::byte*>(command), size};
    const machine::DeviceResult result = machine_->devices().control_once(device, code, input, size);
    if (result.status != 0 || !result.completed) return false;
    std::memcpy(command, result.output.data(), std::min(size, result.output.size()));
    return true;
}

std::uint32_t Stack::neighbor() {
    chimney_host_stack_neighbor command{};
    const auto number = static_cast<std::uint8_t>(++made_);
    const std::uint8_t address[6] = {0x02, 0x11, 0x22, 0x33, 0x44, number};
    std::memcpy(command.destination_address, address, sizeof address);
    command.host_reachability_delta = command.nic_reachability_delta = 40000; // stale: the target may ask
    if (!host(IOCTL_CHIMNEY_HOST_STACK_SET_NEIGHBOR, command)) return 0;
    last_result_ = command.command.result;
    return command.object;
}

std::uint32_t Stack::path(std::uint32_t neighbor, unsigned ip_version) {
    chimney_host_stack_path command{};
    command.ip_version = ip_version;
    command.path_mtu = 1500;
    command.neighbor = neighbor;
    const auto number = static_cast<std::uint8_t>(++made_);
    const std::uint8_t local[4] = {192, 168, 0, 1}, remote[4] = {10, 0, 1, number};
    std::memcpy(command.source_address, local, 4);
    std::memcpy(command.destination_address + (ip_version == 6 ? 12 : 0), remote, 4);
    if (!host(IOCTL_CHIMNEY_HOST_STACK_SET_PATH, command)) return 0;
    last_result_ = command.command.result;
    return command.object;
}

std::uint32_t Stack::connection(std::uint32_t path, std::uint32_t buffered) {
    chimney_host_stack_connection command{};
    command.path = path;
    command.const_flags = 2;
    command.remote_port = 80;
    command.local_port = static_cast<std::uint16_t>(40000 + ++made_);
    command.remote_mss = 1460;
    command.initial_rcv_wnd = 65535;
    command.state = 4;
    command.rcv_nxt = 5000;
    command.rcv_wnd = 65535;
    command.snd_una = command.snd_nxt = command.snd_max = 1000;
    command.snd_wnd = command.max_snd_wnd = 65535;
    command.cwnd = 14600;
    command.ss_thresh = 65535;
    command.srtt = 800;
    command.rtt_var = 200;
    command.keep_alive_timeout_delta = command.retransmit_timeout_delta = 0xFFFFFFFF;
    command.receive_backlog_size = buffered;
    if (!host(IOCTL_CHIMNEY_HOST_STACK_SET_CONNECTION, command)) return 0;
    last_result_ = command.command.result;
    return command.object;
}

chimney_host_stack_object Stack::object(std::uint32_t number) {
    chimney_host_stack_object command{};
    command.object = number;
    host(IOCTL_CHIMNEY_HOST_STACK_QUERY_OBJECT, command);
    return command;
}

std::uint32_t Stack::start(std::uint32_t kind, const Tree& tree, std::uint32_t binding, bool without_context_room) {
    std::vector<chimney_host_stack_block> blocks;
    flatten(tree, blocks);
    std::vector<std::byte> buffer(CHIMNEY_HOST_STACK_OPERATION_SIZE(blocks.size()));
    chimney_host_stack_operation header{};
    header.command.size = static_cast<std::uint32_t>(buffer.size());
    header.kind = kind;
    header.binding = binding;
    header.without_context_room = without_context_room;
    header.block_count = static_cast<std::uint32_t>(blocks.size());
    std::memcpy(buffer.data(), &header, sizeof header);
    if (!blocks.empty())
        std::memcpy(buffer.data() + offsetof(chimney_host_stack_operation, blocks), blocks.data(),
                    blocks.size() * sizeof blocks[0]);
    if (!control(CHIMNEY_HOST_STACK_DEVICE, IOCTL_CHIMNEY_HOST_STACK_START_OPERATION, buffer.data(), buffer.size())) return 0;
    std::memcpy(&header, buffer.data(), sizeof header);
    last_result_ = header.command.result;
    refused_block_ = header.refused_block;
    return header.operation;
}

OperationResult Stack::result(std::uint32_t operation) {
    constexpr std::uint32_t room = 512;
    std::vector<std::byte> buffer(CHIMNEY_HOST_STACK_OPERATION_SIZE(room));
    chimney_host_stack_operation header{};
    header.command.size = static_cast<std::uint32_t>(buffer.size());
    header.operation = operation;
    header.block_count = room;
    header.forget = 1;
    std::memcpy(buffer.data(), &header, sizeof header);
    OperationResult result;
    if (!control(CHIMNEY_HOST_STACK_DEVICE, IOCTL_CHIMNEY_HOST_STACK_QUERY_OPERATION, buffer.data(), buffer.size()))
        return result;
    std::memcpy(&header, buffer.data(), sizeof header);
    result.known = header.command.result == CHIMNEY_HOST_STACK_DONE;
    if (!result.known) return result;
    result.finished = header.finished;
    result.inside_call = header.completed_inside_call;
    result.untouched = header.root_untouched;
    result.order = header.finish_order;
    for (std::uint32_t i = 0; i < header.block_count && i < room; ++i) {
        chimney_host_stack_block block;
        std::memcpy(&block, buffer.data() + offsetof(chimney_host_stack_operation, blocks) + i * sizeof block, sizeof block);
        result.blocks.push_back({block.status, block.returned_count, block.offload_context});
    }
    return result;
}

OperationResult Stack::carry_out(std::uint32_t kind, const Tree& tree, std::uint32_t binding) {
    const std::uint32_t operation = start(kind, tree, binding);
    if (operation == 0) return {};
    run();
    return result(operation);
}

chimney_target_timing Stack::timing() {
    chimney_target_timing command{};
    target(IOCTL_CHIMNEY_TARGET_QUERY_TIMING, command);
    return command;
}

void Stack::complete_by(std::uint32_t completion) {
    chimney_target_timing command = timing();
    for (std::uint32_t& kind : command.completion) kind = completion;
    target(IOCTL_CHIMNEY_TARGET_SET_TIMING, command);
}

chimney_target_adapter Stack::target_state() {
    chimney_target_adapter command{};
    target(IOCTL_CHIMNEY_TARGET_QUERY_ADAPTER, command);
    return command;
}

void Stack::shut_down() {
    machine_->set_order_in_force(false);
    ndis_->unload_everything();
    machine_->finish();
}

std::string Stack::findings() const {
    std::string text;
    for (const machine::Finding& finding : machine_->findings())
        text += std::string(machine::to_text(finding.kind)) + ": " + finding.explanation + "\n";
    return text;
}

}  // namespace chimneylab::test
