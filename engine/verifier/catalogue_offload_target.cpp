// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/catalogue_parts.h"

namespace chimneylab::verifier {
namespace rules {

constexpr Rule of_offload_targets[] = {
    {"OT-001", error, d | i, "Registering Chimney Offload Functions",
     "The offload target registers the generic and the TCP provider characteristics in MiniportSetOptions, with all ten "
     "entry points and OffloadType = NdisTcpChimneyOffload.",
     yes, "the checks of IM-001, IM-002, IM-005, IM-007 and IM-008 at the offload target", "s1"},
    {"OT-002", error, d, "NdisMGetOffloadHandlers",
     "The offload target calls NdisMGetOffloadHandlers in MiniportInitializeEx, checks Type, Revision and Size, copies "
     "the entry points, and uses none if the call failed.",
     yes, "the checks of IM-010, IM-011 and IM-012 at the offload target", "s1"},
    {"OT-003", error, d, "NDIS_TCP_CONNECTION_OFFLOAD; Reporting a NIC's Connection Offload Capabilities",
     "The offload target reports capabilities in NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES with IEEE 802.3 and/or LLC/SNAP "
     "encapsulation, IPv4 or IPv6, and a capacity.",
     yes, "the capabilities in the offload attributes", "s1"},
    {"OT-004", warning, d, "Security Guidelines for Offload-Capable Miniport Drivers",
     "The offload target advertises only what it can do.",
     no, "no trace can show it: what fails may fail for the moment, for want of room; what cannot be done at all looks the same", ""},
    {"OT-005", warning, d, "Allocating Buffer Pools",
     "The offload target uses separate NET_BUFFER_LIST pools for chimney and non-offload indications, one NET_BUFFER per "
     "NET_BUFFER_LIST.",
     yes, "NET_BUFFERs of each indicated list; pools are not looked at", "s20"},
    {"OT-006", error, d, "OID_TCP_CONNECTION_OFFLOAD_PARAMETERS; NDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS",
     "The offload target handles the set of OID_TCP_CONNECTION_OFFLOAD_PARAMETERS and applies at least the members it "
     "must support, with timers at TicksPerSecond granularity.",
     yes, "what becomes of the set request; whether each member is applied shows on the modelled wire", "s25"},
    {"OT-007", error, d, "NDIS_TCP_CONNECTION_OFFLOAD; Reporting a NIC's Connection Offload Capabilities; Using the TCP/IP Offload "
     "Administrator Interface",
     "The offload target changes its capabilities only by NDIS_STATUS_OFFLOAD_PAUSE, then NDIS_STATUS_OFFLOAD_RESUME with "
     "the new ones.",
     yes, "the capabilities in a resume against those reported before, when no pause was asked for", "s25"},
    {"OT-008", error, d, "OID_TCP_TASK_OFFLOAD",
     "The offload target enables only what the most recent configuration set names.",
     yes, "initiates that succeed before any set request", "s1"},
    {"OT-009", fatal, d, "Initiate Offload Call Sequence; Query, Update, Invalidate and Terminate Offload Sequence",
     "The offload target returns from every state-manipulation handler without waiting for the work, and completes once, "
     "with the same root pointer, through the matching completion function.",
     yes, "the checks of IM-048, IM-049 and IM-070 at the offload target", "s6 s10"},
    {"OT-010", warning, i, "W_INITIATE_OFFLOAD_HANDLER; Traversing a State Tree",
     "The offload target does the completion after the handler has returned.",
     yes, "completions inside the call that brought the operation, with the strict reading inside-handler alone", "s2"},
    {"OT-011", error, d, "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST",
     "The offload target writes Status in every block of the tree, placeholders included, before completing.",
     yes, "the checks of IM-059 at the offload target", "s4"},
    {"OT-012", error, d, "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST",
     "The offload target writes only SUCCESS or FAILURE for query, update, invalidate and terminate.",
     yes, "the checks of IM-058 at the offload target", "s10"},
    {"OT-013", fatal, d, "W_INITIATE_OFFLOAD_HANDLER",
     "The offload target touches neither tree nor payload after completing.",
     yes, "the checks of IM-066 at the offload target", "s1 s6"},
    {"OT-014", fatal, d | i, "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST",
     "The offload target leaves ProtocolReserved, ImReserved, SourceHandle, NdisReserved and the links unchanged; uses "
     "only MiniportReserved and Scratch.",
     yes, "writes into a tree between its arrival and its completion", "s1 s4"},
    {"OT-015", fatal, i, "PATH_OFFLOAD_STATE_CONST; W_INITIATE_OFFLOAD_HANDLER",
     "The offload target keeps no pointer into the tree; in particular copies the bytes behind SourceAddress and "
     "DestinationAddress.",
     yes, "IP addresses of segments against those of the peer's segments of the same connection", "s27"},
    {"OT-016", error, d, "Classes of Offload State Variables",
     "The offload target changes no constant variable ever, and no cached variable except as an update says.",
     yes, "constants of connections in a query against those of the initiate; cached variables are not looked at, an update "
     "may be on its way", "s10 s12"},
    {"OT-017", error, d, "Traversing a State Tree",
     "The offload target traverses depth-first/breadth-next.",
     yes, "the order in which the contexts of a tree were allocated, where the target allocates them for it", "s2"},
    {"OT-018", fatal, d, "Creating an Offload Context Area; Storing and Referencing Offloaded State",
     "The offload target allocates one context area per new object and stores the state and, for TCP and neighbor "
     "objects, NdisOffloadHandle.",
     yes, "contexts of live objects of one layer", "s3 s4"},
    {"OT-019", fatal, d, "W_INITIATE_OFFLOAD_HANDLER",
     "Before completing the offload target writes a non-NULL value through MiniportOffloadContext for each object it "
     "offloaded, and nothing for one it did not.",
     yes, "the location of each new object at the completion; the checks of IM-055 at the offload target", "s1 s3"},
    {"OT-020", error, d, "Offload Target's Internal State Trees; Placeholders, Linkers, and New Offloads",
     "The offload target links each TCP object to its path and each path to its neighbor, through linkers as well as new "
     "blocks.",
     yes, "the destination of segments against the neighbor that the path of the connection leads over", "s27"},
    {"OT-021", error, d, "Returning Completion Status of an Initiate Offload Operation",
     "The offload target reports SUCCESS for a new block only if it and all its immediate dependents were offloaded, "
     "PARTIAL_SUCCESS if it was and some dependent was not, a failure code if it was not.",
     yes, "statuses of new blocks against those of their dependents; the checks of IM-058 at the offload target", "s2 s3"},
    {"OT-022", error, d, "Placeholders, Linkers, and New Offloads",
     "The offload target reports for a linker SUCCESS, PARTIAL_SUCCESS or FAILURE as all, some or none of its dependents "
     "were offloaded, and for a placeholder always SUCCESS.",
     yes, "statuses of linkers against those of their dependents, and of placeholders; the checks of IM-123 at the offload "
     "target", "s4"},
    {"OT-023", error, d | i, "Partial Offloads and Offload Failures",
     "The offload target stops the traversal when the root cannot be offloaded, attempts no dependent of a failed block, "
     "and reports FAILURE for blocks not attempted.",
     yes, "statuses of the dependents of a block that failed", "s2 s3"},
    {"OT-024", warning, d, "Returning Completion Status of an Initiate Offload Operation",
     "The offload target uses the specific reason code when the cause is known.",
     yes, "the first block of an initiate that failed, where the room of the adapter is told and used up", "s2"},
    {"OT-025", error, d, "Determining Whether to Fail an Offload Request Because of 802.1Q Information",
     "The offload target fails for a VLAN mismatch exactly when the neighbor VLAN is nonzero, interface VLANs are "
     "configured and none matches; otherwise fails on VLANs only when out of resources.",
     yes, "VLANs of new neighbors against that of the interface, where the room of the adapter is told", "s2"},
    {"OT-026", error, d, "Offload State Objects",
     "The offload target fails a neighbor with a nonzero DlSourceAddress it cannot honour.",
     yes, "source addresses of new neighbors, where the adapter is told to have none", "s2"},
    {"OT-027", fatal, d, "Partial Offloads and Offload Failures",
     "For a TCP block that it fails the offload target alters no Status in NetBufferListChain and completes none of those "
     "NET_BUFFER_LISTs.",
     yes, "the checks of IM-068 at the offload target", "s5"},
    {"OT-028", fatal, d, "Handling Buffered Receive Data During and After an Offload Operation",
     "The offload target copies BufferedData into its own memory before completing and fails the block if it cannot.",
     no, "no trace can show it: the bytes that are delivered are not recorded, and a read of memory that the host "
     "stack has reused leaves no mark", ""},
    {"OT-029", fatal, d, "Processing Events That Occur During an Offload",
     "The offload target indicates no receive data for the connection before NdisMInitiateOffloadComplete has returned.",
     yes, "indications while the completion call of the initiate has not returned", "s9"},
    {"OT-030", note, d | i, "Processing Events That Occur During an Offload",
     "The offload target makes no event, status or receive indication that concerns an object being offloaded while its "
     "initiate is in progress.",
     yes, "indications on objects being offloaded, with the strict reading quiet-offload alone", "s6"},
    {"OT-031", error, d, "Processing Events That Occur During an Offload; NDIS_STATUS_OFFLOAD_PAUSE",
     "The offload target accepts further initiates while one is in progress; after its own pause indication queues those "
     "already under way and completes them later.",
     yes, "initiates refused as a whole between the target's pause and resume, with the strict reading queue-while-paused "
     "alone; one that is dropped is found by OT-009", "s25"},
    {"OT-032", fatal, d, "Send Data That Contains Data to Be Retransmitted",
     "The offload target sends [SndNxt, SndMax) first, as far as it is still unacknowledged, then the unsent rest of the "
     "chain, then newly posted sends; honours ACKs for [SndUna, SndNxt).",
     yes, "the first segment with data after the offload: its sequence number against SndNxt",
     "s8"},
    {"OT-033", fatal, d, "Completing the Transmission of Send Data",
     "The offload target completes the chained send NET_BUFFER_LISTs with NdisTcpOffloadSendComplete as they are "
     "acknowledged.",
     yes, "send data of an initiate at the terminate: completed, or handed back", "s5 s8"},
    {"OT-034", fatal, d, "Handling Buffered Receive Data During and After an Offload Operation",
     "The offload target delivers data received through BufferedData first into posted requests, indicates the remainder, "
     "and delivers nothing newer before it.",
     yes, "data shown on a connection that brought some along before any receive request was posted", "s7"},
    {"OT-035", warning, d, "Handling the Reception of Urgent Data",
     "The offload target treats urgent data inside BufferedData like urgent data from the wire.",
     no, "no trace can show it: no structure of the DDI says which bytes of BufferedData are urgent", ""},
    {"OT-036", error, d, "Keepalive Timer; Retransmit Timer; Persist Timer; FIN_WAIT_2 Timer",
     "The offload target resumes each timer from its delta and starts none given as −1.",
     yes, "keepalive probes and the first retransmission after an offload against the deltas that came along", "s26"},
    {"OT-037", error, d | i, "Filling In the Queried State",
     "The offload target fills every payload of a query with current values, changing nothing.",
     yes, "the delegated state behind a connection of a query that succeeded, against what stood there before", "s10 s11"},
    {"OT-038", error, d, "TCP_OFFLOAD_STATE_DELEGATED",
     "In a queried TCP delegated state the offload target writes backlog sizes, 0xFFFFFFFF if unsupported, never buffer "
     "pointers.",
     yes, "pointers in the place of backlog sizes", "s10"},
    {"OT-039", error, d, "TCP_OFFLOAD_STATE_DELEGATED",
     "The offload target reports −1 for each timer that is not running, at query and at terminate.",
     yes, "Retransmit.TimeoutDelta where nothing is outstanding, KeepAlive.TimeoutDelta where keepalive is off, in "
     "queries and terminates", "s26"},
    {"OT-040", error, d, "Query Offload Sequence",
     "The offload target accepts a second query of an object while one is in progress.",
     yes, "queries that failed beside another one of the object, when no HardwareFailure follows", "s10"},
    {"OT-041", error, d, "Updating Cached Variables; TCP_OFFLOAD_STATE_CACHED",
     "The offload target applies cached values at update, and the documented resets; leaves all other delegated values "
     "alone.",
     yes, "hop limit, traffic class, flow label, datagram size and destination of segments after an update; delegated "
     "values are not looked at", "s12 s27"},
    {"OT-042", error, d, "TCP_OFFLOAD_STATE_CACHED",
     "On TCP_FLAG_UPDATE_RCV_WND with a different InitialRcvWnd the offload target advertises a new window to the peer.",
     yes, "the window that the peer is told after an update that makes it larger", "s27"},
    {"OT-043", error, d, "Linking Path State Objects to a New Neighbor State Object",
     "On relink the offload target points the named paths to the new neighbor and uses it for everything sent afterwards.",
     yes, "the destination of segments after an update that has moved their path", "s13 s27"},
    {"OT-044", warning, d, "NdisMUpdateOffloadComplete",
     "After failing an update the offload target goes on processing the connection.",
     yes, "acknowledgements of a connection of which an update has failed", "s27"},
    {"OT-045", error, d, "Handling Invalidated State Objects; W_INVALIDATE_OFFLOAD_HANDLER",
     "After completing an invalidate the offload target sends no data on connections that are invalid or depend on an "
     "invalid object, until they are terminated or their path is linked to a valid neighbor.",
     yes, "data segments of connections that depend on something invalid, with the strict reading silent-when-invalid "
     "alone", "s14 s27"},
    {"OT-046", warning, d, "Handling Invalidated State Objects",
     "The offload target requests upload with InvalidState of each connection so affected.",
     yes, "connections that depend on an invalid object and were not asked back when the machine stops, with the strict "
     "reading invalid-state alone", "s14"},
    {"OT-047", error, d | i, "Returning the Completion Status of a Query Offload Operation; ... of an Invalidate Operation; ... of a Terminate "
     "Offload Operation",
     "When it fails a query, invalidate or terminate for corrupt hardware, the offload target completes with FAILURE, "
     "then indicates Retrieve/HardwareFailure, then Abort, and completes sends and receives with REQUEST_ABORTED at the "
     "terminate that follows.",
     yes, "events on the connections that a failure concerns, and statuses of their I/O afterwards", "s11 s28"},
    {"OT-048", fatal, d, "Responding to the Reception of a FIN or RST Segment; W_INVALIDATE_OFFLOAD_HANDLER; W_TCP_OFFLOAD_DISCONNECT_HANDLER",
     "The offload target frees an object only after its NdisMTerminateOffloadComplete: not on FIN, RST, disconnect, "
     "invalidate, abort or failure; after a terminate completed with FAILURE only after the next one.",
     yes, "memory of the target that holds a context, released before the terminate or at one that failed", "s11 s14"},
    {"OT-049", warning, d, "Terminate Offload Requested by an Offload Target",
     "The offload target complies with a terminate in any TCP state.",
     yes, "terminates that fail while a connection is being closed, without the announcement that the hardware is gone", "s28"},
    {"OT-050", error, d, "Terminating Offload State",
     "The offload target never uploads by itself: without a terminate it keeps the state.",
     yes, "segments of an offloaded connection that are indicated to the host stack", "s28"},
    {"OT-051", fatal, d, "NdisMTerminateOffloadComplete",
     "Before NdisMTerminateOffloadComplete the offload target has completed all invalidates, queries, updates, receives, "
     "disconnects and forwards of the connection.",
     yes, "outstanding requests and operations at the terminate completion; the checks of IM-071 at the offload target", "s15 s16 s17"},
    {"OT-052", fatal, d | i, "NdisMTerminateOffloadComplete",
     "Before NdisMTerminateOffloadComplete every own indication call of the offload target that concerns the objects has "
     "returned, and it starts none on them afterwards.",
     yes, "indication calls around the terminate completion", "s16 s18"},
    {"OT-053", fatal, d, "Handling Outstanding Send Data During a Terminate Offload Operation",
     "The offload target ends each outstanding send NET_BUFFER_LIST exactly one way: NdisTcpOffloadSendComplete or "
     "NetBufferListChain.",
     yes, "each posted send at the terminate completion: completed, or handed back, not both", "s15 s16"},
    {"OT-054", fatal, d, "Handling Outstanding Send Data During a Terminate Offload Operation; NdisMTerminateOffloadComplete",
     "The offload target chains handed-back NET_BUFFER_LISTs in the order received, sets SendDataHead, SendDataTail, "
     "SndUna, SndNxt, SndMax consistently, and NULL when there are none.",
     yes, "order of the chain, and SendDataHead and SendDataTail against it; the checks of IM-069 and IM-113 at the offload "
     "target", "s15 s16"},
    {"OT-055", error, d, "Terminating the Offload of a Connection Because of Resource Constraints; Handling Send Requests During a Terminate "
     "Offload Operation; NDIS_TCP_OFFLOAD_RECEIVE_COMPLETE",
     "The offload target completes sends that reach it while uploading, and receives, forwards and disconnects, with "
     "UPLOAD_IN_PROGRESS, unless the operation had already succeeded (SUCCESS) or the connection is aborted or its "
     "hardware lost (REQUEST_ABORTED).",
     yes, "statuses of completed receives", "s16"},
    {"OT-056", error, d, "Classes of Offload State Variables",
     "The offload target writes the delegated values into each supplied structure, and no constant or cached ones.",
     yes, "other than delegated structures behind the blocks of a terminate", "s15"},
    {"OT-057", error, d, "Offload State Objects; Calculating the Timestamp Delta",
     "The offload target scales SRtt by 8 and RttVar by 4 and sets TsTime = NicTime + NicDelta.",
     yes, "TsTime against the last timestamp that was sent, and SRtt against the round trips that frames show; RttVar "
     "is not looked at", "s28"},
    {"OT-058", fatal, d, "Handling Buffered Receive Data During a Terminate Offload Operation",
     "The offload target hands every received and acknowledged byte to the host: through the delivery algorithm or "
     "BufferedData.",
     yes, "RcvNxt at the terminate against the bytes completed, accepted and in BufferedData",
     "s15"},
    {"OT-059", fatal, d, "Handling Buffered Receive Data During a Terminate Offload Operation",
     "The offload target does not touch the NET_BUFFER_LISTs of BufferedData until MiniportTcpOffloadReceiveReturn.",
     yes, "writes into lists of BufferedData", "s15"},
    {"OT-060", error, d, "Handling Segments Received During a Terminate Offload Operation; Push Timer",
     "The offload target sends due delayed ACKs and stops its push and SWS timers before completing.",
     yes, "RcvNxt at the terminate against the last ACK that was sent",
     "s15"},
    {"OT-061", error, d, "Handling Segments Received During a Terminate Offload Operation",
     "The offload target processes no segment received after the terminate began; passes it, and all later ones, up "
     "NdisMIndicateReceiveNetBufferLists.",
     yes, "segments of the target's own for a connection that has been given back",
     "s15 s24"},
    {"OT-062", error, d, "Handling Segments Received During a Terminate Offload Operation",
     "With SACK the offload target drops received data that no cumulative ACK covers, neither indicating nor "
     "acknowledging it.",
     yes, "bytes delivered and handed over against RcvNxt, where segments have come ahead of it", "s28"},
    {"OT-063", fatal, i, "Storing and Referencing Offloaded State",
     "The offload target uses neither NdisOffloadHandle nor the context after the terminate completion (after FAILURE: "
     "after the next one).",
     yes, "the checks of IM-071 at the offload target", "s16 s17"},
    {"OT-064", error, d, "Returning the Completion Status of a Terminate Offload Operation",
     "The offload target reports FAILURE only for catastrophic loss of the object.",
     yes, "segments of a connection whose terminate has failed", "s28"},
    {"OT-065", fatal, d, "W_TCP_OFFLOAD_SEND_HANDLER",
     "The offload target accepts every send, returning PENDING, and queues what it cannot send yet.",
     yes, "the checks of IM-076 at the offload target", "s8 s22"},
    {"OT-066", fatal, d, "W_TCP_OFFLOAD_SEND_HANDLER",
     "The offload target transmits in FIFO order across NET_BUFFERs, NET_BUFFER_LISTs and calls.",
     yes, "sequence numbers of new data: each byte follows the one before",
     "s8"},
    {"OT-067", fatal, d, "NDIS_TCP_OFFLOAD_SEND_COMPLETE",
     "The offload target completes a send with SUCCESS only after the peer acknowledged all of it.",
     yes, "bytes of the sends completed with success against what the peer has acknowledged",
     "s8"},
    {"OT-068", error, d, "NDIS_TCP_OFFLOAD_SEND_COMPLETE",
     "The offload target states acknowledged bytes in TcpOffloadBytesTransferred and advances each NET_BUFFER by them, "
     "without freeing MDLs.",
     yes, "byte count and advance of completed sends", "s8 s22"},
    {"OT-069", error, d, "NDIS_TCP_OFFLOAD_SEND_COMPLETE",
     "The offload target fails every NET_BUFFER_LIST after the first one it fails, with at most one partly acknowledged.",
     yes, "statuses along the sends of a connection", "s22"},
    {"OT-070", error, d, "NDIS_TCP_OFFLOAD_SEND_COMPLETE; W_TCP_OFFLOAD_DISCONNECT_HANDLER; NDIS_STATUS_OFFLOAD_PAUSE",
     "The offload target uses UPLOAD_IN_PROGRESS when uploading, REQUEST_ABORTED after RST, abortive close or hardware "
     "failure, and never NDIS_STATUS_PAUSED.",
     yes, "statuses of completed sends; the cause is not looked at; the checks of IM-084 at the offload target", "s22"},
    {"OT-071", note, d, "W_TCP_OFFLOAD_SEND_HANDLER",
     "The offload target sets PSH on the last segment of each NET_BUFFER_LIST, or of the queue.",
     yes, "frames, where the queue ends; a target may mark the end of each list besides", "s8"},
    {"OT-072", error, d, "Sending Data from an Offload Target; Required and Suggested TCP/IP Protocol Support",
     "The offload target sets DF, sends no IP fragments, takes IP IDs from the upper half of the space.",
     yes, "DF and identification of the IP headers that the target builds",
     "s8"},
    {"OT-073", error, d, "Sending 802.1Q-Marked and 802.1p-Marked Packets on an Offloaded TCP Connection",
     "The offload target tags frames from neighbor VLAN and, where it supports 802.1p, user priority as the table says, "
     "uses the cached TTL, TOS and flow label, and the source MAC given.",
     yes, "tag, source address, hop limit, traffic class and flow label of segments; a priority of 0 is accepted, since "
     "802.1p is optional", "s27"},
    {"OT-074", fatal, d, "W_TCP_OFFLOAD_RECEIVE_HANDLER; NDIS_TCP_OFFLOAD_RECEIVE_INDICATE",
     "The offload target returns PENDING from receive requests and completes every one, zero-byte ones too.",
     yes, "the checks of IM-076 at the offload target", "s19"},
    {"OT-075", fatal, d, "NDIS_TCP_OFFLOAD_RECEIVE_COMPLETE",
     "The offload target fills and completes requests in the order posted.",
     yes, "the order of completions against that of the requests", "s19 s20"},
    {"OT-076", fatal, d, "Receive Side Scaling on an Offloaded TCP Connection",
     "The offload target delivers the received stream exactly once and in order, over completions and indications, "
     "whatever CPU or queue handles it.",
     yes, "bytes delivered against bytes that have come in order; their values are not in a trace", "s21 s28"},
    {"OT-077", error, d | i, "Posting and Completing Receive Requests",
     "The offload target uses posted requests in preference to indicating.",
     yes, "requests that were posted before the present run of the target", "s19 s20"},
    {"OT-078", error, d | i, "Posting and Completing Receive Requests",
     "The offload target completes a filled request at once; a part-filled push request on PSH or push timer; a "
     "part-filled non-push request only when filled (or at upload, abort or end of stream).",
     yes, "receive requests without push that are completed with success: are they full?",
     "s19"},
    {"OT-079", warning, d, "Posting and Completing Receive Requests; W_TCP_OFFLOAD_RECEIVE_HANDLER; Delivery Algorithm",
     "The offload target starts the push timer when the first byte enters a push request (NDIS 6.20: at once if "
     "TcpReceiveBytesTransferred is nonzero), restarts it on further data, stops it when requests complete, and runs none "
     "for non-push requests.",
     yes, "part-filled push requests without PSH: completed before the push timer can have run out, or not completed "
     "when it has", "s28"},
    {"OT-080", fatal, d, "NDIS_TCP_OFFLOAD_RECEIVE_COMPLETE; Delivery Algorithm",
     "The offload target never overlaps receive completions and receive indications on one connection, nor completes "
     "inside its own completion call.",
     yes, "the checks of IM-099 at the offload target", "s21"},
    {"OT-081", error, d, "NDIS_TCP_OFFLOAD_RECEIVE_INDICATE",
     "The offload target indicates one stand-alone NET_BUFFER_LIST per call with Status SUCCESS, never RESOURCES.",
     yes, "the checks of IM-093 at the offload target", "s20"},
    {"OT-082", error, d | i, "NDIS_TCP_OFFLOAD_RECEIVE_INDICATE",
     "After a refusal the offload target does not indicate that data again until a receive request has been posted, and "
     "fills normal requests before indicating.",
     yes, "indications after a refusal, and requests in between", "s20"},
    {"OT-083", fatal, d, "NDIS_TCP_OFFLOAD_RECEIVE_INDICATE",
     "After partial acceptance the offload target redelivers exactly the bytes not consumed.",
     yes, "the same count after an indication was accepted in part", "s21"},
    {"OT-084", fatal, d, "NDIS_TCP_OFFLOAD_RECEIVE_INDICATE",
     "The offload target leaves an accepted NET_BUFFER_LIST alone until returned, and takes refused or part-accepted ones "
     "back at once.",
     yes, "writes into accepted lists", "s20"},
    {"OT-085", error, d, "NDIS_TCP_OFFLOAD_RECEIVE_COMPLETE",
     "The offload target reports bytes placed in TcpOffloadBytesTransferred, advances the NET_BUFFER by them, and has "
     "advanced RcvNxt and RcvWnd.",
     yes, "byte count and advance of completed receives", "s19 s20"},
    {"OT-086", error, d, "NDIS_TCP_OFFLOAD_RECEIVE_COMPLETE",
     "The offload target completes with INVALID_STATE a request posted after it indicated a disconnect.",
     yes, "requests posted after TcpIndicateDisconnect was indicated and completed with success", "s18"},
    {"OT-087", fatal, d, "W_TCP_OFFLOAD_RECEIVE_RETURN_HANDLER",
     "The offload target returns SUCCESS from receive return, accepts mixed chains at any time after the indication, and "
     "stays loaded until the last NET_BUFFER_LIST is back.",
     yes, "the checks of IM-077 at the offload target", "s9 s20"},
    {"OT-088", fatal, d, "W_TCP_OFFLOAD_FORWARD_HANDLER",
     "The offload target processes forwarded segments as if received from the wire, from the TCP header on, and completes "
     "each NET_BUFFER_LIST asynchronously with a status.",
     yes, "statuses of forwards, and the return value; the checks of IM-076 at the offload target", "s9"},
    {"OT-089", fatal, d, "NDIS_TCP_OFFLOAD_DISCONNECT_COMPLETE",
     "The offload target returns PENDING from a disconnect and completes exactly that NET_BUFFER_LIST, never earlier send "
     "NET_BUFFER_LISTs.",
     yes, "the checks of IM-076 and IM-087 at the offload target", "s22"},
    {"OT-090", error, d, "W_TCP_OFFLOAD_DISCONNECT_HANDLER",
     "On a graceful disconnect the offload target sends queued data and the NET_BUFFER's data, then FIN, without waiting "
     "for ACKs before the FIN.",
     yes, "the sequence number of the FIN against the bytes that were posted",
     "s15"},
    {"OT-091", error, d | i, "W_TCP_OFFLOAD_DISCONNECT_HANDLER",
     "The offload target completes all outstanding sends, in order, before the disconnect; at an upload a send may "
     "instead be handed back in NetBufferListChain.",
     yes, "sends that are outstanding, or out of order, at their completion and that of the disconnect", "s22"},
    {"OT-092", error, d, "NDIS_TCP_OFFLOAD_DISCONNECT_COMPLETE",
     "The offload target completes a graceful disconnect with SUCCESS only when FIN and data are acknowledged, with the "
     "acknowledged byte count.",
     yes, "what the peer has acknowledged when a graceful disconnect is completed with success",
     "s15"},
    {"OT-093", error, d, "W_TCP_OFFLOAD_DISCONNECT_HANDLER",
     "On an abortive disconnect the offload target sends RST without waiting for indications, completes sends with "
     "REQUEST_ABORTED before the disconnect, and stops processing and acknowledging received segments.",
     yes, "whether a RST has left when an abortive disconnect is completed with success",
     "s23"},
    {"OT-094", error, d, "W_TCP_OFFLOAD_DISCONNECT_HANDLER",
     "The offload target sends RST in no other case.",
     yes, "RST segments of the target against the disconnects that were requested",
     "s23"},
    {"OT-095", error, d, "W_TCP_OFFLOAD_DISCONNECT_HANDLER",
     "The offload target fails a disconnect only while uploading or aborted.",
     yes, "statuses of completed disconnects", "s22"},
    {"OT-096", error, d, "Responding to a Disconnect Request",
     "The offload target keeps the other half working after a FIN either way.",
     yes, "acknowledgements after the own FIN, and sends after the peer's", "s28"},
    {"OT-097", fatal, d | i, "Responding to the Reception of a FIN or RST Segment",
     "The offload target indicates TcpIndicateDisconnect once, only after FIN and after all earlier data was consumed.",
     yes, "TcpIndicateDisconnect told twice, data shown after it, and the event against the FIN segments that have come", "s15 s18"},
    {"OT-098", error, d, "Responding to the Reception of a FIN or RST Segment; NDIS_TCP_OFFLOAD_EVENT_INDICATE",
     "On an acceptable RST the offload target marks the connection aborted, indicates TcpIndicateAbort, and completes "
     "sends, receives and disconnects with REQUEST_ABORTED.",
     yes, "statuses of I/O after TcpIndicateAbort, and TcpIndicateAbort against the RST that has come", "s18 s23"},
    {"OT-099", error, d, "NDIS_TCP_OFFLOAD_EVENT_INDICATE",
     "The offload target gives a valid TCP_UPLOAD_REASON, one connection per call, and never asks for a path or neighbor.",
     yes, "arguments of events", "s18 s24"},
    {"OT-100", error, d, "NDIS_TCP_OFFLOAD_EVENT_INDICATE",
     "After a mandatory reason the offload target does not continue the connection; after an optional one it keeps "
     "serving it.",
     yes, "sends that were given after a mandatory reason reached the host stack and end with success", "s18"},
    {"OT-101", error, d, "NDIS_TCP_OFFLOAD_EVENT_INDICATE",
     "The offload target does not request upload in FIN_WAIT1, FIN_WAIT2 or CLOSE_WAIT for an optional reason; for a "
     "mandatory one the documents disagree.",
     yes, "reasons of upload requests between the first and the second FIN; mandatory ones with the strict reading "
     "mandatory-in-close", "s18"},
    {"OT-102", note, d, "NDIS_TCP_OFFLOAD_EVENT_INDICATE",
     "The offload target throttles TcpIndicateSendBacklogChange, and computes the size independently of the bytes now "
     "posted.",
     no, "how often is too often no page says", ""},
    {"OT-103", fatal, d, "Storing and Referencing Offloaded State",
     "The offload target passes the stored NdisOffloadHandle of that very object in each indication.",
     yes, "the layer and owner of the handle that is indicated; the checks of IM-090 at the offload target", "s18"},
    {"OT-104", error, d, "Making a NeighborReachabilityQuery Indication",
     "The offload target makes a NeighborReachabilityQuery only when both reachability ages exceed NceStaleTicks, with "
     "modular arithmetic, before sending.",
     yes, "both ages in the block of the question against NceStaleTicks", "s18 s29"},
    {"OT-105", error, d, "NdisMOffloadEventIndicate",
     "The offload target passes one block of type NeighborOffloadState with CONST, CACHED and DELEGATED following, and "
     "NULL for any other indication code.",
     yes, "the checks of IM-097 at the offload target", "s18"},
    {"OT-106", error, d, "Making a NeighborReachabilityQuery Indication",
     "The offload target sets NRT on every forward progress of a dependent connection and HRT only from the host's "
     "answer.",
     yes, "NicReachabilityDelta in questions, queries and terminates, and HostReachabilityDelta in questions, against "
     "the frames and answers before; one tick off is allowed", "s28 s29"},
    {"OT-107", warning, d | i, "Terminate Offload Initiated by the Host Stack",
     "The offload target reports link loss by status indication and leaves the upload decision to the host.",
     yes, "TcpIndicateRetrieve with HardwareFailure or UploadRequested while the cable is out and nothing else has happened; "
     "NDIS_STATUS_LINK_STATE after the cable was pulled out", "s30"},
    {"OT-108", error, d, "NDIS_STATUS_UPLOAD_ALL",
     "After UPLOAD_ALL the offload target indicates RESUME only when the terminations are complete.",
     yes, "connections from before UPLOAD_ALL when RESUME is indicated", "s25"},
    {"OT-109", warning, d, "Terminating the Offload of a Connection Because of Resource Constraints",
     "The offload target requests upload (UploadRequested) when it cannot get resources for a live connection.",
     no, "which of the adapter's resources a live connection needs, and when it cannot get one, shows inside the driver "
     "only", ""},
    {"OT-110", error, d, "Handling the Reception of Non-Standard Packets and Messages (children)",
     "The offload target passes ARP, ICMP and RIP messages, IPv4 packets with options, IP fragments, segments of CLOSED "
     "connections, and SYNs in TIME_WAIT up the non-offload path.",
     yes, "frames that reach the adapter and are no plain TCP segments, against its indications to the ordinary path, in runs "
     "in which no allocation fails", "s24 s29"},
    {"OT-111", error, d, "Handling the Reception of Urgent Data; NDIS_TCP_OFFLOAD_EVENT_INDICATE",
     "On a valid URG segment the offload target requests upload with ReceivedUrgentData, acknowledges nothing further, "
     "queues, and after the terminate passes the data up the non-offload path.",
     yes, "acknowledgement numbers after a segment with URG",
     "s24"},
    {"OT-112", error, d, "Requirements for TCP Chimney NICs for Blind-Reset Attacks; Handling the Reception of SYN Segments",
     "Outside TIME_WAIT the offload target uploads in CLOSED state on an in-order SYN, and follows the blind-reset "
     "procedure for other SYNs and RSTs.",
     yes, "TcpIndicateAbort against the sequence number of the RST that came",
     "s23"},
    {"OT-113", error, d, "Receiving 802.1Q-Marked and 802.1p-Marked Packets on an Offloaded TCP Connection",
     "The offload target drops received frames whose VLAN does not match a nonzero neighbor VLAN, and filters on nothing "
     "when it is zero.",
     yes, "acknowledgements of segments without the tag of the VLAN, and of tagged ones where the neighbor has no VLAN", "s27"},
    {"OT-114", error, d, "Overview of TCP Timers",
     "The offload target maintains delayed-ACK, retransmit, persist, FIN_WAIT_2, keepalive and push timers for every "
     "connection.",
     yes, "data that is neither acknowledged nor sent again, and closed windows that are not probed, for longer than "
     "the longest timeout; the other timers have rules of their own", "s26"},
    {"OT-115", warning, d, "Retransmit Timer; TCP_OFFLOAD_STATE_CACHED; NDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS",
     "The offload target gives up a segment at TcpMaximumRetransmissions, or MaxRT if nonzero (never if 0xFFFFFFFF), "
     "requesting upload with TimeoutExpiration.",
     yes, "retransmissions of one segment against TcpMaximumRetransmissions and MaxRT, and requests for upload before "
     "that", "s26"},
    {"OT-116", error, d, "Persist Timer",
     "The offload target follows the persist algorithm and requests upload when probes of one round exceed "
     "TcpMaximumRetransmissions.",
     yes, "the times between probes of a closed window, and their number in a round", "s26"},
    {"OT-117", error, d, "FIN_WAIT_2 Timer",
     "The offload target uses 120 s for FIN_WAIT_2, restarts it on acceptable segments; on expiry goes to CLOSED and "
     "requests upload with TimeoutExpiration.",
     yes, "requests for upload in FIN_WAIT_2 against 120 seconds since the last segment", "s26"},
    {"OT-118", error, d, "Keepalive Timer",
     "The offload target sends keepalive probes only when enabled (or for blind-reset mitigation), after KaTimeout, then "
     "every KaInterval, up to KaProbeCount.",
     yes, "keepalive probes: whether they are wanted, when they are sent, and how many are not answered", "s26"},
    {"OT-119", warning, d, "Overview of TCP Timers",
     "The offload target requests upload of a connection that enters TIME_WAIT.",
     yes, "connections that stay in TIME_WAIT for a second without a request for upload", "s28"},
    {"OT-120", error, d, "Generating and Using Timestamps",
     "The offload target generates timestamps NicTime + NicDelta that never step backwards across offload and upload.",
     yes, "timestamps of one connection in the order in which they were sent, across offload and upload",
     "s15"},
    {"OT-121", error, d, "Power Management for Offload Targets",
     "The offload target does not finish OID_PNP_SET_POWER to a state other than D0 with SUCCESS before the terminates of "
     "all offloaded connections have completed.",
     yes, "connections that are offloaded when OID_PNP_SET_POWER of a state other than D0 is completed with SUCCESS", "s30"},
    {"OT-122", warning, d, "TCP_OFFLOAD_STATS; IP_OFFLOAD_STATS",
     "The offload target counts statistics only for offloaded connections, per interface and family, resets on set, and "
     "counts corrupted packets only if it drops them.",
     no, "what a query brings back is in no trace; and the lab's own target keeps no statistics, it answers "
     "NDIS_STATUS_NOT_SUPPORTED", ""},
    {"OT-123", error, d, "TCP_OFFLOAD_STATE_CONST; Required and Suggested TCP/IP Protocol Support",
     "The offload target puts a timestamp in every segment when TCP_FLAG_TIMESTAMP_ENABLED, uses SACK and window scaling "
     "only as the constant flags say, and skips SACK options it does not support.",
     yes, "the timestamps option against the constant flags",
     "s15"},
    {"OT-124", error, d, "Required and Suggested TCP/IP Protocol Support",
     "The offload target keeps sends within the peer window and congestion window, and applies Nagle as "
     "TCP_FLAG_NAGLING_ENABLED says.",
     yes, "sequence numbers against the window that the peer has advertised last",
     "s8"},
    {"OT-125", error, d, "NDIS_TCP_OFFLOAD_RECEIVE_INDICATE",
     "The offload target completes a zero-byte receive request without any data in it, and takes it as leave to indicate "
     "refused data again.",
     yes, "byte count of completed requests of no bytes", "s20"},
    {"OT-126", error, d, "Delivery Algorithm",
     "The offload target finishes every run of the delivery algorithm: leaves no in-sequence data waiting while a "
     "non-empty request is queued and no completion or indication is in progress.",
     yes, "bytes acknowledged and not delivered against the oldest posted request, when the connection is terminated "
     "and when the machine stops", "s21"},
    {"OT-127", error, d, "NDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS; NDIS_TCP_OFFLOAD_RECEIVE_INDICATE",
     "The offload target acknowledges at the latest after TcpAckFrequency segments or TcpDelayedAckTicks, once it has "
     "buffers for the data, without waiting for the application.",
     yes, "when data that has come in order is acknowledged", "s26"},
    {"OT-128", warning, d, "NDIS_TCP_CONNECTION_OFFLOAD_PARAMETERS; Required and Suggested TCP/IP Protocol Support",
     "The offload target retransmits fast after TcpDuplicateAckThreshold duplicate ACKs.",
     yes, "the segment at SndUna after TcpDuplicateAckThreshold duplicate acknowledgements", "s26"},
    {"OT-129", note, d, "TCP_OFFLOAD_STATE_CACHED; Using the Specified Receive Indication Size",
     "The offload target indicates about RcvIndicationSize bytes per call when it is nonzero, and as much as it has when "
     "it is zero.",
     no, "a hint that needs no obedience", ""},
    {"OT-130", warning, d, "NEIGHBOR_OFFLOAD_STATE_CONST",
     "The offload target accepts received packets of an offloaded connection on the configured MAC address "
     "(DlSourceAddress, or the interface's if zero) and, where multicast addresses are enabled, on those too.",
     yes, "acknowledgements of segments for the hardware address that the neighbor was given, and for multicast "
     "addresses", "s27"},
    {"OT-131", note, d, "Overview of TCP Timers; Making a NeighborReachabilityQuery Indication",
     "The offload target keeps each timer wide enough to run several weeks, and computes with HRT, NRT and timestamps "
     "modulo 2^32.",
     no, "how wide a clock is shows only when it turns over, after weeks; a timestamp that steps back then is OT-120's", ""},
    {"OT-132", warning, d, "Silly Window Syndrome Prevention Timer",
     "The offload target suppresses a small segment for SWS, if it does that at all, only under all three conditions, and "
     "sends when the timer expires.",
     yes, "data that does not leave although nothing is outstanding and the window has room", "s26"},
    {"OT-133", warning, d, "Security Guidelines for Offload-Capable Miniport Drivers",
     "The offload target processes no packet feature it has not advertised: passes such packets up untouched.",
     yes, "frames with IPv6 extension headers against SupportIPv6ExtensionHeaders; what becomes of them shows at the end", "s24"},
};

}  // namespace rules

std::span<const Rule> offload_target_rules() { return rules::of_offload_targets; }

}  // namespace chimneylab::verifier
