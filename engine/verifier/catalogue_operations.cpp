// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/catalogue_parts.h"

namespace chimneylab::verifier {
namespace {

constexpr std::uint8_t d = documented, b = behaviour, i = inferred;
constexpr Severity fatal = Severity::fatal, error = Severity::error, warning = Severity::warning;
constexpr bool yes = true;

constexpr Rule rules[] = {
    {"IM-027", error, d, "Propagating a State-Manipulation Operation",
     "An intermediate driver passes an operation on with the NDIS function of the same operation, on its own lower "
     "binding.",
     yes, "function and binding of the downward call against the handler the tree came in with", "m1 m13"},
    {"IM-028", fatal, d | i, "Propagating a State-Manipulation Operation",
     "An intermediate driver passes an operation down exactly once or completes it exactly once itself, never both and "
     "never neither.",
     yes, "downward calls and local completions per operation and driver", "m1 m3 m7 m8 m13"},
    {"IM-029", error, d | i, "Reusing an NDIS_MINIPORT_OFFLOAD_BLOCK_LIST Structure",
     "An intermediate driver passes on the root it was given, or a tree that corresponds to it block by block.", yes,
     "root pointer and shape of the tree at the downward call", "m5 m13"},
    {"IM-030", fatal, d, "Reusing an NDIS_MINIPORT_OFFLOAD_BLOCK_LIST Structure",
     "Before it calls down an intermediate driver has put the root's ImReserved and SourceHandle into its call entry.",
     yes, "the call entry's bytes at the downward call, when none of the three values comes back", "m1 m2 m3 m8 m13"},
    {"IM-031", error, d, "Reusing an NDIS_MINIPORT_OFFLOAD_BLOCK_LIST Structure",
     "When an intermediate driver calls down, ImReserved of the root points to its call entry.", yes,
     "both ImReserved words at the downward call against the driver's live memory", "m1 m2 m3 m8 m13"},
    {"IM-032", fatal, i, "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST",
     "An intermediate driver gives back both words of ImReserved: a driver above may use either.", yes,
     "the word that does not hold the call entry, on the way down and on the way up", "m2 m13"},
    {"IM-033", error, d, "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST",
     "No intermediate driver writes SourceHandle on the way down.", yes,
     "SourceHandle of every block at the handler's entry and at the downward call", "m2"},
    {"IM-034", fatal, d, "Referencing Offloaded State Through an Intermediate Driver",
     "For each new object an intermediate driver keeps the NdisOffloadHandle it received in its offload entry before it "
     "calls down.",
     yes, "the offload entry's bytes at the downward call, when another handle comes out of it later", "m4"},
    {"IM-035", fatal, d, "Referencing Offloaded State Through an Intermediate Driver",
     "For each new object an intermediate driver passes down the address of an NDIS_OFFLOAD_HANDLE inside its own "
     "offload entry, not the handle it was given.",
     yes, "OffloadHandle at the downward call against the handle received and the driver's live memory", "m1 m4 m5 m13"},
    {"IM-036", fatal, i, "Referencing Offloaded State Through an Intermediate Driver",
     "An intermediate driver's own handle is zero when it is passed down for a new object.", yes,
     "both words of the handle at NdisInitiateOffload", "m4 m5"},
    {"IM-037", fatal, d | i, "Storing and Referencing Offloaded State",
     "For a linker, and in every operation but initiate, an intermediate driver passes down the same handle as when the "
     "object was offloaded.",
     yes, "OffloadHandle at the downward call against that of the object's initiate", "m2 m3 m5"},
    {"IM-038", error, d | b, "Placeholders, Linkers, and New Offloads",
     "A placeholder stays a placeholder at every level.", yes, "blocks without a handle at the downward call", "m5"},
    {"IM-039", fatal, d | i, "Referencing Offloaded State Through an Intermediate Driver",
     "Every block of the tree that has a handle is translated, not only the root.", yes,
     "OffloadHandle of each block at the downward call", "m3 m5"},
    {"IM-040", fatal, i, "Referencing Offloaded State Through an Intermediate Driver",
     "A linker, and every block of an operation other than initiate, arrives with the handle the object was offloaded "
     "with.",
     yes, "NdisOffloadHandle at the handler's entry against the handle that its context belongs to", "m2 m5"},
    {"IM-041", error, d | i, "Reusing an NDIS_MINIPORT_OFFLOAD_BLOCK_LIST Structure",
     "On the way down an intermediate driver leaves headers, links, Status, ProtocolReserved, NetBufferListChain and "
     "PortNumber alone.",
     yes, "those members at the handler's entry and at the downward call", "m2 m5"},
    {"IM-042", fatal, b | i, "NET_BUFFER_LIST",
     "Before NdisInitiateOffload an intermediate driver saves the SourceHandle of every NET_BUFFER_LIST that the tree "
     "carries.",
     yes, "SourceHandle of those NET_BUFFER_LISTs when their send completes later", "m9"},
    {"IM-043", fatal, b | i, "behaviour of NDIS: completion inside the downward call",
     "After its downward call an intermediate driver touches neither the tree nor its call entry nor the entries of that "
     "call: the completion may already have run.",
     yes, "writes to the tree and to those entries while the layers below hold them; reads leave no trace", "m7 m8"},
    {"IM-044", error, d, "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST",
     "Scratch is not kept across the call down: whoever holds the tree may overwrite it.", yes,
     "the pattern that a strict machine writes into Scratch turning up where a saved value belongs", "m2", true},
    {"IM-045", warning, i, "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST",
     "MiniportReserved is not relied on across the call down: the driver below may use it too.", yes,
     "the pattern that a strict machine writes into MiniportReserved turning up where a saved value belongs", "m2", true},
    {"IM-046", error, i, "Placeholders, Linkers, and New Offloads",
     "An intermediate driver that cannot take an initiate undoes what it did, writes a failing Status into every block "
     "that has a handle, and completes it upward.",
     yes, "the tree at a completion without a downward call against the tree that came in", "m6 m11"},
    {"IM-047", warning, i, "Returning the Completion Status of a Terminate Offload Operation",
     "An intermediate driver does not fail query, update, invalidate or terminate for lack of memory.", yes,
     "failing Status values in a completion of these operations without a downward call", "m11 m12"},
    {"IM-048", error, d, "MiniportInitiateOffload (W_INITIATE_OFFLOAD_HANDLER)",
     "A MiniportXxxOffload handler returns without waiting for its operation to finish.", yes,
     "completions and deadlocks met by a handler that waits", "m8"},

    {"IM-049", fatal, d, "Propagating the Completion of a State-Manipulation Operation",
     "Every operation that a miniport edge accepted is completed exactly once, with the root it came with.", yes,
     "NdisMXxxOffloadComplete calls per operation and driver", "m1 m3 m7 m8 m13"},
    {"IM-050", fatal, d, "Reusing an NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST Structure",
     "Before it completes upward an intermediate driver puts the saved SourceHandle back into the root: NDIS finds the "
     "receiver by nothing else.",
     yes, "SourceHandle of the root at NdisMXxxOffloadComplete and at the handler's entry", "m1 m2 m13"},
    {"IM-051", fatal, d | i, "Reusing an NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST Structure",
     "Before it completes upward an intermediate driver puts the saved ImReserved back into the root, and into every "
     "other block where it changed it.",
     yes, "ImReserved of every block at NdisMXxxOffloadComplete and at the handler's entry", "m1 m2 m13"},
    {"IM-052", fatal, b | i, "Comparison of Offload Block List Types",
     "Before it completes upward an intermediate driver puts the overlying driver's handle back into every block.", yes,
     "the handle of every block at NdisMXxxOffloadComplete and at the handler's entry", "m1 m2 m5 m13"},
    {"IM-053", warning, i, "Comparison of Offload Block List Types",
     "When an intermediate driver completes upward, MiniportOffloadContext points into the overlying driver's handle "
     "again.",
     yes, "MiniportOffloadContext of every block at NdisMXxxOffloadComplete", "m5"},
    {"IM-054", fatal, d, "Referencing Offloaded State Through an Intermediate Driver",
     "For each object that was offloaded an intermediate driver writes a pointer to its offload entry into the overlying "
     "driver's handle before it completes the initiate.",
     yes, "MiniportOffloadContext of the overlying handle at NdisMInitiateOffloadComplete", "m1 m4 m5 m6 m13"},
    {"IM-055", error, d, "MiniportInitiateOffload (W_INITIATE_OFFLOAD_HANDLER)",
     "For an object that was not offloaded the overlying driver's MiniportOffloadContext stays NULL.", yes,
     "MiniportOffloadContext of the overlying handle at NdisMInitiateOffloadComplete", "m6 m7"},
    {"IM-056", fatal, d | b, "Referencing Offloaded State Through an Intermediate Driver",
     "An intermediate driver writes its context into the overlying driver's handle, never into its own.", yes,
     "MiniportOffloadContext of the driver's own handle at NdisMInitiateOffloadComplete", "m4"},
    {"IM-057", error, d | i, "Propagating the Completion of a State-Manipulation Operation",
     "An intermediate driver does not change the Status of any block that it passes up.", yes,
     "Status of every block at the completion handler's entry and at NdisMXxxOffloadComplete", "m2 m6"},
    {"IM-058", error, d, "Returning Completion Status of an Initiate Offload Operation",
     "The Status of a block is one of those allowed for the operation.", yes,
     "Status of every block where it is written: at the offload target, or at a completion without a downward call", "m6"},
    {"IM-059", error, d, "Placeholders, Linkers, and New Offloads",
     "Every block has its Status before the operation is completed, placeholders included.", yes,
     "blocks whose Status nobody wrote and whose value is no status of the operation", "m6 m11"},
    {"IM-060", fatal, d, "Returning Completion Status of an Initiate Offload Operation",
     "NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS means that this object is offloaded: its entry is kept and published.", yes,
     "context and entry of blocks with that Status", "m6"},
    {"IM-061", error, i, "Referencing Offloaded State Through an Intermediate Driver",
     "The offload entry of a new object that failed is released and not referenced again.", yes,
     "entries of failed objects that are still there when the run ends", "m3 m6 m7 m11"},
    {"IM-062", fatal, d | i, "Placeholders, Linkers, and New Offloads",
     "A failing Status of a linker does not end its offload entry: the object stays offloaded.", yes,
     "release of an entry whose object is offloaded and whose last initiate failed as a linker", "m6"},
    {"IM-063", error, i, "Referencing Offloaded State Through an Intermediate Driver",
     "A successful terminate, and nothing before it, ends the offload entry.", yes,
     "release of entries of offloaded objects; entries that outlive the terminate until the run ends", "m3 m12 m14"},
    {"IM-064", fatal, d | i, "Returning the Completion Status of a Terminate Offload Operation",
     "A failed terminate does not end the offload entry: it is kept until the next terminate of the object completes.",
     yes, "release of an entry after a terminate that failed", "m12"},
    {"IM-065", error, d, "Reusing an NDIS_MINIPORT_OFFLOAD_BLOCK_LIST Structure",
     "A call entry is released once for each operation.", yes,
     "call entries allocated for an operation that are still there when the run ends", "m3 m7 m8"},
    {"IM-066", fatal, d | i, "MiniportInitiateOffload (W_INITIATE_OFFLOAD_HANDLER)",
     "A tree is not touched after it was passed to NdisMXxxOffloadComplete.", yes,
     "writes to blocks by a driver that has completed them; reads leave no trace", "m8"},
    {"IM-067", fatal, b | i, "Handling Outstanding Send Data During and After a Terminate Offload Operation",
     "NET_BUFFER_LISTs that come back with a block leave each intermediate driver with the SourceHandle they came with.",
     yes, "SourceHandle of each NET_BUFFER_LIST of the chain at NdisMXxxOffloadComplete", "m6 m7 m9 m12"},
    {"IM-068", error, d, "Partial Offloads and Offload Failures",
     "Nobody changes the Status of the NET_BUFFER_LISTs of a block that could not be offloaded, or completes them.", yes,
     "Status of each NET_BUFFER_LIST of a failed block at NdisMInitiateOffloadComplete", "m6"},
    {"IM-069", error, d, "Handling Outstanding Send Data During and After a Terminate Offload Operation",
     "NET_BUFFER_LISTs that a terminate hands back are in the order in which they were given to the target.", yes,
     "order of the chain at NdisMTerminateOffloadComplete against the order in which it went down", "m12"},
    {"IM-070", fatal, d, "Propagating the Completion of a State-Manipulation Operation",
     "An operation is completed with its own completion function.", yes,
     "NdisMXxxOffloadComplete against the handler the tree came in with", "m1"},
    {"IM-071", error, d, "NdisMTerminateOffloadComplete",
     "After the terminate of an object is complete no operation of it is completed and nothing is indicated on it.", yes,
     "operations still in progress at that call; indications after it", "m12"},
    {"IM-072", error, d | i, "Processing Events That Occur During an Offload",
     "An intermediate driver that holds back the completion of an initiate holds back indications on its new objects "
     "too.",
     yes, "indications on an object whose initiate has come back to the driver and not been completed by it", "m8 m10"},
};

}  // namespace

std::span<const Rule> operation_rules() { return rules; }

}  // namespace chimneylab::verifier
