/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * What the lab's ndis.sys offers beside NDIS: it carries out a scenario on a machine of the lab. The caller (lab_driver.c)
 * has everything that needs the kernel: it loads the drivers and takes the events. One run at a time in a thread; all
 * callbacks come on that thread, at PASSIVE_LEVEL. */
#ifndef CHIMNEYLAB_DRIVER_BRIDGE_WINDOWS_NDIS_LAB_NDIS_H
#define CHIMNEYLAB_DRIVER_BRIDGE_WINDOWS_NDIS_LAB_NDIS_H

#include "driver-bridge/protocol/wire.h"

#ifdef __cplusplus
extern "C" {
#endif

struct chimney_lab_run {
    const char* plan; /* the scenario as plan.h has it; need not end with 0 */
    size_t plan_size;
    const char* variant;  /* empty: the correct run */
    const char* schedule; /* empty: the scenario's own */

    void* self; /* goes into every callback */
    /* What a recorder has to know before the next event: names, layers, the description. */
    void (*tell_name)(void* self, uint32_t number, const struct chimney_wire_text* text);
    void (*tell_layers)(void* self, const struct chimney_wire_layer* layers, uint32_t count);
    void (*tell_run)(void* self, const struct chimney_wire_run* run);
    /* An event (sequence, clock and context are not filled in). Returns its sequence number, or none when it was given up. */
    uint64_t (*record)(void* self, const struct chimney_wire_event* event, const struct chimney_wire_piece* pieces, uint16_t count);
    /* Loads the driver image of a service, whose name is the last part of registry_path, and calls its DriverEntry with these
     * two arguments (PDRIVER_OBJECT and PUNICODE_STRING of the machine). `image` says which file: "reference",
     * "host-stack", "offload-target" or "plain-target". Returns DriverEntry's status. */
    int32_t (*load)(void* self, void* driver_object, void* registry_path, const char* image);
};

/* Before the thread of a run is made and drivers are loaded: from now on nothing of this process comes to lie below 4 GiB. */
void ChimneyLabPrepare(void);

/* As the exit code of `chimneylab-cli run`: 0 nothing to report, 1 something, 2 it could not be begun, 3 the machine failed.
 * Puts what is to be said for people into `report` (UTF-8, terminated). */
int ChimneyLabRun(const struct chimney_lab_run* run, char* report, size_t room);

/* A driver image of which the lab has taken hold. */
struct chimney_lab_image {
    void* entry; /* the image's own DriverEntry */
    unsigned char code[12];
};

/* Takes hold of a driver image that was just loaded and has not begun: where the lab's machine has a function that the image
 * imports from the kernel (ntoskrnl.exe, hal.dll), the machine's takes its place, as Driver Verifier does it; and who calls the
 * image's DriverEntry gets into `entry`, until ChimneyLabReleaseEntry. Returns 0 when this is no driver image. */
int ChimneyLabAdoptImage(void* image_base, void* entry, struct chimney_lab_image* image);
void ChimneyLabReleaseEntry(const struct chimney_lab_image* image);

#ifdef __cplusplus
}
#endif
#endif
