//! Sentences about a connection.

texts! {
    /// A sentence about a connection.
    Narrative {
        ThreeToOpen = "Three segments open TCP: each side sends its initial sequence number in a SYN and must see it acknowledged; the server's ACK and its own SYN share one segment. Two would not do: the server would not know that its number arrived.",
            "建立 TCP 用三个报文段：双方各用 SYN 发出自己的初始序号，并且都要得到确认；服务器的 ACK 与它自己的 SYN 合用一段。两次不够：服务器无从得知自己的序号是否送达。";
        BothOpened = "Both ends opened at once: each sent a SYN of its own, and each is acknowledged by itself (RFC 9293 §3.5).",
            "双方同时打开连接：各发一个 SYN，各自得到确认（RFC 9293 §3.5）。";
        ClosedByFrame(side, code, packet) = "{side} closed first, in order: its Close frame{code} is in packet {packet}.",
            "{side}先关闭，按规矩来：Close 帧{code}在第 {packet} 个包。";
        AnsweredByFrame(side, code, packet) = "{side} answered with its own Close frame{code} in packet {packet}.",
            "{side}用自己的 Close 帧{code}回应，在第 {packet} 个包。";
        NotAnswered(side) = "{side} did not answer with a Close frame.", "{side}没有回 Close 帧。";
        NotAnsweredYet(side) = "{side} has not answered with a Close frame where the capture ends.",
            "到抓包结束时，{side}还没有回 Close 帧。";
        AnswerUnknown(side, why) = "The capture does not show whether {side} answered with a Close frame: {why}.",
            "抓包看不出{side}是否回了 Close 帧：{why}。";
        ClosedUnknown(side, what, packet, why) = "The capture does not show who closed first: {side}'s {what} in packet {packet} is the first to be seen, but {why}.",
            "抓包看不出谁先关闭：最先看到的是{side}在第 {packet} 个包的 {what}，但{why}。";
        FirstCloseFrame = "Close frame", "Close 帧";
        FirstFin = "FIN", "FIN";
        FirstRst = "RST", "RST";
        ClosedByFin(side, packet) = "{side} closed first, with a FIN in packet {packet} and no Close frame before it.",
            "{side}先关闭：第 {packet} 个包里是 FIN，之前没有 Close 帧。";
        ClosedByRst(side, packet) = "{side} ended it with a RST in packet {packet}: no Close frame, no FIN, and what was on its way is lost.",
            "{side}在第 {packet} 个包用 RST 中断连接：没有 Close 帧，没有 FIN，在途数据丢失。";
        TcpClosedByFin(side, packet) = "{side} closed TCP first, with a FIN in packet {packet}.",
            "{side}先关闭 TCP：FIN 在第 {packet} 个包。";
        TcpClosedByRst(side, packet) = "{side} ended it with a RST in packet {packet}: no FIN, and what was on its way is lost.",
            "{side}在第 {packet} 个包用 RST 中断连接：没有 FIN，在途数据丢失。";
        Refused(side, packet) = "{side} refused the connection: its RST in packet {packet} answers the SYN.",
            "{side}拒绝了连接：第 {packet} 个包的 RST 是对 SYN 的回答。";
        FellSilent(side, packet) = "{side} fell silent: packet {packet} was not answered.",
            "{side}不再应答：第 {packet} 个包没有回应。";
        EndUnknown(why) = "The capture does not show whether it was closed: {why}.", "抓包看不出连接是否已关闭：{why}。";
        NeverOpened = "It never opened: the handshake is not finished where the capture ends.",
            "连接没有建立：抓包结束时握手还没有完成。";
        EndNotCaptured = "Its end was not captured: a new connection on the same ports follows, so it is no more.",
            "它的结束没有抓到：同一对端口上随后建立了新连接，所以它已不存在。";
        StillOpen = "It is still open where the capture ends.", "抓包结束时连接仍然打开。";
        Four = "TCP closed with four segments: each direction is closed by itself, by a FIN and its ACK.",
            "TCP 用四个报文段关闭：两个方向各自关闭，各要一个 FIN 和一个 ACK。";
        Three = "TCP closed with three segments, not four: the second side had nothing more to send, so its ACK and its own FIN share one.",
            "TCP 用三个而不是四个报文段关闭：后关的一方没有数据要发，它的 ACK 与自己的 FIN 合成一段。";
        Simultaneous = "The two FINs crossed: both sides closed at once.", "两个 FIN 在途中交错：双方同时关闭。";
        HalfOpen = "The capture shows a FIN of one side only, and not how the other direction ended.",
            "抓包里只有一方的 FIN，看不到另一个方向如何结束。";
        Reset = "TCP ended with a RST, not with FINs.", "TCP 以 RST 结束，而不是 FIN。";
        TimeWait(side) = "{side} sent its FIN first and stays in TIME-WAIT for 2 MSL: if its last ACK is lost the FIN comes again and must be answered, and no old segment may reach a new connection on the same ports.",
            "{side}先发 FIN，所以停在 TIME-WAIT 等 2 MSL：最后的 ACK 若丢失，对方的 FIN 会重来，必须有人应答；旧报文段也不能闯进同一对端口上的新连接。";
        BothTimeWait = "Both ends sent a FIN before the peer's came, so both stay in TIME-WAIT for 2 MSL: a lost last ACK must be answered, and no old segment may reach a new connection on the same ports.",
            "双方都在收到对方的 FIN 之前发了 FIN，所以都停在 TIME-WAIT 等 2 MSL：丢失的最后 ACK 必须有人应答；旧报文段也不能闯进同一对端口上的新连接。";
        Reported(side, code) = "{side}'s API reports {code}.", "{side}的 API 报告 {code}。";
        ReportUnknown(why) = "unknown: {why}", "未知：{why}";
        ReportedUnknown(side, why) = "The capture does not show what {side}'s API reports: {why}.",
            "抓包看不出{side}的 API 报告什么：{why}。";
        SomeBytes = "bytes", "一些字节";
        UnreadGap(side, offset, length) = "it lacks {length} of {side} from offset {offset} on",
            "缺少{side}从偏移 {offset} 起的 {length}";
        UnreadCut(side, offset, length) = "packets were cut short, and {length} of {side} are missing from offset {offset} on",
            "包被截断，缺少{side}从偏移 {offset} 起的 {length}";
        UnreadGivenUp(side, offset, length) = "{length} of {side} from offset {offset} on were given up for lack of room",
            "{side}从偏移 {offset} 起的 {length} 因空间不足被放弃";
        UnreadBody(side, offset) = "an HTTP body of {side} begins at offset {offset}, and where it ends is not known",
            "{side}从偏移 {offset} 起是 HTTP 正文，结尾位置不明";
        UnreadDesync(side, offset) = "from offset {offset} on no boundary in the bytes of {side} is known",
            "从偏移 {offset} 起，{side}的字节没有已知的边界";
        UnreadEncrypted(side, offset) = "the bytes of {side} are encrypted from offset {offset} on",
            "{side}的字节从偏移 {offset} 起是加密的";
        UnreadOther(side, offset) = "the bytes of {side} from offset {offset} on are of a protocol that is not read",
            "{side}从偏移 {offset} 起的字节属于不解析的协议";
        UnreadBefore(side) = "what {side} sent before the capture began is not known",
            "抓包开始之前{side}发了什么不得而知";
        UnreadAfter(side) = "what {side} sends after the capture ends is not known",
            "抓包结束之后{side}发什么不得而知";
        UnreadDirection(side) = "it has no packet of {side}", "其中没有{side}的任何包";
        OnePing(side) = "{side} sent one ping", "{side}发了一个 ping";
        Pings(side, pings, interval) = "{side} sent {pings} pings, one every {interval}",
            "{side}发了 {pings} 个 ping，每 {interval} 一个";
        TwoPings(side, interval) = "{side} sent 2 pings, {interval} apart", "{side}发了 2 个 ping，相隔 {interval}";
        UnevenPings(side, pings, shortest, longest) = "{side} sent {pings} pings, {shortest} to {longest} apart",
            "{side}发了 {pings} 个 ping，相隔 {shortest} 到 {longest}";
        OnePong(time) = "; 1 answered, after {time}", "；1 个得到应答，用时 {time}";
        Pongs(pings, shortest, longest) = "; {pings} answered, after {shortest} to {longest}",
            "；{pings} 个得到应答，用时 {shortest} 到 {longest}";
        PongsOfLater(pings) = "; {pings} more by the pong to a later one", "；另有 {pings} 个由后一个的 pong 一并应答";
        PongsMissed(pings) = "; {pings} without a pong", "；{pings} 个没有 pong";
        Period = ".", "。";
        Verdict(how, why) = "Verdict: {how}; {why}.", "结论：{how}；{why}。";
        EndedByCloseFrame(side, packet, code) = "{side} ended the connection in packet {packet} with a Close frame{code}",
            "{side}在第 {packet} 个包用 Close 帧{code}结束了连接";
        EndedByFin(side, packet) = "{side} ended the connection in packet {packet} with a FIN",
            "{side}在第 {packet} 个包用 FIN 结束了连接";
        EndedByRst(side, packet) = "{side} ended the connection in packet {packet} with a RST",
            "{side}在第 {packet} 个包用 RST 结束了连接";
        EndedBySilence(side, packet) = "{side} did not answer packet {packet} nor what came after it",
            "{side}没有回应第 {packet} 个包，之后也没有回应";
        AfterRefusal(status) = ", after the server had answered the Upgrade with {status}", "，此前服务器以 {status} 拒绝了升级";
        Because(finding, inference) = "the capture points to {finding}. {inference}", "抓包指向 {finding}。{inference}";
        InOrder = "the closing handshake and TCP's end are in order", "关闭握手和 TCP 的结束都符合规范";
        Unfinished = "the capture ends before the closing handshake and TCP's end do", "抓包在关闭握手和 TCP 结束之前就停止了";
        NotInOrder = "the capture does not show why, and what followed was not in order", "抓包看不出原因，之后的过程不符合规范";
        CauseUnknown(side) = "the capture does not show why: {side}'s program may have stopped or given up, and so may a proxy in its place",
            "抓包看不出原因：可能是{side}的程序停止或放弃了连接，也可能是站在它位置上的代理";
        CauseNotRead(side) = "the capture does not show why: not all that {side} sent could be read, and the reason may be in it",
            "抓包看不出原因：{side}发送的内容没有全部读到，原因可能就在其中";
        VerdictUnknown(why) = "Verdict: the capture does not show how it ended; {why}.", "结论：抓包看不出连接如何结束；{why}。";
        Abnormal = "1006 is never sent: it stands for a connection that ended without a Close frame.",
            "1006 从不在网络上发送：它表示连接没有收到 Close 帧就结束了。";
        NoStatus = "1005 is never sent: it stands for a Close frame without a code.",
            "1005 从不在网络上发送：它表示 Close 帧里没有代码。";
    }
}
