// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The chain of handles: which NDIS_OFFLOAD_HANDLE each driver passes down for an object, and the context it publishes in
// the handle above.
#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {

constexpr std::string_view slot_b_down = "OffloadHandle";
constexpr std::string_view context_member = "MiniportOffloadContext";

bool translates(const Scene& scene) { return scene.passage->at_arrival.taken() && scene.passage->at_hand_on.taken(); }

const BlockImage& given_block(const Scene& scene, std::size_t i) { return scene.passage->at_arrival.blocks[i]; }

bool own_memory(const Scene& scene, Address address) {
    const auto owner = scene.replay().memory_owner(address);
    return owner ? *owner == scene.driver : Replay::in_driver_image(address);
}

bool anything_translated(const Scene& scene) {
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i)
        if (given_block(scene, i).slot_b() != 0 && scene.now->blocks[i].slot_b() != given_block(scene, i).slot_b()) return true;
    return false;
}

bool left_untranslated(const Scene& scene, std::size_t i) {
    return given_block(scene, i).slot_b() != 0 && scene.now->blocks[i].slot_b() == given_block(scene, i).slot_b();
}

Draft slot(const Scene& scene, const Report& report, std::size_t i, std::string_view name = slot_b_down) {
    return report.draft(scene).block(scene.operation->shapes[scene.passage->lower_shape].blocks[i].region)
        .member(name, block_offset::slot_b);
}

void own_handle_for_new_objects(const Scene& scene, const Report& report) {
    if (!translates(scene)) return;
    const bool some = anything_translated(scene);
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        if (scene.shape().blocks[i].role != Role::new_offload) continue;
        const std::uint64_t passed = scene.now->blocks[i].slot_b();
        if (left_untranslated(scene, i)) {
            if (some) continue;  // this block was forgotten: IM-039
            report.add(slot(scene, report, i).seen_only(passed),
                       scene.who() + " passed the overlying driver's handle of " + scene.block_name(i) +
                           " down unchanged instead of one in an offload entry of its own.");
        } else if (passed != 0 && !own_memory(scene, passed)) {
            report.add(slot(scene, report, i).seen_only(passed),
                       "The handle that " + scene.who() + " passes down for " + scene.block_name(i) +
                           " does not lie in live memory of its own.");
        }
    }
}

void own_handle_is_zero(const Scene& scene, const Report& report) {
    if (!translates(scene)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const BlockImage& image = scene.now->blocks[i];
        if (scene.shape().blocks[i].role != Role::new_offload || left_untranslated(scene, i)) continue;
        if (!image.handle_region.valid() || (image.handle_reserved == 0 && image.handle_context == 0)) continue;
        const bool reserved = image.handle_reserved != 0;
        report.add(report.draft(scene).block(image.handle_region)
                       .member(reserved ? "NdisReserved[0]" : context_member,
                               reserved ? handle_offset::ndis_reserved : handle_offset::miniport_offload_context)
                       .values(0, reserved ? image.handle_reserved : image.handle_context),
                   "The handle that " + scene.who() + " passes down for the new object " + scene.block_name(i) +
                       " is not zero: " + (reserved ? "NDIS keeps the wrong binding" : "the driver below takes it for a linker") +
                       ".");
    }
}

void same_handle_as_at_initiate(const Scene& scene, const Report& report) {
    if (!translates(scene)) return;
    const bool some = anything_translated(scene);
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const Role role = scene.shape().blocks[i].role;
        if (role != Role::linker && role != Role::reference) continue;
        const std::uint64_t passed = scene.now->blocks[i].slot_b();
        const ObjectRecord* above = scene.model.object(given_block(scene, i).slot_b());
        if (!above || above->lower == 0 || passed == above->lower || passed == 0) continue;
        if (left_untranslated(scene, i) && some) continue;  // IM-039
        report.add(slot(scene, report, i).values(above->lower, passed),
                   scene.who() + " passed down another handle for " + scene.block_name(i) +
                       " than the one it was offloaded with.");
    }
}

void placeholders_stay(const Scene& scene, const Report& report) {
    if (!translates(scene)) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i)
        if (given_block(scene, i).slot_b() == 0 && scene.now->blocks[i].slot_b() != 0)
            report.add(slot(scene, report, i).values(0, scene.now->blocks[i].slot_b()),
                       scene.who() + " gave the placeholder " + scene.block_name(i) + " a handle: it is none any more.");
}

