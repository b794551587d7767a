/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * How a user-mode client commands the offload target: METHOD_BUFFERED IOCTLs on \Device\ChimneyOffloadTarget.
 *
 * Every command is one structure that is both input and output. It begins with struct chimney_target_command: the
 * caller sets `size` to the bytes of the structure it knows, the driver refuses anything shorter than its own version 1
 * and ignores what is longer. Structures only ever grow at their end, so `size` is the version. When the IRP succeeds,
 * `result` says what became of the command; CHIMNEY_TARGET_DONE is 0. The IRP itself fails only for an unknown code
 * (STATUS_INVALID_DEVICE_REQUEST) or a buffer too short (STATUS_BUFFER_TOO_SMALL). Nothing waits.
 *
 * Units: latencies in nanoseconds of the machine's clock, rounded up to the 100 ns of an NDIS timer; sizes in bytes;
 * sequence numbers modulo 2^32; ports in host order, addresses in network order. Numbers start at 1; 0 means none.
 * `adapter` 0 and 1 both mean the first physical adapter. Settings hold until changed.
 */
#ifndef CHIMNEYLAB_OFFLOAD_TARGET_CONTROL_H
#define CHIMNEYLAB_OFFLOAD_TARGET_CONTROL_H

#include <stdint.h>

#define CHIMNEY_TARGET_DEVICE "\\Device\\ChimneyOffloadTarget"

/* CTL_CODE(FILE_DEVICE_NETWORK 0x12, 0x900 + n, METHOD_BUFFERED, FILE_ANY_ACCESS) */
#define CHIMNEY_TARGET_IOCTL(n) (((uint32_t)0x12 << 16) | ((0x900u + (uint32_t)(n)) << 2))
#define IOCTL_CHIMNEY_TARGET_SET_CAPACITY CHIMNEY_TARGET_IOCTL(0)       /* chimney_target_capacity */
#define IOCTL_CHIMNEY_TARGET_QUERY_CAPACITY CHIMNEY_TARGET_IOCTL(1)     /* chimney_target_capacity */
#define IOCTL_CHIMNEY_TARGET_SET_TIMING CHIMNEY_TARGET_IOCTL(2)         /* chimney_target_timing */
#define IOCTL_CHIMNEY_TARGET_QUERY_TIMING CHIMNEY_TARGET_IOCTL(3)       /* chimney_target_timing */
#define IOCTL_CHIMNEY_TARGET_ADD_FAILURE CHIMNEY_TARGET_IOCTL(4)        /* chimney_target_failure */
#define IOCTL_CHIMNEY_TARGET_CLEAR_FAILURES CHIMNEY_TARGET_IOCTL(5)     /* chimney_target_adapter */
#define IOCTL_CHIMNEY_TARGET_QUERY_ADAPTER CHIMNEY_TARGET_IOCTL(6)      /* chimney_target_adapter */
#define IOCTL_CHIMNEY_TARGET_QUERY_OBJECT CHIMNEY_TARGET_IOCTL(7)       /* chimney_target_object */
#define IOCTL_CHIMNEY_TARGET_COMPLETE_HELD CHIMNEY_TARGET_IOCTL(8)      /* chimney_target_held */
#define IOCTL_CHIMNEY_TARGET_INDICATE_EVENT CHIMNEY_TARGET_IOCTL(9)     /* chimney_target_event */
#define IOCTL_CHIMNEY_TARGET_INDICATE_RECEIVE CHIMNEY_TARGET_IOCTL(10)  /* chimney_target_receive */
#define IOCTL_CHIMNEY_TARGET_INDICATE_STATUS CHIMNEY_TARGET_IOCTL(11)   /* chimney_target_status */
#define IOCTL_CHIMNEY_TARGET_ADD_COMPLETION_ORDER CHIMNEY_TARGET_IOCTL(12) /* chimney_target_completion_order */
#define IOCTL_CHIMNEY_TARGET_ATTACH_WIRE CHIMNEY_TARGET_IOCTL(13) /* chimney_target_wire */
#define IOCTL_CHIMNEY_TARGET_SET_LINK CHIMNEY_TARGET_IOCTL(14)    /* chimney_target_link */

