// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "tests/trace/synthetic_trace.h"

#include <algorithm>
#include <stdexcept>

#include "engine/trace/function_catalogue.h"
#include "engine/trace/member_layout.h"
#include "engine/trace/text.h"
#include "tests/trace/synthetic_machine.h"

namespace chimneylab::trace::synthetic {
namespace {

namespace block = block_offset;
namespace handle = handle_offset;

constexpr std::int32_t success = 0;
constexpr auto failure = static_cast<std::int32_t>(0xC000009A);  // NDIS_STATUS_RESOURCES
constexpr std::int32_t partial_success = 0x40020004;
constexpr std::uint32_t call_entry_size = 64, offload_entry_size = 64;
// The made-up driver's entries: a list link first, then what ReuseM and RefIM ask for.
constexpr std::uint32_t saved_im_reserved = 16, saved_source_handle = 32, saved_edge = 40;
constexpr std::uint32_t entry_handle = 0, entry_upper = 16, entry_edge = 24;

struct Object {  // a neighbor, path or connection of the host stack
    std::string name;
    std::uint8_t state_type = 0;
    std::uint32_t state_size = 0;
    Address host_handle = 0;
    RegionId host_handle_region;
};

struct Block {
    Object* object = nullptr;
    Address address = 0;
    RegionId region, state;
    bool placeholder = false, new_offload = false;
    std::int32_t outcome = success;
};

struct OffloadEntryMemory {
    Address address = 0;
    RegionId region, handle_region;
    EventId recognised;
    OperationId operation;
};

struct CallEntryMemory {
    Address address = 0;
    RegionId region;
    EventId recognised;
};

class Run {
public:
    explicit Run(const Options& options)
        : options_(options), target_(static_cast<LayerIndex>(options.intermediate_drivers + 1)) {
        if (options.intermediate_drivers > 8) throw std::invalid_argument("at most 8 intermediate drivers");
    }

    Trace run() {
        describe();
        boot();
        objects_ = {{"N1", 4, 100, 0, {}}, {"P1", 8, 44, 0, {}}, {"T1", 17, 192, 0, {}}};
        if (options_.connections > 1) objects_.push_back({"T2", 17, 192, 0, {}});
        for (unsigned round = 0; round < options_.repeat; ++round)
            for (std::size_t i = 0; i < options_.operations.size(); ++i) {
                const bool last = round + 1 == options_.repeat && i + 1 == options_.operations.size();
                operate(options_.operations[i], last);
            }
        Event done = plain(EventKind::run_finished, machine_layer);
        done.has_status = 1;
        bench_.recorder.append(done);
        return bench_.recorder.take();
    }

private:
    static Event plain(EventKind kind, LayerIndex layer) {
        Event event;
        event.kind = kind;
        event.layer = layer;
        event.irql = 2;
        return event;
    }
    Event about(EventKind kind, LayerIndex layer, LayerIndex other) const {
        Event event = plain(kind, layer);
        event.other_layer = other;
        event.operation = operation_;
        event.operation_kind = kind_;
        event.region = blocks_.empty() ? RegionId{} : blocks_.front().region;
        return event;
    }
    StringId name(std::string_view text) { return bench_.recorder.intern(text); }
    [[nodiscard]] std::uint64_t binding(LayerIndex upper) const { return 0xFFFFFA9001000000 + 0x40u * (upper + 1u); }
    [[nodiscard]] std::uint64_t adapter(LayerIndex layer) const { return 0xFFFFFA9002000000 + 0x40u * (layer + 1u); }

    EventId call(Rung rung, LayerIndex driver) {
        const bool into_ndis = rung == Rung::call_ndis || rung == Rung::complete_ndis;
        Event event =
            into_ndis ? about(EventKind::enter, ndis_layer, driver) : about(EventKind::enter, driver, ndis_layer);
        event.name = name(rung_name(kind_, rung));
        event.subject = rung == Rung::call_ndis       ? binding(driver)
                        : rung == Rung::complete_ndis ? adapter(driver)
                                                      : 0xFFFFFA8000000800 + 0x100u * driver;
        return bench_.recorder.enter(event);
    }
    void convert(ConversionKind kind, LayerIndex converter, LayerIndex other, LayerIndex writer) {
        bench_.look(writer);
        Event event = about(EventKind::conversion, converter, other);
        event.detail = static_cast<std::uint64_t>(kind);
        bench_.recorder.append(event);
    }

