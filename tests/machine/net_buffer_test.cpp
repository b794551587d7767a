// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstring>

#include "tests/machine/machine_fixture.h"

namespace chimneylab::machine::test {
namespace {

// Pools of a driver, and data it can show: byte i of the data is i.
struct NetBench : Bench {
    NDIS_HANDLE lists = nullptr;
    NDIS_HANDLE plain_lists = nullptr;
    NDIS_HANDLE buffers = nullptr;
    std::vector<PMDL> mdls;
    std::vector<PVOID> memory;

    NetBench() {
        as_driver([&] {
            NET_BUFFER_LIST_POOL_PARAMETERS parameters{};
            parameters.Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, sizeof parameters};
            parameters.fAllocateNetBuffer = TRUE;
            parameters.ContextSize = 32;
            parameters.PoolTag = test_tag;
            parameters.ProtocolId = NDIS_PROTOCOL_ID_TCP_IP;
            lists = NdisAllocateNetBufferListPool(adapter, &parameters);
            parameters.fAllocateNetBuffer = FALSE;
            parameters.ContextSize = 0;
            plain_lists = NdisAllocateNetBufferListPool(adapter, &parameters);
            NET_BUFFER_POOL_PARAMETERS pool{};
            pool.Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, sizeof pool};
            pool.PoolTag = test_tag;
            buffers = NdisAllocateNetBufferPool(adapter, &pool);
        });
    }
    // A chain of MDLs of these sizes, filled from start on.
    PMDL chain(const std::vector<UINT>& sizes, unsigned char start = 0) {
        PMDL first = nullptr;
        PMDL* link = &first;
        for (UINT size : sizes) {
            auto* bytes = static_cast<unsigned char*>(test::allocate(*this, size));
            for (UINT i = 0; i < size; ++i) bytes[i] = start++;
            *link = NdisAllocateMdl(adapter, bytes, size);
            memory.push_back(bytes);
            mdls.push_back(*link);
            link = &(*link)->Next;
        }
        return first;
    }
    void release_chains() {
        for (PMDL mdl : mdls) NdisFreeMdl(mdl);
        for (PVOID bytes : memory) NdisFreeMemory(bytes, 0, 0);
        mdls.clear();
        memory.clear();
    }
    void free_pools() {
        NdisFreeNetBufferPool(buffers);
        NdisFreeNetBufferListPool(lists);
        NdisFreeNetBufferListPool(plain_lists);
    }
    static std::vector<unsigned char> data(PNET_BUFFER buffer) {
        std::vector<unsigned char> bytes(buffer->DataLength);
        if (bytes.empty()) return bytes;
        const void* found = NdisGetDataBuffer(buffer, buffer->DataLength, bytes.data(), 1, 0);
        if (!found) return {};
        if (found != bytes.data()) std::memcpy(bytes.data(), found, bytes.size());
        return bytes;
    }
};

class NetBuffers : public ::testing::Test {
protected:
    NetBench bench;
    Machine& machine = bench.machine;
};

