// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/host/worker.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "driver-bridge/host/crash_handler.h"
#include "driver-bridge/host/driver_image.h"
#include "driver-bridge/host/faulty_drivers.h"
#include "driver-bridge/host_client/protections.h"
#include "driver-bridge/host_client/request.h"
#include "driver-bridge/host_client/shared_area.h"
#include "engine/machine/pool.h"
#include "engine/scenario/library.h"
#include "engine/scenario/load.h"
#include "engine/trace/stream.h"

namespace chimneylab::driver_host {

namespace {

constexpr std::size_t thread_stack = 8u << 20;   // what drivers have here; a kernel stack is smaller by far
constexpr std::size_t thread_guard = 1u << 20;   // wide, so that a big frame does not jump over it

std::uint64_t address_space_in_use() {
    std::uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

void set_limit(int what, std::uint64_t soft, std::uint64_t hard) {
    rlimit limit{};
    if (getrlimit(what, &limit) != 0) return;
    limit.rlim_cur = std::min<rlim_t>(soft, limit.rlim_max);
    limit.rlim_max = std::min<rlim_t>(hard, limit.rlim_max);
    setrlimit(what, &limit);
}

void set_limits(const WorkerRequest& request) {
    set_limit(RLIMIT_CORE, 0, 0);
    if (request.processor_seconds > 0)
        set_limit(RLIMIT_CPU, request.processor_seconds, request.processor_seconds + 2);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    // A sanitizer's shadow takes more address space than any limit would leave it.
    if (request.memory_limit > 0) {
        const std::uint64_t pool = machine::PoolOptions{}.arena_bytes;  // bounded already, reserved as a whole
        const std::uint64_t most = address_space_in_use() + pool + request.memory_limit;
        set_limit(RLIMIT_AS, most, most);
    }
#endif
}

class Worker final : trace::Sink, scenario::LiveHand {
public:
    explicit Worker(SharedArea area) : area_(std::move(area)) {}

    // On a thread of its own, whose stack has known bounds. What it gives up it gives up before there is a thread.
    void run() {
        try {
            const std::size_t size = std::min<std::size_t>(head().request_size, sizeof head().request);
            request_ = request_from_json(std::string(head().request, size));
            if (request_.confine) confine();
        } catch (const std::exception& error) {
            problem_ = error.what();
        }
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, thread_stack);
        pthread_attr_setguardsize(&attributes, thread_guard);
        pthread_t thread{};
        const int problem = pthread_create(&thread, &attributes, [](void* self) -> void* {
            static_cast<Worker*>(self)->carry_out();
            return nullptr;
        }, this);
        if (problem == 0) pthread_join(thread, nullptr);
    }

private:
    AreaHead& head() { return area_.head(); }

    void appended(const trace::Trace& trace, trace::EventId id) override {
        writer_.sync(trace, amended_);
        amended_.clear();
        head().events.store(static_cast<std::uint32_t>(trace.size()), std::memory_order_relaxed);
        if (request_.event_limit > 0 && trace.size() >= request_.event_limit) end_process(Ending::recording_full);
        if (!followed()) return;
        // Between two dispatches it stands still in choose(), where something can be chosen.
        const trace::Event& event = trace.event(id);
        if (event.kind == trace::EventKind::work_finished && !event.parent.valid()) return;
        stand_still(LiveState::held, [this, &trace] { return trace.size() >= head().live.let_go.load(); });
    }

    // --- the starter's hand ---

    bool followed() { return head().live.followed.load(std::memory_order_relaxed) != 0; }

    // As long as the starter holds the run and the condition is true.
    template <typename Condition>
    void stand_still(LiveState state, Condition condition) {
        LiveRecord& live = head().live;
        for (;;) {
            const std::uint32_t bell = live.bell.load();
            if (live.hold.load() == 0 || head().cancel.load(std::memory_order_relaxed) || !condition()) break;
            live.state.store(state);
            const timespec moment{0, 200'000'000};
            syscall(SYS_futex, &live.bell, FUTEX_WAIT, bell, &moment, nullptr, 0);
        }
        live.state.store(LiveState::running);
    }

    bool wants_to_choose() override { return head().live.hold.load(std::memory_order_relaxed) != 0; }

    std::optional<scenario::Choice> choose(const scenario::ChoicePoint& point, const std::string& refused) override {
        LiveRecord& live = head().live;
        const std::string text = to_json(LivePoint{point, refused});
        if (text.size() > sizeof live.point_text) return {};
        std::memcpy(live.point_text, text.data(), text.size());
        live.point_size = static_cast<std::uint32_t>(text.size());
        const std::uint32_t steps = live.steps.load();
        const std::uint32_t number = live.point.load() + 1;
        live.point.store(number, std::memory_order_release);
        // It goes on with a choice for this point, or with the next step.
        stand_still(LiveState::at_choice,
                    [&] { return live.choice_for.load() != number && live.steps.load() == steps; });
        if (live.choice_for.load() != number) return {};
        const auto parsed = scenario::parse_choices(
            std::string_view(live.choice, std::min<std::size_t>(live.choice_size, sizeof live.choice)));
        const auto* choices = std::get_if<std::vector<scenario::Choice>>(&parsed);
        return choices && choices->size() == 1 ? std::optional(choices->front()) : std::nullopt;
    }

    scenario::Choice::Fault take_fault() override {
        const std::uint32_t wanted = head().live.fault.exchange(0);
        return wanted <= static_cast<std::uint32_t>(scenario::Choice::Fault::doubled)
                   ? static_cast<scenario::Choice::Fault>(wanted)
                   : scenario::Choice::Fault::none;
    }

    void amended(const trace::Trace&, trace::RegionId region) override { amended_.push_back(region); }

    void carry_out() {
        watch_process(area_);
        watch_thread();
        scenario::RunResult result;
        try {
            if (!problem_.empty()) throw std::runtime_error(problem_);
            set_limits(request_);
            result = run_scenario();
        } catch (const std::exception& error) {
            result.crashed = true;
            result.failure = error.what();
        }
        const std::string text = to_json(result);
        writer_.put_foreign(result_frame, std::as_bytes(std::span(text)));
        leave_process();
    }

    // The session says what was in force.
    void confine() {
        std::vector<std::filesystem::path> folders;
        for (const std::string& driver : request_.drivers) {
            std::error_code error;
            const std::filesystem::path file = std::filesystem::absolute(driver, error);
            if (!error && std::filesystem::is_regular_file(file, error)) folders.push_back(file.parent_path());
        }
        const Protections protections = confine_process(folders);
        request_.producer += " (drivers confined: " + protections.to_text() + ")";
    }

    scenario::RunResult run_scenario() {
        scenario::RunResult result;
        const scenario::Loaded loaded = request_.scenario_text.empty()
                                            ? scenario::find_scenario(request_.scenario)
                                            : scenario::load_text(request_.scenario, request_.scenario_text);
        if (!loaded.scenario) {
            result.problems = loaded.problems;
            return result;
        }
        const scenario::Scenario& scenario = *loaded.scenario;
        const std::size_t floors = scenario.machine.intermediate_drivers.size();
        if (request_.drivers.size() > floors) {
            result.problems.push_back({"--driver", 0, 0,
                                       std::to_string(request_.drivers.size()) + " drivers are given, but scenario " +
                                           scenario.id + " has " + std::to_string(floors) + " intermediate driver(s)",
                                       "Give no more drivers than it has floors."});
            return result;
        }
        scenario::RunOptions options;
        options.variant = request_.variant;
        options.producer = request_.producer;
        options.cancel = &head().cancel;
        if (request_.manual) {
            auto choices = scenario::parse_choices(request_.choices);
            if (const auto* wrong = std::get_if<std::string>(&choices)) throw std::runtime_error(*wrong);
            options.choices = std::move(std::get<std::vector<scenario::Choice>>(choices));
            options.schedule_goes_on = request_.schedule_goes_on;
            options.every_point = request_.every_point;
        }
        if (followed() && !request_.manual) options.hand = this;
        if (!request_.schedule.empty()) {
            const machine::ParsedSchedule parsed = machine::Schedule::parse(request_.schedule);
            if (!parsed) {
                result.problems.push_back(
                    {"--schedule", 0, 0, parsed.error, "Use fifo, lifo or seed:N, for example seed:7."});
                return result;
            }
            options.schedule = parsed.schedule;
        }
        options.progress = [this](const scenario::Progress& progress) {
            head().step.store(static_cast<std::uint32_t>(progress.step));
            head().steps.store(static_cast<std::uint32_t>(progress.steps));
        };
        options.sink = [this]() -> trace::Sink* { return this; };
        options.load_driver = [this](std::string_view name, trace::LayerIndex layer) {
            head().phase.store(Phase::loading);
            const scenario::KnownDriver* known = scenario::known_driver(name);
            driver_is_loading(faulty_drivers_file(known ? known->role : trace::LayerRole::intermediate_driver), layer);
            scenario::LoadedDriver driver = faulty_drivers_.load(name);
            driver_is_loaded();
            head().phase.store(Phase::running);
            return driver;
        };
        head().phase.store(Phase::loading);
        for (const std::string& driver : request_.drivers) {
            if (scenario::known_driver(driver, trace::LayerRole::intermediate_driver)) {
                options.drivers.push_back({nullptr, driver});
                continue;
            }
            if (driver.find('/') == std::string::npos && !driver.ends_with(".so") && access(driver.c_str(), F_OK) != 0) {
                result.problems.push_back({driver, 0, 0, "there is no such file, and no driver of this name",
                                           "Name a shared object, or a driver that scenarios can name."});
                return result;
            }
            driver_is_loading(driver, static_cast<unsigned>(options.drivers.size() + 1));
            auto image = DriverImage::load(driver);
            if (auto* problem = std::get_if<DriverImage::Problem>(&image)) {
                result.problems.push_back({driver, 0, 0, std::move(problem->what), std::move(problem->remedy)});
                return result;
            }
            driver_is_loaded();
            images_.push_back(std::move(std::get<std::unique_ptr<DriverImage>>(image)));
            options.drivers.push_back({images_.back()->entry(), images_.back()->file().filename().string()});
        }
        head().phase.store(Phase::running);
        return scenario::run(scenario, options);
    }

    SharedArea area_;
    WorkerRequest request_;
    std::string problem_;  // with the request
    std::vector<std::unique_ptr<DriverImage>> images_;
    FaultyDrivers faulty_drivers_;
    std::vector<trace::RegionId> amended_;  // since the last event
    trace::StreamWriter writer_{[this](std::span<const std::byte> bytes) {
        if (!area_.append(bytes)) end_process(Ending::recording_full);
    }};
};

}  // namespace

int run_worker() {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // nobody would end us otherwise
    try {
        Worker(SharedArea::open(area_descriptor)).run();
    } catch (const std::exception& error) {
        std::cerr << "chimneylab-host: " << error.what() << "\n";
    }
    return 2;
}

}  // namespace chimneylab::driver_host
