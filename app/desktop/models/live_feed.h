// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One live session on its way from the recorder to the window: every part goes to the disk and into a queue, from which the
// GUI thread and the checker's thread take it. The queue is bounded: a window that cannot keep up loses sight of the
// session, the recording loses nothing. heard(), described(), grew() and problem() on the server's thread, the rest on any.
#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "driver-bridge/server/recording.h"
#include "engine/session/writer.h"

namespace chimneylab::desktop {

// Something that came: a part, or who the producer is.
struct LiveNews {
    std::shared_ptr<const session::Part> part;
    std::shared_ptr<const std::pair<trace::RunDescription, std::vector<trace::Layer>>> description;
    std::uint64_t came = 0;  // when its bytes did, on the socket: nanoseconds, steady clock
};

class LiveFeed final : public bridge::Recipient {
public:
    // Recording begins in that file. `wake` is called on the server's thread when the queue was empty.
    LiveFeed(std::filesystem::path file, std::function<void()> wake);

    void heard(std::chrono::steady_clock::time_point when) override { heard_ = when; }
    void described(const trace::RunDescription& description, std::span<const trace::Layer> layers) override;
    void grew(const session::Part& part) override;
    std::optional<std::string> problem() override;

    [[nodiscard]] std::deque<LiveNews> take();
    [[nodiscard]] bool overflowed() const;
    // Closes the file, with what the session lacks (empty: nothing); may take a moment. A text: what is wrong with the file.
    std::optional<std::string> finish(std::string lacking);
    [[nodiscard]] const std::filesystem::path& file() const { return file_; }
    [[nodiscard]] std::uint64_t events_on_disk() const;

private:
    void push(LiveNews news, std::size_t weight);

    std::filesystem::path file_;
    std::function<void()> wake_;
    std::unique_ptr<session::Writer> writer_;
    std::optional<std::string> problem_;
    std::chrono::steady_clock::time_point heard_;
    mutable std::mutex mutex_;  // of what follows
    std::deque<LiveNews> waiting_;
    std::size_t weight_ = 0;
    bool overflowed_ = false;
};

}  // namespace chimneylab::desktop
