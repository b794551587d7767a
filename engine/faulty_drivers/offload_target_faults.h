/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The lab's offload target with one mistake in it: its own sources, in which some functions are replaced by the ones of
 * offload_target_faults.c. Chosen by its word before the driver is loaded, as in faults.h.
 */
#ifndef CHIMNEYLAB_OFFLOAD_TARGET_FAULTS_H
#define CHIMNEYLAB_OFFLOAD_TARGET_FAULTS_H

/* FAULT(value, word, what the driver does): as in faults.h. */
#define CHIMNEYLAB_OFFLOAD_TARGET_FAULTS(FAULT) \
    FAULT(TargetQueryHandlerMissing, "target-query-handler-missing", "registers no MiniportQueryOffload") \
    FAULT(TargetHandlersAskedTwice, "target-handlers-asked-twice", "calls NdisMGetOffloadHandlers twice for its adapter") \
    FAULT(TargetNoEncapsulation, "target-no-encapsulation", "reports capabilities without an encapsulation") \
    FAULT(TargetCompletesTwice, "target-completes-twice", "completes every query twice") \
    FAULT(TargetWrongCompletion, "target-wrong-completion", "completes a query with NdisMUpdateOffloadComplete") \
    FAULT(TargetQueryResources, "target-query-resources", "answers a query with NDIS_STATUS_RESOURCES") \
    FAULT(TargetTreeTouched, "target-tree-touched", "writes into the tree after it has completed it") \
    FAULT(TargetProtocolReservedUsed, "target-protocol-reserved-used", "stores a pointer in ProtocolReserved") \
    FAULT(TargetSameContext, "target-same-context", "gives two connections the same miniport offload context") \
    FAULT(TargetContextNotWritten, "target-context-not-written", "does not write the context of what it has offloaded") \
    FAULT(TargetContextOfFailed, "target-context-of-failed", "writes a context for an object that it has not offloaded") \
    FAULT(TargetParentSucceeds, "target-parent-succeeds", \
          "reports NDIS_STATUS_SUCCESS for an object although one that depends on it failed") \
    FAULT(TargetPlaceholderFails, "target-placeholder-fails", "reports NDIS_STATUS_FAILURE for placeholders") \
    FAULT(TargetDataOfFailedCompleted, "target-data-of-failed-completed", \
          "changes the Status of send data that it has not taken over") \
    FAULT(TargetReturnsSuccess, "target-returns-success", "returns NDIS_STATUS_SUCCESS from MiniportTcpOffloadSend") \
    FAULT(TargetReturnPending, "target-return-pending", "returns NDIS_STATUS_PENDING from MiniportTcpOffloadReceiveReturn") \
    FAULT(TargetRequestsUpload, "target-requests-upload", "completes sends with NDIS_STATUS_REQUEST_UPLOAD") \
    FAULT(TargetSendsReordered, "target-sends-reordered", "completes the second of two sends first") \
    FAULT(TargetReceivesReordered, "target-receives-reordered", "fills and completes the second of two receive requests first") \
    FAULT(TargetDisconnectFirst, "target-disconnect-first", "completes a disconnect before earlier sends") \
    FAULT(TargetByteCountWrong, "target-byte-count-wrong", "reports one byte too few in TcpOffloadBytesTransferred") \
    FAULT(TargetIndicatesStatus, "target-indicates-status", "shows received data with NDIS_STATUS_RESOURCES") \
    FAULT(TargetIndicatesAgain, "target-indicates-again", "shows refused data again although no receive was posted") \
    FAULT(TargetIndicatesFirst, "target-indicates-first", "shows received data although receive requests are posted") \
    FAULT(TargetWrongHandle, "target-wrong-handle", "indicates an event with the handle of another connection") \
    FAULT(TargetOddReason, "target-odd-reason", "asks for upload with a reason that does not exist") \
    FAULT(TargetQuestionLinked, "target-question-linked", "asks about a neighbor with a Status that is not SUCCESS") \
    FAULT(TargetTerminatesEarly, "target-terminates-early", "completes a terminate with posted receives still outstanding") \
    FAULT(TargetSendLost, "target-send-lost", \
          "neither completes nor hands back a send that is outstanding when the connection is terminated") \
    FAULT(TargetHandsBackReversed, "target-hands-back-reversed", "hands send data back in the reverse order") \
    FAULT(TargetIndicatesAfterEnd, "target-indicates-after-end", "indicates an event after the terminate is complete") \
    FAULT(TargetTakesHostIds, "target-takes-host-ids", "takes IP identifications from the half that belongs to the host stack") \
    FAULT(TargetLeavesTimestampsOut, "target-leaves-timestamps-out", "sends segments without the timestamps that were agreed") \
    FAULT(TargetTimestampsStepBack, "target-timestamps-step-back", "begins its timestamps at 0 instead of at TsTime") \
    FAULT(TargetStartsAtSndMax, "target-starts-at-snd-max", "does not send again what lies between SndNxt and SndMax") \
    FAULT(TargetCompletesAtTransmit, "target-completes-at-transmit", "completes a send when it has left, not when the peer has it") \
    FAULT(TargetForgetsDueAck, "target-forgets-due-ack", "gives a connection back with an acknowledgement still due") \
    FAULT(TargetDropsBufferedData, "target-drops-buffered-data", \
          "forgets data that it has acknowledged and not delivered when it gives a connection back") \
    FAULT(TargetPushesAlways, "target-pushes-always", "completes receive requests without push on PSH") \
    FAULT(TargetSendsReset, "target-sends-reset", "answers a graceful disconnect with a RST") \
    FAULT(TargetBelievesAnyReset, "target-believes-any-reset", "believes every RST that lies in the window") \
    FAULT(TargetAcknowledgesUrgent, "target-acknowledges-urgent", "treats urgent data like any other and acknowledges it") \
    FAULT(TargetKeepsAddresses, "target-keeps-addresses", "keeps a pointer to the addresses of a path instead of copying them") \
    FAULT(TargetLinksFirst, "target-links-first", "sends everything over the first neighbor") \
    FAULT(TargetIgnoresDeltas, "target-ignores-deltas", "starts the keepalive timer anew instead of with what was left of it") \
    FAULT(TargetIdleTimersZero, "target-idle-timers-zero", "reports 0 for timers that are not running") \
    FAULT(TargetKeepsHopLimit, "target-keeps-hop-limit", "goes on with the old TTL after an update") \
    FAULT(TargetKeepsWindow, "target-keeps-window", "does not tell the peer of a larger receive window") \
    FAULT(TargetKeepsOldNeighbor, "target-keeps-old-neighbor", "sends to the old neighbor after a relink") \
    FAULT(TargetStopsAfterFailure, "target-stops-after-failure", "stops receiving on a connection when an update of it has failed") \
    FAULT(TargetSendsInvalid, "target-sends-invalid", "goes on sending on connections that depend on something invalid") \
    FAULT(TargetRefusesInClose, "target-refuses-in-close", "fails the terminate of a connection that is being closed") \
    FAULT(TargetPassesSegmentsUp, "target-passes-segments-up", "gives segments of an offloaded connection to the host stack") \
    FAULT(TargetUnscaled, "target-unscaled", "hands SRtt over without multiplying it by eight") \
    FAULT(TargetHandsEarlyOver, "target-hands-early-over", "hands segments over that it has not acknowledged") \
    FAULT(TargetFailsAndGoesOn, "target-fails-and-goes-on", "fails a terminate and goes on with the connection") \
    FAULT(TargetForgetsTag, "target-forgets-tag", "sends frames without the tag of their VLAN") \
    FAULT(TargetDoublesSegments, "target-doubles-segments", "delivers the data of each segment twice") \
    FAULT(TargetForgetsPush, "target-forgets-push", "sends no segment with PSH") \
    FAULT(TargetReadsOptions, "target-reads-options", "takes segments with IPv4 options or IPv6 extension headers for its connections") \
    FAULT(TargetNoPushTimer, "target-no-push-timer", "has no push timer") \
    FAULT(TargetDeafAfterClose, "target-deaf-after-close", "receives nothing any more when its own half is closed") \
    FAULT(TargetMuteAfterFin, "target-mute-after-fin", "sends nothing any more when the peer has closed its half") \
    FAULT(TargetTakesForeignVlans, "target-takes-foreign-vlans", "takes segments without the tag of the VLAN") \
    FAULT(TargetDropsTagged, "target-drops-tagged", "drops tagged segments where the neighbor has no VLAN") \
    FAULT(TargetNoRetransmission, "target-no-retransmission", "has no retransmission timer") \
    FAULT(TargetNeverGivesUp, "target-never-gives-up", "sends a segment again more often than TcpMaximumRetransmissions") \
    FAULT(TargetProbesEvenly, "target-probes-evenly", "probes a closed window once in a second") \
    FAULT(TargetWaitsBriefly, "target-waits-briefly", "waits 10 seconds in FIN_WAIT_2") \
    FAULT(TargetProbesTooOften, "target-probes-too-often", "asks a silent peer ten times as often as KaTimeout and KaInterval say") \
    FAULT(TargetKeepsTimeWait, "target-keeps-time-wait", "keeps a connection in TIME_WAIT without asking for its upload") \
    FAULT(TargetAcknowledgesLate, "target-acknowledges-late", "acknowledges after five times TcpDelayedAckTicks") \
    FAULT(TargetNoFastRetransmit, "target-no-fast-retransmit", "ignores duplicate acknowledgements") \
    FAULT(TargetDropsOwnAddress, "target-drops-own-address", "drops frames for the hardware address that a neighbor was given") \
    FAULT(TargetHoldsSmallSends, "target-holds-small-sends", "holds small sends back for the next one") \
    FAULT(TargetBreadthFirst, "target-breadth-first", "stores a tree layer by layer instead of depth first") \
    FAULT(TargetResumesUnasked, "target-resumes-unasked", "changes its capabilities without having asked for a pause") \
    FAULT(TargetRefusesParameters, "target-refuses-parameters", \
          "does not take the set request of OID_TCP_CONNECTION_OFFLOAD_PARAMETERS") \
    FAULT(TargetRefusesWhilePaused, "target-refuses-while-paused", \
          "fails an initiate that was on its way when it asked for a pause") \
    FAULT(TargetQueryEmpty, "target-query-empty", "completes queries with success without having filled anything in") \
    FAULT(TargetRefusesSecondQuery, "target-refuses-second-query", "fails a query because another one is in progress") \
    FAULT(TargetAbortsUnasked, "target-aborts-unasked", \
          "aborts a connection whose hardware is gone without having asked for its upload") \
    FAULT(TargetUploadsLostSends, "target-uploads-lost-sends", \
          "completes the I/O of a connection whose hardware is gone with NDIS_STATUS_UPLOAD_IN_PROGRESS") \
    FAULT(TargetFreesAtFailure, "target-frees-at-failure", "frees a connection as soon as a query of it has failed") \
    FAULT(TargetFreesInvalid, "target-frees-invalid", "frees what has been invalidated") \
    FAULT(TargetShowsWaiting, "target-shows-waiting", \
          "shows data that came along with the offload before anybody has asked for it") \
    FAULT(TargetNoReason, "target-no-reason", "fails what there is no room for with NDIS_STATUS_FAILURE") \
    FAULT(TargetTakesAnyVlan, "target-takes-any-vlan", "offloads neighbors of VLANs that the interface has not") \
    FAULT(TargetTakesAnyAddress, "target-takes-any-address", "offloads neighbors with source addresses that it cannot use") \
    FAULT(TargetEndsTwice, "target-ends-twice", "indicates the peer's FIN twice") \
    FAULT(TargetGoesOn, "target-goes-on", "goes on with a connection that it has asked to be rid of") \
    FAULT(TargetWishesInClose, "target-wishes-in-close", "asks for a connection back right after the peer has closed its half") \
    FAULT(TargetFillsAfterEnd, "target-fills-after-end", \
          "completes requests with success that were posted after the end of the stream") \
    FAULT(TargetNeverAsksBack, "target-never-asks-back", "asks for nothing when a connection has been invalidated") \
    FAULT(TargetTellsEarly, "target-tells-early", "indicates an event on a connection before it has completed its initiate") \
    FAULT(TargetDeliversTwice, "target-delivers-twice", "shows data again that has been accepted") \
    FAULT(TargetForgetsConsumed, "target-forgets-consumed", "shows refused data from its beginning although a part of it was taken") \
    FAULT(TargetLeavesWaiting, "target-leaves-waiting", "leaves data waiting although a request for it has been posted") \
    FAULT(TargetAsksAlways, "target-asks-always", "asks about a neighbor that it has just heard of") \
    FAULT(TargetSeesNoProgress, "target-sees-no-progress", "does not note when a neighbor was last heard of") \
    FAULT(TargetSleepsAtOnce, "target-sleeps-at-once", "goes to sleep with connections that are offloaded still") \
    FAULT(TargetAsksAtLinkLoss, "target-asks-at-link-loss", "asks for every connection back when its link is gone") \
    FAULT(TargetHidesLinkLoss, "target-hides-link-loss", "does not tell that its link is gone") \
    FAULT(TargetStatusForgotten, "target-status-forgotten", "leaves Status of the last block as it came") \
    FAULT(TargetCompletesInside, "target-completes-inside", \
          "completes the next receive request inside the completion of the one before") \
    FAULT(TargetCrashesAtFailure, "target-crashes-at-failure", \
          "follows a pointer to an object that is not there when it fails a query") \
    FAULT(TargetHangsAtFailure, "target-hangs-at-failure", "waits inside a timer for a query that failed to succeed") \
    FAULT(TargetKeepsAnswers, "target-keeps-answers", "passes no ARP message up to the host stack")

#define CHIMNEYLAB_FAULT_NAME(name, word, does) name,
enum chimneylab_offload_target_fault {
    NoOffloadTargetFault,
    CHIMNEYLAB_OFFLOAD_TARGET_FAULTS(CHIMNEYLAB_FAULT_NAME) NumberOfOffloadTargetFaults
};
#undef CHIMNEYLAB_FAULT_NAME

#endif
