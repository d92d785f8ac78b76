//! Names of events and of marks.

use crate::observe::{Marks, tcp, ws};

texts! {
    /// The name of an event, or of a mark.
    EventName {
        PassiveOpen = "passive OPEN", "被动 OPEN";
        SendSyn = "sends SYN", "发出 SYN";
        ReceiveSyn = "receives SYN", "收到 SYN";
        SendSynAck = "sends SYN,ACK", "发出 SYN,ACK";
        ReceiveSynAck = "receives SYN,ACK", "收到 SYN,ACK";
        ReceiveAckOfSyn = "receives ACK of its SYN", "自己的 SYN 得到 ACK";
        SendAck = "sends ACK", "发出 ACK";
        SendData = "sends data", "发出数据";
        ReceiveData = "receives data", "收到数据";
        SendFin = "sends FIN", "发出 FIN";
        SendFinCrossing = "sends FIN, and the FINs cross", "发出 FIN，两个 FIN 交错";
        ReceiveFin = "receives FIN", "收到 FIN";
        ReceiveAckOfFin = "receives ACK of its FIN", "自己的 FIN 得到 ACK";
        ReceiveFinAndAckOfFin = "receives FIN, and ACK of its own", "收到 FIN，自己的 FIN 也得到 ACK";
        SendRst = "sends RST", "发出 RST";
        ReceiveRst = "receives RST", "收到 RST";
        TwoMslPassed = "2 MSL have passed", "2 MSL 已过";
        NotCaptured = "not captured, implied by what follows", "没有抓到，由后面的包推断";
        SendRequest = "sends its Upgrade request", "发出 Upgrade 请求";
        ReceiveRequest = "receives an Upgrade request", "收到 Upgrade 请求";
        Send101 = "sends 101", "发出 101";
        Receive101 = "receives 101", "收到 101";
        ReceiveWrong101 = "receives a 101 that is not valid", "收到无效的 101";
        SendRefusal = "refuses the Upgrade", "拒绝 Upgrade";
        ReceiveRefusal = "its Upgrade is refused", "Upgrade 被拒绝";
        SendFrame = "sends a frame", "发出帧";
        SendClose = "sends Close", "发出 Close";
        ReceiveClose = "receives Close", "收到 Close";
        TcpEnded = "TCP has ended for it", "对它而言 TCP 已结束";
        Retransmission = "retransmission: bytes that were sent before", "重传：以前发过的字节";
        FastRetransmission = "fast retransmission: sent again at the third duplicate ACK, before the timer (RFC 5681 §3.2)",
            "快速重传：第三个重复 ACK 触发，不等定时器（RFC 5681 §3.2）";
        SpuriousRetransmission = "spurious retransmission: bytes that were acknowledged already", "虚假重传：已被确认的字节";
        OutOfOrder = "out of order: it should have come before others", "乱序：本该更早到来";
        LostSegment = "previous segment not captured: bytes before these are missing", "前一报文段未抓到：在此之前缺字节";
        AckLostSegment = "ACK of unseen bytes: they came, but were not captured", "确认未见字节：它们到了，但没有抓到";
        DuplicateAck = "duplicate ACK: repeats an acknowledgment", "重复 ACK：再次确认同一位置";
        KeepAlive = "keep-alive probe: is the peer still there?", "keep-alive 探测：对方还在吗？";
        KeepAliveAck = "answers a keep-alive probe", "回答 keep-alive 探测";
        ZeroWindow = "zero window: the receiver has no room", "零窗口：接收方没有空间";
        ZeroWindowProbe = "zero window probe: one byte against a closed window", "零窗口探测：向关闭的窗口发一个字节";
        ZeroWindowProbeAck = "answers a zero window probe: the window stays closed", "回答零窗口探测：窗口仍然关闭";
        WindowUpdate = "window update: tells a new window and nothing else", "窗口更新：只告知新的窗口";
        WindowFull = "window full: fills the receiver's window to its edge", "窗口已满：占满接收方的窗口";
        ReusedPorts = "ports reused: those of an earlier connection", "端口重用：先前连接的端口";
        OutOfWindow = "out of window: far outside the receiver's, so it has no effect there (RFC 9293 §3.4)",
            "窗口之外：远在接收方窗口之外，所以不起作用（RFC 9293 §3.4）";
        Copy = "copy: the same packet, captured a second time; it counts once", "副本：同一个包被抓到两次，只算一次";
        BadChecksum = "bad checksum: its receiver drops it (RFC 9293 §3.1)", "校验和错误：接收方会丢弃它（RFC 9293 §3.1）";
        OlderConnection = "older connection: belongs to one on the same ports that one end still has (RFC 9293 §3.5.1)",
            "旧连接：属于同一对端口上某一端还留着的旧连接（RFC 9293 §3.5.1）";
        InexactReset = "inexact RST: in the window, but not the number that is expected next; the answer is a challenge ACK (RFC 5961 §3.2)",
            "序号不精确的 RST：在窗口内，却不是期望的下一个序号；对方会回质询 ACK（RFC 5961 §3.2）";
        FillsGap = "fills a gap: these bytes were not captured before", "补缺：这些字节之前没有抓到";
    }
}

