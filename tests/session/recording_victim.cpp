// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Records until it is killed: recording-victim FILE COMMIT_MS EVENTS_PER_MS. Every 16 events it tells on its standard
// output how many it has appended and how many the writer calls safe, as two 8-byte numbers.
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <thread>

#include "engine/session/writer.h"

using namespace chimneylab;

int main(int count, char** words) {
    if (count != 4) return 2;
    session::WriterOptions options;
    options.commit_every = std::chrono::milliseconds(std::atoi(words[2]));
    const int pace = std::atoi(words[3]);
    auto created = session::Writer::create(words[1], options);
    if (!std::holds_alternative<std::unique_ptr<session::Writer>>(created)) return 2;
    const auto writer = std::move(std::get<std::unique_ptr<session::Writer>>(created));
    trace::Recorder recorder;
    recorder.set_sink(writer.get());
    std::array<std::byte, 152> block{};
    trace::RegionId region = recorder.begin_region({}, block);
    for (std::uint64_t i = 0;; ++i) {
        block[i % block.size()] = static_cast<std::byte>(i);
        recorder.observe(region, block, 1);
        if (i % 100 == 99) {
            recorder.end_region(region);
        }
        trace::Event event;
        event.kind = trace::EventKind::message;
        event.subject = i;
        event.name = recorder.intern("name " + std::to_string(i % 1000));
        recorder.append(event);
        if (i % 100 == 99) region = recorder.begin_region({}, block);
        if (i % 16 == 0) {
            const std::array<std::uint64_t, 2> told{i + 1, writer->progress().on_disk};
            if (::write(STDOUT_FILENO, told.data(), sizeof told) != sizeof told) return 1;
        }
        if (i % static_cast<std::uint64_t>(pace) == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}
