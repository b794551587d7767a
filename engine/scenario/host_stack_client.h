// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The scenario's objects, operations and transfers, told to the host stack through its control device
// (engine/host_stack/host_stack_control.h). Keeps the numbers that the driver gave to them; the role of a block follows
// from where its object is when the operation is issued. Private to engine/scenario.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/host_stack/host_stack_control.h"
#include "engine/ndis/ndis.h"
#include "engine/scenario/control_client.h"
#include "engine/scenario/run.h"

namespace chimneylab::scenario {

// What became of a command: empty when it was carried out, else why not, as a sentence without its full stop.
using Refusal = std::string;

class HostStackClient {
public:
    // adapters: those the host stack is bound to; a step's virtual_miniport counts them from 1.
    HostStackClient(machine::Machine& machine, ndis::Ndis& ndis, const Objects& objects,
                    std::vector<std::string> adapters);

    [[nodiscard]] bool is_open() const { return device_.is_open(); }
    void close() { device_.close(); }

    Refusal enable_tcp();  // before create_objects
    Refusal create_objects();
    Refusal apply_changes(const std::vector<StateChange>& changes);
    OperationResult start_operation(const Step& step);
    TransferResult start_transfer(const Step& step);
    Refusal set_receive_answer(const Step& step);
    Refusal return_received(const std::string& connection);
    Refusal request(const Step& step);

    // Asks about everything that was started; results are updated in place. Cheap when nothing is in progress.
    void update(std::vector<OperationResult>& operations, std::vector<TransferResult>& transfers);

    void read_stream(StreamResult& stream);  // adds what the application has received on stream.connection

    // Identity by which the offload target knows an object (chimney_target_failure).
    struct Identity {
        std::uint32_t kind = 0;
        std::vector<std::uint8_t> bytes;
    };
    [[nodiscard]] Identity identity(const std::string& object) const;

private:
    struct StartedOperation {
        std::size_t result = 0;  // index into the results
        std::uint32_t number = 0;
        std::vector<chimney_host_stack_block> blocks;
        bool finished = false;
    };
    struct StartedTransfer {
        std::size_t result = 0;
        std::uint32_t number = 0;
        bool finished = false;
    };
    Refusal set_neighbor(const Neighbor& neighbor);
    Refusal set_path(const Path& path);
    Refusal set_connection(const Connection& connection);
    void named(const std::string& object, std::uint32_t number, std::uint64_t handle_address);
    [[nodiscard]] std::vector<chimney_host_stack_block> blocks_of(const Step& step);
    [[nodiscard]] bool in_host(std::uint32_t object);
    [[nodiscard]] std::uint32_t binding_number(unsigned virtual_miniport);

    ndis::Ndis& ndis_;
    Objects objects_;  // with the changes of the updates
    ControlClient device_;
    std::map<std::string, std::uint32_t> numbers_;
    std::vector<std::string> adapters_;
    std::vector<StartedOperation> operations_;
    std::vector<StartedTransfer> transfers_;
    std::size_t operation_results_ = 0;
    std::size_t transfer_results_ = 0;
};

[[nodiscard]] std::string host_stack_refusal(std::uint32_t result);

}  // namespace chimneylab::scenario
