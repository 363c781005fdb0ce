# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Functions that make up tokens and certificates for nodes on this machine, for the scripts beside this folder.

# make_secrets DIR: fills a folder that only its owner reads; what is there stays, so that --data goes on with it.
#   ca.pem                  the authority that clients believe
#   node.pem, node.key      the certificate of the nodes, for 127.0.0.1 and localhost, and its key
#   tokens, cluster-tokens  for --token-file and --cluster-token-file
#   all.header, read.header what curl sends with -H @FILE, so that no token stands on a command line
make_secrets() {
    local dir=$1 ca="$1/ca.pem"
    (
        umask 077
        mkdir -p "$dir"
        if [ ! -s "$dir/tokens" ]; then
            local all read
            all=$(openssl rand -hex 24)
            read=$(openssl rand -hex 24)
            printf '# A token a line, and what it may do: read, append, operate; nothing behind it: all three.\n' \
                >"$dir/tokens"
            printf '%s\n%s read\n' "$all" "$read" >>"$dir/tokens"
            printf 'Authorization: Bearer %s\n' "$all" >"$dir/all.header"
            printf 'Authorization: Bearer %s\n' "$read" >"$dir/read.header"
            openssl rand -hex 24 >"$dir/cluster-tokens"
        fi
        [ ! -s "$dir/node.pem" ] || openssl verify -CAfile "$ca" "$dir/node.pem" >/dev/null 2>&1 || rm "$dir/node.pem"
        if [ ! -s "$dir/node.pem" ]; then
            {
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 \
                    -subj "/CN=Replog on this machine" -addext "basicConstraints=critical,CA:TRUE" \
                    -keyout "$dir/ca.key" -out "$ca"
                openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=Replog node" \
                    -keyout "$dir/node.key" -out "$dir/node.csr"
                printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\n' >"$dir/node.ext"
                openssl x509 -req -in "$dir/node.csr" -CA "$ca" -CAkey "$dir/ca.key" -CAcreateserial -days 365 \
                    -extfile "$dir/node.ext" -out "$dir/node.pem"
            } >"$dir/openssl.log" 2>&1 || {
                cat "$dir/openssl.log" >&2
                rm -f "$dir/node.pem"
                exit 1
            }
        fi
    )
}
