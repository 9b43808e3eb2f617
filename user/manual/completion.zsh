#compdef luwatch
# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of zsh for luwatch. While it is built, the program's own tables are put behind this.

# The folder that --state names, or the usual one.
_luwatch_state() {
	local i
	for ((i = 2; i < CURRENT; i++)); do
		case $words[i] in
		--state=*) print -r -- "${words[i]#*=}" && return ;;
		--state) print -r -- "$words[i+1]" && return ;;
		esac
	done
	print -r -- /var/lib/luwatch
}

# Names in folder $1 that are nothing but $2.
_luwatch_names() {
	compadd -- ${(f)"$(command ls -- "$1" 2>/dev/null | grep -Ex "$2")"}
}

# What an argument of this name may be.
_luwatch_value() {
	case $1 in
	FILE | PUB) _files ;;
	FOLDER | DIR) _files -/ ;;
	ID) _luwatch_names "$(_luwatch_state)/handovers" '[0-9a-f]{32}' ;;
	RID) _luwatch_names /sys/bus/pci/devices '[0-9a-f:.]+' ;;
	KIND) compadd -- ${=_luwatch_kinds} ;;
	TOPIC) compadd -- ${=_luwatch_topics} ;;
	*'|'*) compadd -- ${=${1//|/ }} ;;
	esac
}

_luwatch() {
	local command= parts options taking values value i=2 prev=$words[CURRENT-1] cur=$words[CURRENT]
	_luwatch_table ""
	while ((i < CURRENT)) && [[ -n $parts && " $parts " == *" $words[i] "* ]]; do
		command+="${command:+ }$words[i]"
		_luwatch_table "$command"
		((i++))
	done
	if [[ $cur == --*=* ]]; then
		prev=${cur%%=*}
		compset -P '*='
	fi
	for value in ${=taking}; do
		if [[ $prev == ${value%%=*} ]]; then
			_luwatch_value "${value#*=}"
			return
		fi
	done
	if [[ $cur == --*=* ]]; then
		return
	elif [[ $cur == -* ]]; then
		compadd -- ${=options}
	elif [[ -n $parts ]]; then
		((i < CURRENT)) || compadd -- ${=parts}
	else
		for value in ${=values}; do
			_luwatch_value "$value"
		done
	fi
}
