// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/ndis/observation/labels.h"

#include <chimneylab/following_state.h>

namespace chimneylab::ndis::observation {

char layer_letter(unsigned char block_type) {
    switch (ChimneylabStateLayer(block_type)) {
        case ChimneylabNeighborLayer: return 'N';
        case ChimneylabPathLayer: return 'P';
        case ChimneylabTcpLayer: return 'T';
        case ChimneylabNoLayer: break;
    }
    return 'X';
}

std::string Labels::name_of(const void* handle, unsigned char block_type) {
    Object& object = objects_[handle];
    if (object.name.empty()) {
        const char letter = layer_letter(block_type);
        do {
            object.name = letter + std::to_string(++last_[letter]);
        } while (!used_.insert(object.name).second);
    }
    return object.name;
}

void Labels::name(const void* handle, std::string_view name) {
    Object& object = objects_[handle];
    object.name = name;
    used_.insert(object.name);
    for (const Shown& shown : object.shown) recorder_.set_label(shown.region, shown.prefix + object.name + shown.suffix);
}

void Labels::attach(const void* handle, trace::RegionId region, std::string_view prefix, std::string_view suffix) {
    Object& object = objects_[handle];
    object.shown.push_back({region, std::string(prefix), std::string(suffix)});
    recorder_.set_label(region, std::string(prefix) + object.name + std::string(suffix));
}

}  // namespace chimneylab::ndis::observation
