//! Close findings (RFC 6455 §5.5.1, §7).

use crate::explain::findings::entry::{catalogue, phrases};
use crate::rfc::Rfc;

catalogue! { Closing:
    FIN_WITHOUT_CLOSE = "C01" Error Some(Rfc(6455, "7.1.5")), Certain {
        "{side} sent a FIN (packet {packet}) while the WebSocket was open; no Close frame came before it, either way", "WebSocket 还打开着，{side}就发了 FIN（第 {packet} 个包）；此前双方都没有 Close 帧";
        "the connection ended without the closing handshake: the other end reports 1006", "连接没有经过关闭握手就结束了：另一端报告 1006";
        "look at the log of {side} at that moment, for a crash, a restart or a timeout; capture behind the proxy too", "查看那一刻{side}的日志：崩溃、重启还是超时；在代理的另一侧也抓一次包";
    }
    RST_WITHOUT_CLOSE = "C02" Error Some(Rfc(6455, "7.1.5")), Certain {
        "{side} sent a RST (packet {packet}) while the WebSocket was open; no Close frame came before it, either way", "WebSocket 还打开着，{side}就发了 RST（第 {packet} 个包）；此前双方都没有 Close 帧";
        "the connection ended without the closing handshake: both ends report 1006, and data on its way may be lost", "连接没有经过关闭握手就结束了：两端都报告 1006，在途的数据可能丢失";
        "look at the log of {side} at that moment: an abort, a crash or a kill sends a RST, and so does a proxy that gives up", "查看那一刻{side}的日志：主动中断、崩溃或被杀都会发 RST，放弃的代理也会";
    }
    CLOSE_WITHOUT_CODE = "C03" Info Some(Rfc(6455, "7.1.5")), Certain {
        "{side}'s Close frame (frame {frame}, packet {packet}) has an empty body", "{side}的 Close 帧（第 {frame} 帧，第 {packet} 个包）没有内容";
        "the other end reports 1005, which is normal for close() without a code", "另一端报告 1005：调用 close() 不给代码时就是这样";
        "nothing to do; to be told a code, give one: close(1000)", "无须处理；若想看到代码，就给出它：close(1000)";
    }
    CLOSE_CODE_NOT_SENDABLE = "C04" Error Some(Rfc(6455, "7.4")), Certain {
        "{side}'s Close frame (frame {frame}, packet {packet}) has the code {code}, which must not stand on the wire", "{side}的 Close 帧（第 {frame} 帧，第 {packet} 个包）的代码是 {code}，它不可以出现在网络上";
        "the code is reserved or not assigned: a receiver that checks it fails the connection, and does not report it", "这个代码是保留的或未分配的：会检查的接收方将断开连接，不会报告它";
        "use 1000 to 1003, 1007 to 1014, or one of your own from 3000 to 4999", "使用 1000 到 1003、1007 到 1014，或 3000 到 4999 里自己的代码";
    }
    CLOSE_BODY_MALFORMED = "C05" Error Some(Rfc(6455, "5.5.1")), Certain {
        "{side}'s Close frame (frame {frame}, packet {packet}) has {fault}", "{side}的 Close 帧（第 {frame} 帧，第 {packet} 个包）{fault}";
        "this is no legal Close body: the other end must fail the connection, and reports 1006", "这不是合法的 Close 内容：另一端必须断开连接，并报告 1006";
        "the body is nothing, or two bytes of code and then text of UTF-8", "内容要么为空，要么是两字节代码加 UTF-8 文本";
    }
    CLOSE_UNANSWERED = "C06" Error Some(Rfc(6455, "5.5.1")), Likely {
        "{side}'s Close frame (packet {packet}) was never answered by one: {end}", "{side}的 Close 帧（第 {packet} 个包）没有得到 Close 帧回应：{end}";
        "the Close frame arrived and {peer} did not do its part of the closing handshake: {side} reports 1006", "Close 帧已经到达，但{peer}没有完成关闭握手：{side}报告 1006";
        "look whether {peer} reads from the socket at all when the Close frame comes", "看看 Close 帧到达时{peer}是否还在读这个套接字";
        alternatives: "the answer is in bytes that the capture lacks", "the Close frame never arrived", "it was lost with the head of the 101";
    }
    TCP_LINGERS_AFTER_CLOSE = "C07" Warning Some(Rfc(6455, "7.1.1")), Likely {
        "both Close frames were exchanged by packet {packet}, but TCP stayed open: {duration} until {end}", "到第 {packet} 个包双方的 Close 帧都已交换，但 TCP 仍然打开：{duration}，{end}";
        "each end waits for the other to close TCP; the wait is then a library's own close timeout", "两端都在等对方关闭 TCP；这段时间就是某个库的关闭超时";
        "the server should close TCP first; look at its close timeout (10 s and 30 s are known defaults)", "应由服务器先关闭 TCP；检查它的关闭超时（10 s 和 30 s 是常见的默认值）";
        alternatives: "a FIN or RST ended it at once", "a Close frame was not answered";
    }
    CLIENT_CLOSES_TCP_FIRST = "C08" Info Some(Rfc(6455, "7.1.1")), Certain {
        "the client sent its FIN first (packet {packet})", "客户端先发了 FIN（第 {packet} 个包）";
        "a client should let the server close TCP first, so that TIME-WAIT stays where ports are not short; it does no harm", "客户端应让服务器先关闭 TCP，好让 TIME-WAIT 留在端口不紧张的一端；这并无害处";
        "nothing to do, unless a client that connects often runs out of ports", "无须处理，除非频繁连接的客户端耗尽了端口";
    }
    RST_AFTER_CLOSE = "C09" Error Some(Rfc(6455, "7.1.1")), Certain {
        "{side} sent a RST (packet {rst}) {delay} after its Close frame (packet {packet}), before the other's Close frame had come", "{side}在自己的 Close 帧（第 {packet} 个包）之后 {delay} 发了 RST（第 {rst} 个包），对方的 Close 帧还没有到";
        "the closing handshake was not waited for; a RST can also discard the Close frame before the other end reads it", "没有等关闭握手完成；RST 还可能让尚未被读走的 Close 帧丢失";
        "close the socket only after the other's Close frame has come, or after a timeout of seconds", "收到对方的 Close 帧之后，或等几秒超时之后，再关闭套接字";
    }
    FRAME_AFTER_CLOSE = "C10" Error Some(Rfc(6455, "5.5.1")), Certain {
        "{side}'s frame {frame} ({opcode}, {length} B, packet {packet}) comes after its own Close frame (frame {close})", "{side}的第 {frame} 帧（{opcode}，{length} B，第 {packet} 个包）出现在它自己的 Close 帧（第 {close} 帧）之后";
        "nothing may follow a Close frame: the other end drops it, or fails the connection and reports 1006", "Close 帧之后不得再发送：另一端会丢弃它，或断开连接并报告 1006";
        "see that nothing is sent once close() was called", "确认调用 close() 之后不再发送任何内容";
    }
    CLOSE_CODE_MEANING = "C11" Info Some(Rfc(6455, "7.4.1")), Certain {
        "{side} closed with {code} ({name}) in packet {packet}; the other end's last frame of data before it: {last}", "{side}以 {code}（{name}）关闭，在第 {packet} 个包；此前对方最后的数据帧：{last}";
        "{meaning}", "{meaning}";
        "see whether that is what {side}'s program meant to say", "看看这是不是{side}的程序想说的";
    }
    CONNECTION_FAILED = "C12" Error Some(Rfc(6455, "7.1.7")), Certain {
        "{side} failed the connection with {code} ({name}) in packet {packet}; {peer}'s last data before it: frame {frame}", "{side}在第 {packet} 个包以 {code}（{name}）断开连接；此前{peer}的最后数据：第 {frame} 帧";
        "{side} found that {peer} broke a rule: {fault}", "{side}认为{peer}违反了规则：{fault}";
        "look at that frame byte by byte (explain -v), and at the log of {side}", "逐字节查看那一帧（explain -v），并查看{side}的日志";
    }
    DATA_AFTER_PEER_FIN = "C13" Warning Some(Rfc(9293, "3.6")), Likely {
        "{side} went on sending ({length} B, in {packets} packets from packet {first} on) after it had acknowledged {peer}'s FIN (packet {fin})", "{side}确认了{peer}的 FIN（第 {fin} 个包）之后还在发送（{length} B，从第 {first} 个包起共 {packets} 个包）";
        "TCP allows this: {side} is in CLOSE-WAIT and may still send. But {peer} sends nothing more, and a WebSocket that ended one way is over: {side} has not noticed, and nobody may read what it sends", "TCP 允许这样：{side}处于 CLOSE-WAIT，仍可发送。但{peer}不再发送，而单向结束的 WebSocket 已经结束：{side}没有察觉，它发的内容可能没有人读";
        "see that {side} reads until the end of the stream, and closes then", "确认{side}一直读到流的结尾，然后关闭";
        alternatives: "the data crossed the FIN on its way", "a Close frame or a pong answers what came before";
    }
}

