// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/catalogue_parts.h"

namespace chimneylab::verifier {
namespace rules {

constexpr Rule of_host_stacks[] = {
    {"HS-001", error, d | i, "Configuring Optional Protocol Driver Services; NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS",
     "The host stack registers both client chimney characteristics (generic, then TCP) with two NdisSetOptionalHandlers "
     "calls before the first chimney call on a binding.",
     yes, "the checks of IM-003, IM-004 and IM-007 at the host stack", "s1"},
    {"HS-002", error, d | i, "NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS",
     "The host stack sets OffloadType to NdisTcpChimneyOffload and leaves none of the twelve entry points NULL.",
     yes, "the checks of IM-005, IM-006 and IM-008 at the host stack", "s1"},
    {"HS-003", error, d | i, "Enabling and Disabling Connection Offload Services",
     "The host stack sets OID_TCP_CONNECTION_OFFLOAD_PARAMETERS before the first NdisInitiateOffload on a binding.",
     yes, "set requests of the OID on the binding of the first initiate", "s1 s25"},
    {"HS-004", error, d, "Generating and Using Timestamps; Overview of TCP Timers",
     "The host stack chooses TicksPerSecond = 10, 100 or 1000.",
     yes, "TicksPerSecond in the buffer of the set request", "s1"},
    {"HS-005", error, i, "NDIS_TCP_CONNECTION_OFFLOAD",
     "The host stack offloads only what the latest capabilities allow (IPv4/IPv6, SACK, extension headers).",
     yes, "Header.Type of new paths and the SACK flag of new connections against the capabilities that the adapter reported "
     "last", "s30"},
    {"HS-006", warning, i, "NDIS_TCP_CONNECTION_OFFLOAD",
     "The host stack keeps the number of offloaded plus being-offloaded connections within TcpConnectionOffloadCapacity.",
     yes, "connections offloaded and being offloaded against the capacity reported last, on a host stack with one binding", "s25"},
    {"HS-007", error, d, "OID_TCP_TASK_OFFLOAD",
     "The host stack terminates every connection that uses a capability before it disables that capability.",
     yes, "connections over the version of IP that a set request of OID_TCP_OFFLOAD_PARAMETERS or "
     "OID_TCP_CONNECTION_OFFLOAD_PARAMETERS switches off", "s30"},
    {"HS-008", warning, d, "NDIS_STATUS_OFFLOAD_RESUME",
     "The host stack takes the capabilities that come with, or are read after, NDIS_STATUS_OFFLOAD_RESUME as valid before "
     "initiating anything.",
     yes, "initiates after a NDIS_STATUS_OFFLOAD_RESUME without a status buffer, before the host stack has asked for the "
     "capabilities", "s30"},
    {"HS-009", error, d, "NDIS_STATUS_OFFLOAD_PAUSE; NDIS_STATUS_UPLOAD_ALL",
     "The host stack starts no new initiate between NDIS_STATUS_OFFLOAD_PAUSE (or NDIS_STATUS_UPLOAD_ALL) and "
     "NDIS_STATUS_OFFLOAD_RESUME.",
     yes, "initiates that begin between these indications, once they have returned", "s25"},
    {"HS-010", error, d, "NDIS_STATUS_UPLOAD_ALL",
     "After NDIS_STATUS_UPLOAD_ALL the host stack terminates all TCP connections and then, or with them, all paths and "
     "neighbors of the adapter.",
     yes, "objects from before UPLOAD_ALL that are still offloaded when the machine stops and that nothing forbids to "
     "terminate", "s25"},
    {"HS-011", error, d, "Offload Block Lists",
     "The host stack links blocks through NextBlock only within one layer.",
     yes, "the checks of IM-016 at the host stack", "s4"},
    {"HS-012", error, d, "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST",
     "The host stack points DependentBlockList only from neighbor to path and from path to TCP, and leaves it NULL in TCP "
     "blocks.",
     yes, "the checks of IM-017 at the host stack", "s4"},
    {"HS-013", fatal, i, "Offload State Tree",
     "The host stack builds a finite tree: no cycles, no block reachable twice, none already in another operation.",
     yes, "the checks of IM-018 at the host stack", "s4"},
    {"HS-014", fatal, d, "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST",
     "The host stack gives every non-placeholder block a valid OFFLOAD_STATE_TYPE of the layer the block stands in; where "
     "state follows, the Type names exactly that state.",
     yes, "Header.Type of every block", "s4"},
    {"HS-015", error, d | i, "OFFLOAD_STATE_HEADER",
     "The host stack lets each state header Length be the size of that structure when the tree reaches the miniport, and "
     "attaches no meaning to RecognizedOptions.",
     yes, "Length of every structure in a tree that reaches the target; 0 is taken for one that NDIS fills in, unless the "
     "strict reading state-length is on", "s12"},
    {"HS-016", error, d, "Placeholders, Linkers, and New Offloads",
     "In an initiate tree the host stack follows every new-offload block with its full state and puts no state after "
     "placeholders and linkers.",
     yes, "Header.Type of new blocks and the state behind them", "s1"},
    {"HS-017", error, d, "Placeholders, Linkers, and New Offloads",
     "In an initiate tree the host stack gives every linker at least one dependent block, which leads to new state.",
     yes, "the checks of IM-020 at the host stack", "s4"},
    {"HS-018", error, i, "Offload State Tree; Offload Target's Internal State Trees",
     "The host stack hangs a new path only from a neighbor that is new in the same tree or already offloaded, and a new "
     "TCP object only from such a path.",
     yes, "what new paths and connections hang from", "s1 s4"},
    {"HS-019", fatal, d, "W_INITIATE_OFFLOAD_HANDLER; W_UPDATE_OFFLOAD_HANDLER; W_TERMINATE_OFFLOAD_HANDLER",
     "The host stack leaves the tree, its payloads and the buffers they reference untouched from the call until the "
     "completion.",
     yes, "the checks of IM-023 at the host stack", "s1 s6 s17"},
    {"HS-020", fatal, d | i, "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST",
     "The host stack never modifies SourceHandle, and modifies nothing reserved for others.",
     yes, "the checks of IM-023 at the host stack", "s17"},
    {"HS-021", fatal, d | i, "Processing Events That Occur During an Offload",
     "The host stack never offloads an object as new while an offload of it is in progress or while it is already "
     "offloaded.",
     yes, "the checks of IM-019 and IM-024 at the host stack", "s4 s6"},
    {"HS-022", error, d, "TCP_OFFLOAD_STATE_DELEGATED",
     "The host stack offloads a connection only in ESTABLISHED, FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT, CLOSING or LAST_ACK.",
     yes, "State in the payload of an initiate", "s1"},
    {"HS-023", error, d, "Handling the Reception of Packets in Which IP Options are Specified",
     "The host stack never offloads a connection that needs IPv4 options processed.",
     no, "no trace can show it: no structure of the DDI says that a connection needs IPv4 options", ""},
    {"HS-024", error, d, "Delayed Acknowledgement Timer",
     "The host stack stops its delayed-ACK timer and sends all due ACKs before the initiate call.",
     yes, "RcvNxt of an initiate against the last acknowledgement that the host stack has sent", "s28"},
    {"HS-025", error, d, "Push Timer; Silly Window Syndrome Prevention Timer",
     "The host stack stops its push and SWS timers and runs none of them for the connection while it is offloaded.",
     no, "no trace can show it: a timer that runs and does nothing leaves no mark; what it would send is found by "
     "HS-035", ""},
    {"HS-026", fatal, d, "Handling Buffered Receive Data During and After an Offload Operation",
     "The host stack puts the undelivered receive data in BufferedData so that its last byte is just left of RcvNxt.",
     no, "how much of the stream the application had taken before the offload is in no call and in no frame", ""},
    {"HS-027", fatal, d | i, "Handling Buffered Receive Data During and After an Offload Operation",
     "The host stack frees or reuses the BufferedData buffers only after the completion, and drops the data only if the "
     "block succeeded.",
     yes, "writes into lists of BufferedData, and their release, while the initiate is in progress", "s7"},
    {"HS-028", fatal, d, "Handling Outstanding Send Data During and After an Offload Operation",
     "The host stack passes outstanding send data in NetBufferListChain with one NET_BUFFER per NET_BUFFER_LIST, "
     "SendDataHead and SendDataTail on the first and last NET_BUFFER_LIST with data, or NULL when there is none.",
     yes, "SendDataHead and SendDataTail against the chain; the checks of IM-113 at the host stack", "s5 s8"},
    {"HS-029", fatal, d | i, "Mapping SndUna, SndNxt, and SndMax to the MDLs",
     "The host stack sets SndUna to the first chained byte, with SndUna ≤ SndNxt ≤ SndMax ≤ SndUna + chain bytes in "
     "modular order; up to one more in FIN_WAIT1, CLOSING and LAST_ACK, where a FIN takes a sequence number.",
     yes, "the three sequence numbers against each other and the bytes of the chain", "s5 s8"},
    {"HS-030", error, d, "TCP_OFFLOAD_STATE_DELEGATED",
     "The host stack reports −1 in a TimeoutDelta exactly when that timer is not running.",
     yes, "Retransmit.TimeoutDelta of an initiate where nothing is outstanding and the window is open", "s28"},
    {"HS-031", error, d, "Offload State Objects; Calculating the Timestamp Delta",
     "The host stack scales SRtt by 8 and RttVar by 4, and sets TsTime = StackTime + StackDelta.",
     yes, "TsTime against the last timestamp that was sent, SRtt against that of the last upload and the round trips "
     "since; RttVar is not looked at", "s28"},
    {"HS-032", warning, d, "Making a NeighborReachabilityQuery Indication",
     "The host stack sets HostReachabilityDelta equal to NicReachabilityDelta when offloading a neighbor.",
     yes, "both deltas in the payload of a new neighbor", "s1"},
    {"HS-033", fatal, d | i, "Processing Events That Occur During an Offload",
     "The host stack issues no send, receive, disconnect, forward, query, update, invalidate or terminate for an object "
     "before its initiate completes.",
     yes, "the checks of IM-024 and IM-088 at the host stack", "s6"},
    {"HS-034", fatal, d, "Returning Completion Status of an Initiate Offload Operation; Partial Offloads and Offload Failures",
     "After the completion the host stack treats exactly the new blocks that report SUCCESS or PARTIAL_SUCCESS as "
     "offloaded, and takes back the send and receive data of the others.",
     yes, "the checks of IM-019 at the host stack", "s3 s5"},
    {"HS-035", error, d, "Forwarding Data to an Offload Target",
     "The host stack forwards, after a successful offload, the segments it received and did not acknowledge meanwhile, "
     "and acknowledges none of them itself.",
     yes, "segments that the host stack sends for a connection that the target holds",
     "s9"},
    {"HS-036", fatal, d | i, "Terminate Offload Initiated by the Host Stack",
     "The host stack counts dependents of each neighbor and path from the moment it links to them, including links in "
     "initiates still in progress.",
     yes, "linkers in initiates under way at the terminate of what they link to", "s17"},
    {"HS-037", fatal, d, "Filling In the Queried State",
     "The host stack follows each referenced block of a query with state structures matching its Type.",
     yes, "the state behind the blocks of a query", "s10"},
    {"HS-038", error, d, "TCP_OFFLOAD_STATE_DELEGATED",
     "The host stack reads SendBacklogSize and ReceiveBacklogSize only from a query, and takes 0xFFFFFFFF as \"not "
     "supported\".",
     no, "the sizes are read from memory, and reading leaves no trace", ""},
    {"HS-039", error, d, "W_QUERY_OFFLOAD_HANDLER; NdisMUpdateOffloadComplete",
     "The host stack terminates objects whose query or update failed.",
     yes, "objects whose query or update failed and that are still offloaded when the machine stops, unless somebody "
     "outside the scenario made it fail", "s11"},
    {"HS-040", error, d, "Synchronizing Update Operations",
     "The host stack keeps at most one update in progress per object.",
     yes, "the checks of IM-025 at the host stack", "s12"},
    {"HS-041", error, d, "Synchronizing Update Operations",
     "The host stack never updates an object that is being offloaded or has been invalidated.",
     yes, "the checks of IM-025 at the host stack", "s6 s13"},
    {"HS-042", error, d, "Reasons for Updating Offloaded State Objects",
     "The host stack updates only cached variables, and paths' neighbor links; never a TCP-to-path link.",
     yes, "the structures behind the blocks of an update, and the paths that connections stand under", "s12 s13"},
    {"HS-043", error, d, "Linking Path State Objects to a New Neighbor State Object",
     "The host stack relinks paths with a root block that references the new, already offloaded neighbor and dependents "
     "that reference the paths.",
     yes, "the neighbor above a path that an update links anew", "s13"},
    {"HS-044", warning, d, "Linking Path State Objects to a New Neighbor State Object",
     "The host stack changes DlDestinationAddress only for a new MAC of the same next hop, and relinks for a new next "
     "hop.",
     yes, "hardware addresses in updates of neighbors that are those of another offloaded neighbor", "s13"},
    {"HS-045", error, d, "Retransmit Timer; TCP_OFFLOAD_STATE_CACHED",
     "The host stack sets TCP_FLAG_MAX_RT_RESTART when MaxRT changed and TCP_FLAG_UPDATE_RCV_WND when InitialRcvWnd "
     "changed.",
     yes, "new values against the last ones, and the flags beside them", "s12"},
    {"HS-046", error, d, "Classes of Offload State Variables",
     "The host stack sends an update for every changed cached variable of an offloaded object, HostReachabilityDelta "
     "excepted (a running delta, renewed in the NeighborReachabilityQuery answer).",
     no, "no trace can show it: the host stack's own copy of a cached variable does not cross the DDI", ""},
    {"HS-047", error, d, "Invalidate Offload Sequence",
     "The host stack puts no state structures after blocks of an invalidate tree.",
     yes, "the memory behind the blocks of an invalidate, where it is a block and the state of its type and nothing else", "s14"},
    {"HS-048", warning, d | i, "Handling Invalidated State Objects; W_INVALIDATE_OFFLOAD_HANDLER",
     "The host stack starts no new offload that links to an invalidated object, and in the end terminates what it "
     "invalidated.",
     yes, "objects that are invalid and still offloaded when the machine stops; links to invalid objects with the strict "
     "reading link-to-invalid", "s13 s14"},
    {"HS-049", fatal, d, "W_TERMINATE_OFFLOAD_HANDLER",
     "The host stack terminates a connection only when its invalidates, queries and updates have completed.",
     yes, "the checks of IM-026 at the host stack", "s16 s17"},
    {"HS-050", fatal, d, "W_TERMINATE_OFFLOAD_HANDLER",
     "The host stack terminates a connection only when its receive and disconnect calls have returned.",
     yes, "the checks of IM-026 at the host stack", "s16"},
    {"HS-051", fatal, d, "Terminate Offload Initiated by the Host Stack",
     "The host stack terminates a neighbor or path only at reference count zero, or together with all its dependents in "
     "the same tree.",
     yes, "objects that depend on the terminated one and are neither terminated nor in the tree", "s13 s17"},
    {"HS-052", error, d | i, "Handling Send Requests During a Terminate Offload Operation; Returning the Completion Status of a Terminate Offload "
     "Operation",
     "The host stack has at most one terminate of an object in progress, repeats it once, and only after one that "
     "completed with FAILURE, and once it is issued makes no send, receive, disconnect, query, update or invalidate call "
     "for the object.",
     yes, "operations and I/O calls after the terminate call", "s16"},
    {"HS-053", error, d, "W_TCP_OFFLOAD_FORWARD_HANDLER; Handling Segments Received During a Terminate Offload Operation",
     "The host stack forwards no segments for a connection being offloaded or terminated, and processes those received "
     "during a terminate itself afterwards.",
     yes, "forward calls after the terminate call; what becomes of the segments is not looked at", "s9"},
    {"HS-054", warning, d, "Terminate Offload Initiated by the Host Stack",
     "The host stack terminates a path when its last connection is gone and a neighbor when its last path is gone.",
     yes, "neighbors and paths whose last dependent was terminated and that are still offloaded when the machine stops", "s12 s13"},
    {"HS-055", error, d | i, "NDIS_TCP_OFFLOAD_EVENT_INDICATE",
     "The host stack answers every mandatory TcpIndicateRetrieve, and every TcpIndicateAbort, with a terminate as soon as "
     "the preconditions hold.",
     yes, "connections of which a mandatory TcpIndicateRetrieve or a TcpIndicateAbort was indicated and that are still "
     "offloaded when the machine stops; with the strict reading repeat-terminate also a terminate that failed and was "
     "not repeated", "s11 s14 s23 s24"},
    {"HS-056", fatal, d, "NDIS_TCP_OFFLOAD_SEND_COMPLETE; Handling Outstanding Send Data During a Terminate Offload Operation",
     "After terminate the host stack accounts for every send it posted: completed exactly once or found once in "
     "NetBufferListChain; unless the connection is being aborted it sends what came back itself.",
     yes, "data that an upload has left unacknowledged, which the host stack does not send again", "s16 s28"},
    {"HS-057", fatal, d | i, "Handling Buffered Receive Data During a Terminate Offload Operation",
     "The host stack copies BufferedData received at terminate, delivers it before newer data, and returns the "
     "NET_BUFFER_LISTs with NdisOffloadTcpReceiveReturn.",
     yes, "the checks of IM-100 at the host stack", "s15"},
    {"HS-058", error, d, "Push Timer; Keepalive Timer; Calculating the Timestamp Delta",
     "The host stack adopts the delegated values: timers (−1 idle, 0 fires at once), SRtt/RttVar unscaled, StackDelta = "
     "TsTime − StackTime; restarts push and SWS timers.",
     yes, "timestamps and the first retransmission after an upload against TsTime and Retransmit.TimeoutDelta", "s28"},
    {"HS-059", fatal, i, "Storing and Referencing Offloaded State",
     "The host stack never uses the old context of an object after the terminate that ended it; a handle location that it "
     "reuses for a new offload holds NULL.",
     yes, "the checks of IM-019 and IM-088 at the host stack", "s16"},
    {"HS-060", error, d | i, "Power Management for Offload Targets; Terminate Offload Initiated by the Host Stack",
     "The host stack has issued the terminate of every offloaded connection before OID_PNP_SET_POWER to a state other "
     "than D0 reaches the target; uploads everything on NetEventPause and before closing the binding.",
     yes, "objects of the binding at NetEventPause and when it is closed; connections when OID_PNP_SET_POWER reaches the target", "s25 s30"},
    {"HS-061", fatal, d, "W_TCP_OFFLOAD_SEND_HANDLER; W_TCP_OFFLOAD_RECEIVE_HANDLER",
     "The host stack never overlaps two send calls, nor two receive calls, on one connection.",
     yes, "the checks of IM-086 at the host stack", "m11"},
    {"HS-062", error, d, "W_TCP_OFFLOAD_RECEIVE_HANDLER; W_TCP_OFFLOAD_FORWARD_HANDLER; W_TCP_OFFLOAD_DISCONNECT_HANDLER",
     "The host stack gives each receive-request NET_BUFFER_LIST, each forward NET_BUFFER_LIST and the disconnect "
     "NET_BUFFER_LIST exactly one NET_BUFFER; a forward NET_BUFFER holds one segment starting at the TCP header; an "
     "abortive disconnect NET_BUFFER has DataLength 0.",
     yes, "NET_BUFFERs of each list, and lists of a disconnect; the checks of IM-087 at the host stack", "s22"},
    {"HS-063", error, d | i, "W_TCP_OFFLOAD_DISCONNECT_HANDLER",
     "The host stack sends exactly one of the two disconnect flags, and posts no send after a graceful disconnect.",
     yes, "Flags of each disconnect, and sends after a graceful one", "s22"},
    {"HS-064", error, d, "W_TCP_OFFLOAD_SEND_HANDLER",
     "The host stack never asks the target to send urgent data.",
     no, "no trace can show it: no structure of the DDI says that what is to be sent is urgent", ""},
    {"HS-065", fatal, d, "W_TCP_OFFLOAD_SEND_HANDLER",
     "The host stack leaves NET_BUFFER_LISTs, NET_BUFFERs and MDLs handed down alone until they are completed.",
     yes, "writes into lists, and their release, while they are below", "s8 s22"},
    {"HS-066", error, d, "Posting and Completing Receive Requests; W_TCP_OFFLOAD_RECEIVE_HANDLER",
     "The host stack puts no received data into a push-mode receive request (NDIS 6.0); from NDIS 6.20 states any such "
     "bytes in TcpReceiveBytesTransferred.",
     no, "what NDIS 6.0 hands down with a request does not say that its buffer holds data already; the member for it is "
     "NDIS 6.20's", ""},
    {"HS-067", fatal, d, "NDIS_TCP_OFFLOAD_RECEIVE_INDICATE",
     "The host stack returns from a receive indication a status and BytesConsumed that agree: SUCCESS and all, "
     "NOT_ACCEPTED and 0, PARTIALLY_ACCEPTED and between.",
     yes, "the checks of IM-094 at the host stack", "s18 s20"},
    {"HS-068", fatal, d, "NDIS_TCP_OFFLOAD_RECEIVE_INDICATE",
     "The host stack returns each NET_BUFFER_LIST it accepted with SUCCESS exactly once through "
     "NdisOffloadTcpReceiveReturn, and keeps or returns none it did not accept (NET_BUFFER_LISTs of BufferedData: "
     "HS-057).",
     yes, "the checks of IM-096 and IM-100 at the host stack", "s20"},
    {"HS-069", note, i, "NDIS_TCP_OFFLOAD_RECEIVE_INDICATE",
     "After refusing data the host stack posts a receive request, possibly of no bytes, before it expects indications "
     "again.",
     no, "a duty of nobody: the page binds the target", ""},
    {"HS-070", warning, d, "W_TCP_OFFLOAD_DISCONNECT_HANDLER",
     "The host stack does not reissue a disconnect of the same kind that failed; uploads or aborts instead.",
     yes, "disconnects of one connection and kind", "s22"},
    {"HS-071", error, d, "Making a NeighborReachabilityQuery Indication",
     "The host stack answers a NeighborReachabilityQuery inside the call: HRD 0 if its NCE is stale, nonzero if "
     "REACHABLE.",
     yes, "HostReachabilityDelta in the block when the call returns: over NceStaleTicks, or 0 although the offload told "
     "of a younger confirmation", "s29"},
    {"HS-072", error, d, "Making a NeighborReachabilityQuery Indication",
     "After answering 0 the host stack later queries NicReachabilityDelta, and invalidates the neighbor when neither "
     "progress nor probes confirm it.",
     yes, "after an answer of 0 the query of the neighbor's delegated state and, when it shows no progress and nothing "
     "else has come from the neighbor, its invalidate; half a minute is granted for each", "s29"},
    {"HS-073", warning, d, "Making a NeighborReachabilityQuery Indication",
     "Before it sends an IP datagram itself on an offloaded connection whose neighbor entry is in DELAY, the host stack "
     "queries NicReachabilityDelta to decide on PROBE.",
     yes, "datagrams of the host stack through a neighbor about which it has answered 0 and not asked since", "s29"},
    {"HS-074", fatal, d | i, "Referencing Offloaded State Through an Intermediate Driver; Storing and Referencing Offloaded State",
     "The host stack gives each state object an NDIS_OFFLOAD_HANDLE of its own and keeps it at its address from the "
     "initiate call until the terminate (or the failed initiate) completes.",
     yes, "the handles of the blocks of one tree", "s2"},
    {"HS-075", fatal, d | i, "Filling In the Queried State; Invalidate Offload Sequence; Storing and Referencing Offloaded State",
     "In a query, update, invalidate or terminate tree the host stack names only objects that are offloaded: each block "
     "is a placeholder, or its location holds the value that the target wrote.",
     yes, "the checks of IM-019 at the host stack", "s10"},
    {"HS-076", error, d | i, "W_TERMINATE_OFFLOAD_HANDLER; Terminate Offload Sequence",
     "The host stack follows a terminate block with a delegated structure of its layer or with nothing; gives one to "
     "every TCP block, since the connection's state comes back only there.",
     yes, "the structures behind the blocks of a terminate", "s17"},
    {"HS-077", note, d, "W_TCP_OFFLOAD_FORWARD_HANDLER",
     "The host stack forwards what it kept as soon as it can after the offload completes; there is no time limit.",
     no, "there is no time limit", ""},
    {"HS-078", fatal, d | i, "NdisInitiateOffload and its four siblings",
     "The host stack copes with a completion that runs before its NdisXxxOffload call has returned: after the call "
     "neither touches the tree nor takes the operation for still open.",
     yes, "writes of the host stack into trees that it has released when they were completed inside its NdisXxxOffload call",
     "m8"},
    {"HS-079", warning, d | i, "OID_TCP_TASK_OFFLOAD",
     "The host stack is the only protocol that has connection offload enabled on the adapter.",
     yes, "set requests of OID_TCP_CONNECTION_OFFLOAD_PARAMETERS of two protocols on one adapter", "s1"},
};

}  // namespace rules

std::span<const Rule> host_stack_rules() { return rules::of_host_stacks; }

}  // namespace chimneylab::verifier
