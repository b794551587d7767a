/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * How a user-mode client commands the host stack: METHOD_BUFFERED IOCTLs on \Device\ChimneyHostStack.
 *
 * Every command is one structure that is both input and output. It begins with struct chimney_host_stack_command:
 * the caller sets `size` to the bytes of the structure it knows (variable tails included), the driver refuses anything
 * shorter than its own version 1 and ignores what is longer. Structures only ever grow at their end, so `size` is the
 * version. When the IRP succeeds, `result` says what became of the command; CHIMNEY_HOST_STACK_DONE is 0. The IRP itself
 * fails only for an unknown code (STATUS_INVALID_DEVICE_REQUEST) or a buffer too short (STATUS_BUFFER_TOO_SMALL).
 * Nothing waits: an operation is issued by the command and finishes later; ask with QUERY_OPERATION.
 * The stack does what it is told and nothing by itself, with two exceptions: when a binding pauses (before it is unbound
 * too) it terminates everything that is offloaded on it; and with ENABLE_TCP it runs TCP for the connections that it holds,
 * and forwards segments that it has kept during an offload. Events that ask for an upload are recorded; answering them with
 * a terminate is the client's part.
 *
 * Units: times in ticks of the host (1000 a second), sizes in bytes, sequence numbers modulo 2^32, ports in host order,
 * addresses in network order. Numbers of objects, operations and requests start at 1; 0 means none.
 * One client at a time; commands are carried out on the caller's thread at PASSIVE_LEVEL.
 */
#ifndef CHIMNEYLAB_HOST_STACK_CONTROL_H
#define CHIMNEYLAB_HOST_STACK_CONTROL_H

#include <stdint.h>

#define CHIMNEY_HOST_STACK_DEVICE "\\Device\\ChimneyHostStack"

/* CTL_CODE(FILE_DEVICE_NETWORK 0x12, 0x800 + n, METHOD_BUFFERED, FILE_ANY_ACCESS) */
#define CHIMNEY_HOST_STACK_IOCTL(n) (((uint32_t)0x12 << 16) | ((0x800u + (uint32_t)(n)) << 2))
#define IOCTL_CHIMNEY_HOST_STACK_QUERY_BINDING CHIMNEY_HOST_STACK_IOCTL(0)    /* chimney_host_stack_binding */
#define IOCTL_CHIMNEY_HOST_STACK_SET_NEIGHBOR CHIMNEY_HOST_STACK_IOCTL(1)     /* chimney_host_stack_neighbor */
#define IOCTL_CHIMNEY_HOST_STACK_SET_PATH CHIMNEY_HOST_STACK_IOCTL(2)         /* chimney_host_stack_path */
#define IOCTL_CHIMNEY_HOST_STACK_SET_CONNECTION CHIMNEY_HOST_STACK_IOCTL(3)   /* chimney_host_stack_connection */
#define IOCTL_CHIMNEY_HOST_STACK_DELETE_OBJECT CHIMNEY_HOST_STACK_IOCTL(4)    /* chimney_host_stack_object */
#define IOCTL_CHIMNEY_HOST_STACK_QUERY_OBJECT CHIMNEY_HOST_STACK_IOCTL(5)     /* chimney_host_stack_object */
#define IOCTL_CHIMNEY_HOST_STACK_START_OPERATION CHIMNEY_HOST_STACK_IOCTL(6)  /* chimney_host_stack_operation */
#define IOCTL_CHIMNEY_HOST_STACK_QUERY_OPERATION CHIMNEY_HOST_STACK_IOCTL(7)  /* chimney_host_stack_operation */
#define IOCTL_CHIMNEY_HOST_STACK_LIST_OPERATIONS CHIMNEY_HOST_STACK_IOCTL(8)  /* chimney_host_stack_operation_list */
#define IOCTL_CHIMNEY_HOST_STACK_START_TRANSFER CHIMNEY_HOST_STACK_IOCTL(9)   /* chimney_host_stack_transfer */
#define IOCTL_CHIMNEY_HOST_STACK_QUERY_TRANSFER CHIMNEY_HOST_STACK_IOCTL(10)  /* chimney_host_stack_transfer */
#define IOCTL_CHIMNEY_HOST_STACK_SET_RECEIVE_ANSWER CHIMNEY_HOST_STACK_IOCTL(11) /* chimney_host_stack_receive_answer */
#define IOCTL_CHIMNEY_HOST_STACK_RETURN_RECEIVED CHIMNEY_HOST_STACK_IOCTL(12) /* chimney_host_stack_object */
#define IOCTL_CHIMNEY_HOST_STACK_QUERY_EVENT CHIMNEY_HOST_STACK_IOCTL(13)     /* chimney_host_stack_event */
#define IOCTL_CHIMNEY_HOST_STACK_REQUEST_OID CHIMNEY_HOST_STACK_IOCTL(14)     /* chimney_host_stack_oid_request */
#define IOCTL_CHIMNEY_HOST_STACK_ENABLE_TCP CHIMNEY_HOST_STACK_IOCTL(15)      /* chimney_host_stack_tcp */

