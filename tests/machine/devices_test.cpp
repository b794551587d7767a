// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <cstring>

#include "engine/machine/unicode.h"
#include "tests/machine/machine_fixture.h"

namespace chimneylab::machine::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr ULONG echo = CTL_CODE(FILE_DEVICE_NETWORK, 1, METHOD_BUFFERED, FILE_ANY_ACCESS);
constexpr ULONG hold = CTL_CODE(FILE_DEVICE_NETWORK, 2, METHOD_BUFFERED, FILE_ANY_ACCESS);
constexpr ULONG too_much = CTL_CODE(FILE_DEVICE_NETWORK, 3, METHOD_BUFFERED, FILE_ANY_ACCESS);
constexpr ULONG unmarked = CTL_CODE(FILE_DEVICE_NETWORK, 4, METHOD_BUFFERED, FILE_ANY_ACCESS);
constexpr ULONG forgotten = CTL_CODE(FILE_DEVICE_NETWORK, 5, METHOD_BUFFERED, FILE_ANY_ACCESS);
constexpr ULONG twice = CTL_CODE(FILE_DEVICE_NETWORK, 6, METHOD_BUFFERED, FILE_ANY_ACCESS);

// The driver's state, in the extension of its device.
struct Extension {
    std::vector<UCHAR>* majors;
    PIRP held;
};

