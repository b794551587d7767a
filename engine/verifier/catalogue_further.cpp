// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/catalogue_parts.h"

namespace chimneylab::verifier {
namespace rules {

constexpr Rule further[] = {
    {"IM-109", error, d | i, "802.1Q and 802.1p Information Supplied to an Offload Target",
     "In the state behind a block an intermediate driver changes nothing but VlanId of a neighbor and UserPriority of a "
     "connection, at initiate or in an update that carries them.",
     yes, "the state behind each block at the handler's entry and at the downward call", "m5"},
    {"IM-110", fatal, i, "NdisTcpOffloadSendComplete (NDIS_TCP_OFFLOAD_SEND_COMPLETE)",
     "After REQUEST_UPLOAD an intermediate driver passes no send and no graceful disconnect of that connection down "
     "until it is terminated.",
     yes,
     "sends and graceful disconnects passed down on a connection of which a send went back with REQUEST_UPLOAD", "m11"},
    {"IM-111", fatal, d | i, "MiniportTcpOffloadSend (W_TCP_OFFLOAD_SEND_HANDLER)",
     "An intermediate driver does not touch a NET_BUFFER_LIST after it has passed it on.", yes,
     "writes into a list by a driver that has passed it down or completed it", "m9"},
    {"IM-112", error, d, "Processing Events That Occur During an Offload",
     "Operations overlap and complete in any order: each has a call entry of its own, and none waits for another.", yes,
     "call entries of operations in progress at one driver; operations passed on only when another completes", "m3 m8 m11"},
    {"IM-113", error, d | i, "Handling Outstanding Send Data During an Offload Operation",
     "Only connections carry a NetBufferListChain: down when they are newly offloaded, up when a terminate hands send "
     "data back.",
     yes, "NetBufferListChain of every block where the host stack passes the tree down and the target completes it",
     "m9 m12"},
    {"IM-114", fatal, b | i, "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST",
     "When a block was offloaded its NET_BUFFER_LISTs belong to the drivers below: an intermediate driver does not touch "
     "them.",
     yes, "writes to them between the completion's arrival at a driver and its own completion", "m6 m9"},
    {"IM-115", error, d | i, "NdisTcpOffloadDisconnectComplete (NDIS_TCP_OFFLOAD_DISCONNECT_COMPLETE)",
     "Crossings of different kinds on one connection do not overtake each other on the way up.", yes,
     "lists that came back and are not completed yet when a later disconnect or the terminate is completed upward", "m9"},
    {"IM-116", fatal, i, "MiniportTerminateOffload (W_TERMINATE_OFFLOAD_HANDLER)",
     "A send or forward that is inside an intermediate driver when a terminate passes goes down before it, or is "
     "completed with UPLOAD_IN_PROGRESS.",
     yes, "I/O passed down on a handle after its terminate was", "m9 m12"},
    {"IM-117", error, d, "NDIS_STATUS_OFFLOAD_PAUSE",
     "An intermediate driver that asks for a pause still takes initiates under way and resumes only when what it had "
     "uploaded is terminated.",
     yes, "status indications of an intermediate driver that did not come from below: objects it had offloaded at its resume, "
     "and initiates that it refuses in between", "m14"},
    {"IM-118", warning, i, "NDIS_STATUS_UPLOAD_ALL",
     "An intermediate driver passes pause, upload-all and resume on to every virtual miniport that offloads through the "
     "adapter.",
     yes, "these indications at the lower edge against those on the upper edges", "m14"},
    {"IM-119", warning, d, "NDIS_STATUS_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES",
     "A MUX intermediate driver tells the protocols above when the capabilities of its adapters change.", yes,
     "that indication at the lower edge against those on the upper edges", "m14"},
    {"IM-120", error, d, "NDIS_TCP_CONNECTION_OFFLOAD",
     "A chimney-capable MUX intermediate driver reports IEEE 802.3 or LLC/SNAP routed encapsulation.", yes,
     "Encapsulation in the connection offload capabilities of its virtual miniports", "m14"},
    {"IM-121", warning, d, "Querying and Setting an Intermediate Driver's TCP Chimney Offload Capabilities",
     "An intermediate driver that allows no offload answers the capability query itself with NDIS_STATUS_NOT_SUPPORTED.",
     yes, "capability queries that a driver without chimney tables passes down", "m14"},
    {"IM-122", warning, d, "NdisTcpOffloadEventHandler",
     "NdisTcpOffloadEventHandler, NdisTcpOffloadReceiveHandler and NdisMOffloadEventIndicate are called at "
     "DISPATCH_LEVEL.",
     yes, "IRQL of these calls", "m10"},
    {"IM-123", error, d, "Placeholders, Linkers, and New Offloads",
     "The Status of a placeholder is SUCCESS, except where NDIS itself answers for a driver without handlers.", yes,
     "Status of placeholders where it is written: at the offload target, or at a completion without a downward call",
     "m5 m6"},
};

constexpr Rule injected[] = {
    {"INJ-001", Severity::note, b, "the machine: injected faults",
     "No driver broke this: the machine lost a completion on request, and what is grouped here follows from that.", yes,
     "fault_injected events", "m8"},
    {"INJ-002", Severity::note, b, "the machine: injected faults",
     "No driver broke this: the machine made a completion arrive twice on request, and what is grouped here follows from "
     "that.",
     yes, "fault_injected events", "m8"},
};

constexpr Rule machine[] = {
    {"MEM-001", fatal, b, "the machine: quarantine of released memory", "Released memory is neither read nor written.",
     yes, "writes into memory after its release, and poison read from it", "m3"},
    {"MEM-002", fatal, b, "the machine: pool", "Memory is released once.", yes, "releases of memory that is released",
     "m3"},
    {"MEM-003", fatal, b, "the machine: pool",
     "What is released is the start of an allocation, with the tag it was made with.", yes,
     "addresses and tags given to the release functions", "m3"},
    {"MEM-004", fatal, b, "the machine: guard bytes", "Nothing is written before or behind an allocation.", yes,
     "guard bytes at release and at the end", "m3"},
    {"MEM-005", error, b, "the machine: pool and handles", "A driver gives back everything before it is gone.", yes,
     "memory and handles that a driver still owns when it has been unloaded or the run ends", "m3 m14"},
    {"MEM-006", fatal, b, "the machine: handle table", "A handle is open, of the right kind, and unchanged.", yes,
     "handles given to NDIS", "m2"},
    {"MEM-007", fatal, b, "the machine: dispatch",
     "A completion or an indication ends at a driver that is waiting for it and does not go round for ever.", yes,
     "deliveries that repeat without end", "m2"},
    {"MEM-008", error, d, "Managing Hardware Priorities",
     "Functions are called at the IRQL they allow, and a handler returns at the IRQL it was called at.", yes,
     "modelled IRQL at calls and returns", "m14"},
    {"MEM-009", error, d, "Introduction to Spin Locks",
     "A lock is released by who holds it, once, and not acquired again by its holder.", yes, "modelled locks", "m14"},
    {"MEM-010", error, i, "the machine: strict mode",
     "What NDIS is given would stand up to an examination that the shipping NDIS does not make.", yes,
     "examinations of a machine in strict mode", "m2", true},
    {"MEM-011", warning, d, "DriverEntry of NDIS Drivers", "A driver starts: none of its start-up functions fails.", yes,
     "status of DriverEntry, MiniportInitializeEx and their like", "m14"},
    {"MEM-012", fatal, b, "the machine: waits", "A wait is ended by something.", yes,
     "waits that nothing pending can end", "m8"},
    {"MEM-013", fatal, b, "the driver host: crashes", "A driver's code does not crash, and does not end the process it runs in.", yes,
     "the signal or exit that ended the driver's process, with the place", "s11"},
    {"MEM-014", fatal, b, "the driver host: hangs", "Every call into a driver returns.", yes,
     "a driver that did not come back and was ended", "s11"},
};

}  // namespace rules

std::span<const Rule> further_rules() { return rules::further; }
std::span<const Rule> injected_fault_rules() { return rules::injected; }
std::span<const Rule> machine_rules() { return rules::machine; }

}  // namespace chimneylab::verifier
