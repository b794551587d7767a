/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     config.c
 *
 * Abstract:
 *     The registry: settings of the driver, of a binding, and the Ethernet address of a virtual miniport.
 *
 * Environment:
 *     Kernel mode.
 */
#include "precomp.h"

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, LmReadDriverSettings)
#pragma alloc_text(PAGE, LmReadLinkSettings)
#pragma alloc_text(PAGE, LmReadVnicAddress)
#endif

VOID
LmDefaultSettings(
    OUT PLM_SETTINGS Settings
    )
{
    NdisZeroMemory(Settings, sizeof(*Settings));
    Settings->DebugLevel = LM_WARN;
    Settings->SendMode = LINKMUX_SEND_CLONE;
    Settings->SwitchLocally = TRUE;
    Settings->CopyLentReceives = TRUE;
    Settings->FrameCacheDepth = 0; /* as NDIS thinks best */
}

static
BOOLEAN
LmReadInteger(
    IN NDIS_HANDLE ConfigurationHandle,
    IN PCWSTR Keyword,
    IN ULONG Largest,
    IN OUT PULONG Value
    )
{
    NDIS_STRING Name;
    NDIS_STATUS Status;
    PNDIS_CONFIGURATION_PARAMETER Parameter = NULL;

    NdisInitUnicodeString(&Name, Keyword);
    NdisReadConfiguration(&Status, &Parameter, ConfigurationHandle, &Name, NdisParameterInteger);
    if (Status != NDIS_STATUS_SUCCESS) {
        return FALSE;
    }
    if (Parameter->ParameterType != NdisParameterInteger && Parameter->ParameterType != NdisParameterHexInteger) {
        LMTRACE(LM_WARN, ("the value %wZ is no number\n", &Name));
        return FALSE;
    }
    if (Parameter->ParameterData.IntegerData > Largest) {
        LMTRACE(LM_WARN, ("the value %wZ is %u, at most %u makes sense\n", &Name, Parameter->ParameterData.IntegerData, Largest));
        return FALSE;
    }
    *Value = Parameter->ParameterData.IntegerData;
    return TRUE;
}

static
VOID
LmReadSettings(
    IN NDIS_HANDLE ConfigurationHandle,
    IN OUT PLM_SETTINGS Settings
    )
{
    ULONG Value;

    LmReadInteger(ConfigurationHandle, L"DebugLevel", LM_LOUD, &Settings->DebugLevel);
    LmReadInteger(ConfigurationHandle, L"SendMode", LINKMUX_SEND_COPY, &Settings->SendMode);
    LmReadInteger(ConfigurationHandle, L"FrameCacheDepth", 0xFFFF, &Settings->FrameCacheDepth);
    Value = Settings->SwitchLocally;
    LmReadInteger(ConfigurationHandle, L"SwitchLocally", 1, &Value);
    Settings->SwitchLocally = (BOOLEAN)Value;
    Value = Settings->CopyLentReceives;
    LmReadInteger(ConfigurationHandle, L"CopyLentReceives", 1, &Value);
    Settings->CopyLentReceives = (BOOLEAN)Value;
}

static
NDIS_STATUS
LmOpenConfiguration(
    IN NDIS_HANDLE NdisHandle,
    OUT PNDIS_HANDLE ConfigurationHandle
    )
{
    NDIS_CONFIGURATION_OBJECT Object;

    NdisZeroMemory(&Object, sizeof(Object));
    Object.Header.Type = NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT;
    Object.Header.Revision = NDIS_CONFIGURATION_OBJECT_REVISION_1;
    Object.Header.Size = NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1;
    Object.NdisHandle = NdisHandle;
    Object.Flags = 0;
    return NdisOpenConfigurationEx(&Object, ConfigurationHandle);
}

VOID
LmReadDriverSettings(
    IN NDIS_HANDLE MiniportDriverHandle,
    IN OUT PLM_SETTINGS Settings
    )
{
    NDIS_HANDLE Configuration = NULL;
    NDIS_HANDLE Parameters = NULL;
    NDIS_STRING SubKey = NDIS_STRING_CONST("Parameters");
    NDIS_STATUS Status;

    PAGED_CODE();

    if (LmOpenConfiguration(MiniportDriverHandle, &Configuration) != NDIS_STATUS_SUCCESS) {
        return;
    }
    LmReadSettings(Configuration, Settings);
    NdisOpenConfigurationKeyByName(&Status, Configuration, &SubKey, &Parameters);
    if (Status == NDIS_STATUS_SUCCESS) {
        LmReadSettings(Parameters, Settings);
        NdisCloseConfiguration(Parameters);
    }
    NdisCloseConfiguration(Configuration);
}

NDIS_STATUS
LmReadLinkSettings(
    IN PLM_LINK Link,
    OUT PUNICODE_STRING Names,
    IN ULONG Capacity,
    OUT PULONG Count
    )
