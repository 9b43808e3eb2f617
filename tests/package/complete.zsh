# SPDX-License-Identifier: GPL-2.0-or-later
# What zsh would offer. usage: zsh -f complete.zsh COMPLETION WORD... (the last word is completed)
# Outside of its line editor zsh has no compadd: here it is what it does with plain words.
completion=$1
shift
words=("$@") CURRENT=$# PREFIX=${@[-1]}
compset() { PREFIX=${PREFIX#*=}; }
compadd() {
	[[ $1 != -- ]] || shift
	for word; do
		[[ $word != "$PREFIX"* ]] || print -r -- "$word"
	done
}
_files() { :; }
source "$completion"
