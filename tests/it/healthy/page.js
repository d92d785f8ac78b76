// One end of an exchange, by a browser: it speaks twice, as peer.js does: at /echo the client closes both connections,
// elsewhere the server the second. What it resolves to is "" or what went wrong.

async (url, echoes) => {
  const noise = (length) => crypto.getRandomValues(new Uint8Array(length));
  const event = (socket, name) => new Promise((done, fail) => {
    socket.addEventListener(name, done, { once: true });
    socket.addEventListener("error", () => fail(new Error(`an error before ${name}`)), { once: true });
  });
  const isSame = async (sent, got) => {
    if (typeof sent === "string") return got === sent;
    const bytes = new Uint8Array(got);
    return bytes.length === sent.length && bytes.every((byte, place) => byte === sent[place]);
  };
  for (const closer of ["client", "server"]) {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    await event(socket, "open");
    const text = "a line of a long message ✓\n".repeat(5000);
    for (const message of ["hello ✓", "hello ✓", "", noise(1000), noise(0), text, noise(60_000), "ping"]) {
      const answer = event(socket, "message");
      socket.send(message);
      if (!await isSame(message, (await answer).data)) return `another answer to ${message.length}`;
    }
    const closed = event(socket, "close");
    if (closer === "client" || echoes) socket.close(4001, "client leaves ✓");
    else socket.send("close");
    const { code, wasClean } = await closed;
    if (!wasClean || code !== (closer === "client" || echoes ? 4001 : 1001)) return `close ${code} ${wasClean}`;
  }
  return "";
}
