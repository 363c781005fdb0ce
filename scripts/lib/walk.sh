# shellcheck shell=bash
# shellcheck disable=SC2154   # the caller sets what the next lines tell, start_node sets $url
# SPDX-License-Identifier: GPL-3.0-or-later
# The walk through write concerns with real processes. Needs cluster.sh.

if [ -t 1 ]; then
    bold=$(printf '\033[1m') green=$(printf '\033[32m') red=$(printf '\033[31m') plain=$(printf '\033[0m')
else
    bold="" green="" red="" plain=""
fi
failures=0
step_number=0

# step TEXT: announces what happens next, at a pace that one can follow on a terminal.
step() {
    step_number=$((step_number + 1))
    [ ! -t 1 ] || sleep 1
    printf '\n%s%d. %s%s\n' "$bold" $step_number "$1" "$plain"
}

note() { printf '   %s\n' "$1"; }

check() {   # check WHAT EXPECTED ACTUAL
    if [ "$2" = "$3" ]; then
        printf '   %s✓%s %s: %s\n' "$green" "$plain" "$1" "$3"
    else
        printf '   %s✗ %s: expected %s, got %s%s\n' "$red" "$1" "$2" "$3" "$plain"
        failures=$((failures + 1))
    fi
}

# post MESSAGE W: appends and prints the HTTP status.
post() {
    curl -s -o "$data/answer" -w '%{http_code}' --max-time 30 -H 'Content-Type: application/json' \
        -d "{\"message\": \"$1\", \"w\": $2}" "$master/api/v1/messages" || true
}

# shows URL [AT_LEAST]: the ids that a node shows, such as "1 2", once it shows AT_LEAST.
shows() {
    curl -s --max-time 40 -H 'Accept: application/x-ndjson' \
        "$1/api/v1/messages${2:+?at_least=$2&wait_ms=30000}" \
        | sed -n 's/.*"id": *\([0-9]*\).*/\1/p' | tr '\n' ' ' | sed 's/ $//'
}

walk() {
    local master s1 s2 client code

    echo "${bold}A walk through write concerns.${plain} A message is sent with a number w: how many nodes must hold it,"
    echo "the master included, before its sender is told OK."

    step "Start the master and one secondary, S1"
    start_node master replog-master 0
    master=$url
    start_node s1 replog-secondary 0 --master "${master#http://}"
    s1=$url
    note "master at $master, S1 at $s1"

    step "Send Msg1 with w=1: the master alone is enough"
    check "answer" 201 "$(post Msg1 1)"

    step "Send Msg2 with w=2: the master and S1 must hold it"
    check "answer" 201 "$(post Msg2 2)"

    step "Send Msg3 with w=3: there are only two nodes, so its sender waits"
    curl -s -o "$data/msg3" -w '%{http_code}' -H 'Content-Type: application/json' \
        -d '{"message": "Msg3", "w": 3}' "$master/api/v1/messages" >"$data/msg3.code" &
    client=$!
    pids="$pids client:$client"
    for _ in $(seq 600); do
        code=$(curl -s "$master/api/v1/status" | grep -c '"waits": *\[{' || true)
        [ "$code" = 0 ] || break
        sleep 0.05
    done
    check "messages waiting on the master" 1 "$code"
    check "Msg3's sender has its answer" no "$([ -s "$data/msg3.code" ] && echo yes || echo no)"

    step "The master shows all that it holds; S1 shows what is committed"
    check "master shows" "1 2 3" "$(shows "$master" 3)"
    check "S1 shows" "1 2" "$(shows "$s1" 2)"

    step "Send Msg4 with w=1: the waiting Msg3 does not hold it up"
    check "answer" 201 "$(post Msg4 1)"
    check "Msg3's sender has its answer" no "$([ -s "$data/msg3.code" ] && echo yes || echo no)"
    check "master shows" "1 2 3 4" "$(shows "$master")"
    check "S1 shows" "1 2" "$(shows "$s1")"
    note "S1 holds Msg4 already, but shows nothing past Msg3, which is not committed yet: total order."

    step "Start the second secondary, S2: it catches up, and Msg3 is held by three nodes"
    start_node s2 replog-secondary 0 --master "${master#http://}"
    s2=$url
    note "S2 at $s2"
    for _ in $(seq 600); do
        [ ! -s "$data/msg3.code" ] || break
        sleep 0.05
    done
    check "Msg3's sender gets its answer" 201 "$(cat "$data/msg3.code")"

    step "Now every node shows everything, in the same order"
    check "S1 shows" "1 2 3 4" "$(shows "$s1" 4)"
    check "S2 shows" "1 2 3 4" "$(shows "$s2" 4)"
    check "master shows" "1 2 3 4" "$(shows "$master")"

    echo
    if [ $failures = 0 ]; then
        echo "${green}The walk holds: every step was as it must be.${plain}"
    else
        echo "${red}$failures of the checks failed.${plain} What the nodes said:"
        tail -n 20 "$data"/*.log
        return 1
    fi
}
