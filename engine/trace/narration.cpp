// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/narration.h"

#include <array>
#include <span>

#include "engine/trace/function_catalogue.h"
#include "engine/trace/function_purpose.h"
#include "engine/trace/narration_words.h"
#include "engine/trace/text.h"
#include "engine/trace/value_text.h"

namespace chimneylab::trace {
namespace {

using words::capitalised;
using words::is_target;
using words::listed;
using words::verb;
using words::who;
using words::whose;

std::string status_words(const Event& event) {
    return event.has_status ? " with " + status_text(event.status) : std::string{};
}

std::string_view one_of(std::span<const std::string_view> names, std::uint64_t number) {
    return number < names.size() ? names[number] : std::string_view{};
}

// What a call carries beside its handle and what it is about: " It is TcpIndicateRetrieve for LowActivity."
std::string argument_words(std::string_view name, const Event& event) {
    static constexpr std::string_view types[] = {"", "TcpIndicateSendBacklogChange", "TcpIndicateDisconnect",
                                                 "TcpIndicateRetrieve", "TcpIndicateAbort"};
    static constexpr std::string_view reasons[] = {"", "LowActivity", "HighDropRate", "SmallIO", "NoBufferPreposting",
                                                   "ReceivedUrgentData", "HighFragmentation", "HighOutOfOrderPackets",
                                                   "TimeoutExpiration", "InvalidState", "UploadRequested", "HardwareFailure"};
    constexpr std::uint64_t backlog = 1, retrieve = 3;
    if (name == "NdisTcpOffloadEventHandler" || name == "ProtocolTcpOffloadEvent") {
        const std::string_view type = one_of(types, event.detail);
        std::string text = " It is " + (type.empty() ? "an event of type " + std::to_string(event.detail) : std::string(type));
        const std::string_view reason = event.detail == retrieve ? one_of(reasons, event.argument) : std::string_view{};
        if (!reason.empty()) text += " for " + std::string(reason);
        else if (event.detail == retrieve || event.detail == backlog) text += " with " + std::to_string(event.argument);
        return text + ".";
    }
    if (name == "NdisOffloadTcpDisconnect" || name == "MiniportTcpOffloadDisconnect")
        return event.argument == 1   ? " It is to be graceful."
               : event.argument == 2 ? " It is to be abortive."
                                     : " Its Flags are " + hex(event.argument) + ".";
    return {};
}

std::string memory_words(const Event& event) {
    return std::to_string(static_cast<std::uint32_t>(event.detail)) + " bytes with tag '" +
           pool_tag_text(static_cast<std::uint32_t>(event.detail >> 32)) + "'";
}

std::string irql_text(std::uint64_t level) {
    static constexpr std::array<std::string_view, 3> names{"PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL"};
    return level < names.size() ? std::string(names[level]) : std::to_string(level);
}

// "miniport adapter handle of IM 1" → "miniport adapter of IM 1": what changes is the thing, not its handle.
std::string without_handle(std::string text) {
    constexpr std::string_view word = " handle of ";
    if (const std::size_t at = text.find(word); at != std::string::npos) text.erase(at, word.size() - 4);
    return text;
}

std::string tell_call_ndis(const History& history, const Operation& operation, LayerIndex caller,
                           std::string_view name) {
    const std::string blocks = listed(words::block_names(history, operation));
    if (caller == host_stack_layer)
        return "The host stack calls " + std::string(name) + ": whoever is below shall " + verb(operation.kind) + " " +
               (blocks.empty() ? "the tree" : blocks) +
               ". Until the completion comes back, the block list belongs to NDIS and the drivers below.";
    return capitalised(who(history, caller)) + " passes the same block list on: it calls " + std::string(name) +
           " on its own binding to " + who(history, static_cast<LayerIndex>(caller + 1)) +
           ". From now on it must leave the tree alone; the completion may come before this call returns.";
}

std::string tell_miniport_handler(const History& history, LayerIndex callee, std::string_view name) {
    if (is_target(history, callee))
        return "NDIS calls " + std::string(name) +
               " of the offload target. This is the bottom of the chimney: the target keeps the block list until its "
               "work is done.";
    return "NDIS calls " + whose(history, callee) + " " + std::string(name) +
           " with the very pointer it was given; nothing was copied. " + capitalised(who(history, callee)) +
           " sees a MINIPORT block list.";
}

std::string tell_complete_ndis(const History& history, LayerIndex caller, std::string_view name) {
    if (is_target(history, caller))
        return "The offload target has written a Status into the blocks and calls " + std::string(name) +
               ": the completion starts its way up.";
    return capitalised(who(history, caller)) + " calls " + std::string(name) +
           " with the tree as it had come from above: the completion travels on. The block list is out of its hands "
           "now.";
}

std::string tell_protocol_handler(const History& history, const Operation& operation, LayerIndex callee,
                                  std::string_view name) {
    if (callee == host_stack_layer)
        return "NDIS calls the host stack's " + std::string(name) +
               ": the completion has arrived at the top, and with it the " +
               (operation.blocks.size() > 1 ? "tree of " + std::to_string(operation.blocks.size()) + " blocks."
                                            : "block list.");
    return "NDIS calls " + whose(history, callee) + " " + std::string(name) + ", because the root's SourceHandle is " +
           whose(history, callee) + " binding. ImReserved[0] of the root leads " + who(history, callee) +
           " to its call entry.";
}

}  // namespace

Narrator::Narrator(const History& history) : history_(&history), cursor_(history.trace(), &history.region_changes()) {}

std::string Narrator::sentence(EventId id) {
    if (!id.valid() || id.value >= history_->trace().size()) return {};
    const Event& event = history_->trace().event(id);
    switch (event.kind) {
        case EventKind::enter:
            return tell_enter(id, event);
        case EventKind::leave:
            return tell_leave(event);
        case EventKind::conversion:
            return tell_conversion(id, event);
        case EventKind::memory_allocated:
        case EventKind::memory_freed:
            return tell_memory(id, event);
        case EventKind::call_entry_recognised:
        case EventKind::call_entry_released:
        case EventKind::offload_entry_recognised:
        case EventKind::offload_entry_released:
        case EventKind::context_published:
            return tell_entry(id, event);
        case EventKind::work_queued:
        case EventKind::work_started:
        case EventKind::work_finished:
        case EventKind::choice:
            return tell_work(id, event);
        default:
            return tell_rest(id, event);
    }
}

std::string Narrator::heading(EventId id) const {
    if (!id.valid() || id.value >= history_->trace().size()) return {};
    const Event& event = history_->trace().event(id);
    const std::string name(history_->trace().text(event.name));
    const std::string layer = history_->layer_name(event.layer), other = history_->layer_name(event.other_layer);
    switch (event.kind) {
        case EventKind::enter:
            return other + " → " + layer + ": " + name;
        case EventKind::leave:
            return layer + " → " + other + ": " + name + " returns";
        case EventKind::conversion:
            if (const Conversion* conversion = history_->conversion_at(id)) {
                const Operation* operation = history_->operation(conversion->operation);
                return "Conversion " + std::to_string(conversion->number) + " of " +
                       std::to_string(operation ? operation->conversions.size() : 1) + ": " +
                       conversion_title(conversion->kind);
            }
            return "Conversion";
        case EventKind::operation_started:
        case EventKind::operation_finished:
            return operation_title(event.operation_kind) + " #" + std::to_string(event.operation.value + 1) +
                   (event.kind == EventKind::operation_started ? " begins" : " is complete");
        case EventKind::finding:
            return finding_title(static_cast<FindingKind>(event.detail));
        case EventKind::frame_sent:
        case EventKind::frame_received:
        case EventKind::frame_dropped:
            return words::capitalised(words::of_the_wire(*history_, event)) + ": " + name;
        default: {
            std::string text = words::capitalised(std::string(to_text(event.kind)));
            for (char& c : text)
                if (c == '_') c = ' ';
            const std::string what = event.region.valid() ? region_text(*history_, event.region) : name;
            return what.empty() ? text : text + ": " + what;
        }
    }
}

std::string Narrator::tell_enter(EventId id, const Event& event) {
    const std::string_view name = history_->trace().text(event.name);
    const Function* function = find_function(name);
    const Operation* operation = history_->operation(event.operation);
    if (function != nullptr && operation != nullptr && function->group == FunctionGroup::state_manipulation) {
        if (function->side == Side::driver_calls_ndis)
            return function->completion ? tell_complete_ndis(*history_, event.other_layer, name)
                                        : tell_call_ndis(*history_, *operation, event.other_layer, name);
        return function->completion ? tell_protocol_handler(*history_, *operation, event.layer, name)
                                    : tell_miniport_handler(*history_, event.layer, name);
    }
    const std::string_view purpose = function_purpose(name);
    std::string text;
    if (event.layer == ndis_layer)
        text = capitalised(who(*history_, event.other_layer)) + " calls " + std::string(name) +
               (purpose.empty() ? "." : ", " + std::string(purpose) + ".");
    else
        text = capitalised(who(*history_, event.other_layer)) + " calls " + whose(*history_, event.layer) + " " +
               std::string(name) + (purpose.empty() ? "." : ": " + std::string(purpose) + ".");
    const bool by_handle = function != nullptr && (function->group == FunctionGroup::offloaded_io ||
                                                   function->group == FunctionGroup::indication);
    return by_handle ? text + argument_words(name, event) + tell_handle(id, event, *function) : text;
}

// How the chain of handles leads an I/O call or an indication to the next driver.
std::string Narrator::tell_handle(EventId id, const Event& event, const Function& function) {
    const bool into_ndis = function.side == Side::driver_calls_ndis;
    const bool down = function.direction == Direction::down;
    // A miniport handler is given the context, not the handle: that is in the call which NDIS serves.
    const bool given_context = !into_ndis && down;
    if (given_context && !event.parent.valid()) return {};
    const Address address = given_context ? history_->trace().event(event.parent).subject : event.subject;
    const RegionId handle = history_->region_starting_at(address, RegionKind::offload_handle, id);
    if (!handle.valid()) return {};
    cursor_.seek(id);
    const std::string named = region_text(*history_, handle);
    const auto word = [&](std::uint32_t offset) { return cursor_.word(handle, offset).value_or(0); };
    if (given_context)
        return " What it gets as MiniportOffloadContext is what stands in " + named + ": " +
               context_text(*history_, id, word(handle_offset::miniport_offload_context)) + ".";
    if (!into_ndis) return " OffloadContext is " + named + ": an address within what it keeps for the connection.";
    if (down) return " It names the connection by " + named + ".";
    return " It names the connection by " + named + "; NdisReserved[0] in it, " +
           value_text(*history_, id, word(handle_offset::ndis_reserved)) + ", tells NDIS who is to hear of it.";
}

std::string Narrator::tell_leave(const Event& event) {
    const std::string name(history_->trace().text(event.name));
    const bool data = name == "NdisTcpOffloadReceiveHandler" || name == "ProtocolTcpOffloadReceiveIndicate";
    std::string text = name + " returns to " + who(*history_, event.other_layer) + status_words(event) +
                       (data ? ", BytesConsumed " + std::to_string(event.argument) : std::string{}) + ".";
    const Function* function = find_function(name);
    const Operation* operation = history_->operation(event.operation);
    if (function != nullptr && operation != nullptr && function->group == FunctionGroup::state_manipulation &&
        !function->completion) {
        const EventId here = history_->trace().closed_by(event.partner);
        const bool finished = operation->finished.valid() && here.valid() && operation->finished < here;
        text += finished ? " The completion has already come back meanwhile."
                         : " That says nothing about the outcome: it comes with the completion.";
    }
    return text;
}

std::string Narrator::tell_memory(EventId id, const Event& event) {
    const bool allocated = event.kind == EventKind::memory_allocated;
    const EventId allocation = allocated ? id : event.partner;
    std::string what;
    if (const CallEntry* entry = history_->call_entry_in(allocation))
        what = "call entry #" + std::to_string(entry->ordinal);
    else if (const OffloadEntry* offload = history_->offload_entry_in(allocation))
        what = "the offload entry of " + std::string(history_->trace().text(offload->object));
    if (allocated)
        return capitalised(who(*history_, event.layer)) + " allocates " + memory_words(event) +
               (what.empty() ? "." : ": it is going to be " + what + ".");
    return capitalised(who(*history_, event.layer)) + " frees " + memory_words(event) +
           (what.empty() ? "." : ": it was " + what + ".") +
           (event.partner.valid() ? " It had been allocated at event " + std::to_string(event.partner.value) + "."
                                  : "");
}

std::string Narrator::tell_entry(EventId id, const Event& event) {
    const std::string driver = who(*history_, event.layer);
    const Nanoseconds since =
        event.partner.valid() ? event.virtual_time - history_->trace().event(event.partner).virtual_time : 0;
    const std::string number =
        event.region.valid() ? "#" + std::to_string(history_->trace().region(event.region).ordinal) : std::string{};
    const OffloadEntry* offload = history_->offload_entry_of(event.region);
    const std::string object = offload != nullptr && offload->object.valid()
                                   ? std::string(history_->trace().text(offload->object))
                                   : object_name(*history_, event.region);
    switch (event.kind) {
        case EventKind::call_entry_recognised: {
            std::string text = "The memory that ImReserved[0] of the root leads to is " +
                               whose(*history_, event.layer) + " call entry " + number +
                               ": what the driver has to remember until this operation completes.";
            const CallEntry* entry = history_->call_entry_of(event.region);
            std::vector<std::string> saved;
            if (entry != nullptr && entry->recognised == id)
                for (const SavedValue& each : entry->saved)
                    if (each.offset)
                        saved.push_back(std::string(each.member) + " (" + value_text(*history_, id, each.value) +
                                        ") at +" + hex(*each.offset));
            return saved.empty() ? text : text + " In it lies " + listed(saved) + ".";
        }
        case EventKind::call_entry_released:
            return capitalised(driver) + " lets go of call entry " + number + " after " + duration_text(since) +
                   ": the operation is over for it.";
        case EventKind::offload_entry_recognised:
            return "The handle in slot B of " + object + " lies in this memory: it is " +
                   whose(*history_, event.layer) + " offload entry of " + object + ", and stays as long as " + object +
                   " is offloaded.";
        case EventKind::offload_entry_released:
            return capitalised(driver) + " lets go of its offload entry of " + object + " after " +
                   duration_text(since) + ": " + object + " is no longer offloaded through it.";
        default: {
            const std::string handle = region_text(*history_, event.region);
            if (event.detail == 0)
                return "MiniportOffloadContext of " + handle + " becomes NULL: nothing is offloaded behind it.";
            return capitalised(driver) + " writes " + context_text(*history_, id, event.detail) +
                   " into MiniportOffloadContext of " + handle +
                   ": from now on every call about the object brings it along.";
        }
    }
}

std::string Narrator::tell_work(EventId, const Event& event) {
    const std::string name(history_->trace().text(event.name));
    const std::string what = name.empty() ? "work item " + std::to_string(event.subject) : "“" + name + "”";
    switch (event.kind) {
        case EventKind::work_queued:
            return capitalised(who(*history_, event.layer)) + " leaves work for later: " + what +
                   (event.detail > event.virtual_time
                        ? ", due in " + duration_text(event.detail - event.virtual_time) + "."
                        : ".");
        case EventKind::work_started:
            return std::string(event.parent.valid() ? "While a driver waits" : "No driver is running, so") +
                   (event.parent.valid() ? ", other" : " the next piece of") + " pending work gets its turn: " + what +
                   ", for " + who(*history_, event.layer) + ".";
        case EventKind::work_finished:
            return "The work " + what + " is done; nothing of it is left on the stack.";
        default:
            return "Of " + std::to_string(static_cast<std::uint32_t>(event.detail)) +
                   " pieces of pending work number " + std::to_string((event.detail >> 32) + 1) + " is taken first" +
                   (name.empty() ? "." : ": " + what + ".");
    }
}

std::string Narrator::tell_rest(EventId id, const Event& event) {
    const Trace& trace = history_->trace();
    const std::string name(trace.text(event.name));
    const std::string layer = capitalised(who(*history_, event.layer));
    const Operation* operation = history_->operation(event.operation);
    switch (event.kind) {
        case EventKind::run_started: {
            std::string through;
            for (std::size_t i = 0; i < trace.layers().size(); ++i)
                through += (i == 0 ? "" : " → ") + std::string(trace.text(trace.layers()[i].name));
            return through.empty() ? "The run begins." : "The run begins: " + through + ".";
        }
        case EventKind::run_finished:
            return event.status == 0 ? "The run is over and nothing is wrong."
                                     : "The run is over; there is something to report.";
        case EventKind::step_started:
            return "Next step: " + name + ".";
        case EventKind::step_finished:
            return "The step has been carried out: " + name + ".";
        case EventKind::operation_started: {
            std::string text = "The host stack begins " +
                               std::string(event.operation_kind == OperationKind::initiate ||
                                                   event.operation_kind == OperationKind::update ||
                                                   event.operation_kind == OperationKind::invalidate
                                               ? "an "
                                               : "a ") +
                               std::string(to_text(event.operation_kind)) + " operation";
            if (operation == nullptr || operation->blocks.empty()) return text + ".";
            std::vector<std::string> described;
            for (const OperationBlock& block : operation->blocks) {
                std::string each(history_->label(block.block));
                if (block.role == BlockRole::placeholder) each += " (placeholder)";
                if (block.role == BlockRole::linker) each += " (linker)";
                if (block.role == BlockRole::new_offload) each += " (new)";
                described.push_back(std::move(each));
            }
            return text + " on a tree of " + words::counted(described.size(), "block", "blocks") + ": " +
                   listed(described) + ".";
        }
        case EventKind::operation_finished: {
            std::string text = "The " + std::string(to_text(event.operation_kind)) + " operation is complete";
            if (event.has_status) text += ": the root's Status is " + status_text(event.status);
            const auto latency = operation ? history_->latency(*operation) : std::nullopt;
            if (latency)
                text +=
                    ". From call to completion it took " + duration_text(latency->virtual_time) + " of virtual time";
            return text + ".";
        }
        case EventKind::handle_opened:
        case EventKind::handle_closed:
            return layer + (event.kind == EventKind::handle_opened ? " is given" : " gives up") + " a handle: " +
                   (history_->binding(event.subject) != nullptr || name.empty()
                        ? value_text(*history_, id, event.subject)
                        : name) +
                   ".";
        case EventKind::state_changed:
            return "The " + without_handle(value_text(*history_, id, event.subject)) + " is now in the state " + name +
                   ".";
        case EventKind::irql_changed:
            return "The IRQL goes from " + irql_text(event.detail >> 8 & 0xFF) + " to " +
                   irql_text(event.detail & 0xFF) + ".";
        case EventKind::message:
            return layer + " prints: “" + name + "”";
        case EventKind::finding:
            return "Found: " + finding_title(static_cast<FindingKind>(event.detail)) + ". " + name;
        case EventKind::fault_injected:
            return "On request something goes wrong here: " + name + ".";
        case EventKind::frame_sent:
        case EventKind::frame_received:
        case EventKind::frame_dropped:
            return capitalised(words::of_the_wire(*history_, event)) + ": " + name + ".";
        default:
            return name;
    }
}

}  // namespace chimneylab::trace
