// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Chimney handler tables and NDIS's entry points: what a driver registers, when, and whether it asked before it calls.
// Seen in the handler_table regions of NdisSetOptionalHandlers; a trace without them is not judged.
#include <algorithm>

#include "engine/trace/text.h"
#include "engine/verifier/units.h"
#include "engine/verifier/wdk_values.h"

namespace chimneylab::verifier {
namespace {

constexpr std::uint8_t client_generic = 0x8E, provider_generic = 0x8F, client_tcp = 0x93, provider_tcp = 0x94;
constexpr std::uint32_t tcp_chimney = 1;

struct TableLayout {
    std::uint8_t type;
    std::string_view name;
    std::uint32_t size;
    std::uint32_t first_handler;
    std::span<const std::string_view> handlers;
    [[nodiscard]] bool tcp() const { return type == client_tcp || type == provider_tcp; }
    [[nodiscard]] bool client() const { return type == client_generic || type == client_tcp; }
};

constexpr std::string_view client_generic_handlers[] = {
    "InitiateOffloadCompleteHandler",   "TerminateOffloadCompleteHandler", "UpdateOffloadCompleteHandler",
    "InvalidateOffloadCompleteHandler", "QueryOffloadCompleteHandler",     "IndicateOffloadEventHandler"};
constexpr std::string_view provider_generic_handlers[] = {"InitiateOffloadHandler", "TerminateOffloadHandler",
                                                          "UpdateOffloadHandler", "InvalidateOffloadHandler",
                                                          "QueryOffloadHandler"};
constexpr std::string_view client_tcp_handlers[] = {
    "TcpOffloadSendCompleteHandler",    "TcpOffloadReceiveCompleteHandler", "TcpOffloadDisconnectCompleteHandler",
    "TcpOffloadForwardCompleteHandler", "TcpOffloadEventHandler",           "TcpOffloadReceiveIndicateHandler"};
constexpr std::string_view provider_tcp_handlers[] = {"TcpOffloadSendHandler", "TcpOffloadReceiveHandler",
                                                      "TcpOffloadDisconnectHandler", "TcpOffloadForwardHandler",
                                                      "TcpOffloadReceiveReturnHandler"};
constexpr std::string_view forward_complete = "TcpOffloadForwardCompleteHandler";

constexpr TableLayout layouts[] = {
    {client_generic, "the client generic table", 56, 8, client_generic_handlers},
    {provider_generic, "the provider generic table", 48, 8, provider_generic_handlers},
    {client_tcp, "the client TCP table", 64, 16, client_tcp_handlers},
    {provider_tcp, "the provider TCP table", 56, 16, provider_tcp_handlers},
};

const TableLayout* layout_of(std::uint8_t type) {
    const auto found = std::ranges::find(layouts, type, &TableLayout::type);
    return found == std::end(layouts) ? nullptr : &*found;
}

bool is(const Scene& scene, std::string_view function, trace::EventKind kind) {
    return scene.event.kind == kind && scene.function_name() == function;
}

// The table that the driver hands over at this event; nullptr when this is no such call, or not a chimney table.
const TableLayout* table_handed_over(const Scene& scene) {
    if (!is(scene, "NdisSetOptionalHandlers", trace::EventKind::enter) || !scene.event.region.valid()) return nullptr;
    if (scene.replay().trace().region(scene.event.region).kind != RegionKind::handler_table) return nullptr;
    return layout_of(static_cast<std::uint8_t>(scene.replay().word(scene.event.region, 0, 1)));
}

// The table that NDIS has just taken; nullptr when this is no such return, or it was refused (IM-007, IM-008).
const TableLayout* table_taken(const Scene& scene) {
    if (!is(scene, "NdisSetOptionalHandlers", trace::EventKind::leave) || scene.event.status < 0) return nullptr;
    if (!scene.event.region.valid() || scene.replay().trace().region(scene.event.region).kind != RegionKind::handler_table)
        return nullptr;
    return layout_of(static_cast<std::uint8_t>(scene.replay().word(scene.event.region, 0, 1)));
}

std::string_view running_handler(const Scene& scene) {
    const EventId frame = scene.replay().frame_of(scene.driver);
    return frame.valid() ? scene.replay().trace().text(scene.replay().trace().event(frame).name) : std::string_view{};
}

bool on_binding(const Scene& scene) {
    const std::string_view handler = running_handler(scene);
    return scene.replay().binding(scene.event.subject) || handler == "ProtocolBindAdapterEx" ||
           handler == "ProtocolOpenAdapterCompleteEx";
}

bool has(const DriverRecord& driver, std::uint8_t type) { return driver.tables.contains(type); }

Draft at_table(const Scene& scene, const Report& report) {
    Draft draft = report.draft(scene);
    draft.block(scene.event.region);
    if (scene.event.kind == trace::EventKind::leave) draft.at(scene.event.partner);
    return draft;
}

std::string where(const Scene& scene) {
    const std::string_view handler = running_handler(scene);
    return handler.empty() ? std::string("outside any handler") : "in its " + std::string(handler);
}

// A table of that type: handed over in the right handler, and not missing beside its twin when DriverEntry returns.
void provider_table(const Scene& scene, const Report& report, std::uint8_t type, std::uint8_t twin) {
    if (scene.by_host_stack()) return;
    if (const TableLayout* table = table_taken(scene)) {
        if (table->type == type && running_handler(scene) != "MiniportSetOptions")
            report.add(at_table(scene, report), scene.who() + " registers " + std::string(table->name) + " " + where(scene) +
                                                    "; its place is MiniportSetOptions.");
        return;
    }
    const DriverRecord* driver = record_of_driver(scene);
    if (!is(scene, "DriverEntry", trace::EventKind::leave) || !driver || !has(*driver, twin) || has(*driver, type)) return;
    report.add(report.draft(scene), scene.who() + " registered " + std::string(layout_of(twin)->name) + " but not " +
                                        std::string(layout_of(type)->name) + ".");
}

void provider_generic_in_set_options(const Scene& scene, const Report& report) {
    provider_table(scene, report, provider_generic, provider_tcp);
}

void provider_tcp_in_set_options(const Scene& scene, const Report& report) {
    provider_table(scene, report, provider_tcp, provider_generic);
}

void client_generic_in_set_options(const Scene& scene, const Report& report) {
    if (scene.by_offload_target()) return;
    if (const TableLayout* table = table_taken(scene)) {
        if (table->type != client_generic || running_handler(scene) == "ProtocolSetOptions") return;
        const bool binding = on_binding(scene);
        Draft draft = at_table(scene, report);
        if (binding) draft.severity(Severity::warning);
        report.add(std::move(draft), scene.who() + " registers the client generic table " +
                                         (binding ? "on a binding; that is legal, but completions are dispatched from the "
                                                    "protocol driver's table."
                                                  : where(scene) + "; its place is ProtocolSetOptions."));
        return;
    }
    const DriverRecord* driver = record_of_driver(scene);
    if (!is(scene, "DriverEntry", trace::EventKind::leave) || !driver || !has(*driver, client_tcp) ||
        has(*driver, client_generic))
        return;
    report.add(report.draft(scene), scene.who() + " registered the client TCP table but not the client generic table: "
                                                  "completions of its operations cannot be delivered.");
}

void client_tcp_in_set_options(const Scene& scene, const Report& report) {
    const TableLayout* table = table_taken(scene);
    if (scene.by_offload_target() || !table || table->type != client_tcp) return;
    if (running_handler(scene) == "ProtocolSetOptions" || on_binding(scene)) return;
    report.add(at_table(scene, report), scene.who() + " registers the client TCP table " + where(scene) +
                                            "; its place is ProtocolSetOptions, or an open binding.");
}

void client_tcp_before_first_call(const Scene& scene, const Report& report) {
    const DriverRecord* driver = record_of_driver(scene);
    if (!driver || !has(*driver, client_generic) || has(*driver, client_tcp) || driver->first_passed_down.valid()) return;
    report.add(report.draft(scene), scene.who() + " passes an operation down without ever having registered the client TCP "
                                                  "table: completions and indications of I/O cannot be delivered to it.");
}

void report_missing(const Scene& scene, const Report& report, const TableLayout& table, std::size_t index) {
    const std::uint32_t offset = table.first_handler + 8 * static_cast<std::uint32_t>(index);
    report.add(at_table(scene, report).member(table.handlers[index], offset).seen_only(0),
               std::string(table.handlers[index]) + " of " + std::string(table.name) + " of " + scene.who() +
                   " is NULL; NDIS will call it without looking.");
}

void all_handlers_there(const Scene& scene, const Report& report) {
    const TableLayout* table = table_handed_over(scene);
    if (!table) return;
    for (std::size_t i = 0; i < table->handlers.size(); ++i)
        if (table->handlers[i] != forward_complete &&
            scene.replay().word(scene.event.region, table->first_handler + 8 * static_cast<std::uint32_t>(i)) == 0)
            report_missing(scene, report, *table, i);
}

void forward_complete_there(const Scene& scene, const Report& report) {
    const TableLayout* table = table_handed_over(scene);
    if (!table) return;
    for (std::size_t i = 0; i < table->handlers.size(); ++i)
        if (table->handlers[i] == forward_complete &&
            scene.replay().word(scene.event.region, table->first_handler + 8 * static_cast<std::uint32_t>(i)) == 0)
            report_missing(scene, report, *table, i);
}

// NDIS refuses a table that it does not recognise on that handle.
void recognised_by_type(const Scene& scene, const Report& report) {
    if (!is(scene, "NdisSetOptionalHandlers", trace::EventKind::leave) || scene.event.status != wdk::not_supported) return;
    const RegionId region = scene.event.region;
    if (!region.valid() || scene.replay().trace().region(region).kind != RegionKind::handler_table) return;
    const auto type = static_cast<std::uint8_t>(scene.replay().word(region, 0, 1));
    const TableLayout* table = layout_of(type);
    if (table && table->tcp() && scene.replay().word(region, 8, 4) != tcp_chimney) return;  // IM-008
    report.add(report.draft(scene).block(region).member("Header.Type", 0).seen_only(type, 1),
               table ? "NDIS refused " + std::string(table->name) + " of " + scene.who() + " on a handle that does not take it."
                     : "NDIS did not recognise a table of " + scene.who() + ": Header.Type " + trace::hex(type) +
                           " names no chimney table.");
}

void offload_type_is_tcp(const Scene& scene, const Report& report) {
    const TableLayout* table = table_handed_over(scene);
    if (!table || !table->tcp()) return;
    const std::uint64_t type = scene.replay().word(scene.event.region, 8, 4);
    if (type == tcp_chimney) return;
    report.add(at_table(scene, report).member("OffloadType", 8).values(tcp_chimney, type, 4),
               "OffloadType of " + std::string(table->name) + " of " + scene.who() + " is not NdisTcpChimneyOffload.");
}

void size_and_flags(const Scene& scene, const Report& report) {
    const TableLayout* table = table_handed_over(scene);
    if (!table) return;
    const std::uint64_t size = scene.replay().word(scene.event.region, 2, 2);
    if (size < table->size)
        report.add(at_table(scene, report).member("Header.Size", 2).values(table->size, size, 2),
                   "Header.Size of " + std::string(table->name) + " of " + scene.who() + " does not cover the table.");
    if (const std::uint64_t flags = scene.replay().word(scene.event.region, 4, 4); flags != 0)
        report.add(at_table(scene, report).member("Flags", 4).values(0, flags, 4),
                   "Flags of " + std::string(table->name) + " of " + scene.who() + " are reserved and must stay zero.");
}

// --- NdisMGetOffloadHandlers ---

bool got_handlers(const DriverRecord& driver, std::uint64_t adapter) {
    return driver.adapters.contains(adapter) ? driver.offload_handlers.contains(adapter) : !driver.offload_handlers.empty();
}

bool uses_entry_points(const Scene& scene) {
    const trace::Function* function = scene.replay().function(scene.event);
    if (function->side != trace::Side::driver_calls_ndis || function->name == "NdisMOffloadEventIndicate") return false;
    return function->group == trace::FunctionGroup::indication || function->completion;
}

void asked_before_use(const Scene& scene, const Report& report) {
    const DriverRecord* driver = record_of_driver(scene);
    if (!driver || driver->adapters.empty() || !uses_entry_points(scene) || got_handlers(*driver, scene.event.subject)) return;
    if (driver->offload_handlers_failed.valid()) return;  // IM-012
    report.add(report.draft(scene), scene.who() + " calls " + std::string(scene.function_name()) +
                                        " without having asked for NDIS's entry points in MiniportInitializeEx.");
}

void asked_in_initialize(const Scene& scene, const Report& report) {
    if (!is(scene, "NdisMGetOffloadHandlers", trace::EventKind::leave)) return;
    const std::string_view handler = running_handler(scene);
    if (handler == "MiniportInitializeEx") return;
    report.add(report.draft(scene), scene.who() + " calls NdisMGetOffloadHandlers " + where(scene) +
                                        "; its place is MiniportInitializeEx.");
}

void asked_once(const Scene& scene, const Report& report) {
    if (!is(scene, "NdisMGetOffloadHandlers", trace::EventKind::leave)) return;
    if (scene.event.status == wdk::not_supported) {
        report.add(report.draft(scene), scene.who() + " asks for the entry points of a chimney type that NDIS does not have.");
        return;
    }
    const DriverRecord* driver = record_of_driver(scene);
    if (!driver) return;
    const auto calls = driver->offload_handler_calls.find(scene.model.adapter_being_initialized(scene.driver));
    if (calls == driver->offload_handler_calls.end() || calls->second < 1) return;
    report.add(report.draft(scene), scene.who() + " calls NdisMGetOffloadHandlers a second time for the same adapter.");
}

void not_used_after_failure(const Scene& scene, const Report& report) {
    const DriverRecord* driver = record_of_driver(scene);
    if (!driver || !uses_entry_points(scene) || !driver->offload_handlers_failed.valid()) return;
    if (got_handlers(*driver, scene.event.subject)) return;
    report.add(report.draft(scene), scene.who() + " calls " + std::string(scene.function_name()) +
                                        " although NdisMGetOffloadHandlers had failed.");
}

// --- both edges ---

void both_edges_at_start(const Scene& scene, const Report& report) {
    const DriverRecord* driver = scene.by_intermediate_driver() ? record_of_driver(scene) : nullptr;
    if (!driver || !is(scene, "DriverEntry", trace::EventKind::leave) || scene.event.status < 0) return;
    const bool provider = has(*driver, provider_generic) || has(*driver, provider_tcp);
    const bool client = has(*driver, client_generic) || has(*driver, client_tcp);
    if (!client || provider) return;
    report.add(report.draft(scene), scene.who() + " registered chimney tables on its lower edge and none on its upper edge.");
}

void both_edges_at_first_tree(const Scene& scene, const Report& report) {
    const DriverRecord* driver = scene.by_intermediate_driver() ? record_of_driver(scene) : nullptr;
    if (!driver || driver->tables.empty() || driver->first_initiate.valid()) return;
    if (has(*driver, client_generic) || has(*driver, client_tcp)) return;
    report.add(report.draft(scene), scene.who() + " is given a tree, but it registered no chimney tables on its lower edge: it "
                                                  "cannot pass anything on.");
}

// --- requests and indications passed on ---

constexpr std::uint64_t oid_tcp_task_offload = 0xFC010201, oid_tcp_offload_hardware_capabilities = 0xFC01020D;
constexpr std::uint64_t oid_connection_offload_hardware_capabilities = 0xFC01020F, oid_connection_offload_parameters = 0xFC030201;
constexpr std::uint64_t capability_queries[] = {oid_tcp_task_offload, oid_tcp_offload_hardware_capabilities,
                                                oid_connection_offload_hardware_capabilities};
constexpr std::uint64_t status_offload_pause = 0x40020001, status_upload_all = 0x40020002, status_offload_resume = 0x40020003;
constexpr std::uint64_t status_new_capabilities = 0x4002000B;

bool allows_offload(const DriverRecord& driver) { return has(driver, provider_generic); }

void capabilities_passed_down(const Scene& scene, const Report& report) {
    for (const auto& [layer, driver] : scene.model.drivers()) {
        if (!scene.replay().is_intermediate_driver(layer)) continue;
        for (const auto& [oid, relay] : driver.requests) {
            const bool set = oid == oid_connection_offload_parameters;
            const bool query = std::ranges::find(capability_queries, oid) != std::end(capability_queries);
            if ((!set && !(query && allows_offload(driver))) || relay.arrived == 0 || relay.passed_on > 0) continue;
            report.add(report.draft(scene).by(layer).at(relay.first),
                       scene.replay().layer_name(layer) + " did not pass the request " + trace::hex(oid) + (set ? " (set" : " (query") +
                           " of offload capabilities) down.");
        }
    }
}

void capability_query_answered(const Scene& scene, const Report& report) {
    for (const auto& [layer, driver] : scene.model.drivers()) {
        if (!scene.replay().is_intermediate_driver(layer) || allows_offload(driver)) continue;
        for (const std::uint64_t oid : capability_queries) {
            const auto relay = driver.requests.find(oid);
            if (relay == driver.requests.end() || relay->second.arrived == 0 || relay->second.passed_on == 0) continue;
            report.add(report.draft(scene).by(layer).at(relay->second.first),
                       scene.replay().layer_name(layer) + " allows no offload but passed the capability query down instead of "
                                                          "answering NDIS_STATUS_NOT_SUPPORTED.");
        }
    }
}

void status_passed_up(const Scene& scene, const Report& report, std::span<const std::uint64_t> statuses) {
    for (const auto& [layer, driver] : scene.model.drivers()) {
        if (!scene.replay().is_intermediate_driver(layer)) continue;
        for (const std::uint64_t status : statuses) {
            const auto relay = driver.statuses.find(status);
            if (relay == driver.statuses.end() || relay->second.passed_on >= relay->second.arrived) continue;
            report.add(report.draft(scene).by(layer).at(relay->second.first),
                       trace::status_text(static_cast<std::int32_t>(status)) + " reached " + scene.replay().layer_name(layer) +
                           " and was not passed up on every virtual miniport.");
        }
    }
}

void offload_states_passed_up(const Scene& scene, const Report& report) {
    constexpr std::uint64_t statuses[] = {status_offload_pause, status_upload_all, status_offload_resume};
    status_passed_up(scene, report, statuses);
}

void new_capabilities_passed_up(const Scene& scene, const Report& report) {
    constexpr std::uint64_t statuses[] = {status_new_capabilities};
    status_passed_up(scene, report, statuses);
}

}  // namespace

std::span<const Unit> registration_units() {
    static constexpr Unit all[] = {
        {"IM-001", Moment::registration, provider_generic_in_set_options},
        {"IM-002", Moment::registration, provider_tcp_in_set_options},
        {"IM-003", Moment::registration, client_generic_in_set_options},
        {"IM-004", Moment::registration, client_tcp_in_set_options},
        {"IM-004", Moment::operation_handed_on, client_tcp_before_first_call},
        {"IM-005", Moment::registration, all_handlers_there},
        {"IM-006", Moment::registration, forward_complete_there},
        {"IM-007", Moment::registration, recognised_by_type},
        {"IM-008", Moment::registration, offload_type_is_tcp},
        {"IM-009", Moment::registration, size_and_flags},
        {"IM-010", Moment::transfer, asked_before_use},
        {"IM-010", Moment::indication, asked_before_use},
        {"IM-010", Moment::registration, asked_in_initialize},
        {"IM-011", Moment::registration, asked_once},
        {"IM-012", Moment::transfer, not_used_after_failure},
        {"IM-012", Moment::indication, not_used_after_failure},
        {"IM-014", Moment::registration, both_edges_at_start},
        {"IM-014", Moment::operation_arrives, both_edges_at_first_tree},
        {"IM-015", Moment::run_ended, capabilities_passed_down},
        {"IM-118", Moment::run_ended, offload_states_passed_up},
        {"IM-119", Moment::run_ended, new_capabilities_passed_up},
        {"IM-121", Moment::run_ended, capability_query_answered},
    };
    return all;
}

}  // namespace chimneylab::verifier
