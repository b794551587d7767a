// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/offloaded_objects.h"

#include <algorithm>
#include <map>

#include "engine/trace/block_tree.h"
#include "engine/trace/value_text.h"

namespace chimneylab::desktop {

using trace::EventId;
using trace::EventKind;
using trace::OperationKind;

namespace {

constexpr std::int32_t success = 0;

struct Moment {
    EventId at;
    const trace::Operation* operation;
    bool completed;  // the target completes it; else it has just been handed down
};

struct TreeBlock {
    trace::RegionId block;
    std::uint8_t state_type = 0;
    std::uint64_t host_handle = 0;
    std::size_t parent = 0;  // its own index: none
};

std::vector<TreeBlock> tree_of(const trace::History& history, const trace::Cursor& cursor, const trace::Operation& operation) {
    std::vector<TreeBlock> blocks;
    const trace::BlockTree tree = trace::block_tree(history, cursor, operation.root);
    for (std::size_t i = 0; i < tree.blocks.size(); ++i) {
        const trace::BlockView& view = tree.blocks[i];
        TreeBlock made;
        made.block = view.block;
        made.state_type = view.state_type;
        made.parent = view.parent == trace::BlockView::no_index ? i : view.parent;
        const auto known = std::ranges::find(operation.blocks, view.block, &trace::OperationBlock::block);
        if (known != operation.blocks.end()) made.host_handle = known->host_handle;
        blocks.push_back(made);
    }
    return blocks;
}

}  // namespace

OffloadedObjects::OffloadedObjects(const trace::History& history) {
    const trace::Trace& trace = history.trace();
    if (trace.layers().empty()) return;
    const auto target = static_cast<trace::LayerIndex>(trace.layers().size() - 1);
    std::vector<Moment> moments;
    for (const trace::Operation& operation : history.operations()) {
        if (operation.kind != OperationKind::initiate && operation.kind != OperationKind::terminate) continue;
        const trace::Passage* passage = operation.passage(target);
        if (passage == nullptr || !operation.root.valid()) continue;
        if (passage->arrived.valid()) moments.push_back({passage->arrived, &operation, false});
        if (passage->completed.valid()) moments.push_back({passage->completed, &operation, true});
    }
    std::ranges::stable_sort(moments, {}, &Moment::at);

    std::map<std::uint32_t, std::vector<TreeBlock>> trees;   // of operations under way
    std::map<std::uint64_t, std::uint32_t> held;             // by host handle
    trace::Cursor cursor(trace, &history.region_changes());
    for (const Moment& moment : moments) {
        cursor.seek(moment.at);
        const trace::Operation& operation = *moment.operation;
        if (!moment.completed) {
            trees[operation.id.value] = tree_of(history, cursor, operation);
            continue;
        }
        const auto tree = trees.find(operation.id.value);
        if (tree == trees.end()) continue;
        if (operation.kind == OperationKind::terminate) {
            for (const TreeBlock& block : tree->second) {
                const auto object = held.find(block.host_handle);
                const auto status = cursor.word(block.block, trace::block_offset::status, 4);
                if (object == held.end() || static_cast<std::int32_t>(status.value_or(0)) != success) continue;
                objects_[object->second].ended = moment.at;
                objects_[object->second].terminated = operation.id;
                held.erase(object);
            }
        } else {
            // Which of the blocks became objects is what the target published for.
            for (std::uint32_t i = operation.passage(target)->arrived.value; i <= moment.at.value; ++i) {
                const trace::Event& event = trace.event(EventId(i));
                if (event.kind != EventKind::context_published || event.layer != target || event.operation != operation.id) continue;
                if (event.detail == 0 || !event.region.valid()) continue;
                const std::string name = trace::object_name(history, event.region);
                const auto block = std::ranges::find_if(tree->second, [&](const TreeBlock& each) { return trace.text(trace.region(each.block).label) == name; });
                OffloadedObject made;
                made.handle = event.region;
                made.published = EventId(i);
                made.initiated = operation.id;
                if (block != tree->second.end()) {
                    made.name = trace.region(block->block).label;
                    made.state_type = block->state_type;
                    made.host_handle = block->host_handle;
                    const TreeBlock& above = tree->second[block->parent];
                    const auto parent = held.find(above.host_handle);
                    if (above.block != block->block && parent != held.end()) made.parent = parent->second;
                } else {
                    made.name = trace.region(event.region).label;
                }
                held[made.host_handle] = static_cast<std::uint32_t>(objects_.size());
                objects_.push_back(made);
            }
        }
        trees.erase(tree);
    }
    bool to_the_end = false;
    EventId latest(0);
    for (const OffloadedObject& object : objects_) {
        to_the_end = to_the_end || !object.ended.valid();
        if (object.ended.valid()) latest = std::max(latest, object.ended);
        latest_end_.push_back(to_the_end ? EventId() : latest);
    }
}

std::vector<std::uint32_t> OffloadedObjects::held_at(EventId event) const {
    std::vector<std::uint32_t> held;
    if (!event.valid()) return held;
    const auto after = std::ranges::upper_bound(objects_, event, {}, &OffloadedObject::published);
    for (auto i = static_cast<std::size_t>(after - objects_.begin()); i-- > 0;) {
        if (latest_end_[i].valid() && latest_end_[i] <= event) break;  // everything older has ended as well
        if (!objects_[i].ended.valid() || objects_[i].ended > event) held.push_back(static_cast<std::uint32_t>(i));
    }
    std::ranges::reverse(held);
    return held;
}

}  // namespace chimneylab::desktop
