// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/host/crash_handler.h"

#include <link.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <new>

#include "driver-bridge/host/private_copy.h"

namespace chimneylab::driver_host {

namespace {

static_assert(ask_signal == SIGURG);
constexpr int crash_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS};
constexpr std::size_t handler_stack_size = 256 * 1024;

// A signal handler finds nothing but globals.
AreaHead* head = nullptr;
pid_t driver_thread = 0;
std::uint64_t stack_low = 0;
std::uint64_t guard_low = 0;
char program_path[sizeof(ModuleRecord::path)];

// The drivers that are loaded, by where; the last one may still be loading (load_address 0).
struct LoadedImage {
    std::uint64_t load_address;
    unsigned layer;
    char path[sizeof(ModuleRecord::path)];
};
LoadedImage images[16];
std::size_t image_count = 0;

// Reads own memory that may not be there: the kernel looks, not we.
std::size_t peek(std::uint64_t from, void* to, std::size_t size) {
    iovec local{to, size};
    iovec remote{reinterpret_cast<void*>(from), size};
    const long got = syscall(SYS_process_vm_readv, getpid(), &local, 1UL, &remote, 1UL, 0UL);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
}

// As much as there is up to the end of the page, then page by page.
std::size_t peek_words(std::uint64_t from, std::uint64_t* to, std::size_t count) {
    std::size_t got = 0;
    while (got < count) {
        const std::uint64_t at = from + got * sizeof *to;
        const std::size_t in_page = (4096 - at % 4096) / sizeof *to;
        const std::size_t wanted = in_page == 0 ? 1 : (in_page < count - got ? in_page : count - got);
        const std::size_t bytes = peek(at, to + got, wanted * sizeof *to);
        got += bytes / sizeof *to;
        if (bytes < wanted * sizeof *to) break;
    }
    return got;
}

_Unwind_Reason_Code take_frame(_Unwind_Context* context, void*) {
    const std::uint32_t count = head->crash.frame_count.load(std::memory_order_relaxed);
    if (count >= CrashRecord::most_frames) return _URC_END_OF_STACK;
    head->crash.frames[count] = _Unwind_GetIP(context);
    head->crash.frame_count.store(count + 1, std::memory_order_release);
    return _URC_NO_REASON;
}

void copy_path(char* to, const char* from) {
    std::strncpy(to, from, sizeof(ModuleRecord::path) - 1);
    to[sizeof(ModuleRecord::path) - 1] = 0;
}

int take_module(dl_phdr_info* info, std::size_t, void* counter) {
    auto& count = *static_cast<std::uint32_t*>(counter);
    if (count >= std::size(head->modules)) return 1;
    ModuleRecord& module = head->modules[count];
    module.begin = ~std::uint64_t{0};
    module.end = 0;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr)& part = info->dlpi_phdr[i];
        if (part.p_type != PT_LOAD) continue;
        const std::uint64_t begin = info->dlpi_addr + part.p_vaddr;
        if (begin < module.begin) module.begin = begin;
        if (begin + part.p_memsz > module.end) module.end = begin + part.p_memsz;
    }
    module.load_address = info->dlpi_addr;
    module.kind = count == 0 ? ModuleKind::program : ModuleKind::other;
    module.layer = 0;
    copy_path(module.path, count == 0 ? program_path : info->dlpi_name);
    if (is_private_copy(info->dlpi_name)) {
        for (std::size_t i = 0; i < image_count; ++i) {
            const LoadedImage& image = images[i];
            if (image.load_address != info->dlpi_addr && !(image.load_address == 0 && i + 1 == image_count)) continue;
            module.kind = ModuleKind::driver;
            module.layer = image.layer;
            copy_path(module.path, image.path);
            break;
        }
    }
    ++count;
    return 0;
}

void take_modules() {
    std::uint32_t count = 0;  // the old table stays in force until the new one is whole
    dl_iterate_phdr(take_module, &count);
    head->module_count.store(count, std::memory_order_release);
}

bool begin_record(Ending ending) {
    std::uint32_t none = 0;
    if (!head->crash.state.compare_exchange_strong(none, 1)) return false;
    head->crash.ending = ending;
    head->crash.stack_low = stack_low;
    head->crash.guard_low = guard_low;
    return true;
}

void finish_record() {
    // A library that is just being loaded is not in the table yet. Otherwise it is whole, and the loader's lists may have
    // been overwritten with everything else.
    if (head->phase.load() == Phase::loading) take_modules();
    _Unwind_Backtrace(take_frame, nullptr);
    head->crash.state.store(2, std::memory_order_release);
}

