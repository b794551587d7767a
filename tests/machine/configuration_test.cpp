// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <cstring>

#include "engine/machine/unicode.h"
#include "tests/machine/machine_fixture.h"

namespace chimneylab::machine::test {
namespace {

using ::testing::ElementsAre;

class Configuration : public MachineTest {
protected:
    Configuration() {
        ConfigurationStore& store = machine.configuration();
        store.set_integer("adapter\\\\DEVICE\\\\{adapter-0}", "MTU", 1500);
        store.set_hex_integer(key, "Flags", 0x1F);
        store.set_text(key, "Speed", "250");
        store.set_text(key, "Mask", "0x1f");
        store.set_text(key, "NetworkAddress", "00-1B-21-0a-0b-0c");
        store.set_multi_text(key, "UpperBindings", {"\\DEVICE\\{one}", "\\DEVICE\\{two}"});
        store.set_binary(key, "Blob", {std::byte{1}, std::byte{2}, std::byte{3}});
        store.create_key(std::string(key) + "\\Ndi\\params");
        store.create_key(std::string(key) + "\\Linkage");
        store.set_key_resolver([this](void* handle) { return handle == bench.adapter ? std::optional<std::string>(key) : std::nullopt; });
    }

    NDIS_HANDLE open() {
        NDIS_CONFIGURATION_OBJECT object{};
        object.Header = {NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT, 1, sizeof object};
        object.NdisHandle = bench.adapter;
        NDIS_HANDLE handle = nullptr;
        EXPECT_EQ(NdisOpenConfigurationEx(&object, &handle), NDIS_STATUS_SUCCESS);
        return handle;
    }
    PNDIS_CONFIGURATION_PARAMETER read(NDIS_HANDLE handle, const char16_t* name, NDIS_PARAMETER_TYPE type) {
        UNICODE_STRING keyword;
        RtlInitUnicodeString(&keyword, name);
        PNDIS_CONFIGURATION_PARAMETER parameter = nullptr;
        NDIS_STATUS status = NDIS_STATUS_PENDING;
        NdisReadConfiguration(&status, &parameter, handle, &keyword, type);
        EXPECT_EQ(status, parameter ? NDIS_STATUS_SUCCESS : NDIS_STATUS_FAILURE);
        return parameter;
    }

