# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of bash for luwatch. While it is built, the program's own tables are put behind this.

# compgen expands what it is given, so names from a folder go through a filter first. Behind a colon
# bash wants only the rest of a requester ID.
_luwatch_words() {
	COMPREPLY+=($(compgen -W "$1" -- "$cur"))
	__ltrim_colon_completions "$cur"
}

# Names in folder $1 that are nothing but $2.
_luwatch_names() {
	command ls -- "$1" 2>/dev/null | grep -Ex "$2"
}

# The folder that --state names, or the usual one.
_luwatch_state() {
	local i
	for ((i = 1; i < cword; i++)); do
		case ${words[i]} in
		--state=*) echo "${words[i]#*=}" && return ;;
		--state) echo "${words[i + 1]}" && return ;;
		esac
	done
	echo /var/lib/luwatch
}

# What an argument of this name may be.
_luwatch_value() {
	case $1 in
	FILE | PUB) _filedir ;;
	FOLDER | DIR) _filedir -d ;;
	ID) _luwatch_words "$(_luwatch_names "$(_luwatch_state)/handovers" '[0-9a-f]{32}')" ;;
	RID) _luwatch_words "$(_luwatch_names /sys/bus/pci/devices '[0-9a-f:.]+')" ;;
	KIND) _luwatch_words "$_luwatch_kinds" ;;
	TOPIC) _luwatch_words "$_luwatch_topics" ;;
	*'|'*) _luwatch_words "${1//|/ }" ;;
	esac
}

_luwatch() {
	local cur prev words cword command= parts options taking values value i=1
	_init_completion -n := || return
	_luwatch_table ""
	while ((i < cword)) && [[ $parts && " $parts " == *" ${words[i]} "* ]]; do
		command+="${command:+ }${words[i++]}"
		_luwatch_table "$command"
	done
	if [[ $cur == --*=* ]]; then
		prev=${cur%%=*} cur=${cur#*=}
	fi
	for value in $taking; do
		if [[ $prev == "${value%%=*}" ]]; then
			_luwatch_value "${value#*=}"
			return
		fi
	done
	if [[ $prev == --* && ${words[cword]} == --*=* ]]; then
		return
	elif [[ $cur == -* ]]; then
		_luwatch_words "$options"
	elif [[ $parts ]]; then
		((i < cword)) || _luwatch_words "$parts"
	else
		for value in $values; do
			_luwatch_value "$value"
		done
	fi
} &&
	complete -F _luwatch luwatch
