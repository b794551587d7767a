// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Bindings: Unbound → Opening → Paused ⇄ (Restarting → Running → Pausing) → Closing → Unbound. An adapter is offered to
// a protocol as pending work; the protocol opens it inside ProtocolBindAdapterEx (or before it completes a pended bind) and
// closes it inside ProtocolUnbindAdapterEx.
#include <algorithm>

#include "engine/machine/unicode.h"
#include "engine/ndis/bind_parameters.h"
#include "engine/ndis/driver_call.h"
#include "engine/ndis/system.h"

namespace chimneylab::ndis {

using machine::FindingKind;
using machine::HandleKind;
using machine::passive_level;

namespace {

std::u16string folded(std::string_view name) {
    std::u16string text = machine::to_utf16(name);
    for (char16_t& character : text) character = machine::upcase(character);
    return text;
}

}  // namespace

void System::want(LayerIndex protocol, std::string_view adapter, bool wanted) {
    if (wanted) {
        wanted_.emplace(protocol, folded(adapter));
    } else {
        wanted_.erase({protocol, folded(adapter)});
    }
}

Binding& System::create_binding(ProtocolDriver& protocol, Adapter& adapter) {
    auto& binding = *bindings_.emplace_back(std::make_unique<Binding>());
    binding.protocol = &protocol;
    binding.adapter = &adapter;
    binding.number = next_binding_++;
    return binding;
}

Binding& System::offer(ProtocolDriver& protocol, Adapter& adapter) {
    Binding& binding = create_binding(protocol, adapter);
    queue_boot_work("bind " + protocol.driver->description.name + " to " + adapter.name, trace::ndis_layer,
                    [this, &binding] { run_bind(binding); });
    return binding;
}

bool System::bind(ProtocolDriver& protocol, Adapter& adapter) {
    want(protocol.layer, adapter.name, true);
    if (find_binding(protocol, adapter)) return true;
    Binding& binding = offer(protocol, adapter);
    machine_.run_until([&] { return binding.bind_over && !coming_up(); });
    return binding.state != BindingState::unbound;
}

void System::offer_wanted_adapters(ProtocolDriver& protocol) {
    for (const auto& adapter : adapters_) {
        if (!adapter->alive || adapter->waiting_for_initialize || !wanted_.contains({protocol.layer, folded(adapter->name)})) continue;
        const bool known = std::ranges::any_of(bindings_, [&](const auto& binding) {
            return binding->protocol == &protocol && binding->adapter == adapter.get() &&
                   (binding->state != BindingState::unbound || !binding->bind_over);
        });
        if (!known) offer(protocol, *adapter);
    }
}

void System::bind_wanted_adapters(ProtocolDriver& protocol) {
    for (std::size_t i = 0; i < adapters_.size(); ++i) {
        Adapter& adapter = *adapters_[i];
        if (adapter.alive && wanted_.contains({protocol.layer, folded(adapter.name)}) && !find_binding(protocol, adapter))
            run_bind(create_binding(protocol, adapter));
    }
}

void System::run_bind(Binding& binding) {
    Adapter& adapter = *binding.adapter;
    ProtocolDriver& protocol = *binding.protocol;
    if (!adapter.alive || adapter.halting || !protocol.registered || adapter.state == AdapterState::halted) {
        binding.bind_over = true;
        return;
    }
    pause(adapter, NDIS_PAUSE_BIND_PROTOCOL);
    binding.bind_context = machine_.handles().open(HandleKind::bind_context, protocol.layer, &binding);
    set_state(binding, BindingState::opening);
    fill_bind_parameters(binding);
    NDIS_STATUS status;
    {
        machine::DriverCall call(machine_, protocol.layer, "ProtocolBindAdapterEx", about(protocol.context, passive_level));
        status = call.returns(protocol.characteristics.BindAdapterHandlerEx(protocol.context, binding.bind_context, &binding.parameters->parameters));
    }
    if (status == NDIS_STATUS_PENDING) {
        wait([&] { return binding.bind_result.has_value(); }, "the bind of " + protocol.driver->description.name + " to " + adapter.name);
        status = binding.bind_result.value_or(NDIS_STATUS_FAILURE);
    }
    machine_.handles().close(binding.bind_context, HandleKind::bind_context, "ProtocolBindAdapterEx");
    binding.parameters.reset();
    if (status == NDIS_STATUS_SUCCESS && !binding.opened) {
        machine_.finding_about(protocol.layer, FindingKind::driver_refused,
                               who(protocol.layer) + " accepted the bind to " + adapter.name + " without opening the adapter");
        status = NDIS_STATUS_FAILURE;
    } else if (status != NDIS_STATUS_SUCCESS) {
        machine_.finding_about(protocol.layer, FindingKind::driver_refused,
                               who(protocol.layer) + " refused the bind to " + adapter.name + " with " + hexadecimal(status));
    }
    if (status != NDIS_STATUS_SUCCESS && binding.opened) {
        machine_.finding_about(protocol.layer, FindingKind::leak, who(protocol.layer) + " fails a bind and leaves the adapter open");
        close(binding);
        wait([&] { return !binding.opened; }, "the close of " + adapter.name);
    }
    set_state(binding, status == NDIS_STATUS_SUCCESS ? BindingState::paused : BindingState::unbound);
    binding.bind_context = nullptr;
    binding.bind_over = true;
    restart(adapter);
}

void System::complete_bind(Binding& binding, NDIS_STATUS status) {
    if (binding.bind_result)
        machine_.strict_finding("NdisCompleteBindAdapterEx a second time for " + binding.adapter->name);
    binding.bind_result = status;
}

NDIS_STATUS System::open(Binding& binding, NDIS_HANDLE context, const NDIS_OPEN_PARAMETERS& parameters, PNDIS_HANDLE handle) {
    Adapter& adapter = *binding.adapter;
    if (binding.opened || binding.open_pending) return NDIS_STATUS_FAILURE;
    if (parameters.AdapterName && find_adapter(machine::view(parameters.AdapterName)) != &adapter) return NDIS_STATUS_ADAPTER_NOT_FOUND;
    UINT medium = 0;
    while (medium < parameters.MediumArraySize && parameters.MediumArray[medium] != adapter.attributes.general.MediaType) ++medium;
    if (parameters.MediumArraySize == 0 || medium == parameters.MediumArraySize) return NDIS_STATUS_UNSUPPORTED_MEDIA;
    binding.context = context;
    PUINT const selected = parameters.SelectedMediumIndex;
    const auto finish = [this, &binding, handle, selected, medium] {
        if (selected) *selected = medium;
        finish_open(binding, handle);
    };
    if (!options_.open_pends) {
        finish();
        return NDIS_STATUS_SUCCESS;
    }
    binding.open_pending = true;
    queue_boot_work("complete the open of " + adapter.name, trace::ndis_layer, [this, &binding, finish] {
        finish();
        ProtocolDriver& protocol = *binding.protocol;
        if (protocol.characteristics.OpenAdapterCompleteHandlerEx == nullptr) return;
        machine::DriverCall call(machine_, protocol.layer, "ProtocolOpenAdapterCompleteEx", about(binding.context, passive_level));
        protocol.characteristics.OpenAdapterCompleteHandlerEx(binding.context, NDIS_STATUS_SUCCESS);
    });
    return NDIS_STATUS_PENDING;
}

void System::finish_open(Binding& binding, PNDIS_HANDLE handle) {
    ProtocolDriver& protocol = *binding.protocol;
    Adapter& adapter = *binding.adapter;
    binding.open_pending = false;
    binding.opened = true;
    binding.handle = machine_.handles().open(HandleKind::binding, protocol.layer, &binding,
                                               reinterpret_cast<std::uintptr_t>(adapter.handle));
    binding.chimney.Handle = binding.handle;
    binding.chimney.ProtocolBindingContext = binding.context;
    binding.chimney.MiniportAdapterContext = adapter.context;
    binding.chimney.ProviderGeneric = &adapter.driver->chimney;
    binding.chimney.ProviderTcp = &adapter.driver->chimney_tcp;
    binding.chimney.ClientGeneric = &protocol.chimney;
    binding.chimney.ClientTcp = &protocol.chimney_tcp;
    binding.chimney.Owner = &binding;
    adapter.bindings.push_back(&binding);
    *handle = binding.handle;
}

NDIS_STATUS System::close(Binding& binding) {
    if (!binding.opened || binding.close_pending) return NDIS_STATUS_FAILURE;
    if (!binding.bind_context && !binding.unbind_context)
        machine_.strict_finding("NdisCloseAdapterEx for " + binding.adapter->name + " outside ProtocolBindAdapterEx and ProtocolUnbindAdapterEx");
    if (binding.sends_outstanding || binding.oids_outstanding)
        machine_.strict_finding(who(binding.protocol->layer) + " closes its binding to " + binding.adapter->name +
                                " with sends or OID requests of its own outstanding");
    set_state(binding, BindingState::closing);
    machine_.handles().close(binding.handle, HandleKind::binding, "NdisCloseAdapterEx");
    binding.handle = nullptr;
    binding.close_pending = true;
    const bool idle = binding.sends_outstanding == 0 && binding.receives_outstanding == 0 && binding.oids_outstanding == 0;
    if (idle && !options_.close_pends) {
        binding.close_pending = false;
        binding.opened = false;
        std::erase(binding.adapter->bindings, &binding);
        return NDIS_STATUS_SUCCESS;
    }
    finish_close_if_idle(binding);
    return NDIS_STATUS_PENDING;
}

void System::finish_close_if_idle(Binding& binding) {
    if (!binding.close_pending || binding.close_queued) return;
    if (binding.sends_outstanding || binding.receives_outstanding || binding.oids_outstanding) return;
    binding.close_queued = true;
    queue_boot_work("complete the close of " + binding.adapter->name, trace::ndis_layer, [this, &binding] {
        binding.close_pending = false;
        binding.opened = false;
        std::erase(binding.adapter->bindings, &binding);
        ProtocolDriver& protocol = *binding.protocol;
        if (protocol.characteristics.CloseAdapterCompleteHandlerEx == nullptr) return;
        machine::DriverCall call(machine_, protocol.layer, "ProtocolCloseAdapterCompleteEx", about(binding.context, passive_level));
        protocol.characteristics.CloseAdapterCompleteHandlerEx(binding.context);
    });
}

void System::unbind(Binding& binding, bool restart_others) {
    if (binding.state == BindingState::unbound || binding.state == BindingState::closing || binding.unbind_context) return;
    Adapter& adapter = *binding.adapter;
    ProtocolDriver& protocol = *binding.protocol;
    pause(adapter, NDIS_PAUSE_UNBIND_PROTOCOL);
    binding.unbind_context = machine_.handles().open(HandleKind::unbind_context, protocol.layer, &binding);
    binding.unbind_result = false;
    NDIS_STATUS status;
    {
        machine::DriverCall call(machine_, protocol.layer, "ProtocolUnbindAdapterEx", about(binding.context, passive_level));
        status = call.returns(protocol.characteristics.UnbindAdapterHandlerEx(binding.unbind_context, binding.context));
    }
    if (status == NDIS_STATUS_PENDING)
        wait([&] { return binding.unbind_result; }, "the unbind of " + protocol.driver->description.name + " from " + adapter.name);
    if (binding.opened && !binding.close_pending) {
        machine_.finding_about(protocol.layer, FindingKind::leak,
                               who(protocol.layer) + " was unbound from " + adapter.name + " and did not close the adapter");
        close(binding);
    }
    wait([&] { return !binding.opened; }, "the close of " + adapter.name);
    if (binding.opened) {  // given up: the wait was a deadlock
        binding.opened = false;
        binding.close_pending = false;
        std::erase(adapter.bindings, &binding);
    }
    set_state(binding, BindingState::unbound);
    machine_.handles().close(binding.unbind_context, HandleKind::unbind_context, "ProtocolUnbindAdapterEx");
    binding.unbind_context = nullptr;
    if (restart_others && !adapter.bindings.empty()) restart(adapter);
}

}  // namespace chimneylab::ndis

