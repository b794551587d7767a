// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/trace.h"

#include <algorithm>

namespace chimneylab::trace {

Trace::Trace(const Trace& other)
    : pages_(other.pages_),
      events_(other.events_),
      changes_(other.changes_),
      unclaimed_(other.unclaimed_),
      regions_(other.regions_),
      heap_(other.heap_),
      strings_(other.strings_),
      closed_by_(other.closed_by_),
      layers_(other.layers_),
      description_(other.description_) {
    // The index holds views into strings_, so a copy needs one of its own.
    string_index_.reserve(strings_.size());
    for (std::size_t i = 0; i < strings_.size(); ++i)
        string_index_.emplace(strings_[i], StringId(static_cast<std::uint32_t>(i)));
}

Trace& Trace::operator=(const Trace& other) {
    if (this != &other) *this = Trace(other);
    return *this;
}

std::span<const Change> Trace::changes(const Event& event) const {
    if (event.change_count == 0) return {};
    if (pages_) return pages_->changes(event);
    return std::span(changes_).subspan(event.first_change, event.change_count);
}

std::string_view Trace::text(StringId id) const {
    return id.valid() && id.value < strings_.size() ? std::string_view(strings_[id.value]) : std::string_view{};
}

EventId Trace::closed_by(EventId opening) const {
    if (pages_) return opening.valid() ? pages_->closed_by(opening) : EventId{};
    return opening.valid() && opening.value < closed_by_.size() ? closed_by_[opening.value] : EventId{};
}

StringId Trace::intern(std::string_view text) {
    if (auto known = string_index_.find(text); known != string_index_.end()) return known->second;
    StringId id(static_cast<std::uint32_t>(strings_.size()));
    strings_.emplace_back(text);
    string_index_.emplace(strings_.back(), id);
    return id;
}

namespace {

// Moving what is there costs as much as recording it did, and room that is not written to costs nothing: four times as much
// for a start, then twice.
template <typename Each>
void make_room(std::vector<Each>& all) {
    constexpr std::size_t least = 1024, many = 65'536;
    all.reserve(std::max(least, all.capacity() * (all.capacity() < many ? 4 : 2)));
}

}  // namespace

Event& Trace::append_with_more_room(Event event) {
    make_room(events_);
    return append_in_place(event);
}

void Trace::make_room_for_changes() { make_room(changes_); }

EventId Trace::append(const Event& event, std::span<const Change> changes) {
    changes_.insert(changes_.end(), changes.begin(), changes.end());
    unclaimed_ += changes.size();
    append_in_place(event);
    return EventId(static_cast<std::uint32_t>(events_.size() - 1));
}

void Trace::close(EventId opening, EventId id) {
    if (opening.value >= id.value) return;
    if (closed_by_.size() <= opening.value) closed_by_.resize(std::size_t{opening.value} + 1);
    if (!closed_by_[opening.value].valid()) closed_by_[opening.value] = id;
}

RegionId Trace::add_region(Region region, std::span<const std::byte> initial) {
    region.size = static_cast<std::uint32_t>(initial.size());
    region.initial_bytes = store_bytes(initial);
    regions_.push_back(region);
    return RegionId(static_cast<std::uint32_t>(regions_.size() - 1));
}

std::uint64_t Trace::store_bytes(std::span<const std::byte> data) {
    std::uint64_t position = heap_.size();
    heap_.append(data);
    return position;
}

void Trace::reserve(std::size_t events, std::size_t changes, std::size_t bytes) {
    events_.reserve(events);
    changes_.reserve(changes);
    heap_.reserve(bytes);
}

std::span<const std::byte> Trace::bytes(std::uint64_t position, std::size_t length) const {
    return pages_ ? pages_->bytes(position, length) : heap_.all().subspan(position, length);
}

namespace {

bool same_region(const Trace& a, const Region& x, const Trace& b, const Region& y) {
    return x.kind == y.kind && x.owner == y.owner && x.ordinal == y.ordinal && x.size == y.size &&
           x.address == y.address && x.label == y.label && x.parent == y.parent && x.born == y.born &&
           x.died == y.died && x.tag == y.tag && std::ranges::equal(a.initial_bytes(x), b.initial_bytes(y));
}

bool same_change(const Trace& a, const Change& x, const Trace& b, const Change& y) {
    return x.region == y.region && x.offset == y.offset && x.length == y.length && x.writer == y.writer &&
           std::ranges::equal(a.before(x), b.before(y)) && std::ranges::equal(a.after(x), b.after(y));
}

}  // namespace

bool operator==(const Trace& a, const Trace& b) {
    return a.description_ == b.description_ && a.layers_ == b.layers_ && a.strings_ == b.strings_ &&
           a.change_count() == b.change_count() && std::ranges::equal(a.events(), b.events()) &&
           std::ranges::equal(a.regions(), b.regions(),
                              [&](const Region& x, const Region& y) { return same_region(a, x, b, y); }) &&
           std::ranges::all_of(a.events(), [&](const Event& event) {
               // Equal events count their changes alike.
               return std::ranges::equal(a.changes(event), b.changes(event),
                                         [&](const Change& x, const Change& y) { return same_change(a, x, b, y); });
           });
}

}  // namespace chimneylab::trace