enum chimney_host_stack_result {
    CHIMNEY_HOST_STACK_DONE = 0,
    CHIMNEY_HOST_STACK_NO_SUCH_BINDING,      /* the binding number is not open */
    CHIMNEY_HOST_STACK_NOT_RUNNING,          /* the binding is paused, or offload is paused on it (HS-009) */
    CHIMNEY_HOST_STACK_NO_SUCH_OBJECT,       /* unknown object, operation, transfer or event number */
    CHIMNEY_HOST_STACK_WRONG_OBJECT_KIND,    /* a block stands in a layer its object does not belong to (HS-012, HS-014) */
    CHIMNEY_HOST_STACK_BAD_VALUE,            /* a value outside its documented range */
    CHIMNEY_HOST_STACK_BAD_TREE,             /* link out of range, cycle, block reached twice or not at all (HS-013) */
    CHIMNEY_HOST_STACK_TREE_TOO_LARGE,       /* more than CHIMNEY_HOST_STACK_MAXIMUM_BLOCKS blocks */
    CHIMNEY_HOST_STACK_BAD_LAYER_LINK,       /* sibling of another layer, or dependents of a connection (HS-011, HS-012) */
    CHIMNEY_HOST_STACK_OBJECT_TWICE,         /* one object named by two blocks of the tree */
    CHIMNEY_HOST_STACK_ALREADY_OFFLOADED,    /* new offload of an object that is offloaded (HS-021) */
    CHIMNEY_HOST_STACK_NOT_OFFLOADED,        /* reference to, or I/O on, an object that is not offloaded (HS-033, HS-075) */
    CHIMNEY_HOST_STACK_BUSY,                 /* an operation in progress on the object forbids this one (HS-033, HS-040, HS-049, HS-052) */
    CHIMNEY_HOST_STACK_INVALIDATED,          /* no update or new link on an invalidated object (HS-041, HS-048) */
    CHIMNEY_HOST_STACK_LINKER_WITHOUT_DEPENDENT, /* HS-017 */
    CHIMNEY_HOST_STACK_NO_PARENT,            /* a new path or connection must hang from a new or offloaded parent (HS-018) */
    CHIMNEY_HOST_STACK_PARENT_CHANGED,       /* a connection may not move to another path (HS-042) */
    CHIMNEY_HOST_STACK_HAS_DEPENDENTS,       /* terminate of an object that others still depend on (HS-051) */
    CHIMNEY_HOST_STACK_WRONG_CONNECTION_STATE, /* this TCP state cannot be offloaded (HS-022) */
    CHIMNEY_HOST_STACK_BAD_SEND_DATA,        /* send data on a block that may carry none, or SndUna..SndMax outside it (HS-028, HS-029) */
    CHIMNEY_HOST_STACK_BAD_STATE_CLASS,      /* this operation cannot carry that state (HS-037, HS-047, HS-076) */
    CHIMNEY_HOST_STACK_BEYOND_CAPABILITIES,  /* the adapter offers no such offload, or no room (HS-005, HS-006) */
    CHIMNEY_HOST_STACK_WRONG_BINDING,        /* objects of one tree are offloaded on another binding (IM-021) */
    CHIMNEY_HOST_STACK_SEND_HALF_CLOSED,     /* send after a graceful disconnect (HS-063) */
    CHIMNEY_HOST_STACK_NO_MEMORY
};

