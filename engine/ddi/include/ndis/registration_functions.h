/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Registering a driver's edges and, for an intermediate driver, its virtual miniports. Each comment begins
 * with the level the caller may run at.
 */
#ifndef CHIMNEYLAB_DDI_NDIS_REGISTRATION_FUNCTIONS_H
#define CHIMNEYLAB_DDI_NDIS_REGISTRATION_FUNCTIONS_H

#include "characteristics.h"
#include "service_object.h"
#include "synchronization.h"

CHIMNEYLAB_DDI_BEGIN

/* ---- Driver registration ---- */

/* PASSIVE_LEVEL: copies the characteristics, calls SetOptionsHandler inside the call; NDIS_STATUS_BAD_VERSION /
   BAD_CHARACTERISTICS / RESOURCES / FAILURE on error. */
NDIS_STATUS NdisMRegisterMiniportDriver(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath,
                                        NDIS_HANDLE MiniportDriverContext,
                                        PNDIS_MINIPORT_DRIVER_CHARACTERISTICS MiniportDriverCharacteristics,
                                        PNDIS_HANDLE NdisMiniportDriverHandle);
/* PASSIVE_LEVEL: call from DriverEntry failure path or from the unload handler; blocks until all adapters are
   halted. */
VOID NdisMDeregisterMiniportDriver(NDIS_HANDLE NdisMiniportDriverHandle);
/* PASSIVE_LEVEL: copies the characteristics, calls SetOptionsHandler inside the call; binds start asynchronously,
   possibly before return. */
NDIS_STATUS NdisRegisterProtocolDriver(NDIS_HANDLE ProtocolDriverContext,
                                       PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS ProtocolCharacteristics,
                                       PNDIS_HANDLE NdisProtocolHandle);
/* PASSIVE_LEVEL: closes every binding through ProtocolUnbindAdapterEx, waits, then returns. */
VOID NdisDeregisterProtocolDriver(NDIS_HANDLE NdisProtocolHandle);
/* PASSIVE_LEVEL: makes NDIS offer again the adapters the protocol is not bound to. */
VOID NdisReEnumerateProtocolBindings(NDIS_HANDLE NdisProtocolHandle);
/* PASSIVE_LEVEL: call inside SetOptions (driver handle) or after a successful open (binding handle); dispatches on
   Header.Type of the table; NOT_SUPPORTED for pre-6.0 drivers. */
NDIS_STATUS NdisSetOptionalHandlers(NDIS_HANDLE NdisHandle, PNDIS_DRIVER_OPTIONAL_HANDLERS OptionalHandlers);
/* <= DISPATCH_LEVEL: (major<<16)|minor. */
UINT NdisGetVersion(VOID);
/* PASSIVE_LEVEL: address of an NDIS export or NULL. */
PVOID NdisGetRoutineAddress(PNDIS_STRING NdisRoutineName);
/* <= DISPATCH_LEVEL: handle object for components that own no NDIS handle. */
PNDIS_GENERIC_OBJECT NdisAllocateGenericObject(PDRIVER_OBJECT DriverObject, ULONG Tag, USHORT Size);
/* <= DISPATCH_LEVEL. */
VOID NdisFreeGenericObject(PNDIS_GENERIC_OBJECT NdisGenericObject);

/* ---- Intermediate driver ---- */

/* PASSIVE_LEVEL: DriverEntry, after both registrations; ties the two edges so NDIS unbinds and unloads them in
   order. */
VOID NdisIMAssociateMiniport(NDIS_HANDLE DriverHandle, NDIS_HANDLE ProtocolHandle);
/* PASSIVE_LEVEL: queues or performs MiniportInitializeEx for the named virtual device; SUCCESS means accepted
   only; NOT_ACCEPTED if already initialised. */
NDIS_STATUS NdisIMInitializeDeviceInstanceEx(NDIS_HANDLE DriverHandle, PNDIS_STRING DriverInstance,
                                        NDIS_HANDLE DeviceContext);
/* PASSIVE_LEVEL: SUCCESS if withdrawn before MiniportInitializeEx was called, else FAILURE. */
NDIS_STATUS NdisIMCancelInitializeDeviceInstance(NDIS_HANDLE DriverHandle, PNDIS_STRING DeviceInstance);
/* PASSIVE_LEVEL: unbinds all overlying protocols, then MiniportHaltEx(NdisHaltDeviceInstanceDeInitialized), then
   returns. */
NDIS_STATUS NdisIMDeInitializeDeviceInstance(NDIS_HANDLE NdisMiniportHandle);
/* < DISPATCH_LEVEL: DeviceContext of the virtual miniport under a binding. */
NDIS_HANDLE NdisIMGetBindingContext(NDIS_HANDLE NdisBindingHandle);

CHIMNEYLAB_DDI_END

#endif
