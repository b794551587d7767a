// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The ledger of NET_BUFFER_LISTs on offloaded connections: who gave each away, how far it has come at each driver, what it
// held when it arrived there and when it came back; and received data that was shown to the host stack, until it is returned.
// A list that is not watched is not known. Rules read it; only the Verifier moves it. Not thread safe.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "engine/verifier/tree_image.h"

namespace chimneylab::verifier {

enum class TransferKind : std::uint8_t { none, send, receive, disconnect, forward };

[[nodiscard]] TransferKind transfer_kind(const trace::Function& function);  // receive return: none
[[nodiscard]] std::string_view to_text(TransferKind kind);                 // "send"

// A list at one driver that was given it from above.
struct ListPassage {
    LayerIndex layer = trace::machine_layer;
    EventId arrived;    // enter of MiniportTcpOffloadXxx; of MiniportInitiateOffload for data that travels with a block
    EventId passed;     // the driver's enter of NdisOffloadTcpXxx
    EventId came_back;  // enter of ProtocolTcpOffloadXxxComplete
    EventId completed;  // the driver's enter of NdisTcpOffloadXxxComplete
    std::uint64_t source = 0;           // SourceHandle at arrival
    std::optional<std::uint32_t> depth;  // bytes in use on the context stack at arrival
    std::uint32_t position = 0;         // in the chain it arrived in
    Address upper = 0;                  // the handle of the call that brought it
    std::int32_t status = 0;            // when it came back
    std::uint64_t bytes = 0;            // TcpOffloadBytesTransferred then
    std::uint32_t back_number = 0;      // 1, 2, 3 … in the order in which lists came back to this driver
    [[nodiscard]] bool below() const { return passed.valid() && !came_back.valid(); }
    [[nodiscard]] bool held() const { return !completed.valid() && (!passed.valid() || came_back.valid()); }
};

struct ListRecord {
    Address address = 0;
    RegionId region;
    TransferKind kind = TransferKind::none;
    LayerIndex owner = trace::machine_layer;  // who gave it away
    Address handle = 0;       // the owner's, of the connection
    std::uint32_t flags = 0;  // of a disconnect
    std::uint32_t number = 0;  // 1, 2, 3 … in the order in which lists were given away
    std::uint64_t length = 0;  // bytes of data, or of room
    std::uint32_t buffers = 0;  // NET_BUFFERs
    bool no_push = false;
    bool in_block = false;    // went down with an initiate
    EventId began;
    std::vector<ListPassage> passages;  // from top to bottom
    [[nodiscard]] ListPassage* passage(LayerIndex layer);
    [[nodiscard]] const ListPassage* passage(LayerIndex layer) const;
};

// A list of received data that a driver below shows to those above.
struct LentRecord {
    enum class State : std::uint8_t { shown, accepted, refused, returned };
    Address address = 0;
    RegionId region;
    LayerIndex maker = trace::machine_layer;
    Address handle = 0;  // that it was shown on first
    State state = State::shown;
    bool buffered = false;  // came up in BufferedData of a terminated connection
    EventId shown, answered, returned;
    std::uint64_t length = 0;
    struct Through {
        LayerIndex layer = trace::machine_layer;
        std::uint64_t binding = 0;  // over which it came up to this driver
        EventId returned_to;        // enter of its MiniportTcpOffloadReceiveReturn
        EventId passed_on;          // its enter of NdisOffloadTcpReceiveReturn
    };
    std::vector<Through> through;  // from bottom to top
    [[nodiscard]] Through* at(LayerIndex layer);
    [[nodiscard]] const Through* at(LayerIndex layer) const;
};

class ListLedger {
public:
    explicit ListLedger(const Replay& replay) : replay_(&replay) {}