struct chimney_host_stack_command {
    uint32_t size;   /* bytes of the whole structure that begins here */
    uint32_t result; /* enum chimney_host_stack_result, written by the driver */
};

enum chimney_object_kind {
    CHIMNEY_OBJECT_NONE = 0,
    CHIMNEY_OBJECT_NEIGHBOR = 1,
    CHIMNEY_OBJECT_PATH = 2,
    CHIMNEY_OBJECT_CONNECTION = 3
};

enum chimney_operation_kind {
    CHIMNEY_OPERATION_NONE = 0,
    CHIMNEY_OPERATION_INITIATE = 1,
    CHIMNEY_OPERATION_QUERY = 2,
    CHIMNEY_OPERATION_UPDATE = 3,
    CHIMNEY_OPERATION_INVALIDATE = 4,
    CHIMNEY_OPERATION_TERMINATE = 5
};

/* ---- bindings ------------------------------------------------------------------------------------------------- */

#define CHIMNEY_HOST_STACK_NAME_LENGTH 128

/* In: number (1 = the first adapter bound). Out: the rest; NO_SUCH_BINDING past the last one. */
struct chimney_host_stack_binding {
    struct chimney_host_stack_command command;
    uint32_t number;
    uint32_t count;                /* bindings open now */
    uint32_t running;              /* 1: restarted and ready for I/O */
    uint32_t offload_enabled;      /* 1: capabilities found and OID_TCP_CONNECTION_OFFLOAD_PARAMETERS set */
    uint32_t offload_paused;       /* 1: between NDIS_STATUS_OFFLOAD_PAUSE and _RESUME */
    uint32_t connection_capacity;  /* TcpConnectionOffloadCapacity */
    uint32_t supports_ipv4;
    uint32_t supports_ipv6;
    uint32_t supports_sack;
    uint32_t objects_offloaded;    /* on this binding, all three layers */
    uint32_t status_indications;   /* received so far */
    uint32_t last_status;          /* the last of them */
    char adapter_name[CHIMNEY_HOST_STACK_NAME_LENGTH]; /* NUL-terminated, non-ASCII replaced by '?' */
    uint32_t oid_requests_completed; /* of REQUEST_OID */
    uint32_t last_oid_status;
};

/* REQUEST_OID. OID_TCP_CONNECTION_OFFLOAD_PARAMETERS is set, to what it was set to when the adapter was bound; another OID
 * is queried, or set to `value`: for OID_TCP_OFFLOAD_PARAMETERS that is TcpConnectionIPv4 in the low byte and
 * TcpConnectionIPv6 in the next one. Connections that use what is disabled are terminated first; that is waited for, so the
 * command is for PASSIVE_LEVEL. The outcome comes later: QUERY_BINDING tells the last one. */
struct chimney_host_stack_oid_request {
    struct chimney_host_stack_command command;
    uint32_t binding;
    uint32_t oid;
    uint32_t set;
    uint32_t value;
};

/* ---- state objects --------------------------------------------------------------------------------------------
 * SET_xxx with object 0 creates one and writes its number; with a number it replaces the cached values (and, while
 * the object is in the host, all values) of an existing one. The values sit in host memory; an operation copies them
 * into the state that follows a block, and a completed query or terminate writes back what came up.
 * handle_address is the address of the object's NDIS_OFFLOAD_HANDLE in this process; it never changes. */

