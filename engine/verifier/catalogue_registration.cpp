// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/verifier/catalogue_parts.h"

namespace chimneylab::verifier {
namespace rules {

constexpr Rule of_registration_and_trees[] = {
    {"IM-001", error, d, "Registering Chimney Offload Functions",
     "An intermediate driver registers its provider generic handlers with NdisSetOptionalHandlers while NDIS is inside "
     "its MiniportSetOptions.",
     yes, "tables handed to NdisSetOptionalHandlers and the handler that was running", "m14"},
    {"IM-002", error, d, "Registering Chimney Offload Functions",
     "An intermediate driver registers its provider TCP handlers with a NdisSetOptionalHandlers call of their own while "
     "NDIS is inside its MiniportSetOptions.",
     yes, "tables handed to NdisSetOptionalHandlers and the handler that was running", "m14"},
    {"IM-003", error, d | b, "Registering an Intermediate Driver's ProtocolXxx Chimney Functions",
     "An intermediate driver registers its client generic handlers while NDIS is inside its ProtocolSetOptions: "
     "completions are dispatched from the protocol driver's table.",
     yes, "tables handed to NdisSetOptionalHandlers and the handler that was running", "m14"},
    {"IM-004", error, d, "Registering an Intermediate Driver's ProtocolXxx Chimney Functions",
     "An intermediate driver registers its client TCP handlers inside ProtocolSetOptions, or on a binding before it "
     "passes anything down on it.",
     yes, "tables handed to NdisSetOptionalHandlers before the first initiate that goes down", "m14"},
    {"IM-005", fatal, b, "behaviour of NDIS: dispatch without a check",
     "Every handler of a registered chimney table is there: NDIS looks for the initiate handler only and calls the "
     "others blindly.",
     yes, "the function pointers of each table when it is registered", "m14"},
    {"IM-006", error, d | i, "NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS",
     "The client TCP table of an intermediate driver has a TcpOffloadForwardCompleteHandler, although the page on "
     "registering forgets it.",
     yes, "that member of the table when it is registered", "m14"},
    {"IM-007", error, d | b, "ndischimney.h (comments of the characteristics structures)",
     "Header.Type of a chimney table names the kind of table, and the handle it is registered on is of the kind that "
     "takes it: NDIS recognises tables by it.",
     yes, "Header.Type against the handler that was running when the table was registered", "m14"},
    {"IM-008", error, d | b, "NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS",
     "OffloadType of both TCP tables is NdisTcpChimneyOffload.", yes, "that member when the table is registered", "m14"},
    {"IM-009", warning, d | i, "NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS",
     "Header.Size of a chimney table covers the whole table, and its Flags stay zero.", yes,
     "both members when the table is registered", "m14"},
    {"IM-010", error, d, "NdisMGetOffloadHandlers",
     "A chimney-capable miniport edge asks for NDIS's entry points with NdisMGetOffloadHandlers in MiniportInitializeEx, "
     "before it completes TCP I/O or makes a TCP indication.",
     yes, "order of that call and the first use, adapter by adapter", "m9 m14"},
    {"IM-011", warning, d, "NdisMGetOffloadHandlers",
     "NdisMGetOffloadHandlers is called once for each chimney type, and NdisTcpChimneyOffload is the only one there is.",
     yes, "count and type argument of the calls", "m14"},
    {"IM-012", error, d, "NdisMGetOffloadHandlers",
     "A driver looks at Type, Revision and Size of the table it was given before it casts it, and does not use it when "
     "the call failed.",
     yes, "TCP completions and indications after a failed call; whether a driver read the header leaves no trace", "m14"},
    {"IM-013", warning, d | i, "NdisMGetOffloadHandlers",
     "The entry points are copied into the driver's own data, and NDIS's table is not written.", no,
     "reading leaves no trace; a write to the table is stopped by the memory protection of the process", "m14"},
    {"IM-014", error, d | b, "Initializing a TCP Chimney-Capable Intermediate Driver",
     "An intermediate driver has chimney tables on both of its edges or on neither.", yes,
     "tables of both edges when the first initiate reaches the driver, or when DriverEntry returns", "m7 m14"},
    {"IM-015", warning, d, "Querying and Setting an Intermediate Driver's TCP Chimney Offload Capabilities",
     "An intermediate driver that allows offload passes the capability query down, and it always passes the set request "
     "down.",
     yes, "OIDs of offload capabilities that reach the driver and that it passes down", "m14"},

    {"IM-016", error, d, "Offload Block Lists",
     "Blocks that NextBlock links belong to one layer: all neighbors, all paths or all connections.", yes,
     "Header.Type along NextBlock when the tree is first passed down; placeholders have no type", "m5"},
    {"IM-017", error, d, "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST",
     "DependentBlockList leads from a neighbor to its paths and from a path to its connections, and ends there.", yes,
     "Header.Type along DependentBlockList when the tree is first passed down", "m5"},
    {"IM-018", fatal, i, "Offload State Tree",
     "A tree has no cycle and no block is reached twice.", yes, "addresses met while the tree is walked", "m5"},
    {"IM-019", error, d | b, "Placeholders, Linkers, and New Offloads",
     "The handle of a new offload holds no MiniportOffloadContext, that of an offloaded object holds one, and a "
     "placeholder has no handle.",
     yes, "the handle's MiniportOffloadContext against what has become of the object so far", "m5"},
    {"IM-020", warning, d, "Placeholders, Linkers, and New Offloads",
     "A linker of an initiate tree has dependents: without them it links nothing.", yes,
     "DependentBlockList of linkers when the tree is first passed down", "m5"},
    {"IM-021", fatal, b, "behaviour of NDIS: one binding for the whole tree",
     "All objects of a tree were offloaded on the binding that the tree is passed down on.", yes,
     "NdisReserved[0] of every handle against the binding of the call", "m5 m9"},
    {"IM-022", fatal, b | i, "NDIS_OFFLOAD_HANDLE",
     "NdisReserved of a handle is NULL, or the binding of the call, when an object is offloaded on it, and only NDIS "
     "writes it as long as the object is offloaded.",
     yes, "NdisReserved at NdisInitiateOffload, and who changed it later", "m4"},
    {"IM-023", fatal, d, "MiniportInitiateOffload (W_INITIATE_OFFLOAD_HANDLER)",
     "The tree, its links, headers and state stay where they are and what they are until the completion has reached "
     "their owner.",
     yes, "memory released under an operation, and members that the owner changes while others hold the tree", "m8"},
    {"IM-024", error, d, "Processing Events That Occur During an Offload",
     "Nothing else happens to an object while it is being offloaded: no second initiate, no other operation and no I/O "
     "before its initiate has completed.",
     yes, "operations and I/O of the host stack against initiates in progress", "m8"},
    {"IM-025", error, d, "Synchronizing Update Operations",
     "At most one update of an object is in progress, and an invalidated object is not updated.", yes,
     "updates in progress and invalidations per object", "m8"},
    {"IM-026", error, d, "MiniportTerminateOffload (W_TERMINATE_OFFLOAD_HANDLER)",
     "The terminate of a connection waits for its queries, updates and invalidates to complete and for its receive and "
     "disconnect calls to return.",
     yes, "operations in progress and calls on the stack when NdisTerminateOffload is called", "m12"},
};

}  // namespace rules

std::span<const Rule> registration_and_tree_rules() { return rules::of_registration_and_trees; }

}  // namespace chimneylab::verifier
