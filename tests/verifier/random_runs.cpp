// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/verifier/random_runs.h"

#include <algorithm>
#include <vector>

#include "engine/machine/schedule.h"
#include "tests/drivers/stack.h"

namespace chimneylab::verifier {
namespace {

using test::Node;
using test::Stack;
using test::Tree;

constexpr std::uint32_t N = CHIMNEY_OBJECT_NEIGHBOR, P = CHIMNEY_OBJECT_PATH, T = CHIMNEY_OBJECT_CONNECTION;

class Player {
public:
    Player(std::uint64_t seed, Stack& stack) : random_(seed * 7919 + 17), stack_(stack) {}

    std::uint64_t pick(std::uint64_t count) { return count == 0 ? 0 : random_.next() % count; }
    bool chance(unsigned percent) { return pick(100) < percent; }

    void make_objects() {
        for (int i = 0; i < 2; ++i) {
            const auto neighbor = stack_.neighbor();
            neighbors_.push_back(neighbor);
            for (int j = 0; j < 2; ++j) {
                const auto path = stack_.path(neighbor, chance(50) ? 4 : 6);
                paths_.push_back({path, neighbor});
                for (int k = 0; k < 2; ++k) connections_.push_back({stack_.connection(path), path});
            }
        }
    }

    void set_target() {
        chimney_target_timing timing = stack_.timing();
        for (std::uint32_t& completion : timing.completion) completion = static_cast<std::uint32_t>(pick(3));
        for (std::uint32_t& cost : timing.operation_ns) cost = static_cast<std::uint32_t>(500 + pick(5000));
        timing.hold_sends = chance(40) ? 1 : 0;
        timing.return_send_data = chance(70) ? 1 : 0;
        stack_.target(IOCTL_CHIMNEY_TARGET_SET_TIMING, timing);
        if (chance(30)) {
            chimney_target_capacity capacity{};
            stack_.target(IOCTL_CHIMNEY_TARGET_QUERY_CAPACITY, capacity);
            capacity.connections = static_cast<std::uint32_t>(1 + pick(4));
            capacity.paths = static_cast<std::uint32_t>(1 + pick(4));
            stack_.target(IOCTL_CHIMNEY_TARGET_SET_CAPACITY, capacity);
        }
    }

    void one_failure() {
        chimney_target_failure failure{};
        failure.operation_kind = static_cast<std::uint32_t>(1 + pick(5));
        failure.nth_operation = 1;
        failure.block_index = static_cast<std::uint32_t>(pick(4));
        failure.status = chance(50) || failure.operation_kind != 1 ? 0xC0000001u : 0xC000009Au;
        stack_.target(IOCTL_CHIMNEY_TARGET_ADD_FAILURE, failure);
    }

    // One operation to come is completed inside the call, later, or after the youngest one.
    void one_completion() {
        chimney_target_completion_order order{};
        order.operation_kind = static_cast<std::uint32_t>(1 + pick(5));
        order.nth_operation = static_cast<std::uint32_t>(1 + pick(2));
        order.completion = static_cast<std::uint32_t>(pick(3));
        order.additional_ns = static_cast<std::uint32_t>(pick(30000));
        stack_.target(IOCTL_CHIMNEY_TARGET_ADD_COMPLETION_ORDER, order);
    }

    std::uint32_t state(std::uint32_t object) { return stack_.object(object).state; }

    // A block for an object as its state asks for, or a placeholder.
    Node block(std::uint32_t kind, std::uint32_t object, bool initiate, std::vector<Node> dependents) {
        const std::uint32_t now = state(object);
        if (now == CHIMNEY_OBJECT_IN_HOST && initiate) {
            Node node = test::fresh(kind, object, std::move(dependents));
            if (kind == T && chance(30)) {
                node.send_lists = static_cast<std::uint32_t>(1 + pick(3));
                node.send_bytes = 400;
            }
            return node;
        }
        if (!dependents.empty() && chance(initiate ? 30 : 50)) return test::placeholder(kind, std::move(dependents));
        return test::reference(kind, object, std::move(dependents));
    }

