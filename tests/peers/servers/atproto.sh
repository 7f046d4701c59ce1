#!/bin/bash
# Bluesky's own code on loopback: PLC directory, PDS and AppView, with a PostgreSQL and a Redis of their own.
# usage: atproto.sh install|start|stop      state: $PEERS_HOME/atproto; ports: PLC 2582, PDS 2583, AppView 2584
set -eu
HOME_OF_PEERS=${PEERS_HOME:-$HOME/.cache/plnapi-peers}
P=$HOME_OF_PEERS/atproto; HERE=$(cd "$(dirname "$0")" && pwd); D=/var/tmp/plnapi-appview-pg
postgres() { ls -d /usr/lib/postgresql/*/bin | tail -1; }
as_postgres() { su postgres -c "$(postgres)/$1"; }
case "${1:-}" in
install)
  mkdir -p "$P"
  command -v node >/dev/null && command -v redis-server >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql redis-server nodejs npm
  } >"$P/install.log" 2>&1
  cd "$P"; [ -d node_modules/@atproto/dev-env ] && exit 0
  { npm init -y; npm install --no-audit --no-fund @atproto/dev-env@0.3.215; npm rebuild better-sqlite3; } >>"$P/install.log" 2>&1 ;;
start)
  if [ ! -d $D ]; then mkdir -p $D; chown postgres $D; as_postgres "initdb -D $D -A trust -U pg" >/dev/null; fi
  as_postgres "pg_ctl -D $D -w -l $D/log -o '-c listen_addresses=127.0.0.1 -p 5433 -c unix_socket_directories=$D' start" >/dev/null
  cd "$P"; cp "$HERE/network.js" .; mkdir -p tmp
  nohup redis-server --bind 127.0.0.1 --port 6380 --save '' --appendonly no --dir "$P" >redis.log 2>&1 & echo $! >redis.pid
  export DB_POSTGRES_URL=postgresql://pg@127.0.0.1:5433/postgres REDIS_HOST=127.0.0.1:6380 NODE_ENV=development TMPDIR="$P/tmp"
  nohup node network.js >appview.log 2>&1 & echo $! >appview.pid
  for _ in $(seq 120); do curl -sf -o /dev/null http://127.0.0.1:2584/xrpc/_health && exit 0; sleep 0.5; done
  tail -5 appview.log >&2; exit 1 ;;
stop)
  for name in appview redis; do kill "$(cat "$P/$name.pid")" 2>/dev/null || true; done
  as_postgres "pg_ctl -D $D -m fast stop" >/dev/null 2>&1 || true ;;
*) sed -n 3p "$0" >&2; exit 2 ;;
esac
