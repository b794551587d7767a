// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The rows of layout_asserts are read several times with different meanings; no include guard.
#undef LAYOUT_STRUCTURE
#undef LAYOUT_REVISION
#undef LAYOUT_MEMBER
#undef LAYOUT_MEMBER_X64
#undef LAYOUT_MEMBER_X86
#undef LAYOUT_BITS
#undef LAYOUT_BITS_X64
