// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/host_client/request.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace chimneylab {

// Every list of results is read and written by the same table of members.
namespace trace {
template <typename Tag>
void to_json(nlohmann::json& json, const Identifier<Tag>& id) { json = id.value; }
template <typename Tag>
void from_json(const nlohmann::json& json, Identifier<Tag>& id) { id.value = json.get<std::uint32_t>(); }
}  // namespace trace

namespace scenario {
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(BlockResult, object, role, status)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(OperationResult, step, kind, tree, id, started, refusal, finished,
                                   completed_inside_call, finish_order, virtual_started, virtual_finished, blocks)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TransferResult, step, kind, connection, started, refusal, returned, buffers,
                                   completed, last_status, bytes_transferred)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ExpectationResult, text, met, detail, events)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PendingItem, label, layer, queued_at, due, operation, operation_kind, completes_operation)
void to_json(nlohmann::json& json, const ChoicePoint& point) {
    json = {{"after", point.after}, {"pending", point.pending}, {"taken", point.taken ? to_text(*point.taken) : std::string()}};
}
void from_json(const nlohmann::json& json, ChoicePoint& point) {
    json.at("after").get_to(point.after);
    json.at("pending").get_to(point.pending);
    const auto taken = parse_choices(json.at("taken").get<std::string>());
    if (const auto* choices = std::get_if<std::vector<Choice>>(&taken); choices && choices->size() == 1) point.taken = choices->front();
}
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Leak, what, layer, event)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Problem, file, line, column, what, remedy)
}  // namespace scenario

namespace machine {
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Finding, kind, explanation, event, layer, subject)
}

namespace driver_host {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(WorkerRequest, scenario, scenario_text, variant, drivers, schedule, producer, manual, choices, schedule_goes_on,
                                   every_point, confine, memory_limit, processor_seconds, event_limit)

namespace {

using Json = nlohmann::json;

// Texts may hold bytes of a driver (a name, a message) that are no UTF-8.
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

template <typename Value, typename Read>
Value parse(const std::string& text, const char* what, Read read) {
    try {
        return read(Json::parse(text));
    } catch (const Json::exception& error) {
        throw std::runtime_error(std::string(what) + " cannot be read: " + error.what());
    }
}

}  // namespace

std::string to_json(const WorkerRequest& request) { return dump(Json(request)); }

WorkerRequest request_from_json(const std::string& text) {
    return parse<WorkerRequest>(text, "the request to the driver host",
                                [](const Json& json) { return json.get<WorkerRequest>(); });
}

std::string to_json(const LivePoint& point) { return dump({{"point", point.point}, {"refused", point.refused}}); }

LivePoint point_from_json(const std::string& text) {
    return parse<LivePoint>(text, "the choice that the driver host offers", [](const Json& json) {
        LivePoint point;
        json.at("point").get_to(point.point);
        json.at("refused").get_to(point.refused);
        return point;
    });
}

std::string to_json(const scenario::RunResult& result) {
    return dump({{"fingerprint", result.fingerprint},
                 {"operations", result.operations},
                 {"transfers", result.transfers},
                 {"findings", result.findings},
                 {"leaks", result.leaks},
                 {"expectations", result.expectations},
                 {"crashed", result.crashed},
                 {"cancelled", result.cancelled},
                 {"failure", result.failure},
                 {"choice_points", result.choice_points},
                 {"stopped_at_choice", result.stopped_at_choice},
                 {"problems", result.problems}});
}

scenario::RunResult result_from_json(const std::string& text) {
    return parse<scenario::RunResult>(text, "the result of the driver host", [](const Json& json) {
        scenario::RunResult result;
        json.at("fingerprint").get_to(result.fingerprint);
        json.at("operations").get_to(result.operations);
        json.at("transfers").get_to(result.transfers);
        json.at("findings").get_to(result.findings);
        json.at("leaks").get_to(result.leaks);
        json.at("expectations").get_to(result.expectations);
        json.at("crashed").get_to(result.crashed);
        json.at("cancelled").get_to(result.cancelled);
        json.at("failure").get_to(result.failure);
        json.at("choice_points").get_to(result.choice_points);
        json.at("stopped_at_choice").get_to(result.stopped_at_choice);
        json.at("problems").get_to(result.problems);
        return result;
    });
}

}  // namespace driver_host
}  // namespace chimneylab
