// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Writes JSON as it goes, so that a session of millions of events never stands in memory as a document. Keys and values in
// the order of the calls; commas are its business; strings become valid UTF-8 (what is not is replaced by U+FFFD).
// Not thread safe.
#pragma once

#include <cstdint>
#include <ostream>
#include <string_view>
#include <vector>

namespace chimneylab::report {

class JsonWriter {
public:
    explicit JsonWriter(std::ostream& out) : out_(out) {}

    JsonWriter& begin_object() { return begin('{'); }
    JsonWriter& end_object() { return end('}'); }
    JsonWriter& begin_array() { return begin('['); }
    JsonWriter& end_array() { return end(']'); }
    JsonWriter& key(std::string_view name);
    JsonWriter& text(std::string_view value);
    JsonWriter& number(std::int64_t value);
    JsonWriter& number(std::uint64_t value);
    JsonWriter& raw(std::string_view value);  // already JSON
    JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
    JsonWriter& line();  // a line break before the next item, for people and for tools that go by lines

private:
    JsonWriter& begin(char bracket);
    JsonWriter& end(char bracket);
    void separate();

    std::ostream& out_;
    std::vector<bool> first_{true};
    bool after_key_ = false;
    bool line_ = false;
};

}  // namespace chimneylab::report
