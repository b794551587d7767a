// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/exchange.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "engine/report/write_ctf.h"

namespace chimneylab::report {

namespace {

constexpr std::array<std::string_view, 7> words = {"perfetto", "csv", "json", "html", "svg", "pcapng", "ctf"};

ExchangeProblem cannot_write(int error) {
    return {std::string("cannot be written: ") + (error ? std::strerror(error) : "the disk may be full"),
            "Choose another place, or make room."};
}

// A directory that may be replaced: it is empty, or holds nothing but an exported CTF trace.
bool is_replaceable(const std::filesystem::path& directory) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
        if (entry.path().filename() != "metadata" && entry.path().filename() != "stream") return false;
    }
    return !error;
}

std::optional<ExchangeProblem> export_ctf(const trace::History& history, const std::filesystem::path& directory,
                                          const ExportOptions& options) {
    std::error_code error;
    const bool exists = std::filesystem::exists(directory, error);
    if (exists && !(std::filesystem::is_directory(directory, error) && is_replaceable(directory)))
        return ExchangeProblem{"is there already and is no exported CTF trace", "Name a new directory."};
    std::filesystem::path beside = directory;
    if (beside.filename().empty()) beside = beside.parent_path();
    beside += "." + std::to_string(getpid()) + ".part";
    if (!std::filesystem::create_directory(beside, error)) return cannot_write(error.value());
    errno = 0;
    std::ofstream metadata(beside / "metadata", std::ios::binary), stream(beside / "stream", std::ios::binary);
    if (metadata && stream) {
        write_ctf_metadata(history, metadata, options);
        write_ctf_stream(history, stream, options);
    }
    metadata.close();
    stream.close();
    if (!metadata || !stream) {
        const int why = errno;
        std::filesystem::remove_all(beside, error);
        return cannot_write(why);
    }
    if (exists) std::filesystem::remove_all(directory, error);
    std::filesystem::rename(beside, directory, error);
    if (!error) return {};
    const int why = error.value();
    std::filesystem::remove_all(beside, error);
    return cannot_write(why);
}

}  // namespace

std::span<const std::string_view> format_words() { return words; }

std::optional<Format> parse_format(std::string_view word) {
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) return {};
    return static_cast<Format>(found - words.begin());
}

std::optional<ExchangeProblem> export_to(const trace::History& history, Format format, const std::filesystem::path& file,
                                         const ExportOptions& options) {
    if (format == Format::ctf) return export_ctf(history, file, options);
    std::error_code error;
    if (std::filesystem::is_directory(file, error))
        return ExchangeProblem{"is a directory", "Name a file to write to."};
    // Beside the file, so that the renaming cannot fail halfway; a name of this process, so that two cannot meet.
    std::filesystem::path beside = file;
    beside += "." + std::to_string(getpid()) + ".part";
    errno = 0;
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    if (!out) return cannot_write(errno);
    switch (format) {
        case Format::perfetto:
            write_perfetto(history, out, options);
            break;
        case Format::csv:
            write_csv(history, out);
            break;
        case Format::json:
            write_json(history, out);
            break;
        case Format::html:
            write_html(history, out, options);
            break;
        case Format::svg:
            write_svg(history, out, options);
            break;
        case Format::pcapng:
            write_pcapng(history, out, options);
            break;
        case Format::ctf:
            break;
    }
    errno = 0;
    out.close();
    if (!out) {
        const int why = errno;
        std::filesystem::remove(beside, error);
        return cannot_write(why);
    }
    std::filesystem::rename(beside, file, error);
    if (!error) return {};
    const int why = error.value();
    std::filesystem::remove(beside, error);
    return cannot_write(why);
}

std::variant<trace::Trace, ExchangeProblem> import_from(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) return ExchangeProblem{"there is no such file", "Check the path."};
    if (!std::filesystem::is_regular_file(file, error)) return ExchangeProblem{"is no regular file", "Name an exported file."};
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    if (!in) return ExchangeProblem{std::string("cannot be read: ") + std::strerror(errno), "Check who may read it."};
    while (in.peek() == ' ' || in.peek() == '\n' || in.peek() == '\r' || in.peek() == '\t') in.get();
    return in.peek() == '{' ? read_json(in) : read_csv(in);
}

}  // namespace chimneylab::report