    void describe() {
        std::vector<Layer> layers;
        layers.push_back({LayerRole::host_stack, name("Host stack"), name("reference host stack")});
        for (unsigned i = 1; i <= options_.intermediate_drivers; ++i)
            layers.push_back({LayerRole::intermediate_driver, name("IM " + std::to_string(i)), name("reference")});
        layers.push_back({LayerRole::offload_target, name("Offload target"), name("reference offload target")});
        bench_.recorder.trace().set_layers(layers);
        RunDescription description;
        description.scenario = "synthetic";
        description.title = "A run made by hand";
        description.producer = "chimneylab tests";
        bench_.recorder.trace().set_description(description);
        bench_.recorder.append(plain(EventKind::run_started, machine_layer));
    }

    void boot() {
        for (LayerIndex layer = target_; layer > 0; --layer) {
            Event opened = plain(EventKind::handle_opened, layer);
            opened.name = name("miniport adapter");
            opened.subject = adapter(layer);
            bench_.recorder.append(opened);
            opened.layer = static_cast<LayerIndex>(layer - 1);
            opened.name = name("binding");
            opened.subject = binding(opened.layer);
            bench_.recorder.append(opened);
        }
    }

    // --- the host stack builds a tree and hands it down ---

    void build_tree() {
        const bool first = objects_.front().host_handle == 0;
        const bool initiate = kind_ == OperationKind::initiate;
        for (Object& object : objects_) {
            if (object.host_handle != 0) continue;
            object.host_handle = bench_.memory.allocate(handle::size);
            bench_.allocate_event(host_stack_layer, object.host_handle, handle::size, tag_of("HsOb"));
            object.host_handle_region = bench_.watch(RegionKind::offload_handle, host_stack_layer, object.host_handle,
                                                     handle::size, object.name);
        }
        blocks_.clear();
        for (Object& object : objects_) {
            Block each;
            each.object = &object;
            const std::uint32_t state = kind_ == OperationKind::invalidate ? 0 : object.state_size;
            each.address = bench_.memory.allocate(block::size + state);
            bench_.allocate_event(host_stack_layer, each.address, block::size + state, tag_of("HsBl"));
            each.new_offload =
                initiate && bench_.memory.read(object.host_handle + handle::miniport_offload_context) == 0;
            each.placeholder = initiate && !first && options_.linker_path && object.state_type == 4;
            if (each.placeholder) each.new_offload = false;
            write(each.address, block::type, object.state_type | 1u << 8 | block::size << 16, 4);
            write(each.address, block::slot_b, each.placeholder ? 0 : object.host_handle);
            write(each.address, block::protocol_reserved_0, object.host_handle + 0x4000);
            write(each.address, block::status, 0xCCCCCCCC, 4);
            for (std::uint32_t at = 0; at + 4 <= state; at += 4)
                bench_.memory.write(each.address + block::size + at, initiate ? 0x01010101u * (at % 251 + 1) : 0, 4);
            // What a rule compares has values that go together; the rest is a pattern. Length of each structure:
            if (initiate && object.state_type == 17) {
                for (const auto& [at, length] : {std::pair{0x00u, 24u}, {0x18u, 44u}, {0x48u, 120u}}) write(each.address, block::size + at, length, 4);
                write(each.address, block::size + 0x50, 4, 4);                                                        // State
                for (const std::uint32_t sequence : {0x60u, 0x64u, 0x68u}) write(each.address, block::size + sequence, 1, 4);  // SndUna, SndNxt, SndMax
                write(each.address, block::size + 0xA4, 0xFFFFFFFF, 4);                                               // Retransmit.TimeoutDelta: not running
                write(each.address, block::size + 0xA8, 0);                                                           // SendDataHead
                write(each.address, block::size + 0xB0, 0);                                                           // SendDataTail
            }
            if (initiate && object.state_type == 4) {
                for (const auto& [at, length] : {std::pair{0x00u, 44u}, {0x2Cu, 44u}, {0x58u, 12u}}) write(each.address, block::size + at, length, 4);
                // NicReachabilityDelta as the host's
                write(each.address, block::size + 0x60, bench_.memory.read(each.address + block::size + 0x54, 4), 4);
            } else if (initiate && object.state_type != 17) {
                for (const auto& [at, length] : {std::pair{0x00u, 24u}, {0x18u, 12u}, {0x24u, 8u}}) write(each.address, block::size + at, length, 4);
            }
            blocks_.push_back(each);
        }
        write(blocks_[0].address, block::dependent_block_list, blocks_[1].address);
        write(blocks_[1].address, block::dependent_block_list, blocks_[2].address);
        if (blocks_.size() > 3) write(blocks_[2].address, block::next_block, blocks_[3].address);
        if (initiate && options_.fail_last_block) {
            blocks_.back().outcome = failure;
            for (Block& each : blocks_)
                if (&each != &blocks_.back() && each.object->state_type != 17 && !each.placeholder)
                    each.outcome = blocks_.size() > 3 || each.new_offload ? partial_success : success;
        }
        for (Block& each : blocks_) {
            each.region =
                bench_.watch(RegionKind::block_list, host_stack_layer, each.address, block::size, each.object->name);
            const std::uint32_t state = kind_ == OperationKind::invalidate ? 0 : each.object->state_size;
            if (state > 0)
                each.state = bench_.watch(RegionKind::following_state, host_stack_layer, each.address + block::size,
                                          state, each.object->name, each.region);
        }
    }

