// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/checkpointed_walk.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>

#include "engine/explorer/hash.h"
#include "engine/machine/machine.h"
#include "engine/verifier/verifier.h"

namespace chimneylab::explorer {

using scenario::Choice;
using scenario::ChoicePoint;

namespace {

constexpr std::size_t most_points = 20'000;  // of a run; then the schedule goes on alone
// Of a run whose trace need not be copied with its images; a longer one is copied, no more.
constexpr std::size_t lasting_events = 4'096;

}  // namespace

// Made by the run itself, so it is put back with the run.
struct CheckpointedWalk::Watcher {
    explicit Watcher(machine::Machine& its) : machine(its), verifier(its.recorder().trace()) {
        machine.recorder().set_measured_clock([] { return trace::Nanoseconds{0}; });  // nobody will see measured times
    }

    void look() {
        verifier.extend();
        const trace::Trace& trace = machine.recorder().trace();
        for (; hashed < trace.size(); ++hashed) {
            const trace::Event& event = trace.event(trace::EventId(static_cast<std::uint32_t>(hashed)));
            if (event.kind == trace::EventKind::fault_injected && event.subject == 0 && event.detail != 0) ++failed_allocations;
            history.words(event.virtual_time, event.subject);
            history.words(event.detail, std::uint64_t{event.name.value} << 32 | event.partner.value);
            history.words(std::uint64_t{event.operation.value} << 32 | static_cast<std::uint32_t>(event.status),
                          std::uint64_t{static_cast<std::uint8_t>(event.kind)} << 32 | std::uint64_t{event.layer} << 16 | event.argument);
            for (const trace::Change& change : trace.changes(event)) {
                history.word(std::uint64_t{change.region.value} << 32 | change.offset);
                history.bytes(trace.after(change));
            }
        }
    }

