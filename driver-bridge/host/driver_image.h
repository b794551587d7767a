// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A driver compiled from C against engine/ddi into a shared object, loaded into this process as one layer's own image:
// its code and its globals, as a second driver would have them, even when two layers are loaded from one file.
// The DDI functions it calls are the ones this program exports. Owns the mapping; unloading is the caller's duty to
// order after the last call into it. Throws nothing: load() returns an image or one sentence that says what is wrong.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <variant>

#include <ntddk.h>

namespace chimneylab::driver_host {

class DriverImage {
public:
    struct Problem {
        std::string what;  // without the file's name
        std::string remedy;
    };

    static std::variant<std::unique_ptr<DriverImage>, Problem> load(const std::filesystem::path& file);
    ~DriverImage();
    DriverImage(const DriverImage&) = delete;
    DriverImage& operator=(const DriverImage&) = delete;

    // A function that the image exports beside DriverEntry; null when there is none.
    [[nodiscard]] void* symbol(const char* name) const;
    [[nodiscard]] PDRIVER_INITIALIZE entry() const { return entry_; }
    [[nodiscard]] const std::filesystem::path& file() const { return file_; }

private:
    DriverImage() = default;
    std::filesystem::path file_;
    int copy_ = -1;
    void* mapping_ = nullptr;
    PDRIVER_INITIALIZE entry_ = nullptr;
};

}  // namespace chimneylab::driver_host