TEST_F(NetBuffers, AListComesWithItsContextAndItsNetBuffer) {
    bench.as_driver([&] {
        PMDL mdl = bench.chain({10, 20});
        PNET_BUFFER_LIST list = NdisAllocateNetBufferAndNetBufferList(bench.lists, 16, 0, mdl, 12, 18);
        ASSERT_NE(list, nullptr);
        EXPECT_EQ(reinterpret_cast<std::uint64_t>(list) % 16, 0u);
        EXPECT_EQ(list->FirstNetBuffer->CurrentMdl, mdl->Next);
        EXPECT_EQ(list->FirstNetBuffer->CurrentMdlOffset, 2u);
        EXPECT_EQ(list->Context->Size, 32);
        EXPECT_EQ(list->Context->Offset, 16);
        EXPECT_EQ(NdisGetNetBufferListProtocolId(list), NDIS_PROTOCOL_ID_TCP_IP);
        EXPECT_EQ(NdisGetPoolFromNetBufferList(list), bench.lists);
        EXPECT_EQ(NetBench::data(list->FirstNetBuffer)[0], 12);
        EXPECT_EQ(machine.net_buffer_pools().outstanding_lists(intermediate), 1u);
        NdisFreeNetBufferList(list);
        bench.release_chains();
        bench.free_pools();
    });
    EXPECT_EQ(machine.pool().live_count(intermediate), 0u);
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(NetBuffers, MisuseOfListsAndPoolsIsFound) {
    bench.as_driver([&] {
        PNET_BUFFER_LIST list = NdisAllocateNetBufferList(bench.plain_lists, 0, 0);
        EXPECT_EQ(list->Context, nullptr);
        EXPECT_EQ(NdisAllocateNetBufferAndNetBufferList(bench.lists, 0, 0, bench.chain({8}), 4, 5), nullptr);
        EXPECT_EQ(bench.count(FindingKind::buffer_overrun), 1u);
        NdisFreeNetBufferListPool(bench.plain_lists);
        EXPECT_EQ(bench.count(FindingKind::leak), 1u);
        NdisFreeNetBufferList(list);
        EXPECT_EQ(bench.count(FindingKind::invalid_free), 1u);
        NdisFreeNetBufferList(list);
        EXPECT_EQ(bench.count(FindingKind::double_free), 1u);
        EXPECT_EQ(NdisAllocateNetBufferList(bench.plain_lists, 0, 0), nullptr);
        EXPECT_EQ(NdisAllocateNetBufferList(bench.buffers, 0, 0), nullptr);
        EXPECT_EQ(bench.count(FindingKind::foreign_handle), 2u);
        PNET_BUFFER_LIST with_buffer = NdisAllocateNetBufferAndNetBufferList(bench.lists, 0, 0, nullptr, 0, 0);
        NdisFreeNetBuffer(with_buffer->FirstNetBuffer);
        EXPECT_EQ(bench.count(FindingKind::invalid_free), 2u);
    });
}

TEST_F(NetBuffers, ContextsArePushedIntoTheBackfillThenInFront) {
    bench.as_driver([&] {
        PNET_BUFFER_LIST list = NdisAllocateNetBufferList(bench.lists, 0, 0);
        PNET_BUFFER_LIST_CONTEXT own = list->Context;
        const std::size_t before = machine.pool().live_count(intermediate);
        EXPECT_EQ(NdisAllocateNetBufferListContext(list, 16, 0, test_tag), NDIS_STATUS_SUCCESS);
        EXPECT_EQ(list->Context, own);
        EXPECT_EQ(own->Offset, 16);
        EXPECT_EQ(machine.pool().live_count(intermediate), before);
        EXPECT_EQ(NdisAllocateNetBufferListContext(list, 24, 40, test_tag), NDIS_STATUS_SUCCESS);
        EXPECT_NE(list->Context, own);
        EXPECT_EQ(list->Context->Next, own);
        EXPECT_EQ(list->Context->Offset, 40);
        EXPECT_EQ(NdisAllocateNetBufferListContext(list, 40, 0, test_tag), NDIS_STATUS_SUCCESS);
        EXPECT_EQ(list->Context->Offset, 0);
        NdisFreeNetBufferListContext(list, 40);
        NdisFreeNetBufferListContext(list, 24);
        EXPECT_EQ(list->Context, own);
        NdisFreeNetBufferListContext(list, 16);
        EXPECT_EQ(own->Offset, 32);
        EXPECT_TRUE(machine.findings().empty());
        NdisFreeNetBufferListContext(list, 16);
        EXPECT_EQ(bench.count(FindingKind::invalid_free), 1u);
        NdisAllocateNetBufferListContext(list, 16, 0, test_tag);
        NdisFreeNetBufferListContext(list, 8);
        EXPECT_EQ(bench.count(FindingKind::invalid_free), 2u);
        NdisAllocateNetBufferListContext(list, 64, 0, test_tag);
        NdisFreeNetBufferList(list);
        EXPECT_EQ(bench.count(FindingKind::leak), 1u);
    });
    EXPECT_EQ(machine.pool().live_count(intermediate), 0u);
}

// Any nesting of pushes and pops: each context keeps its bytes while others come and go above it, and nothing is left.
RC_GTEST_PROP(ContextProperty, EveryContextKeepsItsBytesUntilItIsPopped, ()) {
    NetBench bench;
    bench.as_driver([&] {
        const auto room = static_cast<USHORT>(16 * *rc::gen::inRange(0, 6));
        PNET_BUFFER_LIST list = NdisAllocateNetBufferList(bench.lists, 0, room);
        struct Pushed { USHORT size; unsigned char fill; };
        std::vector<Pushed> stack;
        const int steps = *rc::gen::inRange(1, 60);
        for (int step = 0; step < steps; ++step) {
            if (stack.empty() || *rc::gen::inRange(0, 3) != 0) {
                const auto size = static_cast<USHORT>(8 * *rc::gen::inRange(1, 10));
                const auto backfill = static_cast<USHORT>(8 * *rc::gen::inRange(0, 10));
                RC_ASSERT(NdisAllocateNetBufferListContext(list, size, backfill, test_tag) == NDIS_STATUS_SUCCESS);
                const auto fill = static_cast<unsigned char>(step);
                std::memset(NET_BUFFER_LIST_CONTEXT_DATA_START(list), fill, size);
                stack.push_back({size, fill});
            } else {
                const auto* bytes = NET_BUFFER_LIST_CONTEXT_DATA_START(list);
                for (USHORT i = 0; i < stack.back().size; ++i) RC_ASSERT(bytes[i] == stack.back().fill);
                NdisFreeNetBufferListContext(list, stack.back().size);
                stack.pop_back();
            }
        }
        for (; !stack.empty(); stack.pop_back()) {
            const auto* bytes = NET_BUFFER_LIST_CONTEXT_DATA_START(list);
            for (USHORT i = 0; i < stack.back().size; ++i) RC_ASSERT(bytes[i] == stack.back().fill);
            NdisFreeNetBufferListContext(list, stack.back().size);
        }
        RC_ASSERT(list->Context->Offset == list->Context->Size);
        RC_ASSERT(list->Context->Next == nullptr);
        NdisFreeNetBufferList(list);
    });
    RC_ASSERT(bench.machine.findings().empty());
    RC_ASSERT(bench.machine.pool().live_count(intermediate) == 0u);
}

TEST_F(NetBuffers, RetreatUsesTheRoomInFrontThenANewMdl) {
    bench.as_driver([&] {
        PMDL mdl = bench.chain({20});
        PNET_BUFFER buffer = NdisAllocateNetBuffer(bench.buffers, mdl, 6, 14);
        EXPECT_EQ(NdisRetreatNetBufferDataStart(buffer, 4, 0, nullptr), NDIS_STATUS_SUCCESS);
        EXPECT_EQ(buffer->DataOffset, 2u);
        EXPECT_EQ(buffer->MdlChain, mdl);
        EXPECT_EQ(NetBench::data(buffer)[0], 2);
        EXPECT_EQ(NdisRetreatNetBufferDataStart(buffer, 10, 6, nullptr), NDIS_STATUS_SUCCESS);
        EXPECT_NE(buffer->MdlChain, mdl);
        EXPECT_EQ(MmGetMdlByteCount(buffer->MdlChain), 16u);
        EXPECT_EQ(buffer->DataOffset, 8u);
        EXPECT_EQ(buffer->DataLength, 28u);
        // 8 new bytes, then the two that were free in front of the data.
        EXPECT_EQ(NetBench::data(buffer)[8], 0);
        EXPECT_EQ(NetBench::data(buffer)[10], 2);
        NdisAdvanceNetBufferDataStart(buffer, 10, TRUE, nullptr);
        EXPECT_EQ(buffer->MdlChain, mdl);
        EXPECT_EQ(buffer->DataOffset, 2u);
        NdisAdvanceNetBufferDataStart(buffer, 4, TRUE, nullptr);
        EXPECT_EQ(buffer->DataOffset, 6u);
        EXPECT_EQ(buffer->DataLength, 14u);
        EXPECT_TRUE(machine.findings().empty());
        NdisAdvanceNetBufferDataStart(buffer, 15, FALSE, nullptr);
        EXPECT_EQ(bench.count(FindingKind::buffer_overrun), 1u);
        EXPECT_EQ(buffer->DataLength, 14u);
        NdisFreeNetBuffer(buffer);
        bench.release_chains();
    });
    EXPECT_EQ(machine.pool().live_count(intermediate), 0u);
}

PMDL failing_mdl(PULONG) { return nullptr; }

TEST_F(NetBuffers, ARetreatOfAListIsAllOrNothing) {
    bench.as_driver([&] {
        PNET_BUFFER_LIST list = NdisAllocateNetBufferAndNetBufferList(bench.lists, 0, 0, bench.chain({30}), 10, 20);
        PNET_BUFFER second = NdisAllocateNetBuffer(bench.buffers, bench.chain({30}), 2, 28);
        list->FirstNetBuffer->Next = second;
        EXPECT_EQ(NdisRetreatNetBufferListDataStart(list, 8, 0, failing_mdl, nullptr), NDIS_STATUS_RESOURCES);
        EXPECT_EQ(list->FirstNetBuffer->DataOffset, 10u);
        EXPECT_EQ(second->DataOffset, 2u);
        EXPECT_EQ(NdisRetreatNetBufferListDataStart(list, 8, 0, nullptr, nullptr), NDIS_STATUS_SUCCESS);
        EXPECT_EQ(list->FirstNetBuffer->DataLength, 28u);
        EXPECT_EQ(second->DataLength, 36u);
        NdisAdvanceNetBufferListDataStart(list, 8, TRUE, nullptr);
        EXPECT_EQ(second->DataOffset, 2u);
        NdisFreeNetBuffer(second);
        NdisFreeNetBufferList(list);
        bench.release_chains();
    });
    EXPECT_EQ(machine.pool().live_count(intermediate), 0u);
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(NetBuffers, APoolWithADataSizeBringsMemory) {
    bench.as_driver([&] {
        NET_BUFFER_POOL_PARAMETERS parameters{};
        parameters.Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, sizeof parameters};
        parameters.PoolTag = test_tag;
        parameters.DataSize = 100;
        NDIS_HANDLE pool = NdisAllocateNetBufferPool(bench.adapter, &parameters);
        PNET_BUFFER buffer = NdisAllocateNetBufferMdlAndData(pool);
        EXPECT_EQ(buffer->DataLength, 0u);
        EXPECT_EQ(NdisRetreatNetBufferDataStart(buffer, 60, 0, nullptr), NDIS_STATUS_SUCCESS);
        auto* data = static_cast<unsigned char*>(NdisGetDataBuffer(buffer, 60, nullptr, 1, 0));
        ASSERT_NE(data, nullptr);
        std::memset(data, 7, 60);
        NdisAdvanceNetBufferDataStart(buffer, 60, TRUE, nullptr);
        EXPECT_NE(buffer->MdlChain, nullptr);
        NdisFreeNetBuffer(buffer);
        NdisFreeNetBufferPool(pool);
    });
    EXPECT_EQ(machine.pool().live_count(intermediate), 0u);
    EXPECT_TRUE(machine.findings().empty());
}

RC_GTEST_PROP(DataProperty, RetreatAndAdvanceUndoEachOther, ()) {
    NetBench bench;
    bench.as_driver([&] {
        const auto sizes = *rc::gen::nonEmpty(rc::gen::container<std::vector<UINT>>(rc::gen::inRange<UINT>(1, 40)));
        UINT total = 0;
        for (UINT size : sizes) total += size;
        // Within the first MDL: one that lies wholly in front of the data is FreeMdl's to free, whoever put it there.
        const ULONG offset = *rc::gen::inRange<ULONG>(0, sizes.front());
        PMDL chain = bench.chain(sizes);
        PNET_BUFFER buffer = NdisAllocateNetBuffer(bench.buffers, chain, offset, total - offset);
        const NET_BUFFER before = *buffer;
        const std::vector<unsigned char> data = NetBench::data(buffer);
        const auto deltas = *rc::gen::container<std::vector<ULONG>>(rc::gen::inRange<ULONG>(1, 50));
        for (ULONG delta : deltas)
            RC_ASSERT(NdisRetreatNetBufferDataStart(buffer, delta, *rc::gen::inRange<ULONG>(0, 30), nullptr) == NDIS_STATUS_SUCCESS);
        ULONG grown = 0;
        for (ULONG delta : deltas) grown += delta;
        RC_ASSERT(buffer->DataLength == total - offset + grown);
        const std::vector<unsigned char> all = NetBench::data(buffer);
        RC_ASSERT(std::equal(data.begin(), data.end(), all.end() - static_cast<std::ptrdiff_t>(data.size())));
        // Undone in one sweep or step by step, it is what it was.
        if (*rc::gen::arbitrary<bool>()) {
            if (grown) NdisAdvanceNetBufferDataStart(buffer, grown, TRUE, nullptr);
        } else {
            for (auto delta = deltas.rbegin(); delta != deltas.rend(); ++delta) NdisAdvanceNetBufferDataStart(buffer, *delta, TRUE, nullptr);
        }
        RC_ASSERT(buffer->DataLength == before.DataLength);
        RC_ASSERT(NetBench::data(buffer) == data);
        RC_ASSERT(buffer->MdlChain == before.MdlChain);
        RC_ASSERT(buffer->CurrentMdl == before.CurrentMdl);
        RC_ASSERT(buffer->CurrentMdlOffset == before.CurrentMdlOffset);
        RC_ASSERT(buffer->DataOffset == before.DataOffset);
        NdisFreeNetBuffer(buffer);
        bench.release_chains();
        RC_ASSERT(bench.machine.pool().live_count(intermediate) == 0u);
    });
    RC_ASSERT(bench.machine.findings().empty());
}

// Original data → fragments with headers → reassembled: the same bytes, and everything is given back.
RC_GTEST_PROP(DataProperty, FragmentsAndClonesShowTheSameBytes, ()) {
    NetBench bench;
    bench.as_driver([&] {
        const auto sizes = *rc::gen::nonEmpty(rc::gen::container<std::vector<UINT>>(rc::gen::inRange<UINT>(1, 60)));
        UINT total = 0;
        for (UINT size : sizes) total += size;
        const ULONG start = *rc::gen::inRange<ULONG>(0, total);
        const ULONG piece = *rc::gen::inRange<ULONG>(1, 50);
        const ULONG header = *rc::gen::inRange<ULONG>(0, 20);
        PNET_BUFFER_LIST original = NdisAllocateNetBufferAndNetBufferList(bench.lists, 0, 0, bench.chain(sizes), 0, total);
        const std::vector<unsigned char> data = NetBench::data(original->FirstNetBuffer);

        PNET_BUFFER_LIST fragments = NdisAllocateFragmentNetBufferList(original, bench.plain_lists, bench.buffers, start, piece, header, 4, 0);
        RC_ASSERT(fragments != nullptr);
        std::vector<unsigned char> joined;
        for (PNET_BUFFER part = fragments->FirstNetBuffer; part; part = part->Next) {
            const auto bytes = NetBench::data(part);
            RC_ASSERT(bytes.size() > header && bytes.size() <= header + piece);
            joined.insert(joined.end(), bytes.begin() + header, bytes.end());
        }
        const std::vector<unsigned char> expected(data.begin() + start, data.end());
        RC_ASSERT(joined == expected);

        PNET_BUFFER_LIST whole = NdisAllocateReassembledNetBufferList(fragments, bench.lists, header, 8, 0, 0);
        RC_ASSERT(whole != nullptr);
        const auto reassembled = NetBench::data(whole->FirstNetBuffer);
        RC_ASSERT(std::vector<unsigned char>(reassembled.begin() + 8, reassembled.end()) == expected);

        for (ULONG flags : {0u, static_cast<ULONG>(NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS)}) {
            PNET_BUFFER_LIST clone = NdisAllocateCloneNetBufferList(original, bench.plain_lists, bench.buffers, flags);
            RC_ASSERT(clone != nullptr);
            RC_ASSERT(NetBench::data(clone->FirstNetBuffer) == data);
            RC_ASSERT((clone->FirstNetBuffer->MdlChain == original->FirstNetBuffer->MdlChain) == (flags != 0));
            NdisFreeCloneNetBufferList(clone, flags);
        }
        NdisFreeReassembledNetBufferList(whole, 8, 0);
        NdisFreeFragmentNetBufferList(fragments, header, 0);
        NdisFreeNetBufferList(original);
        bench.release_chains();
        bench.free_pools();
    });
    RC_ASSERT(bench.machine.findings().empty());
    RC_ASSERT(bench.machine.pool().live_count(intermediate) == 0u);
}

// Wherever memory runs out, a derived list is made whole or not at all.
RC_GTEST_PROP(DataProperty, DerivedListsLeaveNothingBehindWhenMemoryRunsOut, ()) {
    NetBench bench;
    bench.as_driver([&] {
        PNET_BUFFER_LIST original = NdisAllocateNetBufferAndNetBufferList(bench.lists, 0, 0, bench.chain({40, 30, 50}), 3, 110);
        const std::size_t before = bench.machine.pool().live_count(intermediate);
        const auto n = *rc::gen::inRange<std::uint64_t>(1, 40);
        const int kind = *rc::gen::inRange(0, 3);
        bench.machine.pool().faults().fail_nth(n, FaultFilter{});
        PNET_BUFFER_LIST derived =
            kind == 0   ? NdisAllocateFragmentNetBufferList(original, bench.plain_lists, bench.buffers, 2, 25, 10, 0, 0)
            : kind == 1 ? NdisAllocateCloneNetBufferList(original, bench.plain_lists, bench.buffers, 0)
                        : NdisAllocateReassembledNetBufferList(original, bench.lists, 1, 14, 0, 0);
        bench.machine.pool().faults().clear();
        if (!derived) {
            RC_ASSERT(bench.machine.pool().live_count(intermediate) == before);
        } else if (kind == 0) {
            NdisFreeFragmentNetBufferList(derived, 10, 0);
        } else if (kind == 1) {
            NdisFreeCloneNetBufferList(derived, 0);
        } else {
            NdisFreeReassembledNetBufferList(derived, 14, 0);
        }
        RC_ASSERT(bench.machine.pool().live_count(intermediate) == before);
    });
    RC_ASSERT(bench.machine.findings().empty());
}

TEST_F(NetBuffers, CopyAndAlignedAccess) {
    bench.as_driver([&] {
        PNET_BUFFER from = NdisAllocateNetBuffer(bench.buffers, bench.chain({7, 9}), 1, 15);
        PNET_BUFFER to = NdisAllocateNetBuffer(bench.buffers, bench.chain({5, 5, 5}, 100), 0, 15);
        ULONG copied = 0;
        EXPECT_EQ(NdisCopyFromNetBufferToNetBuffer(to, 3, 100, from, 2, &copied), NDIS_STATUS_SUCCESS);
        EXPECT_EQ(copied, 12u);
        const auto bytes = NetBench::data(to);
        EXPECT_EQ(bytes[2], 102);
        EXPECT_EQ(bytes[3], 3);
        EXPECT_EQ(bytes[14], 14);
        unsigned char storage[16];
        EXPECT_EQ(NdisGetDataBuffer(from, 6, nullptr, 1, 0), static_cast<unsigned char*>(MmGetMdlVirtualAddress(from->CurrentMdl)) + 1);
        EXPECT_EQ(NdisGetDataBuffer(from, 7, nullptr, 1, 0), nullptr);
        EXPECT_EQ(NdisGetDataBuffer(from, 7, storage, 1, 0), storage);
        EXPECT_EQ(NdisGetDataBuffer(from, 6, storage, 16, 0), storage);
        EXPECT_EQ(NdisGetDataBuffer(from, 16, storage, 1, 0), nullptr);
        EXPECT_EQ(NdisQueryNetBufferPhysicalCount(from), 2u);
    });
}

TEST_F(NetBuffers, MdlsDescribeMemoryAndParts) {
    bench.as_driver([&] {
        auto* memory = static_cast<unsigned char*>(allocate(bench, 5000));
        PMDL mdl = IoAllocateMdl(memory, 5000, FALSE, FALSE, nullptr);
        MmBuildMdlForNonPagedPool(mdl);
        EXPECT_EQ(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), memory);
        EXPECT_EQ(MmGetMdlVirtualAddress(mdl), memory);
        PMDL part = IoAllocateMdl(memory, 5000, FALSE, FALSE, nullptr);
        IoBuildPartialMdl(mdl, part, memory + 100, 50);
        EXPECT_EQ(MmGetSystemAddressForMdlSafe(part, NormalPagePriority), memory + 100);
        EXPECT_EQ(MmGetMdlByteCount(part), 50u);
        EXPECT_TRUE(machine.findings().empty());
        IoBuildPartialMdl(mdl, part, memory + 4990, 50);
        EXPECT_EQ(bench.count(FindingKind::buffer_overrun), 1u);
        NdisAdjustMdlLength(mdl, 3000);
        EXPECT_EQ(MmGetMdlByteCount(mdl), 3000u);
        NdisAdjustMdlLength(mdl, 50'000);
        EXPECT_EQ(bench.count(FindingKind::buffer_overrun), 2u);
        NdisFreeMdl(static_cast<PMDL>(static_cast<PVOID>(memory)));
        EXPECT_EQ(bench.count(FindingKind::invalid_free), 1u);
        IoFreeMdl(part);
        IoFreeMdl(mdl);
    });
}

}  // namespace
}  // namespace chimneylab::machine::test
