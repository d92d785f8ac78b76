// @ts-check
// The steps of the guided tour, from the first SYN to TIME-WAIT. Strict JSON: a test reads it.
//
// `fact` is what the reader predicts, one of those in tour_facts.js: the connection says which of the `choices` it was.
// `do` is the id of the control that brings it about, `task` says so, and `why` explains what came of it.

/**
 * @typedef {{ value: string, en: string, zh: string }} Choice
 * @typedef {{ fact: string, do: string, title: Feed.Both, question: Feed.Both, choices: Choice[], task: Feed.Both, why: Feed.Both }} Step
 */

/** @type {Step[]} */
export const TOUR_STEPS = [
  {
    "fact": "first-packet", "do": "connect",
    "title": { "en": "The first packet", "zh": "第一个包" },
    "question": { "en": "A WebSocket begins with TCP. Which end will send the first packet?", "zh": "WebSocket 建立在 TCP 之上。第一个包由哪一端发出？" },
    "choices": [
      { "value": "client", "en": "Your browser (the client)", "zh": "您的浏览器（客户端）" },
      { "value": "server", "en": "The server", "zh": "服务器" }
    ],
    "task": { "en": "Now open a connection.", "zh": "现在打开一个连接。" },
    "why": { "en": "A server is in LISTEN: it waits, and cannot know who will come. The client's SYN says the number from which it will count its bytes (RFC 9293 §3.5).", "zh": "服务器处于 LISTEN，只能等待，不知道谁会来。客户端用 SYN 告知自己的字节从哪个序号数起（RFC 9293 §3.5）。" }
  },
  {
    "fact": "answer-to-syn", "do": "connect",
    "title": { "en": "The answer to the SYN", "zh": "对 SYN 的回答" },
    "question": { "en": "Which flags will the server's first packet have?", "zh": "服务器的第一个包会带哪些标志？" },
    "choices": [
      { "value": "ACK", "en": "ACK alone", "zh": "只有 ACK" },
      { "value": "SYN", "en": "SYN alone", "zh": "只有 SYN" },
      { "value": "SYN,ACK", "en": "SYN and ACK in one packet", "zh": "SYN 和 ACK 在同一个包里" },
      { "value": "RST,ACK", "en": "RST: it refuses", "zh": "RST：拒绝" }
    ],
    "task": { "en": "Open a connection.", "zh": "打开一个连接。" },
    "why": { "en": "It has two things to say: “I received your number” (ACK) and “this is mine” (SYN). Both fit in one packet. A closed port would answer RST.", "zh": "它有两件事要说：“收到您的序号”（ACK）和“这是我的序号”（SYN），一个包就够。端口没有打开时会回 RST。" }
  },
  {
    "fact": "packets-to-open", "do": "connect",
    "title": { "en": "Open at both ends", "zh": "两端都已建立" },
    "question": { "en": "After how many packets in all will both ends be ESTABLISHED?", "zh": "总共几个包之后，两端都进入 ESTABLISHED？" },
    "choices": [
      { "value": "2", "en": "2: a question and its answer", "zh": "2 个：一问一答" },
      { "value": "3", "en": "3", "zh": "3 个" },
      { "value": "4", "en": "4: each end asks and each answers", "zh": "4 个：双方各问各答" }
    ],
    "task": { "en": "Open a connection.", "zh": "打开一个连接。" },
    "why": { "en": "Each number must be acknowledged. The client knows after two packets; the server needs the third to know that its own number arrived: the three-way handshake.", "zh": "每个序号都要得到确认。客户端两个包之后就知道了；服务器要等第三个包，才知道自己的序号已送达：这就是三次握手。" }
  },
  {
    "fact": "first-data", "do": "connect",
    "title": { "en": "The first byte", "zh": "第一个字节" },
    "question": { "en": "TCP is open, and either end may send. Which will send the first byte of data?", "zh": "TCP 已建立，双方都可以发送。第一个数据字节由谁发出？" },
    "choices": [
      { "value": "client", "en": "The client", "zh": "客户端" },
      { "value": "server", "en": "The server", "zh": "服务器" }
    ],
    "task": { "en": "Open a connection.", "zh": "打开一个连接。" },
    "why": { "en": "Every WebSocket begins as an HTTP request: GET with Upgrade: websocket and a random key (RFC 6455 §4.1). A server speaks only when it is asked.", "zh": "每个 WebSocket 都从一个 HTTP 请求开始：GET，带 Upgrade: websocket 和随机的 key（RFC 6455 §4.1）。服务器只在被问到时作答。" }
  },
  {
    "fact": "status", "do": "connect",
    "title": { "en": "The answer to the Upgrade", "zh": "对升级请求的回答" },
    "question": { "en": "Which status will the server answer with?", "zh": "服务器会回答哪个状态码？" },
    "choices": [
      { "value": "200", "en": "200 OK", "zh": "200 OK" },
      { "value": "101", "en": "101 Switching Protocols", "zh": "101 Switching Protocols" },
      { "value": "426", "en": "426 Upgrade Required", "zh": "426 Upgrade Required" }
    ],
    "task": { "en": "Open a connection.", "zh": "打开一个连接。" },
    "why": { "en": "101 ends HTTP on this connection: from the next byte on there are frames. The accept key in it, made of the request's key, shows that this server understands WebSocket, and that no cache answered. Open its row to compute it yourself.", "zh": "101 之后，这个连接上不再是 HTTP：从下一个字节起都是帧。其中的 accept key 由请求的 key 算出，说明对方确实懂 WebSocket，也不是缓存在回答。展开这一行可以自己算一遍。" }
  },
  {
    "fact": "bytes-around-text", "do": "send-text",
    "title": { "en": "A message on the wire", "zh": "线路上的消息" },
    "question": { "en": "You will send a short text. How many bytes more than the text will its packet carry?", "zh": "您将发送一小段文本。这个包里的数据会比文本多几个字节？" },
    "choices": [
      { "value": "0", "en": "None: the text as it is", "zh": "不多：就是文本本身" },
      { "value": "2", "en": "2", "zh": "2 个" },
      { "value": "6", "en": "6", "zh": "6 个" },
      { "value": "8", "en": "8", "zh": "8 个" }
    ],
    "task": { "en": "Now send a text.", "zh": "现在发送一段文本。" },
    "why": { "en": "2 bytes of header (FIN and opcode, MASK and length) and 4 of masking key. From 126 bytes of text on the length takes 2 bytes more (RFC 6455 §5.2). With HTTP it would have been hundreds.", "zh": "2 字节头部（FIN 与 opcode、MASK 与长度），加 4 字节掩码 key。文本从 126 字节起，长度再占 2 字节（RFC 6455 §5.2）。换成 HTTP 则要多几百字节。" }
  },
  {
    "fact": "mask-of-server", "do": "send-text",
    "title": { "en": "The echo", "zh": "回显" },
    "question": { "en": "Your frame was masked. Will the server's frame be masked, too?", "zh": "您的帧带了掩码。服务器的帧也会带掩码吗？" },
    "choices": [
      { "value": "masked", "en": "Yes, with a key of its own", "zh": "会，用它自己的 key" },
      { "value": "plain", "en": "No", "zh": "不会" }
    ],
    "task": { "en": "Send a text.", "zh": "发送一段文本。" },
    "why": { "en": "A mask is no secret: its key stands before the data. It keeps a page from choosing the bytes that leave the browser, with which it could trick a proxy. A server has no such page behind it, and must not mask (RFC 6455 §5.1).", "zh": "掩码不是加密：key 就写在数据前面。它让网页无法决定浏览器实际发出的字节，从而无法借此欺骗代理。服务器背后没有这样的网页，所以不得加掩码（RFC 6455 §5.1）。" }
  },
  {
    "fact": "body-of-pong", "do": "ping",
    "title": { "en": "Ping and Pong", "zh": "Ping 与 Pong" },
    "question": { "en": "The server will send a Ping. What will be in your browser's Pong?", "zh": "服务器将发送 Ping。您浏览器的 Pong 里会有什么？" },
    "choices": [
      { "value": "empty", "en": "Nothing", "zh": "什么也没有" },
      { "value": "same", "en": "The bytes of the Ping", "zh": "Ping 里的字节" },
      { "value": "other", "en": "The browser's time", "zh": "浏览器的时间" }
    ],
    "task": { "en": "Now have the server send a Ping.", "zh": "现在让服务器发送 Ping。" },
    "why": { "en": "A Pong repeats the body of its Ping (RFC 6455 §5.5.3): so the sender knows which Ping it answers, and how long that took. No script of this page saw either: the browser answers by itself.", "zh": "Pong 原样带回 Ping 的内容（RFC 6455 §5.5.3）：发送方由此知道它回答的是哪个 Ping，用了多久。本页的脚本看不到它们：浏览器自己作答。" }
  },
  {
    "fact": "close-frames", "do": "close",
    "title": { "en": "The closing handshake", "zh": "关闭握手" },
    "question": { "en": "You will close. How many Close frames will there be before TCP ends?", "zh": "您将关闭连接。TCP 结束之前会有几个 Close 帧？" },
    "choices": [
      { "value": "0", "en": "None: TCP ends by itself", "zh": "没有：TCP 直接结束" },
      { "value": "1", "en": "1: yours", "zh": "1 个：您的" },
      { "value": "2", "en": "2: one from each end", "zh": "2 个：两端各一个" }
    ],
    "task": { "en": "Now close the connection.", "zh": "现在关闭连接。" },
    "why": { "en": "Whoever gets a Close answers with one (RFC 6455 §5.5.1). With both on the wire each end knows that the other has read everything before it. That is what a browser calls wasClean.", "zh": "收到 Close 的一方要回一个 Close（RFC 6455 §5.5.1）。两个都到了，双方就知道对方已读完之前的所有内容。浏览器把这叫作 wasClean。" }
  },
  {
    "fact": "first-fin", "do": "close",
    "title": { "en": "The first FIN", "zh": "第一个 FIN" },
    "question": { "en": "Now TCP has to end. Which end will send the FIN first?", "zh": "现在该结束 TCP 了。哪一端先发 FIN？" },
    "choices": [
      { "value": "client", "en": "The client", "zh": "客户端" },
      { "value": "server", "en": "The server", "zh": "服务器" }
    ],
    "task": { "en": "Close the connection.", "zh": "关闭连接。" },
    "why": { "en": "A server should close TCP first, whoever closed the WebSocket (RFC 6455 §7.1.1). The client waits for it, for a while.", "zh": "无论谁先关闭 WebSocket，都应由服务器先关闭 TCP（RFC 6455 §7.1.1）。客户端会等一会儿。" }
  },
  {
    "fact": "time-wait", "do": "close",
    "title": { "en": "TIME-WAIT", "zh": "TIME-WAIT" },
    "question": { "en": "One end must stay in TIME-WAIT for 2 MSL after all is over. Which?", "zh": "一切结束之后，有一端要停在 TIME-WAIT 等 2 MSL。是哪一端？" },
    "choices": [
      { "value": "client", "en": "The client", "zh": "客户端" },
      { "value": "server", "en": "The server", "zh": "服务器" },
      { "value": "none", "en": "Neither", "zh": "都不用" }
    ],
    "task": { "en": "Close the connection.", "zh": "关闭连接。" },
    "why": { "en": "Whoever sent its FIN first sends the last ACK. If that ACK is lost the peer's FIN comes again, and someone must be there to answer; and old packets must not reach a new connection on the same ports. Where FIN and ACK share a packet TCP closed with three packets, else with four.", "zh": "先发 FIN 的一端发出最后的 ACK。若它丢失，对端的 FIN 会重传，必须有人应答；旧的包也不能混入同一对端口上的新连接。FIN 与 ACK 合成一个包时是三个包，否则是四个：四次挥手。" }
  },
  {
    "fact": "port-again", "do": "connect",
    "title": { "en": "Again, while it waits", "zh": "等待期间再次连接" },
    "question": { "en": "That end waits now, as the countdown shows. What if you connect again at once?", "zh": "那一端正在等待，倒计时可见。如果马上再次连接，会怎样？" },
    "choices": [
      { "value": "refused", "en": "It is refused until TIME-WAIT is over", "zh": "TIME-WAIT 结束之前会被拒绝" },
      { "value": "same-port", "en": "It opens, from the same port of yours", "zh": "可以打开，用您原来的端口" },
      { "value": "other-port", "en": "It opens, from another port of yours", "zh": "可以打开，用您的另一个端口" }
    ],
    "task": { "en": "Connect again.", "zh": "再次连接。" },
    "why": { "en": "What waits is one pair of addresses and ports, not the server. Your system takes another port, so nothing is in the way. Only whoever opens thousands of connections a minute runs out of ports.", "zh": "等待的是一对地址和端口，不是整个服务器。系统换一个端口就没有妨碍。只有每分钟打开成千上万个连接的一方，才会用完端口。" }
  }
];
