# SPDX-License-Identifier: GPL-2.0-or-later
# What fish would offer. usage: fish --no-config complete.fish COMPLETION WORD... (the last word is completed)
source $argv[1]
complete -C (string join ' ' -- (string escape -- $argv[2..-2]) $argv[-1])