VOID cancel_held(PDEVICE_OBJECT device, PIRP irp) {
    IoReleaseCancelSpinLock(irp->CancelIrql);
    static_cast<Extension*>(NdisGetDeviceReservedExtension(device))->held = nullptr;
    irp->IoStatus.Status = STATUS_CANCELLED;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

NTSTATUS finish(PIRP irp, NTSTATUS status, ULONG_PTR bytes) {
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = bytes;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS dispatch(PDEVICE_OBJECT device, PIRP irp) {
    auto* extension = static_cast<Extension*>(NdisGetDeviceReservedExtension(device));
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
    extension->majors->push_back(location->MajorFunction);
    if (location->MajorFunction != IRP_MJ_DEVICE_CONTROL) return finish(irp, STATUS_SUCCESS, 0);
    const ULONG length = location->Parameters.DeviceIoControl.InputBufferLength;
    switch (location->Parameters.DeviceIoControl.IoControlCode) {
    case echo: {
        auto* bytes = static_cast<PUCHAR>(irp->AssociatedIrp.SystemBuffer);
        std::reverse(bytes, bytes + length);
        return finish(irp, STATUS_SUCCESS, length);
    }
    case hold:
        IoMarkIrpPending(irp);
        IoSetCancelRoutine(irp, cancel_held);
        extension->held = irp;
        return STATUS_PENDING;
    case too_much: return finish(irp, STATUS_SUCCESS, 1000);
    case unmarked: extension->held = irp; return STATUS_PENDING;
    case forgotten: extension->held = irp; return STATUS_SUCCESS;
    case twice: {
        const NTSTATUS status = finish(irp, STATUS_SUCCESS, 0);
        IoCompleteRequest(irp, IO_NO_INCREMENT);
        return status;
    }
    default: return finish(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

class Devices : public MachineTest {
protected:
    void SetUp() override {
        PDRIVER_OBJECT driver = machine.devices().create_driver_object(intermediate, "chimney-test");
        EXPECT_EQ(to_utf8(&driver->DriverName), "\\Driver\\chimney-test");
        bench.as_driver([&] {
            PDRIVER_DISPATCH table[IRP_MJ_MAXIMUM_FUNCTION + 1] = {};
            table[IRP_MJ_CREATE] = table[IRP_MJ_CLOSE] = table[IRP_MJ_CLEANUP] = table[IRP_MJ_DEVICE_CONTROL] = dispatch;
            NDIS_STRING name, link;
            RtlInitUnicodeString(&name, u"\\Device\\ChimneyTest");
            RtlInitUnicodeString(&link, u"\\DosDevices\\ChimneyTest");
            NDIS_DEVICE_OBJECT_ATTRIBUTES attributes{};
            attributes.Header = {NDIS_OBJECT_TYPE_DEVICE_OBJECT_ATTRIBUTES, 1, sizeof attributes};
            attributes.DeviceName = &name;
            attributes.SymbolicName = &link;
            attributes.MajorFunctions = table;
            attributes.ExtensionSize = sizeof(Extension);
            ASSERT_EQ(NdisRegisterDeviceEx(bench.adapter, &attributes, &device, &handle), NDIS_STATUS_SUCCESS);
            extension = static_cast<Extension*>(NdisGetDeviceReservedExtension(device));
            extension->majors = &majors;
            PDEVICE_OBJECT second = nullptr;
            NDIS_HANDLE second_handle = nullptr;
            EXPECT_EQ(NdisRegisterDeviceEx(bench.adapter, &attributes, &second, &second_handle), STATUS_OBJECT_NAME_COLLISION);
        });
    }
    DeviceResult control(ULONG code, std::string_view input = {}, std::size_t capacity = 64) {
        return machine.devices().control(file, code, std::as_bytes(std::span(input)), capacity);
    }
    void open() {
        const auto opened = machine.devices().open("\\dosdevices\\chimneytest");
        ASSERT_EQ(opened.status, STATUS_SUCCESS);
        file = opened.file;
    }
    static std::string text(const DeviceResult& result) {
        return {reinterpret_cast<const char*>(result.output.data()), result.output.size()};
    }

    std::vector<UCHAR> majors;
    PDEVICE_OBJECT device = nullptr;
    NDIS_HANDLE handle = nullptr;
    Extension* extension = nullptr;
    FileId file;
};

TEST_F(Devices, AProgramOpensTalksAndCloses) {
    open();
    const DeviceResult result = control(echo, "hello");
    EXPECT_TRUE(result.completed);
    EXPECT_EQ(result.status, STATUS_SUCCESS);
    EXPECT_EQ(text(result), "olleh");
    EXPECT_EQ(control(0x1234).status, STATUS_INVALID_DEVICE_REQUEST);
    machine.devices().close(file);
    EXPECT_THAT(majors, ElementsAre(IRP_MJ_CREATE, IRP_MJ_DEVICE_CONTROL, IRP_MJ_DEVICE_CONTROL, IRP_MJ_CLEANUP, IRP_MJ_CLOSE));
    EXPECT_EQ(control(echo, "x").status, STATUS_INVALID_HANDLE);
    EXPECT_EQ(machine.devices().open("\\Device\\Nothing").status, STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT_TRUE(machine.findings().empty());
    const auto enters = bench.events(trace::EventKind::enter);
    EXPECT_EQ(bench.text(enters[1].name), "IRP_MJ_CREATE");
    EXPECT_EQ(enters[1].other_layer, trace::machine_layer);
}

TEST_F(Devices, APendedRequestIsCompletedLater) {
    open();
    const DeviceResult pended = control(hold, "abc");
    EXPECT_FALSE(pended.completed);
    EXPECT_EQ(pended.status, STATUS_PENDING);
    bench.as(intermediate, [&] {
        IoSetCancelRoutine(extension->held, nullptr);
        std::memcpy(extension->held->AssociatedIrp.SystemBuffer, "done", 4);
        finish(extension->held, STATUS_SUCCESS, 4);
    }, "NetTimerCallback", {.irql = dispatch_level});
    const DeviceResult result = machine.devices().result(pended.request);
    EXPECT_TRUE(result.completed);
    EXPECT_EQ(text(result), "done");
    EXPECT_FALSE(machine.devices().cancel(pended.request));
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(Devices, APendedRequestIsCancelled) {
    open();
    const DeviceResult pended = control(hold);
    EXPECT_TRUE(machine.devices().cancel(pended.request));
    EXPECT_EQ(machine.devices().result(pended.request).status, STATUS_CANCELLED);
    EXPECT_EQ(machine.irql().current(), passive_level);
    EXPECT_EQ(machine.locks().held_count(), 0u);
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(Devices, ControlOnceWaitsByRunningPendingWork) {
    machine.queue_work({.label = "completes", .layer = intermediate, .delay = 5'000'000, .run = [&] {
        bench.as_driver([&] {
            IoSetCancelRoutine(extension->held, nullptr);
            finish(extension->held, STATUS_SUCCESS, 0);
        });
    }});
    const DeviceResult result = machine.devices().control_once("\\Device\\ChimneyTest", hold, {}, 0);
    EXPECT_TRUE(result.completed);
    EXPECT_EQ(result.status, STATUS_SUCCESS);
    EXPECT_TRUE(machine.findings().empty());
}

TEST_F(Devices, MisuseIsFound) {
    open();
    EXPECT_EQ(control(too_much, {}, 10).output.size(), 10u);
    EXPECT_EQ(bench.count(FindingKind::buffer_overrun), 1u);
    (void)control(unmarked);
    EXPECT_THAT(machine.findings().back().explanation, HasSubstr("without IoMarkIrpPending"));
    bench.as_driver([&] { finish(extension->held, STATUS_SUCCESS, 0); });
    (void)control(forgotten);
    EXPECT_THAT(machine.findings().back().explanation, HasSubstr("without completing the request"));
    bench.as_driver([&] { finish(extension->held, STATUS_SUCCESS, 0); });
    const std::size_t before = machine.findings().size();
    (void)control(twice);
    EXPECT_EQ(machine.findings().size(), before + 1);
    EXPECT_EQ(bench.count(FindingKind::use_after_free), 1u);
}

TEST_F(Devices, DeregisteringEndsItAndRequestsLeftBehindAreLeaks) {
    open();
    (void)control(hold);
    bench.as_driver([&] { NdisDeregisterDeviceEx(handle); });
    EXPECT_FALSE(machine.devices().exists("\\Device\\ChimneyTest"));
    EXPECT_EQ(control(echo, "x").status, STATUS_NO_SUCH_DEVICE);
    machine.handles().close(bench.adapter, HandleKind::miniport_adapter, "test");
    machine.layer_unloaded(intermediate);
    EXPECT_EQ(bench.count(FindingKind::leak), 1u);
}

NTSTATUS answer_seven(PDEVICE_OBJECT device, PIRP irp) {
    const int value = device->DeviceExtension ? *static_cast<int*>(device->DeviceExtension) : 0;
    if (irp->AssociatedIrp.SystemBuffer) std::memcpy(irp->AssociatedIrp.SystemBuffer, &value, sizeof value);
    return finish(irp, STATUS_SUCCESS, sizeof value);
}

TEST_F(Devices, TheOlderWayThroughTheDriverObject) {
    PDRIVER_OBJECT driver = machine.devices().driver_object(intermediate);
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = answer_seven;
    PDEVICE_OBJECT object = nullptr;
    bench.as_driver([&] {
        UNICODE_STRING name, link;
        RtlInitUnicodeString(&name, u"\\Device\\Older");
        RtlInitUnicodeString(&link, u"\\??\\Older");
        ASSERT_EQ(IoCreateDevice(driver, sizeof(int), &name, FILE_DEVICE_NETWORK, 0, FALSE, &object), STATUS_SUCCESS);
        *static_cast<int*>(object->DeviceExtension) = 7;
        EXPECT_EQ(IoCreateSymbolicLink(&link, &name), STATUS_SUCCESS);
        EXPECT_EQ(IoCreateSymbolicLink(&link, &name), STATUS_OBJECT_NAME_COLLISION);
        PVOID memory = nullptr;
        EXPECT_EQ(IoAllocateDriverObjectExtension(driver, &majors, 32, &memory), STATUS_SUCCESS);
        EXPECT_EQ(IoGetDriverObjectExtension(driver, &majors), memory);
        EXPECT_EQ(IoAllocateDriverObjectExtension(driver, &majors, 32, &memory), STATUS_OBJECT_NAME_COLLISION);
        EXPECT_EQ(IoGetDriverObjectExtension(driver, this), nullptr);
    });
    const DeviceResult result = machine.devices().control_once("\\??\\older", echo, {}, sizeof(int));
    ASSERT_EQ(result.output.size(), sizeof(int));
    EXPECT_EQ(static_cast<int>(result.output[0]), 7);
    bench.as_driver([&] {
        UNICODE_STRING link;
        RtlInitUnicodeString(&link, u"\\??\\Older");
        EXPECT_EQ(IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
        IoDeleteDevice(object);
    });
    EXPECT_TRUE(machine.findings().empty());
}

}  // namespace
}  // namespace chimneylab::machine::test
