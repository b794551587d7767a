// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/ndis/ndis.h"

#include "engine/machine/unicode.h"
#include "engine/ndis/driver_call.h"
#include "engine/ndis/observation/observer.h"
#include "engine/ndis/system.h"

namespace chimneylab::ndis {

using machine::FindingKind;
using machine::MachineScope;

Ndis::Ndis(machine::Machine& machine, NdisOptions options) : system_(std::make_unique<System>(machine, options)) {}

Ndis::~Ndis() = default;

NTSTATUS Ndis::load_driver(const DriverDescription& description) {
    MachineScope scope(system_->machine(), trace::ndis_layer);
    return system_->load(description);
}

NDIS_STATUS Ndis::add_physical_adapter(LayerIndex target, std::string_view device_name) {
    machine::Machine& machine = system_->machine();
    MachineScope scope(machine, trace::ndis_layer);
    LoadedDriver* driver = system_->driver_of(target);
    if (driver == nullptr || driver->miniport == nullptr || system_->find_adapter(device_name)) {
        machine.finding(FindingKind::driver_refused,
                        "there is no miniport driver at " + system_->who(target) + " for the adapter " + std::string(device_name) +
                            ", or an adapter of that name exists");
        return NDIS_STATUS_FAILURE;
    }
    return system_->initialize(system_->create_adapter(*driver->miniport, machine::to_utf16(device_name)));
}

bool Ndis::bind(LayerIndex protocol, std::string_view adapter) {
    machine::Machine& machine = system_->machine();
    MachineScope scope(machine, trace::ndis_layer);
    system_->want(protocol, adapter, true);
    LoadedDriver* driver = system_->driver_of(protocol);
    if (driver == nullptr && system_->options().offer_adapters_early) return false;  // bound when it registers
    Adapter* found = system_->find_adapter(adapter);
    if (driver == nullptr || driver->protocol == nullptr || found == nullptr) {
        machine.finding(FindingKind::driver_refused, system_->who(protocol) + " cannot be bound to " + std::string(adapter) + ": " +
                                                         (found ? "it has no protocol edge" : "there is no such adapter"));
        return false;
    }
    const bool bound = system_->bind(*driver->protocol, *found);
    for (std::size_t i = 0; i < driver->further_protocols.size(); ++i) system_->bind(*driver->further_protocols[i], *found);
    return bound;
}

std::vector<std::string> Ndis::virtual_adapters(LayerIndex im) const {
    std::vector<std::string> names;
    for (const auto& adapter : system_->adapters()) {
        if (adapter->alive && adapter->is_virtual && adapter->driver->layer == im && adapter->state != AdapterState::halted)
            names.push_back(adapter->name);
    }
    return names;
}

void Ndis::restart_stack() {
    MachineScope scope(system_->machine(), trace::ndis_layer);
    system_->restart_everything();
}

void Ndis::pause(std::string_view adapter) {
    MachineScope scope(system_->machine(), trace::ndis_layer);
    if (Adapter* found = system_->find_adapter(adapter)) system_->pause(*found, NDIS_PAUSE_NDIS_INTERNAL);
}

bool Ndis::restart(std::string_view adapter) {
    MachineScope scope(system_->machine(), trace::ndis_layer);
    Adapter* found = system_->find_adapter(adapter);
    return found && system_->restart(*found);
}

std::string Ndis::protocol_name(LayerIndex layer) const {
    const LoadedDriver* driver = system_->driver_of(layer);
    return driver && driver->protocol ? machine::to_utf8(driver->protocol->name) : std::string();
}

bool Ndis::unbind(LayerIndex protocol, std::string_view adapter) {
    MachineScope scope(system_->machine(), trace::ndis_layer);
    system_->want(protocol, adapter, false);
    LoadedDriver* driver = system_->driver_of(protocol);
    Adapter* found = system_->find_adapter(adapter);
    Binding* binding = driver && driver->protocol && found ? system_->find_binding(*driver->protocol, *found) : nullptr;
    if (binding == nullptr) return false;
    system_->unbind(*binding, true);
    return binding->state == BindingState::unbound;
}

void Ndis::halt(std::string_view adapter) {
    MachineScope scope(system_->machine(), trace::ndis_layer);
    if (Adapter* found = system_->find_adapter(adapter)) system_->halt(*found, NdisHaltDeviceDisabled);
}

NDIS_STATUS Ndis::set_power(std::string_view adapter, bool on) {
    MachineScope scope(system_->machine(), trace::ndis_layer);
    Adapter* found = system_->find_adapter(adapter);
    return found ? system_->set_power(*found, on ? NdisDeviceStateD0 : NdisDeviceStateD3) : NDIS_STATUS_ADAPTER_NOT_FOUND;
}

void Ndis::unload(LayerIndex layer) {
    MachineScope scope(system_->machine(), trace::ndis_layer);
    system_->unload(layer);
}

void Ndis::unload_everything() {
    for (LayerIndex layer = 0; layer < system_->machine().layer_count(); ++layer) unload(layer);
}

NDIS_STATUS Ndis::send_plug_and_play_event(LayerIndex protocol, std::string_view adapter, NET_PNP_EVENT_CODE code, PVOID buffer,
                                           ULONG buffer_length) {
    MachineScope scope(system_->machine(), trace::ndis_layer);
    LoadedDriver* driver = system_->driver_of(protocol);
    if (driver == nullptr || driver->protocol == nullptr) return NDIS_STATUS_FAILURE;
    Binding* binding = nullptr;
    if (!adapter.empty()) {
        Adapter* found = system_->find_adapter(adapter);
        binding = found ? system_->find_binding(*driver->protocol, *found) : nullptr;
        if (binding == nullptr) return NDIS_STATUS_FAILURE;
    }
    return system_->send_event(*driver->protocol, binding, code, buffer, buffer_length);
}

void Ndis::set_device_started(std::string_view device_name, bool started) {
    MachineScope scope(system_->machine(), trace::ndis_layer);
    system_->set_device_started(machine::to_utf16(device_name), started);
}

void Ndis::check_for_hang(std::string_view adapter) {
    machine::Machine& machine = system_->machine();
    MachineScope scope(machine, trace::ndis_layer);
    Adapter* found = system_->find_adapter(adapter);
    const auto handler = found ? found->driver->characteristics.CheckForHangHandlerEx : nullptr;
    if (handler == nullptr) return;
    BOOLEAN hung;
    {
        machine::DriverCall call(machine, found->driver->layer, "MiniportCheckForHangEx", about(found->context));
        hung = call.returns(handler(found->context));
    }
    if (hung) system_->reset(*found);
}

void Ndis::shut_down() {
    machine::Machine& machine = system_->machine();
    MachineScope scope(machine, trace::ndis_layer);
    for (const auto& adapter : system_->adapters()) {
        const auto handler = adapter->driver->characteristics.ShutdownHandlerEx;
        if (!adapter->alive || adapter->state == AdapterState::halted || handler == nullptr) continue;
        machine::DriverCall call(machine, adapter->driver->layer, "MiniportShutdownEx", about(adapter->context));
        handler(adapter->context, NdisShutdownPowerOff);
    }
}

std::vector<AdapterView> Ndis::adapters() const {
    std::vector<AdapterView> result;
    for (const auto& adapter : system_->adapters()) {
        if (adapter->alive) result.push_back({adapter->name, adapter->driver->layer, adapter->is_virtual, adapter->state, adapter->handle});
    }
    return result;
}

std::vector<BindingView> Ndis::bindings() const {
    std::vector<BindingView> result;
    for (const auto& binding : system_->bindings()) {
        if (binding->state != BindingState::unbound)
            result.push_back({binding->protocol->layer, binding->adapter->name, binding->state, binding->handle});
    }
    return result;
}

AdapterState Ndis::adapter_state(std::string_view adapter) const {
    const Adapter* found = system_->find_adapter(adapter);
    return found ? found->state : AdapterState::halted;
}

BindingState Ndis::binding_state(LayerIndex protocol, std::string_view adapter) const {
    const Adapter* found = system_->find_adapter(adapter);
    LoadedDriver* driver = system_->driver_of(protocol);
    const Binding* binding = driver && driver->protocol && found ? system_->find_binding(*driver->protocol, *found) : nullptr;
    return binding ? binding->state : BindingState::unbound;
}

std::size_t Ndis::operations_in_progress() const { return system_->observer().operations_in_progress(); }

CompletionFaults& Ndis::completion_faults() { return system_->completion_faults(); }

void Ndis::name_handle(PNDIS_OFFLOAD_HANDLE handle, std::string_view name) { system_->observer().name_handle(handle, name); }

}  // namespace chimneylab::ndis
