#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The ChimneyLab authors
# SPDX-License-Identifier: MIT
#
# build.sh FOLDER: the Windows binaries into FOLDER. Exit 77: the compiler for them is not installed.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
folder=${1:?build.sh FOLDER}

command -v x86_64-w64-mingw32-g++-posix >/dev/null && command -v x86_64-w64-mingw32-gcc-posix >/dev/null || {
    echo "the compilers for Windows are missing: apt-get install --no-install-recommends gcc-mingw-w64-x86-64 g++-mingw-w64-x86-64-posix" >&2
    exit 77
}
# Lets ccache work with precompiled headers, and not read them for every file.
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros} CCACHE_INODECACHE=${CCACHE_INODECACHE:-1}
if [ ! -e "$folder/build.ninja" ]; then
    options=(-DCHIMNEYLAB_UNITY=ON)
    if command -v ccache >/dev/null; then
        options+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    fi
    mkdir -p "$folder"
    cmake -G Ninja -S "$here/mingw" -B "$folder" -DCMAKE_TOOLCHAIN_FILE="$here/mingw/toolchain.cmake" -DCMAKE_BUILD_TYPE=Release \
        "${options[@]}" >"$folder/configure.log" 2>&1 || {
        tail -n 30 "$folder/configure.log" >&2
        echo "configuring the Windows binaries failed; the whole log is $folder/configure.log" >&2
        exit 2
    }
fi
exec cmake --build "$folder"
