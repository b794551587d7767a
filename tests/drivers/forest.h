// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Random neighbors, paths and connections, and random legal trees over them: new offloads, linkers, placeholders, siblings,
// dependents, outstanding send data. The forest mirrors what the host stack says of its objects; it decides nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/machine/schedule.h"
#include "tests/drivers/stack.h"

namespace chimneylab::test {

class Forest {
public:
    Forest(Stack& stack, std::uint64_t seed) : stack_(stack), random_(seed) {}

    // A tree that offloads something new; empty when the forest has grown enough. Creates the objects.
    Tree initiate_tree();
    // A tree over objects that the operation may be issued on now. May be empty.
    Tree reference_tree(std::uint32_t operation_kind);
    // Terminates whole neighbors, whole paths or single connections, chosen at random. May be empty.
    Tree terminate_tree();
    // What is offloaded in the lowest layer that has anything, with all that depends on it; empty when nothing is left.
    Tree everything();
    void refresh();  // asks the host stack how its objects are

    std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
    bool chance(unsigned percent) { return random_.below(100) < percent; }
    [[nodiscard]] std::size_t size() const { return objects_.size(); }
    [[nodiscard]] std::size_t offloaded() const;

private:
    struct Object {
        std::uint32_t number = 0;
        std::uint32_t kind = 0;
        std::uint32_t parent = 0;  // number
        std::uint32_t state = CHIMNEY_OBJECT_IN_HOST;
        std::uint32_t operations = 0;
        bool used = false;  // in the tree that is being built
    };
    Object* find(std::uint32_t number);
    std::uint32_t create(std::uint32_t kind, std::uint32_t parent);
    Node new_node(std::uint32_t kind, std::uint32_t number, std::uint32_t parent);
    std::vector<Node> new_dependents(std::uint32_t kind, std::uint32_t parent);
    std::vector<Node> siblings(std::uint32_t kind, std::uint32_t operation_kind, std::uint32_t parent);
    Node whole(const Object& object);
    [[nodiscard]] bool whole_is_free(const Object& object) const;
    [[nodiscard]] bool fits(const Object& object, std::uint32_t operation_kind) const;

    Stack& stack_;
    machine::RandomSequence random_;
    std::vector<Object> objects_;
};

}  // namespace chimneylab::test
