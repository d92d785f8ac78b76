//! Frames and messages (RFC 6455 §5).

use crate::explain::findings::entry::{catalogue, phrases};
use crate::rfc::Rfc;

catalogue! { Frames:
    CLIENT_FRAME_UNMASKED = "F01" Error Some(Rfc(6455, "5.1")), Certain {
        "the client's frame {frame} ({opcode}, {length} B, packet {packet}) has MASK=0", "客户端的第 {frame} 帧（{opcode}，{length} B，第 {packet} 个包）MASK=0";
        "the client's software does not mask; a server must close the connection for it", "客户端的软件没有掩码；服务器必须因此关闭连接";
        "look at the client's library, or at the tunnel or proxy that speaks for it: a browser always masks", "检查客户端的库，或替它发送的隧道、代理：浏览器总是掩码的";
    }
    SERVER_FRAME_MASKED = "F02" Error Some(Rfc(6455, "5.1")), Certain {
        "the server's frame {frame} ({opcode}, {length} B, packet {packet}) has MASK=1", "服务器的第 {frame} 帧（{opcode}，{length} B，第 {packet} 个包）MASK=1";
        "the server's software masks, which only clients may; a client must close the connection for it", "服务器的软件做了掩码，而只有客户端可以；客户端必须因此关闭连接";
        "look at how the server's library was set up: code for clients often serves both sides", "检查服务器的库是怎样配置的：常见的原因是用了客户端的代码";
    }
    RSV1_WITHOUT_EXTENSION = "F03" Error Some(Rfc(6455, "5.2")), Certain {
        "{side}'s frame {frame} ({opcode}, {length} B, packet {packet}) has RSV1=1, but the 101 accepted no extension", "{side}的第 {frame} 帧（{opcode}，{length} B，第 {packet} 个包）RSV1=1，但 101 没有接受任何扩展";
        "no extension gives RSV1 a meaning here, so the receiver must close the connection", "这里没有任何扩展赋予 RSV1 含义，接收方必须关闭连接";
        "see whether the sender compresses all the same, or a proxy took Sec-WebSocket-Extensions out of the 101; switch compression off and compare", "检查发送方是否照样压缩，或者有代理从 101 里去掉了 Sec-WebSocket-Extensions；关掉压缩再比较";
    }
    RESERVED_BITS_SET = "F04" Error Some(Rfc(6455, "5.2")), Certain {
        "{side}'s frame {frame} (opcode {opcode}, {length} B, packet {packet}) has {fault}", "{side}的第 {frame} 帧（opcode {opcode}，{length} B，第 {packet} 个包）{fault}";
        "no such header is valid here, so the receiver must close the connection", "这样的帧头在这里无效，接收方必须关闭连接";
        "look at the sender's code for headers, at the length of the frame before, and at who else writes to this socket", "检查发送方写帧头的代码、前一帧的长度，以及还有谁在写这个套接字";
    }
    FRAME_HEADER_IMPOSSIBLE = "F05" Error Some(Rfc(6455, "5.2")), Possible {
        "{side}'s bytes from offset {offset} on (packet {packet}) are no frame header: {bytes}; the last frame that was read: {last}", "{side}的字节从偏移 {offset} 起（第 {packet} 个包）不是帧头：{bytes}；最后读到的一帧：{last}";
        "the frame before has a wrong length; or two writers at once, or bytes that are no part of the WebSocket", "前一帧的长度写错了；也可能是两处同时写入，或混入了不属于 WebSocket 的字节";
        "look at every place that writes to this socket, and whether each frame is written whole before the next", "检查所有写这个套接字的地方：每一帧是否写完才写下一帧";
        alternatives: "a text frame that is UTF-8 as it stands", "a text that is none without the inner frame", "compressed bytes that look like a header";
    }
    HTTP_AFTER_UPGRADE = "F06" Error Some(Rfc(6455, "5.2")), Likely {
        "where a frame of {side} should begin (offset {offset}, packet {packet}) stands {what}: \"{text}\"", "{side}的下一帧应当开始的地方（偏移 {offset}，第 {packet} 个包）是{what}：\"{text}\"";
        "the software around the WebSocket writes an HTTP answer into a connection that has left HTTP", "WebSocket 外层的软件把 HTTP 应答写进了已经离开 HTTP 的连接";
        "look at error handlers and middleware that answer after the Upgrade", "检查升级之后还会应答的错误处理与中间件";
        alternatives: "a request of the client", "a second 101 of another upgrade handler";
    }
    FRAME_LENGTH_WRONG = "F07" Error Some(Rfc(6455, "5.2")), Likely {
        "{side}'s frame {frame} ({opcode}, packet {packet}) declares {length} B, but the next header that makes sense begins {beyond} B further on", "{side}的第 {frame} 帧（{opcode}，第 {packet} 个包）声明 {length} B，但下一个合理的帧头还在 {beyond} B 之后";
        "the length is wrong: {cause}", "长度写错了：{cause}";
        "send the same text in plain ASCII, or one byte shorter or longer, and see whether the fault is gone", "用纯 ASCII 发同样的文本，或长一字节、短一字节，看错误是否消失";
    }
    LENGTH_NOT_MINIMAL = "F08" Warning Some(Rfc(6455, "5.2")), Certain {
        "{side}'s frame {frame} ({opcode}, packet {packet}) has its length {length} in more bytes than it needs", "{side}的第 {frame} 帧（{opcode}，第 {packet} 个包）用了多余的字节写长度 {length}";
        "the length is right, so the frame can be read; but a length must be in its shortest form, and strict receivers close the connection", "长度本身没错，帧可以读出；但长度必须用最短的写法，严格的接收方会关闭连接";
        "look at the sender's code for the lengths 125, 126 and 65535", "检查发送方处理长度 125、126、65535 的代码";
    }
    CONTROL_FRAME_MALFORMED = "F09" Error Some(Rfc(6455, "5.5")), Certain {
        "{side}'s control frame {frame} ({opcode}, {length} B, packet {packet}) is {fault}", "{side}的控制帧 {frame}（{opcode}，{length} B，第 {packet} 个包）{fault}";
        "a control frame has at most 125 B and is not fragmented; the receiver must close the connection", "控制帧最多 125 B，且不能分片；接收方必须关闭连接";
        "look at what the application puts into ping, pong and close", "检查应用往 ping、pong、close 里放了什么";
    }
    FRAGMENTS_OUT_OF_ORDER = "F10" Error Some(Rfc(6455, "5.4")), Possible {
        "{side}'s frame {frame} ({opcode}, {length} B, packet {packet}) is {fault}; the receiver must close the connection", "{side}的第 {frame} 帧（{opcode}，{length} B，第 {packet} 个包）{fault}；接收方必须关闭连接";
        "two tasks write their messages to the socket at once; or the sender gives a fragment the wrong opcode or FIN", "两个任务同时往套接字写各自的消息；也可能是发送方给分片写错了 opcode 或 FIN";
        "see that one task alone writes to the socket, or that a lock is held until the last fragment; look at how the library sends fragments", "确认只有一个任务写这个套接字，或直到最后一个分片都持有锁；检查库是怎样发送分片的";
        alternatives: "a message that began before the capture";
    }
    MESSAGE_FRAGMENTED = "F11" Info Some(Rfc(6455, "5.4")), Certain {
        "{side}'s message {message} ({length} B) comes in {fragments} fragments; {end}", "{side}的第 {message} 条消息（{length} B）分成 {fragments} 个分片；{end}";
        "this is legal, but some libraries read only frames with FIN=1", "这是合法的，但有些库只读 FIN=1 的帧";
        "if the message does not arrive, send it in one frame and compare", "若消息没有到达应用，改用一帧发送再比较";
    }
    TEXT_NOT_UTF8 = "F12" Error Some(Rfc(6455, "8.1")), Certain {
        "{side}'s text message {message} is UTF-8 up to byte {offset} only: what begins there, in frame {frame}, is no character", "{side}的文本消息 {message} 只到字节 {offset} 为止是 UTF-8：从那里开始的（第 {frame} 帧）不是一个字符";
        "a text message must be UTF-8; the receiver must close with 1007", "文本消息必须是 UTF-8；接收方必须以 1007 关闭";
        "see whether the sender sends another encoding or binary data as text, or cuts a text within a character; send it as a binary message, or encode the text as UTF-8 before it is cut", "检查发送方是否把别的编码或二进制数据当文本发送，或在字符中间截断了文本；改为二进制消息，或先编码成 UTF-8 再截断";
    }
    MESSAGE_TOO_BIG = "F13" Error Some(Rfc(6455, "7.4.1")), Certain {
        "{side} closed with 1009 (packet {packet}); {peer}'s largest message or frame until then had {length} B", "{side}以 1009 关闭（第 {packet} 个包）；此前{peer}最大的消息或帧有 {length} B";
        "the message is larger than the receiver takes", "消息超过了接收方的上限";
        "raise the receiver's limit on messages, or send less at once", "调高接收方的消息上限，或减小每次发送的量";
    }
    MASKING_KEY_NOT_RANDOM = "F14" Warning Some(Rfc(6455, "5.3")), Certain {
        "{side}'s frame {frame} ({opcode}, {length} B, packet {packet}) is masked with {key}, {fault}", "{side}的第 {frame} 帧（{opcode}，{length} B，第 {packet} 个包）的掩码 key 是 {key}，{fault}";
        "the masking key is not drawn at random for each frame, so what stands on the wire can be foretold", "掩码 key 不是逐帧随机取的，线上的字节可以被预测";
        "look at where the client's library draws its keys", "检查客户端的库从哪里取掩码 key";
    }
    PING_UNANSWERED = "F15" Warning Some(Rfc(6455, "5.5.3")), Likely {
        "{side}'s ping {frame} (packet {packet}) was acknowledged by TCP, and no pong came for {duration}", "{side}的 ping {frame}（第 {packet} 个包）已得到 TCP 确认，但 {duration} 没有 pong";
        "the peer's software lives and does not answer pings as it must", "对方的软件还在运行，却没有按规范应答 ping";
        "see whether the peer's library answers pings by itself, and what stands between", "看看对方的库是否会自动应答 ping，以及中间有什么设备";
        alternatives: "the ping did not reach it", "it had closed before", "it sends nothing at all any more", "its bytes are missing from the capture";
    }
    PONG_UNSOLICITED = "F16" Info Some(Rfc(6455, "5.5.3")), Certain {
        "{side}'s pong {frame} ({length} B, packet {packet}) answers no ping that was seen", "{side}的 pong {frame}（{length} B，第 {packet} 个包）没有对应的 ping";
        "this is legal: a heartbeat one way, that wants no answer", "这是合法的：单向的心跳，不要求回应";
        "nothing to do, unless the receiver counts it as an answer to its own ping", "无须处理，除非接收方把它当成对自己 ping 的应答";
    }
}

