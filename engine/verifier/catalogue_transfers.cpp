// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/catalogue_parts.h"

namespace chimneylab::verifier {
namespace {

constexpr std::uint8_t d = documented, b = behaviour, i = inferred;
constexpr Severity fatal = Severity::fatal, error = Severity::error, warning = Severity::warning;
constexpr bool yes = true;

constexpr Rule rules[] = {
    {"IM-073", error, d, "Propagating an I/O Operation",
     "An intermediate driver passes I/O on with the same function, the same NET_BUFFER_LIST and, for a disconnect, the "
     "same flags.",
     yes,
     "each list at NdisOffloadTcpXxx against what reached the driver; lists still kept when the run ends", "m9"},
    {"IM-074", fatal, d, "Propagating an I/O Operation",
     "The handle passed down with I/O is the one in the offload entry that MiniportOffloadContext denotes.", yes, "the handle of the downward call against the entry that MiniportOffloadContext points into",
     "m4 m9"},
    {"IM-075", fatal, d | i, "NdisOffloadTcpReceiveReturn",
     "Received data goes back through the lower binding it came up on.", yes,
     "the binding of NdisOffloadTcpReceiveReturn against the one each list came up on; returns that go no further", "m9"},
    {"IM-076", error, d, "MiniportTcpOffloadSend (W_TCP_OFFLOAD_SEND_HANDLER)",
     "Send, receive, disconnect and forward handlers return NDIS_STATUS_PENDING and nothing else.", yes, "return values of these handlers", "m9"},
    {"IM-077", error, d, "MiniportTcpOffloadReceiveReturn (W_TCP_OFFLOAD_RECEIVE_RETURN_HANDLER)",
     "Receive-return returns NDIS_STATUS_SUCCESS and has no completion.", yes, "its return value; that no completion follows is not looked at", "m9"},
    {"IM-078", fatal, b | i, "NET_BUFFER_LIST",
     "An intermediate driver saves each NET_BUFFER_LIST's SourceHandle before the driver below has it and puts it back "
     "afterwards.",
     yes,
     "SourceHandle of each list at NdisTcpOffloadXxxComplete against its value when it reached the driver", "m4 m9"},
    {"IM-079", error, d, "Propagating the Completion of an I/O Operation",
     "A completion is passed up with the same completion function and the same NET_BUFFER_LISTs.", yes,
     "each list at NdisTcpOffloadXxxComplete against what it was given and got back as; completions that go no further", "m9"},
    {"IM-080", error, i, "Propagating the Completion of an I/O Operation",
     "Status and TcpOffloadBytesTransferred of a NET_BUFFER_LIST pass through an intermediate driver unchanged.", yes,
     "Status and byte count of each list when it comes back and when it is passed up", "m9"},
    {"IM-081", error, d | i, "Propagating the Completion of an I/O Operation",
     "The record of a NET_BUFFER_LIST is released when its completion is passed up; what lies on the NET_BUFFER_LIST "
     "itself, before that.",
     yes,
     "the depth of the context stack at NdisTcpOffloadXxxComplete against that when the list reached the driver", "m9"},
    {"IM-082", fatal, d, "ProtocolTcpOffloadDisconnectComplete (TCP_OFFLOAD_DISCONNECT_COMPLETE_HANDLER)",
     "An intermediate driver with several upper edges completes each NET_BUFFER_LIST on the edge it came from.", yes,
     "the adapter of the completion against the adapter below the binding in SourceHandle", "m9"},
    {"IM-083", error, d, "NdisTcpOffloadSendComplete (NDIS_TCP_OFFLOAD_SEND_COMPLETE)",
     "An intermediate driver without memory for a send sets REQUEST_UPLOAD on the first NET_BUFFER_LIST and "
     "UPLOAD_REQUESTED on the others, completes the chain and does not pass it down.",
     yes,
     "Status of sends that a driver completes without having passed them down, by their place in the chain", "m9 m11"},
    {"IM-084", warning, d, "NdisTcpOffloadSendComplete (NDIS_TCP_OFFLOAD_SEND_COMPLETE)",
     "Only intermediate drivers write REQUEST_UPLOAD and UPLOAD_REQUESTED.", yes,
     "Status of lists that the offload target completes", "m9 m11"},
    {"IM-085", error, d | i, "MiniportTcpOffloadSend (W_TCP_OFFLOAD_SEND_HANDLER)",
     "The order of sends, of receives and of their completions on a connection survives an intermediate driver.", yes,
     "the order of the lists of a connection and kind on the way down, and from their return to their completion upward", "m9"},
    {"IM-086", error, d, "MiniportTcpOffloadSend (W_TCP_OFFLOAD_SEND_HANDLER)",
     "Two send calls on one connection do not overlap, nor do two receive calls.", yes,
     "calls of one connection and kind that have not returned", "m9"},
    {"IM-087", error, d, "MiniportTcpOffloadDisconnect (W_TCP_OFFLOAD_DISCONNECT_HANDLER)",
     "A disconnect and its completion carry exactly one NET_BUFFER_LIST with one NET_BUFFER.", yes,
     "NET_BUFFER_LISTs and NET_BUFFERs of each disconnect, down and up", "m9"},
    {"IM-088", fatal, b | i, "Processing Events That Occur During an Offload",
     "No I/O is issued on a handle whose MiniportOffloadContext is NULL.", yes, "MiniportOffloadContext of the handle at NdisOffloadTcpXxx", "m9"},
    {"IM-089", fatal, b, "behaviour of NDIS: completion by SourceHandle",
     "No NET_BUFFER_LIST reaches NDIS for completion with a NULL SourceHandle.", yes, "SourceHandle of every NET_BUFFER_LIST at NdisTcpOffloadXxxComplete", "m9"},

    {"IM-090", fatal, d, "Storing and Referencing Offloaded State",
     "A driver indicates with the NdisOffloadHandle it stored for the object, never with its own handle or context.", yes, "the handle given to the indication against that of the object below, and its owner", "m4 m10"},
    {"IM-091", error, d, "ProtocolTcpOffloadEvent (TCP_OFFLOAD_EVENT_HANDLER)",
     "An intermediate driver passes an event on once, with the same EventType and EventSpecificInformation.", yes,
     "calls inside the handler: one, with the EventType and EventSpecificInformation that came",
     "m4 m10"},
    {"IM-092", error, d | i, "ProtocolTcpOffloadReceiveIndicate (TCP_OFFLOAD_RECEIVE_INDICATE_HANDLER)",
     "An intermediate driver passes a receive indication on with the same NET_BUFFER_LIST, Status and BytesConsumed, and "
     "returns what it was told.",
     yes,
     "the call inside the handler: one, with the same list and Status, and the same status and BytesConsumed returned", "m10"},
    {"IM-093", error, d, "NdisTcpOffloadReceiveHandler (NDIS_TCP_OFFLOAD_RECEIVE_INDICATE)",
     "A receive indication carries one NET_BUFFER_LIST that stands alone, with Status NDIS_STATUS_SUCCESS.", yes,
     "Next of the list and Status at NdisTcpOffloadReceiveHandler",
     "m10"},
    {"IM-094", error, d | i, "NdisTcpOffloadReceiveHandler (NDIS_TCP_OFFLOAD_RECEIVE_INDICATE)",
     "BytesConsumed is the whole length on SUCCESS, 0 on NOT_ACCEPTED, and in between on PARTIALLY_ACCEPTED.", yes,
     "returned status and BytesConsumed against the length of the data, where the driver does not only repeat them",
     "m10"},
    {"IM-095", fatal, d | i, "NdisTcpOffloadReceiveHandler (NDIS_TCP_OFFLOAD_RECEIVE_INDICATE)",
     "An intermediate driver leaves an indicated NET_BUFFER_LIST alone from its upward call until it is refused or "
     "returned.",
     yes,
     "writes into a shown list and its NET_BUFFERs by a driver that has passed it up", "m10"},
    {"IM-096", fatal, d | i, "NdisTcpOffloadReceiveHandler (NDIS_TCP_OFFLOAD_RECEIVE_INDICATE)",
     "Only data that was accepted, or that came up as BufferedData of a terminated connection, is returned, and once.",
     yes,
     "each list at NdisOffloadTcpReceiveReturn against what was accepted or came up as BufferedData", "m10"},
    {"IM-097", error, d, "NdisMOffloadEventIndicate",
     "A reachability query passes exactly one complete neighbor block; every other code passes NULL.", yes,
     "the block and the code at NdisMOffloadEventIndicate", "m10"},
    {"IM-098", warning, i, "Making a NeighborReachabilityQuery Indication",
     "An intermediate driver passes a reachability query up while the call from below waits, so that the host's answer "
     "reaches the target.",
     yes,
     "the call inside the handler, and OffloadHandle of the block above and after it", "m10"},
    {"IM-099", error, d, "ProtocolTcpOffloadReceiveComplete (TCP_OFFLOAD_RECEIVE_COMPLETE_HANDLER)",
     "Receive completions and receive indications of one connection come one after the other.", yes,
     "completions and indications of received data inside each other", "m10"},
    {"IM-100", error, d, "MiniportTcpOffloadReceiveReturn (W_TCP_OFFLOAD_RECEIVE_RETURN_HANDLER)",
     "All indicated receive buffers have come back before the adapter closes or the driver unloads.", yes,
     "lists that are lent over a binding when it is closed", "m10 m14"},

    {"IM-101", error, b, "behaviour of NDIS: the way down",
     "NDIS sets SourceHandle of the root, to the calling binding, and of no other block.", yes,
     "SourceHandle of every block at NdisXxxOffload and at the handler's entry", "m1 m2 m5 m13"},
    {"IM-102", error, b, "behaviour of NDIS: the way down",
     "NDIS sets NdisReserved[0] of a handle only when it is NULL.", yes,
     "the handles of the tree at NdisXxxOffload and at the handler's entry", "m4 m13"},
    {"IM-103", error, d | b, "Referencing Offloaded State Through an Intermediate Driver",
     "NDIS hands the miniport edge the address of the overlying handle's MiniportOffloadContext, and NULL for a "
     "placeholder.",
     yes, "MiniportOffloadContext of every block at the handler's entry", "m1 m4 m5 m13"},
    {"IM-104", error, b, "behaviour of NDIS: no initiate handler below",
     "Without an initiate handler below NDIS completes to the caller with NOT_SUPPORTED in every block and leaves slots, "
     "handles and NET_BUFFER_LISTs alone.",
     yes, "the tree at NdisInitiateOffload and at the completion inside it", "m7"},
    {"IM-105", error, b, "behaviour of NDIS: the way up",
     "NDIS finds the receiver of a completion by the root's SourceHandle and nothing else.", yes,
     "who is called against the owner of the binding in SourceHandle", "m1 m2 m13"},
    {"IM-106", error, b, "behaviour of NDIS: I/O",
     "For I/O NDIS passes the miniport the value of the handle's MiniportOffloadContext.", yes,
     "the argument of the I/O handler against the handle of the call that NDIS serves", "m4 m9"},
    {"IM-107", error, b, "behaviour of NDIS: I/O completions",
     "NDIS splits a completion chain wherever SourceHandle changes and gives each run to its own binding.", yes,
     "SourceHandle of every NET_BUFFER_LIST of a completed chain against the handlers that are called", "m9"},
    {"IM-108", error, b, "behaviour of NDIS: the way up",
     "On the way up NDIS changes nothing but the ends of completion chains.", yes,
     "the tree at NdisMXxxOffloadComplete and at the completion handler's entry", "m1 m2 m13"},
};

}  // namespace

std::span<const Rule> transfer_rules() { return rules; }

}  // namespace chimneylab::verifier