enum chimney_target_result {
    CHIMNEY_TARGET_DONE = 0,
    CHIMNEY_TARGET_NO_SUCH_ADAPTER,
    CHIMNEY_TARGET_NO_SUCH_OBJECT, /* no such object, or none that the identity fits */
    CHIMNEY_TARGET_WRONG_OBJECT_KIND,
    CHIMNEY_TARGET_BAD_VALUE,      /* a value outside its documented range */
    CHIMNEY_TARGET_NOTHING_HELD,
    CHIMNEY_TARGET_NOT_NOW,        /* its initiate has not completed, its terminate has begun (IM-071, IM-072), or nothing is due */
    CHIMNEY_TARGET_NO_MEMORY
};

struct chimney_target_command {
    uint32_t size;
    uint32_t result; /* enum chimney_target_result, written by the driver */
    uint32_t adapter;
    uint32_t reserved;
};

/* What the adapter can hold. Beyond it a block gets the status of the resource that ran out. */
struct chimney_target_capacity {
    struct chimney_target_command command;
    uint32_t neighbors;               /* NDIS_STATUS_OFFLOAD_NEIGHBOR_ENTRIES; default 16 */
    uint32_t paths;                   /* NDIS_STATUS_OFFLOAD_PATH_ENTRIES; default 64 */
    uint32_t connections;             /* NDIS_STATUS_OFFLOAD_TCP_ENTRIES; default 256 */
    uint32_t source_hardware_addresses; /* own source MACs: NDIS_STATUS_OFFLOAD_HW_ADDRESS_ENTRIES; default 4 */
    uint32_t source_ip_addresses;     /* different local addresses: NDIS_STATUS_OFFLOAD_IP_ADDRESS_ENTRIES; default 16 */
    uint32_t vlan_entries;            /* different VLAN ids: NDIS_STATUS_OFFLOAD_VLAN_ENTRIES; default 16 */
    uint32_t interface_vlan_count;    /* 0 = none configured: every id is accepted */
    uint32_t interface_vlan_ids[8];   /* another id: NDIS_STATUS_OFFLOAD_VLAN_MISMATCH */
    uint32_t maximum_receive_window;  /* NDIS_STATUS_OFFLOAD_TCP_RCV_WINDOW; default 0x00100000 */
    uint32_t transmit_buffer_bytes;   /* outstanding send data of all connections: _TCP_XMIT_BUFFER; default 0x00400000 */
    uint32_t receive_buffer_bytes;    /* sum of receive windows: _TCP_RCV_BUFFER; default 0x04000000 */
    uint32_t host_memory_objects;     /* objects until host memory is "short": NDIS_STATUS_RESOURCES; default 0xFFFFFFFF */
};

enum chimney_target_completion {
    CHIMNEY_TARGET_DELAYED = 0,     /* a timer per operation: operation + blocks * block */
    CHIMNEY_TARGET_SYNCHRONOUS = 1, /* completed inside MiniportXxxOffload */
    CHIMNEY_TARGET_REORDERED = 2,   /* like DELAYED, but whenever one is due the youngest in progress is completed */
    CHIMNEY_TARGET_HELD = 3         /* until COMPLETE_HELD */
};

/* operation_ns[k] and completion[k] with k = enum chimney_operation_kind (index 0 unused). */
struct chimney_target_timing {
    struct chimney_target_command command;
    uint32_t completion[6];       /* enum chimney_target_completion; default DELAYED */
    uint32_t operation_ns[6];     /* default 2000 */
    uint32_t block_ns[6];         /* for every block of the tree; default 500 */
    uint32_t send_ns;             /* from the send call to its acknowledgement; default 20000 */
    uint32_t indication_ns;       /* from an INDICATE command to the indication; default 1000 */
    uint32_t hold_sends;          /* 1: sends stay unacknowledged until a terminate or until set back to 0; default 0 */
    uint32_t return_send_data;    /* terminate: 1 (default) hands unacknowledged sends back in NetBufferListChain,
                                     0 completes them with NDIS_STATUS_UPLOAD_IN_PROGRESS */
};

