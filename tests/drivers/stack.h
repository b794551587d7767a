// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// A whole machine for tests: host stack, any number of reference intermediate drivers and the offload target on the lab's
// NDIS, booted and running. The host stack and the target are commanded as their user-mode clients do, by IOCTL.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/host_stack/host_stack_control.h"
#include "engine/machine/machine.h"
#include "engine/ndis/ndis.h"
#include "engine/offload_target/offload_target_control.h"

namespace chimneylab::test {

// The kinds of object, short as in a scenario's trees.
inline constexpr std::uint32_t N = CHIMNEY_OBJECT_NEIGHBOR, P = CHIMNEY_OBJECT_PATH, T = CHIMNEY_OBJECT_CONNECTION;

struct StackOptions {
    unsigned intermediate_drivers = 1;
    unsigned virtual_miniports = 1;  // of the top intermediate driver
    machine::Schedule schedule{};
    machine::Mode mode = machine::Mode::strict;
    struct BootFault {
        machine::LayerIndex layer;
        std::uint64_t nth;  // allocation of that layer, from the beginning
    };
    std::optional<BootFault> boot_fault{};
};

// One block of a tree as a test writes it; links are made by Tree.
struct Node {
    std::uint32_t role = CHIMNEY_BLOCK_PLACEHOLDER;
    std::uint32_t kind = CHIMNEY_OBJECT_NEIGHBOR;
    std::uint32_t object = 0;
    std::uint32_t state_class = CHIMNEY_STATE_NATURAL;
    std::uint32_t send_lists = 0;
    std::uint32_t send_bytes = 0;
    std::vector<Node> dependents{};
};
// Siblings at the root.
using Tree = std::vector<Node>;

Node placeholder(std::uint32_t kind, std::vector<Node> dependents = {});
Node reference(std::uint32_t kind, std::uint32_t object, std::vector<Node> dependents = {});
Node fresh(std::uint32_t kind, std::uint32_t object, std::vector<Node> dependents = {});

struct BlockResult {
    std::uint32_t status = 0;
    std::uint32_t returned = 0;
    std::uint64_t context = 0;
};

struct OperationResult {
    bool known = false, finished = false, inside_call = false, untouched = false;
    std::uint32_t order = 0;
    std::vector<BlockResult> blocks;  // in the order of the tree: block, its dependents, its next sibling
};

class Stack {
public:
    explicit Stack(const StackOptions& options = {});
    ~Stack();

    [[nodiscard]] bool booted() const { return booted_; }
    machine::Machine& machine() { return *machine_; }
    ndis::Ndis& ndis() { return *ndis_; }
    [[nodiscard]] machine::LayerIndex target_layer() const { return static_cast<machine::LayerIndex>(options_.intermediate_drivers + 1); }

    // IOCTLs. command.size is filled in; false when the IRP failed.
    template <typename Command>
    bool host(std::uint32_t code, Command& command) {
        command.command.size = sizeof(Command);
        return control(CHIMNEY_HOST_STACK_DEVICE, code, &command, sizeof(Command));
    }
    template <typename Command>
    bool target(std::uint32_t code, Command& command) {
        command.command.size = sizeof(Command);
        return control(CHIMNEY_TARGET_DEVICE, code, &command, sizeof(Command));
    }
    bool control(const char* device, std::uint32_t code, void* command, std::size_t size);

    std::uint32_t neighbor();
    std::uint32_t path(std::uint32_t neighbor, unsigned ip_version = 4);
    std::uint32_t connection(std::uint32_t path, std::uint32_t buffered = 0);  // bytes received and not taken
    chimney_host_stack_object object(std::uint32_t number);

    // Issues; the number of the operation, or 0 and last_result() says why not.
    std::uint32_t start(std::uint32_t kind, const Tree& tree, std::uint32_t binding = 1, bool without_context_room = false);
    [[nodiscard]] std::uint32_t last_result() const { return last_result_; }
    [[nodiscard]] std::uint32_t refused_block() const { return refused_block_; }
    OperationResult result(std::uint32_t operation);
    void run() { machine_->run_until_idle(); }
    // start(), run(), result().
    OperationResult carry_out(std::uint32_t kind, const Tree& tree, std::uint32_t binding = 1);

    void complete_by(std::uint32_t completion);  // enum chimney_target_completion, for all five
    chimney_target_adapter target_state();
    chimney_target_timing timing();

    // Everything unloaded, everything looked at. Afterwards only findings() and the trace are of use.
    void shut_down();
    [[nodiscard]] std::string findings() const;  // one a line, empty when all is well

private:
    bool boot();

    StackOptions options_;
    std::unique_ptr<machine::Machine> machine_;
    std::unique_ptr<ndis::Ndis> ndis_;
    bool booted_ = false;
    std::uint32_t last_result_ = 0;
    std::uint32_t refused_block_ = 0;
    std::uint32_t made_ = 0;
};

}  // namespace chimneylab::test