    void write(Address base, std::uint32_t offset, std::uint64_t value, std::uint32_t size = 8) {
        bench_.memory.write(base + offset, value, size);
    }
    [[nodiscard]] std::uint64_t read(Address base, std::uint32_t offset) const {
        return bench_.memory.read(base + offset);
    }
    [[nodiscard]] Address root() const { return blocks_.front().address; }

    void operate(OperationKind kind, bool last) {
        kind_ = kind;
        operation_ = bench_.recorder.next_operation();
        blocks_.clear();
        calls_.assign(target_ + 1u, {});
        created_.assign(target_ + 1u, {});
        Event step = plain(EventKind::step_started, machine_layer);
        step.name = name(operation_title(kind) + " the connection");
        bench_.recorder.append(step);
        build_tree();

        bench_.recorder.append(about(EventKind::operation_started, host_stack_layer, ndis_layer));
        go_down(host_stack_layer);

        Event queued = plain(EventKind::work_queued, target_);
        const std::uint64_t item = ++work_items_;
        queued.name = name("complete " + std::string(to_text(kind)));
        queued.subject = item;
        queued.detail = bench_.now + 20'000;
        const EventId queued_id = bench_.recorder.append(queued);
        bench_.now += 20'000;
        Event started = plain(EventKind::work_started, target_);
        started.name = queued.name;
        started.subject = item;
        started.partner = queued_id;
        const EventId started_id = bench_.recorder.append(started);
        target_completes();
        go_up(target_, last);
        Event finished = plain(EventKind::work_finished, target_);
        finished.name = queued.name;
        finished.subject = item;
        finished.partner = started_id;
        bench_.recorder.append(finished);
        step.kind = EventKind::step_finished;
        bench_.recorder.append(step);
    }

    // NdisXxxOffload called by `upper`, and everything below it until it returns.
    void go_down(LayerIndex upper) {
        const auto lower = static_cast<LayerIndex>(upper + 1);
        const EventId ndis = call(Rung::call_ndis, upper);
        write(root(), block::source_handle, binding(upper));
        for (const Block& each : blocks_) {
            const Address anchor = read(each.address, block::slot_b);
            if (anchor != 0 && bench_.memory.read(anchor) == 0) bench_.memory.write(anchor, binding(upper));
            write(each.address, block::slot_a, anchor == 0 ? 0 : anchor + handle::miniport_offload_context);
        }
        convert(ConversionKind::protocol_to_miniport_by_ndis, ndis_layer, upper, ndis_layer);
        const EventId miniport = call(Rung::miniport_handler, lower);
        if (lower != target_) {
            intermediate_driver_down(lower);
            go_down(lower);
        } else {
            for (const Block& each : blocks_)
                write(each.address, block::miniport_reserved_0, 0x7A00 + each.object->state_type);
        }
        bench_.look(lower);
        bench_.recorder.leave(miniport, 0, false);
        bench_.recorder.leave(ndis, 0, false);
    }

