// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the host stack has to do without a time limit: give back what it was asked for, what it cannot use any more, what nothing
// depends on. It is judged when the machine stops: then whatever nothing stood in the way of has not been done. Where somebody
// outside the scenario made something fail, the scenario could not foresee it, and nothing is judged.
// Sources: "NDIS_STATUS_UPLOAD_ALL", "NDIS_TCP_OFFLOAD_EVENT_INDICATE", "Terminate Offload Initiated by the Host Stack".
#include <string>

#include "engine/verifier/units.h"

namespace chimneylab::verifier {
namespace {

using State = ObjectRecord::State;

// Nothing in progress forbids its terminate.
bool at_rest(const Scene& scene, const ObjectRecord& object) {
    if (object.queries + object.updates + object.invalidates + object.terminates > 0) return false;
    for (const auto& [address, other] : scene.model.objects())
        if (other.owner == object.owner && other.parent == object.handle && (other.state == State::offloading || other.terminates > 0)) return false;
    return true;
}

// Objects of the host stack that are still offloaded, with nothing in the way of giving them back.
template <typename Look>
void each_left(const Scene& scene, Look look) {
    if (scene.model.disturbed()) return;
    for (const auto& [address, object] : scene.model.objects())
        if (scene.replay().is_host_stack(object.owner) && object.state == State::offloaded && at_rest(scene, object)) look(object);
}

Draft left(const Scene& scene, const Report& report, const ObjectRecord& object, EventId since) {
    return std::move(report.draft(scene).by(object.owner).at(since).block(object.block));
}

void asked_for_all(const Scene& scene, const Report& report) {
    each_left(scene, [&](const ObjectRecord& object) {
        const auto driver = scene.model.drivers().find(object.owner);
        if (driver == scene.model.drivers().end() || !driver->second.told_upload_all.valid() || object.since > driver->second.told_upload_all) return;
        report.add(left(scene, report, object, driver->second.told_upload_all),
                   scene.replay().region_name(object.block) + " was offloaded when the adapter asked for everything back, and still is when the machine stops.");
    });
}

void failed_and_kept(const Scene& scene, const Report& report) {
    each_left(scene, [&](const ObjectRecord& object) {
        if (!object.failed.valid() || object.terminate_failed) return;
        report.add(left(scene, report, object, object.failed),
                   "A query or update of " + scene.replay().region_name(object.block) + " has failed, and the host stack never terminates it.");
    });
}

void invalid_and_kept(const Scene& scene, const Report& report) {
    each_left(scene, [&](const ObjectRecord& object) {
        if (!object.invalidated) return;
        report.add(left(scene, report, object, object.since),
                   "The host stack has invalidated " + scene.replay().region_name(object.block) + " and never terminates it.");
    });
}

void nothing_depends_on_it(const Scene& scene, const Report& report) {
    each_left(scene, [&](const ObjectRecord& object) {
        if ((object.layer != Layer::neighbor && object.layer != Layer::path) || object.terminate_failed) return;
        EventId last;
        for (const auto& [address, other] : scene.model.objects()) {
            if (other.owner != object.owner || other.parent != object.handle) continue;
            if (other.exists()) return;
            if (other.state == State::terminated && (!last.valid() || other.since > last)) last = other.since;
        }
        if (last.valid())
            report.add(left(scene, report, object, last), "The last object that depended on " + scene.replay().region_name(object.block) +
                                                              " is gone, and the host stack leaves it offloaded for nothing.");
    });
}

void asked_and_kept(const Scene& scene, const Report& report) {
    each_left(scene, [&](const ObjectRecord& object) {
        if (!object.must_upload.valid() || object.terminate_failed) return;
        report.add(left(scene, report, object, object.must_upload),
                   "The target cannot go on with " + scene.replay().region_name(object.block) + " and has said so; the host stack never takes it back.");
    });
}

void failed_terminate_not_repeated(const Scene& scene, const Report& report) {
    each_left(scene, [&](const ObjectRecord& object) {
        if (!object.terminate_failed) return;
        report.add(left(scene, report, object, object.terminate_passed),
                   "The terminate of " + scene.replay().region_name(object.block) + " has failed, and the host stack does not repeat it.");
    });
}

}  // namespace

std::span<const Unit> obligation_units() {
    static constexpr Unit all[] = {
        {"HS-010", Moment::run_ended, asked_for_all},
        {"HS-039", Moment::run_ended, failed_and_kept},
        {"HS-048", Moment::run_ended, invalid_and_kept},
        {"HS-054", Moment::run_ended, nothing_depends_on_it},
        {"HS-055", Moment::run_ended, asked_and_kept},
        {"HS-055", Moment::run_ended, failed_terminate_not_repeated, "repeat-terminate"},
    };
    return all;
}

}  // namespace chimneylab::verifier
