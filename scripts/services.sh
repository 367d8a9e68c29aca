#!/usr/bin/env bash
# What the tests can use beside Python: as root on Debian, installs a browser, PostgreSQL, Redis, gettext and mail servers where
# they are missing, and starts PostgreSQL (the tests start the mail servers, each in a folder of its own). Prints the address of
# a PostgreSQL role that may create databases, or nothing.
set -uo pipefail
export DEBIAN_FRONTEND=noninteractive

if [ -n "${ASCOLTO_TEST_POSTGRES:-}" ]; then
  echo "$ASCOLTO_TEST_POSTGRES"
  exit 0
fi
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 0

install() { # package…: what is missing, in one go; one that cannot be had keeps none of another call away
  [ $# -gt 0 ] || return 0
  echo "Installing $*…" >&2
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null 2>&1 \
    || echo "could not install $*: the tests that need them are skipped" >&2
}

missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v pg_ctlcluster >/dev/null || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
command -v xgettext >/dev/null || missing+=(gettext)
install "${missing[@]}"

mail=()
[ -x /usr/lib/dovecot/imap ] || mail+=(dovecot-imapd)
[ -x /usr/sbin/postfix ] || mail+=(postfix)
if [ ${#mail[@]} -gt 0 ]; then
  # No mail server of the system is wanted: policy-rc.d 101 keeps packages from starting theirs.
  policy=/usr/sbin/policy-rc.d
  [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' > $policy && chmod 755 $policy && made_policy=yes; }
  echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections 2>/dev/null
  install "${mail[@]}"
  [ -z "${made_policy:-}" ] || rm -f $policy
fi
command -v pg_lsclusters >/dev/null || exit 0

# PostgreSQL refuses to run as root: Debian's own cluster, with a role of ours.
read -r version cluster port _ < <(pg_lsclusters --no-header | head -n 1) || exit 0
pg_ctlcluster "$version" "$cluster" start >/dev/null 2>&1
for _ in $(seq 30); do pg_isready -q -h 127.0.0.1 -p "$port" && break; sleep 1; done
as_postgres() { runuser -u postgres -- "$@"; }
as_postgres psql -q -p "$port" -tc "SELECT 1 FROM pg_roles WHERE rolname = 'ascolto'" | grep -q 1 \
  || as_postgres psql -q -p "$port" -c "CREATE ROLE ascolto LOGIN CREATEDB PASSWORD 'ascolto'" >&2
as_postgres psql -q -p "$port" -tc "SELECT 1 FROM pg_database WHERE datname = 'ascolto'" | grep -q 1 \
  || as_postgres createdb -p "$port" -O ascolto ascolto >&2
echo "postgresql://ascolto:ascolto@127.0.0.1:$port/ascolto"
