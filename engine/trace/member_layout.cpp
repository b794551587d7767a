// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/member_layout.h"

#include <algorithm>
#include <array>

namespace chimneylab::trace {
namespace {

// The two structures differ in nothing but the names and the meaning of slots A (0x30) and B (0x38).
constexpr auto common_members(Member slot_a, Member slot_b) {
    return std::to_array<Member>({
        {"Header", 0x00, 4, "NDIS_OBJECT_HEADER",
         "Type tells which state follows the block; Size is that of the block itself"},
        {"NextBlock", 0x08, 8, "block *", "the next block of the same layer; set by the host stack, read by everyone"},
        {"DependentBlockList", 0x10, 8, "block *", "the blocks that depend on this one: neighbor, path, TCP"},
        {"Status", 0x18, 4, "NDIS_STATUS",
         "the outcome for this block; the offload target writes it before it completes"},
        {"NdisReserved[0]", 0x20, 8, "PVOID", "reserved for NDIS"},
        {"NdisReserved[1]", 0x28, 8, "PVOID", "reserved for NDIS"},
        slot_a,
        slot_b,
        {"ProtocolReserved[0]", 0x40, 8, "PVOID", "the host stack's own; everybody else preserves it"},
        {"ProtocolReserved[1]", 0x48, 8, "PVOID", "the host stack's own; everybody else preserves it"},
        {"MiniportReserved[0]", 0x50, 8, "PVOID", "for the miniport that holds the block; not kept across a call down"},
        {"MiniportReserved[1]", 0x58, 8, "PVOID", "for the miniport that holds the block; not kept across a call down"},
        {"ImReserved[0]", 0x60, 8, "PVOID",
         "root block: an intermediate driver's way back to its call entry; saved and restored"},
        {"ImReserved[1]", 0x68, 8, "PVOID",
         "root block: the second word of the intermediate driver; saved and restored"},
        {"Scratch[0]", 0x70, 8, "PVOID", "free for whoever holds the block; worth nothing across a call"},
        {"Scratch[1]", 0x78, 8, "PVOID", "free for whoever holds the block; worth nothing across a call"},
        {"SourceHandle", 0x80, 8, "PVOID",
         "root block: the binding that the completion returns through; NDIS writes it going down, the intermediate "
         "driver restores it going up"},
        {"PortNumber", 0x88, 4, "NDIS_PORT_NUMBER", "the port the object belongs to; 0 is the default port"},
        {"NetBufferListChain", 0x90, 8, "PNET_BUFFER_LIST",
         "send data still outstanding when the connection changes hands"},
    });
}

constexpr auto protocol_members =
    common_members({"NdisReserved[2]", 0x30, 8, "PVOID", "slot A seen from a protocol edge: reserved for NDIS"},
                   {"OffloadHandle", 0x38, 8, "PNDIS_OFFLOAD_HANDLE",
                    "slot B seen from a protocol edge: this driver's anchor of the object; NULL for a placeholder"});
constexpr auto miniport_members =
    common_members({"MiniportOffloadContext", 0x30, 8, "PVOID *",
                    "slot A seen from a miniport edge: where the driver below keeps its context of the object"},
                   {"NdisOffloadHandle", 0x38, 8, "NDIS_HANDLE",
                    "slot B seen from a miniport edge: the handle to use in indications about the object"});
constexpr auto handle_members = std::to_array<Member>({
    {"NdisReserved[0]", 0x00, 8, "PVOID",
     "the binding the object was offloaded on; NDIS writes it once, when it is NULL"},
    {"MiniportOffloadContext", 0x08, 8, "PVOID", "the context of the driver below; NULL until the object is offloaded"},
});

constexpr auto list_members = std::to_array<Member>({
    {"Next", 0x00, 8, "PNET_BUFFER_LIST", "the next list of the chain; NDIS cuts it where it splits a completed chain"},
    {"FirstNetBuffer", 0x08, 8, "PNET_BUFFER", "the data: one NET_BUFFER, for a send perhaps several"},
    {"Context", 0x10, 8, "PNET_BUFFER_LIST_CONTEXT", "the context stack, where each driver keeps its record of this list"},
    {"ParentNetBufferList", 0x18, 8, "PNET_BUFFER_LIST", "the list that this one was made from; NULL here"},
    {"NdisPoolHandle", 0x20, 8, "NDIS_HANDLE", "the pool it came from"},
    {"NdisReserved[0]", 0x30, 8, "PVOID", "reserved for NDIS"},
    {"NdisReserved[1]", 0x38, 8, "PVOID", "reserved for NDIS"},
    {"ProtocolReserved[0]", 0x40, 8, "PVOID", "for the driver that allocated the list"},
    {"ProtocolReserved[1]", 0x48, 8, "PVOID", "for the driver that allocated the list"},
    {"ProtocolReserved[2]", 0x50, 8, "PVOID", "for the driver that allocated the list"},
    {"ProtocolReserved[3]", 0x58, 8, "PVOID", "for the driver that allocated the list"},
    {"MiniportReserved[0]", 0x60, 8, "PVOID", "for the offload target: its queue of sends or receives"},
    {"MiniportReserved[1]", 0x68, 8, "PVOID", "for the offload target: its queue of sends or receives"},
    {"Scratch", 0x70, 8, "PVOID", "free for whoever owns the list; worth nothing across a call"},
    {"SourceHandle", 0x78, 8, "NDIS_HANDLE",
     "the binding that the completion returns through; NDIS writes it going down, the intermediate driver restores it going up"},
    {"NblFlags", 0x80, 4, "ULONG", "reserved for NDIS"},
    {"ChildRefCount", 0x84, 4, "LONG", "how many lists were made from this one"},
    {"Flags", 0x88, 4, "ULONG", "attributes of the list"},
    {"Status", 0x8C, 4, "NDIS_STATUS", "the outcome; written before the list is completed"},
    {"TcpOffloadBytesTransferred", 0x90, 8, "PVOID", "NetBufferListInfo[0]: how many bytes were sent or received"},
    {"NetBufferListInfo[1]", 0x98, 8, "PVOID", "not used on offloaded connections"},
    {"TcpReceiveNoPush", 0xA0, 8, "PVOID", "NetBufferListInfo[2]: the posted receive waits until it is full"},
});
constexpr auto buffer_members = std::to_array<Member>({
    {"Next", 0x00, 8, "PNET_BUFFER", "the next piece of data of the same list"},
    {"CurrentMdl", 0x08, 8, "PMDL", "where the used data begins"},
    {"CurrentMdlOffset", 0x10, 4, "ULONG", "and at which byte of it"},
    {"DataLength", 0x18, 4, "ULONG", "bytes of data, or of room in a posted receive"},
    {"MdlChain", 0x20, 8, "PMDL", "the memory"},
    {"DataOffset", 0x28, 4, "ULONG", "the used data's distance from the start of MdlChain; grows as bytes are acknowledged or placed"},
    {"ChecksumBias", 0x30, 2, "USHORT", "not used on offloaded connections"},
    {"Reserved", 0x32, 2, "USHORT", "reserved for NDIS"},
    {"NdisPoolHandle", 0x38, 8, "NDIS_HANDLE", "the pool it came from"},
});
constexpr auto context_members = std::to_array<Member>({
    {"Next", 0x00, 8, "PNET_BUFFER_LIST_CONTEXT", "what was pushed before, when it lies in memory of its own"},
    {"Size", 0x08, 2, "USHORT", "bytes of ContextData"},
    {"Offset", 0x0A, 2, "USHORT", "where its used part begins: a push lowers it, a pop raises it; equal to Size when empty"},
});

std::uint64_t read(std::span<const std::byte> bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size() && i < 8; ++i)
        value |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
    return value;
}

// Storage for the names of words without a member: "+0x0" … "+0xff8", and "beyond" for everything after.
std::string_view word_name(std::uint32_t offset) {
    static constexpr std::size_t words = 512;
    static constexpr auto names = [] {
        std::array<std::array<char, 8>, words> all{};
        constexpr std::string_view digits = "0123456789abcdef";
        for (std::size_t i = 0; i < words; ++i) {
            const std::size_t at = i * 8;
            std::size_t used = 0;
            for (const char c : std::string_view("+0x")) all[i][used++] = c;
            if (at >= 0x100) all[i][used++] = digits[at >> 8];
            if (at >= 0x10) all[i][used++] = digits[at >> 4 & 15];
            all[i][used] = digits[at & 15];
        }
        return all;
    }();
    return offset / 8 < words ? std::string_view(names[offset / 8].data()) : std::string_view("beyond +0x1000");
}

}  // namespace

