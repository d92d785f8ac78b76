//! Close findings (RFC 6455 §5.5.1, §7).

use crate::explain::findings::entry::{catalogue, phrases};
use crate::rfc::Rfc;

catalogue! { Closing:
    FIN_WITHOUT_CLOSE = "C01" Error Some(Rfc(6455, "7.1.5")), Certain {
        "{side} sent a FIN (packet {packet}) while the WebSocket was open; no Close frame came before it from either end", "WebSocket 还打开着，{side}就发了 FIN（第 {packet} 个包）；此前双方都没有发 Close 帧";
        "the connection ended without the closing handshake: the other end reports 1006", "连接没有经过关闭握手就结束了：另一端报告 1006";
        "look at the log of {side} at that moment for a crash, a restart or a timeout; with a proxy in between, capture on both sides of it", "查看那一刻{side}的日志：崩溃、重启还是超时；中间若有代理，在它的两侧都抓包";
    }
    RST_WITHOUT_CLOSE = "C02" Error Some(Rfc(6455, "7.1.5")), Certain {
        "{side} sent a RST (packet {packet}) while the WebSocket was open; no Close frame came before it from either end", "WebSocket 还打开着，{side}就发了 RST（第 {packet} 个包）；此前双方都没有发 Close 帧";
        "the connection ended without the closing handshake: both ends report 1006, and data on its way may be lost", "连接没有经过关闭握手就结束了：两端都报告 1006，在途的数据可能丢失";
        "look at the log of {side} at that moment: an abort, a crash or a kill sends a RST, and so does a proxy that gives up", "查看那一刻{side}的日志：主动中断、崩溃或被杀都会发 RST，放弃连接的代理也会";
    }
    CLOSE_WITHOUT_CODE = "C03" Info Some(Rfc(6455, "7.1.5")), Certain {
        "{side}'s Close frame (frame {frame}, packet {packet}) has an empty body", "{side}的 Close 帧（第 {frame} 帧，第 {packet} 个包）没有内容";
        "the other end reports 1005: the Close frame has no code. This is normal", "另一端报告 1005：Close 帧里没有状态码。这是正常的";
        "nothing to do. To have a code reported, give one: close(1000)", "无须处理。若想让对端看到状态码，就带上它：close(1000)";
    }
    CLOSE_CODE_NOT_SENDABLE = "C04" Error Some(Rfc(6455, "7.4")), Certain {
        "{side}'s Close frame (frame {frame}, packet {packet}) has the code {code}, which no Close frame may carry", "{side}的 Close 帧（第 {frame} 帧，第 {packet} 个包）的状态码是 {code}，Close 帧里不允许出现它";
        "the code is reserved or not assigned: a receiver that checks it fails the connection, and does not report the code", "这个状态码是保留的或未分配的：会检查的接收方会断开连接，也不会报告它";
        "send 1000 to 1003, 1007 to 1014, or a code of your own from 3000 to 4999", "使用 1000 到 1003、1007 到 1014，或在 3000 到 4999 里自定";
    }
    CLOSE_BODY_MALFORMED = "C05" Error Some(Rfc(6455, "5.5.1")), Certain {
        "{side}'s Close frame (frame {frame}, packet {packet}) has {fault}", "{side}的 Close 帧（第 {frame} 帧，第 {packet} 个包）{fault}";
        "no Close frame may have such a body: the other end must fail the connection, and reports 1006", "Close 帧不允许有这样的内容：另一端必须断开连接，并报告 1006";
        "send either no body, or a code of two bytes and then a reason in UTF-8", "内容要么为空，要么是两字节的状态码加 UTF-8 编码的原因";
    }
    CLOSE_UNANSWERED = "C06" Error Some(Rfc(6455, "5.5.1")), Likely {
        "{side}'s Close frame (packet {packet}) was never answered by one: {end}", "{side}的 Close 帧（第 {packet} 个包）没有得到 Close 帧回应：{end}";
        "the Close frame arrived, and {peer} did not answer it as it must: {side} reports 1006", "Close 帧已经到达，而{peer}没有按规定回应：{side}报告 1006";
        "look whether {peer} still reads from the socket when the Close frame comes", "查看 Close 帧到达时{peer}是否还在读这个套接字";
        alternatives: "the answer is in bytes that the capture lacks", "the Close frame never arrived", "it was lost with the head of the 101";
    }
    TCP_LINGERS_AFTER_CLOSE = "C07" Warning Some(Rfc(6455, "7.1.1")), Likely {
        "both Close frames were exchanged by packet {packet}, but TCP stayed open: {duration} until {end}", "到第 {packet} 个包双方的 Close 帧都已交换，但 TCP 仍然打开：{duration}，{end}";
        "the server, which should close TCP first, did not do so at once, and the client waited for it. Such a wait is usually ended by a close timeout", "应当先关闭 TCP 的服务器没有立即关闭，客户端一直在等。这样的等待通常由关闭超时结束";
        "look why the server does not close TCP after the closing handshake; compare the wait with the close timeouts of both ends (10 s and 30 s are known defaults)", "查看服务器为什么在关闭握手之后不关闭 TCP；把等待时间与两端的关闭超时比较（10 s 和 30 s 是常见的默认值）";
        alternatives: "a FIN or RST ended it at once", "a Close frame was not answered";
    }
    CLIENT_CLOSES_TCP_FIRST = "C08" Info Some(Rfc(6455, "7.1.1")), Certain {
        "the client sent its FIN first (packet {packet})", "客户端先发了 FIN（第 {packet} 个包）";
        "the server should close TCP first, so that the client need not wait in TIME-WAIT; this way round does no harm", "应由服务器先关闭 TCP，客户端就不必停在 TIME-WAIT；现在这样也没有害处";
        "nothing to do, unless a client that connects often runs out of ports", "无须处理，除非频繁连接的客户端耗尽了端口";
    }
    RST_AFTER_CLOSE = "C09" Error Some(Rfc(6455, "7.1.1")), Certain {
        "{side} sent a RST (packet {rst}) {delay} after its Close frame (packet {packet}), before the other's Close frame had come", "{side}在自己的 Close 帧（第 {packet} 个包）之后 {delay} 发了 RST（第 {rst} 个包），对端的 Close 帧还没有到";
        "{side} did not wait for the closing handshake. Its RST can also discard the Close frame before the other end reads it", "{side}没有等关闭握手完成。它的 RST 还可能让对端来不及读就丢掉 Close 帧";
        "close the socket only when the other's Close frame has come, or after a timeout of seconds", "收到对端的 Close 帧之后，或等几秒超时之后，再关闭套接字";
    }
    FRAME_AFTER_CLOSE = "C10" Error Some(Rfc(6455, "5.5.1")), Certain {
        "{side}'s frame {frame} ({opcode}, {length} B, packet {packet}) comes after its own Close frame (frame {close})", "{side}的第 {frame} 帧（{opcode}，{length} B，第 {packet} 个包）出现在它自己的 Close 帧（第 {close} 帧）之后";
        "no data may follow a Close frame: the other end drops it, or fails the connection and reports 1006", "Close 帧之后不得再发送数据：另一端会丢弃它，或断开连接并报告 1006";
        "see that nothing is sent once close() was called", "确认调用 close() 之后不再发送任何内容";
    }
    CLOSE_CODE_MEANING = "C11" Info Some(Rfc(6455, "7.4.1")), Certain {
        "{side} closed with {code} ({name}) in packet {packet}; the other end's last data frame before it, counted from 0: {last}", "{side}在第 {packet} 个包以 {code}（{name}）关闭；此前对端最后的数据帧（从 0 数起）：{last}";
        "{meaning}", "{meaning}";
        "see in the log of {side} whether this code is what was meant", "在{side}的日志里确认它要表达的是不是这个意思";
    }
    CONNECTION_FAILED = "C12" Error Some(Rfc(6455, "7.1.7")), Certain {
        "{side} failed the connection with {code} ({name}) in packet {packet}; the last data frame of {peer} before it: frame {frame}", "{side}在第 {packet} 个包以 {code}（{name}）断开连接；此前{peer}最后的数据帧：第 {frame} 帧";
        "{side} says that {peer} broke a rule, and the capture shows that it did: {fault}", "{side}表示{peer}违反了规则，抓包也看得到：{fault}";
        "look at these bytes (explain -v), and at the log of {side}", "查看这些字节（explain -v），并查看{side}的日志";
        alternatives: "a broken rule in what the peer sent", "bytes of the peer that were not read", "compressed messages that do not inflate as agreed";
    }
    DATA_AFTER_PEER_FIN = "C13" Warning Some(Rfc(9293, "3.6")), Likely {
        "{side} went on sending after it had acknowledged {peer}'s FIN (packet {fin}): {length} B; packets: {packets}, the first is packet {first}", "{side}确认了{peer}的 FIN（第 {fin} 个包）之后还在发送：{length} B，共 {packets} 个包，首个是第 {first} 个包";
        "{side} has not noticed that the WebSocket is over. TCP allows it to send in CLOSE-WAIT, but {peer} sends nothing more, and may read nothing more either", "{side}没有察觉 WebSocket 已经结束。TCP 允许在 CLOSE-WAIT 继续发送，但{peer}不会再发，也可能不再读";
        "see that {side} reads until the end of the stream, and closes then", "确认{side}一直读到流的结尾，然后关闭";
        alternatives: "the data crossed the FIN on its way", "a Close frame or a pong answers what came before";
    }
}

