// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The inside of NDIS: the objects behind its handles and the services on them, each subject in a file of its own. Objects
// live as long as the System, also after their handle was closed, so nothing dangles when a driver is late.
// Attached to its machine (Machine::attachment<System>), where the exported DDI functions find it.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/ndis/core/chimney_platform.h"
#include "engine/ndis/ndis.h"

namespace chimneylab::ndis {

namespace observation { class Observer; }
class ChimneyPlatform;

struct Adapter;
struct Binding;
struct MiniportDriver;
struct ProtocolDriver;

// A counted string with the memory it points to.
class Text {
public:
    Text() = default;
    explicit Text(std::u16string text) { assign(std::move(text)); }
    void assign(std::u16string text);
    [[nodiscard]] PUNICODE_STRING get() { return &string_; }
    [[nodiscard]] const std::u16string& text() const { return text_; }
    Text(const Text&) = delete;
    Text& operator=(const Text&) = delete;

private:
    std::u16string text_;
    UNICODE_STRING string_{};
};

struct LoadedDriver {
    DriverDescription description;
    PDRIVER_OBJECT object = nullptr;
    MiniportDriver* miniport = nullptr;
    ProtocolDriver* protocol = nullptr;  // the first that it has registered
    std::vector<ProtocolDriver*> further_protocols;
    bool in_driver_entry = false;
    bool loaded = false;
};

struct MiniportDriver {
    LayerIndex layer = 0;
    LoadedDriver* driver = nullptr;
    NDIS_HANDLE handle = nullptr;
    NDIS_HANDLE context = nullptr;
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS characteristics{};
    NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS chimney{};
    NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS chimney_tcp{};
    ProtocolDriver* associated = nullptr;
    bool registered = false;
    [[nodiscard]] bool intermediate() const { return (characteristics.Flags & NDIS_INTERMEDIATE_DRIVER) != 0; }
};

struct ProtocolDriver {
    LayerIndex layer = 0;
    LoadedDriver* driver = nullptr;
    NDIS_HANDLE handle = nullptr;
    NDIS_HANDLE context = nullptr;
    std::u16string name;
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS characteristics{};
    NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS chimney{};
    NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS chimney_tcp{};
    MiniportDriver* associated = nullptr;
    bool registered = false;
};

// One OID request on its way to the miniport, of a driver or of NDIS itself.
struct OidRequest {
    PNDIS_OID_REQUEST request = nullptr;
    Binding* origin = nullptr;
    bool handed_down = false;     // MiniportOidRequest was called with it
    bool inside_handler = false;  // and has not returned yet
    bool completed = false;
    NDIS_STATUS status = NDIS_STATUS_PENDING;
    // A request of NDIS itself, which has no origin and waits for nothing but its outcome.
    std::unique_ptr<NDIS_OID_REQUEST> own;
    NDIS_DEVICE_POWER_STATE power = NdisDeviceStateUnspecified;
    std::shared_ptr<std::optional<NDIS_STATUS>> outcome;
};

// What the miniport registered, copied: NDIS keeps no pointer into driver memory.
struct AdapterAttributes {
    bool registration_set = false;
    bool general_set = false;
    bool offload_set = false;
    ULONG flags = 0;
    UINT check_for_hang_seconds = 0;
    NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES general{};
    std::vector<NDIS_OID> supported_oids;
    std::optional<NDIS_PNP_CAPABILITIES> power;
    std::optional<NDIS_RECEIVE_SCALE_CAPABILITIES> receive_scale;
    std::optional<NDIS_OFFLOAD> default_offload, hardware_offload;
    std::optional<NDIS_TCP_CONNECTION_OFFLOAD> default_connection_offload, hardware_connection_offload;
    ULONG current_packet_filter = 0;
    ULONG current_lookahead = 0;
};

struct Adapter {
    std::string name;
    Text name_text;
    MiniportDriver* driver = nullptr;
    NDIS_HANDLE handle = nullptr;
    NDIS_HANDLE context = nullptr;         // MiniportAdapterContext
    NDIS_HANDLE device_context = nullptr;  // IMDeviceInstanceContext
    bool is_virtual = false;
    AdapterState state = AdapterState::halted;
    bool waiting_for_initialize = false;   // accepted, MiniportInitializeEx not begun
    bool halting = false;
    bool alive = false;                    // its handle is open
    AdapterAttributes attributes;
    std::vector<Binding*> bindings;        // open ones
    NET_IFINDEX interface_index = 0;
    NET_LUID luid{};
    PDEVICE_OBJECT physical_device = nullptr, functional_device = nullptr;
    std::vector<NDIS_PORT_CHARACTERISTICS> ports;
    std::deque<std::unique_ptr<OidRequest>> oid_requests;  // the first is at the miniport
    std::vector<std::unique_ptr<OidRequest>> direct_oid_requests;
    bool oid_pump_queued = false;
    std::optional<NDIS_STATUS> pause_result, restart_result, reset_result;
};

struct BindParameters;

struct Binding {
    ~Binding();
    ProtocolDriver* protocol = nullptr;
    Adapter* adapter = nullptr;
    BindingState state = BindingState::unbound;
    NDIS_HANDLE handle = nullptr;  // open block; null before open and after close
    NDIS_HANDLE bind_context = nullptr;
    NDIS_HANDLE unbind_context = nullptr;
    NDIS_HANDLE context = nullptr;  // ProtocolBindingContext
    CHIMNEY_BINDING chimney{};
    std::optional<NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS> own_chimney_tcp;
    std::unique_ptr<BindParameters> parameters;
    bool opened = false;
    bool bind_over = false;
    std::optional<NDIS_STATUS> bind_result;
    bool open_pending = false;
    bool close_pending = false, close_queued = false, close_done = false;
    bool unbind_result = false;
    PNET_PNP_EVENT_NOTIFICATION event_in_progress = nullptr;
    std::optional<NDIS_STATUS> event_result;
    std::size_t sends_outstanding = 0, receives_outstanding = 0, oids_outstanding = 0;
    std::uint64_t number = 0;  // 1, 2, 3 … over the machine
};

class System {
public:
    System(machine::Machine& machine, NdisOptions options);
    ~System();
    System(const System&) = delete;
    System& operator=(const System&) = delete;

