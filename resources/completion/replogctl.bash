# bash completion for replogctl: commands and options as its --help has them.
_replogctl()
{
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    case $previous in
    --file | --token-file | --tls-ca | --tls-cert | --tls-key)
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return
        ;;
    check)
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
        ;;
    --view)
        mapfile -t COMPREPLY < <(compgen -W "all committed" -- "$current")
        return
        ;;
    -w | --w)
        mapfile -t COMPREPLY < <(compgen -W "1 2 3 majority all" -- "$current")
        return
        ;;
    retry | forget | faults)
        # Names of nodes, from the cluster that the environment names. Not by compgen -W, which would expand them: a name
        # is what a node says. Only what can be a name is offered.
        COMPREPLY=()
        local name
        while IFS= read -r name; do
            if [[ $name == "$current"* ]]; then
                COMPREPLY+=("$name")
            fi
        done < <(replogctl --json nodes 2>/dev/null |
            LC_ALL=C sed -n 's/.*"name":"\([A-Za-z0-9._-]\{1,\}\)".*/\1/p')
        return
        ;;
    esac
    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(replogctl --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]*')" -- "$current")
    else
        mapfile -t COMPREPLY < <(compgen -W "$(replogctl --help 2>/dev/null |
            sed -n '/^Commands:/,/^$/s/^  \([a-z]*\).*/\1/p')" -- "$current")
    fi
}
complete -F _replogctl replogctl
