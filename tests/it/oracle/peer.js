// One end of an exchange, by Node's `ws`: `peer.js server MODE` prints its port; `peer.js client MODE PORT [PATH]`.
// Both speak twice: once the client closes, once the server does. At /echo, where a server only sends back, the client
// closes both. The module lies in the working directory.

'use strict';
const { once } = require('node:events');
const { createRequire } = require('node:module');
const { WebSocket, WebSocketServer } = createRequire(process.cwd() + '/')('ws');

const [side, mode, port, path = '/exchange'] = process.argv.slice(2);
const echoes = path === '/echo';
const deflate = {
  plain: false,
  deflate: { threshold: 0 },
  // The window is kept by the client alone, and is a small one.
  asymmetric: side === 'server'
    ? { threshold: 0, serverNoContextTakeover: true, clientMaxWindowBits: 10 }
    : { threshold: 0, serverNoContextTakeover: true },
}[mode];

function answer(ws) {
  ws.on('message', (data, isBinary) => {
    const text = isBinary ? null : data.toString();
    if (text === 'close') return ws.close(1001, 'server leaves ✓');
    if (text === 'ping') ws.ping('from the server');
    if (text !== 'fragments') return ws.send(data, { binary: isBinary });
    for (const part of ['frag', '', 'ments of ']) ws.send(Buffer.from(part), { fin: false });
    ws.send(Buffer.from('the server'));
  });
}

function server() {
  const listener = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: deflate });
  listener.on('connection', answer);
  listener.on('listening', () => console.log(listener.address().port));
}

// Bytes that cannot be compressed, the same in each run.
function noise(length) {
  const bytes = Buffer.alloc(length);
  for (let i = 0, state = 7692; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

async function exchange(closer) {
  const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: deflate });
  await once(ws, 'open');
  const text = Array.from({ length: 9000 }, (_, i) => `line ${i} of a long message ✓\n`).join('');
  const fragments = ['one ', '', 'two ', text.slice(0, 5000), 'three'];
  const short = ['hello ✓', 'hello ✓', '', noise(1000), Buffer.alloc(0)];
  for (const message of [...short, text, noise(300_000), fragments, 'ping', 'fragments']) {
    const answered = once(ws, 'message');
    const parts = [message].flat();
    parts.forEach((part, i) => ws.send(part, { fin: i + 1 === parts.length }));
    const [got] = await answered;
    const sent = Array.isArray(message) ? Buffer.from(message.join('')) : Buffer.from(message);
    const expected = message === 'fragments' && !echoes ? Buffer.from('fragments of the server') : sent;
    if (!got.equals(expected)) throw new Error(`${got.length} bytes came for ${expected.length}`);
  }
  const pong = once(ws, 'pong');
  ws.ping('from the client');
  await pong;
  ws.pong('not asked for');
  const closed = once(ws, 'close');
  if (closer === 'client' || echoes) ws.close(4001, 'client leaves ✓');
  else ws.send('close');
  await closed;
}

if (side === 'server') server();
else exchange('client').then(() => exchange('server'));
