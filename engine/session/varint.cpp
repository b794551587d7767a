// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/varint.h"

#include <cstring>

namespace chimneylab::session {

void ColumnWriter::put_bytes(std::span<const std::byte> data) {
    if (buffer_.size() < used_ + data.size()) buffer_.resize((used_ + data.size()) * 3 / 2);
    if (!data.empty()) std::memcpy(buffer_.data() + used_, data.data(), data.size());
    used_ += data.size();
}

std::uint64_t ColumnReader::get_long() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at_ < end_; shift += 7) {
        const std::uint8_t byte = *at_++;
        value |= std::uint64_t{byte & 0x7Fu} << shift;
        if (byte < 0x80) return value;
    }
    failed_ = true;
    return 0;
}

}  // namespace chimneylab::session