    Tree tree(bool initiate) {
        Tree roots;
        const std::size_t wanted = 1 + pick(2);
        const std::size_t first = pick(neighbors_.size());
        for (std::size_t i = 0; i < wanted && i < neighbors_.size(); ++i) {
            const std::uint32_t neighbor = neighbors_[(first + i) % neighbors_.size()];
            std::vector<Node> below;
            for (const auto& [path, of] : paths_) {
                if (of != neighbor || chance(35)) continue;
                std::vector<Node> ends;
                for (const auto& [connection, over] : connections_)
                    if (over == path && chance(60) && (initiate || state(connection) != CHIMNEY_OBJECT_IN_HOST))
                        ends.push_back(block(T, connection, initiate && state(connection) == CHIMNEY_OBJECT_IN_HOST, {}));
                if (initiate || state(path) != CHIMNEY_OBJECT_IN_HOST) below.push_back(block(P, path, initiate, std::move(ends)));
            }
            if (initiate || state(neighbor) != CHIMNEY_OBJECT_IN_HOST) roots.push_back(block(N, neighbor, initiate, std::move(below)));
        }
        return roots;
    }

    // The smallest tree for one object of a random kind.
    Tree one_object() {
        switch (pick(3)) {
        case 0: return {test::reference(N, neighbors_[pick(neighbors_.size())])};
        case 1: return {test::reference(P, paths_[pick(paths_.size())].first)};
        default: return {test::reference(T, connections_[pick(connections_.size())].first)};
        }
    }

    void step() {
        const std::uint32_t kind = chance(40) ? std::uint32_t{CHIMNEY_OPERATION_INITIATE} : static_cast<std::uint32_t>(1 + pick(5));
        const bool initiate = kind == CHIMNEY_OPERATION_INITIATE;
        const Tree planned = initiate || chance(30) ? tree(initiate) : one_object();
        if (planned.empty()) return;
        const auto binding = static_cast<std::uint32_t>(chance(85) ? 1 : 2);
        if (const std::uint32_t number = stack_.start(kind, planned, binding); number != 0) started_.push_back(number);
    }

    void transfer() {
        chimney_host_stack_transfer command{};
        command.object = connections_[pick(connections_.size())].first;
        command.kind = static_cast<std::uint32_t>(1 + pick(4));
        if (command.kind == CHIMNEY_TRANSFER_DISCONNECT && chance(70)) command.kind = CHIMNEY_TRANSFER_RECEIVE;  // it ends too much
        command.bytes = static_cast<std::uint32_t>(40 + pick(3000));  // a forwarded segment has a header
        command.without_context_room = chance(15) ? 1 : 0;
        command.count = static_cast<std::uint32_t>(1 + pick(3));
        if (command.kind == CHIMNEY_TRANSFER_RECEIVE) {
            if (chance(10)) command.bytes = 0;
            command.flags = chance(30) ? 1 : 0;
        }
        if (command.kind == CHIMNEY_TRANSFER_DISCONNECT) {
            command.count = 1;
            command.flags = chance(60) ? 1 : 2;
            if (command.flags == 2) command.bytes = 0;
        }
        stack_.host(IOCTL_CHIMNEY_HOST_STACK_START_TRANSFER, command);
    }

    void answer() {
        chimney_host_stack_receive_answer command{};
        command.object = connections_[pick(connections_.size())].first;
        command.answer = static_cast<std::uint32_t>(pick(5));
        command.bytes = static_cast<std::uint32_t>(1 + pick(500));
        stack_.host(IOCTL_CHIMNEY_HOST_STACK_SET_RECEIVE_ANSWER, command);
        if (chance(50)) {
            chimney_host_stack_object held{};
            stack_.host(IOCTL_CHIMNEY_HOST_STACK_RETURN_RECEIVED, held);
        }
    }

    void indicate() {
        chimney_target_object object{};
        object.index = static_cast<std::uint32_t>(pick(8));
        if (!stack_.target(IOCTL_CHIMNEY_TARGET_QUERY_OBJECT, object) || object.command.result != CHIMNEY_TARGET_DONE) return;
        if (object.kind == T && chance(50)) {
            chimney_target_receive receive{};
            receive.number = object.number;
            receive.bytes = static_cast<std::uint32_t>(1 + pick(2000));
            receive.push = chance(70) ? 1 : 0;
            stack_.target(IOCTL_CHIMNEY_TARGET_INDICATE_RECEIVE, receive);
        } else if (object.kind == T || object.kind == N) {
            chimney_target_event event{};
            event.object_kind = object.kind;
            event.number = object.number;
            event.event_type = object.kind == N ? 2 : static_cast<std::uint32_t>(chance(60) ? 3 : 1);
            event.information = static_cast<std::uint32_t>(1 + pick(11));
            stack_.target(IOCTL_CHIMNEY_TARGET_INDICATE_EVENT, event);
        }
    }

