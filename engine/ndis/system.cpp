// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/ndis/system.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "engine/machine/unicode.h"
#include "engine/ndis/bind_parameters.h"
#include "engine/ndis/chimney_platform.h"
#include "engine/ndis/observation/observer.h"

namespace chimneylab::ndis {

using machine::HandleKind;

std::string_view to_text(AdapterState state) {
    switch (state) {
        case AdapterState::halted: return "Halted";
        case AdapterState::initializing: return "Initializing";
        case AdapterState::paused: return "Paused";
        case AdapterState::restarting: return "Restarting";
        case AdapterState::running: return "Running";
        case AdapterState::pausing: return "Pausing";
    }
    return "unknown";
}

std::string_view to_text(BindingState state) {
    switch (state) {
        case BindingState::unbound: return "Unbound";
        case BindingState::opening: return "Opening";
        case BindingState::paused: return "Paused";
        case BindingState::restarting: return "Restarting";
        case BindingState::running: return "Running";
        case BindingState::pausing: return "Pausing";
        case BindingState::closing: return "Closing";
    }
    return "unknown";
}

void Text::assign(std::u16string text) {
    text_ = std::move(text);
    text_.push_back(u'\0');
    string_.Length = static_cast<USHORT>((text_.size() - 1) * sizeof(char16_t));
    string_.MaximumLength = static_cast<USHORT>(text_.size() * sizeof(char16_t));
    string_.Buffer = reinterpret_cast<PWSTR>(text_.data());
}

Binding::~Binding() = default;

System::System(machine::Machine& machine, NdisOptions options) : machine_(machine), options_(options) {
    observer_ = std::make_unique<observation::Observer>(machine_);
    chimney_ = std::make_unique<ChimneyPlatform>(*this);
    machine_.attach(*this);
    machine_.configuration().set_key_resolver([this](void* handle) { return configuration_key(handle); });
}

System::~System() {
    machine_.configuration().set_key_resolver({});
    machine_.detach<System>();
}

System& System::of_call(const char* function) {
    machine::Machine& machine = machine::Machine::of_call(function);
    auto* system = machine.attachment<System>();
    if (system == nullptr) {
        std::fprintf(stderr, "chimneylab: %s was called on a machine without NDIS\n", function);
        std::abort();
    }
    return *system;
}

const CHIMNEY_PLATFORM* System::chimney_platform() const { return chimney_->platform(); }

CompletionFaults& System::completion_faults() { return chimney_->completion_faults(); }

LayerIndex System::caller() const {
    const trace::EventId innermost = machine_.recorder().innermost();
    if (innermost.valid()) {
        const trace::Event& event = machine_.recorder().trace().event(innermost);
        if (event.kind == trace::EventKind::enter && event.layer == trace::ndis_layer) return event.other_layer;
    }
    return machine_.current_layer();
}

// A finding names the driver that gave the handle, not NDIS which looked at it.
void* System::resolve(NDIS_HANDLE handle, HandleKind kind, const char* function) {
    if (void* object = machine_.handles().peek<void>(handle, kind)) return object;
    machine::MachineScope scope(machine_, caller());
    return machine_.handles().resolve(handle, kind, function);
}

MiniportDriver* System::miniport_driver(NDIS_HANDLE handle, const char* function) {
    return static_cast<MiniportDriver*>(resolve(handle, HandleKind::miniport_driver, function));
}

ProtocolDriver* System::protocol_driver(NDIS_HANDLE handle, const char* function) {
    return static_cast<ProtocolDriver*>(resolve(handle, HandleKind::protocol_driver, function));
}

Adapter* System::adapter(NDIS_HANDLE handle, const char* function) {
    return static_cast<Adapter*>(resolve(handle, HandleKind::miniport_adapter, function));
}

Binding* System::binding(NDIS_HANDLE handle, const char* function) {
    return static_cast<Binding*>(resolve(handle, HandleKind::binding, function));
}

Binding* System::bind_context(NDIS_HANDLE handle, const char* function) {
    return static_cast<Binding*>(resolve(handle, HandleKind::bind_context, function));
}

Binding* System::unbind_context(NDIS_HANDLE handle, const char* function) {
    return static_cast<Binding*>(resolve(handle, HandleKind::unbind_context, function));
}

LoadedDriver* System::driver_of(LayerIndex layer) {
    for (auto it = drivers_.rbegin(); it != drivers_.rend(); ++it) {
        if ((*it)->description.layer == layer && (*it)->loaded) return it->get();
    }
    return nullptr;
}

Adapter* System::find_adapter(std::u16string_view name) {
    for (const auto& adapter : adapters_) {
        if (adapter->alive && machine::equal_without_case(machine::to_utf16(adapter->name), name)) return adapter.get();
    }
    return nullptr;
}

Adapter* System::find_adapter(std::string_view name) { return find_adapter(machine::to_utf16(name)); }

Adapter* System::find_adapter(NET_IFINDEX index) {
    for (const auto& adapter : adapters_) {
        if (adapter->alive && adapter->interface_index == index) return adapter.get();
    }
    return nullptr;
}

Binding* System::find_binding(const ProtocolDriver& protocol, const Adapter& adapter) {
    for (const auto& binding : bindings_) {
        if (binding->protocol == &protocol && binding->adapter == &adapter && binding->state != BindingState::unbound) return binding.get();
    }
    return nullptr;
}

namespace {

void record_state(machine::Machine& machine, NDIS_HANDLE handle, LayerIndex layer, std::string_view state) {
    trace::Event event;
    event.kind = trace::EventKind::state_changed;
    event.subject = machine.address_space().translate(handle);
    event.layer = layer;
    event.name = machine.recorder().intern(state);
    machine.record(event);
}

}  // namespace

void System::set_state(Adapter& adapter, AdapterState state) {
    if (adapter.state == state) return;
    adapter.state = state;
    record_state(machine_, adapter.handle, adapter.driver->layer, to_text(state));
}

void System::set_state(Binding& binding, BindingState state) {
    if (binding.state == state) return;
    binding.state = state;
    // A binding has no handle of its own while it is being opened or after it was closed.
    NDIS_HANDLE handle = binding.handle ? binding.handle : binding.bind_context ? binding.bind_context : binding.unbind_context;
    record_state(machine_, handle, binding.protocol->layer, to_text(state));
}

void System::wait(const std::function<bool()>& condition, std::string_view what) {
    if (!condition()) machine_.wait_until(condition, std::nullopt, what);
}

void System::queue_boot_work(std::string label, LayerIndex layer, std::function<void()> run) {
    ++boot_work_;
    machine::WorkRequest work;
    work.label = std::move(label);
    work.layer = layer;
    work.run = [this, run = std::move(run)] {
        run();
        --boot_work_;
    };
    machine_.queue_work(std::move(work));
}

// Which key of the configuration a driver opens with a handle of this kind.
std::optional<std::string> System::configuration_key(NDIS_HANDLE handle) {
    const machine::HandleEntry* entry = machine_.handles().find(handle);
    if (entry == nullptr) return std::nullopt;
    const auto protocol_key = [](const ProtocolDriver& protocol) { return "protocol\\" + machine::to_utf8(protocol.name); };
    switch (entry->kind) {
        case HandleKind::miniport_adapter: return "adapter\\" + static_cast<Adapter*>(entry->object)->name;
        case HandleKind::miniport_driver:
            return "driver\\" + static_cast<MiniportDriver*>(entry->object)->driver->description.name;
        case HandleKind::protocol_driver: return protocol_key(*static_cast<ProtocolDriver*>(entry->object));
        case HandleKind::binding:
        case HandleKind::bind_context:
        case HandleKind::unbind_context: {
            const auto& binding = *static_cast<Binding*>(entry->object);
            return protocol_key(*binding.protocol) + "\\adapter\\" + binding.adapter->name;
        }
        default: return std::nullopt;
    }
}

void System::restart_everything() {
    // Adapters come up in the order of their creation: an adapter below is always older.
    for (std::size_t i = 0; i < adapters_.size(); ++i) {
        Adapter& adapter = *adapters_[i];
        if (!adapter.alive) continue;
        if (adapter.state == AdapterState::paused || adapter.state == AdapterState::running) restart(adapter);
    }
}

}  // namespace chimneylab::ndis