struct chimney_host_stack_neighbor {
    struct chimney_host_stack_command command;
    uint32_t object;
    uint32_t vlan_id;                 /* 0..4095, const */
    uint64_t handle_address;          /* out */
    uint8_t source_address[6];        /* const; all zero = the adapter's own */
    uint8_t destination_address[6];   /* cached */
    uint32_t host_reachability_delta; /* cached, ticks */
    uint32_t nic_reachability_delta;  /* delegated, ticks; equal to the host's when offloaded (HS-032) */
};

struct chimney_host_stack_path {
    struct chimney_host_stack_command command;
    uint32_t object;
    uint32_t ip_version;              /* 4 or 6 */
    uint64_t handle_address;          /* out */
    uint8_t source_address[16];       /* const; IPv4 uses the first four bytes */
    uint8_t destination_address[16];  /* const */
    uint32_t path_mtu;                /* cached, bytes */
    uint32_t neighbor;                /* next hop's object number, 0 = not yet known */
};

/* Names and meaning are the members' of TCP_OFFLOAD_STATE_CONST, _CACHED and _DELEGATED. */
struct chimney_host_stack_connection {
    struct chimney_host_stack_command command;
    uint32_t object;
    uint32_t path;                    /* its path's object number, 0 = not yet known */
    uint64_t handle_address;          /* out */
    /* const */
    uint16_t const_flags;             /* TCP_FLAG_TIMESTAMP_ENABLED 1, _SACK_ENABLED 2, _WINDOW_SCALING_ENABLED 4 */
    uint16_t remote_port;
    uint16_t local_port;
    uint16_t remote_mss;
    uint8_t snd_wind_scale;           /* 0..14 */
    uint8_t rcv_wind_scale;           /* 0..14 */
    uint8_t ka_probe_count;           /* cached */
    uint8_t user_priority;            /* cached, 0..7 */
    uint32_t hash_value;
    /* cached */
    uint16_t cached_flags;            /* TCP_FLAG_KEEP_ALIVE_ENABLED 1, _NAGLING_ENABLED 2, _KEEP_ALIVE_RESTART 4, … */
    uint8_t ttl_or_hop_limit;
    uint8_t tos_or_traffic_class;
    uint32_t initial_rcv_wnd;
    uint32_t rcv_indication_size;
    uint32_t ka_timeout;
    uint32_t ka_interval;
    uint32_t max_rt;
    uint32_t flow_label;              /* 0..0xFFFFF */
    /* delegated */
    uint32_t state;                   /* TCP_OFFLOAD_CONNECTION_STATE; Established = 4 */
    uint32_t rcv_nxt;
    uint32_t rcv_wnd;
    uint32_t snd_una;
    uint32_t snd_nxt;
    uint32_t snd_max;
    uint32_t snd_wnd;
    uint32_t max_snd_wnd;
    uint32_t send_wl1;
    uint32_t cwnd;
    uint32_t ss_thresh;
    uint32_t srtt;                    /* x 8 */
    uint32_t rtt_var;                 /* x 4 */
    uint32_t ts_recent;
    uint32_t ts_recent_age;
    uint32_t ts_time;
    uint32_t total_rt;
    uint32_t dup_ack_count;
    uint32_t snd_wnd_probe_count;
    uint32_t keep_alive_probe_count;
    uint32_t keep_alive_timeout_delta; /* 0xFFFFFFFF = not running */
    uint32_t retransmit_count;
    uint32_t retransmit_timeout_delta; /* 0xFFFFFFFF = not running */
    uint32_t send_backlog_size;        /* out, from a query; 0xFFFFFFFF = not supported */
    uint32_t receive_backlog_size;     /* out, from a query; in, while the connection is in the host: bytes received and not yet
                                          taken by the application, which an offload hands over in BufferedData (0..65536) */
};

