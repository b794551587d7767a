// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/checksum.h"

#include <xxhash.h>

#include <cstring>
#include <new>

#include "engine/trace/text.h"

namespace chimneylab::session {

struct Checksummer::State {
    XXH3_state_t* hash = XXH3_createState();
    ~State() { XXH3_freeState(hash); }
};

Checksummer::Checksummer() : state_(std::make_unique<State>()) {
    if (state_->hash == nullptr) throw std::bad_alloc();
    XXH3_128bits_reset(state_->hash);
}

Checksummer::~Checksummer() = default;

void Checksummer::number(std::uint64_t value) { XXH3_128bits_update(state_->hash, &value, sizeof value); }

void Checksummer::bytes(std::span<const std::byte> data) {
    number(data.size());
    if (!data.empty()) XXH3_128bits_update(state_->hash, data.data(), data.size());
}

Checksum Checksummer::value() const {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_->hash));
    Checksum value;
    static_assert(sizeof canonical.digest == sizeof value);
    std::memcpy(value.data(), canonical.digest, sizeof value);
    return value;
}

Checksum chunk_checksum(const ChunkNumbers& numbers, std::span<const std::byte> births,
                        std::span<const std::byte> events, std::span<const std::byte> contents) {
    Checksummer hash;
    for (const std::uint64_t each : numbers) hash.number(each);
    hash.bytes(births);
    hash.bytes(events);
    hash.bytes(contents);
    return hash.value();
}

std::string content_checksum(const trace::RunDescription& description, std::span<const trace::Layer> layers,
                             std::span<const std::string> names, std::span<const Checksum> chunks) {
    Checksummer hash;
    for (const std::string* each : {&description.scenario, &description.title, &description.variant,
                                    &description.schedule, &description.mode, &description.producer})
        hash.text(*each);
    hash.number(description.clock_start);
    hash.number(layers.size());
    for (const trace::Layer& each : layers) {
        hash.number(static_cast<std::uint64_t>(each.role));
        hash.number(each.name.value);
        hash.number(each.driver.value);
    }
    hash.number(names.size());
    for (const std::string& each : names) hash.text(each);
    hash.number(chunks.size());
    for (const Checksum& each : chunks) hash.bytes(each);
    std::string text;
    for (const std::byte each : hash.value()) text += trace::hex_digits(std::to_integer<unsigned>(each), 2);
    return text;
}

}  // namespace chimneylab::session
