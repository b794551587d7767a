// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/drivers/forest.h"

namespace chimneylab::test {

namespace {

constexpr std::size_t largest_forest = 24;

}  // namespace

Forest::Object* Forest::find(std::uint32_t number) {
    for (Object& object : objects_)
        if (object.number == number) return &object;
    return nullptr;
}

void Forest::refresh() {
    for (Object& object : objects_) {
        const chimney_host_stack_object now = stack_.object(object.number);
        object.state = now.state;
        object.operations = now.operations;
        object.parent = now.parent;
        object.used = false;
    }
}

std::size_t Forest::offloaded() const {
    std::size_t count = 0;
    for (const Object& object : objects_) count += object.state != CHIMNEY_OBJECT_IN_HOST;
    return count;
}

std::uint32_t Forest::create(std::uint32_t kind, std::uint32_t parent) {
    Object object;
    object.kind = kind;
    object.parent = parent;
    object.number = kind == N ? stack_.neighbor() : kind == P ? stack_.path(parent, chance(50) ? 4 : 6) : stack_.connection(parent);
    object.used = true;
    objects_.push_back(object);
    return object.number;
}

std::vector<Node> Forest::new_dependents(std::uint32_t kind, std::uint32_t parent) {
    std::vector<Node> nodes;
    if (kind > T) return nodes;
    for (std::uint64_t count = below(4); count > 0 && objects_.size() < largest_forest; --count) {
        // An object that came back to the host may be offloaded again.
        std::uint32_t number = 0;
        for (Object& object : objects_)
            if (object.kind == kind && object.parent == parent && object.state == CHIMNEY_OBJECT_IN_HOST && object.operations == 0 &&
                !object.used && number == 0) {
                object.used = true;
                number = object.number;
            }
        if (number == 0) number = create(kind, parent);
        nodes.push_back(new_node(kind, number, parent));
    }
    return nodes;
}

Node Forest::new_node(std::uint32_t kind, std::uint32_t number, std::uint32_t) {
    Node node = fresh(kind, number, new_dependents(kind + 1, number));
    if (kind == T && chance(40)) {
        node.send_lists = static_cast<std::uint32_t>(1 + below(3));
        node.send_bytes = static_cast<std::uint32_t>(1 + below(1000));
    }
    return node;
}

Tree Forest::initiate_tree() {
    refresh();
    Tree tree;
    // New neighbors, linkers and placeholders as siblings of the first layer.
    const std::uint64_t roots = 1 + below(3);
    for (std::uint64_t i = 0; i < roots && objects_.size() < largest_forest; ++i) {
        std::vector<Object> neighbors;
        for (const Object& object : objects_)
            if (object.kind == N && object.state == CHIMNEY_OBJECT_OFFLOADED && object.operations == 0 && !object.used) neighbors.push_back(object);
        if (neighbors.empty() || chance(40)) {
            tree.push_back(new_node(N, create(N, 0), 0));
            continue;
        }
        const std::uint32_t neighbor = neighbors[below(neighbors.size())].number;
        std::vector<Node> dependents = new_dependents(P, neighbor);
        const std::vector<Object> known = objects_;  // the loop creates more
        for (const Object& path : known) {
            if (path.kind != P || path.parent != neighbor || path.state != CHIMNEY_OBJECT_OFFLOADED || path.operations != 0 ||
                find(path.number)->used || !chance(60))
                continue;
            std::vector<Node> connections = new_dependents(T, path.number);
            if (connections.empty()) continue;
            find(path.number)->used = true;
            dependents.push_back(reference(P, path.number, std::move(connections)));
        }
        // A placeholder stands for nothing: only what is linked to already may hang from it.
        bool only_linkers = true;
        for (const Node& node : dependents) only_linkers = only_linkers && node.role == CHIMNEY_BLOCK_REFERENCE;
        if (only_linkers && (dependents.empty() || chance(60))) {
            tree.push_back(placeholder(N, std::move(dependents)));
        } else if (!dependents.empty()) {
            find(neighbor)->used = true;
            tree.push_back(reference(N, neighbor, std::move(dependents)));
        }
    }
    return tree;
}

bool Forest::fits(const Object& object, std::uint32_t operation_kind) const {
    if (object.used) return false;
    const bool offloaded = object.state == CHIMNEY_OBJECT_OFFLOADED;
    switch (operation_kind) {
        case CHIMNEY_OPERATION_QUERY: return offloaded || object.state == CHIMNEY_OBJECT_INVALIDATED;
        case CHIMNEY_OPERATION_UPDATE: return offloaded && object.operations == 0;
        default: return offloaded && object.operations == 0;
    }
}

std::vector<Node> Forest::siblings(std::uint32_t kind, std::uint32_t operation_kind, std::uint32_t parent) {
    std::vector<Node> nodes;
    for (std::uint64_t count = 1 + below(3); count > 0; --count) {
        std::vector<std::uint32_t> candidates;
        for (const Object& object : objects_)
            if (object.kind == kind && fits(object, operation_kind) && (parent == 0 || object.parent == parent || operation_kind != CHIMNEY_OPERATION_UPDATE))
                candidates.push_back(object.number);
        const bool empty = candidates.empty() || chance(25);
        Node node = placeholder(kind);
        if (!empty) {
            const std::uint32_t number = candidates[below(candidates.size())];
            find(number)->used = true;
            node = reference(kind, number);
        }
        if (kind < T && chance(60)) node.dependents = siblings(kind + 1, operation_kind, node.object);
        nodes.push_back(std::move(node));
    }
    return nodes;
}

Tree Forest::reference_tree(std::uint32_t operation_kind) {
    refresh();
    return siblings(static_cast<std::uint32_t>(N + below(3)), operation_kind, 0);
}

bool Forest::whole_is_free(const Object& object) const {
    if (object.operations != 0 || object.used) return false;
    if (object.state == CHIMNEY_OBJECT_OFFLOADING || object.state == CHIMNEY_OBJECT_UPLOADING || object.state == CHIMNEY_OBJECT_IN_HOST) return false;
    for (const Object& other : objects_)
        if (other.parent == object.number && other.state != CHIMNEY_OBJECT_IN_HOST && !whole_is_free(other)) return false;
    return true;
}

Node Forest::whole(const Object& object) {
    Node node = reference(object.kind, object.number);
    find(object.number)->used = true;
    const std::vector<Object> all = objects_;
    for (const Object& other : all)
        if (other.parent == object.number && other.state != CHIMNEY_OBJECT_IN_HOST) node.dependents.push_back(whole(other));
    return node;
}

Tree Forest::terminate_tree() {
    refresh();
    const auto kind = static_cast<std::uint32_t>(N + below(3));
    Tree tree;
    const std::vector<Object> all = objects_;
    for (const Object& object : all) {
        if (object.kind != kind || !whole_is_free(*find(object.number)) || !chance(50)) continue;
        tree.push_back(whole(object));
        if (chance(20)) tree.push_back(placeholder(kind));
    }
    return tree;
}

Tree Forest::everything() {
    refresh();
    // From the lowest layer that is left: a path whose own terminate failed outlives its neighbor.
    for (const std::uint32_t kind : {N, P, T}) {
        Tree tree;
        const std::vector<Object> all = objects_;
        for (const Object& object : all)
            if (object.kind == kind && object.state != CHIMNEY_OBJECT_IN_HOST && whole_is_free(*find(object.number))) tree.push_back(whole(object));
        if (!tree.empty()) return tree;
    }
    return {};
}

}  // namespace chimneylab::test
