/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The reference intermediate driver with one mistake in it: its own sources, in which some functions are replaced by the
 * ones of faults.c. Which mistake, and in which layer, is chosen before the driver is loaded. For tests of the checker.
 */
#ifndef CHIMNEYLAB_TESTS_FAULTS_H
#define CHIMNEYLAB_TESTS_FAULTS_H

#ifdef __cplusplus
extern "C" {
#endif

/* One line per mistake: the name says what the driver does wrong. */
#define CHIMNEYLAB_FAULTS(FAULT) \
    FAULT(NoFault) \
    /* registration */ \
    FAULT(NoProviderGenericTable) FAULT(NoProviderTcpTable) FAULT(NoClientGenericTable) FAULT(NoClientTcpTable) \
    FAULT(ClientGenericTableLate) FAULT(QueryHandlerMissing) FAULT(ForwardCompleteMissing) FAULT(WrongTableType) \
    FAULT(WrongOffloadType) FAULT(TableTooShort) FAULT(TableFlagsSet) FAULT(OneEdgeOnly) FAULT(HandlersAskedTwice) \
    FAULT(IpsecHandlersAsked) FAULT(CapabilityRequestSwallowed) FAULT(PauseSwallowed) \
    /* down */ \
    FAULT(QueryPassedAsUpdate) FAULT(Swallowed) FAULT(NothingStored) FAULT(CallEntryKeptElsewhere) FAULT(SourceHandleWritten) \
    FAULT(UpperHandleOfFirst) FAULT(UpperHandlePassedDown) FAULT(HandleNotZero) FAULT(NewHandleForLinker) \
    FAULT(PlaceholderGetsHandle) FAULT(SiblingsSkipped) FAULT(OnlyRootConverted) FAULT(SiblingsCut) FAULT(StatusWritten) \
    FAULT(ProtocolReservedUsed) FAULT(PortChanged) FAULT(StateChanged) FAULT(TreeTouchedAfterCall) \
    FAULT(CallEntryTouchedAfterCall) FAULT(StaticCallEntry) FAULT(SecondWaits) FAULT(HandlerWaits) FAULT(SavedInScratch) FAULT(SavedInMiniportReserved) FAULT(UndoForgotten) \
    FAULT(RefusedWithSuccess) FAULT(QueryFailedLocally) \
    /* up */ \
    FAULT(NeverCompleted) FAULT(CompletedTwice) FAULT(SourceHandleForgotten) FAULT(ImReservedForgotten) FAULT(OneWordSaved) \
    FAULT(HandleOfSiblingForgotten) FAULT(ContextSlotForgotten) FAULT(ContextNotPublished) FAULT(ContextOfFailedPublished) \
    FAULT(ContextThroughStaleSlot) FAULT(FailureTurnedIntoSuccess) FAULT(PartialTakenForFailure) FAULT(WrongCompletion) \
    FAULT(TreeTouchedAfterCompletion) FAULT(EntryOfFailedLeaks) FAULT(EntryOfTerminatedLeaks) FAULT(EntryOfLinkerFreed) \
    FAULT(EntryFreedAtQuery) FAULT(EntryFreedAtFailedTerminate) FAULT(CallEntryLeaks) \
    FAULT(SourceHandleOfDataForgotten) FAULT(StatusOfDataChanged) FAULT(DataOfOffloadedTouched) FAULT(SourceHandleOfSendForgotten) \
    /* data path */ \
    FAULT(UpperHandleUsedForSend) FAULT(SendAnswered) FAULT(OwnHandleIndicated)

#define CHIMNEYLAB_FAULT_NAME(name) name,
enum chimneylab_fault { CHIMNEYLAB_FAULTS(CHIMNEYLAB_FAULT_NAME) NumberOfFaults };
#undef CHIMNEYLAB_FAULT_NAME

/* Chosen for the next run; `applies` tells whether the code that runs is the faulty layer's (NULL: every layer). */
void ChimneylabChooseFault(enum chimneylab_fault fault, int (*applies)(void));
const char *ChimneylabFaultName(enum chimneylab_fault fault);

#ifdef __cplusplus
}
#endif

#endif