phrases! {
    CLOSE_BODY_OF_ONE_BYTE = "a body of one byte, half a code", "只有一字节内容，是半个状态码";
    CLOSE_BODY_TOO_LONG = "a body of more than 125 bytes, so it is no legal control frame and closes nothing", "内容超过 125 字节，不是合法的控制帧，什么也关闭不了";
    CLOSE_REASON_NOT_UTF8 = "a reason that is not UTF-8", "的原因不是 UTF-8";
    PEER_FIN = "the peer closed TCP instead", "对端直接关闭了 TCP";
    PEER_RST = "the peer reset TCP instead", "对端直接用 RST 中断了 TCP";
    OWN_END = "its sender closed TCP itself in the end", "发送方最后自己关闭了 TCP";
    OWN_END_AT_ONCE = "its sender closed TCP without waiting for an answer, and the peer closed without giving one", "发送方没有等回应就关闭了 TCP，对端也没有回应就关闭了";
    UNTIL_FIN = "the first FIN", "第一个 FIN 才出现";
    UNTIL_RST = "a RST", "RST 才出现";
    UNTIL_END = "the end of the capture", "抓包结束时仍未关闭";
    STILL_WAITING = "its sender still waits where the capture ends", "抓包结束时发送方仍在等待";
    NO_FRAME = "none", "没有";
    FRAME_NOT_KNOWN = "not known, as bytes of it were not read", "不明，因为它有字节没有读到";
    FAILED_FOR_FRAME = "{side} failed the connection with {code} ({name}) in packet {packet}, after {peer}'s frame {frame}", "{side}在第 {packet} 个包以 {code}（{name}）断开连接，之前是{peer}的第 {frame} 帧";
    FAILED_FOR_BYTES = "{side} failed the connection with {code} ({name}) in packet {packet}, after what {peer} sent from packet {begin} on", "{side}在第 {packet} 个包以 {code}（{name}）断开连接，之前是{peer}从第 {begin} 个包开始发的内容";
    NO_BROKEN_RULE = "{side} may not read correctly what is right: no broken rule is in what was read of {peer}. The fault may also lie in what this frame says, or in bytes that were not read", "可能是{side}读不了正确的内容：从{peer}读到的内容里没有违反规则的地方。问题也可能在这一帧的内容里，或在没有读到的字节里";
    TOLERATED_BEFORE = "{side} does not say which rule it means: {peer} broke one long before ({fault}), but {side} went on after it as if nothing were wrong; the fault may also be {side}'s, which cannot read what is right", "{side}没有说明是哪条规则：{peer}早先违反过一条（{fault}），但{side}之后照常继续；问题也可能在{side}：它读不了正确的内容";
    FAILED_WITHOUT_FAULT = "{side} failed the connection with {code} ({name}) in packet {packet}; each of the compressed messages of {peer} ({count}) inflates as agreed, the last is frame {frame}", "{side}在第 {packet} 个包以 {code}（{name}）断开连接；{peer}的压缩消息（{count} 条）都能按协商解压，最后一条是第 {frame} 帧";
    RECEIVER_AT_FAULT = "{side} cannot inflate what is right: its inflater loses the window between messages, or uses another one than was agreed on", "{side}无法解压正确的数据：它的解压器在消息之间丢失了窗口，或使用了与协商不同的窗口";
    COMPARE_UNCOMPRESSED = "switch compression off, or agree on no_context_takeover both ways, and see whether {side} still fails", "关掉压缩，或双向都协商 no_context_takeover，看{side}是否仍然出错";
    MEANS_NORMAL = "1000 means that the connection has fulfilled its purpose", "1000 表示连接的目的已经达到";
    MEANS_GOING_AWAY = "1001 means that the endpoint goes away: a server shuts down, or a page is left", "1001 表示端点即将离开：服务器停机，或页面被关闭";
    MEANS_UNSUPPORTED = "1003 means that the endpoint does not accept this type of data", "1003 表示端点不接受这种类型的数据";
    MEANS_PROTOCOL = "1002 means that the endpoint ends the connection for a breach of the protocol", "1002 表示端点因违反协议而结束连接";
    MEANS_INVALID = "1007 means that the endpoint got data that does not fit its type, such as text that is not UTF-8", "1007 表示端点收到与类型不符的数据，例如不是 UTF-8 的文本";
    MEANS_POLICY = "1008 means that a message broke a policy of the endpoint; which one is for the endpoint to say", "1008 表示消息违反了端点自己的策略；是哪一条由端点说明";
    MEANS_TOO_BIG = "1009 means that a message is larger than the endpoint accepts", "1009 表示消息超过了端点接受的大小";
    MEANS_EXTENSION = "1010 means that the client needs an extension that the server did not agree to", "1010 表示客户端需要某个扩展，而服务器没有同意";
    MEANS_INTERNAL = "1011 means that the server met a condition that it did not expect; its log says which", "1011 表示服务器遇到意外情况；是什么情况看它的日志";
    MEANS_RESTART = "1012 means that the service restarts: connect again after a random wait", "1012 表示服务重启：随机等待后重连";
    MEANS_LATER = "1013 means that the service is overloaded: try again later", "1013 表示服务过载：稍后再试";
    MEANS_GATEWAY = "1014 means that a gateway got an invalid answer from the server behind it", "1014 表示网关从后端收到了无效应答";
    MEANS_UNAUTHORIZED = "3000 is registered with IANA as Unauthorized: the endpoint must sign in first", "3000 在 IANA 注册为 Unauthorized：端点必须先登录";
    MEANS_FORBIDDEN = "3003 is registered with IANA as Forbidden: the endpoint may not do what it asked for", "3003 在 IANA 注册为 Forbidden：端点无权做它所请求的事";
    MEANS_TIMEOUT = "3008 is registered with IANA as Timeout: the endpoint took too long", "3008 在 IANA 注册为 Timeout：端点用时太久";
    MEANS_NOT_REGISTERED = "3000 to 3999 is for codes registered with IANA, and this one is not: its meaning is for its sender to say", "3000 到 3999 供在 IANA 注册的状态码使用，而这个没有注册：含义由发送方说明";
    MEANS_PRIVATE = "4000 to 4999 is for private use: only the two ends know the meaning", "4000 到 4999 供私下约定：含义只有两端自己知道";
    MEANS_OTHER = "the code has no defined meaning", "这个状态码没有定义含义";
}
