// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/benchmark/large_session.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "engine/session/writer.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::benchmark_support {
namespace {

trace::Trace one_round() {
    trace::synthetic::Options options;
    options.intermediate_drivers = 2;
    options.connections = 2;
    options.operations = {trace::OperationKind::initiate, trace::OperationKind::query, trace::OperationKind::update,
                          trace::OperationKind::invalidate, trace::OperationKind::terminate};
    options.repeat = 9;
    return trace::synthetic::make_trace(options);
}

}  // namespace

LargeRun::LargeRun() : round_(one_round()) {
    for (std::uint32_t i = 0; i < round_.string_count(); ++i)
        first_.names.emplace_back(round_.text(trace::StringId(i)));
    std::uint32_t region = 0;
    for (std::uint32_t i = 0; i < round_.size(); ++i) {
        while (region < round_.region_count() && round_.region(trace::RegionId(region)).born.value <= i)
            first_.copy_region(round_, trace::RegionId(region++));
        first_.copy_event(round_, trace::EventId(i));
        if (round_.event(trace::EventId(i)).operation.valid())
            operations_ = std::max(operations_, round_.event(trace::EventId(i)).operation.value + 1);
    }
    part_ = first_;
}

const session::Part& LargeRun::next() {
    if (!begun_) {
        begun_ = true;
        return part_;
    }
    // What one round later is the same, only later.
    const auto events = static_cast<std::uint32_t>(part_.events.size());
    const auto regions = static_cast<std::uint32_t>(part_.regions.size());
    const trace::Nanoseconds virtual_round = first_.events.back().virtual_time + 1000;
    const trace::Nanoseconds measured_round = first_.events.back().measured_time + 300;
    const auto later = [](auto& id, std::uint32_t by) {
        if (id.valid()) id.value += by;
    };
    for (trace::Event& each : part_.events) {
        each.virtual_time += virtual_round;
        // The synthetic stack's measured times are even; those of a machine are not.
        noise_ = noise_ * 6364136223846793005u + 1442695040888963407u;
        each.measured_time += measured_round + (noise_ >> 58);
        later(each.operation, operations_);
        later(each.partner, events);
        later(each.parent, events);
        later(each.region, regions);
    }
    for (trace::Change& each : part_.changes) later(each.region, regions);
    for (trace::Region& each : part_.regions) {
        later(each.parent, regions);
        later(each.born, events);
        later(each.died, events);
    }
    part_.first_event += events;
    part_.first_region += regions;
    part_.first_change += part_.changes.size();
    part_.first_byte += part_.bytes.size();
    part_.names.clear();
    return part_;
}

double record_large_run(const std::filesystem::path& file, std::uint64_t events, std::uint64_t& recorded) {
    auto created = session::Writer::create(file);
    if (auto* problem = std::get_if<session::Problem>(&created)) throw std::runtime_error(problem->to_text());
    const auto writer = std::move(std::get<std::unique_ptr<session::Writer>>(created));
    LargeRun run;
    writer->describe(run.round().description(), run.round().layers());
    const auto start = std::chrono::steady_clock::now();
    for (recorded = 0; recorded < events;) {
        const session::Part& part = run.next();
        writer->append(part);
        recorded += part.events.size();
    }
    if (const auto problem = writer->finish()) throw std::runtime_error(problem->to_text());
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace chimneylab::benchmark_support
