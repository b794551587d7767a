/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The reference intermediate driver with one mistake in it: its own sources, in which some functions are replaced by the
 * ones of the files beside this one. Which mistake is chosen before the driver is loaded. The scenarios' variants name a mistake by its
 * word ("source-handle-forgotten"); chimneylab-host loads one image of the driver for each layer that has one and
 * chooses the mistake in it. Tests of the checker link the driver and choose by value.
 */
#ifndef CHIMNEYLAB_FAULTS_H
#define CHIMNEYLAB_FAULTS_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * FAULT(value, word, what the driver does). The sentence is shown to students, its subject is "the driver": it tells the
 * mistake, not its consequence, which is for the reader to find.
 */
#define CHIMNEYLAB_FAULTS(FAULT) \
    /* registration */ \
    FAULT(NoProviderGenericTable, "no-provider-generic-table", \
          "does not register NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS") \
    FAULT(NoProviderTcpTable, "no-provider-tcp-table", \
          "does not register NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS") \
    FAULT(NoClientGenericTable, "no-client-generic-table", \
          "does not register NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS") \
    FAULT(NoClientTcpTable, "no-client-tcp-table", "does not register NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS") \
    FAULT(ClientGenericTableLate, "client-generic-table-late", \
          "registers its client's generic table after NdisRegisterProtocolDriver has returned") \
    FAULT(QueryHandlerMissing, "query-handler-missing", "registers no MiniportQueryOffload") \
    FAULT(ForwardCompleteMissing, "forward-complete-missing", "registers no ProtocolTcpOffloadForwardComplete") \
    FAULT(WrongTableType, "wrong-table-type", "gives its client's TCP table the header type of the provider's") \
    FAULT(WrongOffloadType, "wrong-offload-type", "registers its TCP table as one for NdisIpsecChimneyOffload") \
    FAULT(TableTooShort, "table-too-short", "writes a size into the header of a table that is too small") \
    FAULT(TableFlagsSet, "table-flags-set", "sets Flags of its provider's TCP table, which is reserved") \
    FAULT(OneEdgeOnly, "one-edge-only", "registers chimney handlers on its miniport edge only") \
    FAULT(HandlersAskedTwice, "handlers-asked-twice", "calls NdisMGetOffloadHandlers twice for one miniport") \
    FAULT(IpsecHandlersAsked, "ipsec-handlers-asked", \
          "asks NdisMGetOffloadHandlers for an offload type that it does not support") \
    FAULT(CapabilityRequestSwallowed, "capability-request-swallowed", \
          "answers OID_TCP_CONNECTION_OFFLOAD_PARAMETERS itself and does not pass it down") \
    FAULT(EncapsulationLeftOut, "encapsulation-left-out", "offers connection offload without naming an encapsulation") \
    FAULT(PauseSwallowed, "pause-swallowed", "does not pass NDIS_STATUS_OFFLOAD_PAUSE up") \
    FAULT(ResumesTooSoon, "resumes-too-soon", \
          "asks for everything back when the adapter asks for a pause, and resumes before anything has come back") \
    /* down */ \
    FAULT(QueryPassedAsUpdate, "query-passed-as-update", "passes a query down with NdisUpdateOffload") \
    FAULT(Swallowed, "swallowed", "keeps the tree: it neither passes it down nor completes it") \
    FAULT(NothingStored, "nothing-stored", "saves nothing of the root in its call entry") \
    FAULT(CallEntryKeptElsewhere, "call-entry-kept-elsewhere", \
          "keeps the pointer to its call entry in a global variable instead of the root's ImReserved") \
    FAULT(SourceHandleWritten, "source-handle-written", "writes SourceHandle itself before it calls NDIS") \
    FAULT(UpperHandleOfFirst, "upper-handle-of-first", \
          "remembers in every offload entry the handle of the first block it ever saw") \
    FAULT(UpperHandlePassedDown, "upper-handle-passed-down", \
          "leaves the handle of the driver above in the blocks it passes down") \
    FAULT(HandleNotZero, "handle-not-zero", "does not clear a new NDIS_OFFLOAD_HANDLE before it hands it to NDIS") \
    FAULT(NewHandleForLinker, "new-handle-for-linker", "takes a new handle for an object that is offloaded already") \
    FAULT(PlaceholderGetsHandle, "placeholder-gets-handle", "puts a handle into a placeholder block") \
    FAULT(SiblingsSkipped, "siblings-skipped", "converts the dependent blocks and forgets NextBlock") \
    FAULT(OnlyRootConverted, "only-root-converted", "converts the root and none of the blocks below it") \
    FAULT(SiblingsCut, "siblings-cut", "takes the root's DependentBlockList out of the tree it passes down") \
    FAULT(StatusWritten, "status-written", "writes Status of a block on the way down") \
    FAULT(ProtocolReservedUsed, "protocol-reserved-used", "stores a pointer in ProtocolReserved, which belongs to the driver above") \
    FAULT(PortChanged, "port-changed", "writes the PortNumber of a block") \
    FAULT(StateChanged, "state-changed", "changes the state that follows a block") \
    FAULT(TreeTouchedAfterCall, "tree-touched-after-call", "writes into the tree after it has passed it down") \
    FAULT(CallEntryTouchedAfterCall, "call-entry-touched-after-call", \
          "writes into its call entry after it has passed the tree down") \
    FAULT(StaticCallEntry, "static-call-entry", "has one call entry in a global variable for all operations") \
    FAULT(SecondWaits, "second-waits", "holds a second initiate back until the first has completed") \
    FAULT(HandlerWaits, "handler-waits", "waits inside MiniportInitiateOffload for the completion") \
    FAULT(SavedInScratch, "saved-in-scratch", "keeps SourceHandle in the root's Scratch instead of its call entry") \
    FAULT(SavedInMiniportReserved, "saved-in-miniport-reserved", \
          "keeps SourceHandle in the root's MiniportReserved instead of its call entry") \
    FAULT(UndoForgotten, "undo-forgotten", \
          "does not put the handles back when it runs out of memory and fails an initiate itself") \
    FAULT(RefusedWithSuccess, "refused-with-success", \
          "fails an initiate itself and completes it with NDIS_STATUS_SUCCESS") \
    FAULT(QueryFailedLocally, "query-failed-locally", "completes every query with NDIS_STATUS_FAILURE itself") \
    /* up */ \
    FAULT(NeverCompleted, "never-completed", "takes the completion and does not pass it up") \
    FAULT(CompletedTwice, "completed-twice", "completes every tree twice") \
    FAULT(SourceHandleForgotten, "source-handle-forgotten", "does not restore SourceHandle of the root before it completes") \
    FAULT(ImReservedForgotten, "im-reserved-forgotten", "does not restore ImReserved[0] of the root before it completes") \
    FAULT(OneWordSaved, "one-word-saved", "uses both words of ImReserved and restores one") \
    FAULT(HandleOfSiblingForgotten, "handle-of-sibling-forgotten", \
          "leaves its own handle in the last block of the tree it completes") \
    FAULT(ContextSlotForgotten, "context-slot-forgotten", "leaves the slot of its own handle in MiniportOffloadContext") \
    FAULT(ContextNotPublished, "context-not-published", \
          "does not write its offload entry into *MiniportOffloadContext after an initiate") \
    FAULT(ContextOfFailedPublished, "context-of-failed-published", \
          "publishes a context for an object that was not offloaded") \
    FAULT(ContextThroughStaleSlot, "context-through-stale-slot", \
          "publishes its context through the slot of its own handle, not the one of the driver above") \
    FAULT(FailureTurnedIntoSuccess, "failure-turned-into-success", "turns the Status of failed blocks into success") \
    FAULT(PartialTakenForFailure, "partial-taken-for-failure", \
          "treats NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS as a failure") \
    FAULT(WrongCompletion, "wrong-completion", "completes a query with NdisMInvalidateOffloadComplete") \
    FAULT(WrongInitiateCompletion, "wrong-initiate-completion", "completes an initiate with NdisMUpdateOffloadComplete") \
    FAULT(TreeTouchedAfterCompletion, "tree-touched-after-completion", "writes into the root after it has completed it") \
    FAULT(EntryOfFailedLeaks, "entry-of-failed-leaks", "does not free the offload entries of blocks that failed") \
    FAULT(EntryOfTerminatedLeaks, "entry-of-terminated-leaks", "does not free the offload entry of a terminated object") \
    FAULT(EntryOfLinkerFreed, "entry-of-linker-freed", \
          "frees the offload entry of a linker when the initiate fails, although the object stays offloaded") \
    FAULT(EntryFreedAtQuery, "entry-freed-at-query", "frees the offload entry when a query completes") \
    FAULT(EntryFreedAtFailedTerminate, "entry-freed-at-failed-terminate", \
          "frees the offload entry although the terminate failed") \
    FAULT(CallEntryLeaks, "call-entry-leaks", "never frees its call entries") \
    FAULT(CallEntryFreedTwice, "call-entry-freed-twice", "frees its call entry twice") \
    FAULT(CallEntryUsedAfterRelease, "call-entry-used-after-release", \
          "writes into its call entry after it has released it") \
    FAULT(SourceHandleOfDataForgotten, "source-handle-of-data-forgotten", \
          "does not restore SourceHandle of the NET_BUFFER_LISTs that come back with a failed initiate") \
    FAULT(StatusOfDataChanged, "status-of-data-changed", \
          "changes Status of the NET_BUFFER_LISTs that come back with a failed initiate") \
    FAULT(DataOfOffloadedTouched, "data-of-offloaded-touched", \
          "writes into the NetBufferListChain of an object that was offloaded") \
    FAULT(SourceHandleOfSendForgotten, "source-handle-of-send-forgotten", \
          "does not restore SourceHandle of the NET_BUFFER_LISTs of a completed send") \
    /* data path */ \
    FAULT(UpperHandleUsedForSend, "upper-handle-used-for-send", "passes a send down with the handle of the driver above") \
    FAULT(SendAnswered, "send-answered", "returns NDIS_STATUS_SUCCESS from MiniportTcpOffloadSend instead of what the driver below returned") \
    FAULT(SourceHandleOfSendCleared, "source-handle-of-send-cleared", \
          "clears SourceHandle of a NET_BUFFER_LIST before it completes the send") \
    FAULT(SendPassedAsForward, "send-passed-as-forward", "passes a send down with NdisOffloadTcpForward") \
    FAULT(SendSwallowed, "send-swallowed", "keeps a send: it neither passes it down nor completes it") \
    FAULT(DisconnectFlagsChanged, "disconnect-flags-changed", "passes every disconnect down as TCP_DISCONNECT_ABORTIVE_CLOSE") \
    FAULT(SendsReordered, "sends-reordered", "passes the lists of a send down in the reverse order") \
    FAULT(ListTouchedAfterPassing, "list-touched-after-passing", \
          "writes into a NET_BUFFER_LIST after it has passed it down") \
    FAULT(SendRefusedWithFailure, "send-refused-with-failure", \
          "completes a send for which it has no memory with NDIS_STATUS_RESOURCES") \
    FAULT(SendAfterRequestUpload, "send-after-request-upload", \
          "passes later sends down after it has sent one back with NDIS_STATUS_REQUEST_UPLOAD") \
    FAULT(StatusOfSendChanged, "status-of-send-changed", "completes every send with NDIS_STATUS_FAILURE") \
    FAULT(ByteCountDropped, "byte-count-dropped", "clears TcpOffloadBytesTransferred before it completes a NET_BUFFER_LIST") \
    FAULT(RecordLeftOnList, "record-left-on-list", \
          "leaves a record on the context stack of a NET_BUFFER_LIST that it completes") \
    FAULT(CompletedOnFirstEdge, "completed-on-first-edge", \
          "completes on its first virtual miniport whatever it has, wherever it came from") \
    FAULT(SendCompletionSwallowed, "send-completion-swallowed", "takes the completion of a send and does not pass it up") \
    FAULT(SendCompletedAsForward, "send-completed-as-forward", "completes a send with NdisTcpOffloadForwardComplete") \
    FAULT(DisconnectOvertakes, "disconnect-overtakes", \
          "completes the disconnect before a send that came back earlier") \
    FAULT(DisconnectChained, "disconnect-chained", \
          "completes a disconnect and an earlier send in one call of NdisTcpOffloadDisconnectComplete") \
    FAULT(ReturnAnswered, "return-answered", "returns NDIS_STATUS_PENDING from MiniportTcpOffloadReceiveReturn") \
    FAULT(ReturnSwallowed, "return-swallowed", "takes received data back from above and does not return it to the driver below") \
    FAULT(ReturnedOverUpperBinding, "returned-over-upper-binding", \
          "returns received data over the binding of the driver above") \
    FAULT(ReturnedByItself, "returned-by-itself", "returns received data that the driver above has accepted, before that does") \
    /* indications */ \
    FAULT(OwnHandleIndicated, "own-handle-indicated", "indicates an event up with its own handle") \
    FAULT(EventSwallowed, "event-swallowed", "keeps an event to itself") \
    FAULT(EventForwardedTwice, "event-forwarded-twice", "passes an event up twice") \
    FAULT(EventTypeChanged, "event-type-changed", "passes every event up as TcpIndicateSendBacklogChange") \
    FAULT(EventInformationLost, "event-information-lost", "passes an event up with EventSpecificInformation 0") \
    FAULT(DataRefusedByItself, "data-refused-by-itself", "refuses received data without asking the driver above") \
    FAULT(DataShownWithStatus, "data-shown-with-status", "passes received data up with NDIS_STATUS_RESOURCES") \
    FAULT(BytesConsumedLost, "bytes-consumed-lost", \
          "gives the driver above a BytesConsumed of its own and forgets to copy it") \
    FAULT(AnswerReplaced, "answer-replaced", "returns NDIS_STATUS_SUCCESS for data that the driver above did not accept") \
    FAULT(IndicatedDataTouched, "indicated-data-touched", "writes into a NET_BUFFER_LIST of received data after it has passed it up") \
    FAULT(QuestionKept, "question-kept", "does not pass a NeighborReachabilityQuery up") \
    FAULT(QuestionNotTranslated, "question-not-translated", \
          "passes a NeighborReachabilityQuery up with its own handle in the block")

#define CHIMNEYLAB_FAULT_NAME(name, word, does) name,
enum chimneylab_fault { NoFault, CHIMNEYLAB_FAULTS(CHIMNEYLAB_FAULT_NAME) NumberOfFaults };
#undef CHIMNEYLAB_FAULT_NAME

/* Chosen for the next run; `applies` tells whether the code that runs is the faulty layer's (NULL: every layer). */
void ChimneylabChooseFault(enum chimneylab_fault fault, int (*applies)(void));
/* The same by its word, for every layer that this image serves. 0 when there is no such mistake. */
int ChimneylabChooseFaultByName(const char *word);
const char *ChimneylabFaultName(enum chimneylab_fault fault); /* the word; "" for NoFault */

#ifdef __cplusplus
}
#endif

#endif
