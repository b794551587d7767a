// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/host_client/protections.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>

namespace chimneylab::driver_host {
namespace {

// Of Landlock's third version; the header here may be older.
constexpr std::uint64_t access_refer = 1ull << 13, access_truncate = 1ull << 14;
constexpr std::uint64_t access_write = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                       LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                       LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                                       LANDLOCK_ACCESS_FS_MAKE_SYM;

bool leave_network() {
    if (unshare(CLONE_NEWNET) == 0) return true;  // root
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
    // That took away what a debugger and our end with our starter need.
    prctl(PR_SET_DUMPABLE, 1);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return true;
}

void allow_beneath(int rules, const char* path, std::uint64_t access) {
    const int place = open(path, O_PATH | O_CLOEXEC);
    if (place < 0) return;
    landlock_path_beneath_attr rule{};
    rule.allowed_access = access;
    rule.parent_fd = place;
    syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(place);
}

bool forbid_writes(const std::vector<std::filesystem::path>& writable) {
    const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) return false;
    landlock_ruleset_attr attributes{};
    attributes.handled_access_fs = access_write | (version >= 2 ? access_refer : 0) | (version >= 3 ? access_truncate : 0);
    const int rules = static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
    if (rules < 0) return false;
    for (const std::filesystem::path& folder : writable) allow_beneath(rules, folder.c_str(), attributes.handled_access_fs);
    allow_beneath(rules, "/dev/null", LANDLOCK_ACCESS_FS_WRITE_FILE);
    const bool good = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return good;
}

#if defined(__x86_64__)
// Calls that are answered with EPERM. The last ones only when Landlock was not to be had.
bool filter_calls(bool writes_too) {
    constexpr std::array always{
        SYS_socket, SYS_execve, SYS_execveat, SYS_process_vm_writev,
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        SYS_ptrace,  // a sanitizer looks for leaks with it
#endif
        SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_reboot, SYS_init_module, SYS_finit_module, SYS_delete_module,
        SYS_kexec_load, SYS_bpf, SYS_perf_event_open, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_unshare, SYS_setns, SYS_userfaultfd,
        SYS_io_uring_setup, SYS_settimeofday, SYS_clock_settime, SYS_swapon, SYS_swapoff, SYS_sethostname, SYS_setdomainname,
        // What Landlock does not look at.
        SYS_truncate, SYS_chmod, SYS_fchmodat, SYS_chown, SYS_lchown, SYS_fchownat, SYS_setxattr, SYS_lsetxattr, SYS_removexattr,
        SYS_lremovexattr, SYS_utime, SYS_utimes, SYS_futimesat, SYS_utimensat};
    constexpr std::array writing{SYS_creat, SYS_openat2, SYS_unlink, SYS_unlinkat, SYS_rename, SYS_renameat, SYS_renameat2, SYS_mkdir,
                                 SYS_mkdirat, SYS_rmdir, SYS_link, SYS_linkat, SYS_symlink, SYS_symlinkat, SYS_mknod, SYS_mknodat};
    std::vector<sock_filter> program;
    const auto load = [&](std::size_t offset) { program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset))); };
    const sock_filter refuse = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    const sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    load(offsetof(seccomp_data, arch));
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0));
    program.push_back(refuse);
    load(offsetof(seccomp_data, nr));
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));  // the same calls by other numbers
    program.push_back(refuse);
    const auto refuse_call = [&](long number) {
        program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 1));
        program.push_back(refuse);
    };
    for (const long number : always) refuse_call(number);
    // Of its own memory alone: the crash handler reads so what may not be there.
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(SYS_process_vm_readv), 0, 4));
    load(offsetof(seccomp_data, args));
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(getpid()), 0, 1));
    program.push_back(allow);
    program.push_back(refuse);
    if (writes_too) {
        for (const long number : writing) refuse_call(number);
        constexpr std::uint32_t to_write = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND;
        const std::pair<long, unsigned> opens[] = {{SYS_open, 1u}, {SYS_openat, 2u}};
        for (const auto& [number, argument] : opens) {
            program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 4));
            load(offsetof(seccomp_data, args) + 8 * argument);
            program.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, to_write, 0, 1));
            program.push_back(refuse);
            program.push_back(allow);
        }
    }
    program.push_back(allow);
    sock_fprog whole{static_cast<unsigned short>(program.size()), program.data()};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole) == 0;
}
#else
bool filter_calls(bool) { return false; }
#endif

enum : std::uint8_t { bit_network = 1, bit_writes = 2, bit_none_at_all = 4, bit_programs = 8, bit_namespace = 16, bit_landlock = 32, bit_seccomp = 64 };

Protections from_bits(std::uint8_t bits) {
    Protections made;
    made.no_network = (bits & bit_network) != 0;
    made.no_writes = (bits & bit_writes) != 0;
    made.no_writes_at_all = (bits & bit_none_at_all) != 0;
    made.no_programs = (bits & bit_programs) != 0;
    const std::pair<std::uint8_t, const char*> means[] = {{bit_namespace, "network namespace"}, {bit_landlock, "Landlock"}, {bit_seccomp, "seccomp"}};
    for (const auto& [bit, name] : means)
        if ((bits & bit) != 0) made.means += (made.means.empty() ? "" : ", ") + std::string(name);
    return made;
}

std::uint8_t confine(const std::vector<std::filesystem::path>& writable) {
    std::uint8_t bits = 0;
    const bool apart = leave_network();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return apart ? bit_network | bit_namespace : 0;
    const bool landlock = forbid_writes(writable);
    const bool seccomp = filter_calls(!landlock);
    if (apart) bits |= bit_namespace | bit_network;
    if (landlock) bits |= bit_landlock | bit_writes;
    if (seccomp) bits |= bit_seccomp | bit_network | bit_programs | bit_writes;
    if (seccomp && !landlock) bits |= bit_none_at_all;
    return bits;
}

}  // namespace

std::string Protections::to_text() const {
    std::string text;
    const auto add = [&](bool there, const char* what) {
        if (there) text += (text.empty() ? "" : ", ") + std::string(what);
    };
    add(no_network, "no network");
    add(no_writes && !no_writes_at_all, "no writes outside its folder");
    add(no_writes_at_all, "no writes");
    add(no_programs, "no other programs");
    return text.empty() ? "none: this system refuses namespaces, Landlock and seccomp" : text;
}

Protections confine_process(const std::vector<std::filesystem::path>& writable) { return from_bits(confine(writable)); }

Protections available_protections() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return {};
    const pid_t child = fork();
    if (child == 0) {
        const std::uint8_t bits = confine({});
        [[maybe_unused]] const ssize_t written = write(ends[1], &bits, 1);
        _exit(0);
    }
    close(ends[1]);
    std::uint8_t bits = 0;
    const ssize_t got = child > 0 ? read(ends[0], &bits, 1) : 0;
    close(ends[0]);
    if (child > 0) waitpid(child, nullptr, 0);
    return got == 1 ? from_bits(bits) : Protections{};
}

}  // namespace chimneylab::driver_host
