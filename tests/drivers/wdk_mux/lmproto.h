/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     lmproto.h
 *
 * Abstract:
 *     Roles of the entry points and prototypes of what the source files share.
 */
#pragma once

NDIS_DECLARE_MINIPORT_ADAPTER_CONTEXT(LM_VNIC)
NDIS_DECLARE_PROTOCOL_OPEN_CONTEXT(LM_LINK)
NDIS_DECLARE_PROTOCOL_DRIVER_CONTEXT(LM_DRIVER)

/* driver.c */
DRIVER_INITIALIZE DriverEntry;
MINIPORT_UNLOAD LmUnload;
MINIPORT_SET_OPTIONS LmMiniportSetOptions;
PROTOCOL_SET_OPTIONS LmProtocolSetOptions;

/* miniport.c */
MINIPORT_INITIALIZE MpInitialize;
MINIPORT_HALT MpHalt;
MINIPORT_PAUSE MpPause;
MINIPORT_RESTART MpRestart;
MINIPORT_DEVICE_PNP_EVENT_NOTIFY MpDevicePnPEventNotify;
MINIPORT_SHUTDOWN MpShutdown;
MINIPORT_CHECK_FOR_HANG MpCheckForHang;
MINIPORT_RESET MpReset;

/* request.c, query.c, set.c */
MINIPORT_OID_REQUEST MpOidRequest;
MINIPORT_CANCEL_OID_REQUEST MpCancelOidRequest;
PROTOCOL_OID_REQUEST_COMPLETE PtOidRequestComplete;

/* send.c */
MINIPORT_SEND_NET_BUFFER_LISTS MpSendNetBufferLists;
MINIPORT_CANCEL_SEND MpCancelSend;
PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE PtSendNetBufferListsComplete;

/* receive.c */
PROTOCOL_RECEIVE_NET_BUFFER_LISTS PtReceiveNetBufferLists;
MINIPORT_RETURN_NET_BUFFER_LISTS MpReturnNetBufferLists;

/* binding.c */
PROTOCOL_BIND_ADAPTER_EX PtBindAdapter;
PROTOCOL_UNBIND_ADAPTER_EX PtUnbindAdapter;
PROTOCOL_OPEN_ADAPTER_COMPLETE_EX PtOpenAdapterComplete;
PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX PtCloseAdapterComplete;

/* pnp.c */
PROTOCOL_NET_PNP_EVENT PtNetPnPEvent;
NDIS_IO_WORKITEM_FUNCTION LmPauseWork;

/* status.c */
PROTOCOL_STATUS_EX PtStatus;
NDIS_TIMER_FUNCTION LmSettleTimer;
NDIS_IO_WORKITEM_FUNCTION LmLinkWork;

/* watch.c */
NDIS_TIMER_FUNCTION LmWatchTimer;

/* device.c */
DRIVER_DISPATCH LmDispatchCreate;
DRIVER_DISPATCH LmDispatchCleanup;
DRIVER_DISPATCH LmDispatchClose;
DRIVER_DISPATCH LmDispatchDeviceControl;
DRIVER_CANCEL LmCancelPendedIrp;

_IRQL_requires_(PASSIVE_LEVEL)
NDIS_STATUS LmRegisterDevice(VOID);
_IRQL_requires_(PASSIVE_LEVEL)
VOID LmDeregisterDevice(VOID);
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID LmCompletePendedIrps(_In_opt_ PLM_LINK Link, _In_ NTSTATUS Status);

/* config.c */
VOID LmDefaultSettings(OUT PLM_SETTINGS Settings);
VOID LmReadDriverSettings(IN NDIS_HANDLE MiniportDriverHandle, IN OUT PLM_SETTINGS Settings);
NDIS_STATUS LmReadLinkSettings(IN PLM_LINK Link, OUT PUNICODE_STRING Names, IN ULONG Capacity, OUT PULONG Count);
VOID LmReadVnicAddress(IN PLM_VNIC Vnic, IN NDIS_HANDLE MiniportHandle);
NDIS_STATUS LmCopyString(OUT PUNICODE_STRING Destination, IN PCUNICODE_STRING Source);
VOID LmFreeString(IN OUT PUNICODE_STRING String);

/* object.c */
_Must_inspect_result_
PLM_LINK LmCreateLink(_In_ PNDIS_BIND_PARAMETERS Parameters);
VOID LmReferenceLink(_In_ PLM_LINK Link);
VOID LmDereferenceLink(_In_ PLM_LINK Link);
_Must_inspect_result_
PLM_VNIC LmCreateVnic(_In_ PLM_LINK Link, _In_ PCUNICODE_STRING DeviceName, _In_ ULONG Number);
VOID LmReferenceVnic(_In_ PLM_VNIC Vnic);
VOID LmDereferenceVnic(_In_ PLM_VNIC Vnic);
VOID LmInsertVnic(_In_ PLM_VNIC Vnic);
VOID LmRemoveVnic(_In_ PLM_VNIC Vnic);
_Success_(return != NULL)
PLM_VNIC LmFindVnicByName(_In_ PLM_LINK Link, _In_ PCUNICODE_STRING DeviceName);
ULONG LmSnapshotVnics(_In_ PLM_LINK Link, _Out_writes_to_(LM_MAX_VNICS, return) PLM_VNIC *Vnics);
VOID LmReleaseSnapshot(_In_reads_(Count) PLM_VNIC *Vnics, _In_ ULONG Count);
PLM_LINK LmFindLink(_In_ ULONG Number);
PLM_VNIC LmFindVnic(_In_ ULONG LinkNumber, _In_ ULONG VnicNumber);

