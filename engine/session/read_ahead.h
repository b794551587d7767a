// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Pages made before somebody asks for them. Whoever walks along a trace needs the next page next: as soon as pages are asked
// for in a row, a thread of its own makes the following two while the walker looks at the present one. Who jumps about
// notices nothing.
// What makes pages is never called by two threads at once. Thread rule: any number of threads may ask.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace chimneylab::session {

class ReadAhead {
public:
    static constexpr std::size_t kinds = 2;
    struct Key {
        std::size_t kind = 0, page = 0;
        friend bool operator==(const Key&, const Key&) = default;
    };
    using Page = std::shared_ptr<const void>;
    using Make = std::function<Page(Key)>;  // must not throw

    ReadAhead(std::size_t pages, Make make) : pages_(pages), make_(std::move(make)) {}
    ~ReadAhead();
    ReadAhead(const ReadAhead&) = delete;
    ReadAhead& operator=(const ReadAhead&) = delete;

    [[nodiscard]] Page get(Key key);

private:
    static constexpr std::size_t distance = 2;     // pages ahead
    static constexpr std::size_t row_to_see = 3;   // pages in a row that make a walker
    static constexpr std::size_t most_ready = 12;  // what nobody fetched is dropped, the oldest first

    void look_ahead(Key key);
    void work();
    [[nodiscard]] std::optional<Page> take_ready(Key key);

    const std::size_t pages_;
    const Make make_;
    std::mutex mutex_;
    std::condition_variable wake_worker_, made_;
    bool making_ = false;       // by whatever thread
    std::size_t waiting_ = 0;   // threads that shall make a page next: they come before the worker
    std::optional<Key> ahead_;  // what the worker makes at the moment
    std::deque<Key> wanted_;
    std::deque<std::pair<Key, Page>> ready_;
    struct Walk {
        std::size_t last = ~std::size_t{0}, row = 0;
    };
    std::array<Walk, kinds> walks_;
    bool stop_ = false;
    bool alone_ = false;  // no thread could be had
    std::thread worker_;  // from the first walk on
};

}  // namespace chimneylab::session
