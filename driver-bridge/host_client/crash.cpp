// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/host_client/crash.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

#include "driver-bridge/host_client/symbols.h"
#include "engine/trace/text.h"

namespace chimneylab::driver_host {

namespace {

constexpr std::uint64_t null_page = 64 * 1024;  // a member of a structure at address 0 lies in here

struct Module {
    std::uint64_t begin = 0, end = 0, load_address = 0;
    ModuleKind kind = ModuleKind::other;
    trace::LayerIndex layer = trace::machine_layer;
    std::filesystem::path path;
};

// The table as the host left it, whatever that is by now.
std::vector<Module> modules_of(const AreaHead& head) {
    std::vector<Module> modules;
    const std::size_t count = std::min<std::size_t>(head.module_count.load(std::memory_order_acquire), std::size(head.modules));
    for (std::size_t i = 0; i < count; ++i) {
        const ModuleRecord& record = head.modules[i];
        Module module{record.begin, record.end, record.load_address, record.kind, trace::machine_layer, {}};
        if (record.kind == ModuleKind::driver) module.layer = static_cast<trace::LayerIndex>(std::min(record.layer, 253u));
        module.path = std::string(record.path, strnlen(record.path, sizeof record.path));
        modules.push_back(std::move(module));
    }
    return modules;
}

class Reporter {
public:
    Reporter(const AreaHead& head, const Ended& ended, const Limits& limits, trace::Trace& trace)
        : head_(head), record_(head.crash), ended_(ended), limits_(limits), trace_(trace), modules_(modules_of(head)) {}

    Crash report() {
        told_ = record_.state.load(std::memory_order_acquire) != 0;
        crash_.kind = kind();
        if (told_ && record_.ending == Ending::signal) crash_.signal = record_.signal;
        else if (!ended_.exited && ended_.stop == Stop::itself) crash_.signal = ended_.code;
        if (told_ && record_.ending == Ending::signal && record_.page_fault) crash_.fault_address = record_.fault_address;
        if (told_) take_backtrace();
        find_call();
        find_layer();
        crash_.what = what();
        crash_.hint = hint();
        add_finding();
        return std::move(crash_);
    }

private:
    [[nodiscard]] const Module* module_at(std::uint64_t address) const {
        for (const Module& module : modules_)
            if (address >= module.begin && address < module.end) return &module;
        return nullptr;
    }

    // --- what ---
    [[nodiscard]] CrashKind kind() const {
        if (told_ && record_.ending == Ending::signal) return kind_of_signal();
        if (told_ && record_.ending == Ending::exit_called) return CrashKind::exit_called;
        if (told_ && record_.ending == Ending::out_of_memory) return CrashKind::out_of_memory;
        if (told_ && record_.ending == Ending::recording_full) return CrashKind::recording_full;
        if (ended_.stop == Stop::memory) return CrashKind::out_of_memory;
        if (ended_.stop == Stop::no_progress) return CrashKind::hang;
        if (ended_.stop == Stop::total) return still_recording() ? CrashKind::too_long : CrashKind::hang;
        if (told_ && record_.ending == Ending::asked)  // by nobody: its processor time was used up
            return CrashKind::too_long;
        if (ended_.exited) return CrashKind::exit_called;
        return CrashKind::killed;
    }