phrases! {
    CONTROL_FRAME_TOO_LONG = "longer than the 125 B of a control frame", "超过控制帧的 125 B";
    IN_FRAGMENTS = "fragmented: FIN=0", "被分片：FIN=0";
    TOO_LONG_AND_IN_FRAGMENTS = "fragmented and longer than 125 B", "被分片，且超过 125 B";
    ORPHAN = "a continuation, but no message was begun", "是延续帧，但没有任何消息已经开始";
    INTERRUPTING = "a new message, but the one before has not ended", "开始了新消息，但前一条还没有结束";
    ENDS_HERE = "the last of them is in this packet", "最后一片在这个包里";
    NO_END = "it has no end", "它没有结尾";
    LAST_FRAGMENT_MISSING = "the last fragment, the one with FIN=1, was never sent: the receiver waits for it, and the application gets nothing", "带 FIN=1 的最后一片从未发出：接收方一直等待，应用什么也得不到";
    NO_REPLY_TO_FRAGMENTS = "{side}'s message {message} ({length} B) comes in {fragments} fragments; {peer}, which had answered each message before, answered nothing to it for {duration}", "{side}的第 {message} 条消息（{length} B）分成 {fragments} 个分片；{peer}之前每条都回应，对它却在 {duration} 内没有任何回应";
    READS_NO_FRAGMENTS = "{peer}'s software may read only frames with FIN=1, and still wait for the message", "{peer}的软件可能只读 FIN=1 的帧，仍在等这条消息";
    DECLARES_TOO_MUCH = "{side} closed with 1009 (packet {packet}); the frame that {peer} had begun in packet {begin} declares {length} B", "{side}以 1009 关闭（第 {packet} 个包）；{peer}在第 {begin} 个包开始的帧声明 {length} B";
    RESERVED_OPCODE = "an opcode that is reserved: it means nothing", "opcode 是保留值，没有意义";
    RSV2 = "RSV2=1, to which no extension gives a meaning", "RSV2=1，而没有扩展赋予它含义";
    RSV3 = "RSV3=1, to which no extension gives a meaning", "RSV3=1，而没有扩展赋予它含义";
    RSV2_AND_RSV3 = "RSV2=1 and RSV3=1, to which no extension gives a meaning", "RSV2=1 且 RSV3=1，而没有扩展赋予它们含义";
    TWO_WRITERS = "two writers at once: within the text of frame {last} begins another frame ({opcode}, {length} B), and the rest of the text comes behind it", "两处同时写入：第 {last} 帧的文本中间开始了另一帧（{opcode}，{length} B），其余文本接在后面";
    TWO_WRITERS_OR_LENGTH = "two writers at once: within the payload of frame {last} stands what looks like another frame ({opcode}, {length} B), and as much of the payload comes behind it; binary bytes may look so by chance, and the length of frame {last} be wrong", "两处同时写入：第 {last} 帧的负载中间有一段像是另一帧（{opcode}，{length} B），被挤出的负载接在后面；二进制数据也可能碰巧如此，而其实是第 {last} 帧的长度写错了";
    OFTEN_NOT_MINIMAL = "{count} of {frames} frames of {side} have their length in more bytes than it needs, the last of them frame {frame} (packet {packet})", "{side}的 {frames} 帧中有 {count} 帧用了多余的字节写长度，最后一个是第 {frame} 帧（第 {packet} 个包）";
    HTTP_REQUEST = "an HTTP request", "一个 HTTP 请求";
    HTTP_RESPONSE = "an HTTP answer", "一个 HTTP 应答";
    SECOND_101 = "a second 101", "第二个 101";
    SENT_BY_POOL = "a connection pool, of the client or of a proxy on the way, takes the upgraded connection for a free one and sends its next request on it", "客户端或途中代理的连接池把已升级的连接当成空闲连接，在上面发送了下一个请求";
    LOOK_AT_POOL = "see whose request it is, by its target and headers; take the connection out of the pool once it is upgraded", "看请求的目标和头部，弄清是谁发的；连接一旦升级，就应从连接池中移出";
    TWO_HANDLERS = "two upgrade handlers took the same request and each answers on the socket", "两个升级处理程序接了同一个请求，各自在这个套接字上应答";
    LOOK_AT_HANDLERS = "look at how many handlers are attached to the server's upgrade event, and let each path have one", "检查服务器的 upgrade 事件上挂了几个处理程序，让每个路径只有一个";
    CHUNK = "where a frame of {side} should begin (offset {offset}, packet {packet}) stands the framing of a chunked body: \"{text}\"; the 101 has Transfer-Encoding: chunked", "{side}的下一帧应当开始的地方（偏移 {offset}，第 {packet} 个包）是分块（chunked）正文的块头：\"{text}\"；101 带有 Transfer-Encoding: chunked";
    NO_BODY_IN_101 = "a 101 has no body, so a receiver reads these bytes as a frame header, which they are not, and must close the connection", "101 没有正文，接收方会把这些字节当作帧头来读，而它们不是帧头，因此必须关闭连接";
    NO_CHUNKS = "look at what adds Transfer-Encoding and the chunk sizes, the server's framework or a proxy before it, and let it write the bytes behind the 101 as they are", "检查是谁加了 Transfer-Encoding 和块大小（服务器的框架或它前面的代理），101 之后的字节应当原样写出";
    NOTHING_BEHIND = "{side}'s frame {frame} ({opcode}, packet {packet}) declares {length} B in sixteen bits, and what follows is no header", "{side}的第 {frame} 帧（{opcode}，第 {packet} 个包）用十六位声明 {length} B，其后却不是帧头";
    NOT_REACHED = "{side}'s frame {frame} ({opcode}, packet {packet}) declares {length} B, of which {received} came", "{side}的第 {frame} 帧（{opcode}，第 {packet} 个包）声明 {length} B，只来了 {received} B";
    LENGTH_IN_SEVEN_BITS = "126 or 127 stands in the seven bits as if it were the length, so the first bytes of the payload were read as the length", "126 或 127 被当作长度写进了七位，于是负载的开头被读成了长度";
    NO_LAST_FRAME = "none", "没有";
    ZERO_KEY = "which is no mask at all", "等于没有掩码";
    SAME_KEY = "as was the frame before", "与前一帧相同";
    COUNTED_CHARACTERS = "it counts characters, not bytes of UTF-8", "数的是字符数，而不是 UTF-8 的字节数";
    COUNTED_SHORT = "it is shorter than what was written behind it", "比后面实际写出的内容短";
    LENGTH_WRAPPED = "it stands in 16 bits and was cut off at 65536", "写在 16 位里，在 65536 处溢出了";
    OTHER_BODY = "{side}'s ping {frame} (packet {packet}) was answered by a pong with another body", "{side}的 ping {frame}（第 {packet} 个包）收到的 pong 内容不同";
    WRONG_PONG = "the peer's software does not send the ping's body back as it must, or the pong was not meant as an answer", "对方的软件没有按规范把 ping 的内容原样送回，或这个 pong 并不是应答";
    PINGED_AND_SILENT = "the peer's program was busy or stuck, or something between took the ping and did not pass it on; one that answers no pings fits as well", "对方的程序在忙或卡住，或中间的设备收下 ping 却没有转发；不会应答 ping 的软件也说得通";
    HIGH_BIT = "the highest bit of its 64-bit length is set, which is forbidden", "64 位长度的最高位是 1，这是被禁止的";
}
