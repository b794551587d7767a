// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/stage_card.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/session.h"
#include "engine/trace/member_layout.h"
#include "engine/trace/text.h"

namespace chimneylab::desktop {

namespace {

constexpr double inset = 8;
constexpr double header_height = 22;
constexpr double block_width = 30;
constexpr double block_height = 15;
constexpr double block_pitch_x = 42;
constexpr double block_pitch_y = 18;
constexpr double card_slot_height = 27;
constexpr int most_rows = 3;

bool changes_overlap(const trace::Trace& trace, const trace::Event& event, trace::RegionId region, std::uint32_t offset,
                     std::uint32_t size) {
    for (const trace::Change& change : trace.changes(event)) {
        if (change.region == region && change.offset < offset + size && offset < change.offset + change.length) return true;
    }
    return false;
}

bool succeeded(std::int32_t status) { return status >= 0; }

// The tree of an operation whose blocks the host stack has freed already: their last bytes are still known, but nothing
// lives at the addresses any more, so the links are followed among the blocks of the operation only.
void add_freed_blocks(const trace::History& history, const trace::Cursor& cursor, const trace::Operation& operation, trace::BlockTree& tree) {
    const trace::Trace& trace = history.trace();
    for (std::size_t i = tree.blocks.size(); i < operation.blocks.size(); ++i) {
        trace::BlockView view;
        view.block = operation.blocks[i].block;
        view.role = operation.blocks[i].role;
        view.label = std::string(history.label(view.block));
        const auto status = cursor.word(view.block, trace::block_offset::status, 4);
        view.status = static_cast<std::int32_t>(status.value_or(0));
        view.status_written = status.has_value();
        tree.blocks.push_back(std::move(view));
    }
    const auto at_address = [&](std::uint64_t address) -> std::uint32_t {
        for (std::uint32_t i = 0; i < tree.blocks.size(); ++i) {
            if (address != 0 && trace.region(tree.blocks[i].block).address == address) return i;
        }
        return trace::BlockView::no_index;
    };
    for (trace::BlockView& view : tree.blocks) {
        view.parent = trace::BlockView::no_index;
        view.dependents.clear();
    }
    // Operation::blocks is in NDIS's walking order, so a block is placed before its dependents and siblings.
    for (std::uint32_t i = 0; i < tree.blocks.size(); ++i) {
        std::uint32_t child = at_address(cursor.word(tree.blocks[i].block, trace::block_offset::dependent_block_list).value_or(0));
        while (child != trace::BlockView::no_index && child > i && tree.blocks[child].parent == trace::BlockView::no_index) {
            tree.blocks[child].parent = i;
            tree.blocks[child].depth = tree.blocks[i].depth + 1;
            tree.blocks[i].dependents.push_back(child);
            child = at_address(cursor.word(tree.blocks[child].block, trace::block_offset::next_block).value_or(0));
        }
    }
}

// Rows and columns of the mini tree: a column a depth, the first dependent on its parent's row, siblings below.
// Returns the number of rows.
int place_blocks(const trace::BlockTree& tree, std::vector<CardBlock>& blocks) {
    int next_row = 0;
    const std::function<void(std::uint32_t, int)> place = [&](std::uint32_t index, int row) {
        const trace::BlockView& view = tree.blocks[index];
        blocks[index].box = QRectF(inset + view.depth * block_pitch_x, header_height + 2 + row * block_pitch_y, block_width, block_height);
        bool first = true;
        for (const std::uint32_t dependent : view.dependents) {
            if (!first) ++next_row;
            place(dependent, first ? row : next_row);
            first = false;
        }
    };
    bool first = true;
    for (std::uint32_t i = 0; i < tree.blocks.size(); ++i) {
        if (tree.blocks[i].parent != trace::BlockView::no_index) continue;
        if (!first) ++next_row;
        place(i, next_row);
        first = false;
    }
    return next_row + 1;
}

}  // namespace

StageCard build_card(const StageRequest& request, const CardPlace& place, double scene_height) {
    const trace::History& history = *request.history;
    const trace::Trace& trace = history.trace();
    const trace::Event& event = trace.event(request.at);
    StageCard card;
    trace::BlockTree tree = trace::block_tree(history, *request.cursor, request.operation->root);
    if (tree.blocks.empty()) return card;
    if (!request.cursor->alive(request.operation->root)) add_freed_blocks(history, *request.cursor, *request.operation, tree);
    card.shown = true;
    card.operation = request.operation->id;
    card.upward = place.upward;
    card.in_ndis = place.in_ndis;
    card.lane = place.lane;
    card.role = trace.layers()[static_cast<std::size_t>(place.lane)].role;
    card.finished = request.operation->finished.valid() && request.operation->finished <= request.at;
    const trace::BlockType type = history.block_type(*request.operation, request.at);
    card.type = to_qstring(trace::to_text(type));
    card.headline = QStringLiteral("%1 · %2 %3")
                        .arg(operation_name(request.operation->kind))
                        .arg(tree.blocks.size())
                        .arg(tree.blocks.size() == 1 ? QStringLiteral("block") : QStringLiteral("blocks"));
    card.converted_now = event.kind == trace::EventKind::conversion && event.operation == request.operation->id;

    card.blocks.resize(tree.blocks.size());
    const trace::BlockView* shown = &tree.blocks.front();
    for (std::size_t i = 0; i < tree.blocks.size(); ++i) {
        const trace::BlockView& view = tree.blocks[i];
        CardBlock& block = card.blocks[i];
        block.region = view.block;
        block.label = QString::fromStdString(view.label);
        block.role = to_qstring(trace::to_text(view.role));
        block.placeholder = view.role == trace::BlockRole::placeholder;
        block.parent = view.parent == trace::BlockView::no_index ? -1 : static_cast<int>(view.parent);
        if (view.status_written) {
            block.status = to_qstring(trace::short_status_text(view.status));
            block.failed = !succeeded(view.status);
        }
        block.changed = changes_overlap(trace, event, view.block, 0, trace::block_offset::size);
        if (view.block == request.chosen) shown = &view;
    }
    card.blocks[static_cast<std::size_t>(shown - tree.blocks.data())].chosen = true;
    int rows = place_blocks(tree, card.blocks);
    if (rows > most_rows) {
        const double limit = header_height + 2 + (most_rows - 1) * block_pitch_y + block_height + 1;
        // What does not fit is counted; the chosen block takes the place of the last one that would have been seen.
        card.hidden_blocks = static_cast<int>(std::count_if(card.blocks.begin(), card.blocks.end(),
                                                            [&](const CardBlock& b) { return b.box.bottom() > limit; }));
        for (CardBlock& block : card.blocks) {
            if (block.box.bottom() > limit) block.box = QRectF();
        }
        rows = most_rows;
    }
    for (CardBlock& block : card.blocks) {
        if (block.box.right() > place.width - inset) {
            block.box = QRectF();
            ++card.hidden_blocks;
        }
    }

    card.subject = QString::fromStdString(shown->label);
    double y = header_height + 4 + rows * block_pitch_y + 2;
    const std::pair<const trace::SlotView*, std::uint32_t> two[] = {{&shown->a, trace::block_offset::slot_a},
                                                                   {&shown->b, trace::block_offset::slot_b}};
    for (const auto& [view, offset] : two) {
        CardSlot slot;
        slot.letter = offset == trace::block_offset::slot_a ? QStringLiteral("A") : QStringLiteral("B");
        slot.name = to_qstring(view->name);
        slot.meaning = QString::fromStdString(view->meaning);
        slot.value = view->value;
        slot.renamed = card.converted_now;
        slot.changed = changes_overlap(trace, event, shown->block, offset, 8);
        slot.box = QRectF(inset - 3, y, place.width - 2 * (inset - 3), card_slot_height);
        y += card_slot_height + 2;
        card.slots.push_back(std::move(slot));
    }
    if (request.findings != nullptr) {
        const auto [first, last] = request.findings->at(request.at);
        for (std::size_t i = first; i < last; ++i) {
            const Finding& finding = request.findings->rows[i];
            for (CardBlock& block : card.blocks) {
                if (!finding.block.valid() || block.region != finding.block) continue;
                block.broken = true;
                if (card.broken_finding >= 0 && !finding.first_cause) continue;
                card.broken = finding.rule + QLatin1Char(' ') + finding.place();
                card.broken_finding = static_cast<int>(i);
            }
        }
        if (card.broken_finding >= 0) {
            card.broken_box = QRectF(inset - 3, y, place.width - 2 * (inset - 3), 17);
            y += 19;
        }
    }
    const double height = y + 4;
    const double top = std::clamp(place.centre_y - height / 2, 4.0, std::max(4.0, scene_height - height - 4));
    card.box = QRectF(place.left, std::round(top), place.width, height);
    return card;
}

}  // namespace chimneylab::desktop