phrases! {
    CLOSE_BODY_OF_ONE_BYTE = "a body of one byte, half a code", "只有一字节内容，是半个代码";
    CLOSE_BODY_TOO_LONG = "a body of more than 125 bytes, so it is no control frame and closes nothing", "内容超过 125 字节，不是合法的控制帧，什么也关闭不了";
    CLOSE_REASON_NOT_UTF8 = "a reason that is not UTF-8", "原因不是 UTF-8";
    PEER_FIN = "the peer closed TCP instead", "对方直接关闭了 TCP";
    PEER_RST = "the peer reset TCP instead", "对方直接用 RST 中断了 TCP";
    OWN_END = "it closed TCP itself in the end", "它最后自己关闭了 TCP";
    OWN_END_AT_ONCE = "it closed TCP itself without waiting for an answer, and the peer closed without giving one", "它没有等回应就自己关闭了 TCP，对方也没有回应就关闭了";
    UNTIL_FIN = "the first FIN", "第一个 FIN 才出现";
    UNTIL_RST = "a RST", "RST 才出现";
    UNTIL_END = "the end of the capture", "抓包结束时仍未关闭";
    STILL_WAITING = "it is still waited for where the capture ends", "抓包结束时仍在等待";
    NO_FRAME = "none", "没有";
    FRAME_NOT_KNOWN = "not known, as bytes of it were not read", "不明，因为它有字节没有读到";
    FAILED_FOR_FRAME = "{side} failed the connection with {code} ({name}) in packet {packet}, after {peer}'s frame {frame}", "{side}在第 {packet} 个包以 {code}（{name}）断开连接，之前是{peer}的第 {frame} 帧";
    FAILED_FOR_BYTES = "{side} failed the connection with {code} ({name}) in packet {packet}, after what {peer} sent from packet {begin} on", "{side}在第 {packet} 个包以 {code}（{name}）断开连接，之前是{peer}从第 {begin} 个包开始发的内容";
    NO_BROKEN_RULE = "no broken rule is in what was read of {peer}, so the fault may be {side}'s, which cannot read what is right; it may also lie in what this frame says, or in bytes that were not read", "从{peer}读到的内容里没有违反规则的地方，问题可能在{side}：它读不了正确的内容；也可能在这一帧的内容里，或在没有读到的字节里";
    TOLERATED_BEFORE = "{side} does not say which rule it means: {peer} broke one long before ({fault}), but {side} went on after it as if nothing were wrong; the fault may also be {side}'s, which cannot read what is right", "{side}没有说明是哪条规则：{peer}早先违反过一条（{fault}），但{side}之后照常继续；问题也可能在{side}：它读不了正确的内容";
    FAILED_WITHOUT_FAULT = "{side} failed the connection with {code} ({name}) in packet {packet}; all {count} compressed messages of {peer} inflate as agreed, the last is frame {frame}", "{side}在第 {packet} 个包以 {code}（{name}）断开连接；{peer}的全部 {count} 条压缩消息都能按协商解压，最后一条是第 {frame} 帧";
    RECEIVER_AT_FAULT = "{side} cannot inflate what is right: its inflater loses or drops the window between messages, or uses another one than was agreed on", "{side}无法解压正确的数据：它的解压器在消息之间丢失或清空了窗口，或使用了与协商不同的窗口";
    COMPARE_UNCOMPRESSED = "switch compression off, or agree on no_context_takeover both ways, and see whether {side} still fails", "关掉压缩，或双向都协商 no_context_takeover，看{side}是否仍然出错";
    MEANS_NORMAL = "1000: the purpose is fulfilled", "1000：目的已经达到";
    MEANS_GOING_AWAY = "1001: a server stops, or the page was left", "1001：服务器停止，或页面被离开";
    MEANS_UNSUPPORTED = "1003: a kind of data that the endpoint does not take", "1003：端点不接受这种数据";
    MEANS_PROTOCOL = "1002: the peer broke a rule of the protocol", "1002：对方违反了协议";
    MEANS_INVALID = "1007: text that is not UTF-8", "1007：文本不是 UTF-8";
    MEANS_POLICY = "1008: a rule of the endpoint was broken, often authentication or rate", "1008：违反了端点自己的规则，常常是鉴权或频率";
    MEANS_TOO_BIG = "1009: a message larger than the endpoint takes", "1009：消息超过上限";
    MEANS_EXTENSION = "1010: the client wanted an extension that was not agreed on", "1010：客户端想要的扩展没有谈成";
    MEANS_INTERNAL = "1011: the server met a condition that it did not expect, often an exception in its handler", "1011：服务器遇到意外情况，多半是处理程序抛了异常";
    MEANS_RESTART = "1012: the service restarts, connect again later", "1012：服务重启，稍后重连";
    MEANS_LATER = "1013: the service is overloaded, try later", "1013：服务过载，稍后再试";
    MEANS_GATEWAY = "1014: a gateway got no valid answer from behind", "1014：网关没有从后端得到有效应答";
    MEANS_UNAUTHORIZED = "3000, registered with IANA as Unauthorized: the endpoint must sign in first", "3000，在 IANA 注册为 Unauthorized：端点必须先登录";
    MEANS_FORBIDDEN = "3003, registered with IANA as Forbidden: the endpoint may not do what it asked", "3003，在 IANA 注册为 Forbidden：端点无权做它所请求的事";
    MEANS_TIMEOUT = "3008, registered with IANA as Timeout: the endpoint took too long", "3008，在 IANA 注册为 Timeout：端点用时太久";
    MEANS_NOT_REGISTERED = "3000 to 3999 is for libraries and frameworks; this code is not registered with IANA, so only the library that sent it knows", "3000 到 3999 供库与框架使用；这个代码没有在 IANA 注册，只有发送它的库知道含义";
    MEANS_PRIVATE = "4000 to 4999: private, only the application knows", "4000 到 4999：私有，只有应用自己知道";
    MEANS_OTHER = "a code without a meaning", "没有含义的代码";
}