    // The NDIS that a driver's call belongs to.
    [[nodiscard]] static System& of_call(const char* function);

    [[nodiscard]] machine::Machine& machine() { return machine_; }
    [[nodiscard]] const NdisOptions& options() const { return options_; }
    [[nodiscard]] const CHIMNEY_PLATFORM* chimney_platform() const;
    [[nodiscard]] CompletionFaults& completion_faults();
    [[nodiscard]] observation::Observer& observer() { return *observer_; }

    // The driver whose call NDIS is serving: the caller of the innermost open crossing into NDIS.
    [[nodiscard]] LayerIndex caller() const;

    // --- handles (system.cpp): the object, or null after a finding ---
    [[nodiscard]] MiniportDriver* miniport_driver(NDIS_HANDLE handle, const char* function);
    [[nodiscard]] ProtocolDriver* protocol_driver(NDIS_HANDLE handle, const char* function);
    [[nodiscard]] Adapter* adapter(NDIS_HANDLE handle, const char* function);
    [[nodiscard]] Binding* binding(NDIS_HANDLE handle, const char* function);
    [[nodiscard]] Binding* bind_context(NDIS_HANDLE handle, const char* function);
    [[nodiscard]] Binding* unbind_context(NDIS_HANDLE handle, const char* function);

    // --- lookup (system.cpp) ---
    [[nodiscard]] LoadedDriver* driver_of(LayerIndex layer);
    [[nodiscard]] Adapter* find_adapter(std::u16string_view name);
    [[nodiscard]] Adapter* find_adapter(std::string_view name);
    [[nodiscard]] Adapter* find_adapter(NET_IFINDEX index);
    [[nodiscard]] const Adapter& lowest_adapter(const Adapter& adapter) const;
    [[nodiscard]] Binding* find_binding(const ProtocolDriver& protocol, const Adapter& adapter);
    [[nodiscard]] const std::vector<std::unique_ptr<Adapter>>& adapters() const { return adapters_; }
    [[nodiscard]] const std::vector<std::unique_ptr<Binding>>& bindings() const { return bindings_; }
    [[nodiscard]] std::string who(LayerIndex layer) const { return machine_.layer_name(layer); }
    void set_state(Adapter& adapter, AdapterState state);
    void set_state(Binding& binding, BindingState state);

