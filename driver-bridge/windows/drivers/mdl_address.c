/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The kernel exports no MmGetSystemAddressForMdlSafe: the Windows driver kit defines it in its header, of what the kernel does
 * export. The project's headers declare a function, and this is it for images that import from a kernel. */
#include <ntddk.h>

/* Wine has it, the project's headers do not declare it. */
PVOID MmMapLockedPagesSpecifyCache(PMDL Mdl, CHAR AccessMode, INT CacheType, PVOID Requested, ULONG BugCheckOnFailure, ULONG Priority);

PVOID MmGetSystemAddressForMdlSafe(PMDL Mdl, ULONG Priority)
{
    if ((Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) != 0) {
        return Mdl->MappedSystemVa;
    }
    return MmMapLockedPagesSpecifyCache(Mdl, 0, 1, NULL, FALSE, Priority);
}