impl EventName {
    /// Name of an event of TCP.
    pub(in crate::explain) const fn of_tcp(event: tcp::Event) -> Self {
        use tcp::Event as E;
        match event {
            E::PassiveOpen => Self::PassiveOpen,
            E::SendSyn => Self::SendSyn,
            E::ReceiveSyn => Self::ReceiveSyn,
            E::SendSynAck => Self::SendSynAck,
            E::ReceiveSynAck => Self::ReceiveSynAck,
            E::ReceiveAckOfSyn => Self::ReceiveAckOfSyn,
            E::SendAck => Self::SendAck,
            E::SendData => Self::SendData,
            E::ReceiveData => Self::ReceiveData,
            E::SendFin => Self::SendFin,
            E::SendFinCrossing => Self::SendFinCrossing,
            E::ReceiveFin => Self::ReceiveFin,
            E::ReceiveAckOfFin => Self::ReceiveAckOfFin,
            E::ReceiveFinAndAckOfFin => Self::ReceiveFinAndAckOfFin,
            E::SendRst => Self::SendRst,
            E::ReceiveRst | E::ReceiveRstAfterListen => Self::ReceiveRst,
            E::TwoMslPassed => Self::TwoMslPassed,
            E::NotCaptured => Self::NotCaptured,
        }
    }

    /// Name of an event of the WebSocket.
    pub(in crate::explain) const fn of_websocket(event: ws::Event) -> Self {
        use ws::Event as E;
        match event {
            E::SendRequest => Self::SendRequest,
            E::ReceiveRequest => Self::ReceiveRequest,
            E::Send101 => Self::Send101,
            E::Receive101 => Self::Receive101,
            E::ReceiveWrong101 => Self::ReceiveWrong101,
            E::SendRefusal => Self::SendRefusal,
            E::ReceiveRefusal => Self::ReceiveRefusal,
            E::SendFrame => Self::SendFrame,
            E::SendClose => Self::SendClose,
            E::ReceiveClose => Self::ReceiveClose,
            E::TcpEnded => Self::TcpEnded,
            E::NotCaptured => Self::NotCaptured,
        }
    }

    /// Names of marks.
    pub(in crate::explain) const OF_MARKS: &[(Marks, Self)] = &[
        (Marks::RETRANSMISSION, Self::Retransmission),
        (Marks::FAST_RETRANSMISSION, Self::FastRetransmission),
        (Marks::SPURIOUS_RETRANSMISSION, Self::SpuriousRetransmission),
        (Marks::OUT_OF_ORDER, Self::OutOfOrder),
        (Marks::LOST_SEGMENT, Self::LostSegment),
        (Marks::ACK_LOST_SEGMENT, Self::AckLostSegment),
        (Marks::DUPLICATE_ACK, Self::DuplicateAck),
        (Marks::KEEP_ALIVE, Self::KeepAlive),
        (Marks::KEEP_ALIVE_ACK, Self::KeepAliveAck),
        (Marks::ZERO_WINDOW, Self::ZeroWindow),
        (Marks::ZERO_WINDOW_PROBE, Self::ZeroWindowProbe),
        (Marks::ZERO_WINDOW_PROBE_ACK, Self::ZeroWindowProbeAck),
        (Marks::WINDOW_UPDATE, Self::WindowUpdate),
        (Marks::WINDOW_FULL, Self::WindowFull),
        (Marks::REUSED_PORTS, Self::ReusedPorts),
        (Marks::OUT_OF_WINDOW, Self::OutOfWindow),
        (Marks::COPY, Self::Copy),
        (Marks::BAD_CHECKSUM, Self::BadChecksum),
        (Marks::OLDER_CONNECTION, Self::OlderConnection),
        (Marks::INEXACT_RESET, Self::InexactReset),
        (Marks::FILLS_GAP, Self::FillsGap),
    ];

    /// The term: the text before the colon.
    pub(in crate::explain) fn term(self, language: super::Language) -> &'static str {
        let text = self.text(language);
        text.split([':', '：']).next().unwrap_or(text)
    }
}
