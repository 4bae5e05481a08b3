#!/bin/sh
# Keeps a library in step with a folder. A line for cron, at two every night:
#
#     0 2 * * *  /path/to/nightly_sync.sh /path/to/documents
#
# `pushback` must be on the PATH. Exit codes: 0 all is read, 1 some files could not be read (the report names them), and
# more when nothing could be done; cron sends what is printed by mail.
set -u
report=$(pushback ingest "$1" --quiet 2>&1)
code=$?
if [ "$code" -ne 0 ]; then
    echo "The library is not in step with $1 (exit code $code):"
    echo "$report"
fi
exit "$code"