enum chimney_object_state {
    CHIMNEY_OBJECT_IN_HOST = 0,
    CHIMNEY_OBJECT_OFFLOADING = 1,
    CHIMNEY_OBJECT_OFFLOADED = 2,
    CHIMNEY_OBJECT_INVALIDATED = 3,
    CHIMNEY_OBJECT_UPLOADING = 4,
    CHIMNEY_OBJECT_TERMINATE_FAILED = 5 /* one more terminate is due (HS-052) */
};

/* QUERY_OBJECT: in: object. DELETE_OBJECT: only in the host and without dependents. RETURN_RECEIVED: gives every
 * received NET_BUFFER_LIST that a connection (0: any) still holds back to the adapter; the count is in `received_held`. */
struct chimney_host_stack_object {
    struct chimney_host_stack_command command;
    uint32_t object;
    uint32_t kind;                 /* enum chimney_object_kind */
    uint32_t state;                /* enum chimney_object_state */
    uint32_t binding;              /* 0 while in the host */
    uint32_t parent;               /* object number of the neighbor or path it depends on */
    uint32_t dependents;           /* objects that depend on it */
    uint32_t operations;           /* in progress on it */
    uint32_t last_status;          /* Status of its block in the last completed operation */
    uint64_t handle_address;
    uint64_t handle_reserved;      /* NDIS_OFFLOAD_HANDLE.NdisReserved[0] */
    uint64_t offload_context;      /* NDIS_OFFLOAD_HANDLE.MiniportOffloadContext */
    /* connections only */
    uint32_t transfers_outstanding; /* sends, receives, disconnects, forwards not yet completed */
    uint32_t bytes_sent;           /* completed with NDIS_STATUS_SUCCESS */
    uint32_t bytes_received;       /* by receive requests and accepted indications */
    uint32_t received_held;        /* accepted NET_BUFFER_LISTs not yet returned */
    uint32_t events;               /* NdisTcpOffloadEventHandler indications */
    uint32_t last_event;           /* TCP_OFFLOAD_EVENT_TYPE of the last one */
    uint32_t last_event_information;
    uint32_t send_data_taken_back; /* NET_BUFFER_LISTs of send data the host got back unsent and now sends itself */
    /* with ENABLE_TCP; since the second version of this command. Bytes of the two streams: */
    uint32_t stream_sent;          /* by the application */
    uint32_t stream_acknowledged;  /* by the peer, as far as the host knows */
    uint32_t stream_received;      /* by the application, in order */
    uint32_t stream_damaged;       /* of these, other than the pattern that every peer sends (engine/tcp/stream_byte.h) */
    uint32_t stream_ended;         /* 1: the peer's FIN came while the host held the connection */
    uint32_t segments_forwarded;   /* NdisOffloadTcpForward */
};

/* ENABLE_TCP: from now on connections that are not offloaded run TCP in the host stack, over the ordinary packet path, and
 * START_TRANSFER sends and disconnects on them too. Only before the first object is made (BUSY). */
struct chimney_host_stack_tcp {
    struct chimney_host_stack_command command;
};

/* ---- operations ----------------------------------------------------------------------------------------------- */

#define CHIMNEY_HOST_STACK_MAXIMUM_BLOCKS 4096
#define CHIMNEY_HOST_STACK_MAXIMUM_SEND_DATA 64
#define CHIMNEY_BLOCK_NONE 0xFFFFFFFFu

enum chimney_block_role {
    CHIMNEY_BLOCK_PLACEHOLDER = 0, /* OffloadHandle NULL: carries links only; `object` is 0 */
    CHIMNEY_BLOCK_REFERENCE = 1,   /* an object already offloaded: a linker in an initiate, the subject of the others */
    CHIMNEY_BLOCK_NEW = 2          /* new offload; initiate only */
};

