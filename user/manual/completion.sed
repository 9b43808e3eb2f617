# SPDX-License-Identifier: GPL-2.0-or-later
# The tables of `manual completion`, which are for bash and zsh, as fish has them.
s/^_luwatch_table() {/function __luwatch_table/
s/^\tcase \$1 in/    switch $argv[1]/
s/^\t'\(.*\)')$/        case '\1'/
s/^\t\tparts=\('.*'\) options=\('.*'\) taking=\('.*'\) values=\('.*'\) ;;/            set -g __luwatch_parts (string split -n ' ' -- \1)\n            set -g __luwatch_options (string split -n ' ' -- \2)\n            set -g __luwatch_taking (string split -n ' ' -- \3)\n            set -g __luwatch_values (string split -n ' ' -- \4)/
s/^\tesac/    end/
s/^}/end/
s/^_luwatch_\(kinds\|topics\)=\('.*'\)/set -g __luwatch_\1 (string split -n ' ' -- \2)/
