// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/member_story.h"

#include <algorithm>
#include <array>

namespace chimneylab::trace {
namespace {

struct Entry {
    std::uint32_t offset;
    MemberStory story;
};

constexpr std::string_view block_page = "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST";
constexpr std::string_view compare_page = "Comparison of Offload Block List Types";
constexpr std::string_view reuse_down = "Reusing an NDIS_MINIPORT_OFFLOAD_BLOCK_LIST Structure";
constexpr std::string_view reuse_up = "Reusing an NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST Structure";
constexpr std::string_view referencing = "Referencing Offloaded State Through an Intermediate Driver";

using namespace block_offset;

constexpr MemberStory protocol_reserved{"host stack", "host stack", "the operation; everybody else preserves it",
                                        "IM-041", block_page};
constexpr MemberStory miniport_reserved{
    "offload target, or the miniport edge of an intermediate driver", "the driver that wrote it",
    "while that driver holds the block: the driver below may use it too", "IM-045", block_page};
constexpr MemberStory ndis_reserved{"NDIS", "NDIS", "reserved; release builds leave elements 0 and 1 alone", "",
                                    block_page};
constexpr MemberStory scratch_words{"whoever holds the block", "the same driver",
                                    "until the block is handed on; worth nothing across a call", "IM-044", block_page};

constexpr auto common = std::to_array<Entry>({
    {type,
     {"host stack (the offload target for event indications)", "everyone",
      "the operation; Type is the state that follows, Size that of the block itself", "IM-016 IM-041", block_page}},
    {next_block,
     {"host stack", "NDIS, intermediate drivers, offload target", "constant during the operation; NULL ends the layer",
      "IM-016 IM-018 IM-041", "Offload Block Lists"}},
    {dependent_block_list,
     {"host stack", "NDIS, intermediate drivers, offload target",
      "constant during the operation; neighbor to path to TCP, where it is NULL", "IM-017 IM-041",
      "Offload State Tree"}},
    {status,
     {"offload target, in every block before it completes; NDIS only when no driver below has a handler",
      "host stack, intermediate drivers", "undefined until the completion", "IM-057 IM-058 IM-059",
      "Returning Completion Status of an Initiate Offload Operation"}},
    {ndis_reserved_0, ndis_reserved},
    {ndis_reserved_1, ndis_reserved},
    {protocol_reserved_0, protocol_reserved},
    {protocol_reserved_0 + 8, protocol_reserved},
    {miniport_reserved_0, miniport_reserved},
    {miniport_reserved_0 + 8, miniport_reserved},
    {im_reserved_0,
     {"each intermediate driver on the way down, root block only: the address of its call entry",
      "the same driver when the completion comes back",
      "from the call down until the completion up; the value from above is saved and put back",
      "IM-030 IM-031 IM-032 IM-051", reuse_down}},
    {im_reserved_1,
     {"intermediate drivers, root block only: the second word", "the driver that wrote it",
      "from the call down until the completion up; the value from above is saved and put back", "IM-030 IM-032 IM-051",
      reuse_down}},
    {scratch_0, scratch_words},
    {scratch_0 + 8, scratch_words},
    {source_handle,
     {"NDIS going down, root block only: the calling binding; going up the intermediate driver puts the saved one back",
      "NDIS, to choose the completion handler", "the operation, one binding a floor", "IM-050 IM-033 IM-101 IM-105",
      reuse_up}},
    {port_number, {"host stack", "offload target", "the operation; 0 is the default port", "IM-041", block_page}},
    {net_buffer_list_chain,
     {"host stack (initiate), offload target (completion of a terminate)",
      "offload target, host stack; NDIS walks it on the way down", "the operation: send data still outstanding",
      "IM-041 IM-042 IM-067 IM-113", "Handling Outstanding Send Data During an Offload Operation"}},
});

constexpr MemberStory slot_a_protocol{"nobody at a protocol edge; NDIS rewrites it on the way down", "nobody",
                                      "left as it was until NDIS makes it MiniportOffloadContext again", "IM-053",
                                      compare_page};
constexpr MemberStory slot_a_miniport{
    "NDIS on the way down: the address of OffloadHandle->MiniportOffloadContext, NULL for a placeholder",
    "intermediate driver and offload target, to find or store their context of the object",
    "the slot lasts for the call; what it points to lasts as long as the object is offloaded", "IM-103 IM-053 IM-054",
    referencing};
constexpr MemberStory slot_b_protocol{"the driver that calls NdisXxxOffload: the address of its own handle",
                                      "NDIS, for slot A and the binding", "the operation; NULL makes a placeholder",
                                      "IM-035 IM-037 IM-038 IM-039", compare_page};
constexpr MemberStory slot_b_miniport{"nobody: it is the OffloadHandle of the driver above, under another name",
                                      "the driver below, which stores it for its indications",
                                      "the operation; the stored copy lasts as long as the object is offloaded",
                                      "IM-034 IM-040 IM-052", referencing};

constexpr auto handle = std::to_array<Entry>({
    {handle_offset::ndis_reserved,
     {"NDIS, at the first call that names the handle, only while it is NULL", "NDIS, to route I/O and indications",
      "as long as the object is offloaded; the owner zeroes it before that", "IM-022 IM-036 IM-102",
      "NDIS_OFFLOAD_HANDLE"}},
    {handle_offset::miniport_offload_context,
     {"the driver below, through slot A, before it completes a successful initiate",
      "NDIS, which passes it on with I/O; the driver below, in every later operation",
      "as long as the object is offloaded; NULL before and cleared by the owner afterwards",
      "IM-019 IM-054 IM-055 IM-056", referencing}},
});

const MemberStory* in(std::span<const Entry> entries, std::uint32_t offset) {
    const auto found = std::ranges::find(entries, offset, &Entry::offset);
    return found == entries.end() ? nullptr : &found->story;
}

}  // namespace

const MemberStory* member_story(RegionKind kind, BlockType type, std::uint32_t offset) {
    if (kind == RegionKind::offload_handle) return in(handle, offset);
    if (kind != RegionKind::block_list) return nullptr;
    if (offset == slot_a) return type == BlockType::protocol ? &slot_a_protocol : &slot_a_miniport;
    if (offset == slot_b) return type == BlockType::protocol ? &slot_b_protocol : &slot_b_miniport;
    return in(common, offset);
}

}  // namespace chimneylab::trace
