// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the units about the wire share: whose frame the present one is, and which connections are to be looked at when
// something should have happened by now. For the units' files only.
#pragma once

#include <algorithm>
#include <string>

#include "engine/verifier/scene.h"

namespace chimneylab::verifier {

inline std::string connection_name(const Scene& scene, const WireConnection& connection) {
    return connection.block.valid() ? scene.replay().region_name(connection.block) : "a connection";
}

inline LayerIndex target_layer(const Scene& scene) {
    const auto layers = scene.replay().trace().layers();
    const auto target = std::ranges::find(layers, trace::LayerRole::offload_target, &trace::Layer::role);
    return target == layers.end() ? trace::machine_layer : static_cast<LayerIndex>(target - layers.begin());
}

// By the offload target, about one of its connections.
inline Draft about(const Scene& scene, const Report& report, const WireConnection& connection) {
    return std::move(report.draft(scene).by(target_layer(scene)).block(connection.block));
}
inline std::string target_name(const Scene& scene) { return scene.replay().layer_name(target_layer(scene)); }

// A frame that the target sends of its own accord, for a connection that it holds; nullptr else.
inline const WireFrame* own_frame(const Scene& scene) {
    const auto& frame = scene.model.wire().frame();
    return frame && frame->from_target && !frame->of_the_host && frame->connection->state != WireConnection::State::over ? &*frame : nullptr;
}

// Connections that the target works for, at the moments at which it is asked whether everything has been done in time: a frame
// of it passes, a terminate of it arrives, the run ends. Not in runs in which something was made to fail, and not where the
// schedule lets work wait: there a timer is late without anybody's fault.
template <typename Look>
void each_owing(const Scene& scene, Look look) {
    const WireLedger& wire = scene.model.wire();
    if (!wire.punctual() || scene.model.disturbed() || !wire.parameters().known) return;
    if (wire.frame()) {
        if (wire.frame()->connection->working()) look(*wire.frame()->connection);
    } else if (scene.operation) {
        if (scene.operation->kind != OperationKind::terminate || !scene.by_offload_target()) return;
        for (const BlockImage& image : scene.passage->at_arrival.blocks)
            if (const WireConnection* connection = wire.connection(image.slot_b()); connection && connection->working()) look(*connection);
    } else {
        for (const WireConnection& connection : wire.connections())
            if (connection.working() && wire.connection(connection.handle) == &connection) look(connection);  // none without a wire
    }
}

// For each connection of a terminate, or of a query, that the target completes with success: its block, and where its
// delegated state begins.
template <typename Look>
void each_told(const Scene& scene, OperationKind kind, Look look) {
    if (!scene.by_offload_target() || scene.operation->kind != kind || !scene.passage->at_arrival.taken()) return;
    for (std::size_t i = 0; i < scene.now->blocks.size(); ++i) {
        const WireConnection* connection = scene.model.wire().connection(scene.passage->at_arrival.blocks[i].slot_b());
        const StateParts parts = parts_of(scene.now->blocks[i].type());
        if (connection && scene.now->blocks[i].status() == 0 && parts.layer == Layer::connection && parts.delegated != StateParts::none)
            look(i, *connection, parts.delegated);
    }
}

inline std::uint32_t told_word(const Scene& scene, std::size_t block, std::uint32_t offset, std::uint32_t size = 4) {
    return static_cast<std::uint32_t>(state_word(scene.now->blocks[block], offset, size));
}

inline constexpr Time one_second = 1'000'000'000;

inline std::string seconds_text(Time nanoseconds) {
    const Time milliseconds = nanoseconds / 1'000'000;
    return milliseconds < 10'000 ? std::to_string(milliseconds) + " ms" : std::to_string(milliseconds / 1000) + " s";
}

}  // namespace chimneylab::verifier
