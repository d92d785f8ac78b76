#!/bin/bash
# all.sh URL [SUBPROTOCOL]: every client here against one echo server; exit 1 if any fails, 3 when some are missing.
# WIREWALK_TOOLS (default ~/.cache/wirewalk-tools) keeps a Python environment and node_modules, made on first use.
set -u
H=$(cd "$(dirname "$0")" && pwd); C=${WIREWALK_TOOLS:-$HOME/.cache/wirewalk-tools}; mkdir -p "$C/node"
PY=$C/clients/bin/python
[ -x "$PY" ] || { python3 -m venv "$C/clients" && "$C/clients/bin/pip" install -q websockets websocket-client aiohttp picows curl_cffi; } >&2
[ -d "$C/node/node_modules/ws" ] || (cd "$C/node" && npm init -y >/dev/null && npm i --no-audit --no-fund --silent ws undici) >&2
bad=0; n=0; miss=0
run() { n=$((n+1)); timeout 120 "$@"; r=$?; [ $r = 3 ] && { miss=$((miss+1)); return; }; [ $r = 0 ] || bad=$((bad+1)); }
for f in py_websockets py_websocket_client py_aiohttp py_picows py_curl_cffi chromium; do run "$PY" "$H/$f.py" "$@"; done
(cd "$C/node" && exit 0); cd "$C/node"; run node "$H/node_ws.js" "$@"
run java "$H/JavaWs.java" "$@"
echo "$((n-bad-miss)) of $n clients OK, $bad failed, $miss not installed"
[ $bad = 0 ] || exit 1; [ $miss = 0 ] || exit 3