    // The adapter asks for a pause, perhaps for everything back, and resumes at once or with the next call of this.
    void adapter_status() {
        chimney_target_status status{};
        status.status = paused_ ? 0x40020003 : 0x40020001;  // OFFLOAD_RESUME, OFFLOAD_PAUSE
        status.without_capabilities = paused_ && chance(40) ? 1 : 0;
        paused_ = !paused_;
        stack_.target(IOCTL_CHIMNEY_TARGET_INDICATE_STATUS, status);
    }

    // The administrator switches a version of IP off or on, or the cable is pulled out or put in.
    void administer() {
        if (chance(50)) {
            chimney_target_link link{};
            link.connected = chance(50) ? 1 : 0;
            stack_.target(IOCTL_CHIMNEY_TARGET_SET_LINK, link);
            return;
        }
        chimney_host_stack_oid_request request{};
        request.binding = 1;
        request.oid = 0xFC01020C;  // OID_TCP_OFFLOAD_PARAMETERS
        request.set = 1;
        request.value = static_cast<std::uint32_t>(pick(3) | pick(3) << 8);
        stack_.host(IOCTL_CHIMNEY_HOST_STACK_REQUEST_OID, request);
    }

    // The whole stack goes to sleep, from the top, and wakes up again.
    void sleep() {
        std::vector<ndis::AdapterView> adapters = stack_.ndis().adapters();
        std::ranges::stable_sort(adapters, {}, &ndis::AdapterView::layer);
        for (const ndis::AdapterView& each : adapters) stack_.ndis().set_power(each.name, false);
        if (chance(50)) stack_.run();
        std::ranges::reverse(adapters);
        for (const ndis::AdapterView& each : adapters) stack_.ndis().set_power(each.name, true);
    }

    [[nodiscard]] std::size_t started() const { return started_.size(); }

private:
    machine::RandomSequence random_;
    Stack& stack_;
    std::vector<std::uint32_t> neighbors_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> paths_, connections_;  // object, what it depends on
    std::vector<std::uint32_t> started_;
    bool paused_ = false;
};

}  // namespace

RandomRun random_run(std::uint64_t seed, unsigned steps) {
    machine::RandomSequence random(seed);
    test::StackOptions options;
    options.intermediate_drivers = static_cast<unsigned>(random.next() % 9);
    options.virtual_miniports = options.intermediate_drivers > 0 ? static_cast<unsigned>(1 + random.next() % 2) : 1;
    options.mode = random.next() % 3 == 0 ? machine::Mode::strict : machine::Mode::faithful;
    options.schedule.order = static_cast<machine::Schedule::Order>(random.next() % 3);
    options.schedule.seed = seed;
    const bool faults = random.next() % 3 == 0 && options.intermediate_drivers > 0;
    Stack stack(options);
    Player player(seed, stack);
    player.set_target();
    player.make_objects();
    if (faults) {
        machine::FaultFilter filter;
        filter.owner = static_cast<trace::LayerIndex>(1 + random.next() % options.intermediate_drivers);
        stack.machine().pool().faults().fail_with_probability(0.15, seed, filter);
    }
    for (unsigned step = 0; step < steps; ++step) {
        if (player.chance(15)) player.one_failure();
        if (player.chance(15)) player.one_completion();
        for (int turn = 0; turn < 3; ++turn) {
            if (player.chance(25)) player.transfer();
            if (player.chance(20)) player.indicate();
        }
        if (player.chance(10)) player.answer();
        if (player.chance(4)) player.adapter_status();
        if (player.chance(3)) player.administer();
        if (player.chance(1)) player.sleep();
        player.step();
        if (player.chance(40)) stack.run();
        else
            for (std::uint64_t turns = player.pick(4); turns > 0; --turns) stack.machine().run_one();
    }
    stack.run();
    stack.machine().pool().faults().clear();
    stack.shut_down();
    RandomRun run;
    run.description = "seed " + std::to_string(seed) + ": " + std::to_string(options.intermediate_drivers) + " intermediate drivers, " +
                      std::to_string(options.virtual_miniports) + " virtual miniports, " +
                      (options.mode == machine::Mode::strict ? "strict" : "faithful") + (faults ? ", allocation failures" : "");
    run.operations = static_cast<unsigned>(player.started());
    run.machine_findings = stack.findings();
    run.trace = stack.machine().recorder().take();
    return run;
}

}  // namespace chimneylab::verifier