    machine::Machine& machine;
    verifier::Verifier verifier;
    std::size_t hashed = 0;
    std::size_t failed_allocations = 0;
    Hash history;
};

// On the run's side of the switch.
class CheckpointedWalk::Hand final : public scenario::LiveHand {
public:
    explicit Hand(CheckpointedWalk& walk) : walk_(walk) {}
    bool wants_to_choose() override { return walk_.choices_.size() < most_points; }
    std::optional<Choice> choose(const ChoicePoint& point, const std::string& refused) override {
        walk_.now_.point = &point;
        walk_.now_.refused = !refused.empty();
        walk_.pause();
        return walk_.next_;
    }
    Choice::Fault take_fault() override { return Choice::Fault::none; }
    void begins(machine::Machine& machine) override { walk_.now_.watcher = new Watcher(machine); }
    void over() override {
        if (walk_.now_.watcher == nullptr) return;  // it did not boot
        walk_.now_.ended = true;
        walk_.pause();
    }

private:
    CheckpointedWalk& walk_;
};

CheckpointedWalk::CheckpointedWalk(std::unique_ptr<RunMemory> memory, const scenario::Scenario& scenario, std::string variant, LoadDriver load)
    : memory_(std::move(memory)), scenario_(scenario), variant_(std::move(variant)), images_(std::move(load)), hand_(std::make_unique<Hand>(*this)) {
    // A run outside first: it loads the drivers.
    if (images_.can_load()) run_outside();
    else make_tables();
    const std::span<std::byte> whole = memory_->whole();
    stretches_.push_back({reinterpret_cast<std::uint64_t>(whole.data()), whole.size()});
    stretches_.insert(stretches_.end(), images_.stretches().begin(), images_.stretches().end());
    choices_.reserve(most_points);
    begin();
}

CheckpointedWalk::~CheckpointedWalk() = default;

void CheckpointedWalk::run_outside() {
    scenario::RunOptions options;
    options.variant = variant_;
    options.schedule = machine::Schedule{};
    use_images(options);
    const scenario::RunResult outside = scenario::run(scenario_, options);
    (void)judgement_of(verifier::verify(outside.trace), outside.trace);
}

// Tables that are made on first use have to be made before they could be put back with a run: the first walk of the process sees
// to it, and the others wait for it.
void CheckpointedWalk::make_tables() {
    static std::once_flag made;
    std::call_once(made, [this] { run_outside(); });
}

void CheckpointedWalk::use_images(scenario::RunOptions& options) {
    if (images_.can_load()) options.load_driver = [this](std::string_view name, trace::LayerIndex layer) { return images_.load(name, layer); };
}

void CheckpointedWalk::begin() {
    choices_.clear();
    if (marked_ > 0) {
        back_towards(0);
        return;
    }
    memory_->forget_everything(std::exchange(pool_touched_, 0));
    memory_->forget_images();
    images_.as_loaded();
    now_ = {};
    paused_ = prepare_stack(memory_->stack(), &CheckpointedWalk::enter, this);
    resume();
    if (!now_.ended) mark();
}

void CheckpointedWalk::enter(void* walk) { static_cast<CheckpointedWalk*>(walk)->run(); }

void CheckpointedWalk::run() {
    scenario::RunOptions options;
    options.variant = variant_;
    options.schedule = machine::Schedule{};
    options.hand = hand_.get();
    options.dispatch_limit = most_dispatches;
    options.prepare_trace = [this](trace::Trace& trace) {
        const RunMemory::Lasting lasting(*memory_);
        trace.reserve(lasting_events, 2 * lasting_events, 128 * lasting_events);
    };
    options.pool_memory = memory_->pool();
    use_images(options);
    const scenario::RunResult result = scenario::run(scenario_, options);
    // Only a run that could not be begun, or in which the machine failed, comes here.
    without_end_ = &result;
    now_.watcher = nullptr;
    now_.ended = true;
    pause();
}

void CheckpointedWalk::resume() {
    {
        const RunMemory::Use use(*memory_);
        switch_stacks(outside_, paused_);
    }
    if (memory_->exhausted()) throw NotPossible{};
    if (now_.watcher != nullptr) pool_touched_ = std::max(pool_touched_, now_.watcher->machine.pool().used_arena().size());
    if (without_end_ != nullptr) {
        problems_ = without_end_->problems;
        judgement_ = judgement_of(verifier::verify(without_end_->trace), without_end_->trace);
        if (judgement_.empty() && without_end_->crashed) {
            judgement_.emplace_back();
            judgement_.back().layer_name = "the machine";
            judgement_.back().explanation = without_end_->failure;
        }
        without_end_ = nullptr;
        return;
    }
    if (now_.watcher->machine.system_threads().alive() > 0) throw NotPossible{};
}

// Runs on the run's own stack.
void CheckpointedWalk::pause() {
    if (now_.watcher != nullptr) {
        now_.watcher->look();
        now_.events = now_.watcher->hashed;
    }
    switch_stacks(paused_, outside_);
}

bool CheckpointedWalk::take(const Choice& choice) {
    const Standing before = now_;
    Hash work;
    if (choice.item < before.point->pending.size()) {
        const scenario::PendingItem& item = before.point->pending[choice.item];
        work.text(item.label);
        work.word(std::uint64_t{item.operation.value} << 32 | static_cast<std::uint32_t>(choice.status));
        // That an allocation is to fail is no work: until one does, it does not matter when that was said.
        const bool is_work = choice.fault != Choice::Fault::allocation;
        work.word(std::uint64_t{choice.block} << 32 | std::uint64_t{item.layer} << 8 | (is_work ? static_cast<std::uint64_t>(choice.fault) : 0));
    }
    next_ = choice;
    choices_.push_back(choice);
    resume();
    if (!now_.ended && now_.refused) {
        choices_.pop_back();
        now_.work_done = before.work_done;
        now_.failures_wanted = before.failures_wanted;
        // What was tried for it may have left something behind.
        const std::vector<Choice> here = choices_;
        back_towards(here.size());
        while (choices_.size() < here.size() && take(here[choices_.size()])) {
        }
        return false;
    }
    now_.work_done = before.work_done + work.value();
    now_.failures_wanted = before.failures_wanted + (choice.fault == Choice::Fault::allocation ? 1 : 0);
    return true;
}

void CheckpointedWalk::mark() {
    if (now_.ended || (marked_ > 0 && marks_[marked_ - 1].depth == depth())) return;
    const std::optional<RunMemory::Image> image = memory_->save(paused_, now_.watcher->machine.pool().used_arena().size());
    if (!image) {
        if (marked_ == 0) throw NotPossible{};
        return;  // it will be gone to from the mark before
    }
    if (marks_.size() == marked_) marks_.emplace_back();
    Mark& mark = marks_[marked_++];
    mark.depth = depth();
    mark.standing = now_;
    mark.image = *image;
    mark.paused = paused_;
    mark.variables.resize(images_.size());
    images_.copy_to(mark.variables.data());
}

void CheckpointedWalk::back_towards(std::size_t depth) {
    while (marked_ > 1 && marks_[marked_ - 1].depth > depth) memory_->forget(marks_[--marked_].image);
    const Mark& mark = marks_[marked_ - 1];
    memory_->put_back(mark.image, pool_touched_);
    pool_touched_ = mark.image.pool().size();
    images_.copy_from(mark.variables.data());
    now_ = mark.standing;
    paused_ = mark.paused;
    choices_.resize(mark.depth);
}

std::uint64_t CheckpointedWalk::state() {
    machine::Machine& machine = now_.watcher->machine;
    Hash hash;
    hash.word(now_.work_done);
    hash.word(machine.recorder().trace().size());
    hash.word(machine.findings().size());
    hash.word(machine.queue().size());
    hash.word(now_.watcher->failed_allocations);
    const trace::Nanoseconds now = machine.clock().now();
    if (!now_.ended) {
        hash.word(now_.failures_wanted);
        for (const scenario::PendingItem& item : now_.point->pending) {
            hash.text(item.label);
            hash.word(std::uint64_t{item.operation.value} << 32 | std::uint64_t{item.layer} << 1 | (item.completes_operation ? 1 : 0));
            hash.word(item.due > now ? item.due - now : 0);
        }
    }
    for (const verifier::Violation& each : now_.watcher->verifier.violations()) {
        hash.text(each.rule);
        hash.word(each.layer);
    }
    hash.word(pool_hash_.of(machine.pool().used_arena(), stretches_));
    for (const std::span<std::byte> variables : images_.variables()) hash.memory(variables, stretches_);
    return hash.value();
}

Footprint CheckpointedWalk::touched_by_last() {
    if (marked_ == 0 || marks_[marked_ - 1].depth + 1 != depth() || now_.watcher == nullptr || now_.ended) return {};
    const Mark& before = marks_[marked_ - 1];
    std::size_t at = 0;
    for (const std::span<std::byte> variables : images_.variables()) {
        if (std::memcmp(variables.data(), before.variables.data() + at, variables.size()) != 0) return {};
        at += variables.size();
    }
    machine::Machine& machine = now_.watcher->machine;
    return footprint_of(machine.recorder().trace(), before.standing.events, machine.pool(), before.image.pool());
}

std::uint64_t CheckpointedWalk::history() { return now_.watcher != nullptr ? now_.watcher->history.value() : 1; }

Judgement CheckpointedWalk::judgement() {
    if (now_.watcher == nullptr) return judgement_;
    const std::span<const verifier::Violation> violations = now_.watcher->verifier.violations();
    if (violations.empty()) return {};
    return judgement_of(violations, now_.watcher->machine.recorder().trace());
}

}  // namespace chimneylab::explorer
