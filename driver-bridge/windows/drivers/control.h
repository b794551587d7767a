/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * What a driver with the probe inside and its user-mode relay say to each other: METHOD_BUFFERED requests of the driver's
 * control device. The including file has CTL_CODE and the fixed-width types already (<ntddk.h>, or <windows.h> with
 * <winioctl.h>). Structures are the same for 32-bit and 64-bit programs. */
#ifndef CHIMNEYLAB_DRIVER_BRIDGE_WINDOWS_DRIVERS_CONTROL_H
#define CHIMNEYLAB_DRIVER_BRIDGE_WINDOWS_DRIVERS_CONTROL_H

#include <stdint.h>

#define CHIMNEY_RELAY_VERSION 1u

/* out: struct chimney_introduction. */
#define IOCTL_CHIMNEY_INTRODUCE CTL_CODE(0x8C01, 0x801, METHOD_BUFFERED, FILE_READ_ACCESS)
/* out: whole frames of the wire protocol, at least chimney_read_room bytes of room. The request is held until there is
 * something; one at a time. Ends with end of file when the driver has said everything. */
#define IOCTL_CHIMNEY_READ CTL_CODE(0x8C01, 0x802, METHOD_BUFFERED, FILE_READ_ACCESS)
/* The lab's driver alone. in: struct chimney_run_request with the plan behind it. Begins the run and returns. */
#define IOCTL_CHIMNEY_RUN CTL_CODE(0x8C01, 0x803, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS)
/* The lab's driver alone. out: struct chimney_run_result, after the end of file. */
#define IOCTL_CHIMNEY_RESULT CTL_CODE(0x8C01, 0x804, METHOD_BUFFERED, FILE_READ_ACCESS)

enum { chimney_read_room = 256 * 1024 };

struct chimney_introduction {
    uint32_t version;      /* CHIMNEY_RELAY_VERSION */
    uint32_t pointer_size;
    uint64_t clock_frequency;
    uint64_t clock_origin;
    uint64_t first_sequence;
    uint64_t next_sequence; /* one more than the last record so far */
    uint64_t dropped;
    uint32_t capabilities;
    uint32_t reserved;
    char producer[64];     /* terminated */
};

struct chimney_run_request {
    uint32_t plan_size;
    uint32_t reserved;
    char variant[64], schedule[64]; /* terminated */
};

struct chimney_run_result {
    int32_t exit_code; /* -1: no run has ended */
    uint32_t reserved;
    char report[16 * 1024]; /* terminated */
};

#endif
