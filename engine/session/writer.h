// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Records a trace to disk while it grows. On the producer's thread an event costs an append and a copy; packing, hashing
// and writing happen on a thread of the writer's own, which brings everything to the disk a few times a second. So a
// program that is killed, or a machine that loses its power, loses the last moments and never the session: the file can
// be opened at any time, also by others while it is being recorded.
//
// The file takes its name when recording begins; a session of that name is replaced then. A disk that fills up or goes
// away ends the recording, not the run: problem() tells, and what was written stays readable.
// Thread rule: appended(), amended(), append(), extend() and finish() on one thread, the producer's; lacks(), problem() and progress() on any.
#pragma once

#include <chrono>
#include <memory>
#include <variant>

#include "engine/session/part.h"
#include "engine/session/session.h"
#include "engine/trace/recorder.h"

namespace chimneylab::session {

struct WriterOptions {
    // How much may be lost at most when the process dies; the disk is asked this often to keep what it has.
    std::chrono::milliseconds commit_every{250};
    // A producer that is this far ahead waits for the disk. More would hide a slower one for a moment, and cost every event:
    // what waits no longer lies in the processor's cache when its turn comes.
    std::size_t most_pending_bytes = std::size_t{8} << 20;
};

class Writer final : public trace::Sink {
public:
    [[nodiscard]] static std::variant<std::unique_ptr<Writer>, Problem> create(const std::filesystem::path& file,
                                                                               const WriterOptions& options = {});
    ~Writer() override;  // without finish(): what came is written, the session stays unfinished

    void appended(const trace::Trace& trace, trace::EventId event) override;
    void amended(const trace::Trace& trace, trace::RegionId region) override;
    // For producers that do not hold a trace: a copy of a closed part, which must follow on the last one. Layers and
    // description are told beside it.
    void append(const Part& part);
    // The same for a part of any size, down to one event: small ones are gathered until a whole one can be closed.
    void extend(const Part& part);
    void describe(const trace::RunDescription& description, std::span<const trace::Layer> layers);

    // What the session lacks, for people: its producer crashed, events were dropped. Kept in the file by finish(); opening tells.
    void lacks(std::string what);

    // Writes what is left (with the finished trace, if there is one, also what no event has told) and seals the file: from
    // now on it is one file without companions. The fingerprint is stored if the producer knows it. Nothing may be
    // appended afterwards.
    std::optional<Problem> finish(const trace::Trace* trace = nullptr, std::optional<std::uint64_t> fingerprint = {});

    [[nodiscard]] std::optional<Problem> problem() const;  // recording ended early, and why
    struct Progress {
        std::uint64_t taken = 0;    // events that were appended
        std::uint64_t on_disk = 0;  // events that can no longer be lost
    };
    [[nodiscard]] Progress progress() const;

private:
    struct Inside;
    explicit Writer(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

// Recording one run of which it is not known yet whether it will begin: the file is touched at begin(), and what went
// wrong then or later is told by finish(). A run that went on elsewhere and never began here is saved whole by finish().
class RunRecording {
public:
    explicit RunRecording(std::filesystem::path file) : file_(std::move(file)) {}  // empty: records nothing
    [[nodiscard]] trace::Sink* begin();  // nullptr: nothing is or can be recorded
    std::optional<Problem> finish(const trace::Trace& trace, std::optional<std::uint64_t> fingerprint);

private:
    std::filesystem::path file_;
    std::unique_ptr<Writer> writer_;
    std::optional<Problem> problem_;
};

}  // namespace chimneylab::session
