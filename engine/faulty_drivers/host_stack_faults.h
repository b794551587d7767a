/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The lab's host stack with one mistake in it: its own sources, in which some functions are replaced by the ones of
 * host_stack_faults.c. Chosen by its word before the driver is loaded, as in faults.h.
 */
#ifndef CHIMNEYLAB_HOST_STACK_FAULTS_H
#define CHIMNEYLAB_HOST_STACK_FAULTS_H

/* FAULT(value, word, what the driver does): as in faults.h. */
#define CHIMNEYLAB_HOST_STACK_FAULTS(FAULT) \
    FAULT(HostNoTcpTable, "host-no-tcp-table", "does not register NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS") \
    FAULT(HostEventHandlerMissing, "host-event-handler-missing", "registers no ProtocolTcpOffloadEvent") \
    FAULT(HostOffloadNotEnabled, "host-offload-not-enabled", \
          "offloads without having set OID_TCP_CONNECTION_OFFLOAD_PARAMETERS") \
    FAULT(HostSecondProtocol, "host-second-protocol", \
          "registers a second protocol, which enables offload on the same adapters") \
    FAULT(HostOddTicks, "host-odd-ticks", "sets 50 TicksPerSecond") \
    FAULT(HostOffloadsWhilePaused, "host-offloads-while-paused", "forgets that the adapter has asked for a pause") \
    FAULT(HostTreeTouched, "host-tree-touched", "writes into a tree after it has passed it down") \
    FAULT(HostOffloadsListening, "host-offloads-listening", "offloads connections in the state LISTEN") \
    FAULT(HostSequenceTorn, "host-sequence-torn", "offloads connections with SndNxt before SndUna") \
    FAULT(HostDeltasDiffer, "host-deltas-differ", \
          "offloads neighbors with a HostReachabilityDelta that is not NicReachabilityDelta") \
    FAULT(HostSendDataHeadForgotten, "host-send-data-head-forgotten", \
          "hands send data over and leaves SendDataHead NULL") \
    FAULT(HostSendsDuringTerminate, "host-sends-during-terminate", "makes a send call after it has called NdisTerminateOffload") \
    FAULT(HostBothDisconnectFlags, "host-both-disconnect-flags", "disconnects gracefully and abortively at once") \
    FAULT(HostSendsAfterDisconnect, "host-sends-after-disconnect", "makes a send call after a graceful disconnect") \
    FAULT(HostDisconnectsTwice, "host-disconnects-twice", "makes a second graceful disconnect") \
    FAULT(HostDisconnectChained, "host-disconnect-chained", "disconnects with two NET_BUFFER_LISTs") \
    FAULT(HostListTouched, "host-list-touched", "writes into a NET_BUFFER_LIST after it has passed it down") \
    FAULT(HostSendsInsideSend, "host-sends-inside-send", \
          "sends again what came back while its send call has not returned") \
    FAULT(HostBytesConsumedWrong, "host-bytes-consumed-wrong", \
          "accepts received data and writes a BytesConsumed that is too small") \
    FAULT(HostRefusesAndConsumes, "host-refuses-and-consumes", \
          "refuses received data with a BytesConsumed that is not 0") \
    FAULT(HostAnswersItself, "host-answers-itself", \
          "acknowledges a segment that came during the offload before it forwards it") \
    FAULT(HostForgetsDueAck, "host-forgets-due-ack", "offloads a connection with an acknowledgement due") \
    FAULT(HostIdleTimersZero, "host-idle-timers-zero", "reports 0 for timers that are not running") \
    FAULT(HostUnscaled, "host-unscaled", "hands SRtt over without multiplying it by eight") \
    FAULT(HostForgetsHandedBack, "host-forgets-handed-back", "does not send what an upload has handed back") \
    FAULT(HostRestartsTimer, "host-restarts-timer", "starts the retransmission timer anew after an upload") \
    FAULT(HostReusesAddresses, "host-reuses-addresses", \
          "overwrites the addresses of a path when its initiate is complete, as it may") \
    FAULT(HostForgetsTerminate, "host-forgets-terminate", "never terminates anything") \
    FAULT(HostKeepsParents, "host-keeps-parents", "never terminates paths and neighbors") \
    FAULT(HostReusesBuffered, "host-reuses-buffered", "writes into BufferedData while its offload is in progress") \
    FAULT(HostLengthWrong, "host-length-wrong", "states a wrong Length in the headers of states of an update") \
    FAULT(HostMovesConnection, "host-moves-connection", "names another path above a connection in an update") \
    FAULT(HostForeignAddress, "host-foreign-address", \
          "gives the old neighbor the hardware address of the new one instead of relinking its paths") \
    FAULT(HostStateBehindInvalidate, "host-state-behind-invalidate", "puts states behind the blocks of an invalidate") \
    FAULT(HostUpdatesAtOnce, "host-updates-at-once", "begins an update while another one of the object is in progress") \
    FAULT(HostBeyondCapacity, "host-beyond-capacity", "offloads more connections than the adapter takes") \
    FAULT(HostOddType, "host-odd-type", "gives linkers an OFFLOAD_STATE_TYPE that does not exist") \
    FAULT(HostScratchTouched, "host-scratch-touched", "writes into Scratch of a tree that it has passed down") \
    FAULT(HostOneHandle, "host-one-handle", "names two connections of a tree by one NDIS_OFFLOAD_HANDLE") \
    FAULT(HostNamesNothing, "host-names-nothing", "queries with an NDIS_OFFLOAD_HANDLE that was never offloaded") \
    FAULT(HostCachedBehindTerminate, "host-cached-behind-terminate", \
          "puts cached states instead of delegated ones behind the blocks of a terminate") \
    FAULT(HostAnswersStale, "host-answers-stale", \
          "answers the question about a neighbor with the age of what it knows, however old that is") \
    FAULT(HostForgetsDoubt, "host-forgets-doubt", "does nothing more about a neighbor after it has answered 0") \
    FAULT(HostTrustsSilence, "host-trusts-silence", "leaves a neighbor valid that has answered no probe") \
    FAULT(HostSendsInDoubt, "host-sends-in-doubt", "sends through a neighbor in DELAY without asking the target first") \
    FAULT(HostDisablesInUse, "host-disables-in-use", "switches a version of IP off while connections over it are offloaded") \
    FAULT(HostKeepsCapabilities, "host-keeps-capabilities", \
          "offloads by the old capabilities after a resume that came without any") \
    FAULT(HostForgetsLinks, "host-forgets-links", \
          "counts what depends on a path or neighbor only when its initiate is complete") \
    FAULT(HostMarksStatus, "host-marks-status", \
          "writes NDIS_STATUS_PENDING into every Status of a tree before it passes it down, as it may")

#define CHIMNEYLAB_FAULT_NAME(name, word, does) name,
enum chimneylab_host_stack_fault { NoHostStackFault, CHIMNEYLAB_HOST_STACK_FAULTS(CHIMNEYLAB_FAULT_NAME) NumberOfHostStackFaults };
#undef CHIMNEYLAB_FAULT_NAME

#endif
