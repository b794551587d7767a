// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Every constant of the headers has the driver kit's value.
#include <gtest/gtest.h>

#include <ndis.h>
#include <ndischimney.h>

#include <cstdint>

namespace {

struct Constant {
    const char* name;
    std::uint32_t seen;
    std::uint32_t expected;
};

// NTSTATUS values are negative where the expected column writes them unsigned.
#define CONSTANT(name, value) {#name, static_cast<std::uint32_t>(name), static_cast<std::uint32_t>(value)},

constexpr Constant constants[] = {
#include "enumeration_rows.h"
#include "flag_rows.h"
#include "status_and_oid_rows.h"
};

#undef CONSTANT

TEST(DdiConstants, HaveTheValuesOfTheDriverKit)
{
    for (const auto& constant : constants) {
        EXPECT_EQ(constant.seen, constant.expected) << constant.name;
    }
    EXPECT_GT(std::size(constants), 900u);
}

TEST(DdiConstants, ChimneyFlagsHaveTheValuesOfTheDriverKit)
{
    EXPECT_EQ(TCP_DISCONNECT_GRACEFUL_CLOSE, 1);
    EXPECT_EQ(TCP_DISCONNECT_ABORTIVE_CLOSE, 2);
    EXPECT_EQ(TCP_FLAG_TIMESTAMP_ENABLED, 1);
    EXPECT_EQ(TCP_FLAG_SACK_ENABLED, 2);
    EXPECT_EQ(TCP_FLAG_WINDOW_SCALING_ENABLED, 4);
    EXPECT_EQ(TCP_FLAG_KEEP_ALIVE_ENABLED, 1);
    EXPECT_EQ(TCP_FLAG_UPDATE_RCV_WND, 0x10);
    EXPECT_EQ(NDIS_OBJECT_TCP_OFFLOAD_REVISION_1, 1);
}

TEST(DdiConstants, SeverityDecidesSuccess)
{
    EXPECT_TRUE(NT_SUCCESS(NDIS_STATUS_SUCCESS));
    EXPECT_TRUE(NT_SUCCESS(NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS));
    EXPECT_FALSE(NT_SUCCESS(NDIS_STATUS_OFFLOAD_TCP_ENTRIES));
    EXPECT_TRUE(NT_WARNING(NDIS_STATUS_BUFFER_OVERFLOW));
    EXPECT_TRUE(NT_ERROR(NDIS_STATUS_FAILURE));
    EXPECT_TRUE(NT_INFORMATION(NDIS_STATUS_UPLOAD_ALL));
}

TEST(DdiConstants, ControlCodesArePackedAsTheDriverKitPacksThem)
{
    EXPECT_EQ(CTL_CODE(FILE_DEVICE_NETWORK, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS), 0x00122004u);
    EXPECT_EQ(METHOD_FROM_CTL_CODE(0x00122007u), 3u);
}

} // namespace