    [[nodiscard]] bool still_recording() const { return head_.phase.load() == Phase::running && trace_.size() > 100'000; }

    [[nodiscard]] CrashKind kind_of_signal() const {
        switch (record_.signal) {
        case SIGABRT: return ended_.output.find("stack smashing detected") != std::string::npos
                                 ? CrashKind::stack_overwritten : CrashKind::aborted;
        case SIGILL:
        case SIGTRAP: return CrashKind::illegal_instruction;
        case SIGFPE: return CrashKind::divide_error;
        case SIGSEGV:
        case SIGBUS: break;
        default: return CrashKind::killed;
        }
        if (record_.code == SI_USER || record_.code == SI_TKILL || record_.code == SI_QUEUE) return CrashKind::killed;
        const std::uint64_t fault = record_.fault_address, stack = record_.stack_pointer;
        if (record_.page_fault) {
            if (fault >= record_.guard_low && fault < record_.stack_low) return CrashKind::stack_overflow;
            // The stack of a thread that the driver made, or one without a guard.
            const bool near_stack = fault + null_page > stack && fault < stack + 256;
            if (near_stack && fault >= null_page && record_.stack_word_count == 0) return CrashKind::stack_overflow;
        }
        if (jumped_nowhere()) return came_by_return() ? CrashKind::stack_overwritten : CrashKind::wild_call;
        if (!record_.page_fault) return at_return() ? CrashKind::stack_overwritten : CrashKind::wild_address;
        return fault < null_page ? CrashKind::null_dereference : CrashKind::wild_address;
    }

    // The processor is where no code is: it followed a pointer.
    [[nodiscard]] bool jumped_nowhere() const {
        return record_.page_fault && record_.fault_address == record_.instruction_pointer &&
               !module_at(record_.instruction_pointer);
    }
    [[nodiscard]] bool came_by_return() const {
        const bool called = record_.stack_word_count > 0 && module_at(record_.stack[0]);
        return !called && record_.below_stack_pointer == record_.instruction_pointer;
    }
    [[nodiscard]] bool at_return() const {
        const std::size_t size = std::min<std::size_t>(record_.instruction_size, sizeof record_.instruction);
        return size > 0 && (record_.instruction[0] == 0xC3 || (size > 1 && record_.instruction[0] == 0xF3 && record_.instruction[1] == 0xC3));
    }

    // --- where ---
    void take_backtrace() {
        std::vector<std::uint64_t> addresses;  // of instructions, each inside the one that was running
        const std::size_t count = std::min<std::size_t>(record_.frame_count.load(std::memory_order_acquire), CrashRecord::most_frames);
        std::size_t first = 0;
        if (record_.ending == Ending::signal || record_.ending == Ending::asked) {
            addresses.push_back(record_.instruction_pointer);
            // The handler's own frames come first, then the one that was interrupted.
            const auto end = record_.frames + count;
            const auto here = std::find(record_.frames, end, record_.instruction_pointer);
            first = here == end ? count : static_cast<std::size_t>(here - record_.frames) + 1;
        }
        for (std::size_t i = first; i < count; ++i) addresses.push_back(record_.frames[i] - 1);
        if (addresses.size() <= 1 && record_.ending == Ending::signal) search_stack(addresses);

        std::vector<Place> places;
        for (const std::uint64_t address : addresses) {
            CrashFrame frame;
            frame.offset = address;
            Place place;
            if (const Module* module = module_at(address)) {
                frame.offset = place.offset = address - module->load_address;
                place.module = module->path;
                frame.module = module->path.filename().string();
                frame.layer = module->layer;
                frame.owner = module->kind == ModuleKind::driver    ? FrameOwner::driver
                              : module->kind == ModuleKind::program ? FrameOwner::lab
                                                                    : FrameOwner::library;
            }
            crash_.backtrace.push_back(std::move(frame));
            places.push_back(std::move(place));
        }
        const std::vector<Symbol> symbols = find_symbols(places);
        for (std::size_t i = 0; i < symbols.size(); ++i) {
            crash_.backtrace[i].function = symbols[i].function;
            crash_.backtrace[i].file = symbols[i].file;
            crash_.backtrace[i].line = symbols[i].line;
        }
        // Behind the first function of a thread there is nothing.
        while (crash_.backtrace.size() > 1 && crash_.backtrace.back().owner == FrameOwner::nothing) crash_.backtrace.pop_back();
        // What the host itself did to be able to tell.
        if (record_.ending != Ending::signal && record_.ending != Ending::asked) drop_own_frames();
        const auto driver = std::ranges::find(crash_.backtrace, FrameOwner::driver, &CrashFrame::owner);
        if (driver != crash_.backtrace.end())
            crash_.where = static_cast<std::size_t>(driver - crash_.backtrace.begin());
    }

    // The chain of frames is broken. What a call left on the stack is still there: the first that leads into a driver.
    void search_stack(std::vector<std::uint64_t>& addresses) const {
        const std::size_t count = std::min<std::size_t>(record_.stack_word_count, CrashRecord::most_stack_words);
        const bool called = jumped_nowhere() && !came_by_return();
        for (std::size_t i = 0; i < count; ++i) {
            const Module* module = module_at(record_.stack[i]);
            if (!module || (module->kind != ModuleKind::driver && !(called && i == 0))) continue;
            addresses.push_back(record_.stack[i] - 1);
            if (addresses.size() > 4) return;
        }
    }

    void drop_own_frames() {
        while (!crash_.backtrace.empty() && crash_.backtrace.front().owner == FrameOwner::lab)
            crash_.backtrace.erase(crash_.backtrace.begin());
    }

    // --- when ---
    void find_call() {
        if (trace_.empty()) return;
        crash_.after = trace::EventId(static_cast<std::uint32_t>(trace_.size() - 1));
        trace::EventId at = crash_.after;
        if (trace_.event(at).kind != trace::EventKind::enter) {
            // A return closes its call: what is open is what encloses it.
            at = trace_.event(at).parent;
        }
        while (at.valid() && (trace_.event(at).kind != trace::EventKind::enter || trace_.leave_of(at).valid()))
            at = trace_.event(at).parent;
        if (!at.valid()) return;
        crash_.call = at;
        crash_.function = trace_.text(trace_.event(at).name);
        crash_.operation = trace_.event(at).operation;
    }

    void find_layer() {
        if (crash_.where) crash_.layer = crash_.backtrace[*crash_.where].layer;
        else if (head_.phase.load() == Phase::loading)
            crash_.layer = static_cast<trace::LayerIndex>(std::min(head_.loading_layer.load(), 253u));
        else if (crash_.call.valid()) crash_.layer = layer_of_call();
        if (crash_.layer < trace_.layers().size()) {
            crash_.layer_name = trace_.text(trace_.layers()[crash_.layer].name);
            crash_.driver = trace_.text(trace_.layers()[crash_.layer].driver);
        } else if (crash_.layer < trace::ndis_layer) {
            crash_.layer_name = "intermediate driver " + std::to_string(crash_.layer);
        }
        if (crash_.where && crash_.driver.empty()) crash_.driver = crash_.backtrace[*crash_.where].module;
    }

    // Inside NDIS it is the driver that called.
    [[nodiscard]] trace::LayerIndex layer_of_call() const {
        const trace::Event& call = trace_.event(crash_.call);
        return call.layer == trace::ndis_layer ? call.other_layer : call.layer;
    }

    // --- words ---
    [[nodiscard]] std::string who() const {
        if (crash_.layer_name.empty()) return "The driver";
        if (crash_.driver.empty() || crash_.driver == crash_.layer_name || crash_.driver == "chimneylab")
            return crash_.layer_name;
        return crash_.layer_name + " (" + crash_.driver + ")";
    }

    [[nodiscard]] std::string what() const {
        const std::string address = fmt::format("0x{:x}", record_.fault_address);
        const char* access = record_.write ? "wrote to" : "read from";
        switch (crash_.kind) {
        case CrashKind::null_dereference:
            return record_.fault_address == 0
                       ? fmt::format("{} {} address 0, through a NULL pointer", who(), access)
                       : fmt::format("{} {} address {}, {} bytes behind a NULL pointer", who(), access, address, record_.fault_address);
        case CrashKind::wild_address:
            return record_.page_fault ? fmt::format("{} {} address {}, where no memory is", who(), access, address)
                                      : fmt::format("{} used an address that cannot exist (its upper bits are wrong)", who());
        case CrashKind::wild_call:
            return record_.instruction_pointer == 0 ? who() + " called a function through a NULL pointer"
                                                    : fmt::format("{} called a function at 0x{:x}, where no code is", who(), record_.instruction_pointer);
        case CrashKind::stack_overflow: return who() + " used up its stack";
        case CrashKind::stack_overwritten: return who() + " overwrote its own stack: a return address or the guard before it is no longer what it was";
        case CrashKind::aborted: return who() + " called abort(), or something that it called did";
        case CrashKind::exit_called:
            return fmt::format("{} ended the process it runs in, with exit code {}", who(), told_ ? record_.exit_status : ended_.code);
        case CrashKind::out_of_memory:
            return fmt::format("{} used up all memory, {} MiB", who(), limits_.memory >> 20);
        case CrashKind::illegal_instruction: return who() + " ran into bytes that are no instruction (a trap of the compiler looks the same)";
        case CrashKind::divide_error: return who() + " divided by zero, or the quotient had no room";
        case CrashKind::hang:
            return ended_.stop == Stop::total
                       ? fmt::format("{} did not come to an end within {} seconds", who(), limits_.total.count() / 1000.0)
                       : fmt::format("{} did not come back: nothing happened for {} seconds", who(), limits_.no_progress.count() / 1000.0);
        case CrashKind::too_long:
            return fmt::format("{} goes on and on: {} events are recorded and there is no end", who(), trace_.size());
        case CrashKind::recording_full:
            return fmt::format("{} goes on and on: the recording is full after {} events", who(), trace_.size());
        case CrashKind::killed: break;
        }
        const int number = crash_.signal;
        const char* name = number > 0 ? sigabbrev_np(number) : nullptr;
        return fmt::format("{}'s process was ended by signal {}{}", who(), number, name ? std::string(" (SIG") + name + ")" : "");
    }

    [[nodiscard]] std::string hint() const {
        const bool lab_code = !crash_.where && !crash_.backtrace.empty() && crash_.backtrace[0].owner == FrameOwner::lab;
        if (lab_code && crash_.signal != 0)
            return "This is the lab's own code at work on what a driver gave it: look at the findings before this one, and at what "
                   "the drivers wrote into the block, its handles and its context.";
        switch (crash_.kind) {
        case CrashKind::null_dereference:
        case CrashKind::wild_call:
            if (near_memory_limit()) return "Its memory was nearly used up: an allocation failed and its NULL was used.";
            return "Look at where the pointer on this line comes from: an allocation that failed, a member that nobody set, or one that was cleared.";
        case CrashKind::wild_address:
            return "Look at where the pointer on this line comes from: memory that was given back, a member of a structure that was overwritten, or an index that is too large.";
        case CrashKind::stack_overflow: return "A function that calls itself without end, or a local array that is far too large.";
        case CrashKind::stack_overwritten: return "A local array was written to beyond its end, in this function or in one that it called.";
        case CrashKind::aborted:
            return "What it printed says more: a failed assertion, memory that was freed twice, or a call of the driver interface from outside the machine.";
        case CrashKind::exit_called: return "A driver must never call exit(): in a kernel there is nothing that could end.";
        case CrashKind::out_of_memory: return "A loop that allocates without end, or never frees.";
        case CrashKind::hang:
            return "A loop whose condition never changes, a list that leads back to itself, or a wait that nobody ends.";
        case CrashKind::too_long:
        case CrashKind::recording_full:
            return "Look at the last events: the same few calls will repeat.";
        default: return {};
        }
    }

    [[nodiscard]] bool near_memory_limit() const { return ended_.peak_memory > limits_.memory / 8 * 7; }

    void add_finding() {
        trace::Event event;
        if (crash_.after.valid()) {
            const trace::Event& last = trace_.event(crash_.after);
            event.virtual_time = last.virtual_time;
            event.measured_time = last.measured_time;
            event.irql = last.irql;
        }
        event.kind = trace::EventKind::finding;
        event.detail = static_cast<std::uint64_t>(crash_.hung() ? trace::FindingKind::driver_hung : trace::FindingKind::driver_crashed);
        event.layer = crash_.layer < trace_.layers().size() ? crash_.layer : trace::machine_layer;
        event.parent = crash_.call;
        event.operation = crash_.operation;
        if (crash_.call.valid()) {
            const trace::Event& call = trace_.event(crash_.call);
            event.operation_kind = call.operation_kind;
            event.depth = static_cast<std::uint16_t>(call.depth + 1);
        }
        event.name = trace_.intern(crash_.explanation());
        crash_.finding = trace_.append(event, {});
    }

    const AreaHead& head_;
    const CrashRecord& record_;
    const Ended& ended_;
    const Limits& limits_;
    trace::Trace& trace_;
    std::vector<Module> modules_;
    bool told_ = false;
    Crash crash_;
};

}  // namespace

std::string_view to_text(CrashKind kind) {
    static constexpr std::array<std::string_view, 14> words = {
        "null_dereference", "wild_address", "wild_call", "stack_overflow", "stack_overwritten", "aborted", "exit_called",
        "out_of_memory", "illegal_instruction", "divide_error", "hang", "too_long", "recording_full", "killed"};
    static_assert(words.size() == static_cast<std::size_t>(CrashKind::killed) + 1);
    return words[static_cast<std::size_t>(kind)];
}

std::string CrashFrame::to_text() const {
    const std::string name = function.empty() ? (module.empty() ? "0x" + fmt::format("{:x}", offset) : fmt::format("{}+0x{:x}", module, offset)) : function;
    if (line > 0) return fmt::format("{} ({}:{})", name, std::filesystem::path(file).filename().string(), line);
    if (!function.empty() && !module.empty()) return fmt::format("{} ({}+0x{:x})", name, module, offset);
    return name;
}

std::string Crash::backtrace_text() const {
    std::string text;
    for (std::size_t i = 0; i < backtrace.size(); ++i) {
        const CrashFrame& frame = backtrace[i];
        const char* whose = frame.owner == FrameOwner::driver    ? ""
                            : frame.owner == FrameOwner::lab     ? "  [the lab]"
                            : frame.owner == FrameOwner::library ? "  [library]"
                                                                 : "  [no code]";
        text += fmt::format("{:>4}  {}{}\n", i, frame.to_text(), whose);
    }
    return text;
}

std::string Crash::explanation() const {
    std::string text = what;
    if (where) {
        const CrashFrame& frame = backtrace[*where];
        text += (*where == 0 ? " in " : " in what was called from ") + frame.to_text();
    }
    if (!function.empty() && !(where && backtrace[*where].function == function)) text += ", inside " + function;
    if (after.valid()) text += ", after event " + std::to_string(after.value);
    return text + ".";
}

Crash describe_crash(const AreaHead& head, const Ended& ended, const Limits& limits, trace::Trace& trace) {
    return Reporter(head, ended, limits, trace).report();
}

}  // namespace chimneylab::driver_host
