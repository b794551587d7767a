// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/trace/text.h"

#include <gtest/gtest.h>

#include "engine/trace/function_catalogue.h"
#include "engine/trace/function_purpose.h"

namespace chimneylab::trace {
namespace {

TEST(Text, numbers_and_bytes) {
    EXPECT_EQ(hex(0), "0x0");
    EXPECT_EQ(hex(0xFFFFFA8000001000), "0xfffffa8000001000");
    EXPECT_EQ(hex_digits(0x2A, 4), "002a");
    const std::array bytes{std::byte{0x38}, std::byte{0xA1}, std::byte{0}};
    EXPECT_EQ(hex_bytes(bytes), "38 a1 00");
    EXPECT_EQ(hex_bytes({}), "");
    EXPECT_EQ(pool_tag_text(0x65436D49), "ImCe");
    EXPECT_EQ(pool_tag_text(0x41000142), "B..A");
}

TEST(Text, durations_keep_three_decimals) {
    EXPECT_EQ(duration_text(850), "850 ns");
    EXPECT_EQ(duration_text(41'250), "41.250 µs");
    EXPECT_EQ(duration_text(1'204'999), "1.204 ms");
    EXPECT_EQ(duration_text(3'000'000'000), "3.000 s");
}

TEST(Text, statuses_have_their_names) {
    EXPECT_EQ(status_text(0), "NDIS_STATUS_SUCCESS");
    EXPECT_EQ(status_text(0x40020004), "NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS");
    EXPECT_EQ(short_status_text(static_cast<std::int32_t>(0xC0231004)), "OFFLOAD_TCP_ENTRIES");
    EXPECT_EQ(status_text(static_cast<std::int32_t>(0xC1234567)), "0xc1234567");
    for (const std::int32_t status :
         {0, 0x103, 0x40020004, static_cast<std::int32_t>(0xC000009A), static_cast<std::int32_t>(0xC1234567)}) {
        EXPECT_EQ(parse_status(status_text(status)), status);
        EXPECT_EQ(parse_status(short_status_text(status)), status);
    }
    EXPECT_EQ(parse_status("ndis_status_failure"), static_cast<std::int32_t>(0xC0000001));
    EXPECT_EQ(parse_status("259"), 0x103);
    EXPECT_EQ(parse_status("nonsense"), std::nullopt);
    EXPECT_EQ(parse_status(""), std::nullopt);
    EXPECT_EQ(parse_status("0x"), std::nullopt);
}

TEST(Text, words_of_enumerations_are_read_back) {
    for (int i = 0; i <= static_cast<int>(last_event_kind); ++i)
        EXPECT_EQ(parse_event_kind(to_text(static_cast<EventKind>(i))), static_cast<EventKind>(i));
    for (int i = 0; i <= static_cast<int>(OperationKind::terminate); ++i)
        EXPECT_EQ(parse_operation_kind(to_text(static_cast<OperationKind>(i))), static_cast<OperationKind>(i));
    EXPECT_EQ(to_text(static_cast<EventKind>(250)), "unknown");
    EXPECT_EQ(parse_event_kind("conversions"), std::nullopt);
    EXPECT_EQ(state_type_text(17), "TcpOffloadState");
    EXPECT_EQ(state_type_text(99), "type 99");
}

TEST(FunctionCatalogue, pairs_are_mutual) {
    for (const Function& function : function_catalogue()) {
        EXPECT_EQ(find_function(function.name), find_function(std::string(function.name)));
        if (!function.onward.empty()) {
            const Function* onward = find_function(function.onward);
            ASSERT_NE(onward, nullptr) << function.name;
            EXPECT_EQ(onward->side, Side::driver_calls_ndis) << function.name;
            EXPECT_EQ(onward->direction, function.direction) << function.name;
            EXPECT_NE(onward->edge, function.edge) << function.name << " is passed on at the other edge";
        }
        if (!function.counterpart.empty()) {
            const Function* counterpart = find_function(function.counterpart);
            ASSERT_NE(counterpart, nullptr) << function.name;
            EXPECT_NE(counterpart->side, function.side) << function.name;
        }
        if (!function.answered_by.empty()) {
            const Function* answer = find_function(function.answered_by);
            ASSERT_NE(answer, nullptr) << function.name;
            EXPECT_EQ(answer->edge, function.edge) << function.name << " is answered at the same edge";
            EXPECT_NE(answer->side, function.side) << function.name;
        }
    }
}

TEST(FunctionCatalogue, names_the_rungs_of_every_ladder) {
    EXPECT_EQ(rung_name(OperationKind::query, Rung::call_ndis), "NdisQueryOffloadState");
    EXPECT_EQ(rung_name(OperationKind::query, Rung::miniport_handler), "MiniportQueryOffload");
    EXPECT_EQ(rung_name(OperationKind::query, Rung::complete_ndis), "NdisMQueryOffloadStateComplete");
    EXPECT_EQ(rung_name(OperationKind::query, Rung::protocol_handler), "ProtocolQueryOffloadComplete");
    EXPECT_EQ(rung_name(OperationKind::none, Rung::call_ndis), "");
    for (int kind = 1; kind <= 5; ++kind)
        for (int rung = 0; rung < 4; ++rung) {
            const Function* function =
                find_function(rung_name(static_cast<OperationKind>(kind), static_cast<Rung>(rung)));
            ASSERT_NE(function, nullptr);
            EXPECT_EQ(function->operation, static_cast<OperationKind>(kind));
            EXPECT_EQ(function->completion, rung >= 2);
            EXPECT_EQ(function->direction, rung >= 2 ? Direction::up : Direction::down);
        }
    EXPECT_EQ(find_function("NdisNoSuchThing"), nullptr);
    EXPECT_EQ(find_function(""), nullptr);
}

TEST(FunctionPurpose, is_told_for_what_the_operations_do_not_explain) {
    for (const Function& function : function_catalogue())
        if (function.group == FunctionGroup::offloaded_io || function.group == FunctionGroup::indication ||
            function.group == FunctionGroup::binding) {
            EXPECT_NE(function_purpose(function.name), "") << function.name;
        }
}

}  // namespace
}  // namespace chimneylab::trace