    // --- drivers (registration.cpp, optional_handlers.cpp) ---
    NTSTATUS load(const DriverDescription& description);
    void unload(LayerIndex layer);
    NDIS_STATUS register_miniport_driver(LayerIndex caller, NDIS_HANDLE context,
                                         const NDIS_MINIPORT_DRIVER_CHARACTERISTICS* characteristics, PNDIS_HANDLE handle);
    NDIS_STATUS register_protocol_driver(LayerIndex caller, NDIS_HANDLE context,
                                         const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS* characteristics, PNDIS_HANDLE handle);
    void deregister(MiniportDriver& driver);
    void deregister(ProtocolDriver& driver);
    NDIS_STATUS set_optional_handlers(NDIS_HANDLE handle, const NDIS_DRIVER_OPTIONAL_HANDLERS* handlers);
    trace::RegionId show_optional_handlers(const NDIS_DRIVER_OPTIONAL_HANDLERS* handlers);
    // A structure that a call hands over by pointer, as it is now, for the trace. None when it cannot be read, or is
    // larger than any that rules ask for. Ends with the call: end_region of the recorder.
    trace::RegionId show_parameters(const void* structure, std::size_t size, std::string_view label);

    // --- adapters (adapter_states.cpp, virtual_miniports.cpp, attributes.cpp) ---
    Adapter& create_adapter(MiniportDriver& driver, std::u16string name);
    NDIS_STATUS initialize(Adapter& adapter);
    void pause(Adapter& adapter, ULONG reason);
    bool restart(Adapter& adapter);
    void halt(Adapter& adapter, NDIS_HALT_ACTION action);
    void reset(Adapter& adapter);
    NDIS_STATUS initialize_device_instance(MiniportDriver& driver, std::u16string name, NDIS_HANDLE device_context);
    NDIS_STATUS cancel_device_instance(MiniportDriver& driver, std::u16string_view name);
    void set_device_started(std::u16string name, bool started);
    NDIS_STATUS set_attributes(Adapter& adapter, const NDIS_MINIPORT_ADAPTER_ATTRIBUTES* attributes);

    // --- bindings (binding.cpp, bind_parameters.cpp) ---
    Binding& offer(ProtocolDriver& protocol, Adapter& adapter);
    bool bind(ProtocolDriver& protocol, Adapter& adapter);
    Binding& create_binding(ProtocolDriver& protocol, Adapter& adapter);
    void want(LayerIndex protocol, std::string_view adapter, bool wanted);
    void offer_wanted_adapters(ProtocolDriver& protocol);
    void bind_wanted_adapters(ProtocolDriver& protocol);  // at once
    NDIS_STATUS open(Binding& binding, NDIS_HANDLE context, const NDIS_OPEN_PARAMETERS& parameters, PNDIS_HANDLE handle);
    NDIS_STATUS close(Binding& binding);
    void finish_close_if_idle(Binding& binding);
    void complete_bind(Binding& binding, NDIS_STATUS status);
    void unbind(Binding& binding, bool restart_others);
    void fill_bind_parameters(Binding& binding);

    // --- Plug and Play (plug_and_play.cpp) ---
    NDIS_STATUS send_event(ProtocolDriver& protocol, Binding* binding, NET_PNP_EVENT_CODE code, PVOID buffer, ULONG length);
    void pause(Binding& binding, ULONG reason);
    bool restart(Binding& binding);