    static constexpr const char* key = "adapter\\DEVICE\\{adapter-0}";
};

TEST_F(Configuration, EveryTypeIsReadAndIntegersAreMadeOfText) {
    bench.as_driver([&] {
        NDIS_HANDLE handle = open();
        EXPECT_EQ(read(handle, u"mtu", NdisParameterInteger)->ParameterData.IntegerData, 1500u);
        EXPECT_EQ(read(handle, u"Flags", NdisParameterHexInteger)->ParameterType, NdisParameterHexInteger);
        EXPECT_EQ(read(handle, u"Speed", NdisParameterInteger)->ParameterData.IntegerData, 250u);
        EXPECT_EQ(read(handle, u"Speed", NdisParameterHexInteger)->ParameterData.IntegerData, 0x250u);
        EXPECT_EQ(read(handle, u"Mask", NdisParameterHexInteger)->ParameterData.IntegerData, 0x1Fu);
        EXPECT_EQ(read(handle, u"Mask", NdisParameterInteger), nullptr);
        EXPECT_EQ(read(handle, u"Absent", NdisParameterInteger), nullptr);
        const auto* text = read(handle, u"Speed", NdisParameterString);
        EXPECT_EQ(to_utf8(&text->ParameterData.StringData), "250");
        const auto* blob = read(handle, u"Blob", NdisParameterBinary);
        EXPECT_EQ(blob->ParameterData.BinaryData.Length, 3);
        EXPECT_EQ(std::memcmp(blob->ParameterData.BinaryData.Buffer, "\1\2\3", 3), 0);
        NdisCloseConfiguration(handle);
        EXPECT_EQ(machine.pool().find_live(text), nullptr);
    });
    EXPECT_EQ(machine.pool().live_count(trace::ndis_layer), 0u);
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(Configuration, AMultiStringIsWalkedAsDriversWalkIt) {
    std::vector<std::string> names;
    bench.as_driver([&] {
        NDIS_HANDLE handle = open();
        const auto* parameter = read(handle, u"UpperBindings", NdisParameterMultiString);
        ASSERT_EQ(parameter->ParameterType, NdisParameterMultiString);
        for (PWSTR at = parameter->ParameterData.StringData.Buffer; *at != 0;) {
            UNICODE_STRING name;
            RtlInitUnicodeString(&name, at);
            names.push_back(to_utf8(&name));
            at += name.Length / sizeof(WCHAR) + 1;
        }
        NdisCloseConfiguration(handle);
    });
    EXPECT_THAT(names, ElementsAre("\\DEVICE\\{one}", "\\DEVICE\\{two}"));
}

TEST_F(Configuration, WhatIsWrittenIsReadBack) {
    bench.as_driver([&] {
        NDIS_HANDLE handle = open();
        for (const char16_t* name : {u"Speed", u"MTU", u"UpperBindings", u"Blob", u"Flags"}) {
            UNICODE_STRING from, to;
            RtlInitUnicodeString(&from, name);
            RtlInitUnicodeString(&to, u"Copy");
            NDIS_STATUS status = 0;
            PNDIS_CONFIGURATION_PARAMETER parameter = nullptr;
            NdisReadConfiguration(&status, &parameter, handle, &from, NdisParameterString);
            NdisWriteConfiguration(&status, handle, &to, parameter);
            EXPECT_EQ(status, NDIS_STATUS_SUCCESS);
            EXPECT_EQ(*machine.configuration().find(key, "copy"), *machine.configuration().find(key, to_utf8(&from)));
        }
        NdisCloseConfiguration(handle);
    });
}

TEST_F(Configuration, SubkeysByNameAndByIndex) {
    bench.as_driver([&] {
        NDIS_HANDLE handle = open();
        NDIS_HANDLE subkey = nullptr;
        NDIS_STATUS status = 0;
        UNICODE_STRING name;
        RtlInitUnicodeString(&name, u"ndi\\PARAMS");
        NdisOpenConfigurationKeyByName(&status, handle, &name, &subkey);
        EXPECT_EQ(status, NDIS_STATUS_SUCCESS);
        NdisCloseConfiguration(subkey);
        RtlInitUnicodeString(&name, u"nothing");
        NdisOpenConfigurationKeyByName(&status, handle, &name, &subkey);
        EXPECT_EQ(status, NDIS_STATUS_FAILURE);
        std::vector<std::string> names;
        for (ULONG index = 0;; ++index) {
            NdisOpenConfigurationKeyByIndex(&status, handle, index, &name, &subkey);
            if (status != NDIS_STATUS_SUCCESS) break;
            names.push_back(to_utf8(&name));
            NdisCloseConfiguration(subkey);
        }
        EXPECT_THAT(names, ElementsAre("Linkage", "Ndi"));
        NdisCloseConfiguration(handle);
    });
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(Configuration, NetworkAddressComesAsBytes) {
    bench.as_driver([&] {
        NDIS_HANDLE handle = open();
        NDIS_STATUS status = 0;
        PVOID address = nullptr;
        UINT length = 0;
        NdisReadNetworkAddress(&status, &address, &length, handle);
        ASSERT_EQ(status, NDIS_STATUS_SUCCESS);
        ASSERT_EQ(length, 6u);
        EXPECT_EQ(std::memcmp(address, "\x00\x1B\x21\x0A\x0B\x0C", 6), 0);
        machine.configuration().set_text(key, "NetworkAddress", "00-1B-2");
        NdisReadNetworkAddress(&status, &address, &length, handle);
        EXPECT_EQ(status, NDIS_STATUS_FAILURE);
        NdisCloseConfiguration(handle);
    });
}

TEST_F(Configuration, AWrongHandleIsRefused) {
    bench.as_driver([&] {
        NDIS_CONFIGURATION_OBJECT object{};
        object.Header = {NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT, 1, sizeof object};
        object.NdisHandle = this;
        NDIS_HANDLE handle = nullptr;
        EXPECT_EQ(NdisOpenConfigurationEx(&object, &handle), NDIS_STATUS_FAILURE);
        EXPECT_EQ(bench.count(FindingKind::foreign_handle), 1u);
        NdisCloseConfiguration(bench.adapter);
        EXPECT_EQ(bench.count(FindingKind::foreign_handle), 2u);
    });
}

}  // namespace
}  // namespace chimneylab::machine::test
