// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Drivers that one walk's runs are made with and that were loaded from a file: loaded once, with the variables of their images
// as they were then, so that every run begins as in a fresh process and a mark takes in what they keep outside the pool.
// Private to engine/explorer; one thread at a time.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/explorer/explorer.h"
#include "engine/explorer/hash.h"

namespace chimneylab::explorer {

class DriverImages {
public:
    explicit DriverImages(LoadDriver load) : load_(std::move(load)) {}

    // For scenario::RunOptions::load_driver. What was loaded before is not loaded again.
    [[nodiscard]] scenario::LoadedDriver load(std::string_view name, trace::LayerIndex layer);
    [[nodiscard]] bool can_load() const { return static_cast<bool>(load_); }
    void as_loaded();  // all variables

    [[nodiscard]] std::span<const std::span<std::byte>> variables() const { return variables_; }
    [[nodiscard]] std::size_t size() const { return bytes_; }  // of all variables
    [[nodiscard]] std::span<const Hash::Stretch> stretches() const { return stretches_; }  // code and variables of each image
    void copy_to(std::byte* destination) const;
    void copy_from(const std::byte* source);

private:
    LoadDriver load_;
    std::map<std::pair<std::string, trace::LayerIndex>, scenario::LoadedDriver> loaded_;
    std::vector<std::span<std::byte>> variables_;
    std::vector<std::byte> first_;
    std::vector<Hash::Stretch> stretches_;
    std::size_t bytes_ = 0;
};

}  // namespace chimneylab::explorer