#define CHIMNEY_TARGET_ANY 0xFFFFFFFFu

/* One block of one operation gets `status` instead of its result. Several failures may be set; the first that fits and
 * is not used up is taken. Statuses that the operation does not know are refused with BAD_VALUE. */
struct chimney_target_failure {
    struct chimney_target_command command;
    uint32_t operation_kind; /* 1 initiate … 5 terminate (enum chimney_operation_kind) */
    uint32_t nth_operation;  /* 1 = the next operation of that kind, 2 = the one after …; CHIMNEY_TARGET_ANY = each */
    uint32_t block_index;    /* position in visiting order (depth first, breadth next; root 0), or CHIMNEY_TARGET_ANY */
    uint32_t object_kind;    /* 1 neighbor, 2 path, 3 connection, 0 = whichever; placeholders never fail */
    uint32_t status;         /* NDIS_STATUS to write */
    uint32_t times;          /* after so many uses it is spent; 0 counts as 1, CHIMNEY_TARGET_ANY = never spent */
    uint32_t identity_length; /* 0 = any object */
    uint8_t identity[16];    /* neighbor: destination MAC; path: destination address; connection: local port and remote
                                port, two bytes each in network order. Compared over identity_length bytes */
};

/* ADD_COMPLETION_ORDER: the n-th operation of a kind from now on is completed in another way than SET_TIMING says. The
 * first order that fits counts. CLEAR_FAILURES clears these as well. */
struct chimney_target_completion_order {
    struct chimney_target_command command;
    uint32_t operation_kind; /* 1 initiate … 5 terminate */
    uint32_t nth_operation;  /* 1 = the next operation of that kind …; CHIMNEY_TARGET_ANY = each */
    uint32_t completion;     /* enum chimney_target_completion */
    uint32_t additional_ns;  /* DELAYED, REORDERED: on top of operation_ns and block_ns */
};

struct chimney_target_adapter {
    struct chimney_target_command command;
    uint32_t adapters;               /* initialised now */
    uint32_t running;                /* 1: restarted */
    uint32_t neighbors;              /* held now */
    uint32_t paths;
    uint32_t connections;
    uint32_t operations_in_progress;
    uint32_t operations_accepted[6]; /* since the adapter came up, by enum chimney_operation_kind */
    uint32_t operations_completed[6];
    uint32_t sends_outstanding;      /* NET_BUFFER_LISTs */
    uint32_t receives_outstanding;
    uint32_t receives_lent;          /* indicated and not yet returned */
    uint32_t failures_pending;       /* set by ADD_FAILURE and not spent */
};

enum chimney_target_object_state {
    CHIMNEY_TARGET_OBJECT_OFFLOADING = 0,
    CHIMNEY_TARGET_OBJECT_ACTIVE = 1,
    CHIMNEY_TARGET_OBJECT_INVALID = 2,
    CHIMNEY_TARGET_OBJECT_TERMINATING = 3,
    CHIMNEY_TARGET_OBJECT_FAILED = 4 /* terminate completed with FAILURE; the next one ends it */
};

/* QUERY_OBJECT. In: `index` 0, 1, 2 … (NO_SUCH_OBJECT past the last), or CHIMNEY_TARGET_ANY and `number`.
 * The internal trees point down, as the documents draw them: connection → path → neighbor. */
