// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// DDI functions: the configuration. What a handle opens is NDIS's knowledge (ConfigurationStore::set_key_resolver).
// Inferred: the name NdisOpenConfigurationKeyByIndex gives is NDIS's memory until the configuration is closed, as the
// parameters are.
#include <ndis.h>

#include "engine/machine/machine.h"
#include "engine/machine/unicode.h"

using namespace chimneylab::machine;

namespace {

void open_subkey(Machine& machine, PNDIS_STATUS status, const std::string& parent, const std::string& name, PNDIS_HANDLE handle)
{
    *handle = nullptr;
    const std::string path = parent + "\\" + name;
    if (!machine.configuration().has_key(path)) {
        *status = NDIS_STATUS_FAILURE;
        return;
    }
    *handle = machine.open_configurations().open(path);
    *status = NDIS_STATUS_SUCCESS;
}

}  // namespace

extern "C" {

NDIS_STATUS NdisOpenConfigurationEx(PNDIS_CONFIGURATION_OBJECT ConfigObject, PNDIS_HANDLE ConfigurationHandle)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_passive(__func__);
    *ConfigurationHandle = nullptr;
    if (ConfigObject->Header.Type != NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT ||
        ConfigObject->Header.Size < NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1)
        return NDIS_STATUS_INVALID_PARAMETER;
    const auto key = machine.configuration().key_of(ConfigObject->NdisHandle);
    if (!key) {
        // The handle table knows best what was given instead.
        if (!machine.handles().find(ConfigObject->NdisHandle)) machine.handles().require_any(ConfigObject->NdisHandle, __func__);
        return NDIS_STATUS_FAILURE;
    }
    *ConfigurationHandle = machine.open_configurations().open(*key);
    return NDIS_STATUS_SUCCESS;
}

VOID NdisCloseConfiguration(NDIS_HANDLE ConfigurationHandle)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_passive(__func__);
    machine.open_configurations().close(ConfigurationHandle, __func__);
}

VOID NdisReadConfiguration(PNDIS_STATUS Status, PNDIS_CONFIGURATION_PARAMETER *ParameterValue, NDIS_HANDLE ConfigurationHandle,
                           PNDIS_STRING Keyword, NDIS_PARAMETER_TYPE ParameterType)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_passive(__func__);
    *ParameterValue = machine.open_configurations().read(ConfigurationHandle, to_utf8(Keyword), ParameterType, __func__);
    *Status = *ParameterValue ? NDIS_STATUS_SUCCESS : NDIS_STATUS_FAILURE;
}

VOID NdisWriteConfiguration(PNDIS_STATUS Status, NDIS_HANDLE ConfigurationHandle, PNDIS_STRING Keyword,
                            PNDIS_CONFIGURATION_PARAMETER ParameterValue)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_passive(__func__);
    *Status = machine.open_configurations().write(ConfigurationHandle, to_utf8(Keyword), *ParameterValue, __func__);
}

VOID NdisOpenConfigurationKeyByName(PNDIS_STATUS Status, NDIS_HANDLE ConfigurationHandle, PNDIS_STRING SubKeyName,
                                    PNDIS_HANDLE SubKeyHandle)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_at_most(apc_level, __func__);
    *Status = NDIS_STATUS_FAILURE;
    *SubKeyHandle = nullptr;
    if (const std::string* key = machine.open_configurations().key_of(ConfigurationHandle, __func__))
        open_subkey(machine, Status, *key, to_utf8(SubKeyName), SubKeyHandle);
}

VOID NdisOpenConfigurationKeyByIndex(PNDIS_STATUS Status, NDIS_HANDLE ConfigurationHandle, ULONG Index, PNDIS_STRING KeyName,
                                     PNDIS_HANDLE KeyHandle)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_at_most(apc_level, __func__);
    *Status = NDIS_STATUS_FAILURE;
    *KeyHandle = nullptr;
    const std::string* key = machine.open_configurations().key_of(ConfigurationHandle, __func__);
    if (!key) return;
    const std::vector<std::string> names = machine.configuration().subkeys(*key);
    if (Index >= names.size() || !machine.open_configurations().lend_text(ConfigurationHandle, names[Index], KeyName, __func__)) return;
    open_subkey(machine, Status, *key, names[Index], KeyHandle);
}

VOID NdisReadNetworkAddress(PNDIS_STATUS Status, PVOID *NetworkAddress, PUINT NetworkAddressLength, NDIS_HANDLE ConfigurationHandle)
{
    Machine& machine = Machine::of_call(__func__);
    machine.irql().require_passive(__func__);
    *NetworkAddress = machine.open_configurations().read_network_address(ConfigurationHandle, NetworkAddressLength, __func__);
    *Status = *NetworkAddress ? NDIS_STATUS_SUCCESS : NDIS_STATUS_FAILURE;
}

}  // extern "C"
