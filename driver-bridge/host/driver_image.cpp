// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/host/driver_image.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace chimneylab::driver_host {
namespace {

struct Descriptor {
    int number = -1;
    explicit Descriptor(int fd) : number(fd) {}
    ~Descriptor() {
        if (number >= 0) close(number);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
};

DriverImage::Problem system_problem(const char* what) {
    return {std::string(what) + ": " + std::strerror(errno), "Check the path and its permissions."};
}

bool is_elf_shared_object(int file) {
    std::array<unsigned char, sizeof(Elf64_Ehdr)> bytes{};
    if (pread(file, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) return false;
    Elf64_Ehdr header;
    std::memcpy(&header, bytes.data(), sizeof header);
    return std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64 &&
           header.e_type == ET_DYN && header.e_machine == EM_X86_64;
}

bool copy(int from, int to) {
    std::array<char, 65536> buffer;
    off_t position = 0;
    for (;;) {
        const ssize_t got = pread(from, buffer.data(), buffer.size(), position);
        if (got < 0) return false;
        if (got == 0) return true;
        for (ssize_t done = 0; done < got;) {
            const ssize_t written = write(to, buffer.data() + done, static_cast<std::size_t>(got - done));
            if (written <= 0) return false;
            done += written;
        }
        position += got;
    }
}

// A driver's own functions come first, also where the C library or this program has one of the same name ("send").
// The address sanitizer, which puts itself before the C library, cannot be loaded around so.
#if defined(__SANITIZE_ADDRESS__)
constexpr int binding = RTLD_NOW | RTLD_LOCAL;
#else
constexpr int binding = RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND;
#endif

// dlerror() names the descriptor path of the private copy; people know their file.
std::string loader_message(const std::string& private_path, const std::filesystem::path& file) {
    const char* raw = dlerror();
    std::string message = raw ? raw : "the loader gave no reason";
    for (std::size_t at; (at = message.find(private_path)) != std::string::npos;)
        message.replace(at, private_path.size(), file.filename().string());
    return message;
}

}  // namespace

std::variant<std::unique_ptr<DriverImage>, DriverImage::Problem> DriverImage::load(const std::filesystem::path& file) {
    const Descriptor source(open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (source.number < 0) return system_problem("cannot open the driver");
    struct stat status {};
    if (fstat(source.number, &status) != 0) return system_problem("cannot read the driver");
    if (!S_ISREG(status.st_mode)) return Problem{"not a file", "Name the driver's .so file."};
    if (!is_elf_shared_object(source.number))
        return Problem{"not a 64-bit ELF shared object for x86-64",
                       "Compile the driver with: cc -shared -fPIC -fshort-wchar -fms-extensions "
                       "-I\"$(chimneylab-cli --ddi-include)\" driver.c -o driver.so."};

    // The dynamic loader gives a file it already knows out a second time; a private copy is a file of its own, so every
    // layer gets its own globals. The copy lives in memory. Its descriptor stays open, for a debugger that comes back to it.
    Descriptor image(memfd_create(file.filename().c_str(), MFD_CLOEXEC));
    if (image.number < 0 || !copy(source.number, image.number)) return system_problem("cannot copy the driver");
    // By the number of this process, not as /proc/self: a debugger opens the file under the same name, and there it would be
    // one of the debugger's own, a pipe perhaps, from which it reads for ever.
    const std::string private_path = "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(image.number);

    dlerror();
    std::unique_ptr<DriverImage> loaded(new DriverImage);
    loaded->file_ = file;
    loaded->copy_ = std::exchange(image.number, -1);
    loaded->mapping_ = dlopen(private_path.c_str(), binding);
    if (!loaded->mapping_)
        return Problem{std::string("the driver cannot be loaded: ") + loader_message(private_path, file),
                       "A function that is named here is not part of the driver interface that the lab offers."};
    loaded->entry_ = reinterpret_cast<PDRIVER_INITIALIZE>(dlsym(loaded->mapping_, "DriverEntry"));
    if (!loaded->entry_)
        return Problem{"the driver has no DriverEntry",
                       "Define NTSTATUS DriverEntry(PDRIVER_OBJECT, PUNICODE_STRING) and do not make it static."};
    return loaded;
}

void* DriverImage::symbol(const char* name) const { return dlsym(mapping_, name); }

DriverImage::~DriverImage() {
    if (mapping_) dlclose(mapping_);
    if (copy_ >= 0) close(copy_);
}

}  // namespace chimneylab::driver_host