void take_registers(const siginfo_t* info, const ucontext_t* context) {
    CrashRecord& crash = head->crash;
    const greg_t* registers = context->uc_mcontext.gregs;
    crash.instruction_pointer = static_cast<std::uint64_t>(registers[REG_RIP]);
    crash.stack_pointer = static_cast<std::uint64_t>(registers[REG_RSP]);
    crash.signal = info->si_signo;
    crash.code = info->si_code;
    constexpr greg_t page_fault = 14;
    crash.page_fault = registers[REG_TRAPNO] == page_fault && info->si_signo == SIGSEGV ? 1 : 0;
    crash.write = (registers[REG_ERR] & 2) != 0 ? 1 : 0;
    crash.fault_address = reinterpret_cast<std::uint64_t>(info->si_addr);
    crash.instruction_size =
        static_cast<std::uint32_t>(peek(crash.instruction_pointer, crash.instruction, sizeof crash.instruction));
    peek(crash.stack_pointer - 8, &crash.below_stack_pointer, sizeof crash.below_stack_pointer);
    crash.stack_word_count =
        static_cast<std::uint32_t>(peek_words(crash.stack_pointer, crash.stack, CrashRecord::most_stack_words));
}

void on_crash(int number, siginfo_t* info, void* context) {
    if (begin_record(Ending::signal)) {
        take_registers(info, static_cast<ucontext_t*>(context));
        finish_record();
    }
    signal(number, SIG_DFL);
    syscall(SYS_tgkill, getpid(), gettid(), number);  // comes when this handler returns
}

void on_question(int number, siginfo_t* info, void* context) {
    if (driver_thread != 0 && gettid() != driver_thread) {
        syscall(SYS_tgkill, getpid(), driver_thread, number);
        return;
    }
    if (begin_record(Ending::asked)) {
        take_registers(info, static_cast<ucontext_t*>(context));
        finish_record();
    }
    _exit(1);
}

void on_exit_called(int status, void*) {
    if (head->phase.load() == Phase::finished) return;
    head->crash.exit_status = status;
    if (begin_record(Ending::exit_called)) finish_record();
    _exit(status);
}

void handle(int number, void (*handler)(int, siginfo_t*, void*)) {
    struct sigaction action {};
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, nullptr);
}

}  // namespace

void watch_process(SharedArea& area) {
    head = &area.head();
    if (const ssize_t length = readlink("/proc/self/exe", program_path, sizeof program_path - 1); length > 0)
        program_path[length] = 0;
    take_modules();
    // The unwinder loads what it needs the first time it is used, and that is not for a signal handler.
    _Unwind_Backtrace([](_Unwind_Context*, void*) { return _URC_NO_REASON; }, nullptr);
    for (const int number : crash_signals) handle(number, on_crash);
    for (const int number : {ask_signal, SIGXCPU}) handle(number, on_question);
    on_exit(on_exit_called, nullptr);
    std::set_new_handler([] { end_process(Ending::out_of_memory); });
    madvise(head, SharedArea::size(), MADV_DONTFORK);
    pthread_atfork(nullptr, nullptr, [] { _exit(127); });
}

void watch_thread() {
    driver_thread = gettid();
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        void* low = nullptr;
        std::size_t size = 0, guard = 0;
        pthread_attr_getstack(&attributes, &low, &size);
        pthread_attr_getguardsize(&attributes, &guard);
        stack_low = reinterpret_cast<std::uint64_t>(low);
        guard_low = stack_low - guard;
        pthread_attr_destroy(&attributes);
    }
    stack_t stack{};
    stack.ss_size = handler_stack_size;
    stack.ss_sp = mmap(nullptr, handler_stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack.ss_sp != MAP_FAILED) sigaltstack(&stack, nullptr);
}

void driver_is_loading(const std::filesystem::path& file, unsigned layer) {
    head->loading_layer.store(layer);
    if (image_count == std::size(images)) return;
    LoadedImage& image = images[image_count++];
    image.load_address = 0;
    image.layer = layer;
    std::error_code error;
    const std::filesystem::path whole = std::filesystem::absolute(file, error);
    copy_path(image.path, error ? file.c_str() : whole.c_str());
}

void driver_is_loaded() {
    if (image_count > 0 && images[image_count - 1].load_address == 0) {
        // The newest module of this kind whose place is not known yet.
        dl_iterate_phdr(
            [](dl_phdr_info* info, std::size_t, void*) {
                if (!is_private_copy(info->dlpi_name)) return 0;
                for (std::size_t i = 0; i + 1 < image_count; ++i)
                    if (images[i].load_address == info->dlpi_addr) return 0;
                images[image_count - 1].load_address = info->dlpi_addr;
                return 1;
            },
            nullptr);
    }
    take_modules();
}

void end_process(Ending ending) {
    if (begin_record(ending)) finish_record();
    _exit(1);
}

void leave_process() {
    head->phase.store(Phase::finished);
    _exit(0);
}

}  // namespace chimneylab::driver_host
