#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The ChimneyLab authors
# SPDX-License-Identifier: MIT
#
# Runs scenarios with kernel-driver binaries under Wine and streams each into the lab.
#   run.sh --bin FOLDER --windows FOLDER [--scenario ID]... [--driver FILE|FOLDER]... [--variant NAME] [--schedule S]
#          [--into FOLDER | --connect tcp:HOST:PORT]
# --bin has chimneylab-cli and chimneylab-windows-plan, --windows what build.sh made. Without --connect every session is recorded as
# ID.chimney into --into and judged by the rules. --driver takes the place of the topmost intermediate driver, a second one of the
# next below: a .sys file, a .c file, or a folder with a driver's C sources. One Wine prefix, made for this call and deleted after it.
# Exit codes as of chimneylab-cli, 77 when Wine is not installed.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
bin= windows= into=. connect= variant= schedule= scenarios=() given=()
fail() { echo "lab windows: $*" >&2; exit 2; }
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || fail "$1 wants a value"
    case "$1" in
        --bin) bin=$2 ;;
        --windows) windows=$2 ;;
        --scenario) scenarios+=("$2") ;;
        --variant) variant=$2 ;;
        --schedule) schedule=$2 ;;
        --driver) given+=("$2") ;;
        --into) into=$2 ;;
        --connect) connect=$2 ;;
        *) fail "there is no option $1; there are --scenario, --driver, --variant, --schedule, --into and --connect" ;;
    esac
    shift 2
done
[ ${#scenarios[@]} -gt 0 ] || scenarios=(m1)

wine=
for candidate in /usr/lib/wine/wine64 wine64 wine; do command -v "$candidate" >/dev/null && { wine=$candidate; break; }; done
[ -n "$wine" ] && command -v wineserver >/dev/null || {
    echo "Wine is not installed: apt-get install --no-install-recommends wine wine64" >&2
    exit 77
}

work=$(mktemp -d "${TMPDIR:-/tmp}/chimneylab-windows.XXXXXX")
recorder=
export WINEPREFIX=$work/prefix WINEDEBUG=${WINEDEBUG:--all} WINEARCH=win64
# No dialogs about .NET or a browser engine; ndis.sys is ours and not Wine's own, which is empty.
export WINEDLLOVERRIDES="mscoree=;mshtml=;winemenubuilder.exe=;ndis.sys=n"
unset DISPLAY WAYLAND_DISPLAY

stop_wine() {
    [ -d "$WINEPREFIX" ] || return 0
    timeout 20 wineserver -k || true
    timeout 20 wineserver -w || true
}
clean_up() {
    trap - EXIT INT TERM
    stop_wine
    [ -z "$recorder" ] || kill "$recorder" 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The drivers that take the place of the lab's: each as a .sys file, built where sources are given, before Wine is started.
own=() own_names=
for driver in "${given[@]}"; do
    driver=${driver%/}
    name=$(basename -- "$driver" .c)
    [ ${#own[@]} -lt 8 ] || fail "a scenario has at most 8 intermediate drivers"
    [ -e "$driver" ] || fail "there is no $driver; give a .sys file, a .c file, or a folder with a driver's C sources"
    case "$driver" in
        *.sys) [ -f "$driver" ] || fail "$driver is no file"
            own+=("$driver") ;;
        *.so) fail "$driver is a driver for the lab's host on Linux; give a .sys file, or the folder with its C sources" ;;
        *)  [ -d "$driver" ] || [ "${driver%.c}" != "$driver" ] ||
                fail "$driver is no .sys file, no .c file and no folder"
            built=$work/own-$((${#own[@]} + 1)).sys
            "$here/build-driver.sh" "$driver" "$built" || exit $?
            own+=("$built")
            name+=.sys ;;
    esac
    # The magic of a PE image, and native code for x64.
    [ "$(head -c 2 "${own[-1]}")" = MZ ] || fail "$driver is no Windows image"
    own_names+=${own_names:+, }$name
done

# What is wrong with the scenarios is said before Wine is started, too.
for scenario in "${!scenarios[@]}"; do
    "$bin/chimneylab-windows-plan" "${scenarios[$scenario]}" ${variant:+"$variant"} >"$work/plan-$scenario" || exit 2
done

timeout 180 "$wine" wineboot -i >"$work/wineboot.log" 2>&1 || { cat "$work/wineboot.log" >&2; fail "Wine could not make a prefix"; }
# The process of the drivers takes its environment from the first process of the prefix.
stop_wine
drivers=$WINEPREFIX/drive_c/windows/system32/drivers
[ -d "$drivers" ] || fail "the Wine prefix has no $drivers"
cp "$windows/bin/ndis.sys" "$windows/bin/chimneylab.sys" "$windows/bin/chimney-host-stack.sys" \
    "$windows/bin/chimney-offload-target.sys" "$windows/bin/chimney-plain-target.sys" "$drivers/"
# Each layer has an image of its own, as different drivers would have; a scenario has at most 8.
for floor in 1 2 3 4 5 6 7 8; do cp "$windows/bin/chimney-im.sys" "$drivers/chimney-im-$floor.sys"; done
for floor in "${!own[@]}"; do cp "${own[$floor]}" "$drivers/chimney-im-$((floor + 1)).sys"; done

# run_one SCENARIO PLAN
run_one() {
    local scenario=$1 plan=$2 name file to status=0 judged=0 options=()
    name=$(basename -- "$scenario" .yaml)
    file=$into/$name.chimney
    to=$connect
    if [ -z "$connect" ]; then
        mkdir -p "$into"
        rm -f "$file"
        "$bin/chimneylab-cli" record --listen tcp:127.0.0.1:0 -o "$file" --sessions 1 >"$work/record.log" 2>&1 &
        recorder=$!
        for _ in $(seq 200); do
            to=$(grep -o 'tcp:127[.]0[.]0[.]1:[0-9]*' "$work/record.log" | head -n 1) && [ -n "$to" ] && break
            sleep 0.05
        done
        [ -n "$to" ] || { cat "$work/record.log" >&2; fail "the recorder does not listen"; }
    fi
    [ -z "$variant" ] || options+=(--variant "$variant")
    [ -z "$schedule" ] || options+=(--schedule "$schedule")
    [ -z "$own_names" ] || options+=(--name "$own_names")
    echo "$name: running under Wine" >&2
    timeout 120 "$wine" "$windows/bin/chimney-relay.exe" --connect "$to" --lab "Z:$plan" "${options[@]}" || status=$?
    [ "$status" -ne 124 ] || echo "lab windows: the run took more than 120 s and was ended" >&2
    # One run a process of drivers: the next one begins afresh.
    stop_wine
    if [ -n "$recorder" ]; then
        for _ in $(seq 200); do kill -0 "$recorder" 2>/dev/null || break; sleep 0.05; done
        kill "$recorder" 2>/dev/null || true
        wait "$recorder" || true
        recorder=
        if [ "$status" -eq 2 ]; then
            rm -f "$file"  # it was not begun
        elif [ -e "$file" ]; then
            echo "$name: recorded into $file" >&2
            "$bin/chimneylab-cli" verify "$file" || judged=$?
        else
            cat "$work/record.log" >&2
            judged=3
        fi
    fi
    [ "$status" -ge "$judged" ] || status=$judged
    return "$status"
}

worst=0
for scenario in "${!scenarios[@]}"; do
    status=0
    run_one "${scenarios[$scenario]}" "$work/plan-$scenario" || status=$?
    [ "$worst" -ge "$status" ] || worst=$status
done
exit "$worst"
