// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// NDIS 6.0 of one machine: drivers and their two edges, adapters (physical and virtual miniports), bindings, OID requests,
// status, pause and restart, the NET_BUFFER_LIST path, chimney offload — and what can be seen of it all in the trace.
// Drivers reach it through the exported DDI functions; this is the side of the computer that loads drivers, plugs in
// adapters and decides what is bound to what.
//
// Everything here runs at once and returns when it is done, running pending work of the machine where a driver lets NDIS
// wait; none of it may be called from driver code. Single-threaded like its machine. The machine must outlive it.
// Failures of drivers are findings of the machine (driver_refused and others) as well as return values.
// Sources: the NDIS reference pages; chimney dispatch as observed in ndis.sys (engine/ndis/core).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ndis.h>
#include <ndischimney.h>

#include "engine/machine/machine.h"
#include "engine/ndis/completion_faults.h"

namespace chimneylab::ndis {

using trace::LayerIndex;

struct DriverDescription {
    LayerIndex layer = 0;  // a layer of the machine (Machine::add_layer)
    std::string name;      // "chimney-im": key driver\<name> of the configuration
    PDRIVER_INITIALIZE entry = nullptr;
    std::string image;  // file it was loaded from; empty when it is linked into this program
};

// Choices the pages leave to NDIS. The defaults are the quickest legal ones.
struct NdisOptions {
    bool open_pends = false;              // NdisOpenAdapterEx returns PENDING and completes later
    bool close_pends = false;             // NdisCloseAdapterEx likewise, also with nothing outstanding
    bool initialize_inside_call = false;  // MiniportInitializeEx inside NdisIMInitializeDeviceInstanceEx
    bool offer_adapters_early = false;    // bindings are offered before DriverEntry returns
    bool pass_every_query_down = false;   // NDIS answers no OID query from the registered attributes
    // How often a completion or indication that goes round in circles is delivered again before it is stopped.
    unsigned laps = 0;
};

enum class AdapterState { halted, initializing, paused, restarting, running, pausing };
enum class BindingState { unbound, opening, paused, restarting, running, pausing, closing };
[[nodiscard]] std::string_view to_text(AdapterState state);
[[nodiscard]] std::string_view to_text(BindingState state);

struct AdapterView {
    std::string name;
    LayerIndex layer = 0;  // of the miniport driver
    bool is_virtual = false;
    AdapterState state = AdapterState::halted;
    NDIS_HANDLE handle = nullptr;
};

struct BindingView {
    LayerIndex protocol = 0;
    std::string adapter;
    BindingState state = BindingState::unbound;
    NDIS_HANDLE handle = nullptr;
};

class System;  // the inside: engine/ndis/system.h

class Ndis {
public:
    explicit Ndis(machine::Machine& machine, NdisOptions options = {});
    ~Ndis();
    Ndis(const Ndis&) = delete;
    Ndis& operator=(const Ndis&) = delete;

    // --- coming ---
    // DriverEntry as that layer. Anything but STATUS_SUCCESS is a driver_refused finding.
    NTSTATUS load_driver(const DriverDescription& description);
    // A network card appears: MiniportInitializeEx of the layer's miniport driver. The adapter is Paused afterwards.
    NDIS_STATUS add_physical_adapter(LayerIndex target, std::string_view device_name);
    // Offers the adapter to every protocol that the layer's driver has registered (as pending work), waits until the bind is over
    // and everything it
    // set off (virtual miniports) has come up, then restarts adapter and binding. Whether the first one is bound.
    bool bind(LayerIndex protocol, std::string_view adapter);
    // Names of the virtual miniports of a layer that are up, in the order in which they came up.
    [[nodiscard]] std::vector<std::string> virtual_adapters(LayerIndex im) const;
    // The name under which the layer's driver registered its protocol edge, where its configuration lies
    // (protocol\<name>\adapter\<device name>); empty when it has none.
    [[nodiscard]] std::string protocol_name(LayerIndex layer) const;
    // Everything that is Paused becomes Running, bottom up.
    void restart_stack();

    // --- going ---
    void pause(std::string_view adapter);  // the protocols above first
    bool restart(std::string_view adapter);
    bool unbind(LayerIndex protocol, std::string_view adapter);
    void halt(std::string_view adapter);     // unbinds what is above; the adapter is gone
    void unload(LayerIndex layer);           // bindings and adapters of the driver first, then its unload handlers
    void unload_everything();                // top down

    // --- events of Plug and Play and power ---
    NDIS_STATUS send_plug_and_play_event(LayerIndex protocol, std::string_view adapter, NET_PNP_EVENT_CODE code,
                                         PVOID buffer = nullptr, ULONG buffer_length = 0);
    // A virtual device that is not started gets no MiniportInitializeEx until it is.
    void set_device_started(std::string_view device_name, bool started);
    // MiniportCheckForHangEx, and a reset when it says so.
    void check_for_hang(std::string_view adapter);
    void shut_down();  // MiniportShutdownEx everywhere
    // The adapter goes to D3, or comes back to D0. Waits until the miniport has answered; what it answered.
    NDIS_STATUS set_power(std::string_view adapter, bool on);

    // --- looking ---
    [[nodiscard]] std::vector<AdapterView> adapters() const;
    [[nodiscard]] std::vector<BindingView> bindings() const;
    [[nodiscard]] AdapterState adapter_state(std::string_view adapter) const;  // halted when there is none
    [[nodiscard]] BindingState binding_state(LayerIndex protocol, std::string_view adapter) const;
    [[nodiscard]] std::size_t operations_in_progress() const;

    // --- faults on request (allocation failures: Machine::pool().faults()) ---
    [[nodiscard]] CompletionFaults& completion_faults();

    // --- names for the trace ---
    // The host stack's handle of an object: its blocks are called "T1", an intermediate driver's handle for the same object
    // "T1 at IM 1". May come before or after the handle was first seen; without it objects are numbered N1, P1, T1 …
    void name_handle(PNDIS_OFFLOAD_HANDLE handle, std::string_view name);

    [[nodiscard]] System& system() { return *system_; }

private:
    std::unique_ptr<System> system_;
};

}  // namespace chimneylab::ndis