enum chimney_state_class {
    CHIMNEY_STATE_NATURAL = 0,  /* initiate: all for new blocks; query: all; update: cached; terminate: delegated */
    CHIMNEY_STATE_ABSENT = 1,   /* no state follows: linkers, placeholders, link-only updates */
    CHIMNEY_STATE_CONST = 2,
    CHIMNEY_STATE_CACHED = 3,
    CHIMNEY_STATE_DELEGATED = 4,
    CHIMNEY_STATE_ALL = 5
};

struct chimney_host_stack_block {
    /* in */
    uint32_t role;            /* enum chimney_block_role */
    uint32_t kind;            /* enum chimney_object_kind: the layer the block stands in (placeholders too) */
    uint32_t object;          /* 0 for a placeholder */
    uint32_t state_class;     /* enum chimney_state_class */
    uint32_t next;            /* index of NextBlock in blocks[], CHIMNEY_BLOCK_NONE = NULL */
    uint32_t dependent;       /* index of DependentBlockList */
    uint32_t send_data_count; /* NET_BUFFER_LISTs in NetBufferListChain (new connections only) */
    uint32_t send_data_bytes; /* bytes in each of them */
    /* out */
    uint32_t status;          /* Status; meaningful once the operation is finished */
    uint32_t returned_count;  /* NET_BUFFER_LISTs that came back with the block */
    uint64_t block_address;   /* of the NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST */
    uint64_t offload_context; /* *MiniportOffloadContext as the completion found it */
};

/* START_OPERATION: in: kind, binding, block_count, blocks (blocks[0] is the root). Out: operation.
 * QUERY_OPERATION: in: operation, block_count = room in blocks[]. Out: everything. A finished operation is forgotten
 * when it was queried with `forget` 1. */
struct chimney_host_stack_operation {
    struct chimney_host_stack_command command;
    uint32_t operation;
    uint32_t kind;          /* enum chimney_operation_kind */
    uint32_t binding;
    uint32_t finished;      /* out: 1 once the completion handler ran */
    uint32_t completed_inside_call; /* out: 1 if it ran before NdisXxxOffload returned */
    uint32_t finish_order;  /* out: 1, 2, 3 … in the order in which operations finished */
    uint32_t root_untouched; /* out: 1 if ImReserved, ProtocolReserved, slot B and links of every block came back as they went */
    uint32_t forget;        /* in */
    uint32_t without_context_room; /* in: 1 = the lists of send data leave no room on their context stacks, so that every
                                      intermediate driver has to allocate memory for its record */
    uint32_t reserved;
    uint64_t started;       /* out: NdisGetCurrentSystemTime at the call and at the completion, 100 ns units */
    uint64_t ended;
    uint32_t refused_block; /* out: index of the block a refusal is about, else CHIMNEY_BLOCK_NONE */
    uint32_t block_count;
    struct chimney_host_stack_block blocks[1];
};

#define CHIMNEY_HOST_STACK_OPERATION_SIZE(block_count)                                                                \
    ((uint32_t)(sizeof(struct chimney_host_stack_operation) +                                                         \
                ((block_count) > 1 ? (block_count) - 1u : 0u) * sizeof(struct chimney_host_stack_block)))

/* Out: numbers of operations that are not finished, oldest first; count may exceed what `room` could take. */
struct chimney_host_stack_operation_list {
    struct chimney_host_stack_command command;
    uint32_t room;  /* in: elements in operations[] */
    uint32_t count; /* out */
    uint32_t operations[1];
};

/* ---- data path ------------------------------------------------------------------------------------------------ */

enum chimney_transfer_kind {
    CHIMNEY_TRANSFER_NONE = 0,
    CHIMNEY_TRANSFER_SEND = 1,
    CHIMNEY_TRANSFER_RECEIVE = 2,    /* posts empty buffers */
    CHIMNEY_TRANSFER_DISCONNECT = 3, /* one NET_BUFFER_LIST */
    CHIMNEY_TRANSFER_FORWARD = 4     /* bytes are TCP segments, header first */
};

