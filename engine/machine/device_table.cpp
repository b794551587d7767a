// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/machine/device_table.h"

#include <ndis.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/machine/machine.h"
#include "engine/machine/unicode.h"

namespace chimneylab::machine {
namespace {

constexpr std::uint32_t driver_tag = 0x76697244;  // 'Driv'
constexpr std::uint32_t device_tag = 0x69766544;  // 'Devi'
constexpr std::uint32_t request_tag = 0x20707249;  // 'Irp '
constexpr std::uint32_t system_buffer_tag = 0x20206F49;  // 'Io  '

std::string_view major_name(std::uint8_t major) {
    switch (major) {
    case IRP_MJ_CREATE: return "IRP_MJ_CREATE";
    case IRP_MJ_CLOSE: return "IRP_MJ_CLOSE";
    case IRP_MJ_CLEANUP: return "IRP_MJ_CLEANUP";
    default: return "IRP_MJ_DEVICE_CONTROL";
    }
}

bool same_name(std::string_view a, std::string_view b) { return equal_without_case(to_utf16(a), to_utf16(b)); }

}  // namespace

struct DeviceTable::Device {
    DEVICE_OBJECT* object = nullptr;
    LayerIndex layer = trace::machine_layer;
    std::string name;
    std::vector<std::string> links;
    std::array<PDRIVER_DISPATCH, IRP_MJ_MAXIMUM_FUNCTION + 1> dispatch{};
    bool own_dispatch = false;  // NdisRegisterDeviceEx gave a table; else the driver object's counts
    Handle handle = nullptr;
    void* extension = nullptr;
};

struct DeviceTable::File {
    FileId id;
    Device* device = nullptr;
    FILE_OBJECT* object = nullptr;
};

struct DeviceTable::Request {
    RequestId id;
    LayerIndex layer = trace::machine_layer;
    IRP* irp = nullptr;
    void* system_buffer = nullptr;
    std::size_t buffer_bytes = 0;
    std::size_t output_capacity = 0;
    std::uint8_t major = 0;
    DEVICE_OBJECT* device = nullptr;
    bool pending_marked = false;
    DeviceResult result;
};

DeviceTable::DeviceTable(Machine& machine) : machine_(machine) {}
DeviceTable::~DeviceTable() = default;

_DRIVER_OBJECT* DeviceTable::create_driver_object(LayerIndex layer, std::string_view name) {
    const std::u16string text = to_utf16("\\Driver\\" + std::string(name));
    const std::size_t bytes = text.size() * sizeof(WCHAR);
    auto* driver = static_cast<DRIVER_OBJECT*>(machine_.pool().allocate_quietly(sizeof(DRIVER_OBJECT), driver_tag, trace::machine_layer));
    auto* buffer = static_cast<WCHAR*>(machine_.pool().allocate_quietly(bytes + sizeof(WCHAR), driver_tag, trace::machine_layer));
    if (!driver || !buffer) return nullptr;
    std::memcpy(buffer, text.data(), bytes);
    driver->Type = 4;
    driver->Size = sizeof(DRIVER_OBJECT);
    driver->DriverName.Buffer = buffer;
    driver->DriverName.Length = static_cast<USHORT>(bytes);
    driver->DriverName.MaximumLength = static_cast<USHORT>(bytes + sizeof(WCHAR));
    driver_objects_[layer] = driver;
    return driver;
}

_DRIVER_OBJECT* DeviceTable::driver_object(LayerIndex layer) const {
    const auto found = driver_objects_.find(layer);
    return found == driver_objects_.end() ? nullptr : found->second;
}

LayerIndex DeviceTable::layer_of(const _DRIVER_OBJECT* driver) const {
    for (const auto& [layer, object] : driver_objects_)
        if (object == driver) return layer;
    return machine_.current_layer();
}

void* DeviceTable::allocate_driver_extension(_DRIVER_OBJECT* driver, const void* key, std::size_t bytes, bool* collision,
                                             std::string_view function) {
    *collision = driver_extensions_.contains({driver, key});
    if (*collision) return nullptr;
    // The I/O manager frees it with the driver object, so it is never the driver's leak.
    void* const memory = machine_.pool().allocate_zeroed(bytes, driver_tag, function, trace::machine_layer);
    if (memory) driver_extensions_.emplace(std::pair(driver, key), memory);
    return memory;
}

void* DeviceTable::find_driver_extension(const _DRIVER_OBJECT* driver, const void* key) const {
    const auto found = driver_extensions_.find({driver, key});
    return found == driver_extensions_.end() ? nullptr : found->second;
}

DeviceTable::Device* DeviceTable::find_device(std::string_view name) const {
    for (const auto& device : devices_) {
        if (same_name(device->name, name)) return device.get();
        for (const std::string& link : device->links)
            if (same_name(link, name)) return device.get();
    }
    return nullptr;
}

DeviceTable::Device* DeviceTable::find_device(const _DEVICE_OBJECT* object) const {
    for (const auto& device : devices_)
        if (device->object == object) return device.get();
    return nullptr;
}

bool DeviceTable::exists(std::string_view name) const { return find_device(name) != nullptr; }

std::int32_t DeviceTable::create_device(LayerIndex layer, _DRIVER_OBJECT* driver, std::string name, std::size_t extension_bytes,
                                        std::uint32_t type, std::uint32_t characteristics, _DEVICE_OBJECT** object) {
    *object = nullptr;
    if (!name.empty() && find_device(name)) return STATUS_OBJECT_NAME_COLLISION;
    auto device = std::make_unique<Device>();
    device->layer = layer;
    device->name = std::move(name);
    device->object = static_cast<DEVICE_OBJECT*>(
        machine_.pool().allocate_zeroed(sizeof(DEVICE_OBJECT) + extension_bytes, device_tag, "IoCreateDevice", layer));
    if (!device->object) return STATUS_INSUFFICIENT_RESOURCES;
    DEVICE_OBJECT& created = *device->object;
    created.Type = 3;
    created.Size = static_cast<USHORT>(std::min<std::size_t>(sizeof(DEVICE_OBJECT) + extension_bytes, 0xFFFF));
    created.DriverObject = driver;
    created.DeviceType = type;
    created.Characteristics = characteristics;
    created.StackSize = 1;
    created.Flags = DO_DEVICE_INITIALIZING;
    created.DeviceExtension = extension_bytes ? &created + 1 : nullptr;
    device->extension = created.DeviceExtension;
    if (driver) {
        created.NextDevice = driver->DeviceObject;
        driver->DeviceObject = &created;
    }
    *object = &created;
    devices_.push_back(std::move(device));
    return STATUS_SUCCESS;
}

void DeviceTable::delete_device(_DEVICE_OBJECT* object, std::string_view function) {
    const auto found = std::ranges::find_if(devices_, [&](const auto& device) { return device->object == object; });
    if (found == devices_.end()) {
        if (machine_.pool().require_not_released(object, function))
            machine_.finding(FindingKind::invalid_free, machine_.layer_name(machine_.current_layer()) + " calls " +
                                                            std::string(function) + " for something that is no device object", object);
        return;
    }
    Device& device = **found;
    for (auto& [id, file] : files_)
        if (file->device == &device) file->device = nullptr;
    if (DRIVER_OBJECT* driver = object->DriverObject) {
        for (PDEVICE_OBJECT* link = &driver->DeviceObject; *link; link = &(*link)->NextDevice) {
            if (*link != object) continue;
            *link = object->NextDevice;
            break;
        }
    }
    machine_.pool().free(object, function);
    devices_.erase(found);
}

std::int32_t DeviceTable::add_link(std::string link, std::string_view device_name) {
    Device* device = find_device(device_name);
    if (!device) return STATUS_OBJECT_NAME_NOT_FOUND;
    if (find_device(link)) return STATUS_OBJECT_NAME_COLLISION;
    device->links.push_back(std::move(link));
    return STATUS_SUCCESS;
}

std::int32_t DeviceTable::remove_link(std::string_view link) {
    for (const auto& device : devices_)
        if (std::erase_if(device->links, [&](const std::string& name) { return same_name(name, link); }) != 0) return STATUS_SUCCESS;
    return STATUS_OBJECT_NAME_NOT_FOUND;
}

std::int32_t DeviceTable::register_device(LayerIndex layer, const _NDIS_DEVICE_OBJECT_ATTRIBUTES& attributes,
                                          _DEVICE_OBJECT** object, Handle* handle) {
    *object = nullptr;
    *handle = nullptr;
    if (!attributes.DeviceName || !attributes.MajorFunctions) return NDIS_STATUS_INVALID_PARAMETER;
    const std::string link = attributes.SymbolicName ? to_utf8(attributes.SymbolicName) : std::string();
    if (!link.empty() && find_device(link)) return STATUS_OBJECT_NAME_COLLISION;
    const std::int32_t status = create_device(layer, driver_object(layer), to_utf8(attributes.DeviceName), attributes.ExtensionSize,
                                              FILE_DEVICE_NETWORK, FILE_DEVICE_SECURE_OPEN, object);
    if (status != STATUS_SUCCESS) return status;
    Device& device = *devices_.back();
    (*object)->Flags = DO_BUFFERED_IO;
    device.own_dispatch = true;
    std::copy_n(attributes.MajorFunctions, device.dispatch.size(), device.dispatch.begin());
    if (!link.empty()) device.links.push_back(link);
    device.handle = *handle = machine_.handles().open(HandleKind::device, layer, *object);
    return NDIS_STATUS_SUCCESS;
}

void DeviceTable::deregister_device(Handle handle, std::string_view function) {
    auto* object = machine_.handles().resolve<DEVICE_OBJECT>(handle, HandleKind::device, function);
    if (!object) return;
    machine_.handles().close(handle, HandleKind::device, function);
    delete_device(object, function);
}

void* DeviceTable::extension(_DEVICE_OBJECT* object) const {
    const Device* device = find_device(object);
    return device ? device->extension : nullptr;
}

DeviceTable::Opened DeviceTable::open(std::string_view name) {
    MachineScope scope(machine_);
    Device* device = find_device(name);
    if (!device) return {STATUS_OBJECT_NAME_NOT_FOUND, {}};
    auto file = std::make_unique<File>();
    file->id = FileId{next_file_++};
    file->device = device;
    // Drivers compare file objects and never look inside.
    file->object = static_cast<FILE_OBJECT*>(machine_.pool().allocate_quietly(256, request_tag, trace::machine_layer));
    const DeviceResult result = send(*file, IRP_MJ_CREATE, 0, {}, 0);
    if (result.status < 0 || !result.completed) {
        machine_.pool().free(file->object, "IRP_MJ_CREATE");
        return {result.status, {}};
    }
    const FileId id = file->id;
    files_.emplace(id, std::move(file));
    return {result.status, id};
}

DeviceResult DeviceTable::control(FileId id, std::uint32_t code, std::span<const std::byte> input, std::size_t output_capacity) {
    MachineScope scope(machine_);
    const auto file = files_.find(id);
    if (file == files_.end()) {
        DeviceResult refused;
        refused.status = STATUS_INVALID_HANDLE;
        refused.completed = true;
        return refused;
    }
    return send(*file->second, IRP_MJ_DEVICE_CONTROL, code, input, output_capacity);
}

DeviceResult DeviceTable::send(File& file, std::uint8_t major, std::uint32_t code, std::span<const std::byte> input,
                               std::size_t output_capacity) {
    DeviceResult refused;
    refused.completed = true;
    Device* device = file.device;
    if (!device) {
        refused.status = STATUS_NO_SUCH_DEVICE;
        return refused;
    }
    const PDRIVER_DISPATCH dispatch = device->own_dispatch ? device->dispatch[major]
                                      : device->object->DriverObject ? device->object->DriverObject->MajorFunction[major]
                                                                     : nullptr;
    if (!dispatch) {
        // The I/O manager's default: everything but opening and closing is refused.
        refused.status = major == IRP_MJ_DEVICE_CONTROL ? STATUS_INVALID_DEVICE_REQUEST : STATUS_SUCCESS;
        return refused;
    }
    auto request = std::make_unique<Request>();
    request->id = RequestId{next_request_++};
    request->layer = device->layer;
    request->major = major;
    request->device = device->object;
    request->buffer_bytes = std::max(input.size(), output_capacity);
    Pool& pool = machine_.pool();
    if (request->buffer_bytes != 0) {
        request->system_buffer = pool.allocate_quietly(request->buffer_bytes, system_buffer_tag, trace::machine_layer);
        if (request->system_buffer && !input.empty()) std::memcpy(request->system_buffer, input.data(), input.size());
    }
    request->irp = static_cast<IRP*>(pool.allocate_quietly(sizeof(IRP) + 2 * sizeof(IO_STACK_LOCATION), request_tag, trace::machine_layer));
    if (!request->irp || (request->buffer_bytes != 0 && !request->system_buffer)) {
        if (request->system_buffer) pool.free(request->system_buffer, major_name(major));
        refused.status = STATUS_INSUFFICIENT_RESOURCES;
        return refused;
    }
    IRP& irp = *request->irp;
    irp.Type = 6;
    irp.Size = sizeof(IRP) + 2 * sizeof(IO_STACK_LOCATION);
    irp.StackCount = 1;
    irp.CurrentLocation = 1;
    irp.RequestorMode = UserMode;
    irp.AssociatedIrp.SystemBuffer = request->system_buffer;
    irp.IoStatus.Status = STATUS_NOT_SUPPORTED;
    auto* location = reinterpret_cast<IO_STACK_LOCATION*>(&irp + 1);
    irp.Tail.Overlay.CurrentStackLocation = location;
    irp.Tail.Overlay.OriginalFileObject = file.object;
    location->MajorFunction = major;
    location->DeviceObject = device->object;
    location->FileObject = file.object;
    if (major == IRP_MJ_DEVICE_CONTROL) {
        location->Parameters.DeviceIoControl.InputBufferLength = static_cast<ULONG>(input.size());
        location->Parameters.DeviceIoControl.OutputBufferLength = static_cast<ULONG>(output_capacity);
        location->Parameters.DeviceIoControl.IoControlCode = code;
    }
    request->result.request = request->id;
    request->result.status = STATUS_PENDING;
    request->output_capacity = output_capacity;
    const RequestId id = request->id;
    by_irp_.emplace(&irp, request.get());
    requests_.emplace(id, std::move(request));
    std::int32_t returned = 0;
    {
        CallDetails details;
        details.subject = device->object;
        details.detail = code;
        details.caller = trace::machine_layer;
        DriverCall call(machine_, device->layer, major_name(major), details);
        returned = call.returns(dispatch(device->object, &irp));
    }
    Request& sent = *requests_.at(id);
    if (!sent.result.completed) {
        if (returned != STATUS_PENDING)
            machine_.finding_about(sent.layer, FindingKind::lock_misuse, std::string(major_name(major)) + " of " + machine_.layer_name(sent.layer) +
                                                   " returned a final status without completing the request", &irp);
        else if ((location->Control & SL_PENDING_RETURNED) == 0)
            machine_.finding_about(sent.layer, FindingKind::lock_misuse, std::string(major_name(major)) + " of " + machine_.layer_name(sent.layer) +
                                                   " returned STATUS_PENDING without IoMarkIrpPending", &irp);
        return sent.result;
    }
    if (returned != sent.result.status && !(returned == STATUS_PENDING && sent.pending_marked))
        machine_.finding_about(sent.layer, FindingKind::lock_misuse, std::string(major_name(major)) + " of " + machine_.layer_name(sent.layer) +
                                               " returned another status than it completed the request with");
    DeviceResult result = std::move(sent.result);
    requests_.erase(id);
    return result;
}

void DeviceTable::complete(_IRP* irp, std::string_view function) {
    const auto found = by_irp_.find(irp);
    if (found == by_irp_.end()) {
        if (machine_.pool().require_not_released(irp, function))
            machine_.finding(FindingKind::foreign_handle, machine_.layer_name(machine_.current_layer()) + " calls " +
                                                              std::string(function) + " for something that is no request", irp);
        return;
    }
    Request& request = *found->second;
    by_irp_.erase(found);
    DeviceResult& result = request.result;
    result.completed = true;
    result.status = irp->IoStatus.Status;
    if (result.status == STATUS_PENDING)
        machine_.finding(FindingKind::lock_misuse, machine_.layer_name(machine_.current_layer()) + " completes a request with STATUS_PENDING", irp);
    std::size_t bytes = irp->IoStatus.Information;
    if (bytes > request.output_capacity && request.major == IRP_MJ_DEVICE_CONTROL) {
        machine_.finding(FindingKind::buffer_overrun, machine_.layer_name(machine_.current_layer()) + " completes a request with " + std::to_string(bytes) +
                                                          " bytes of output; the caller has room for " + std::to_string(request.output_capacity), irp);
        bytes = request.output_capacity;
    }
    if (request.system_buffer && !NT_ERROR(result.status) && request.major == IRP_MJ_DEVICE_CONTROL) {
        const auto* data = static_cast<const std::byte*>(request.system_buffer);
        result.output.assign(data, data + bytes);
    }
    request.pending_marked = (irp->Tail.Overlay.CurrentStackLocation->Control & SL_PENDING_RETURNED) != 0;
    if (irp->CancelRoutine)
        machine_.finding(FindingKind::lock_misuse, machine_.layer_name(machine_.current_layer()) +
                                                       " completes a request that still has a cancel routine", irp);
    // A driver that looks at the request again reads poison.
    if (request.system_buffer) machine_.pool().free(request.system_buffer, function);
    request.system_buffer = nullptr;
    machine_.pool().free(irp, function);
}

bool DeviceTable::is_outstanding(const _IRP* irp) const { return by_irp_.contains(irp); }

DeviceResult DeviceTable::result(RequestId id) const {
    const auto found = requests_.find(id);
    if (found != requests_.end()) return found->second->result;
    DeviceResult unknown;
    unknown.status = STATUS_INVALID_HANDLE;
    unknown.completed = true;
    return unknown;
}

bool DeviceTable::cancel(RequestId id) {
    MachineScope scope(machine_);
    const auto found = requests_.find(id);
    if (found == requests_.end() || found->second->result.completed) return false;
    Request& request = *found->second;
    IRP& irp = *request.irp;
    const std::uint8_t old_level = machine_.irql().current();
    irp.Cancel = TRUE;
    const PDRIVER_CANCEL routine = IoSetCancelRoutine(&irp, nullptr);
    if (!routine) return false;
    irp.CancelIrql = old_level;
    machine_.locks().acquire_spin_lock(cancel_lock(), "the I/O manager");
    CallDetails details;
    details.subject = request.device;
    details.caller = trace::machine_layer;
    details.irql = dispatch_level;
    details.irql_may_change = true;
    {
        DriverCall call(machine_, request.layer, "DriverCancel", details);
        routine(request.device, &irp);
    }
    if (machine_.locks().is_held(cancel_lock())) {
        machine_.finding_about(request.layer, FindingKind::lock_misuse, "the cancel routine of " + machine_.layer_name(request.layer) +
                                                                            " returns without IoReleaseCancelSpinLock");
        machine_.locks().forget(cancel_lock());
    }
    machine_.irql().set(old_level);
    return true;
}

void DeviceTable::close(FileId id) {
    MachineScope scope(machine_);
    const auto found = files_.find(id);
    if (found == files_.end()) return;
    const std::unique_ptr<File> file = std::move(found->second);
    files_.erase(found);
    send(*file, IRP_MJ_CLEANUP, 0, {}, 0);
    send(*file, IRP_MJ_CLOSE, 0, {}, 0);
    machine_.pool().free(file->object, "IRP_MJ_CLOSE");
}

DeviceResult DeviceTable::control_once(std::string_view name, std::uint32_t code, std::span<const std::byte> input,
                                       std::size_t output_capacity) {
    const Opened opened = open(name);
    if (opened.file.value == 0) {
        DeviceResult refused;
        refused.status = opened.status;
        refused.completed = true;
        return refused;
    }
    DeviceResult answer = control(opened.file, code, input, output_capacity);
    if (!answer.completed) {
        const RequestId id = answer.request;
        machine_.run_until([&] { return result(id).completed; });
        answer = result(id);
        if (answer.completed) requests_.erase(id);
    }
    close(opened.file);
    return answer;
}

void DeviceTable::report_leaks(LayerIndex layer) {
    for (const auto& [irp, request] : by_irp_)
        if (request->layer == layer)
            machine_.finding_about(layer, FindingKind::leak, "a request that " + machine_.layer_name(layer) + " holds was never completed", irp);
}

}  // namespace chimneylab::machine