void every_block_translated(const Scene& scene, const Report& report) {
    if (!translates(scene)) return;
    const bool some = anything_translated(scene);
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const bool lost = given_block(scene, i).slot_b() != 0 && scene.now->blocks[i].slot_b() == 0;
        if (lost || (some && left_untranslated(scene, i)))
            report.add(slot(scene, report, i).seen_only(scene.now->blocks[i].slot_b()),
                       lost ? scene.who() + " passed " + scene.block_name(i) + " down without a handle, as if it were a placeholder."
                            : scene.who() + " translated other blocks of the tree but left the overlying driver's handle in " +
                                  scene.block_name(i) + ".");
    }
}

// At the handler's entry: the context behind slot A belongs to the handle in slot B.
void handle_fits_context(const Scene& scene, const Report& report) {
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const Role role = scene.shape().blocks[i].role;
        const BlockImage& image = scene.now->blocks[i];
        if ((role != Role::linker && role != Role::reference) || image.slot_b() == 0 || image.handle_context == 0) continue;
        const ObjectRecord* named = scene.model.object(image.slot_b());
        if (named && named->exists()) continue;
        // Whose context is it? An entry of this driver that stands for another upper handle gives it away.
        for (auto at = scene.model.objects().lower_bound(image.handle_context);
             at != scene.model.objects().end() && at->first < image.handle_context + 4096; ++at) {
            const AllocationRecord* entry = scene.replay().allocation(image.handle_context);
            if (!entry || at->first >= entry->address + entry->size) break;
            if (at->second.owner != scene.driver || at->second.upper == image.slot_b()) continue;
            report.add(report.draft(scene).by(scene.peer ? scene.peer->layer : scene.driver)
                           .block(scene.operation->shapes[scene.passage->upper_shape].blocks[i].region)
                           .member("NdisOffloadHandle", block_offset::slot_b).values(at->second.upper, image.slot_b()),
                       scene.block_name(i) + " arrives at " + scene.who() + " with another handle than it was offloaded with.");
            break;
        }
    }
}

// --- on the way up ---

bool was_translated(const Scene& scene, std::size_t i) {
    return scene.passage->handed_on.valid() && scene.shape().blocks[i].role == Role::new_offload &&
           scene.passage->at_hand_on.blocks[i].slot_b() != scene.passage->at_arrival.blocks[i].slot_b();
}

// MiniportOffloadContext of the handle that came in with the block, as it is now.
std::uint64_t published(const Scene& scene, std::size_t i, RegionId* handle = nullptr) {
    const RegionId region = scene.passage->at_arrival.blocks[i].handle_region;
    if (handle) *handle = region;
    return scene.replay().word(region, handle_offset::miniport_offload_context);
}

bool wrote_own_handle(const Scene& scene, std::size_t i) {
    const RegionId own = scene.passage->at_hand_on.blocks[i].handle_region;
    const std::uint64_t value = scene.replay().word(own, handle_offset::miniport_offload_context);
    return value != 0 && scene.replay().memory_owner(value) == scene.driver;
}

bool partial(const BlockImage& block) { return block.status() == 0x40020004; }

void context_published(const Scene& scene, const Report& report) {
    if (scene.operation->kind != OperationKind::initiate || !scene.by_intermediate_driver()) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        if (!was_translated(scene, i) || scene.now->blocks[i].status() < 0 || wrote_own_handle(scene, i)) continue;
        RegionId handle;
        const std::uint64_t value = published(scene, i, &handle);
        if (!handle.valid() || own_memory(scene, value) || (value == 0 && partial(scene.now->blocks[i]))) continue;
        report.add(report.draft(scene).block(handle).member(context_member, handle_offset::miniport_offload_context)
                       .values(scene.passage->at_hand_on.blocks[i].slot_b(), value),
                   value == 0 ? scene.who() + " completes the initiate of " + scene.block_name(i) +
                                    " without having written its context into the handle above: nobody can find its entry again."
                              : scene.who() + " published " + scene.replay().meaning(value) + " for " + scene.block_name(i) +
                                    ", which is no live memory of its own.");
    }
}

