// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Every function that NDIS exports, by name. Naming them here also keeps them in every program that links this library, so
// that a driver loaded from a file finds them.
#include <algorithm>
#include <string_view>

#include "engine/machine/unicode.h"
#include "engine/ndis/driver_call.h"
#include "engine/ndis/system.h"

namespace {

struct Routine {
    std::string_view name;
    void* address;
};

#define ROUTINE(name) Routine{#name, reinterpret_cast<void*>(&name)},

// In order of name.
const Routine routines[] = {
    ROUTINE(NdisAcquireRWLockRead) ROUTINE(NdisAcquireRWLockWrite) ROUTINE(NdisAcquireReadWriteLock) ROUTINE(NdisAcquireSpinLock)
    ROUTINE(NdisAdjustMdlLength) ROUTINE(NdisAdjustNetBufferCurrentMdl) ROUTINE(NdisAdvanceNetBufferDataStart)
    ROUTINE(NdisAdvanceNetBufferListDataStart) ROUTINE(NdisAllocateCloneNetBufferList) ROUTINE(NdisAllocateCloneOidRequest)
    ROUTINE(NdisAllocateFragmentNetBufferList) ROUTINE(NdisAllocateFromNPagedLookasideList) ROUTINE(NdisAllocateGenericObject)
    ROUTINE(NdisAllocateIoWorkItem) ROUTINE(NdisAllocateMdl) ROUTINE(NdisAllocateMemoryWithTag) ROUTINE(NdisAllocateMemoryWithTagPriority) ROUTINE(NdisAllocateNetBuffer)
    ROUTINE(NdisAllocateNetBufferAndNetBufferList) ROUTINE(NdisAllocateNetBufferList) ROUTINE(NdisAllocateNetBufferListContext)
    ROUTINE(NdisAllocateNetBufferListPool) ROUTINE(NdisAllocateNetBufferMdlAndData) ROUTINE(NdisAllocateNetBufferPool) ROUTINE(NdisAllocateRWLock)
    ROUTINE(NdisAllocateReassembledNetBufferList) ROUTINE(NdisAllocateSpinLock) ROUTINE(NdisAllocateTimerObject)
    ROUTINE(NdisAnsiStringToUnicodeString) ROUTINE(NdisCancelDirectOidRequest) ROUTINE(NdisCancelOidRequest) ROUTINE(NdisCancelSendNetBufferLists)
    ROUTINE(NdisCancelTimerObject) ROUTINE(NdisCloseAdapterEx) ROUTINE(NdisCloseConfiguration) ROUTINE(NdisCompleteBindAdapterEx)
    ROUTINE(NdisCompleteNetPnPEvent) ROUTINE(NdisCompleteUnbindAdapterEx) ROUTINE(NdisCopyFromNetBufferToNetBuffer)
    ROUTINE(NdisCopyReceiveNetBufferListInfo) ROUTINE(NdisCopySendNetBufferListInfo) ROUTINE(NdisDeleteNPagedLookasideList)
    ROUTINE(NdisDeregisterDeviceEx) ROUTINE(NdisDeregisterProtocolDriver) ROUTINE(NdisDirectOidRequest) ROUTINE(NdisDprAcquireReadWriteLock)
    ROUTINE(NdisDprAcquireSpinLock) ROUTINE(NdisDprReleaseReadWriteLock) ROUTINE(NdisDprReleaseSpinLock) ROUTINE(NdisEnumerateFilterModules)
    ROUTINE(NdisEqualString) ROUTINE(NdisEqualUnicodeString) ROUTINE(NdisFreeCloneNetBufferList) ROUTINE(NdisFreeCloneOidRequest)
    ROUTINE(NdisFreeFragmentNetBufferList) ROUTINE(NdisFreeGenericObject) ROUTINE(NdisFreeIoWorkItem) ROUTINE(NdisFreeMdl) ROUTINE(NdisFreeMemory)
    ROUTINE(NdisFreeMemoryWithTagPriority) ROUTINE(NdisFreeNetBuffer) ROUTINE(NdisFreeNetBufferList) ROUTINE(NdisFreeNetBufferListContext)
    ROUTINE(NdisFreeNetBufferListPool) ROUTINE(NdisFreeNetBufferPool) ROUTINE(NdisFreeRWLock) ROUTINE(NdisFreeReassembledNetBufferList)
    ROUTINE(NdisFreeSpinLock) ROUTINE(NdisFreeString) ROUTINE(NdisFreeTimerObject) ROUTINE(NdisFreeToNPagedLookasideList)
    ROUTINE(NdisGeneratePartialCancelId) ROUTINE(NdisGetCurrentSystemTime) ROUTINE(NdisGetDataBuffer) ROUTINE(NdisGetDeviceReservedExtension)
    ROUTINE(NdisGetPoolFromNetBuffer) ROUTINE(NdisGetPoolFromNetBufferList) ROUTINE(NdisGetRoutineAddress) ROUTINE(NdisGetSystemUpTimeEx)
    ROUTINE(NdisGetVersion) ROUTINE(NdisIMAssociateMiniport) ROUTINE(NdisIMCancelInitializeDeviceInstance) ROUTINE(NdisIMDeInitializeDeviceInstance)
    ROUTINE(NdisIMGetBindingContext) ROUTINE(NdisIMInitializeDeviceInstanceEx) ROUTINE(NdisIfAddIfStackEntry) ROUTINE(NdisIfDeleteIfStackEntry)
    ROUTINE(NdisIfGetInterfaceIndexFromNetLuid) ROUTINE(NdisIfGetNetLuidFromInterfaceIndex) ROUTINE(NdisIfQueryBindingIfIndex)
    ROUTINE(NdisInitializeEvent) ROUTINE(NdisInitializeNPagedLookasideList) ROUTINE(NdisInitializeReadWriteLock) ROUTINE(NdisInitializeString)
    ROUTINE(NdisInitiateOffload) ROUTINE(NdisInterlockedAddLargeStatistic) ROUTINE(NdisInterlockedAddUlong) ROUTINE(NdisInterlockedInsertHeadList)
    ROUTINE(NdisInterlockedInsertTailList) ROUTINE(NdisInterlockedPopEntrySList) ROUTINE(NdisInterlockedPushEntrySList)
    ROUTINE(NdisInterlockedRemoveHeadList) ROUTINE(NdisInvalidateOffload) ROUTINE(NdisMAllocatePort) ROUTINE(NdisMDeregisterMiniportDriver)
    ROUTINE(NdisMDirectOidRequestComplete) ROUTINE(NdisMFreePort) ROUTINE(NdisMGetDeviceProperty) ROUTINE(NdisMGetOffloadHandlers)
    ROUTINE(NdisMIndicateReceiveNetBufferLists) ROUTINE(NdisMIndicateStatusEx) ROUTINE(NdisMInitiateOffloadComplete)
    ROUTINE(NdisMInvalidateOffloadComplete) ROUTINE(NdisMNetPnPEvent) ROUTINE(NdisMOffloadEventIndicate) ROUTINE(NdisMOidRequestComplete)
    ROUTINE(NdisMPauseComplete) ROUTINE(NdisMQueryAdapterInstanceName) ROUTINE(NdisMQueryOffloadStateComplete) ROUTINE(NdisMRegisterMiniportDriver)
    ROUTINE(NdisMRemoveMiniport) ROUTINE(NdisMResetComplete) ROUTINE(NdisMResetMiniport) ROUTINE(NdisMRestartComplete)
    ROUTINE(NdisMSendNetBufferListsComplete) ROUTINE(NdisMSetMiniportAttributes) ROUTINE(NdisMSleep) ROUTINE(NdisMTerminateOffloadComplete)
    ROUTINE(NdisMUpdateOffloadComplete) ROUTINE(NdisOffloadTcpDisconnect) ROUTINE(NdisOffloadTcpForward) ROUTINE(NdisOffloadTcpReceive)
    ROUTINE(NdisOffloadTcpReceiveReturn) ROUTINE(NdisOffloadTcpSend) ROUTINE(NdisOidRequest) ROUTINE(NdisOpenAdapterEx)
    ROUTINE(NdisOpenConfigurationEx) ROUTINE(NdisOpenConfigurationKeyByIndex) ROUTINE(NdisOpenConfigurationKeyByName)
    ROUTINE(NdisQueryAdapterInstanceName) ROUTINE(NdisQueryBindInstanceName) ROUTINE(NdisQueryNetBufferPhysicalCount) ROUTINE(NdisQueryOffloadState)
    ROUTINE(NdisQueueIoWorkItem) ROUTINE(NdisReEnumerateProtocolBindings) ROUTINE(NdisReadConfiguration) ROUTINE(NdisReadNetworkAddress)
    ROUTINE(NdisRegisterDeviceEx) ROUTINE(NdisRegisterProtocolDriver) ROUTINE(NdisReleaseRWLock) ROUTINE(NdisReleaseReadWriteLock)
    ROUTINE(NdisReleaseSpinLock) ROUTINE(NdisResetEvent) ROUTINE(NdisRetreatNetBufferDataStart) ROUTINE(NdisRetreatNetBufferListDataStart)
    ROUTINE(NdisReturnNetBufferLists) ROUTINE(NdisSendNetBufferLists) ROUTINE(NdisSetCoalescableTimerObject) ROUTINE(NdisSetEvent)
    ROUTINE(NdisSetOptionalHandlers) ROUTINE(NdisSetTimerObject) ROUTINE(NdisStallExecution) ROUTINE(NdisSystemProcessorCount)
    ROUTINE(NdisTerminateOffload) ROUTINE(NdisUnbindAdapter)
    ROUTINE(NdisUnicodeStringToAnsiString) ROUTINE(NdisUpcaseUnicodeString) ROUTINE(NdisUpdateOffload) ROUTINE(NdisWaitEvent)
    ROUTINE(NdisWriteConfiguration) ROUTINE(NdisWriteErrorLogEntry)
};

}  // namespace

extern "C" PVOID NdisGetRoutineAddress(PNDIS_STRING NdisRoutineName) {
    auto& system = chimneylab::ndis::System::of_call("NdisGetRoutineAddress");
    chimneylab::machine::NdisCall call(system.machine(), "NdisGetRoutineAddress", {});
    system.machine().irql().require_passive("NdisGetRoutineAddress");
    const std::string name = chimneylab::machine::to_utf8(NdisRoutineName);
    const auto* found = std::ranges::lower_bound(routines, std::string_view(name), {}, &Routine::name);
    return found != std::end(routines) && found->name == name ? found->address : nullptr;
}
