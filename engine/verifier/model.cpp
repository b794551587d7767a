// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/model.h"

#include <algorithm>

namespace chimneylab::verifier {

using State = ObjectRecord::State;

Passage* OperationRecord::passage(LayerIndex layer) {
    const auto found = std::ranges::find(passages, layer, &Passage::layer);
    return found == passages.end() ? nullptr : &*found;
}

const Passage* OperationRecord::passage(LayerIndex layer) const {
    const auto found = std::ranges::find(passages, layer, &Passage::layer);
    return found == passages.end() ? nullptr : &*found;
}

OperationRecord* Model::operation_of_root(Address root) {
    const auto found = by_root_.find(root);
    return found == by_root_.end() ? nullptr : &operations_[found->second];
}

OperationRecord* Model::last_operation_of_root(Address root) {
    const auto found = last_by_root_.find(root);
    return found == last_by_root_.end() ? nullptr : &operations_[found->second];
}

OperationRecord* Model::operation_of_block(RegionId block) {
    const auto found = by_block_.find(block.value);
    return found == by_block_.end() ? nullptr : &operations_[found->second];
}

const OperationRecord* Model::operation_of_block(RegionId block) const {
    const auto found = by_block_.find(block.value);
    return found == by_block_.end() ? nullptr : &operations_[found->second];
}

const OperationRecord* Model::operation_numbered(std::uint32_t number) const {
    return number < operations_.size() ? &operations_[number] : nullptr;
}

const OperationRecord* Model::operation_in_frame(LayerIndex layer) const {
    const EventId frame = replay_->frame_of(layer);
    return frame.valid() ? operation_of_block(replay_->trace().event(frame).region) : nullptr;
}

std::optional<std::uint64_t> Model::initiate_chain_source(LayerIndex layer, Address net_buffer_list) const {
    const auto found = chain_sources_.find({layer, net_buffer_list});
    if (found == chain_sources_.end()) return std::nullopt;
    return found->second;
}

const Model::Gone* Model::gone(Address handle) const {
    const auto found = gone_.find(handle);
    return found == gone_.end() ? nullptr : &found->second;
}

std::optional<std::uint32_t> Model::index_in(const TreeShape& shape, RegionId block) const {
    const auto found = std::ranges::find(shape.blocks, block, &BlockRef::region);
    if (found == shape.blocks.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - shape.blocks.begin());
}

std::vector<const OperationRecord*> Model::under_way() const {
    std::set<std::uint32_t> numbers;
    for (const auto& [root, number] : by_root_) numbers.insert(number);
    std::vector<const OperationRecord*> operations;
    for (const std::uint32_t number : numbers) operations.push_back(&operations_[number]);
    return operations;
}

Model::BlockUnderWay Model::block_under_way(Address start, Address end) const {
    const auto found = blocks_under_way_.lower_bound(start);
    if (found == blocks_under_way_.end() || found->first >= end) return {};
    return {found->second.first, &operations_[found->second.second]};
}

Model::BlockUnderWay Model::block_of_past(Address start, Address end) const {
    const auto found = past_blocks_.lower_bound(start);
    if (found == past_blocks_.end() || found->first >= end) return {};
    return {found->second.first, &operations_[found->second.second]};
}

const ObjectRecord* Model::object(Address handle) const {
    const auto found = objects_.find(handle);
    return found == objects_.end() ? nullptr : &found->second;
}

ObjectRecord* Model::object(Address handle) {
    const auto found = objects_.find(handle);
    return found == objects_.end() ? nullptr : &found->second;
}

OperationRecord& Model::begin_operation(OperationKind kind, RegionId root, LayerIndex starter) {
    OperationRecord operation;
    operation.id = replay_->event().operation;
    operation.kind = kind;
    operation.started = replay_->now();
    operation.starter = starter;
    operation.shapes.push_back(walk_tree(*replay_, root, kind));
    const auto number = static_cast<std::uint32_t>(operations_.size());
    for (const BlockRef& block : operation.shape().blocks) {
        by_block_[block.region.value] = number;
        blocks_under_way_[block.address] = {block.region, number};
    }
    by_root_[replay_->trace().region(root).address] = last_by_root_[replay_->trace().region(root).address] = number;
    operations_.push_back(std::move(operation));
    return operations_.back();
}

void Model::adopt_copy(OperationRecord& operation, Passage& passage, TreeShape shape) {
    const std::uint32_t number = number_of(operation);
    // The object's role does not change by being copied: the host stack's view stays.
    for (std::size_t i = 0; i < shape.blocks.size(); ++i) {
        shape.blocks[i].role = operation.shape().blocks[i].role;
        by_block_[shape.blocks[i].region.value] = number;
    }
    by_root_[shape.blocks.front().address] = number;
    passage.lower_shape = static_cast<std::uint32_t>(operation.shapes.size());
    operation.shapes.push_back(std::move(shape));
}

Passage& Model::begin_passage(OperationRecord& operation, LayerIndex layer) {
    Passage passage;
    passage.layer = layer;
    operation.passages.push_back(std::move(passage));
    return operation.passages.back();
}

void Model::recognise_call_entry(OperationRecord& operation, Passage& passage) {
    const BlockImage& root = passage.at_hand_on.blocks.front();
    const BlockImage& incoming = passage.at_arrival.blocks.front();
    // Of two words that point to the driver's memory the younger allocation is the call entry: a driver may also leave a
    // pointer there to something that outlives the call.
    EventId youngest;
    for (unsigned word = 0; word < 2; ++word) {
        const std::uint32_t offset = block_offset::im_reserved_0 + 8 * word;
        const Address value = root.word(offset);
        if (value == 0 || value == incoming.word(offset)) continue;
        const auto owner = replay_->memory_owner(value);
        if (owner != passage.layer && !(!owner && Replay::in_driver_image(value))) continue;
        const AllocationRecord* allocation = replay_->allocation(value);
        const EventId allocated = owner ? allocation->allocated : EventId(0);
        if (passage.call_entry != 0 && allocated <= youngest) continue;
        youngest = allocated;
        passage.call_entry = value;
        passage.call_entry_word = word;
    }
    if (passage.call_entry == 0) return;
    const AllocationRecord* allocation = replay_->allocation(passage.call_entry);
    const bool in_pool = allocation && allocation->live();
    passage.call_entry_region =
        replay_->region_at(RegionKind::call_entry, in_pool ? allocation->address : passage.call_entry);
    const auto bytes = replay_->bytes(passage.call_entry_region);
    passage.call_entry_bytes.assign(bytes.begin(), bytes.end());
    if (!in_pool) return;
    const auto known = call_entries_.find(allocation->address);
    if (known != call_entries_.end() && known->second.allocated == allocation->allocated) {
        known->second.reused = true;
        return;
    }
    CallEntryUse use;
    use.operation = number_of(operation);
    use.layer = passage.layer;
    use.allocated = allocation->allocated;
    use.allocated_for_it = allocation->allocated > passage.arrived && allocation->address == passage.call_entry;
    if (!use.allocated_for_it) ++spares_used_[passage.layer];
    call_entries_[allocation->address] = use;
}

void Model::object_goes_down(OperationRecord& operation, Passage& passage, std::size_t index) {
    const BlockRef& block = operation.shape().blocks[index];
    const BlockImage& image = passage.at_hand_on.blocks[index];
    const Address handle = image.slot_b();
    if (handle == 0 || block.role == Role::placeholder) return;
    const Address upper = passage.at_arrival.taken() ? passage.at_arrival.blocks[index].slot_b() : 0;
    if (handle == upper) return;  // passed down untranslated: not this driver's object
    ObjectRecord& object = objects_[handle];
    if (block.role == Role::new_offload) {
        const bool recycled = object.handle != 0 && !object.exists();
        if (recycled && replay_->is_intermediate_driver(passage.layer)) ++drivers_[passage.layer].reused_entries;
        object = ObjectRecord{};
        object.state = State::offloading;
        object.recycled = recycled;
        object.block = block.region;
        object.initiate = operation.id;
        object.since = replay_->now();
        object.layer = block.layer;
        object.upper = upper;
        const AllocationRecord* allocation = replay_->allocation(handle);
        object.allocated_for_it = allocation && passage.arrived.valid() && allocation->allocated > passage.arrived;
        for (const NetBufferListImage& each : image.chain) object.send_data.push_back(each.address);
        gone_.erase(handle);
        if (ObjectRecord* above = this->object(upper)) above->lower = handle;
    }
    object.last_operation = number_of(operation);
    object.handle = handle;
    if (passage.layer == operation.starter) values_go_down(operation, index, image, object);
    if (object.owner == trace::machine_layer) object.owner = passage.layer;
    if (!object.block.valid()) object.block = block.region;
    switch (operation.kind) {
    case OperationKind::query: ++object.queries; break;
    case OperationKind::update: ++object.updates; break;
    case OperationKind::invalidate: ++object.invalidates; break;
    case OperationKind::terminate:
        ++object.terminates;
        object.terminate_passed = replay_->now();
        break;
    default: break;
    }
}

// What the host stack has told of an object: rules compare later values with it.
void Model::values_go_down(const OperationRecord& operation, std::size_t index, const BlockImage& image, ObjectRecord& object) {
    if (operation.kind != OperationKind::initiate && operation.kind != OperationKind::update) return;
    const std::uint32_t parent = operation.shape().blocks[index].parent;
    const Passage& first = operation.passages.front();
    if (parent != BlockRef::none && first.at_hand_on.taken())
        if (const Address above = first.at_hand_on.blocks[parent].slot_b(); above != 0) object.parent = above;
    const StateParts parts = parts_of(image.type());
    const auto part = [&](std::uint32_t offset, std::uint32_t end) {
        const std::size_t last = std::min<std::size_t>(end, image.following.size());
        return offset < last ? std::vector<std::byte>(image.following.begin() + offset, image.following.begin() + static_cast<std::ptrdiff_t>(last))
                             : std::vector<std::byte>();
    };
    if (operation.kind == OperationKind::initiate) object.state_type = image.type();
    const std::uint32_t cached_size = parts.layer == Layer::path ? 12 : 44;
    if (operation.kind == OperationKind::initiate && parts.constant != StateParts::none) object.constant = part(parts.constant, parts.cached);
    if (operation.kind == OperationKind::initiate && parts.layer == Layer::connection && parts.delegated != StateParts::none) {
        const std::uint64_t state = state_word(image, parts.delegated + tcp_state::connection_state, 4);
        object.brought_data = state_word(image, parts.delegated + tcp_state::buffered_data, 8) != 0;
        object.fin_sent = state == 5 || state == 6 || state == 8 || state == 9;  // FIN_WAIT1, FIN_WAIT2, CLOSING, LAST_ACK
        object.fin_received = state == 7 || state == 8 || state == 9;            // CLOSE_WAIT, CLOSING, LAST_ACK
    }
    if (parts.cached != StateParts::none)
        if (auto values = part(parts.cached, parts.cached + cached_size); !values.empty()) object.cached = std::move(values);
}

void Model::hand_on(OperationRecord& operation, Passage& passage) {
    passage.entry_bytes.assign(operation.shape().blocks.size(), {});
    for (std::size_t i = 0; i < operation.shape().blocks.size(); ++i) {
        object_goes_down(operation, passage, i);
        if (!passage.at_arrival.taken() || operation.shape().blocks[i].role != Role::new_offload) continue;
        const RegionId handle = passage.at_hand_on.blocks[i].handle_region;
        if (!handle.valid()) continue;
        const auto bytes = replay_->bytes(replay_->trace().region(handle).parent);
        passage.entry_bytes[i].assign(bytes.begin(), bytes.end());
    }
}

void Model::object_comes_back(const OperationRecord& operation, const Passage& passage, std::size_t index) {
    const BlockRef& block = operation.shape().blocks[index];
    const Address handle = passage.at_hand_on.blocks[index].slot_b();
    ObjectRecord* object = this->object(handle);
    if (!object || object->owner != passage.layer || block.role == Role::placeholder) return;
    const bool succeeded = passage.at_return.blocks[index].status() >= 0;
    const auto down = [](std::uint32_t& count) { if (count > 0) --count; };
    switch (operation.kind) {
    case OperationKind::initiate:
        if (block.role == Role::new_offload) {
            if (object->state != State::offloading || object->initiate != operation.id) return;
            object->state = succeeded ? State::offloaded : State::not_offloaded;
            object->since = replay_->now();
            object->partial = passage.at_return.blocks[index].status() == 0x40020004;
            if (succeeded && passage.at_arrival.taken())
                for (const NetBufferListImage& each : passage.at_arrival.blocks[index].chain)
                    chain_sources_[{passage.layer, each.address}] = each.source_handle;
        } else {
            object->linker_failed = succeeded ? EventId{} : replay_->now();
        }
        break;
    case OperationKind::query:
        down(object->queries);
        // Beside another query it may have been a refusal (OT-040).
        if (!succeeded && object->queries == 0 && !object->failed.valid()) object->failed = replay_->now();
        break;
    case OperationKind::update:
        down(object->updates);
        if (!succeeded && !object->failed.valid()) object->failed = replay_->now();
        break;
    case OperationKind::invalidate:
        down(object->invalidates);
        object->invalidated = object->invalidated || succeeded;
        break;
    case OperationKind::terminate:
        down(object->terminates);
        if (succeeded || object->terminate_failed) {
            object->state = State::terminated;
            if (passage.at_arrival.taken())
                for (const Address each : object->send_data) chain_sources_.erase({passage.layer, each});
            object->since = replay_->now();
            object->terminate_failed = false;
        } else {
            object->terminate_failed = true;
        }
        break;
    case OperationKind::none: break;
    }
}

void Model::come_back(OperationRecord& operation, Passage& passage) {
    for (std::size_t i = 0; i < operation.shape().blocks.size(); ++i) object_comes_back(operation, passage, i);
}

void Model::finish_operation(OperationRecord& operation) {
    operation.finished = replay_->now();
    const std::uint32_t number = number_of(operation);
    for (const BlockRef& block : operation.shape().blocks)
        if (const auto found = blocks_under_way_.find(block.address);
            found != blocks_under_way_.end() && found->second.second == number) {
            past_blocks_[block.address] = found->second;
            blocks_under_way_.erase(found);
        }
    for (const TreeShape& shape : operation.shapes) {
        const auto found = by_root_.find(shape.blocks.front().address);
        if (found != by_root_.end() && found->second == number) by_root_.erase(found);
    }
    constexpr std::uint32_t now_and_then = 2048;
    if (++finished_ % now_and_then == 0) forget_old_operations();
}

// A long session has hundreds of thousands of operations. An operation is asked for by its root's address, by a block that
// is alive or whose object was known, by its call entry or by an object, and for a while by a call that was open when its
// tree went away; of the others only number and kind are kept.
void Model::forget_old_operations() {
    constexpr std::uint32_t a_while = 50'000;  // events
    const auto old = [this](const OperationRecord& each) {
        return each.finished.valid() && each.finished.value + a_while < replay_->now().value;
    };
    std::vector<bool> needed(operations_.size());
    for (const auto* roots : {&by_root_, &last_by_root_})
        for (const auto& [root, number] : *roots) needed[number] = true;
    for (const auto* blocks : {&blocks_under_way_, &past_blocks_})
        for (const auto& [address, block] : *blocks) needed[block.second] = true;
    for (const auto& [address, use] : call_entries_) needed[use.operation] = true;
    std::set<std::uint32_t> known;
    for (const auto& [handle, object] : objects_) {
        if (object.last_operation < needed.size()) needed[object.last_operation] = true;
        if (object.block.valid()) known.insert(object.block.value);
    }
    for (const auto& [handle, each] : gone_)
        if (each.block.valid()) known.insert(each.block.value);
    std::erase_if(by_block_, [&](const auto& each) {
        const bool may_be_asked = !old(operations_[each.second]) || replay_->alive(RegionId(each.first)) || known.contains(each.first);
        if (may_be_asked) needed[each.second] = true;
        return !may_be_asked;
    });
    for (std::size_t i = 0; i < operations_.size(); ++i) {
        OperationRecord& each = operations_[i];
        if (needed[i] || !old(each) || each.passages.empty()) continue;
        if (std::ranges::any_of(each.passages, [](const Passage& at) { return at.refused_object != 0; })) continue;
        each.passages = {};
        each.shapes = {};
    }
}

Address Model::host_handle(Address handle) const {
    for (unsigned floors = 0; floors < 64; ++floors) {
        const ObjectRecord* record = object(handle);
        if (!record || record->upper == 0) break;
        handle = record->upper;
    }
    return handle;
}

void Model::memory_freed(const trace::Event& event) {
    const AllocationRecord* allocation = replay_->allocation(event.subject);
    if (!allocation) return;
    const Address end = allocation->address + allocation->size;
    lists_.memory_freed(allocation->address, end);
    for (auto at = objects_.lower_bound(allocation->address); at != objects_.end() && at->first < end;) {
        if (at->second.owner != allocation->owner) {
            ++at;
            continue;
        }
        if (at->second.state == State::terminated) gone_[at->first] = {at->second.owner, at->second.block};
        at = objects_.erase(at);
    }
    call_entries_.erase(allocation->address);
}

}  // namespace chimneylab::verifier
