// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/explorer/checkpointed_walk.h"

#include <algorithm>
#include <cstring>

#include "engine/explorer/hash.h"
#include "engine/machine/machine.h"
#include "engine/verifier/verifier.h"

namespace chimneylab::explorer {

using scenario::Choice;
using scenario::ChoicePoint;

namespace {

constexpr std::size_t most_points = 20'000;                      // of a run; then the schedule goes on alone
constexpr std::size_t most_marked = std::size_t{512} << 20;      // bytes of one walk's marks

}  // namespace

// Made by the run itself, so it is put back with the run.
struct CheckpointedWalk::Watcher {
    explicit Watcher(machine::Machine& its) : machine(its), verifier(its.recorder().trace()) {}

    void look() {
        verifier.extend();
        const trace::Trace& trace = machine.recorder().trace();
        for (; hashed < trace.size(); ++hashed) {
            const trace::Event& event = trace.event(trace::EventId(static_cast<std::uint32_t>(hashed)));
            history.word(event.virtual_time);
            history.word(event.subject);
            history.word(event.detail);
            history.word(std::uint64_t{event.name.value} << 32 | event.partner.value);
            history.word(std::uint64_t{event.operation.value} << 32 | static_cast<std::uint32_t>(event.status));
            history.word(std::uint64_t{static_cast<std::uint8_t>(event.kind)} << 32 | std::uint64_t{event.layer} << 16 | event.argument);
            for (const trace::Change& change : trace.changes(event)) {
                history.word(std::uint64_t{change.region.value} << 32 | change.offset);
                history.bytes(trace.after(change));
            }
        }
    }

    machine::Machine& machine;
    verifier::Verifier verifier;
    std::size_t hashed = 0;
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
    // A run outside first: it loads the drivers, and tables that are made on first use are made before they could be put back.
    scenario::RunOptions options;
    options.variant = variant_;
    options.schedule = machine::Schedule{};
    use_images(options);
    const scenario::RunResult outside = scenario::run(scenario_, options);
    (void)judgement_of(verifier::verify(outside.trace), outside.trace);
    choices_.reserve(most_points);
    begin();
}

CheckpointedWalk::~CheckpointedWalk() = default;

void CheckpointedWalk::use_images(scenario::RunOptions& options) {
    if (images_.can_load()) options.load_driver = [this](std::string_view name, trace::LayerIndex layer) { return images_.load(name, layer); };
}

void CheckpointedWalk::begin() {
    choices_.clear();
    if (marked_ > 0) {
        back_towards(0);
        return;
    }
    memory_->forget_everything();
    images_.as_loaded();
    now_ = {};
    getcontext(&inside_);
    inside_.uc_stack.ss_sp = memory_->stack().data();
    inside_.uc_stack.ss_size = memory_->stack().size();
    inside_.uc_link = nullptr;
    const auto self = reinterpret_cast<std::uint64_t>(this);
    makecontext(&inside_, reinterpret_cast<void (*)()>(&CheckpointedWalk::enter), 2, static_cast<unsigned>(self), static_cast<unsigned>(self >> 32));
    paused_ = &inside_;
    resume();
    if (!now_.ended) mark();
}

void CheckpointedWalk::enter(unsigned low, unsigned high) {
    reinterpret_cast<CheckpointedWalk*>(static_cast<std::uint64_t>(high) << 32 | low)->run();
}

void CheckpointedWalk::run() {
    scenario::RunOptions options;
    options.variant = variant_;
    options.schedule = machine::Schedule{};
    options.hand = hand_.get();
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
        swapcontext(&outside_, paused_);
    }
    if (memory_->exhausted()) throw NotPossible{};
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

// Runs on the run's own stack, which therefore holds the context that goes on later.
void CheckpointedWalk::pause() {
    if (now_.watcher != nullptr) now_.watcher->look();
    ucontext_t here;
    paused_ = &here;
    swapcontext(&here, &outside_);
}

bool CheckpointedWalk::take(const Choice& choice) {
    const Standing before = now_;
    Hash work;
    if (choice.item < before.point->pending.size()) {
        const scenario::PendingItem& item = before.point->pending[choice.item];
        work.text(item.label);
        work.word(std::uint64_t{item.operation.value} << 32 | static_cast<std::uint32_t>(choice.status));
        work.word(std::uint64_t{choice.block} << 32 | std::uint64_t{item.layer} << 8 | static_cast<std::uint64_t>(choice.fault));
    }
    next_ = choice;
    choices_.push_back(choice);
    resume();
    if (!now_.ended && now_.refused) {
        choices_.pop_back();
        now_.work_done = before.work_done;
        // What was tried for it may have left something behind.
        const std::vector<Choice> here = choices_;
        back_towards(here.size());
        while (choices_.size() < here.size() && take(here[choices_.size()])) {
        }
        return false;
    }
    now_.work_done = before.work_done + work.value();
    return true;
}

void CheckpointedWalk::mark() {
    if (now_.ended || (marked_ > 0 && marks_[marked_ - 1].depth == depth())) return;
    if (marked_ > 0 && bytes_marked_ > most_marked) return;  // it will be gone to from the mark before
    if (marks_.size() == marked_) marks_.emplace_back();
    Mark& mark = marks_[marked_++];
    mark.depth = depth();
    mark.standing = now_;
    // The compiler's red zone lies below what the context says is the top.
    const auto top = reinterpret_cast<const std::byte*>(paused_->uc_mcontext.gregs[REG_RSP]) - 128;
    memory_->save(mark.image, std::min(top, reinterpret_cast<const std::byte*>(paused_)), now_.watcher->machine.pool().used_arena().size());
    mark.paused = paused_;
    mark.variables.resize(images_.size());
    images_.copy_to(mark.variables.data());
    bytes_marked_ += mark.image.size();
}

void CheckpointedWalk::back_towards(std::size_t depth) {
    while (marked_ > 1 && marks_[marked_ - 1].depth > depth) bytes_marked_ -= marks_[--marked_].image.size();
    const Mark& mark = marks_[marked_ - 1];
    memory_->put_back(mark.image);
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
    const trace::Nanoseconds now = machine.clock().now();
    for (const scenario::PendingItem& item : now_.point->pending) {
        hash.text(item.label);
        hash.word(std::uint64_t{item.operation.value} << 32 | std::uint64_t{item.layer} << 1 | (item.completes_operation ? 1 : 0));
        hash.word(item.due > now ? item.due - now : 0);
    }
    for (const verifier::Violation& each : now_.watcher->verifier.violations()) {
        hash.text(each.rule);
        hash.word(each.layer);
    }
    hash.bytes(machine.pool().used_arena());
    for (const std::span<std::byte> variables : images_.variables()) hash.bytes(variables);
    return hash.value();
}

std::uint64_t CheckpointedWalk::history() { return now_.watcher != nullptr ? now_.watcher->history.value() : 1; }

Judgement CheckpointedWalk::judgement() {
    if (now_.watcher == nullptr) return judgement_;
    const std::span<const verifier::Violation> violations = now_.watcher->verifier.violations();
    if (violations.empty()) return {};
    return judgement_of(violations, now_.watcher->machine.recorder().trace());
}

}  // namespace chimneylab::explorer
