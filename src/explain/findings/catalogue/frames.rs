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
        "the sender compresses without an agreement, or what is read as a header is none; the receiver must close the connection", "发送方未经协商就压缩，或者这里其实不是帧头；接收方必须关闭连接";
        "switch compression off at the sender; look whether a proxy took Sec-WebSocket-Extensions out of the 101", "关掉发送方的压缩；看看是否有代理从 101 里去掉了 Sec-WebSocket-Extensions";
    }
    RESERVED_BITS_SET = "F04" Error Some(Rfc(6455, "5.2")), Certain {
        "{side}'s frame {frame} (opcode {opcode}, {length} B, packet {packet}) has {fault}", "{side}的第 {frame} 帧（opcode {opcode}，{length} B，第 {packet} 个包）{fault}";
        "the sender builds headers wrongly, or no header begins here; the receiver must close the connection", "发送方写错了帧头，或者这里并不是帧头；接收方必须关闭连接";
        "look at the length of the frame before, and at who else writes to this socket", "检查前一帧的长度，以及还有谁在写这个套接字";
    }
    FRAME_HEADER_IMPOSSIBLE = "F05" Error Some(Rfc(6455, "5.2")), Certain {
        "{side}'s bytes from offset {offset} on (packet {packet}) are no frame header: {bytes}; the last frame that was read: {last}", "{side}的字节从偏移 {offset} 起（第 {packet} 个包）不是帧头：{bytes}；最后读到的一帧：{last}";
        "the stream lost its sync: two writers at once, a wrong length in the frame before, or bytes that do not belong there", "字节流失去了同步：两处同时写入、前一帧的长度写错，或混进了别的字节";
        "look at every place that writes to this socket, and whether each frame is written whole before the next", "检查所有写这个套接字的地方：每一帧是否写完才写下一帧";
    }
    HTTP_AFTER_UPGRADE = "F06" Error Some(Rfc(6455, "5.2")), Certain {
        "where a frame of {side} should begin (offset {offset}, packet {packet}) stands text of HTTP: \"{text}\"", "{side}的下一帧应当开始的地方（偏移 {offset}，第 {packet} 个包）是 HTTP 文本：\"{text}\"";
        "the software around the WebSocket writes an HTTP answer into a connection that has left HTTP", "WebSocket 外层的软件把 HTTP 应答写进了已经离开 HTTP 的连接";
        "look at error handlers and middleware that answer after the Upgrade", "检查升级之后还会应答的错误处理与中间件";
    }
    FRAME_LENGTH_WRONG = "F07" Error Some(Rfc(6455, "5.2")), Likely {
        "{side}'s frame {frame} ({opcode}, packet {packet}) declares {length} B, but the next header that makes sense begins {beyond} B further on", "{side}的第 {frame} 帧（{opcode}，第 {packet} 个包）声明 {length} B，但下一个合理的帧头还在 {beyond} B 之后";
        "the length is wrong: {cause}", "长度写错了：{cause}";
        "send the same text in plain ASCII, or one byte shorter or longer, and see whether the fault is gone", "用纯 ASCII 发同样的文本，或长一字节、短一字节，看错误是否消失";
    }
    LENGTH_NOT_MINIMAL = "F08" Warning Some(Rfc(6455, "5.2")), Certain {
        "{side}'s frame {frame} ({opcode}, packet {packet}) has its length {length} in more bytes than it needs", "{side}的第 {frame} 帧（{opcode}，第 {packet} 个包）用了多余的字节写长度 {length}";
        "the sender's software does not write the shortest form; strict receivers close the connection", "发送方的软件没有用最短的写法；严格的接收方会关闭连接";
        "look at the sender's code for the lengths 125, 126 and 65535", "检查发送方处理长度 125、126、65535 的代码";
    }
    CONTROL_FRAME_MALFORMED = "F09" Error Some(Rfc(6455, "5.5")), Certain {
        "{side}'s control frame {frame} ({opcode}, {length} B, packet {packet}) is {fault}", "{side}的控制帧 {frame}（{opcode}，{length} B，第 {packet} 个包）{fault}";
        "the sender treats a control frame as if it were a message; the receiver must close the connection", "发送方把控制帧当消息来写；接收方必须关闭连接";
        "look at what the application puts into ping, pong and close: 125 B at most, in one frame", "检查应用往 ping、pong、close 里放了什么：最多 125 B，且只能一帧";
    }
    FRAGMENTS_OUT_OF_ORDER = "F10" Error Some(Rfc(6455, "5.4")), Certain {
        "{side}'s frame {frame} ({opcode}, {length} B, packet {packet}) is {fault}", "{side}的第 {frame} 帧（{opcode}，{length} B，第 {packet} 个包）{fault}";
        "the sender mixes two messages, most often two writers at once; the receiver must close the connection", "发送方把两条消息混在了一起，多半是两处同时写入；接收方必须关闭连接";
        "see that one task alone writes to the socket, or that a lock is held until the last fragment", "确认只有一个任务写这个套接字，或直到最后一个分片都持有锁";
    }
    MESSAGE_FRAGMENTED = "F11" Info Some(Rfc(6455, "5.4")), Certain {
        "{side}'s message {message} ({length} B) comes in {fragments} fragments; {end}", "{side}的第 {message} 条消息（{length} B）分成 {fragments} 个分片；{end}";
        "this is legal, but some libraries read only frames with FIN=1", "这是合法的，但有些库只读 FIN=1 的帧";
        "if the message does not arrive, send it in one frame and compare", "若消息没有到达应用，改用一帧发送再比较";
    }
    TEXT_NOT_UTF8 = "F12" Error Some(Rfc(6455, "8.1")), Certain {
        "{side}'s text message {message} is UTF-8 up to byte {offset} only: what begins there, in frame {frame}, is no character", "{side}的文本消息 {message} 只到字节 {offset} 为止是 UTF-8：从那里开始的（第 {frame} 帧）不是一个字符";
        "the sender sends bytes of another kind as text, or cut a text in the middle of a character; the receiver must close with 1007", "发送方把别的字节当文本发，或在字符中间截断了文本；接收方必须以 1007 关闭";
        "send it as a binary message, or encode the text as UTF-8 before it is cut", "改为二进制消息，或先编码成 UTF-8 再截断";
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
    TWO_WRITERS = "two writers at once: within the payload of frame {last} begins another frame ({opcode}, {length} B), and so much of the payload comes behind it", "两处同时写入：第 {last} 帧的负载中间开始了另一帧（{opcode}，{length} B），被挤出的负载接在后面";
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
