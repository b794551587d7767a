// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/ndis/rig.h"

#include <algorithm>
#include <cstring>

namespace chimneylab::ndis::test {

Rig::Rig(std::size_t intermediate_drivers, machine::MachineOptions options, NdisOptions ndis_options) : machine(options) {
    machine.attach(*this);
    machine.add_layer(trace::LayerRole::host_stack, "host stack", "test");
    for (std::size_t i = 1; i <= intermediate_drivers; ++i)
        machine.add_layer(trace::LayerRole::intermediate_driver, "IM " + std::to_string(i), "test");
    machine.add_layer(trace::LayerRole::offload_target, "offload target", "test");
    for (std::size_t i = 0; i < intermediate_drivers + 2; ++i) {
        auto& driver = *drivers_.emplace_back(std::make_unique<DriverState>());
        driver.rig = this;
        driver.layer = static_cast<LayerIndex>(i);
        driver.habits.protocol = i < intermediate_drivers + 1;
        driver.habits.miniport = i > 0;
    }
    ndis = std::make_unique<Ndis>(machine, ndis_options);
}

Rig::~Rig() = default;

Rig& Rig::current() { return *machine::Machine::current()->attachment<Rig>(); }

std::string Rig::virtual_name(LayerIndex layer, unsigned number) const {
    return "\\DEVICE\\{im" + std::to_string(layer) + "-" + std::to_string(number) + "}";
}

bool Rig::load(LayerIndex layer) {
    return ndis->load_driver({layer, "test-" + std::to_string(layer), rig_driver_entry, ""}) == STATUS_SUCCESS;
}

bool Rig::boot() {
    if (!load(target_layer()) || ndis->add_physical_adapter(target_layer(), physical_adapter) != NDIS_STATUS_SUCCESS) return false;
    std::vector<std::string> below{physical_adapter};
    for (auto layer = static_cast<LayerIndex>(target_layer() - 1); layer > 0; --layer) {
        if (!load(layer) || !ndis->bind(layer, below.front())) return false;
        below = ndis->virtual_adapters(layer);
        if (below.empty()) return false;
    }
    if (!load(0)) return false;
    for (const std::string& name : below) {
        if (!ndis->bind(0, name)) return false;
    }
    return true;
}

void Rig::as(LayerIndex layer, const std::function<void()>& run) {
    machine::CallDetails details;
    details.caller = trace::machine_layer;
    machine::DriverCall call(machine, layer, "test", details);
    run();
}

Rig::Object* Rig::object(UCHAR type, const char* name) {
    Object& made = objects_.emplace_back();
    made.type = type;
    as(0, [&] {
        made.handle = static_cast<PNDIS_OFFLOAD_HANDLE>(ExAllocatePoolWithTag(NonPagedPool, sizeof(NDIS_OFFLOAD_HANDLE), 'H'));
        std::memset(made.handle, 0, sizeof(*made.handle));
    });
    if (name) ndis->name_handle(made.handle, name);
    return &made;
}

PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST Rig::block(Object* object, UCHAR type, bool with_state) {
    if (type == 0 && object) type = object->type;
    PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST made = nullptr;
    as(0, [&] {
        made = static_cast<PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>(
            ExAllocatePoolWithTag(NonPagedPool, with_state ? ChimneylabBlockAndStateSize(type) : sizeof(*made), block_tag));
        std::memset(made, 0, sizeof(*made));
        made->Header = {type, 1, sizeof(*made)};
        made->OffloadHandle = object ? object->handle : nullptr;
        if (with_state) ChimneylabInitializeFollowingState(made);
    });
    return made;
}

void Rig::start(CHIMNEY_OPERATION operation, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root, std::size_t binding) {
    as(0, [&] {
        inside_host_call = true;
        go_down(operation, host().bindings.at(binding)->handle, root);
        inside_host_call = false;
    });
}

void Rig::free(PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root) {
    as(0, [&] { walk(root, [](NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST& each) { ExFreePoolWithTag(&each, block_tag); }); });
}

bool Rig::do_operation(CHIMNEY_OPERATION operation, PNDIS_PROTOCOL_OFFLOAD_BLOCK_LIST root, std::size_t binding) {
    const std::size_t before = completed.size();
    start(operation, root, binding);
    run();
    return completed.size() == before + 1;
}

void Rig::note(LayerIndex layer, const std::string& what) { log.push_back(machine.layer_name(layer) + ": " + what); }

std::vector<std::string> Rig::calls_of(LayerIndex layer) const {
    std::vector<std::string> result;
    const std::string prefix = machine.layer_name(layer) + ": ";
    for (const std::string& line : log) {
        if (line.starts_with(prefix)) result.push_back(line.substr(prefix.size()));
    }
    return result;
}

std::vector<const trace::Event*> Rig::events(trace::EventKind kind) const {
    std::vector<const trace::Event*> result;
    for (const trace::Event& event : const_cast<machine::Machine&>(machine).recorder().trace().events()) {
        if (event.kind == kind) result.push_back(&event);
    }
    return result;
}

std::string Rig::text(const trace::Event& event) const {
    return std::string(const_cast<machine::Machine&>(machine).recorder().trace().text(event.name));
}

std::size_t Rig::findings(machine::FindingKind kind) const {
    return static_cast<std::size_t>(std::ranges::count(machine.findings(), kind, &machine::Finding::kind));
}

std::string Rig::all_findings() const {
    std::string result;
    for (const machine::Finding& finding : machine.findings()) result += std::string(machine::to_text(finding.kind)) + ": " + finding.explanation + "\n";
    return result;
}

void Rig::finish_held(std::size_t index) {
    const auto [operation, root] = held.at(index);
    held.erase(held.begin() + static_cast<std::ptrdiff_t>(index));
    as(target_layer(), [&, operation = operation, root = root] { complete_upward(target(), operation, target_adapter, root); });
}

void later(DriverState& driver, const char* label, std::function<void()> run) {
    Rig* rig = driver.rig;
    machine::WorkRequest work;
    work.label = label;
    work.layer = driver.layer;
    work.run = [rig, layer = driver.layer, label, run = std::move(run)] {
        machine::DriverCall call(rig->machine, layer, label);
        run();
    };
    rig->machine.queue_work(std::move(work));
}

}  // namespace chimneylab::ndis::test
