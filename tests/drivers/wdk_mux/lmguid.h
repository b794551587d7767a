/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * Module Name:
 *     lmguid.h
 *
 * Abstract:
 *     The class of the control device. The source file that defines it includes initguid.h before.
 */
#pragma once

/* {6b2f3c1e-51d4-4c0a-9a57-0f6b8d2e4471} */
DEFINE_GUID(GUID_LINKMUX_CONTROL, 0x6b2f3c1e, 0x51d4, 0x4c0a, 0x9a, 0x57, 0x0f, 0x6b, 0x8d, 0x2e, 0x44, 0x71);
