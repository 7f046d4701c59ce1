#!/bin/bash
# mastodon_mock, a server of the Mastodon API made by others, on 127.0.0.1:9501, with its demo people.
# usage: mastodon_mock.sh install|start|stop      state: $PEERS_HOME/mastodon_mock
set -eu
P=${PEERS_HOME:-$HOME/.cache/plnapi-peers}/mastodon_mock
case "${1:-}" in
install) mkdir -p "$P"; [ -x "$P/venv/bin/mastodon_mock" ] || { python3 -m venv "$P/venv"; "$P/venv/bin/pip" install -q mastodon_mock==0.6.1; } ;;
start)
  nohup "$P/venv/bin/mastodon_mock" serve --in-memory --host 127.0.0.1 --port 9501 --log-level warning --demo >"$P/log" 2>&1 & echo $! >"$P/pid"
  for _ in $(seq 60); do curl -sf -o /dev/null http://127.0.0.1:9501/api/v2/instance && exit 0; sleep 0.5; done
  tail -5 "$P/log" >&2; exit 1 ;;
stop) kill "$(cat "$P/pid")" 2>/dev/null || true ;;
*) sed -n 3p "$0" >&2; exit 2 ;;
esac
