//! Frames and messages (RFC 6455 §5).

use crate::explain::findings::entry::{catalogue, phrases};
use crate::rfc::Rfc;

catalogue! { Frames:
    CLIENT_FRAME_UNMASKED = "F01" Error Some(Rfc(6455, "5.1")), Certain {
        "the client's frame {frame} ({opcode}, {length} B, packet {packet}) is not masked (MASK=0)", "客户端的第 {frame} 帧（{opcode}，{length} B，第 {packet} 个包）没有掩码（MASK=0）";
        "a client must mask every frame; the server must close the connection", "客户端的每一帧都必须掩码；服务器必须因此关闭连接";
        "check the client's library, or the tunnel or proxy that speaks for it; a browser always masks", "检查客户端的库，或替它发送的隧道、代理；浏览器总是掩码的";
    }
    SERVER_FRAME_MASKED = "F02" Error Some(Rfc(6455, "5.1")), Certain {
        "the server's frame {frame} ({opcode}, {length} B, packet {packet}) is masked (MASK=1)", "服务器的第 {frame} 帧（{opcode}，{length} B，第 {packet} 个包）带了掩码（MASK=1）";
        "a server must not mask its frames; the client must close the connection", "服务器发的帧不得掩码；客户端必须因此关闭连接";
        "check how the server's library is set up: one that can play both roles may be running as a client", "检查服务器的库的配置：两种角色都支持的库可能正以客户端身份运行";
    }
    RSV1_WITHOUT_EXTENSION = "F03" Error Some(Rfc(6455, "5.2")), Certain {
        "{side}'s frame {frame} ({opcode}, {length} B, packet {packet}) has RSV1=1, but the 101 accepted no extension", "{side}的第 {frame} 帧（{opcode}，{length} B，第 {packet} 个包）RSV1=1，但 101 没有接受任何扩展";
        "no agreed extension defines RSV1, so the receiver must fail the connection", "没有协商任何定义 RSV1 的扩展，接收方必须断开连接";
        "see whether the sender compresses anyway, or a proxy removed Sec-WebSocket-Extensions from the 101; switch compression off and compare", "检查发送方是否仍在压缩，或代理去掉了 101 里的 Sec-WebSocket-Extensions；关掉压缩再比较";
    }
    RESERVED_BITS_SET = "F04" Error Some(Rfc(6455, "5.2")), Certain {
        "{side}'s frame {frame} (opcode {opcode}, {length} B, packet {packet}) has {fault}", "{side}的第 {frame} 帧（opcode {opcode}，{length} B，第 {packet} 个包）{fault}";
        "such a header is not valid here, so the receiver must fail the connection", "这样的帧头在这里无效，接收方必须断开连接";
        "check how the sender writes headers, whether the frame before has the right length, and what else writes to this socket", "检查发送方怎样写帧头、前一帧的长度是否正确，以及还有谁在写这个套接字";
    }
    FRAME_HEADER_IMPOSSIBLE = "F05" Error Some(Rfc(6455, "5.2")), Possible {
        "{side}'s bytes from offset {offset} on (packet {packet}) are not a frame header: {bytes}; the last frame read: {last}", "{side}的字节从偏移 {offset} 起（第 {packet} 个包）不是帧头：{bytes}；最后读到的一帧：{last}";
        "the frame before has a wrong length; two writers at once, or bytes that are not part of the WebSocket, look the same", "前一帧的长度有误；两处同时写入，或混入了不属于 WebSocket 的字节，看起来也一样";
        "check every place that writes to this socket, and that each frame is written whole before the next", "检查所有写这个套接字的地方：每一帧是否写完才写下一帧";
        alternatives: "a text frame that is UTF-8 as it stands", "a text that is none without the inner frame", "compressed bytes that look like a header";
    }
    HTTP_AFTER_UPGRADE = "F06" Error Some(Rfc(6455, "5.2")), Likely {
        "{side} sent {what} where its next frame should begin (offset {offset}, packet {packet}): \"{text}\"", "{side}的下一帧应当开始的地方（偏移 {offset}，第 {packet} 个包）是{what}：\"{text}\"";
        "HTTP code around the WebSocket still answers on a connection that has left HTTP", "WebSocket 外层的 HTTP 代码仍在应答，而这个连接已经离开 HTTP";
        "check error handlers and middleware that still answer after the Upgrade", "检查升级之后还会应答的错误处理和中间件";
        alternatives: "a request of the client", "a second 101 of another upgrade handler";
    }
    FRAME_LENGTH_WRONG = "F07" Error Some(Rfc(6455, "5.2")), Likely {
        "{side}'s frame {frame} ({opcode}, packet {packet}) declares {length} B, but the next plausible header begins {beyond} B later", "{side}的第 {frame} 帧（{opcode}，第 {packet} 个包）声明 {length} B，但下一个合理的帧头还在 {beyond} B 之后";
        "the length is wrong: {cause}", "长度有误：{cause}";
        "send the same text in plain ASCII, or one byte shorter or longer, and see whether the fault is gone", "用纯 ASCII 发送同样长的文本，或增减一个字节，看错误是否消失";
        alternatives: "two writers at once: the payload is searched for a second frame", "a sender that writes every length in the long form", "a header by chance: what follows it must fit, too";
    }
    LENGTH_NOT_MINIMAL = "F08" Warning Some(Rfc(6455, "5.2")), Certain {
        "{side}'s frame {frame} ({opcode}, packet {packet}) writes its length {length} in more bytes than needed", "{side}的第 {frame} 帧（{opcode}，第 {packet} 个包）用了多余的字节写长度 {length}";
        "the length is right and the frame can be read, but a length must be in its shortest form: a strict receiver may close the connection", "长度本身没错，帧可以读出；但长度必须用最短的写法，严格的接收方可能会关闭连接";
        "check how the sender writes the lengths 125, 126 and 65535", "检查发送方怎样写 125、126、65535 这几个长度";
    }
    CONTROL_FRAME_MALFORMED = "F09" Error Some(Rfc(6455, "5.5")), Certain {
        "{side}'s control frame {frame} ({opcode}, {length} B, packet {packet}) is {fault}", "{side}的控制帧 {frame}（{opcode}，{length} B，第 {packet} 个包）{fault}";
        "a control frame has at most 125 B and must not be fragmented; a receiver may fail the connection with 1002", "控制帧最多 125 B，且不得分片；接收方可以用 1002 断开连接";
        "check what is put into ping, pong and close", "检查往 ping、pong、close 里放了什么";
    }
    FRAGMENTS_OUT_OF_ORDER = "F10" Error Some(Rfc(6455, "5.4")), Possible {
        "{side}'s frame {frame} ({opcode}, {length} B, packet {packet}) is {fault}", "{side}的第 {frame} 帧（{opcode}，{length} B，第 {packet} 个包）{fault}";
        "two tasks write messages to the socket at once; a fragment with a wrong opcode or FIN looks the same", "两个任务同时往套接字写消息；分片的 opcode 或 FIN 写错了，看起来也一样";
        "make sure that one task alone writes to the socket, or holds a lock until the last fragment; check how the library sends fragments", "确认只有一个任务写这个套接字，或直到最后一个分片都持有锁；检查库怎样发送分片";
        alternatives: "a message that began before the capture";
    }
    MESSAGE_FRAGMENTED = "F11" Info Some(Rfc(6455, "5.4")), Certain {
        "{side}'s message {message} ({length} B) comes in {fragments} fragments; {end}", "{side}的第 {message} 条消息（{length} B）分成 {fragments} 个分片；{end}";
        "this is legal: the receiver must put the fragments together", "这是合法的：接收方必须把分片拼起来";
        "if the message does not reach the application, send it in one frame and compare: some libraries read only frames with FIN=1", "若应用收不到这条消息，改用一帧发送再比较：有些库只读 FIN=1 的帧";
    }
    TEXT_NOT_UTF8 = "F12" Error Some(Rfc(6455, "8.1")), Certain {
        "{side}'s text message {message} is not UTF-8 from byte {offset} on (in frame {frame})", "{side}的文本消息 {message} 从字节 {offset} 起不是 UTF-8（在第 {frame} 帧）";
        "a text message must be UTF-8; the receiver must fail the connection, usually with 1007", "文本消息必须是 UTF-8；接收方必须断开连接，通常用 1007";
        "see whether the sender sends another encoding or binary data as text, or cuts text within a character; use a binary message, or encode as UTF-8 before cutting", "检查发送方是否把别的编码或二进制数据当文本发送，或在字符中间截断；改用二进制消息，或先编码成 UTF-8 再截断";
    }
    MESSAGE_TOO_BIG = "F13" Error Some(Rfc(6455, "7.4.1")), Certain {
        "{side} closed with 1009 (packet {packet}); {peer}'s largest message or frame until then had {length} B", "{side}以 1009 关闭（第 {packet} 个包）；此前{peer}最大的消息或帧有 {length} B";
        "1009 means that a message is too big for {side}", "1009 表示消息超过了{side}能处理的大小";
        "raise the receiver's message limit, or send less at once", "调高接收方的消息上限，或减小每次发送的量";
    }
    MASKING_KEY_NOT_RANDOM = "F14" Warning Some(Rfc(6455, "5.3")), Likely {
        "{side}'s frame {frame} ({opcode}, {length} B, packet {packet}) is masked with {key}, {fault}", "{side}的第 {frame} 帧（{opcode}，{length} B，第 {packet} 个包）的掩码 key 是 {key}，{fault}";
        "masking keys are not drawn at random for each frame, so the bytes on the wire can be predicted", "掩码 key 不是逐帧随机取的，线上的字节可以被预测";
        "check where the client's library gets its keys", "检查客户端的库从哪里取掩码 key";
        alternatives: "chance: a random key is zero, or the one before, once in 2^32 frames";
    }
    PING_UNANSWERED = "F15" Warning Some(Rfc(6455, "5.5.3")), Likely {
        "{side}'s ping {frame} (packet {packet}) was acknowledged by TCP, and no pong came for {duration}", "{side}的 ping {frame}（第 {packet} 个包）已得到 TCP 确认，但 {duration} 没有 pong";
        "the peer still sends, but does not answer pings", "对方还在发送，却不应答 ping";
        "see whether the peer's library answers pings by itself, and what stands between", "看看对方的库是否会自动应答 ping，以及中间有什么设备";
        alternatives: "the ping did not reach it", "it had closed before", "it sends nothing at all any more", "its bytes are missing from the capture";
    }
    PONG_UNSOLICITED = "F16" Info Some(Rfc(6455, "5.5.3")), Certain {
        "{side}'s pong {frame} ({length} B, packet {packet}) answers no ping that was seen", "{side}的 pong {frame}（{length} B，第 {packet} 个包）没有对应的 ping";
        "this is legal: a one-way heartbeat, to which no answer is due", "这是合法的：单向心跳，不要求应答";
        "nothing to do, unless the receiver takes it for an answer to its own ping", "无须处理，除非接收方把它当成对自己 ping 的应答";
    }
}

