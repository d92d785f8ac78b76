"""One end of an exchange, by Python's `websockets`: `peer.py server MODE` prints its port; `peer.py client MODE PORT [PATH]`.

Both speak twice: once the client closes, once the server does. At /echo, where a server only sends back, the client
closes both.
"""

import asyncio
import random
import sys

from websockets import ConnectionClosed
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory, ServerPerMessageDeflateFactory

DEFLATE = {
    "plain": (None, None),
    "deflate": (ClientPerMessageDeflateFactory(client_max_window_bits=True), ServerPerMessageDeflateFactory()),
    # The window is kept by the client alone, and is a small one.
    "asymmetric": (
        ClientPerMessageDeflateFactory(server_no_context_takeover=True, client_max_window_bits=True),
        ServerPerMessageDeflateFactory(server_no_context_takeover=True, client_max_window_bits=10),
    ),
}


def options(mode, side):
    factory = DEFLATE[mode][side]
    return {"compression": None, "extensions": [factory] if factory else None}


async def answer(ws):
    while True:
        try:
            message = await ws.recv()
        except ConnectionClosed:
            return
        if message == "close":
            await ws.close(1001, "server leaves ✓")
            return
        if message == "ping":
            await (await ws.ping(b"from the server"))
        if message == "fragments":
            await ws.send([b"frag", b"", b"ments of ", b"the server"])
        else:
            await ws.send(message)


async def server(mode):
    async with serve(answer, "127.0.0.1", 0, ping_interval=None, **options(mode, 1)) as listener:
        print(listener.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


async def client(mode, port, path="/exchange"):
    echoes = path == "/echo"
    noise = random.Random(7692).randbytes(300_000)
    text = "".join(f"line {i} of a long message ✓\n" for i in range(9_000))
    fragments = ["one ", "", "two ", text[:5_000], "three"]
    for closer in ("client", "server"):
        async with connect(f"ws://127.0.0.1:{port}{path}", ping_interval=None, **options(mode, 0)) as ws:
            for message in ("hello ✓", "hello ✓", "", noise[:1_000], b"", text, noise, fragments, "ping", "fragments"):
                await ws.send(message)
                got = await ws.recv()
                sent = "".join(message) if message is fragments else message
                assert got == (b"fragments of the server" if sent == "fragments" and not echoes else sent)
            await (await ws.ping(b"from the client"))
            await ws.pong(b"not asked for")
            if closer == "client" or echoes:
                await ws.close(4001, "client leaves ✓")
            else:
                await ws.send("close")
                await ws.wait_closed()


if sys.argv[1] == "server":
    asyncio.run(server(sys.argv[2]))
else:
    asyncio.run(client(sys.argv[2], int(sys.argv[3]), *sys.argv[4:]))