using chimneylab::ndis::System;
namespace ndis = chimneylab::ndis;
namespace machine = chimneylab::machine;

extern "C" {

NDIS_STATUS NdisOpenAdapterEx(NDIS_HANDLE NdisProtocolHandle, NDIS_HANDLE ProtocolBindingContext, PNDIS_OPEN_PARAMETERS OpenParameters,
                              NDIS_HANDLE BindContext, PNDIS_HANDLE NdisBindingHandle) {
    System& system = System::of_call("NdisOpenAdapterEx");
    machine::NdisCall call(system.machine(), "NdisOpenAdapterEx", ndis::about(NdisProtocolHandle));
    system.machine().irql().require_passive("NdisOpenAdapterEx");
    auto* protocol = system.protocol_driver(NdisProtocolHandle, "NdisOpenAdapterEx");
    auto* binding = system.bind_context(BindContext, "NdisOpenAdapterEx");
    if (protocol == nullptr || binding == nullptr || OpenParameters == nullptr || NdisBindingHandle == nullptr || binding->protocol != protocol)
        return call.returns(NDIS_STATUS_FAILURE);
    return call.returns(system.open(*binding, ProtocolBindingContext, *OpenParameters, NdisBindingHandle));
}

NDIS_STATUS NdisCloseAdapterEx(NDIS_HANDLE NdisBindingHandle) {
    System& system = System::of_call("NdisCloseAdapterEx");
    machine::NdisCall call(system.machine(), "NdisCloseAdapterEx", ndis::about(NdisBindingHandle));
    system.machine().irql().require_passive("NdisCloseAdapterEx");
    auto* binding = system.binding(NdisBindingHandle, "NdisCloseAdapterEx");
    return call.returns(binding ? system.close(*binding) : NDIS_STATUS_FAILURE);
}

NDIS_STATUS NdisUnbindAdapter(NDIS_HANDLE NdisBindingHandle) {
    System& system = System::of_call("NdisUnbindAdapter");
    machine::NdisCall call(system.machine(), "NdisUnbindAdapter", ndis::about(NdisBindingHandle));
    system.machine().irql().require_dispatch_or_below("NdisUnbindAdapter");
    auto* binding = system.binding(NdisBindingHandle, "NdisUnbindAdapter");
    if (binding == nullptr) return call.returns(NDIS_STATUS_FAILURE);
    system.queue_boot_work("unbind from " + binding->adapter->name, chimneylab::trace::ndis_layer,
                           [&system, binding] { system.unbind(*binding, true); });
    return call.returns(NDIS_STATUS_SUCCESS);
}

VOID NdisCompleteBindAdapterEx(NDIS_HANDLE BindContext, NDIS_STATUS Status) {
    System& system = System::of_call("NdisCompleteBindAdapterEx");
    machine::NdisCall call(system.machine(), "NdisCompleteBindAdapterEx", ndis::about(BindContext));
    system.machine().irql().require_dispatch_or_below("NdisCompleteBindAdapterEx");
    auto* binding = system.bind_context(BindContext, "NdisCompleteBindAdapterEx");
    if (binding) system.complete_bind(*binding, Status);
}

VOID NdisCompleteUnbindAdapterEx(NDIS_HANDLE UnbindContext) {
    System& system = System::of_call("NdisCompleteUnbindAdapterEx");
    machine::NdisCall call(system.machine(), "NdisCompleteUnbindAdapterEx", ndis::about(UnbindContext));
    system.machine().irql().require_dispatch_or_below("NdisCompleteUnbindAdapterEx");
    auto* binding = system.unbind_context(UnbindContext, "NdisCompleteUnbindAdapterEx");
    if (binding) binding->unbind_result = true;
}

}  // extern "C"
