"""The workloads, by the letters that docs/PERFORMANCE.md uses, and what `compare` and `counts` share."""

import os
import socket

HERE = os.path.dirname(os.path.abspath(__file__))
# Where cargo leaves wsload and the peers.
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(HERE, "target")) + "/release/"

ROWS = {
    "l": ("16 B text, 1 conn, P=1 (latency)", "echo --conns 1 --size 16 --kind text"),
    "a": ("16 B text, 64 conns, P=1", "echo --conns 64 --size 16 --kind text"),
    "b": ("16 B text, 64 conns, P=16", "echo --conns 64 --size 16 --kind text --pipeline 16"),
    "c": ("1 KiB binary, 64 conns, P=1", "echo --conns 64 --size 1024 --kind binary"),
    "c16": ("1 KiB binary, 64 conns, P=16", "echo --conns 64 --size 1024 --kind binary --pipeline 16"),
    "u16": ("1 KiB UTF-8 text (1-4 byte), 64 conns, P=16", "echo --conns 64 --size 1024 --kind utf8 --pipeline 16"),
    "d": ("64 KiB binary, 8 conns, P=1", "echo --conns 8 --size 65536 --kind binary"),
    "e": ("1 MiB binary, 2 conns, P=1", "echo --conns 2 --size 1048576 --kind binary"),
    "f": ("idle, 5000 conns", "idle --conns 5000 --touch 1024 --kind binary"),
    "g": ("upgrade rate, window 64", "upgrade --window 64"),
    "h": ("fanout, 1000 subscribers, 64 B, P=1", "fanout --conns 1000 --size 64"),
    "h16": ("fanout, 1000 subscribers, 64 B, P=16", "fanout --conns 1000 --size 64 --pipeline 16"),
}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
