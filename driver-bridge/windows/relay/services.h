/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The lab's drivers as services of the service control manager. */
#ifndef CHIMNEYLAB_DRIVER_BRIDGE_WINDOWS_RELAY_SERVICES_H
#define CHIMNEYLAB_DRIVER_BRIDGE_WINDOWS_RELAY_SERVICES_H

/* Makes a service of every chimney*.sys in system32\drivers, started on demand alone, and starts chimneylab, which loads the
 * others as a run wants them. Returns 0, or an error of Windows after saying what failed. */
unsigned long start_lab(void);
/* Stops chimneylab and removes the services. */
void stop_lab(void);

#endif