    void intermediate_driver_down(LayerIndex layer) {
        CallEntryMemory& entry = calls_[layer];
        entry.address = bench_.memory.allocate(call_entry_size);
        bench_.allocate_event(layer, entry.address, call_entry_size, tag_of("ImCe"));
        write(entry.address, saved_im_reserved, read(root(), block::im_reserved_0));
        write(entry.address, saved_im_reserved + 8, read(root(), block::im_reserved_1));
        write(entry.address, saved_source_handle, read(root(), block::source_handle));
        write(entry.address, saved_edge, 0x5000u + layer);
        for (const Block& each : blocks_) {
            if (each.placeholder) continue;
            if (each.new_offload) {
                OffloadEntryMemory made;
                made.operation = operation_;
                made.address = bench_.memory.allocate(offload_entry_size);
                bench_.allocate_event(layer, made.address, offload_entry_size, tag_of("ImOe"));
                write(made.address, entry_upper, read(each.address, block::slot_b));
                write(made.address, entry_edge, 0x5000u + layer);
                entries_[{layer, each.object->name}] = made;
                created_[layer].push_back(each.object->name);
            }
            write(each.address, block::slot_b, entries_.at({layer, each.object->name}).address + entry_handle);
        }
        write(root(), block::im_reserved_0, entry.address);
        write(root(), block::im_reserved_1, 0);

        for (const std::string& object : created_[layer]) watch_offload_entry(layer, object);
        if (options_.told_as_by_ndis) convert(ConversionKind::miniport_to_protocol_by_driver, layer, ndis_layer, layer);
        const std::uint16_t number = ++call_entry_numbers_[layer];
        entry.region = bench_.watch(RegionKind::call_entry, layer, entry.address, call_entry_size,
                                    "call entry #" + std::to_string(number), {}, number, tag_of("ImCe"));
        Event recognised = about(EventKind::call_entry_recognised, layer, machine_layer);
        recognised.region = entry.region;
        recognised.subject = entry.address;
        entry.recognised = bench_.recorder.append(recognised);
        for (const std::string& object : created_[layer]) recognise(layer, object);
        if (!options_.told_as_by_ndis)
            convert(ConversionKind::miniport_to_protocol_by_driver, layer, ndis_layer, layer);
    }

    void watch_offload_entry(LayerIndex layer, const std::string& object) {
        OffloadEntryMemory& entry = entries_.at({layer, object});
        const std::uint16_t number = ++offload_entry_numbers_[layer];
        const std::string label = options_.told_as_by_ndis ? object + " at IM " + std::to_string(layer) : object;
        entry.region = bench_.watch(RegionKind::offload_entry, layer, entry.address, offload_entry_size, label, {},
                                    number, tag_of("ImOe"));
        entry.handle_region = bench_.watch(RegionKind::offload_handle, layer, entry.address + entry_handle,
                                           handle::size, label, entry.region);
    }

    void recognise(LayerIndex layer, const std::string& object) {
        OffloadEntryMemory& entry = entries_.at({layer, object});
        Event recognised = about(EventKind::offload_entry_recognised, layer, machine_layer);
        recognised.region = entry.region;
        recognised.subject = entry.address;
        if (!options_.told_as_by_ndis) recognised.name = name(object);
        entry.recognised = bench_.recorder.append(recognised);
    }

    // --- and back ---

    void publish(LayerIndex layer, const Block& each, std::uint64_t context) {
        const Address slot = read(each.address, block::slot_a);
        bench_.memory.write(slot, context);
        const Address anchor = slot - handle::miniport_offload_context;
        Event event = about(EventKind::context_published, layer, machine_layer);
        event.subject = anchor;
        event.detail = context;
        event.region = bench_.look_at(anchor, handle::size, layer);
        bench_.recorder.append(event);
    }

    void target_completes() {
        for (const Block& each : blocks_) {
            if (each.new_offload && each.outcome != failure) {
                const Address context = bench_.memory.allocate(256);
                bench_.allocate_event(target_, context, 256, tag_of("OtCx"));
                bench_.memory.write(context, read(each.address, block::slot_b));
                target_contexts_[each.object->name] = context;
                publish(target_, each, context);
            }
            if (kind_ == OperationKind::query || kind_ == OperationKind::terminate)
                for (std::uint32_t at = 0; each.state.valid() && at + 4 <= each.object->state_size; at += 4)
                    bench_.memory.write(each.address + block::size + at, 0x20000000u + at, 4);
            write(each.address, block::status, static_cast<std::uint32_t>(each.outcome), 4);
        }
        if (kind_ == OperationKind::terminate)
            for (const Block& each : blocks_)
                if (const auto context = target_contexts_.extract(each.object->name))
                    bench_.free_event(target_, context.mapped());
    }

