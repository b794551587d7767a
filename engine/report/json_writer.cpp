// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/json_writer.h"

#include <charconv>

namespace chimneylab::report {

namespace {

// Length of the valid UTF-8 sequence at the beginning, 0 when there is none.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    const std::size_t length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    if (length == 0 || length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xC0) != 0x80) return 0;
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return length;
}

}  // namespace

void JsonWriter::separate() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (!first_.back()) out_ << ',';
    first_.back() = false;
    if (line_) out_ << '\n';
    line_ = false;
}

JsonWriter& JsonWriter::begin(char bracket) {
    separate();
    out_ << bracket;
    first_.push_back(true);
    return *this;
}

JsonWriter& JsonWriter::end(char bracket) {
    first_.pop_back();
    if (line_) out_ << '\n';
    line_ = false;
    out_ << bracket;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    text(name);
    out_ << ':';
    after_key_ = true;
    return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
    separate();
    out_ << '"';
    while (!value.empty()) {
        const std::size_t length = sequence_length(value);
        const char c = value.front();
        if (length == 0) {
            out_ << "\xEF\xBF\xBD";
        } else if (c == '"' || c == '\\') {
            out_ << '\\' << c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            constexpr char digits[] = "0123456789abcdef";
            out_ << "\\u00" << digits[c >> 4] << digits[c & 15];
        } else {
            out_ << value.substr(0, length);
        }
        value.remove_prefix(length == 0 ? 1 : length);
    }
    out_ << '"';
    return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value);
    return raw({buffer, static_cast<std::size_t>(end.ptr - buffer)});
}

JsonWriter& JsonWriter::number(std::uint64_t value) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value);
    return raw({buffer, static_cast<std::size_t>(end.ptr - buffer)});
}

JsonWriter& JsonWriter::raw(std::string_view value) {
    separate();
    out_ << value;
    return *this;
}

JsonWriter& JsonWriter::line() {
    line_ = true;
    return *this;
}

}  // namespace chimneylab::report
