// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "engine/machine/unicode.h"
#include "tests/machine/machine_fixture.h"

namespace chimneylab::machine::test {
namespace {

class Strings : public MachineTest {};

UNICODE_STRING counted(const char16_t* text) {
    UNICODE_STRING string;
    RtlInitUnicodeString(&string, text);
    return string;
}

TEST_F(Strings, CompareCopyAppend) {
    bench.as_driver([&] {
        UNICODE_STRING a = counted(u"Adapter-\u00E4");
        UNICODE_STRING b = counted(u"ADAPTER-\u00C4");
        EXPECT_FALSE(NdisEqualString(&a, &b, FALSE));
        EXPECT_TRUE(NdisEqualString(&a, &b, TRUE));
        EXPECT_EQ(RtlCompareUnicodeString(&a, &b, TRUE), 0);
        EXPECT_GT(RtlCompareUnicodeString(&a, &b, FALSE), 0);
        UNICODE_STRING prefix = counted(u"adapt");
        EXPECT_TRUE(RtlPrefixUnicodeString(&prefix, &b, TRUE));
        EXPECT_FALSE(RtlPrefixUnicodeString(&b, &prefix, TRUE));
        WCHAR room[8];
        UNICODE_STRING small{0, sizeof room, room};
        RtlCopyUnicodeString(&small, &a);
        EXPECT_EQ(to_utf8(&small), "Adapter-");
        EXPECT_EQ(RtlAppendUnicodeToString(&small, u"x"), STATUS_BUFFER_TOO_SMALL);
        small.Length = 4;
        EXPECT_EQ(RtlAppendUnicodeStringToString(&small, &prefix), STATUS_SUCCESS);
        EXPECT_EQ(to_utf8(&small), "Adadapt");
        EXPECT_EQ(NdisUpcaseUnicodeString(&small, &prefix), STATUS_SUCCESS);
        EXPECT_EQ(to_utf8(&small), "ADAPT");
    });
}

TEST_F(Strings, ConversionsAllocateAndGiveBack) {
    bench.as_driver([&] {
        NDIS_STRING wide;
        NdisInitializeString(&wide, reinterpret_cast<PUCHAR>(const_cast<char*>("plain text")));
        ANSI_STRING narrow;
        EXPECT_EQ(RtlUnicodeStringToAnsiString(&narrow, &wide, TRUE), STATUS_SUCCESS);
        EXPECT_STREQ(narrow.Buffer, "plain text");
        UNICODE_STRING again;
        EXPECT_EQ(RtlAnsiStringToUnicodeString(&again, &narrow, TRUE), STATUS_SUCCESS);
        EXPECT_TRUE(RtlEqualUnicodeString(&wide, &again, FALSE));
        char room[5];
        ANSI_STRING tight{0, sizeof room, room};
        EXPECT_EQ(NdisUnicodeStringToAnsiString(&tight, &wide), STATUS_BUFFER_OVERFLOW);
        RtlFreeUnicodeString(&again);
        RtlFreeAnsiString(&narrow);
        NdisFreeString(wide);
    });
    EXPECT_EQ(machine.pool().live_count(intermediate), 0u);
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(Strings, DebugOutputBecomesMessagesWithWindowsFormats) {
    bench.as_driver([&] {
        UNICODE_STRING wide = counted(u"\\DEVICE\\x");
        ANSI_STRING narrow{3, 4, const_cast<char*>("abc")};
        DbgPrint("%wZ %Z %ws %S %s %c%C\n", &wide, &narrow, u"w", u"S", "s", 'c', 'C');
        DbgPrint("%d %u %x %08X %#x %5d|%-5d|%+d %i", -1, 4294967295u, 255, 0xBEEF, 16, 42, 42, 42, 7);
        DbgPrint("%lu %ld %I64d %I64x %llu %Iu %hd", 4000000000u, -5, -6000000000LL, 0xABCDEF0123LL, 1ULL << 40, SIZE_T{9}, 70000);
        DbgPrint("%s %ws %.2s %*d %% %q", static_cast<char*>(nullptr), static_cast<char16_t*>(nullptr), "abcdef", 4, 3);
        DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "%p", bench.adapter);
    });
    const auto messages = bench.events(trace::EventKind::message);
    ASSERT_EQ(messages.size(), 5u);
    EXPECT_EQ(bench.text(messages[0].name), "\\DEVICE\\x abc w S s cC");
    EXPECT_EQ(bench.text(messages[1].name), "-1 4294967295 ff 0000BEEF 0x10    42|42   |+42 7");
    EXPECT_EQ(bench.text(messages[2].name), "4000000000 -5 -6000000000 abcdef0123 1099511627776 9 4464");
    EXPECT_EQ(bench.text(messages[3].name), "(null) (null) ab    3 % %q");
    EXPECT_EQ(bench.text(messages[4].name).substr(0, 7), "FFFFFA9");
    EXPECT_EQ(messages[0].layer, intermediate);
}

TEST_F(Strings, AFailedAssertionIsAFindingWithoutThePathOfTheBuild) {
    bench.as_driver([&] { NT_ASSERT(1 == 2); });
    ASSERT_EQ(machine.findings().size(), 1u);
    EXPECT_THAT(machine.findings()[0].explanation, ::testing::HasSubstr("1 == 2 (strings_test.cpp:"));
}

RC_GTEST_PROP(UnicodeProperty, TextSurvivesBothWays, ()) {
    std::u16string text;
    for (const char32_t character : *rc::gen::container<std::vector<char32_t>>(rc::gen::oneOf(
             rc::gen::inRange<char32_t>(1, 0x250), rc::gen::inRange<char32_t>(0x1000, 0xD800), rc::gen::inRange<char32_t>(0x10000, 0x110000)))) {
        if (character < 0x10000) {
            text.push_back(static_cast<char16_t>(character));
        } else {
            text.push_back(static_cast<char16_t>(0xD800 + ((character - 0x10000) >> 10)));
            text.push_back(static_cast<char16_t>(0xDC00 + ((character - 0x10000) & 0x3FF)));
        }
    }
    RC_ASSERT(to_utf16(to_utf8(text)) == text);
}

RC_GTEST_PROP(UnicodeProperty, AnyBytesGiveWellFormedText, (const std::string& bytes)) {
    const std::string clean = to_utf8(to_utf16(bytes));
    RC_ASSERT(to_utf8(to_utf16(clean)) == clean);
}

}  // namespace
}  // namespace chimneylab::machine::test
