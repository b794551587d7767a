// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Values of the WDK's headers that several files of the verifier compare with what a trace holds. (The verifier reads traces only
// and includes no DDI header; a value that one file alone needs stands in that file.)
// Sources: ndis.h, ntddndis.h, ndischimney.h and the reference pages of the functions named.
#pragma once

#include <cstdint>

namespace chimneylab::verifier::wdk {

// Of a block, and of a call.
inline constexpr std::int32_t failure = static_cast<std::int32_t>(0xC0000001);             // NDIS_STATUS_FAILURE
inline constexpr std::int32_t not_supported = static_cast<std::int32_t>(0xC00000BB);       // NDIS_STATUS_NOT_SUPPORTED
inline constexpr std::int32_t not_accepted = static_cast<std::int32_t>(0xC023100E);        // data indicated: NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED
inline constexpr std::int32_t partially_accepted = static_cast<std::int32_t>(0xC0231010);  // NDIS_STATUS_OFFLOAD_DATA_PARTIALLY_ACCEPTED

// Of a NET_BUFFER_LIST.
inline constexpr std::uint32_t upload_in_progress = 0xC0231001;  // NDIS_STATUS_UPLOAD_IN_PROGRESS
inline constexpr std::uint32_t request_upload = 0xC0231002;      // NDIS_STATUS_REQUEST_UPLOAD
inline constexpr std::uint32_t upload_requested = 0xC0231003;    // NDIS_STATUS_UPLOAD_REQUESTED
inline constexpr std::uint32_t request_aborted = 0xC001000C;     // NDIS_STATUS_REQUEST_ABORTED

// Indications and requests, as Event::detail.
inline constexpr std::uint64_t offload_resume = 0x40020003;                 // NDIS_STATUS_OFFLOAD_RESUME
inline constexpr std::uint64_t connection_offload_parameters = 0xFC030201;  // OID_TCP_CONNECTION_OFFLOAD_PARAMETERS

// TCP_OFFLOAD_EVENT_TYPE and TCP_UPLOAD_REASON.
inline constexpr std::uint64_t retrieve_event = 3, abort_event = 4;
inline constexpr std::uint64_t timeout_expiration = 8;

inline constexpr std::uint32_t reachability_query = 2;                 // an event that NdisMOffloadEventIndicate indicates
inline constexpr std::uint32_t graceful_close = 1, abortive_close = 2;  // Flags of NdisOffloadTcpDisconnect
inline constexpr std::uint32_t not_running = 0xFFFFFFFF;                // the delta of a timer
inline constexpr std::uint32_t keep_alive_enabled = 0x01;               // Flags of TCP_OFFLOAD_STATE_CACHED
inline constexpr std::uint32_t host_delta_at = 0x28;                    // HostReachabilityDelta in NEIGHBOR_OFFLOAD_STATE_CACHED
inline constexpr std::uint32_t nic_delta_at = 0x08;                     // NicReachabilityDelta in NEIGHBOR_OFFLOAD_STATE_DELEGATED

}  // namespace chimneylab::verifier::wdk
