// A client by Node's `ws` that does what it is told, line by line: `text TEXT` sends it and prints the answer, `close CODE REASON`
// closes. The module lies in the working directory.

'use strict';
const { once } = require('node:events');
const { createRequire } = require('node:module');
const readline = require('node:readline');
const { WebSocket } = createRequire(process.cwd() + '/')('ws');

async function main() {
  const ws = new WebSocket(`ws://127.0.0.1:${process.argv[2]}/told`, { perMessageDeflate: false });
  await once(ws, 'open');
  console.log('open');
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [verb, ...words] = line.split(' ');
    if (verb === 'text') {
      const answered = once(ws, 'message');
      ws.send(words.join(' '));
      const [answer] = await answered;
      console.log(`answer ${answer}`);
    } else {
      const closed = once(ws, 'close');
      ws.close(Number(words[0]), words.slice(1).join(' '));
      const [code] = await closed;
      console.log(`closed ${code}`);
      break;
    }
  }
}

main();
