#!/usr/bin/env bash
# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Start PostgreSQL; on an empty data volume create the cluster first.
#
# The cluster is built beside its final place and renamed when the last init script has succeeded, so a container that
# is killed half-way, or whose script fails, starts over instead of running for ever with half of its scripts.
set -Eeuo pipefail

INIT_SCRIPTS=/docker-entrypoint-initdb.d
SOCKETS=/var/run/postgresql

fail() {
  printf 'docker-entrypoint: %s\n' "$1" >&2
  exit 1
}

# Set $password from POSTGRES_PASSWORD_FILE or POSTGRES_PASSWORD.
read_password() {
  if [[ -n ${POSTGRES_PASSWORD:-} && -n ${POSTGRES_PASSWORD_FILE:-} ]]; then
    fail "both POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are set; set one of them"
  fi
  if [[ -n ${POSTGRES_PASSWORD_FILE:-} ]]; then
    [[ -r $POSTGRES_PASSWORD_FILE ]] || fail "POSTGRES_PASSWORD_FILE=$POSTGRES_PASSWORD_FILE cannot be read by uid $UID"
    password=$(<"$POSTGRES_PASSWORD_FILE")
  else
    password=${POSTGRES_PASSWORD:-}
  fi
  [[ -n $password ]] || fail "no password for user '$user'; set POSTGRES_PASSWORD_FILE or POSTGRES_PASSWORD"
}

# Create an empty cluster in $1. The password reaches initdb through a pipe, never through arguments or the disk.
create_cluster() {
  local -a arguments=()
  # Split on blanks, as the official image does with this variable.
  [[ -z ${POSTGRES_INITDB_ARGS:-} ]] || read -ra arguments <<<"$POSTGRES_INITDB_ARGS"
  initdb --pgdata="$1" --username="$user" --no-sync --pwfile=<(printf '%s\n' "$password") \
    "${arguments[@]}" >/dev/null
}

# Append the rule that the official image gives: clients over TCP prove who they are.
# Only seen when the server is not started with an hba_file of its own.
allow_network_clients() {
  printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$1/pg_hba.conf"
}

run_script() {
  printf 'docker-entrypoint: running %s\n' "$1" >&2
  case $1 in
    *.sql) psql_as_owner --dbname="$database" --file="$1" ;;
    *.sql.gz) gunzip --stdout "$1" | psql_as_owner --dbname="$database" ;;
    *.sh) bash "$1" ;;
    *) fail "$1 is neither .sql, .sql.gz nor .sh; remove it from $INIT_SCRIPTS" ;;
  esac
}

psql_as_owner() {
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --host="$SOCKETS" --username="$user" --no-password --output=/dev/null "$@"
}

# Create the database and run the init scripts against a server that only listens on the Unix socket ("$@": the
# server's own command). It runs with fsync off; the files are flushed once, after it has stopped.
fill_cluster() {
  local folder=$1 script
  shift
  PGDATA=$folder pg_ctl --pgdata="$folder" --wait --timeout=60 --silent --log=/dev/stderr \
    --options="-c listen_addresses='' -c fsync=off ${*@Q}" start
  export PGPASSWORD=$password
  if [[ $database != postgres ]]; then
    psql_as_owner --dbname=postgres --set=name="$database" <<<'CREATE DATABASE :"name";'
  fi
  for script in "$INIT_SCRIPTS"/*; do
    [[ ! -f $script ]] || run_script "$script"
  done
  unset PGPASSWORD
  pg_ctl --pgdata="$folder" --wait --silent --mode=fast stop
  initdb --sync-only --pgdata="$folder" >/dev/null 2>&1
}

initialise() {
  local beside=$PGDATA.incomplete
  user=${POSTGRES_USER:-postgres}
  database=${POSTGRES_DB:-$user}
  read_password
  rm -rf "$beside"
  if [[ -d $PGDATA ]]; then
    rmdir "$PGDATA" || fail "$PGDATA is not empty and holds no cluster, or is a mount point; set PGDATA to a folder below the mount"
  fi
  create_cluster "$beside"
  allow_network_clients "$beside"
  # Stop the server when a script fails, so that no process outlives this one.
  trap 'pg_ctl --pgdata="$PGDATA.incomplete" --silent --mode=immediate stop >/dev/null 2>&1' ERR EXIT
  fill_cluster "$beside" "$@"
  trap - ERR EXIT
  mv "$beside" "$PGDATA"
  printf 'docker-entrypoint: database %s is initialised\n' "$database" >&2
}

umask 0077
if [[ ${1:-} == -* ]]; then
  set -- postgres "$@"
fi
if [[ ${1:-} == postgres && ! -s $PGDATA/PG_VERSION ]]; then
  # A stop request during the initialisation ends it at once: the next start begins again.
  trap 'exit 143' INT TERM
  initialise "${@:2}"
  trap - INT TERM
fi
# The server has no use for the password.
unset POSTGRES_PASSWORD
exec "$@"