/*++

Routine Description:

    Reads the parameters of a binding: the settings, and in the multi-string UpperBindings the device names of the virtual
    miniports that shall stand on it.

Arguments:

    Link     - the binding, open
    Names    - receives copies of the names, each to be freed with LmFreeString
    Capacity - how many Names has room for; further ones are ignored
    Count    - receives how many there are

--*/
{
    NDIS_HANDLE Configuration = NULL;
    NDIS_STATUS Status;
    NDIS_STRING Keyword = NDIS_STRING_CONST("UpperBindings");
    PNDIS_CONFIGURATION_PARAMETER Parameter = NULL;
    PWSTR Next;
    PWSTR End;

    PAGED_CODE();

    *Count = 0;
    Status = LmOpenConfiguration(Link->BindingHandle, &Configuration);
    if (Status != NDIS_STATUS_SUCCESS) {
        return Status;
    }
    LmReadSettings(Configuration, &Link->Settings);

    NdisReadConfiguration(&Status, &Parameter, Configuration, &Keyword, NdisParameterMultiString);
    if (Status == NDIS_STATUS_SUCCESS &&
        (Parameter->ParameterType == NdisParameterMultiString || Parameter->ParameterType == NdisParameterString)) {
        Next = Parameter->ParameterData.StringData.Buffer;
        End = Next + Parameter->ParameterData.StringData.Length / sizeof(WCHAR);
        while (Next < End && *Next != UNICODE_NULL && *Count < Capacity) {
            UNICODE_STRING Name;

            Name.Buffer = Next;
            while (Next < End && *Next != UNICODE_NULL) {
                Next++;
            }
            Name.Length = (USHORT)((PUCHAR)Next - (PUCHAR)Name.Buffer);
            Name.MaximumLength = Name.Length;
            Status = LmCopyString(&Names[*Count], &Name);
            if (Status != NDIS_STATUS_SUCCESS) {
                break;
            }
            (*Count)++;
            Next++; /* the terminator */
        }
    } else {
        LMTRACE(LM_WARN, ("%wZ: no UpperBindings, no virtual miniport\n", &Link->AdapterName));
        Status = NDIS_STATUS_SUCCESS;
    }
    NdisCloseConfiguration(Configuration);

    if (Status != NDIS_STATUS_SUCCESS) {
        while (*Count != 0) {
            LmFreeString(&Names[--*Count]);
        }
    }
    return Status;
}

VOID
LmReadVnicAddress(
    IN PLM_VNIC Vnic,
    IN NDIS_HANDLE MiniportHandle
    )
{
    NDIS_HANDLE Configuration = NULL;
    NDIS_STATUS Status;
    PVOID Address = NULL;
    UINT Length = 0;

    PAGED_CODE();

    LmMakeAddress(Vnic->PermanentAddress, Vnic->Link->BindParameters.CurrentMacAddress, Vnic->Number);
    ETH_COPY_NETWORK_ADDRESS(Vnic->CurrentAddress, Vnic->PermanentAddress);

    if (LmOpenConfiguration(MiniportHandle, &Configuration) != NDIS_STATUS_SUCCESS) {
        return;
    }
    NdisReadNetworkAddress(&Status, &Address, &Length, Configuration);
    if (Status == NDIS_STATUS_SUCCESS && Length == ETH_LENGTH_OF_ADDRESS && !ETH_IS_MULTICAST(Address)) {
        ETH_COPY_NETWORK_ADDRESS(Vnic->CurrentAddress, Address);
    }
    NdisCloseConfiguration(Configuration);
}

NDIS_STATUS
LmCopyString(
    OUT PUNICODE_STRING Destination,
    IN PCUNICODE_STRING Source
    )
{
    USHORT Size;

    RtlZeroMemory(Destination, sizeof(*Destination));
    if (Source->Length > MAXUSHORT - sizeof(WCHAR)) {
        return NDIS_STATUS_INVALID_LENGTH;
    }
    Size = (USHORT)(Source->Length + sizeof(WCHAR));
    Destination->Buffer = (PWSTR)ExAllocatePoolWithTag(NonPagedPool, Size, LM_TAG_NAME);
    if (Destination->Buffer == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    Destination->MaximumLength = Size;
    RtlCopyUnicodeString(Destination, Source);
    Destination->Buffer[Destination->Length / sizeof(WCHAR)] = UNICODE_NULL;
    return NDIS_STATUS_SUCCESS;
}

VOID
LmFreeString(
    IN OUT PUNICODE_STRING String
    )
{
    if (String->Buffer != NULL) {
        ExFreePoolWithTag(String->Buffer, LM_TAG_NAME);
    }
    RtlZeroMemory(String, sizeof(*String));
}
