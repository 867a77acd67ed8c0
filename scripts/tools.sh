#!/bin/sh
# Installs what the tests drive besides Python: a browser and a database server. It asks apt only
# where that can work, and a failure counts only where CI=true: the tests skip what is missing.
set -u

wanted=
command -v chromium >/dev/null || wanted="$wanted chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || wanted="$wanted postgresql"
[ -n "$wanted" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Not here:$wanted. The tests that need it are skipped." >&2
    [ "${CI:-}" != true ]
    exit
fi

echo "Installing$wanted with apt-get, for the tests." >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # the names are separate words
if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends $wanted; } >&2; then
    echo "apt-get could not install$wanted. The tests that need it are skipped." >&2
    [ "${CI:-}" != true ]
fi
