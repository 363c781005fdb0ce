# bash completion for Replog's programs: options as their --help has them.
_replog()
{
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    case $previous in
    --data | --backup-dir | --check | --restore)
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
        ;;
    --config | --token-file | --cluster-token-file | --tls-cert | --tls-key | --tls-ca)
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return
        ;;
    --log-format)
        mapfile -t COMPREPLY < <(compgen -W "text json" -- "$current")
        return
        ;;
    --log-level)
        mapfile -t COMPREPLY < <(compgen -W "debug info warning error" -- "$current")
        return
        ;;
    --default-w)
        mapfile -t COMPREPLY < <(compgen -W "1 2 3 majority all" -- "$current")
        return
        ;;
    esac
    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$("$1" --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]+')" -- "$current")
    fi
}
complete -F _replog replog-master replog-secondary replog-dashboard