    [[nodiscard]] const ListRecord* list(Address address) const;
    [[nodiscard]] const std::map<Address, ListRecord>& lists() const { return lists_; }
    [[nodiscard]] const LentRecord* lent(Address address) const;
    [[nodiscard]] const std::map<Address, LentRecord>& lent_lists() const { return lent_; }
    // The chain that begins at an address, as it is linked now; it ends at the first list that is not watched.
    struct Link {
        Address address = 0;
        RegionId region;
    };
    [[nodiscard]] std::vector<Link> chain(Address first) const;
    [[nodiscard]] std::uint64_t source_handle(RegionId list) const { return replay_->word(list, net_buffer_list_offset::source_handle); }
    [[nodiscard]] std::int32_t status(RegionId list) const {
        return static_cast<std::int32_t>(replay_->word(list, net_buffer_list_offset::status, 4));
    }
    [[nodiscard]] std::uint64_t bytes_transferred(RegionId list) const {
        return replay_->word(list, net_buffer_list_offset::bytes_transferred);
    }
    struct Data {
        std::uint64_t length = 0;
        std::uint32_t buffers = 0;
    };
    [[nodiscard]] std::optional<Data> data(RegionId list) const;  // none: a NET_BUFFER is not watched
    // An intermediate driver has answered a send of this connection (the overlying handle) with REQUEST_UPLOAD.
    [[nodiscard]] bool upload_requested(LayerIndex layer, Address upper) const { return upload_requested_.contains({layer, upper}); }
    // Highest numbers that have passed a driver so far, for the order within a connection.
    [[nodiscard]] std::uint32_t last_passed(LayerIndex layer, Address handle, TransferKind kind) const;
    [[nodiscard]] std::uint32_t last_completed(LayerIndex layer, Address handle, TransferKind kind) const;

    // The last receive request that reached any driver for a connection (the host stack's handle), and the last indication of
    // received data that was refused (the handle it was made on).
    [[nodiscard]] EventId last_post(Address connection) const { return at(posts_, connection); }
    [[nodiscard]] EventId last_refusal(Address handle) const { return at(refusals_, handle); }
    // The lowest number of a send of a connection that the offload target has completed without success; 0: none.
    [[nodiscard]] std::uint32_t first_failed_send(Address connection) const;
    // The highest number of the lists of a connection and kind that the offload target has completed.
    [[nodiscard]] std::uint32_t target_completed(Address connection, TransferKind kind) const;

    // --- moved by the Verifier; after the rules have looked unless it says otherwise ---
    void goes_down(const trace::Event& event, const trace::Function& function, bool by_owner);  // enter of NdisOffloadTcpXxx
    void arrives(const trace::Event& event, Address upper);     // before: MiniportTcpOffloadXxx
    void completed(const trace::Event& event, bool by_intermediate);  // NdisTcpOffloadXxxComplete
    void comes_back(const trace::Event& event, bool to_owner);  // before: ProtocolTcpOffloadXxxComplete
    void given_with_block(Address list, RegionId region, LayerIndex owner, Address handle, std::vector<ListPassage> passages);
    void back_in_block(Address list, LayerIndex layer);         // terminate: reaches this driver with its block
    void up_in_block(Address list, LayerIndex layer);           // and leaves it so
    void taken_back(Address list) { lists_.erase(list); }       // in a block, by who gave it away
    void forget_connection(LayerIndex layer, Address upper) { upload_requested_.erase({layer, upper}); }
    void connection_ends(Address connection);
    void shown(const trace::Event& event, LayerIndex driver, bool forwarded);   // enter of NdisTcpOffloadReceiveHandler
    void comes_up(const trace::Event& event);                                  // enter of ProtocolTcpOffloadReceiveIndicate
    void answered(const trace::Event& event);                                  // leave of NdisTcpOffloadReceiveHandler
    void lent_in_block(Address list, LayerIndex maker, Address handle);
    void lent_comes_up(Address list, LayerIndex layer, std::uint64_t binding);
    void returned(const trace::Event& event);     // enter of NdisOffloadTcpReceiveReturn
    void return_arrives(const trace::Event& event);  // enter of MiniportTcpOffloadReceiveReturn
    void memory_freed(Address start, Address end);

private:
    struct Order {
        LayerIndex layer;
        Address handle;
        TransferKind kind;
        auto operator<=>(const Order&) const = default;
    };
    ListRecord& begin(Address address, RegionId region, TransferKind kind, LayerIndex owner, Address handle);

    [[nodiscard]] static EventId at(const std::map<Address, EventId>& events, Address handle) {
        const auto found = events.find(handle);
        return found == events.end() ? EventId{} : found->second;
    }

    const Replay* replay_;
    std::map<Address, EventId> posts_, refusals_;
    std::map<Address, std::uint32_t> failed_sends_;
    std::map<std::pair<Address, TransferKind>, std::uint32_t> target_completed_;
    std::map<Address, ListRecord> lists_;
    std::map<Address, LentRecord> lent_;
    std::set<std::pair<LayerIndex, Address>> upload_requested_;
    std::map<Order, std::uint32_t> passed_, completed_;
    std::map<LayerIndex, std::uint32_t> back_numbers_;
    std::uint32_t last_number_ = 0;
};

}  // namespace chimneylab::verifier