void partial_is_offloaded(const Scene& scene, const Report& report) {
    if (scene.operation->kind != OperationKind::initiate || !scene.by_intermediate_driver()) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        RegionId handle;
        if (!was_translated(scene, i) || !partial(scene.now->blocks[i]) || published(scene, i, &handle) != 0) continue;
        if (!handle.valid() || wrote_own_handle(scene, i)) continue;
        report.add(report.draft(scene).block(handle).member(context_member, handle_offset::miniport_offload_context).seen_only(0),
                   scene.block_name(i) + " was offloaded with PARTIAL_SUCCESS, but " + scene.who() +
                       " published no context for it, as if it had failed.");
    }
}

void failed_objects_unpublished(const Scene& scene, const Report& report) {
    if (scene.operation->kind != OperationKind::initiate || !scene.passage->at_arrival.taken()) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        if (scene.shape().blocks[i].role != Role::new_offload || scene.now->blocks[i].status() >= 0) continue;
        RegionId handle;
        const std::uint64_t value = published(scene, i, &handle);
        if (value == 0) continue;
        report.add(report.draft(scene).block(handle).member(context_member, handle_offset::miniport_offload_context).values(0, value),
                   scene.block_name(i) + " was not offloaded, but " + scene.who() +
                       " left a context in the handle above: it will be taken for an offloaded object.");
    }
}

void context_not_in_own_handle(const Scene& scene, const Report& report) {
    if (scene.operation->kind != OperationKind::initiate || !scene.by_intermediate_driver()) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        if (!was_translated(scene, i) || !wrote_own_handle(scene, i)) continue;
        const RegionId own = scene.passage->at_hand_on.blocks[i].handle_region;
        report.add(report.draft(scene).block(own).member(context_member, handle_offset::miniport_offload_context)
                       .seen_only(scene.replay().word(own, handle_offset::miniport_offload_context)),
                   scene.who() + " wrote its context for " + scene.block_name(i) +
                       " into its own handle instead of the overlying driver's: MiniportOffloadContext of the block was used "
                       "before it was converted back.");
    }
}

// The handle that came in was not kept: a wrong one is put back, and the entry did not hold the right one at the call.
void upper_handle_stored(const Scene& scene, const Report& report) {
    if (scene.operation->kind != OperationKind::initiate || !scene.passage->handed_on.valid()) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const std::uint64_t wanted = given_block(scene, i).slot_b();
        const std::uint64_t seen = scene.now->blocks[i].slot_b();
        if (!was_translated(scene, i) || seen == wanted || seen == scene.passage->at_hand_on.blocks[i].slot_b()) continue;
        const auto& entry = scene.passage->entry_bytes[i];
        bool held = entry.empty();
        for (std::size_t at = 0; !held && at + 8 <= entry.size(); at += 8) {
            std::uint64_t value = 0;
            for (std::size_t byte = 0; byte < 8; ++byte)
                value |= std::to_integer<std::uint64_t>(entry[at + byte]) << (8 * byte);
            held = value == wanted;
        }
        if (held) continue;
        report.add(report.draft(scene).at(scene.passage->handed_on)
                       .block(scene.operation->shapes[scene.passage->upper_shape].blocks[i].region)
                       .member("NdisOffloadHandle", block_offset::slot_b).values(wanted, seen),
                   "When " + scene.who() + " called down, the offload entry for " + scene.block_name(i) +
                       " did not hold the handle that had come in, and it could not be put back.");
    }
}

}  // namespace

std::span<const Unit> handle_units() {
    static constexpr Unit all[] = {
        {"IM-034", Moment::operation_completed, upper_handle_stored},
        {"IM-035", Moment::operation_handed_on, own_handle_for_new_objects},
        {"IM-036", Moment::operation_handed_on, own_handle_is_zero},
        {"IM-037", Moment::operation_handed_on, same_handle_as_at_initiate},
        {"IM-038", Moment::operation_handed_on, placeholders_stay},
        {"IM-039", Moment::operation_handed_on, every_block_translated},
        {"IM-040", Moment::operation_arrives, handle_fits_context},
        {"IM-054", Moment::operation_completed, context_published},
        {"IM-055", Moment::operation_completed, failed_objects_unpublished},
        {"IM-056", Moment::operation_completed, context_not_in_own_handle},
        {"IM-060", Moment::operation_completed, partial_is_offloaded},
    };
    return all;
}

}  // namespace chimneylab::verifier