/* binding.c */
NDIS_STATUS LmCreateMissingVnics(_In_ PLM_LINK Link);
VOID LmDeleteVnics(_In_ PLM_LINK Link);

/* miniport.c */
BOOLEAN LmHoldVnicForSend(_In_ PLM_VNIC Vnic, _In_ ULONG Count, _In_ BOOLEAN DispatchLevel);
VOID LmReleaseVnic(_In_ PLM_VNIC Vnic, _In_ LONG Sends, _In_ LONG Receives);

/* filter.c */
BOOLEAN LmVnicWantsFrame(_In_ PLM_VNIC Vnic, _In_ const LM_ETHERNET_FRAME *Header);
ULONG LmCombinedFilter(_In_ PLM_LINK Link);
ULONG LmCombinedMulticast(_In_ PLM_LINK Link, _Out_writes_to_(Capacity, return) PUCHAR Addresses, _In_ ULONG Capacity);
VOID LmMakeAddress(_Out_writes_(ETH_LENGTH_OF_ADDRESS) PUCHAR Address, _In_reads_(ETH_LENGTH_OF_ADDRESS) const UCHAR *Base,
                   _In_ ULONG Number);

/* request.c */
PLM_REQUEST LmAllocateRequest(_In_ PLM_LINK Link, _In_opt_ PLM_VNIC Vnic);
VOID LmFreeRequest(_In_ PLM_REQUEST Request);
NDIS_STATUS LmSendRequest(_In_ PLM_REQUEST Request);
NDIS_STATUS LmForwardRequest(_In_ PLM_VNIC Vnic, _In_ PNDIS_OID_REQUEST Original);
NDIS_STATUS LmSetBelow(_In_ PLM_VNIC Vnic, _In_ PNDIS_OID_REQUEST Original, _In_ NDIS_OID Oid,
                       _In_reads_bytes_(Length) const VOID *Data, _In_ ULONG Length);
NDIS_STATUS LmQueryBelow(_In_ PLM_LINK Link, _In_ NDIS_OID Oid, _Out_writes_bytes_to_(Length, *BytesWritten) PVOID Data,
                         _In_ ULONG Length, _Out_ PULONG BytesWritten);
VOID LmResumeRequests(_In_ PLM_LINK Link);
VOID LmAbortQueuedRequest(_In_ PLM_VNIC Vnic, _In_ NDIS_STATUS Status);
VOID LmWaitForRequests(_In_ PLM_LINK Link);

/* query.c, set.c */
NDIS_STATUS LmQueryInformation(_In_ PLM_VNIC Vnic, _In_ PNDIS_OID_REQUEST Request);
NDIS_STATUS LmSetInformation(_In_ PLM_VNIC Vnic, _In_ PNDIS_OID_REQUEST Request);

/* frame.c */
NDIS_STATUS LmCreatePools(_In_ PLM_LINK Link);
VOID LmDeletePools(_In_ PLM_LINK Link);
PNET_BUFFER_LIST LmCopyFrame(_In_ PLM_LINK Link, _In_ PNET_BUFFER NetBuffer);
VOID LmFreeFrame(_In_ PNET_BUFFER_LIST NetBufferList);
BOOLEAN LmReadHeader(_In_ PNET_BUFFER NetBuffer, _Out_ PLM_ETHERNET_FRAME Header);

/* receive.c */
VOID LmIndicateCopy(_In_ PLM_VNIC Vnic, _In_ PNET_BUFFER_LIST Copy, _In_ NDIS_PORT_NUMBER PortNumber, _In_ ULONG Flags);

/* statistics.c */
VOID LmCountSend(_In_ PLM_VNIC Vnic, _In_ const LM_ETHERNET_FRAME *Header, _In_ ULONG Bytes);
VOID LmCountReceive(_In_ PLM_VNIC Vnic, _In_ const LM_ETHERNET_FRAME *Header, _In_ ULONG Bytes);
VOID LmCountSendFailure(_In_ PLM_VNIC Vnic, _In_ ULONG Lists, _In_ NDIS_STATUS Status);
VOID LmCountNoBuffer(_In_ PLM_VNIC Vnic);
VOID LmReadStatistics(_In_ PLM_VNIC Vnic, _Out_ PNDIS_STATISTICS_INFO Statistics);
VOID LmReadCounters(_In_ PLM_VNIC Vnic, _Out_ PLINKMUX_COUNTERS Counters);
VOID LmResetCounters(_In_ PLM_VNIC Vnic);

/* watch.c */
NDIS_STATUS LmCreateTimers(_In_ PLM_LINK Link);
VOID LmDeleteTimers(_In_ PLM_LINK Link);
VOID LmStartWatch(_In_ PLM_LINK Link);
VOID LmStopWatch(_In_ PLM_LINK Link);

/* status.c */
VOID LmIndicateToVnic(_In_ PLM_VNIC Vnic, _In_ NDIS_STATUS StatusCode, _In_reads_bytes_opt_(Length) PVOID Buffer,
                      _In_ ULONG Length);
VOID LmIndicateLinkState(_In_ PLM_VNIC Vnic);

/* pnp.c */
VOID LmSendsReturnedFromBelow(_In_ PLM_LINK Link, _In_ LONG Count);
VOID LmSetLinkPower(_In_ PLM_LINK Link, _In_ NDIS_DEVICE_POWER_STATE PowerState);
