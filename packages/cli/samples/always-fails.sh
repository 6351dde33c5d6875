#!/bin/sh
# Ends with exit 3, so that you can see what a failure looks like here.
echo "Looking for a file that is not there"
echo "cannot open /no/such/file: No such file or directory" >&2
exit 3