phrases! {
    CONTROL_FRAME_TOO_LONG = "longer than the 125 B of a control frame", "超过控制帧的 125 B";
    IN_FRAGMENTS = "fragmented: FIN=0", "被分片：FIN=0";
    TOO_LONG_AND_IN_FRAGMENTS = "fragmented and longer than 125 B", "被分片，且超过 125 B";
    ORPHAN = "a continuation of no message", "是延续帧，但没有正在进行的消息";
    INTERRUPTING = "the beginning of a new message, though the one before has not ended", "开始了新消息，但前一条还没有结束";
    ENDS_HERE = "the last of them is in this packet", "最后一片在这个包里";
    NO_END = "it has no end", "它没有结尾";
    LAST_FRAGMENT_MISSING = "the message is not complete: {side} sent no last fragment, with FIN=1, so the receiver still waits for it", "消息不完整：{side}没有发出带 FIN=1 的最后一片，接收方仍在等待";
    NO_REPLY_TO_FRAGMENTS = "{side}'s message {message} ({length} B) comes in {fragments} fragments; {peer}, which had answered each message before, sent no answer to it for {duration}", "{side}的第 {message} 条消息（{length} B）分成 {fragments} 个分片；{peer}之前每条都回应，对它却在 {duration} 内没有回应";
    READS_NO_FRAGMENTS = "{peer}'s software reads only frames with FIN=1, and still waits for the message; one that needs more time for this message looks the same", "{peer}的软件只读 FIN=1 的帧，仍在等这条消息；处理这条消息需要更久，看起来也一样";
    DECLARES_TOO_MUCH = "{side} closed with 1009 (packet {packet}); the frame that {peer} had begun in packet {begin} declares {length} B", "{side}以 1009 关闭（第 {packet} 个包）；{peer}在第 {begin} 个包开始的帧声明 {length} B";
    RESERVED_OPCODE = "a reserved opcode", "用了保留的 opcode";
    RSV2 = "RSV2=1, which no agreed extension defines", "RSV2=1，而没有扩展定义它";
    RSV3 = "RSV3=1, which no agreed extension defines", "RSV3=1，而没有扩展定义它";
    RSV2_AND_RSV3 = "RSV2=1 and RSV3=1, which no agreed extension defines", "RSV2=1 且 RSV3=1，而没有扩展定义它们";
    TWO_WRITERS = "two writers at once: another frame ({opcode}, {length} B) begins within the text of frame {last}, and the rest of that text comes behind it", "两处同时写入：第 {last} 帧的文本中间插进了另一帧（{opcode}，{length} B），其余文本接在后面";
    TWO_WRITERS_OR_LENGTH = "two writers at once: the payload of frame {last} contains what looks like another frame ({opcode}, {length} B), and as many bytes of payload come behind it; binary data may look so by chance, where the length of frame {last} is wrong", "两处同时写入：第 {last} 帧的负载中间有一段像是另一帧（{opcode}，{length} B），被挤出的负载接在后面；二进制数据也可能碰巧如此，那就是第 {last} 帧的长度有误";
    OFTEN_NOT_MINIMAL = "{count} of {frames} frames of {side} write their length in more bytes than needed, the last of them frame {frame} (packet {packet})", "{side}的 {frames} 帧中有 {count} 帧用了多余的字节写长度，最后一个是第 {frame} 帧（第 {packet} 个包）";
    HTTP_REQUEST = "an HTTP request", "一个 HTTP 请求";
    HTTP_RESPONSE = "an HTTP response", "一个 HTTP 响应";
    SECOND_101 = "a second 101", "第二个 101";
    SENT_BY_POOL = "a connection pool, of the client or of a proxy on the way, took the upgraded connection for a free one and sent its next request on it", "客户端或途中代理的连接池把已升级的连接当成空闲连接，在上面发送了下一个请求";
    LOOK_AT_POOL = "see whose request it is, by its target and headers; take a connection out of the pool once it is upgraded", "从请求的目标和头部看是谁发的；连接一旦升级，就应移出连接池";
    TWO_HANDLERS = "two upgrade handlers took the same request, and each answered on the socket", "两个升级处理程序接了同一个请求，各自在这个套接字上应答";
    LOOK_AT_HANDLERS = "count the handlers of the server's upgrade event, and let each path have one", "数一数服务器的 upgrade 事件上挂了几个处理程序，让每个路径只有一个";
    CHUNK = "where a frame of {side} should begin (offset {offset}, packet {packet}) stands the framing of a chunked body: \"{text}\"; the 101 has Transfer-Encoding: chunked", "{side}的下一帧应当开始的地方（偏移 {offset}，第 {packet} 个包）是分块（chunked）正文的块头：\"{text}\"；101 带有 Transfer-Encoding: chunked";
    NO_BODY_IN_101 = "a 101 has no body: the receiver reads these bytes as a frame header, which they are not, and must fail the connection", "101 没有正文：接收方会把这些字节当作帧头来读，而它们不是帧头，因此必须断开连接";
    NO_CHUNKS = "find what adds Transfer-Encoding and the chunk sizes, the server's framework or a proxy before it; the bytes behind the 101 must be written as they are", "找到加上 Transfer-Encoding 和块大小的地方（服务器的框架或它前面的代理）；101 之后的字节必须原样写出";
    NOTHING_BEHIND = "{side}'s frame {frame} ({opcode}, packet {packet}) declares {length} B in 16 bits, and what follows is no header", "{side}的第 {frame} 帧（{opcode}，第 {packet} 个包）用 16 位声明 {length} B，其后却不是帧头";
    NOT_REACHED = "{side}'s frame {frame} ({opcode}, packet {packet}) declares {length} B, of which {received} came", "{side}的第 {frame} 帧（{opcode}，第 {packet} 个包）声明 {length} B，只来了 {received} B";
    LENGTH_IN_SEVEN_BITS = "126 or 127 was written into the 7-bit field as if it were the length, so the first bytes of the payload are read as the length", "126 或 127 被当作长度写进了 7 位的字段，于是负载的开头被读成了长度";
    NO_LAST_FRAME = "none", "没有";
    ZERO_KEY = "which leaves the payload as it is", "等于没有掩码";
    SAME_KEY = "as was the frame before", "与前一帧相同";
    COUNTED_CHARACTERS = "it counts characters, not bytes of UTF-8", "数的是字符数，而不是 UTF-8 的字节数";
    COUNTED_SHORT = "it is less than what was written", "比实际写出的内容短";
    LENGTH_WRAPPED = "it was cut to 16 bits and wrapped at 65536", "截成了 16 位，在 65536 处溢出";
    OTHER_BODY = "{side}'s ping {frame} (packet {packet}) was answered by a pong with another body", "{side}的 ping {frame}（第 {packet} 个包）收到的 pong 内容不同";
    WRONG_PONG = "the peer does not echo the ping's body, as it must; or the pong is unsolicited, and the ping has no answer yet", "对方没有按规范把 ping 的内容原样送回；或这个 pong 是主动发的，ping 还没有应答";
    PINGED_AND_SILENT = "the peer's program is busy or stuck; software that never answers pings, or something between that took the ping and did not pass it on, looks the same", "对方的程序在忙或卡住；不会应答 ping 的软件，或收下 ping 却没有转发的中间设备，看起来也一样";
    HIGH_BIT_SET = "{side}'s frame {frame} ({opcode}, packet {packet}) has the 64-bit length {length}, whose highest bit is 1", "{side}的第 {frame} 帧（{opcode}，第 {packet} 个包）的 64 位长度是 {length}，最高位为 1";
    HIGH_BIT = "the highest bit of a 64-bit length must be 0, so no frame can have this length", "64 位长度的最高位必须为 0，没有帧可以有这个长度";
}
