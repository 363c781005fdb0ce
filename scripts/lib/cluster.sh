# shellcheck shell=bash
# shellcheck disable=SC2154   # the caller sets what the next lines tell, start_node sets $url
# SPDX-License-Identifier: GPL-3.0-or-later
# Functions to build and run nodes, for the scripts beside this folder. Needs $root (the project's folder) and
# $data (where the nodes keep their logs). All that is started here ends with the script.

pids=""      # of what was started, by name: "master:123 s1:124"

# Whether something listens on a port of this machine.
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# start_node NAME PROGRAM PORT OPTIONS...: starts a node on that port, or on a free one when it is taken, and sets
# $url to where it listens. Its output goes to $data/NAME.log.
start_node() {
    local name=$1 program=$2 port=$3
    shift 3
    if [ "$port" != 0 ] && port_taken "$port"; then
        echo "Port $port is taken, $name takes another."
        port=0
    fi
    : >"$data/$name.log"
    "$bin/$program" --name "$name" --port "$port" --data "$data/$name" "$@" >"$data/$name.log" 2>&1 &
    local pid=$!
    pids="$pids $name:$pid"
    url=""
    for _ in $(seq 600); do
        url=$(sed -n "s/^$program .* listening on \(http[^ ]*\).*/\1/p" "$data/$name.log" | head -n 1)
        [ -z "$url" ] || return 0
        if ! kill -0 "$pid" 2>/dev/null; then
            break
        fi
        sleep 0.05
    done
    echo "$name did not start:" >&2
    cat "$data/$name.log" >&2
    return 1
}

# Stops everything, nicely first.
stop_nodes() {
    local entry
    for entry in $pids; do
        kill "${entry#*:}" 2>/dev/null || true
    done
    for entry in $pids; do
        wait "${entry#*:}" 2>/dev/null || true
    done
    pids=""
}

# Builds the release preset; arguments are the targets. Quiet unless something is to do or fails.
build_release() {
    local gui=$1
    shift
    local dir="$root/build/release"
    if [ ! -f "$dir/build.ninja" ] || ! grep -q "^REPLOG_GUI:BOOL=$gui\$" "$dir/CMakeCache.txt"; then
        echo "Configuring…"
        cmake --preset release "-DREPLOG_GUI=$gui" >"$root/build/configure.log" 2>&1 || {
            cat "$root/build/configure.log" >&2
            return 1
        }
    fi
    echo "Building…"
    local target arguments=()
    for target in "$@"; do
        arguments+=(--target "$target")
    done
    cmake --build "$dir" "${arguments[@]}"
}
