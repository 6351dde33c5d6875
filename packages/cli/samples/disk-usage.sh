#!/bin/sh
# How full the file systems are. Fails when one is fuller than the limit in percent (first argument, 90 when absent).
limit=${1:-90}
case $limit in '' | *[!0-9]*) echo "The limit must be a whole number, not '$limit'." >&2; exit 2 ;; esac
df -P -k | awk -v limit="$limit" '
  NR == 1 { next }
  $2 > 0 && $6 !~ /^\/(proc|sys|dev|run)/ {
    used = $5; sub(/%/, "", used)
    printf "%-40s %8.1f GB free  %3d %% used\n", $6, $4 / 1048576, used
    if (used + 0 > limit + 0) full = full " " $6
  }
  END { if (full != "") { print "Fuller than " limit " %:" full > "/dev/stderr"; exit 1 } }'