struct chimney_target_object {
    struct chimney_target_command command;
    uint32_t index;
    uint32_t number;          /* 1, 2, 3 … in the order of offloading; never reused while the adapter is up */
    uint32_t kind;            /* 1 neighbor, 2 path, 3 connection */
    uint32_t state;           /* enum chimney_target_object_state */
    uint32_t parent;          /* number of the path or neighbor it points to; 0 for a neighbor */
    uint32_t dependents;      /* objects that point to it */
    uint64_t context_address; /* what was written to *MiniportOffloadContext */
    uint64_t offload_handle;  /* the NdisOffloadHandle it stored */
    uint8_t identity[16];     /* see chimney_target_failure */
    uint32_t vlan_id;         /* neighbor */
    uint32_t path_mtu;        /* path */
    uint32_t user_priority;   /* connection, and what follows */
    uint32_t connection_state;
    uint32_t snd_una;
    uint32_t snd_nxt;
    uint32_t snd_max;
    uint32_t rcv_nxt;
    uint32_t sends_outstanding;
    uint32_t receives_outstanding;
    uint32_t receives_lent;
    uint32_t bytes_buffered;  /* received, not yet delivered */
};

/* COMPLETE_HELD: in: position counted from the oldest held operation (0), or CHIMNEY_TARGET_ANY for the youngest.
 * The completion is made through the dispatch queue after `operation_ns`. Out: how many are still held, and the address
 * of the root block of the operation that will be completed. */
struct chimney_target_held {
    struct chimney_target_command command;
    uint32_t position;
    uint32_t remaining;
    uint64_t root; /* since the second version of this command */
};

/* INDICATE_EVENT. NdisTcpOffloadEventHandler for a connection (event_type 1 SendBacklogChange, 2 Disconnect,
 * 3 Retrieve, 4 Abort), or NdisMOffloadEventIndicate(NeighborReachabilityQuery) for a neighbor (event_type 2).
 * The object is named by `number`, or by identity when number is 0. A neighbor of which somebody has
 * heard within NceStaleTicks is not asked about: NOT_NOW. */
struct chimney_target_event {
    struct chimney_target_command command;
    uint32_t object_kind; /* 1 neighbor or 3 connection */
    uint32_t number;
    uint32_t identity_length;
    uint8_t identity[16];
    uint32_t event_type;
    uint32_t information; /* EventSpecificInformation */
};

/* INDICATE_RECEIVE: `bytes` of in-order data arrive on a connection. Posted receives are filled first, the rest is
 * indicated; refused data waits for the next receive request. */
struct chimney_target_receive {
    struct chimney_target_command command;
    uint32_t number;
    uint32_t identity_length;
    uint8_t identity[16];
    uint32_t bytes; /* 1..65536 */
    uint32_t push;  /* 1: the segment carries PSH */
};

/* ATTACH_WIRE: the adapter gets a network, for as long as it lives, and nothing may be offloaded yet (NOT_NOW). A direct-call
 * interface, as a bus driver hands one to its function driver: it stands for the rings and registers of the NIC. Client and
 * driver are in one process. In: wire, transmit, detach. Out: target, receive, to be called at DISPATCH_LEVEL in the
 * driver's context. Frames are whole, without preamble and check sequence, and are copied by whoever is called. detach is
 * called when the adapter halts; receive must not be called any more after it. The adapter's own clock begins here. */
struct chimney_target_wire {
    struct chimney_target_command command;
    void *wire;
    void (*transmit)(void *wire, const uint8_t *frame, uint32_t bytes);
    void (*detach)(void *wire);
    void *target;
    void (*receive)(void *target, const uint8_t *frame, uint32_t bytes);
};

/* INDICATE_STATUS: NDIS_STATUS_OFFLOAD_PAUSE, _OFFLOAD_RESUME (with the capabilities in force), _UPLOAD_ALL,
 * or NDIS_STATUS_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES. */
struct chimney_target_status {
    struct chimney_target_command command;
    uint32_t status;
    uint32_t without_capabilities; /* _OFFLOAD_RESUME: 1 = no status buffer, the host has to ask; since the second version of
                                      this command */
};

/* SET_LINK: somebody pulls the cable out, or puts it in again: NDIS_STATUS_LINK_STATE. What is offloaded stays (OT-107). */
struct chimney_target_link {
    struct chimney_target_command command;
    uint32_t connected;
};

#endif
