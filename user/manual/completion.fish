# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of fish for luwatch. While it is built, the program's own tables are put behind this.

# The folder that --state names, or the usual one.
function __luwatch_state
    set -l words (commandline -opc)
    for i in (seq (count $words))
        string match -qr -- '^--state=(?<named>.*)' $words[$i]; and echo $named; and return
        test "$words[$i]" = --state; and echo $words[(math $i + 1)]; and return
    end
    echo /var/lib/luwatch
end

# What an argument named $argv[1] may be; $argv[2] stands in front of it in the same word.
function __luwatch_value
    set -l cur (string replace -- "$argv[2]" '' (commandline -ct))
    switch $argv[1]
        case FILE PUB
            set -f found (__fish_complete_path $cur)
        case FOLDER DIR
            set -f found (__fish_complete_directories $cur '')
        case ID
            set -f found (command ls -- (__luwatch_state)/handovers 2>/dev/null | string match -r '^[0-9a-f]{32}$')
        case RID
            set -f found (command ls /sys/bus/pci/devices 2>/dev/null | string match -r '^[0-9a-f:.]+$')
        case KIND
            set -f found $__luwatch_kinds
        case TOPIC
            set -f found $__luwatch_topics
        case '*|*'
            set -f found (string split '|' -- $argv[1])
    end
    printf '%s\n' $argv[2]$found
end

function __luwatch_complete
    set -l words (commandline -opc)[2..]
    set -l cur (commandline -ct)
    set -l prev $words[-1]
    set -l front ''
    set -l consumed
    __luwatch_table ''
    for word in $words
        contains -- $word $__luwatch_parts; or break
        set -a consumed $word
        __luwatch_table "$consumed"
    end
    if string match -q -- '--*=*' $cur
        set prev (string split -m 1 = -- $cur)[1]
        set front "$prev="
    end
    for value in $__luwatch_taking
        set -l pair (string split -m 1 = -- $value)
        test "$prev" = "$pair[1]"; and __luwatch_value $pair[2] $front; and return
    end
    if test -n "$front"
        return
    else if string match -q -- '-*' $cur
        printf '%s\n' $__luwatch_options
    else if set -q __luwatch_parts[1]
        test (count $words) = (count $consumed); and printf '%s\n' $__luwatch_parts
    else
        for value in $__luwatch_values
            __luwatch_value $value ''
        end
    end
end

complete -c luwatch -f -a '(__luwatch_complete)'
