# What is typed decides which table answers; the tables stand above.
_buildwatchd() {
  local current=${COMP_WORDS[COMP_CWORD]} path= option= prefix= word values at
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=${COMP_WORDS[at]}
    # Readline parts --output=json at the equals sign.
    if [[ $word == = ]]; then continue; fi
    if [[ -n $option ]]; then
      option=
    elif [[ $word == -* ]]; then
      if _buildwatchd_values "$path" "$word" >/dev/null; then option=$word; fi
    elif [[ $word != help && " $(_buildwatchd_commands "$path") " == *" $word "* ]]; then
      path=${path:+$path }$word
    fi
  done
  if [[ $current == = ]]; then current=; fi
  # Where it does not.
  if [[ -z $option && $current == --*=* ]]; then
    option=${current%%=*} prefix=${current%%=*}= current=${current#*=}
  fi

  local IFS=$' \t\n'
  COMPREPLY=()
  if [[ -n $option ]]; then
    values=$(_buildwatchd_values "$path" "$option")
    if [[ $values == '<file>' ]]; then
      compopt -o filenames 2>/dev/null
      IFS=$'\n'
      COMPREPLY=($(compgen -P "$prefix" -f -- "$current"))
    else
      COMPREPLY=($(compgen -P "$prefix" -W "$values" -- "$current"))
    fi
  elif [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$(_buildwatchd_options "$path")" -- "$current"))
  else
    values=$(_buildwatchd_commands "$path")
    COMPREPLY=($(compgen -W "$values $(_buildwatchd_values "$path" '')" -- "$current"))
  fi
}

complete -F _buildwatchd buildwatchd
