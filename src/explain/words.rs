//! What is said, in each language. Tokens of the protocols stay as they are.

use std::fmt::{Display, Write as _};

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

/// Defines the ids of what is said, and from the same rows the texts.
macro_rules! words {
    ($($name:ident = $en:literal, $zh:literal;)*) => {
        /// Something to say. `{}` in it is for the values, in their order, or `{1}` for the second of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Word { $($name,)* }

        impl Word {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name),*];

            /// The text.
            pub(super) const fn text(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$name, Language::En) => $en, (Self::$name, Language::Zh) => $zh,)*
                }
            }
        }
    };
}

impl Word {
    /// The text, with values in their places.
    pub(super) fn fill(self, language: Language, values: &[&dyn Display]) -> String {
        let mut text = String::new();
        let mut places = 0..;
        let mut rest = self.text(language);
        while let Some((before, after)) = rest.split_once('{') {
            let (place, after) = after.split_once('}').unwrap_or(("", after));
            let value =
                place.parse().ok().or_else(|| places.next()).and_then(|place: usize| values.get(place));
            text.push_str(before);
            if let Some(value) = value {
                let _ = write!(text, "{value}");
            }
            rest = after;
        }
        text.push_str(rest);
        text
    }
}

words! {
    Connection = "Connection {}", "连接 {}";
    Client = "CLIENT", "客户端";
    Server = "SERVER", "服务器";
    TheClient = "the client", "客户端";
    TheServer = "the server", "服务器";
    Midway = "The capture begins in the middle of this connection; states marked ? are inferred.",
        "抓包从连接中途开始；带 ? 的状态是推断出来的。";
    PhaseOpen = "OPEN (three-way handshake)", "OPEN（三次握手）";
    PhaseUpgrade = "UPGRADE (from HTTP to WebSocket)", "UPGRADE（从 HTTP 升级到 WebSocket）";
    PhaseData = "DATA (not WebSocket)", "DATA（不是 WebSocket）";
    PhaseMessages = "MESSAGES", "MESSAGES（消息）";
    PhaseWsClose = "WS CLOSE (closing handshake)", "WS CLOSE（WebSocket 关闭握手）";
    PhaseTcpClose = "TCP CLOSE", "TCP CLOSE（关闭 TCP：四次挥手）";
    Silence = "{} silence", "静默 {}";
    TwoMslLater = "2 MSL later", "2 MSL 之后";
    MoreAcks = "+{} ACKs", "+{} 个 ACK";
    ArrowsFolded = "… {} arrows folded", "… 折叠了 {} 个箭头";
    ConnectionsFolded = "… {} connections folded", "… 折叠了 {} 个连接";
    PartOf = "{} B, part {} of {} of {}", "{0} B，{3} 的第 {1}/{2} 段";
    Masked = "masked", "已掩码";
    Retransmission = "sent again", "重传";
    AcceptTitle = "The accept key, step by step (RFC 6455 §4.2.2): the server shows that it speaks WebSocket",
        "逐步计算 accept key（RFC 6455 §4.2.2）：服务器以此证明它懂 WebSocket";
    AcceptKey = "the client's key", "客户端的 key";
    AcceptGuid = "+ the fixed GUID", "+ 固定的 GUID";
    AcceptSha = "SHA-1 of both", "两者相连的 SHA-1";
    AcceptBase64 = "in base64", "base64 编码";
    AcceptSent = "the server sent", "服务器发来";
    AcceptRight = "the same ✓", "一致 ✓";
    AcceptWrong = "not the same ✗: the client must fail the connection", "不一致 ✗：客户端必须断开连接";
    AcceptTry = "try it", "自己算";
    Hole = "{} bytes of {} are missing from offset {} on", "{1}的字节流从偏移 {2} 起缺 {0} 字节";
    Overlap = "{} bytes of {} came again, otherwise than before: the first count",
        "{1}的 {0} 字节再次到来且与先前不同：以先到的为准";
    LostSync = "from offset {} on the frames of {} cannot be told from each other",
        "从偏移 {} 起，{}的帧无法再分辨边界";
    OpaqueBytes = "from offset {} on the bytes of {} are not looked at: neither HTTP/1 nor frames",
        "从偏移 {} 起，不再解析{}的字节：既不是 HTTP/1 也不是帧";
    SimultaneousOpen = "both ends sent a SYN of their own: simultaneous open (RFC 9293 §3.5)",
        "两端各自发出 SYN：同时打开（RFC 9293 §3.5）";
    Why = "In words", "用文字说";
    WhyThreeToOpen = "Three segments open TCP: each side sends its initial sequence number in a SYN and must see it acknowledged; the server's ACK and its own SYN share one segment. Two would not do: the server would not know that its number arrived.",
        "建立 TCP 用三个报文段：双方各用 SYN 发出自己的初始序号，并且都要得到确认；服务器的 ACK 与它自己的 SYN 合用一段。两次不够：服务器无从得知自己的序号是否送达。";
    ClosedByFrame = "{} closed first, in order: its Close frame {} is in packet {}.",
        "{}先关闭，按规矩来：Close 帧 {} 在第 {} 个包。";
    AnsweredByFrame = "{} answered with its own Close frame {} in packet {}.",
        "{0}在第 {2} 个包用自己的 Close 帧 {1} 回应。";
    NotAnswered = "{} did not answer with a Close frame.", "{}没有回 Close 帧。";
    ClosedByFin = "{} closed first, with a FIN in packet {} and no Close frame before it.",
        "{}先关闭：第 {} 个包里是 FIN，之前没有 Close 帧。";
    ClosedByRst = "{} ended it with a RST in packet {}: no Close frame, no FIN, and what was on its way is lost.",
        "{}在第 {} 个包用 RST 中断连接：没有 Close 帧，没有 FIN，在途数据丢失。";
    FellSilent = "{} fell silent: packet {} was not answered.", "{}不再应答：第 {} 个包没有回应。";
    StillOpen = "It is still open where the capture ends.", "抓包结束时连接仍然打开。";
    WhyFour = "TCP closed with four segments: each direction is closed by itself, by a FIN and its ACK.",
        "TCP 用四个报文段关闭：两个方向各自关闭，各要一个 FIN 和一个 ACK。";
    WhyThree = "TCP closed with three segments, not four: the second side had nothing more to send, so its ACK and its own FIN share one.",
        "TCP 用三个而不是四个报文段关闭：后关的一方没有数据要发，它的 ACK 与自己的 FIN 合成一段。";
    WhySimultaneous = "The two FINs crossed: both sides closed at once.", "两个 FIN 在途中交错：双方同时关闭。";
    WhyHalfOpen = "Only one side sent a FIN: the other direction was never closed.",
        "只有一方发了 FIN：另一个方向始终没有关闭。";
    WhyReset = "TCP ended with a RST, not with FINs.", "TCP 以 RST 结束，而不是 FIN。";
    WhyTimeWait = "{} sent its FIN first and stays in TIME-WAIT for 2 MSL: if its last ACK is lost the FIN comes again and must be answered, and no old segment may reach a new connection on the same ports.",
        "{}先发 FIN，所以停在 TIME-WAIT 等 2 MSL：最后的 ACK 若丢失，对方的 FIN 会重来，必须有人应答；旧报文段也不能闯进同一对端口上的新连接。";
    Reported = "{}'s API reports {}.", "{}的 API 报告 {}。";
    Abnormal = "1006 is never sent: it stands for a connection that ended without a Close frame.",
        "1006 从不在网络上发送：它表示连接没有收到 Close 帧就结束了。";
    Glossary = "Words", "名词";
    GlossSyn = "synchronize: opens a direction and tells its first sequence number", "同步：打开一个方向，告知初始序号";
    GlossAck = "acknowledge: the ack number is valid", "确认：ack 号有效";
    GlossPsh = "push: hand what came to the application now", "推送：立即把数据交给应用";
    GlossFin = "finish: the sender has no more data", "结束：发送方不再有数据";
    GlossRst = "reset: the connection is void at once", "复位：连接立即作废";
    GlossUrg = "urgent: the urgent pointer is valid; hardly used", "紧急：紧急指针有效；几乎不用";
    GlossSeq = "the number of the segment's first byte, counted from the sender's SYN", "本段第一个字节的序号，从发送方的 SYN 数起";
    GlossAckNumber = "the next byte that is expected: all before it has come", "期望的下一个字节：之前的都已收到";
    GlossPdu = "a frame or head that came in several segments, joined again: TCP is a stream of bytes and keeps no borders",
        "分在几个报文段里、重新拼好的帧或 HTTP 头：TCP 是字节流，不保留边界";
    EndsEarly = "The capture is cut short: it is explained as far as it goes.", "抓包文件不完整：只解释到断开之处。";
    NoTcp = "No TCP connection in it.", "其中没有 TCP 连接。";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_take_the_same_values() {
        for word in Word::ALL {
            let places = |language| word.text(language).matches('{').count();
            assert_eq!(places(Language::En), places(Language::Zh), "{word:?}");
            assert!(!word.text(Language::Zh).is_empty());
        }
    }

    #[test]
    fn values_take_their_places() {
        assert_eq!(Word::PartOf.fill(Language::En, &[&1448, &1, &3, &"TEXT"]), "1448 B, part 1 of 3 of TEXT");
        assert_eq!(Word::PartOf.fill(Language::Zh, &[&1448, &1, &3, &"TEXT"]), "1448 B，TEXT 的第 1/3 段");
    }
}