    // --- OID requests (oid_requests.cpp, oid_answers.cpp) ---
    NDIS_STATUS request(Binding& binding, PNDIS_OID_REQUEST request);
    NDIS_STATUS request_directly(Binding& binding, PNDIS_OID_REQUEST request);
    void complete_request(Adapter& adapter, PNDIS_OID_REQUEST request, NDIS_STATUS status);
    void complete_direct_request(Adapter& adapter, PNDIS_OID_REQUEST request, NDIS_STATUS status);
    void cancel_requests(Binding& binding, PVOID request_id);
    void cancel_direct_requests(Binding& binding, PVOID request_id);
    [[nodiscard]] std::optional<NDIS_STATUS> answer(Adapter& adapter, NDIS_OID_REQUEST& request);
    // OID_PNP_SET_POWER; the protocols above hear of it before the adapter leaves D0, and after it has come back there.
    NDIS_STATUS set_power(Adapter& adapter, NDIS_DEVICE_POWER_STATE state);
    void note_successful_set(Adapter& adapter, const NDIS_OID_REQUEST& request);

    // --- status (status_indications.cpp) ---
    void indicate_status(Adapter& adapter, PNDIS_STATUS_INDICATION indication);
    void remember_status(Adapter& adapter, const NDIS_STATUS_INDICATION& indication);

    // --- ordinary data path (net_buffer_list_path.cpp) ---
    void send(Binding& binding, PNET_BUFFER_LIST chain, NDIS_PORT_NUMBER port, ULONG flags);
    void complete_send(Adapter& adapter, PNET_BUFFER_LIST chain, ULONG flags);
    void indicate_receive(Adapter& adapter, PNET_BUFFER_LIST chain, NDIS_PORT_NUMBER port, ULONG count, ULONG flags);
    void return_lists(Binding& binding, PNET_BUFFER_LIST chain, ULONG flags);

    // --- whole machine ---
    void restart_everything();
    [[nodiscard]] std::set<std::pair<NET_IFINDEX, NET_IFINDEX>>& interface_stack() { return interface_stack_; }
    [[nodiscard]] UCHAR next_partial_cancel_id() { return partial_cancel_id_++; }
    // Work that brings the stack up and is not done yet.
    [[nodiscard]] bool coming_up() const { return boot_work_ != 0; }
    void queue_boot_work(std::string label, LayerIndex layer, std::function<void()> run);
    // Runs other pending work until the condition holds; used where a driver answered PENDING.
    void wait(const std::function<bool()>& condition, std::string_view what);

private:
    void run_bind(Binding& binding);
    void finish_open(Binding& binding, PNDIS_HANDLE handle);
    void pump_requests(Adapter& adapter);
    NDIS_STATUS hand_to_miniport(Adapter& adapter, OidRequest& request);
    void finish_request(Adapter& adapter, OidRequest& request, bool call_protocol);
    void queue_pump(Adapter& adapter);
    void queue_initialize(Adapter& adapter);
    [[nodiscard]] std::optional<std::string> configuration_key(NDIS_HANDLE handle);
    [[nodiscard]] void* resolve(NDIS_HANDLE handle, machine::HandleKind kind, const char* function);

    machine::Machine& machine_;
    NdisOptions options_;
    std::vector<std::unique_ptr<LoadedDriver>> drivers_;
    std::vector<std::unique_ptr<MiniportDriver>> miniport_drivers_;
    std::vector<std::unique_ptr<ProtocolDriver>> protocol_drivers_;
    std::vector<std::unique_ptr<Adapter>> adapters_;
    std::vector<std::unique_ptr<Binding>> bindings_;
    std::set<std::pair<LayerIndex, std::u16string>> wanted_;  // what the administrator bound: protocol, folded adapter name
    std::set<std::u16string> stopped_devices_;
    std::set<std::pair<NET_IFINDEX, NET_IFINDEX>> interface_stack_;
    NET_IFINDEX next_interface_ = 1;
    UCHAR partial_cancel_id_ = 1;
    std::size_t boot_work_ = 0;
    std::uint64_t next_binding_ = 1;
    std::unique_ptr<observation::Observer> observer_;
    std::unique_ptr<ChimneyPlatform> chimney_;
};

}  // namespace chimneylab::ndis
