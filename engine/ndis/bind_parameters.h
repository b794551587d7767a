// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The NDIS_BIND_PARAMETERS of one bind with everything they point to: valid until the bind is over.
#pragma once

#include "engine/ndis/system.h"

namespace chimneylab::ndis {

struct BindParameters {
    NDIS_BIND_PARAMETERS parameters{};
    Text protocol_section, adapter_name, bound_adapter_name;
    NDIS_PNP_CAPABILITIES power{};
    NDIS_RECEIVE_SCALE_CAPABILITIES receive_scale{};
    NDIS_OFFLOAD offload{};
    NDIS_TCP_CONNECTION_OFFLOAD connection_offload{};
    std::vector<NDIS_PORT> ports;
};

}  // namespace chimneylab::ndis
