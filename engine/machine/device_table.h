// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Driver objects, private device objects (NdisRegisterDeviceEx) and the user-mode programs that open them. Requests are
// IRPs with METHOD_BUFFERED: one system buffer for input and output, in pool memory of the machine. A driver may complete
// an IRP inside its dispatch routine or later; cancelling calls its cancel routine with the cancel spin lock held.
// Found: completing twice, completing without a status, returning PENDING without IoMarkIrpPending, completing with more
// bytes than the buffer holds, unloading with IRPs outstanding. Owned by Machine; results are copies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/trace/event.h"

struct _DRIVER_OBJECT;
struct _DEVICE_OBJECT;
struct _IRP;
struct _FILE_OBJECT;
struct _NDIS_DEVICE_OBJECT_ATTRIBUTES;

namespace chimneylab::machine {

class Machine;
using Handle = void*;

// 1, 2, 3 …; 0 is none.
struct FileId { std::uint64_t value = 0; friend auto operator<=>(FileId, FileId) = default; };
struct RequestId { std::uint64_t value = 0; friend auto operator<=>(RequestId, RequestId) = default; };

struct DeviceResult {
    std::int32_t status = 0;              // NTSTATUS; STATUS_PENDING while the driver holds the IRP
    std::vector<std::byte> output;        // Information bytes of the system buffer
    bool completed = false;
    RequestId request;
};

class DeviceTable {
public:
    explicit DeviceTable(Machine& machine);
    ~DeviceTable();

    // The DRIVER_OBJECT a driver's DriverEntry gets; lives as long as the machine.
    [[nodiscard]] _DRIVER_OBJECT* create_driver_object(trace::LayerIndex layer, std::string_view name);
    [[nodiscard]] _DRIVER_OBJECT* driver_object(trace::LayerIndex layer) const;  // null before it was created

    [[nodiscard]] trace::LayerIndex layer_of(const _DRIVER_OBJECT* driver) const;  // the current layer if unknown

    // Zeroed memory tied to a driver object, by key. Null when the key is taken (allocate) or unknown (find).
    [[nodiscard]] void* allocate_driver_extension(_DRIVER_OBJECT* driver, const void* key, std::size_t bytes, bool* collision,
                                                  std::string_view function);
    [[nodiscard]] void* find_driver_extension(const _DRIVER_OBJECT* driver, const void* key) const;

    // --- the driver's side ---
    std::int32_t create_device(trace::LayerIndex layer, _DRIVER_OBJECT* driver, std::string name, std::size_t extension_bytes,
                               std::uint32_t type, std::uint32_t characteristics, _DEVICE_OBJECT** device);
    void delete_device(_DEVICE_OBJECT* device, std::string_view function);
    std::int32_t add_link(std::string link, std::string_view device_name);
    std::int32_t remove_link(std::string_view link);
    std::int32_t register_device(trace::LayerIndex layer, const _NDIS_DEVICE_OBJECT_ATTRIBUTES& attributes,
                                 _DEVICE_OBJECT** device, Handle* handle);
    void deregister_device(Handle handle, std::string_view function);
    [[nodiscard]] void* extension(_DEVICE_OBJECT* device) const;
    void complete(_IRP* irp, std::string_view function);
    [[nodiscard]] bool is_outstanding(const _IRP* irp) const;
    // The machine-wide lock of IoAcquireCancelSpinLock, as a key for LockTable.
    [[nodiscard]] const void* cancel_lock() const { return &by_irp_; }

    // --- the user-mode side. Names: the device's or its symbolic link's, UTF-8, without regard to case ---
    [[nodiscard]] bool exists(std::string_view name) const;
    // IRP_MJ_CREATE. status other than success: no file.
    struct Opened { std::int32_t status = 0; FileId file; };
    Opened open(std::string_view name);
    // IRP_MJ_DEVICE_CONTROL. With a pending result ask result() later.
    DeviceResult control(FileId file, std::uint32_t code, std::span<const std::byte> input, std::size_t output_capacity);
    [[nodiscard]] DeviceResult result(RequestId request) const;
    // Calls the driver's cancel routine. False: completed already, or the driver set none.
    bool cancel(RequestId request);
    // IRP_MJ_CLEANUP, then IRP_MJ_CLOSE.
    void close(FileId file);
    // open, control, close in one; a pended request is waited for by running pending work.
    DeviceResult control_once(std::string_view name, std::uint32_t code, std::span<const std::byte> input,
                              std::size_t output_capacity);

    void report_leaks(trace::LayerIndex layer);

private:
    struct Device;
    struct File;
    struct Request;
    [[nodiscard]] Device* find_device(std::string_view name) const;
    [[nodiscard]] Device* find_device(const _DEVICE_OBJECT* object) const;
    DeviceResult send(File& file, std::uint8_t major, std::uint32_t code, std::span<const std::byte> input,
                      std::size_t output_capacity);

    Machine& machine_;
    std::map<trace::LayerIndex, _DRIVER_OBJECT*> driver_objects_;
    std::map<std::pair<const void*, const void*>, void*> driver_extensions_;  // by driver object and key
    std::vector<std::unique_ptr<Device>> devices_;
    std::map<FileId, std::unique_ptr<File>> files_;
    std::map<RequestId, std::unique_ptr<Request>> requests_;
    std::map<const void*, Request*> by_irp_;
    std::uint64_t next_file_ = 1;
    std::uint64_t next_request_ = 1;
};

}  // namespace chimneylab::machine
