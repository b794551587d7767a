// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/dispatch_queue.h"

#include <algorithm>

namespace chimneylab::machine {

DispatchQueue::DispatchQueue(Schedule schedule) : schedule_(schedule), random_(schedule.seed) {}

WorkId DispatchQueue::add(WorkRequest request, Nanoseconds now) {
    auto item = std::make_unique<Item>();
    item->description.id = WorkId{next_++};
    item->description.label = std::move(request.label);
    item->description.layer = request.layer;
    item->description.irql = request.irql;
    item->description.queued_at = now;
    item->description.due = now + request.delay;
    item->description.recurring = request.recurring;
    item->run = std::move(request.run);
    const WorkId id = item->description.id;
    by_due_.emplace(item->description.due, id.value);
    if (request.recurring) ++recurring_;
    items_.push_back(std::move(item));
    return id;
}

std::vector<std::unique_ptr<DispatchQueue::Item>>::const_iterator DispatchQueue::position(WorkId id) const {
    const auto found = std::ranges::lower_bound(items_, id.value, {}, [](const auto& item) { return item->description.id.value; });
    return found != items_.end() && (*found)->description.id == id ? found : items_.end();
}

bool DispatchQueue::cancel(WorkId id) { return take(id).has_value(); }

bool DispatchQueue::is_pending(WorkId id) const { return position(id) != items_.end(); }

DispatchQueue::Item* DispatchQueue::find(WorkId id) {
    const auto found = position(id);
    return found == items_.end() ? nullptr : found->get();
}

std::vector<PendingWork> DispatchQueue::pending() const {
    std::vector<PendingWork> list;
    list.reserve(items_.size());
    for (const auto& item : items_) list.push_back(item->description);
    return list;
}

std::optional<Nanoseconds> DispatchQueue::earliest_due() const {
    if (by_due_.empty()) return std::nullopt;
    return by_due_.begin()->first;
}

std::optional<DispatchQueue::Choice> DispatchQueue::choose(Schedule::Order order, std::optional<Nanoseconds> latest_due) {
    if (items_.empty() || (latest_due && by_due_.begin()->first > *latest_due)) return std::nullopt;
    if (order == Schedule::Order::fifo) {
        // The candidates need not be counted: under fifo nothing is left to choose.
        return Choice{0, 1, WorkId{by_due_.begin()->second}};
    }
    std::vector<const Item*> candidates;
    candidates.reserve(items_.size());
    for (const auto& item : items_)
        if (!latest_due || item->description.due <= *latest_due) candidates.push_back(item.get());
    // What comes back for ever is always the youngest: it would keep everything else waiting.
    std::size_t youngest = candidates.size() - 1;
    while (youngest > 0 && candidates[youngest]->description.recurring) --youngest;
    if (candidates[youngest]->description.recurring) youngest = candidates.size() - 1;
    const std::size_t index = order == Schedule::Order::lifo ? youngest
                              : candidates.size() == 1      ? 0
                                                            : random_.below(candidates.size());
    return Choice{index, candidates.size(), candidates[index]->description.id};
}

std::optional<DispatchQueue::Choice> DispatchQueue::choice_of(WorkId id) const {
    const auto found = position(id);
    if (found == items_.end()) return std::nullopt;
    return Choice{static_cast<std::size_t>(found - items_.begin()), items_.size(), id};
}

std::optional<DispatchQueue::Item> DispatchQueue::take(WorkId id) {
    const auto found = position(id);
    if (found == items_.end()) return std::nullopt;
    Item item = std::move(**found);
    by_due_.erase({item.description.due, id.value});
    if (item.description.recurring) --recurring_;
    items_.erase(found);
    return item;
}

}  // namespace chimneylab::machine
