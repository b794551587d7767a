// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/block_tree.h"

#include <algorithm>
#include <map>

#include "engine/trace/text.h"
#include "engine/trace/value_text.h"

namespace chimneylab::trace {
namespace {

constexpr std::size_t most_blocks = 100'000;

SlotView slot(const History& history, const Cursor& at, RegionId block, std::uint32_t offset, BlockType type) {
    SlotView view;
    const Member* member = member_at(block_members(type), offset);
    view.name = member->name;
    view.value = at.word(block, offset).value_or(0);
    view.meaning = value_text(history, at.position(), view.value);
    return view;
}

RegionId state_behind(const Trace& trace, const History& history, RegionId block, EventId at) {
    const Region& region = trace.region(block);
    const RegionId state = history.region_starting_at(region.address + region.size, RegionKind::following_state, at);
    return state;
}

// The tree has turned: somebody completed it, or it came back to a driver.
bool on_its_way_up(const Operation& operation, EventId at) {
    const auto past = [at](EventId event) { return event.valid() && event <= at; };
    return past(operation.finished) || std::ranges::any_of(operation.passages, [&](const Passage& passage) { return past(passage.completed) || past(passage.came_back); });
}

// Status means something once anybody wrote it after the operation began, and from the completion on in any case: success
// is 0, and written over a 0 it changes no byte.
bool status_written(const History& history, const Operation* operation, RegionId block, EventId at) {
    if (operation == nullptr) return false;
    const EventId written = history.previous_change(block, block_offset::status, 4, EventId(at.value + 1));
    return (written.valid() && written >= operation->started) || on_its_way_up(*operation, at);
}

}  // namespace

BlockTree block_tree(const History& history, const Cursor& at, RegionId root) {
    BlockTree tree;
    tree.root = root;
    const EventId here = at.position();
    const Trace& trace = history.trace();
    if (!root.valid() || !here.valid() || root.value >= trace.region_count() || at.bytes(root).empty()) return tree;

    // A tree that has just been given back is still shown as its operation left it.
    const Operation* operation = history.operation_of(root, here);
    if (operation != nullptr) {
        tree.type = history.block_type(*operation, here);
        tree.holder = history.holder(*operation, here);
    } else {
        tree.holder = host_stack_layer;
        operation = history.latest_operation_of(root, here);
    }
    if (operation != nullptr) tree.operation = operation->id;

    struct Pending {
        RegionId block;
        std::uint32_t parent, depth;
    };
    std::vector<Pending> pending{{root, BlockView::no_index, 0}};
    std::map<std::uint32_t, std::uint32_t> index_of;
    const auto name = [&](RegionId block) { return std::string(history.label(block)); };
    while (!pending.empty() && tree.blocks.size() < most_blocks) {
        const Pending next = pending.back();
        pending.pop_back();
        const auto index = static_cast<std::uint32_t>(tree.blocks.size());
        index_of[next.block.value] = index;
        BlockView view;
        view.block = next.block;
        view.label = name(next.block);
        view.following_state = state_behind(trace, history, next.block, here);
        view.state_type = static_cast<std::uint8_t>(at.word(next.block, block_offset::type, 1).value_or(0));
        view.status = static_cast<std::int32_t>(at.word(next.block, block_offset::status, 4).value_or(0));
        view.status_written = status_written(history, operation, next.block, here);
        view.a = slot(history, at, next.block, block_offset::slot_a, tree.type);
        view.b = slot(history, at, next.block, block_offset::slot_b, tree.type);
        view.parent = next.parent;
        view.depth = next.depth;
        if (operation != nullptr) {
            const auto role = std::ranges::find(operation->blocks, next.block, &OperationBlock::block);
            if (role != operation->blocks.end()) view.role = role->role;
        }
        if (next.parent != BlockView::no_index) tree.blocks[next.parent].dependents.push_back(index);
        tree.blocks.push_back(std::move(view));

        const auto follow = [&](std::uint32_t link, std::string_view link_name, std::uint32_t parent,
                                std::uint32_t depth) {
            const std::uint64_t address = at.word(next.block, link).value_or(0);
            if (address == 0) return;
            const RegionId target = history.region_starting_at(address, RegionKind::block_list, here);
            const std::string start = std::string(link_name) + " of " + name(next.block);
            const bool waiting =
                std::ranges::any_of(pending, [&](const Pending& each) { return each.block == target; });
            if (!target.valid())
                tree.problems.push_back(start + " points to memory that is no watched block (" +
                                        value_text(history, here, address) + ")");
            else if (index_of.contains(target.value) || waiting)
                tree.problems.push_back(start + " leads back to " + name(target));
            else
                pending.push_back({target, parent, depth});
        };
        // NextBlock waits until everything below this block has been visited (the order in which NDIS walks).
        follow(block_offset::next_block, "NextBlock", next.parent, next.depth);
        follow(block_offset::dependent_block_list, "DependentBlockList", index, next.depth + 1);
    }
    return tree;
}

BlockTree current_block_tree(const History& history, const Cursor& at) {
    const Operation* operation = history.current_operation(at.position());
    return operation == nullptr ? BlockTree{} : block_tree(history, at, operation->root);
}

std::string_view to_text(BlockRole role) {
    switch (role) {
        case BlockRole::placeholder:
            return "placeholder";
        case BlockRole::linker:
            return "linker";
        case BlockRole::new_offload:
            return "new offload";
        case BlockRole::reference:
            return "reference";
    }
    return "reference";
}

std::string_view to_text(BlockType type) { return type == BlockType::protocol ? "PROTOCOL" : "MINIPORT"; }

}  // namespace chimneylab::trace
