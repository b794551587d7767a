#!/bin/sh
# SPDX-FileCopyrightText: 2026 The ChimneyLab authors
# SPDX-License-Identifier: MIT
#
# exports.sh NM OUTPUT ARCHIVE...: a .def file with every C function of the archives that is no inside of the dispatch's.
set -eu
nm=$1 output=$2
shift 2
{
    echo 'LIBRARY ndis.sys'
    echo EXPORTS
    "$nm" -g "$@" 2>/dev/null | awk '$2 == "T" && $3 !~ /^_/ && $3 !~ /^Chimney/ { print "    " $3 }' | sort -u
    echo '    ChimneyLabPrepare'
    echo '    ChimneyLabRun'
    echo '    ChimneyLabAdoptImage'
    echo '    ChimneyLabReleaseEntry'
} >"$output"
