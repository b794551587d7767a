// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/event_text.h"

#include "app/desktop/models/session.h"
#include "engine/trace/text.h"
#include "engine/trace/value_text.h"

namespace chimneylab::desktop {

using trace::Event;
using trace::EventKind;

EventMark mark_of_layer(const trace::Trace& trace, trace::LayerIndex layer) {
    if (layer == trace::ndis_layer) return EventMark::ndis;
    if (layer >= trace.layers().size()) return EventMark::machine;
    switch (trace.layers()[layer].role) {
        case trace::LayerRole::host_stack: return EventMark::host_stack;
        case trace::LayerRole::intermediate_driver: return EventMark::intermediate_driver;
        case trace::LayerRole::offload_target: return EventMark::offload_target;
    }
    return EventMark::machine;
}

QString short_conversion(trace::ConversionKind kind) {
    switch (kind) {
        case trace::ConversionKind::protocol_to_miniport_by_ndis:
        case trace::ConversionKind::protocol_to_miniport_by_driver: return QStringLiteral("protocol → miniport");
        case trace::ConversionKind::miniport_to_protocol_by_driver:
        case trace::ConversionKind::miniport_to_protocol_by_ndis: return QStringLiteral("miniport → protocol");
        case trace::ConversionKind::none: break;
    }
    return QStringLiteral("conversion");
}

trace::LayerIndex actor_of(const Event& event) {
    const bool call = event.kind == EventKind::enter || event.kind == EventKind::leave;
    return call && event.layer == trace::ndis_layer ? event.other_layer : event.layer;
}

EventText event_text(const trace::History& history, trace::EventId id) {
    const trace::Trace& trace = history.trace();
    const Event& event = trace.event(id);
    const QString name = to_qstring(trace.text(event.name));
    EventText text;
    text.layer = actor_of(event);
    text.mark = mark_of_layer(trace, text.layer);
    switch (event.kind) {
        case EventKind::enter:
            text.what = name;
            text.is_function_name = true;
            break;
        case EventKind::leave:
            text.what = name;
            if (event.has_status != 0) {
                text.what += QStringLiteral(" = ") + to_qstring(trace::short_status_text(event.status));
            }
            text.is_function_name = true;
            text.is_return = true;
            break;
        case EventKind::conversion:
            text.what = short_conversion(static_cast<trace::ConversionKind>(event.detail));
            text.mark = EventMark::conversion;
            break;
        case EventKind::call_entry_recognised:
        case EventKind::call_entry_released:
            text.what = to_qstring(trace::region_text(history, event.region)) +
                        (event.kind == EventKind::call_entry_recognised ? QStringLiteral(" in use")
                                                                        : QStringLiteral(" released"));
            text.mark = EventMark::call_entry;
            break;
        case EventKind::offload_entry_recognised:
        case EventKind::offload_entry_released:
            text.what = to_qstring(trace::region_text(history, event.region)) +
                        (event.kind == EventKind::offload_entry_recognised ? QStringLiteral(" in use")
                                                                           : QStringLiteral(" released"));
            break;
        case EventKind::context_published:
            text.what = QStringLiteral("context written into ") + to_qstring(trace::region_text(history, event.region));
            break;
        case EventKind::memory_allocated:
        case EventKind::memory_freed:
            text.what = QStringLiteral("%1 %2 B  %3")
                            .arg(event.kind == EventKind::memory_allocated ? QStringLiteral("allocates") : QStringLiteral("frees"))
                            .arg(event.detail & 0xFFFFFFFFU)
                            .arg(to_qstring(trace::pool_tag_text(static_cast<std::uint32_t>(event.detail >> 32))));
            text.mark = EventMark::memory;
            break;
        case EventKind::handle_opened: text.what = QStringLiteral("handle opened: ") + name; break;
        case EventKind::handle_closed: text.what = QStringLiteral("handle closed: ") + name; break;
        case EventKind::finding:
            text.what = name;
            text.mark = EventMark::finding;
            break;
        case EventKind::operation_started:
        case EventKind::operation_finished:
            text.what = operation_name(event.operation_kind) +
                        (event.kind == EventKind::operation_started ? QStringLiteral(" begins") : QStringLiteral(" is complete"));
            break;
        case EventKind::step_started: text.what = name; break;
        case EventKind::step_finished: text.what = QStringLiteral("step carried out"); break;
        case EventKind::run_started: text.what = QStringLiteral("run started"); break;
        case EventKind::run_finished: text.what = QStringLiteral("run finished"); break;
        case EventKind::work_queued: text.what = QStringLiteral("queued: ") + name; break;
        case EventKind::work_started: text.what = QStringLiteral("runs: ") + name; break;
        case EventKind::work_finished: text.what = QStringLiteral("done: ") + name; break;
        case EventKind::choice:
            text.what = QStringLiteral("took item %1 of %2 pending").arg((event.detail >> 32) + 1).arg(event.detail & 0xFFFFFFFFU);
            break;
        case EventKind::state_changed: text.what = QStringLiteral("state: ") + name; break;
        case EventKind::irql_changed:
            text.what = QStringLiteral("IRQL %1 → %2").arg(event.detail >> 8).arg(event.detail & 0xFFU);
            break;
        case EventKind::message: text.what = QStringLiteral("says: ") + name.trimmed(); break;
        case EventKind::fault_injected: text.what = QStringLiteral("fault injected: ") + name; break;
        case EventKind::frame_sent: text.what = QStringLiteral("frame sent: ") + name; break;
        case EventKind::frame_received: text.what = QStringLiteral("frame received: ") + name; break;
        case EventKind::frame_dropped: text.what = QStringLiteral("frame lost: ") + name; break;
    }
    if (text.what.isEmpty()) text.what = to_qstring(trace::to_text(event.kind)).replace(QLatin1Char('_'), QLatin1Char(' '));
    return text;
}

QString time_text(trace::Nanoseconds time) { return to_qstring(trace::duration_text(time)); }

QString microseconds_text(trace::Nanoseconds time) {
    return QStringLiteral("%1.%2").arg(time / 1000).arg(time % 1000, 3, 10, QLatin1Char('0'));
}

QString short_layer_name(const trace::History& history, trace::LayerIndex layer) {
    if (layer == trace::ndis_layer) return QStringLiteral("NDIS");
    const auto layers = history.trace().layers();
    if (layer >= layers.size()) return QStringLiteral("Machine");
    switch (layers[layer].role) {
        case trace::LayerRole::host_stack: return QStringLiteral("Host");
        case trace::LayerRole::offload_target: return QStringLiteral("Target");
        case trace::LayerRole::intermediate_driver: break;
    }
    return to_qstring(history.layer_name(layer));
}

QString operation_name(trace::OperationKind kind) { return to_qstring(trace::to_text(kind)); }

int operation_ordinal(const trace::History& history, trace::OperationId operation) {
    const trace::Operation* found = operation.valid() ? history.operation(operation) : nullptr;
    return found == nullptr ? 0 : static_cast<int>(found - history.operations().data()) + 1;
}

QString operation_text(const trace::History& history, trace::OperationId operation) {
    const int ordinal = operation_ordinal(history, operation);
    if (ordinal == 0) return {};
    return QStringLiteral("%1 %2").arg(ordinal).arg(operation_name(history.operation(operation)->kind));
}

}  // namespace chimneylab::desktop
