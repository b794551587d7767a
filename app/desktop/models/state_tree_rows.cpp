// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/state_tree_rows.h"

#include <QCoreApplication>
#include <algorithm>
#include <map>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/session.h"
#include "engine/trace/block_tree.h"
#include "engine/trace/text.h"

namespace chimneylab::desktop {

using trace::BlockRole;
using trace::EventId;
using trace::OperationKind;

namespace {

constexpr std::int32_t success_status = 0;

QString tree_tr(const char* text) { return QCoreApplication::translate("StateTree", text); }

// "TCP connection" for a reader; the structure's own name where the lab has no word for it.
QString object_kind(std::uint8_t state_type) {
    const QString type = to_qstring(trace::state_type_text(state_type));
    if (type.startsWith(QLatin1String("Neighbor"))) return tree_tr("neighbor");
    if (type.startsWith(QLatin1String("Ip"))) return tree_tr("path");
    if (type.startsWith(QLatin1String("Tcp"))) return tree_tr("TCP connection");
    return type;
}

// What the operation makes of a block.
QString becomes(OperationKind kind, BlockRole role, bool known, bool good) {
    if (role == BlockRole::placeholder) return tree_tr("only holds the tree together");
    if (kind == OperationKind::initiate && role == BlockRole::linker) return tree_tr("offloaded before; what hangs below it is added");
    if (known && !good) return kind == OperationKind::initiate ? tree_tr("stays with the host stack") : tree_tr("stays as it was");
    switch (kind) {
        case OperationKind::initiate: return known ? tree_tr("offloaded") : tree_tr("to be offloaded");
        case OperationKind::query: return known ? tree_tr("its delegated state was read") : tree_tr("its delegated state is asked for");
        case OperationKind::update: return known ? tree_tr("its cached state is new") : tree_tr("its cached state is to be replaced");
        case OperationKind::invalidate: return known ? tree_tr("its cached state is invalid") : tree_tr("its cached state is to be invalidated");
        case OperationKind::terminate: return known ? tree_tr("back with the host stack") : tree_tr("to go back to the host stack");
        case OperationKind::none: break;
    }
    return {};
}

}  // namespace

StateTree block_list_tree(const trace::History& history, const trace::Cursor& cursor, const trace::Operation* operation) {
    StateTree made;
    made.headings = {tree_tr("block"), tree_tr("role"), tree_tr("status"), tree_tr("becomes")};
    made.title = tree_tr("Block list");
    made.empty = tree_tr("No operation has begun yet: its tree of blocks will stand here.");
    const EventId at = cursor.position();
    if (operation == nullptr || !at.valid() || at < operation->started) return made;
    made.title = tree_tr("Block list of operation %1").arg(operation_text(history, operation->id));
    const trace::BlockTree tree = trace::block_tree(history, cursor, operation->root);
    const trace::Event& event = history.trace().event(at);
    for (const trace::BlockView& block : tree.blocks) {
        StateTreeRow row;
        row.region = block.block;
        row.event = operation->started;
        row.parent = block.parent == trace::BlockView::no_index ? -1 : static_cast<int>(block.parent);
        const bool meaningful = block.role != BlockRole::placeholder;
        row.pending = meaningful && !block.status_written;
        row.failed = meaningful && block.status_written && block.status != success_status;
        for (const trace::Change& change : history.trace().changes(event)) row.changed = row.changed || change.region == block.block;
        row.cells << QStringLiteral("%1  %2").arg(to_qstring(block.label), object_kind(block.state_type)) << to_qstring(trace::to_text(block.role))
                  << (block.status_written ? to_qstring(trace::short_status_text(block.status)) : tree_tr("not yet defined"))
                  << becomes(operation->kind, block.role, block.status_written, block.status == success_status);
        made.rows.push_back(std::move(row));
    }
    return made;
}

StateTree target_tree(const trace::History& history, const OffloadedObjects& objects, EventId at) {
    StateTree made;
    made.headings = {tree_tr("object"), tree_tr("offloaded by"), tree_tr("since"), tree_tr("under way")};
    made.title = tree_tr("Held by the offload target");
    made.empty = tree_tr("The offload target holds nothing at this event.");
    // Blocks of operations in progress name the objects they are about by the host stack's handle.
    std::map<std::uint64_t, QString> under_way;
    for (const trace::OperationId id : history.in_progress(at)) {
        const trace::Operation* operation = history.operation(id);
        if (operation == nullptr) continue;
        for (const trace::OperationBlock& block : operation->blocks) {
            if (block.host_handle == 0) continue;
            QString& words = under_way[block.host_handle];
            if (!words.isEmpty()) words += QStringLiteral(", ");
            words += operation_text(history, id);
        }
    }
    std::map<std::uint32_t, int> row_of;
    const auto held = objects.held_at(at);
    // Parents first: an object may have been offloaded again under a parent that is older or younger than it.
    std::vector<std::uint32_t> order;
    std::map<std::uint32_t, bool> waiting;
    for (const std::uint32_t index : held) waiting[index] = true;
    const auto place = [&](auto& self, std::uint32_t index) -> void {
        if (!waiting[index]) return;
        waiting[index] = false;
        order.push_back(index);
        for (const std::uint32_t other : held) {
            if (objects.all()[other].parent == index) self(self, other);
        }
    };
    for (const std::uint32_t index : held) {
        const std::uint32_t parent = objects.all()[index].parent;
        if (parent == OffloadedObject::no_parent || !waiting.contains(parent)) place(place, index);
    }
    for (const std::uint32_t index : order) {
        const OffloadedObject& object = objects.all()[index];
        StateTreeRow row;
        row.region = object.handle;
        row.event = object.published;
        if (const auto parent = row_of.find(object.parent); parent != row_of.end()) row.parent = parent->second;
        row.changed = object.published == at;
        const auto busy = under_way.find(object.host_handle);
        row.cells << QStringLiteral("%1  %2").arg(to_qstring(history.trace().text(object.name)), object_kind(object.state_type))
                  << operation_text(history, object.initiated) << time_text(history.trace().event(object.published).virtual_time)
                  << (busy == under_way.end() ? QString() : busy->second);
        row_of[index] = static_cast<int>(made.rows.size());
        made.rows.push_back(std::move(row));
    }
    return made;
}

}  // namespace chimneylab::desktop
