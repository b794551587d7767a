// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// LinkMux (tests/drivers/wdk_mux) in a machine: below it a network card that keeps everything until it is told otherwise,
// above each of its virtual miniports the binding of one protocol driver that talks. Both ends are the test's, in C++ on the
// DDI. One stack at a time: the drivers' entry points find it in a global.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ndis.h>

#include "engine/machine/machine.h"
#include "engine/ndis/ndis.h"
#include "tests/drivers/wdk_mux/lmioctl.h"

namespace chimneylab::test {

using Bytes = std::vector<std::uint8_t>;
using Address = std::array<std::uint8_t, 6>;

inline constexpr Address card_address{0x00, 0x10, 0x20, 0x30, 0x40, 0x50};
inline constexpr Address broadcast{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
inline constexpr Address stranger{0x00, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE};

[[nodiscard]] Bytes frame(const Address& destination, const Address& source, std::size_t payload = 50);

struct SeenRequest {
    NDIS_REQUEST_TYPE type{};
    NDIS_OID oid = 0;
    Bytes data;  // of a set
};

class MuxStack {
public:
    struct Options {
        std::vector<std::string> names{"up1", "up2"};  // UpperBindings
        ndis::NdisOptions ndis{};
        machine::Schedule schedule{};
        std::optional<std::uint64_t> failing_allocation{};  // of LinkMux, from its DriverEntry on
        std::uint32_t send_mode = LINKMUX_SEND_CLONE;
        bool copy_lent = true;
    };
    static constexpr machine::LayerIndex talker = 0, mux = 1, card = 2;

    // One list that a protocol sent, with the memory behind it. Owned by the stack.
    struct Sent {
        PNET_BUFFER_LIST list = nullptr;
        std::vector<PMDL> mdls;
        void* memory = nullptr;
        bool back = false;
        NDIS_STATUS status = NDIS_STATUS_PENDING;
    };
    struct Received {
        PNET_BUFFER_LIST list = nullptr;
        Bytes bytes;
        bool may_keep = false;
    };
    struct Binding {
        NDIS_HANDLE handle = nullptr;
        NDIS_HANDLE bind_context = nullptr, unbind_context = nullptr;  // of what NDIS finishes later
        UINT selected_medium = 0;  // written when the open is over
        std::string adapter;
        Address address{};
        std::vector<Received> received;
        std::vector<NDIS_STATUS> statuses;
        std::vector<NDIS_STATUS> requests_completed;
        std::optional<NDIS_LINK_STATE> link;
    };

    MuxStack() : MuxStack(Options()) {}
    explicit MuxStack(Options options);
    ~MuxStack();

    [[nodiscard]] bool up() const { return up_; }
    machine::Machine& machine() { return *machine_; }
    ndis::Ndis& ndis() { return *ndis_; }
    [[nodiscard]] std::size_t edges() const { return bindings.size(); }

    // --- the protocol above ---
    // Every frame is a NET_BUFFER of the list, in two MDLs when it is long enough.
    Sent& send(std::size_t edge, const std::vector<Bytes>& frames, ULONG flags = 0);
    // One chain.
    std::vector<Sent*> send_chain(std::size_t edge, const std::vector<std::vector<Bytes>>& lists, ULONG flags = 0);
    void give_back(std::size_t edge);  // every list that was kept
    // Tries to offload a neighbor: the status that the root block comes back with; no value: it never did.
    std::optional<NDIS_STATUS> offload_neighbor(std::size_t edge);
    NDIS_STATUS request(std::size_t edge, NDIS_REQUEST_TYPE type, NDIS_OID oid, void* buffer, UINT length, PVOID id = nullptr);
    template <typename Value>
    NDIS_STATUS query(std::size_t edge, NDIS_OID oid, Value& value) {
        return request(edge, NdisRequestQueryInformation, oid, &value, sizeof value);
    }
    NDIS_STATUS set_filter(std::size_t edge, ULONG filter) {
        return request(edge, NdisRequestSetInformation, OID_GEN_CURRENT_PACKET_FILTER, &filter, sizeof filter);
    }
    // Every edge listens to its own address, to the group addresses and to broadcasts.
    void listen();

    // --- the card below ---
    [[nodiscard]] std::vector<Bytes> wire_frames() const;  // of the lists that the card holds, NET_BUFFER by NET_BUFFER
    void complete(NDIS_STATUS status = NDIS_STATUS_SUCCESS);  // all that the card holds, as one chain, youngest first
    void arrive(const std::vector<Bytes>& frames, bool lent = false);
    void link(NDIS_MEDIA_CONNECT_STATE state);
    void complete_request(NDIS_STATUS status);

    // --- a program with the control device ---
    machine::DeviceResult control(ULONG code, const void* input, std::size_t input_bytes, std::size_t output_bytes);

    // Everything unloaded, everything looked at: findings of the machine and LinkMux's violations of the rules, one a line.
    std::string shut_down();

    std::vector<std::unique_ptr<Binding>> bindings;
    bool keep_received = true;
    std::vector<PNET_BUFFER_LIST> on_the_wire, returned;
    std::vector<SeenRequest> requests;
    PNDIS_OID_REQUEST pended_request = nullptr;
    bool pend_requests = false, complete_at_once = false;
    std::vector<PVOID> cancelled_requests;
    std::optional<NDIS_STATUS> offload_status;
    NDIS_HANDLE card_driver = nullptr, card_adapter = nullptr, talker_protocol = nullptr;

private:
    bool boot(const Options& options);
    PNET_BUFFER_LIST make_list(NDIS_HANDLE owner, NDIS_HANDLE list_pool, NDIS_HANDLE buffer_pool, const std::vector<Bytes>& frames,
                               Sent& keep);
    void free_list(Sent& sent);

    std::unique_ptr<machine::Machine> machine_;
    std::unique_ptr<ndis::Ndis> ndis_;
    bool up_ = false;
    NDIS_HANDLE talker_lists_ = nullptr, talker_buffers_ = nullptr, card_lists_ = nullptr, card_buffers_ = nullptr;
    std::deque<Sent> sent_, arrived_;
    std::deque<NDIS_OID_REQUEST> own_requests_;
    friend struct MuxEnds;
};

}  // namespace chimneylab::test