std::string_view structure_name(BlockType type) {
    return type == BlockType::protocol ? "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST" : "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST";
}

std::span<const Member> block_members(BlockType type) {
    return type == BlockType::protocol ? std::span<const Member>(protocol_members)
                                       : std::span<const Member>(miniport_members);
}

std::span<const Member> offload_handle_members() { return handle_members; }

std::span<const Member> net_buffer_list_members() { return list_members; }
std::span<const Member> net_buffer_members() { return buffer_members; }
std::span<const Member> list_context_members() { return context_members; }

std::span<const Member> members_of(RegionKind kind, BlockType type) {
    if (kind == RegionKind::block_list) return block_members(type);
    if (kind == RegionKind::offload_handle) return offload_handle_members();
    if (kind == RegionKind::net_buffer_list) return net_buffer_list_members();
    if (kind == RegionKind::net_buffer) return net_buffer_members();
    if (kind == RegionKind::net_buffer_list_context) return list_context_members();
    return {};
}

const Member* member_at(std::span<const Member> members, std::uint32_t offset) {
    for (const Member& each : members)
        if (offset >= each.offset && offset - each.offset < each.size) return &each;
    return nullptr;
}

std::vector<MemberChange> member_changes(const Cursor& at, BlockType type) {
    std::vector<MemberChange> all;
    if (!at.position().valid()) return all;
    const Trace& trace = at.trace();
    const auto changes = trace.changes(trace.event(at.position()));
    // Members in the order of their regions' first change and of their offsets.
    for (const Change& change : changes) {
        const Region& region = trace.region(change.region);
        const auto members = members_of(region.kind, type);
        for (std::uint32_t offset = change.offset; offset < change.offset + change.length;) {
            Member member;
            const Member* known_member = member_at(members, offset);
            // A trace from outside may watch less than a whole structure.
            if (known_member != nullptr && known_member->offset + known_member->size <= region.size) {
                member = *known_member;
            } else {
                member.offset = offset / 8 * 8;
                member.size = std::min<std::uint32_t>(8, region.size - member.offset);
                member.name = word_name(member.offset);
                member.type = "bytes";
            }
            const auto known = std::ranges::find_if(all, [&](const MemberChange& each) {
                return each.region == change.region && each.member.offset == member.offset;
            });
            if (known == all.end()) {
                MemberChange made;
                made.region = change.region;
                made.member = member;
                made.writer = change.writer;
                all.push_back(made);
            } else {
                known->writer = change.writer;
            }
            offset = member.offset + member.size;
        }
    }
    // After is what the cursor holds; before is the same with this event's changes undone, last one first.
    for (MemberChange& each : all) {
        const auto whole = at.bytes(each.region).subspan(each.member.offset, each.member.size);
        std::array<std::byte, 8> bytes{};
        std::ranges::copy(whole, bytes.begin());
        each.after = read(std::span(bytes).first(each.member.size));
        for (std::size_t i = changes.size(); i-- > 0;) {
            if (changes[i].region != each.region) continue;
            const auto before = trace.before(changes[i]);
            for (std::uint32_t k = 0; k < changes[i].length; ++k) {
                const std::uint32_t offset = changes[i].offset + k;
                if (offset >= each.member.offset && offset - each.member.offset < each.member.size)
                    bytes[offset - each.member.offset] = before[k];
            }
        }
        each.before = read(std::span(bytes).first(each.member.size));
    }
    std::ranges::stable_sort(all, [&](const MemberChange& a, const MemberChange& b) {
        return a.region != b.region ? a.region < b.region : a.member.offset < b.member.offset;
    });
    return all;
}

}  // namespace chimneylab::trace
