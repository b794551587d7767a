// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What the scenario's reader uses of this header, from Winsock. Its own header would bring <windows.h> and its macros.
#pragma once

inline constexpr int AF_INET = 2;
inline constexpr int AF_INET6 = 23;

extern "C" int __stdcall inet_pton(int family, const char* text, void* address);
