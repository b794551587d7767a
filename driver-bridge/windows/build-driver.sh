#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The ChimneyLab authors
# SPDX-License-Identifier: MIT
#
# build-driver.sh FOLDER|FILE.c RESULT.sys: a driver's C sources, those of the folder (not of folders in it) or the one file, as a
# kernel-driver binary: against the lab's DDI headers, without a C runtime, importing NDIS.SYS, ntoskrnl.exe and HAL.dll.
# The compiler's messages are its own. Exit codes: 0, 2 what was wrong is said, 77 the compiler is not installed.
set -euo pipefail
[ $# -eq 2 ] || { echo "build-driver.sh FOLDER|FILE.c RESULT.sys" >&2; exit 2; }
sources_at=$1 result=$2
top=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
fail() { echo "lab windows: $*" >&2; exit 2; }

compiler=x86_64-w64-mingw32-gcc
for candidate in x86_64-w64-mingw32-gcc-posix x86_64-w64-mingw32-gcc; do command -v "$candidate" >/dev/null && { compiler=$candidate; break; }; done
command -v "$compiler" >/dev/null || {
    echo "the compiler for Windows is missing: apt-get install --no-install-recommends gcc-mingw-w64-x86-64" >&2
    exit 77
}
shopt -s nullglob
if [ -d "$sources_at" ]; then sources=("$sources_at"/*.c); else sources=("$sources_at"); fi
[ ${#sources[@]} -gt 0 ] || fail "there is no C source in $sources_at; give the folder that holds the driver's .c files"

# As chimney-im.sys is built (drivers/CMakeLists.txt).
"$compiler" -std=gnu99 -O2 -Wall -D_WIN32_WINNT=0x0600 -isystem "$top/engine/ddi/include" -I "$top" \
    -ffreestanding -mno-stack-arg-probe -fno-stack-protector -fno-strict-aliasing -fms-extensions -ffunction-sections \
    "${sources[@]}" -o "$result" \
    -nostdlib -nostartfiles -Wl,--subsystem,native -Wl,--image-base,0x140000000 -Wl,--entry,DriverEntry -Wl,--dynamicbase \
    -Wl,--nxcompat -Wl,--exclude-all-symbols -Wl,--gc-sections -lndis -lntoskrnl -lhal ||
    fail "$sources_at could not be built; the compiler's messages stand above"
