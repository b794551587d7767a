// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/live_feed.h"

#include <chrono>
#include <utility>

namespace chimneylab::desktop {
namespace {

constexpr std::size_t most_waiting = std::size_t{256} << 20;  // bytes

}  // namespace

LiveFeed::LiveFeed(std::filesystem::path file, std::function<void()> wake) : file_(std::move(file)), wake_(std::move(wake)) {
    auto created = session::Writer::create(file_);
    if (const auto* failed = std::get_if<session::Problem>(&created))
        problem_ = failed->to_text();
    else
        writer_ = std::move(std::get<std::unique_ptr<session::Writer>>(created));
}

void LiveFeed::described(const trace::RunDescription& description, std::span<const trace::Layer> layers) {
    if (writer_) writer_->describe(description, layers);
    LiveNews news;
    news.description = std::make_shared<const std::pair<trace::RunDescription, std::vector<trace::Layer>>>(
        description, std::vector<trace::Layer>(layers.begin(), layers.end()));
    push(std::move(news), 256);
}

void LiveFeed::grew(const session::Part& part) {
    const std::size_t weight = part.events.size() * sizeof(trace::Event) + part.changes.size() * sizeof(trace::Change) +
                               part.regions.size() * sizeof(trace::Region) + part.bytes.size() + 512;
    // The views first: a disk that is slow for a moment holds back the producer, not what has come.
    push({std::make_shared<const session::Part>(part), nullptr, static_cast<std::uint64_t>(heard_.time_since_epoch() / std::chrono::nanoseconds(1))}, weight);
    if (writer_) writer_->extend(part);
}

std::optional<std::string> LiveFeed::problem() {
    if (writer_ && !problem_)
        if (const auto failed = writer_->problem()) problem_ = failed->to_text();
    return problem_;
}

void LiveFeed::push(LiveNews news, std::size_t weight) {
    bool was_empty = false;
    {
        const std::lock_guard lock(mutex_);
        if (overflowed_) return;
        was_empty = waiting_.empty();
        weight_ += weight;
        if (weight_ > most_waiting) {
            overflowed_ = true;
            waiting_.clear();
        } else {
            waiting_.push_back(std::move(news));
        }
    }
    if (was_empty && wake_) wake_();
}

std::deque<LiveNews> LiveFeed::take() {
    const std::lock_guard lock(mutex_);
    weight_ = 0;
    return std::exchange(waiting_, {});
}

bool LiveFeed::overflowed() const {
    const std::lock_guard lock(mutex_);
    return overflowed_;
}

std::optional<std::string> LiveFeed::finish(std::string lacking) {
    if (writer_) writer_->lacks(std::move(lacking));
    if (writer_ && !problem_)
        if (const auto failed = writer_->finish()) problem_ = failed->to_text();
    return problem_;
}

std::uint64_t LiveFeed::events_on_disk() const { return writer_ ? writer_->progress().on_disk : 0; }

}  // namespace chimneylab::desktop
