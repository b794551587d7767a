// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the headers themselves do: lists, interlocked operations, strings, flag tests, Ethernet addresses.
#include <ndis.h>
#include <ntstrsafe.h>

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace {

struct Item {
    int value;
    LIST_ENTRY link;
};

std::vector<int> values(const LIST_ENTRY& head)
{
    std::vector<int> result;
    for (PLIST_ENTRY at = head.Flink; at != &head; at = at->Flink) {
        EXPECT_EQ(at->Blink->Flink, at);
        result.push_back(CONTAINING_RECORD(at, Item, link)->value);
    }
    return result;
}

TEST(Lists, KeepOrderAtBothEnds)
{
    LIST_ENTRY head;
    InitializeListHead(&head);
    EXPECT_TRUE(IsListEmpty(&head));
    EXPECT_EQ(RemoveHeadList(&head), &head);
    EXPECT_EQ(RemoveTailList(&head), &head);

    Item a{1, {}}, b{2, {}}, c{3, {}};
    InsertTailList(&head, &a.link);
    InsertTailList(&head, &b.link);
    InsertHeadList(&head, &c.link);
    EXPECT_EQ(values(head), (std::vector{3, 1, 2}));
    EXPECT_FALSE(RemoveEntryList(&a.link));
    EXPECT_EQ(values(head), (std::vector{3, 2}));
    EXPECT_EQ(RemoveTailList(&head), &b.link);
    EXPECT_TRUE(RemoveEntryList(&c.link));
    EXPECT_TRUE(IsListEmpty(&head));

    SINGLE_LIST_ENTRY single{nullptr}, first{}, second{};
    EXPECT_EQ(PopEntryList(&single), nullptr);
    PushEntryList(&single, &first);
    PushEntryList(&single, &second);
    EXPECT_EQ(PopEntryList(&single), &second);
    EXPECT_EQ(PopEntryList(&single), &first);
}

TEST(Interlocked, ReturnNewOrOldValuesAsDocumented)
{
    LONG value = 5;
    EXPECT_EQ(InterlockedIncrement(&value), 6);
    EXPECT_EQ(NdisInterlockedDecrement(&value), 5);
    EXPECT_EQ(InterlockedExchange(&value, 9), 5);
    EXPECT_EQ(InterlockedExchangeAdd(&value, 3), 9);
    EXPECT_EQ(InterlockedCompareExchange(&value, 1, 99), 12);
    EXPECT_EQ(value, 12);
    EXPECT_EQ(InterlockedCompareExchange(&value, 1, 12), 12);
    EXPECT_EQ(InterlockedOr(&value, 6), 1);
    EXPECT_EQ(InterlockedAnd(&value, 3), 7);
    EXPECT_EQ(value, 3);
    PVOID pointer = &value;
    EXPECT_EQ(InterlockedCompareExchangePointer(&pointer, nullptr, &value), &value);
    EXPECT_EQ(pointer, nullptr);
}

TEST(Strings, CountBytesAndKeepTheBuffer)
{
    UNICODE_STRING string;
    RtlInitUnicodeString(&string, u"\\Device\\Lab");
    EXPECT_EQ(string.Length, 22);
    EXPECT_EQ(string.MaximumLength, 24);
    RtlInitUnicodeString(&string, nullptr);
    EXPECT_EQ(string.Length, 0);
    EXPECT_EQ(string.MaximumLength, 0);
    EXPECT_EQ(string.Buffer, nullptr);
    ANSI_STRING narrow;
    NdisInitAnsiString(&narrow, "abc");
    EXPECT_EQ(narrow.Length, 3);
    EXPECT_EQ(narrow.MaximumLength, 4);
}

TEST(Strings, BoundedCopiesTerminateAndTell)
{
    CHAR text[4] = "zzz";
    EXPECT_EQ(RtlStringCbCopyA(text, sizeof text, "abc"), STATUS_SUCCESS);
    EXPECT_STREQ(text, "abc");
    EXPECT_EQ(RtlStringCbCopyA(text, sizeof text, "abcd"), STATUS_BUFFER_OVERFLOW);
    EXPECT_STREQ(text, "abc");
    EXPECT_EQ(RtlStringCbCopyA(text, 0, "a"), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlStringCchCopyNA(text, 4, "abcdef", 2), STATUS_SUCCESS);
    EXPECT_STREQ(text, "ab");
    EXPECT_EQ(RtlStringCchCatA(text, 4, "xy"), STATUS_BUFFER_OVERFLOW);
    EXPECT_STREQ(text, "abx");
    WCHAR wide[3];
    EXPECT_EQ(RtlStringCbCopyW(wide, sizeof wide, u"ab"), STATUS_SUCCESS);
    SIZE_T length = 0;
    EXPECT_EQ(RtlStringCbLengthW(wide, sizeof wide, &length), STATUS_SUCCESS);
    EXPECT_EQ(length, 4u);
    EXPECT_EQ(RtlStringCchLengthW(wide, 2, &length), STATUS_INVALID_PARAMETER);
}

TEST(Memory, ComparesTheBytesThatAreEqual)
{
    EXPECT_EQ(RtlCompareMemory("abcd", "abxd", 4), 2u);
    EXPECT_EQ(RtlCompareMemory("abcd", "abcd", 4), 4u);
    EXPECT_TRUE(NdisEqualMemory("ab", "ab", 2));
    unsigned char bytes[5] = {};
    NdisStoreUlong(bytes + 1, 0x01020304);
    ULONG value = 0;
    NdisRetrieveUlong(&value, bytes + 1);
    EXPECT_EQ(value, 0x01020304u);
    EXPECT_EQ(bytes[0], 0);
}

TEST(NetBufferLists, MacrosReachTheirMembers)
{
    alignas(16) unsigned char context_memory[sizeof(NET_BUFFER_LIST_CONTEXT) + 64] = {};
    auto* context = reinterpret_cast<PNET_BUFFER_LIST_CONTEXT>(context_memory);
    context->Size = 64;
    context->Offset = 48;
    NET_BUFFER_LIST list;
    std::memset(static_cast<void*>(&list), 0, sizeof list);
    list.Context = context;
    EXPECT_EQ(NET_BUFFER_LIST_CONTEXT_DATA_START(&list), context_memory + 16 + 48);
    EXPECT_EQ(NET_BUFFER_LIST_CONTEXT_DATA_START(&list), &context->ContextData[48]);
    NET_BUFFER_LIST_INFO(&list, NetBufferListProtocolId) = reinterpret_cast<PVOID>(std::uintptr_t{0x08001234});
    NdisSetNetBufferListProtocolId(&list, NDIS_PROTOCOL_ID_TCP_IP);
    EXPECT_EQ(NdisGetNetBufferListProtocolId(&list), NDIS_PROTOCOL_ID_TCP_IP);
    EXPECT_EQ(NET_BUFFER_LIST_INFO(&list, NetBufferListProtocolId), reinterpret_cast<PVOID>(std::uintptr_t{0x08001202}));
    NdisSetNblFlag(&list, NDIS_NBL_FLAGS_IS_TCP | NDIS_NBL_FLAGS_IS_IPV4);
    EXPECT_TRUE(NdisTestNblFlags(&list, NDIS_NBL_FLAGS_IS_TCP | NDIS_NBL_FLAGS_IS_IPV4));
    EXPECT_FALSE(NdisTestNblFlags(&list, NDIS_NBL_FLAGS_IS_TCP | NDIS_NBL_FLAGS_IS_IPV6));
}

TEST(Flags, LevelTestsAreExactlyTrueOrFalse)
{
    EXPECT_EQ(NDIS_TEST_SEND_AT_DISPATCH_LEVEL(0xFFFFFFFFu), TRUE);
    EXPECT_EQ(NDIS_TEST_RECEIVE_CANNOT_PEND(0xFFFFFFFFu), TRUE);
    EXPECT_EQ(NDIS_TEST_RECEIVE_CAN_PEND(0xFFFFFFFFu), FALSE);
    EXPECT_EQ(NDIS_TEST_RETURN_AT_DISPATCH_LEVEL(0u), FALSE);
}

TEST(Ethernet, AddressesCompareAndClassify)
{
    const UCHAR broadcast[6] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    const UCHAR group[6] = {0x01, 0, 0x5E, 0, 0, 1};
    const UCHAR one[6] = {2, 0, 0, 0, 0, 1};
    UCHAR copy[6] = {};
    EXPECT_TRUE(ETH_IS_BROADCAST(broadcast));
    EXPECT_TRUE(ETH_IS_MULTICAST(broadcast));
    EXPECT_TRUE(ETH_IS_MULTICAST(group));
    EXPECT_FALSE(ETH_IS_BROADCAST(group));
    EXPECT_FALSE(ETH_IS_MULTICAST(one));
    ETH_COPY_NETWORK_ADDRESS(copy, one);
    UINT different = 7;
    ETH_COMPARE_NETWORK_ADDRESSES_EQ(copy, one, &different);
    EXPECT_EQ(different, 0u);
    INT order = 0;
    ETH_COMPARE_NETWORK_ADDRESSES(one, group, &order);
    EXPECT_EQ(order, 1);
    ETH_COMPARE_NETWORK_ADDRESSES(group, one, &order);
    EXPECT_EQ(order, -1);
}

TEST(Irps, StackLocationsAreCountedDownwards)
{
    IO_STACK_LOCATION stack[2] = {};
    IRP irp;
    std::memset(static_cast<void*>(&irp), 0, sizeof irp);
    irp.Tail.Overlay.CurrentStackLocation = &stack[1];
    EXPECT_EQ(IoGetCurrentIrpStackLocation(&irp), &stack[1]);
    EXPECT_EQ(IoGetNextIrpStackLocation(&irp), &stack[0]);
    IoMarkIrpPending(&irp);
    EXPECT_EQ(stack[1].Control, SL_PENDING_RETURNED);
    DRIVER_CANCEL* routine = [](PDEVICE_OBJECT, PIRP) {};
    EXPECT_EQ(IoSetCancelRoutine(&irp, routine), nullptr);
    EXPECT_EQ(IoSetCancelRoutine(&irp, nullptr), routine);
}

} // namespace
