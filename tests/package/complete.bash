# SPDX-License-Identifier: GPL-2.0-or-later
# What bash would offer. usage: bash complete.bash COMPLETION WORD... (the last word is completed)
# The words are cut as readline cuts them, at = and : too.
source /usr/share/bash-completion/bash_completion
source "$1"
shift
COMP_LINE="$*"
COMP_POINT=${#COMP_LINE}
COMP_WORDS=()
for word in "$@"; do
	pieces=()
	while [[ $word =~ ^([^=:]*)([=:])(.*)$ ]]; do
		[[ ${BASH_REMATCH[1]} ]] && pieces+=("${BASH_REMATCH[1]}")
		pieces+=("${BASH_REMATCH[2]}")
		word=${BASH_REMATCH[3]}
	done
	[[ $word || ${#pieces[@]} = 0 ]] && pieces+=("$word")
	COMP_WORDS+=("${pieces[@]}")
done
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
compopt() { :; }
COMPREPLY=()
_luwatch
printf '%s\n' "${COMPREPLY[@]}"