/* START_TRANSFER: in: kind, object, count, bytes, flags. Out: transfer. QUERY_TRANSFER: in: transfer. */
struct chimney_host_stack_transfer {
    struct chimney_host_stack_command command;
    uint32_t transfer;
    uint32_t kind;
    uint32_t object;
    uint32_t count;          /* NET_BUFFER_LISTs in the chain, 1..CHIMNEY_HOST_STACK_MAXIMUM_SEND_DATA */
    uint32_t bytes;          /* in each of them */
    uint32_t without_context_room; /* see chimney_host_stack_operation */
    uint32_t flags;          /* receive: 1 = non-push; disconnect: TCP_DISCONNECT_GRACEFUL_CLOSE 1, _ABORTIVE_CLOSE 2 */
    uint32_t returned;       /* out: what the NdisOffloadTcpXxx call returned */
    uint32_t completed;      /* out: NET_BUFFER_LISTs completed so far */
    uint32_t handed_back;    /* out: of these, in the NetBufferListChain of a terminate */
    uint32_t last_status;    /* out: Status of the last one completed */
    uint32_t first_failure;  /* out: first Status other than SUCCESS, or 0 */
    uint32_t bytes_transferred; /* out */
    uint32_t forget;         /* in, QUERY_TRANSFER: 1 = forget it once all are completed */
    uint32_t again;          /* in, receive: so many times another one like it is posted inside the completion of the last
                                one, as an application does that reads on; since the second version of this command */
};

enum chimney_receive_answer {
    CHIMNEY_RECEIVE_ACCEPT_AND_RETURN = 0, /* copies, accepts, and returns the NET_BUFFER_LIST after the indication */
    CHIMNEY_RECEIVE_ACCEPT_AND_HOLD = 1,   /* until RETURN_RECEIVED */
    CHIMNEY_RECEIVE_REFUSE = 2,            /* NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED, BytesConsumed 0 */
    CHIMNEY_RECEIVE_ACCEPT_PART = 3,       /* NDIS_STATUS_OFFLOAD_DATA_PARTIALLY_ACCEPTED */
    CHIMNEY_RECEIVE_RETURN_INSIDE = 4      /* accepts, and returns it inside the indication */
};

struct chimney_host_stack_receive_answer {
    struct chimney_host_stack_command command;
    uint32_t object;     /* connection */
    uint32_t answer;     /* enum chimney_receive_answer, for all following indications */
    uint32_t bytes;      /* ACCEPT_PART: how many; more than the indication holds counts as all but one */
};

enum chimney_host_event_kind {
    CHIMNEY_HOST_EVENT_NONE = 0,
    CHIMNEY_HOST_EVENT_CONNECTION = 1, /* ProtocolTcpOffloadEvent */
    CHIMNEY_HOST_EVENT_RECEIVE = 2,    /* ProtocolTcpOffloadReceiveIndicate */
    CHIMNEY_HOST_EVENT_NEIGHBOR = 3,   /* ProtocolIndicateOffloadEvent */
    CHIMNEY_HOST_EVENT_STATUS = 4      /* ProtocolStatusEx */
};

/* In: number (1 = the oldest since the driver was loaded). Out: the rest. */
struct chimney_host_stack_event {
    struct chimney_host_stack_command command;
    uint32_t number;
    uint32_t count;        /* events so far */
    uint32_t kind;         /* enum chimney_host_event_kind */
    uint32_t binding;
    uint32_t object;       /* whose handle the OffloadContext was; 0 if it was nobody's */
    uint32_t code;         /* event type, indication code or status code */
    uint32_t information;  /* EventSpecificInformation, or bytes indicated */
    uint32_t answered;     /* what was returned: a status, or the HostReachabilityDelta written */
    uint64_t time;         /* NdisGetCurrentSystemTime, 100 ns units */
};

#endif
