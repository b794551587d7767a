// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/lock_table.h"

#include "engine/machine/machine.h"

namespace chimneylab::machine {

void LockTable::acquire_spin_lock(const void* lock, std::string_view function) {
    machine_.pool().require_not_released(lock, function);
    const auto [held, fresh] = held_.try_emplace(lock, Held{Held::Mode::spin, 1, machine_.current_layer(), machine_.current_flow()});
    if (fresh) return;
    machine_.finding(FindingKind::lock_misuse,
                     machine_.layer_name(machine_.current_layer()) + " calls " + std::string(function) +
                         " for a lock that " + machine_.layer_name(held->second.holder) +
                         " holds already; the processor would spin for ever",
                     lock);
    ++held->second.depth;
}

void LockTable::release_spin_lock(const void* lock, std::string_view function) {
    machine_.pool().require_not_released(lock, function);
    const auto held = held_.find(lock);
    if (held == held_.end() || held->second.mode != Held::Mode::spin) {
        machine_.finding(FindingKind::lock_misuse,
                         machine_.layer_name(machine_.current_layer()) + " calls " + std::string(function) +
                             " for a lock that nobody holds",
                         lock);
        return;
    }
    if (--held->second.depth == 0) held_.erase(held);
}

void LockTable::acquire_shared(const void* lock, std::string_view function) {
    machine_.pool().require_not_released(lock, function);
    const auto [held, fresh] = held_.try_emplace(lock, Held{Held::Mode::shared, 1, machine_.current_layer(), machine_.current_flow()});
    if (fresh) return;
    ++held->second.depth;
    if (held->second.mode != Held::Mode::shared)
        machine_.finding(FindingKind::lock_misuse,
                         machine_.layer_name(machine_.current_layer()) + " calls " + std::string(function) +
                             " to read while " + machine_.layer_name(held->second.holder) +
                             " holds the lock exclusively; the processor would spin for ever",
                         lock);
}

void LockTable::acquire_exclusive(const void* lock, std::string_view function) {
    machine_.pool().require_not_released(lock, function);
    const auto [held, fresh] = held_.try_emplace(lock, Held{Held::Mode::exclusive, 1, machine_.current_layer(), machine_.current_flow()});
    if (fresh) return;
    ++held->second.depth;
    machine_.finding(FindingKind::lock_misuse,
                     machine_.layer_name(machine_.current_layer()) + " calls " + std::string(function) + " to write while " +
                         machine_.layer_name(held->second.holder) + " holds the lock; the processor would spin for ever",
                     lock);
}

bool LockTable::release_read_write(const void* lock, std::string_view function) {
    machine_.pool().require_not_released(lock, function);
    const auto held = held_.find(lock);
    if (held == held_.end() || held->second.mode == Held::Mode::spin) {
        machine_.finding(FindingKind::lock_misuse,
                         machine_.layer_name(machine_.current_layer()) + " calls " + std::string(function) +
                             " for a lock that nobody holds",
                         lock);
        return false;
    }
    const bool exclusive = held->second.mode == Held::Mode::exclusive;
    if (--held->second.depth == 0) held_.erase(held);
    return exclusive;
}

void LockTable::memory_freed(const Allocation& allocation) {
    const std::byte* const end = allocation.address + allocation.size;
    for (auto held = held_.lower_bound(allocation.address); held != held_.end() && held->first < end;) {
        machine_.finding(FindingKind::lock_misuse,
                         machine_.layer_name(machine_.current_layer()) + " frees memory with a lock inside that " +
                             machine_.layer_name(held->second.holder) + " still holds",
                         held->first);
        held = held_.erase(held);
    }
}

void LockTable::check_none_held(std::string_view when) {
    for (auto& [lock, held] : held_) {
        if (held.reported || (held.flow != machine_.current_flow() && machine_.wait_depth() > 0)) continue;
        held.reported = true;
        machine_.finding_about(held.holder, FindingKind::lock_misuse,
                               "a lock that " + machine_.layer_name(held.holder) + " acquired is still held after " +
                                   std::string(when),
                               lock);
    }
}

}  // namespace chimneylab::machine
