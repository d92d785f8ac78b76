//! Meanings of the protocols' tokens.

texts! {
    /// The meaning of a token.
    GlossaryEntry {
        Syn = "synchronize: opens a direction and announces its initial sequence number", "同步：打开一个方向，告知初始序号";
        Ack = "acknowledge: the ack number is valid", "确认：ack 号有效";
        Psh = "push: hand the data to the application now", "推送：立即把数据交给应用";
        Fin = "finish: the sender has no more data", "结束：发送方不再有数据";
        Rst = "reset: the connection is void at once", "复位：连接立即作废";
        Urg = "urgent: the urgent pointer is valid; rarely used", "紧急：紧急指针有效；几乎不用";
        Seq = "the number of the segment's first byte, counted from the sender's SYN",
            "本段第一个字节的序号，从发送方的 SYN 数起";
        AckNumber = "the next byte that is expected: all before it was received", "期望的下一个字节：之前的都已收到";
        Win = "how many bytes the sender of the segment has room for", "本段的发送方还能接收多少字节";
        Mss = "maximum segment size: the most bytes of data that its sender takes in a segment",
            "最大报文段长度：发送方愿意接收的单段最多数据字节";
        Scale = "window scale: from now on the sender's win counts in units of so many bytes",
            "窗口扩大因子：此后发送方的 win 以这么多字节为单位";
        Pdu = "a frame or head that came in several segments, joined again: TCP is a stream of bytes without message boundaries",
            "分在几个报文段里、重新拼好的帧或 HTTP 头：TCP 是字节流，不保留边界";
        Masking = "each frame of a client is XORed with a random key of its own, so that no proxy can take it for HTTP",
            "客户端的每个帧都与各自的随机 key 异或，以免代理把它当成 HTTP";
        Rsv1 = "the first reserved bit: the message is compressed, if permessage-deflate was agreed on (RFC 7692 §6)",
            "第一个保留位：若协商了 permessage-deflate，表示消息已压缩（RFC 7692 §6）";
        Inflated = "a compressed message (permessage-deflate, RFC 7692): bytes on the wire → bytes as the application gets them, which are shown",
            "压缩的消息（permessage-deflate，RFC 7692）：线上的字节数 → 应用收到的字节数，显示的是解压后的内容";
        Closed = "no connection", "没有连接";
        Listen = "a server waits for connections", "服务器等待连接";
        SynSent = "has sent its SYN, waits for the peer's", "已发 SYN，等待对方的 SYN 和确认";
        SynReceived = "has received a SYN and sent its own, waits for the ACK of it", "已收到 SYN 并发出自己的，等待对方确认 SYN";
        Established = "open: data flows in both directions", "连接已建立，双向收发数据";
        FinWait1 = "has sent its FIN, waits for the ACK of it", "等待对方确认 FIN";
        FinWait2 = "its FIN is acknowledged, waits for the peer's FIN", "自己的 FIN 已被确认，等待对方的 FIN";
        CloseWait = "has received the peer's FIN, waits for its own application to close", "已收到对方的 FIN，等待本端应用关闭";
        Closing = "the FINs crossed, waits for the ACK of its own", "两个 FIN 交错，等待对方确认 FIN";
        LastAck = "has received a FIN and sent its own, waits for the last ACK", "已收到并发出 FIN，等待最后的 ACK";
        TimeWait = "closed first: waits 2 MSL (60 s on Linux), until no old segment can arrive",
            "先关闭的一方，等待 2 MSL（Linux 上 60 秒），直到旧报文段不可能再来";
        WsConnecting = "the Upgrade is not answered yet", "Upgrade 还没有得到响应";
        WsOpen = "messages flow", "可以收发消息";
        WsClosing = "a Close frame was sent or received", "已发出或收到 Close 帧";
        WsClosed = "TCP has ended for this end", "对这一端而言 TCP 已结束";
    }
}
