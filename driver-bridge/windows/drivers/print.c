/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * snprintf of engine/tcp, whose text of a frame is for people who test it: mingw's header makes it a call of its C runtime, which
 * a driver does not have. The kernel's function does not terminate what is too long. */
#include <stdarg.h>
#include <stddef.h>

int _vsnprintf(char *text, size_t room, const char *format, va_list arguments);
int __mingw_vsnprintf(char *text, size_t room, const char *format, va_list arguments);

int __mingw_vsnprintf(char *text, size_t room, const char *format, va_list arguments)
{
    int used = room == 0 ? -1 : _vsnprintf(text, room - 1, format, arguments);

    if (room != 0) {
        text[used < 0 ? room - 1 : (size_t)used] = 0;
    }
    return used;
}