    // NdisMXxxOffloadComplete called by `lower`, and everything above it until it returns.
    void go_up(LayerIndex lower, bool last) {
        const auto upper = static_cast<LayerIndex>(lower - 1);
        bench_.look(lower);
        const EventId ndis = call(Rung::complete_ndis, lower);
        convert(ConversionKind::miniport_to_protocol_by_ndis, ndis_layer, lower, ndis_layer);
        const EventId protocol = call(Rung::protocol_handler, upper);
        if (upper == host_stack_layer) {
            host_finishes();
        } else {
            intermediate_driver_up(upper);
            go_up(upper, last);
            if (!(last && options_.leak_call_entry && upper == 1)) release_call_entry(upper);
            if (kind_ == OperationKind::terminate) release_offload_entries(upper);
        }
        bench_.recorder.leave(protocol, 0, false);
        bench_.recorder.leave(ndis, 0, false);
    }

    void intermediate_driver_up(LayerIndex layer) {
        const Address entry = calls_[layer].address;
        for (const Block& each : blocks_) {
            if (each.placeholder) continue;
            const Address own = entries_.at({layer, each.object->name}).address;
            const Address upper = read(own, entry_upper);
            write(each.address, block::slot_b, upper);
            write(each.address, block::slot_a, upper + handle::miniport_offload_context);
            if (each.new_offload && each.outcome != failure) publish(layer, each, own);
        }
        write(root(), block::im_reserved_0, read(entry, saved_im_reserved));
        write(root(), block::im_reserved_1, read(entry, saved_im_reserved + 8));
        write(root(), block::source_handle, read(entry, saved_source_handle));
        convert(ConversionKind::protocol_to_miniport_by_driver, layer, ndis_layer, layer);
        for (const Block& each : blocks_)
            if (each.new_offload && each.outcome == failure) release_offload_entry(layer, each.object->name);
    }

    void release_call_entry(LayerIndex layer) {
        const CallEntryMemory& entry = calls_[layer];
        bench_.look(layer);
        bench_.forget(entry.region);
        bench_.free_event(layer, entry.address);
        Event released = about(EventKind::call_entry_released, layer, machine_layer);
        released.region = entry.region;
        released.subject = entry.address;
        released.partner = entry.recognised;
        bench_.recorder.append(released);
    }

    void release_offload_entry(LayerIndex layer, const std::string& object) {
        const OffloadEntryMemory entry = entries_.at({layer, object});
        bench_.look(layer);
        bench_.forget(entry.handle_region);
        bench_.forget(entry.region);
        bench_.free_event(layer, entry.address);
        Event released = about(EventKind::offload_entry_released, layer, machine_layer);
        released.region = entry.region;
        released.subject = entry.address;
        released.name = name(object);
        released.partner = entry.recognised;
        bench_.recorder.append(released);
        entries_.erase({layer, object});
    }

    void release_offload_entries(LayerIndex layer) {
        for (const Object& object : objects_)
            if (entries_.contains({layer, object.name})) release_offload_entry(layer, object.name);
    }

    void host_finishes() {
        Event finished = about(EventKind::operation_finished, host_stack_layer, machine_layer);
        finished.status = blocks_.front().outcome;
        finished.has_status = 1;
        bench_.recorder.append(finished);
        for (const Block& each : blocks_) {
            if (each.state.valid()) bench_.forget(each.state);
            bench_.forget(each.region);
            bench_.free_event(host_stack_layer, each.address);
        }
        if (kind_ != OperationKind::terminate) return;
        for (Object& object : objects_) {
            bench_.memory.write(object.host_handle, 0);
            bench_.memory.write(object.host_handle + handle::miniport_offload_context, 0);
        }
        bench_.look(host_stack_layer);
    }

    const Options options_;
    const LayerIndex target_;
    Bench bench_;
    std::vector<Object> objects_;
    std::vector<Block> blocks_;
    std::vector<CallEntryMemory> calls_;             // by layer
    std::vector<std::vector<std::string>> created_;  // by layer: objects whose entries this operation made
    std::map<std::pair<LayerIndex, std::string>, OffloadEntryMemory> entries_;
    std::map<std::string, Address> target_contexts_;
    std::map<LayerIndex, std::uint16_t> call_entry_numbers_, offload_entry_numbers_;
    OperationId operation_;
    OperationKind kind_ = OperationKind::none;
    std::uint64_t work_items_ = 0;
};

}  // namespace

Trace make_trace(const Options& options) { return Run(options).run(); }

Trace five_operations(unsigned intermediate_drivers) {
    Options options;
    options.intermediate_drivers = intermediate_drivers;
    options.operations = {OperationKind::initiate, OperationKind::query, OperationKind::update,
                          OperationKind::invalidate, OperationKind::terminate};
    return make_trace(options);
}

Trace one_completion_travels_up() { return make_trace({}); }

}  // namespace chimneylab::trace::synthetic
