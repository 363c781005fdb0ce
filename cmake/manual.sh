#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# manual.sh PROGRAM TEMPLATE VERSION: prints a manual page, the template with @VERSION@ and, for the line @OPTIONS@, what
# `PROGRAM --help` tells of its options.
set -eu
program=$1 template=$2 version=$3
options=$(mktemp)
trap 'rm -f "$options"' EXIT
QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8 "$program" --help | awk '
function shown(text) { gsub(/\\/, "\\e", text); gsub(/-/, "\\-", text); sub(/^\./, "\\\\\\&.", text); sub(/^'\''/, "\\\\(aq", text); return text }
/^ *-.*/ && match($0, /^  (-., )?    ? ?--|^  -., --|^      --/) {
    line = $0; sub(/^ +/, "", line)
    at = match(line, /  +[^ ]/)
    head = at ? substr(line, 1, at - 1) : line
    print ".TP"; print ".B " shown(head)
    if (at) { text = substr(line, at); sub(/^ +/, "", text); print shown(text) }
    listed = 1
    next
}
/^[A-Z][A-Za-z ]*:$/ { listed = 0; title = substr($0, 1, length($0) - 1); if (title != "Examples") print ".SS " title; next }
listed && /^ +[^ ]/ { text = $0; sub(/^ +/, "", text); print shown(text); next }
{ listed = 0 }' >"$options"
[ -s "$options" ]
sed -e "s/@VERSION@/$version/g" -e "/^@OPTIONS@\$/{
r $options
d
}" "$template"
