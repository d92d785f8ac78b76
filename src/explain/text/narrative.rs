//! Sentences about a connection.

texts! {
    /// A sentence about a connection.
    Narrative {
        ThreeToOpen = "TCP opens with three segments: each side sends its initial sequence number in a SYN, and each SYN must be acknowledged. The server's ACK and SYN share one segment. With two segments the server would not know whether its number arrived.",
            "TCP 用三个报文段建立连接：双方各用 SYN 发出初始序号，且都要得到确认。服务器的 ACK 与 SYN 合用一段。若只有两段，服务器无从得知自己的序号是否送达。";
        BothOpened = "Both ends opened TCP at once: each sent a SYN, and each SYN was acknowledged separately (RFC 9293 §3.5).",
            "双方同时打开连接：各发一个 SYN，各自得到确认（RFC 9293 §3.5）。";
        ClosedByFrame(side, code, packet) = "{side} closed first: its Close frame{code} is in packet {packet}.",
            "{side}先关闭：Close 帧{code}在第 {packet} 个包。";
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
        ClosedByRst(side, packet) = "{side} ended the connection with a RST in packet {packet}: no Close frame, no FIN. Data on its way may be lost.",
            "{side}在第 {packet} 个包用 RST 中断连接：没有 Close 帧，没有 FIN。在途数据可能丢失。";
        TcpClosedByFin(side, packet) = "{side} closed TCP first, with a FIN in packet {packet}.",
            "{side}先关闭 TCP：FIN 在第 {packet} 个包。";
        TcpClosedByRst(side, packet) = "{side} ended the connection with a RST in packet {packet}: no FIN. Data on its way may be lost.",
            "{side}在第 {packet} 个包用 RST 中断连接：没有 FIN。在途数据可能丢失。";
        Refused(side, packet) = "{side} refused the connection: its RST in packet {packet} answers the SYN.",
            "{side}拒绝了连接：第 {packet} 个包的 RST 是对 SYN 的回答。";
        FellSilent(side, packet) = "{side} fell silent: packet {packet} was not answered.",
            "{side}不再应答：第 {packet} 个包没有得到回应。";
        EndUnknown(why) = "The capture does not show whether the connection was closed: {why}.",
            "抓包看不出连接是否已关闭：{why}。";
        NeverOpened = "The TCP handshake is not finished where the capture ends.",
            "到抓包结束时，TCP 握手还没有完成。";
        EndNotCaptured = "The capture does not show how it ended. A new connection on the same ports follows, so it is gone.",
            "抓包看不出它如何结束。同一对端口上随后建立了新连接，所以它已不存在。";
        StillOpen = "It is still open where the capture ends.", "抓包结束时连接仍然打开。";
        Four = "TCP closed with four segments: each direction is closed separately, by a FIN and its ACK.",
            "TCP 用四个报文段关闭：两个方向各自关闭，各要一个 FIN 和一个 ACK。";
        Three = "TCP closed with three segments, not four: the second side had nothing more to send, so its ACK and its own FIN share one.",
            "TCP 用三个而不是四个报文段关闭：后关的一方没有数据要发，它的 ACK 与自己的 FIN 合成一段。";
        Simultaneous = "The two FINs crossed: both sides closed at once.", "两个 FIN 在途中交错：双方同时关闭。";
        HalfOpen = "The capture shows a FIN of one side only, and not how the other direction ended.",
            "抓包里只有一方的 FIN，看不出另一个方向如何结束。";
        Reset = "TCP ended with a RST, not with FINs.", "TCP 以 RST 结束，而不是 FIN。";
        TimeWait(side) = "{side} sent its FIN first and stays in TIME-WAIT for 2 MSL. If its last ACK is lost, the FIN comes again and must be answered; and no old segment may reach a new connection on the same ports.",
            "{side}先发 FIN，所以停在 TIME-WAIT 等 2 MSL。最后的 ACK 若丢失，对端的 FIN 会重传，必须有人应答；旧报文段也不能混入同一对端口上的新连接。";
        BothTimeWait = "Both ends sent a FIN before the peer's came, so both stay in TIME-WAIT for 2 MSL. A lost last ACK must be sent again; and no old segment may reach a new connection on the same ports.",
            "双方都在收到对端的 FIN 之前发了 FIN，所以都停在 TIME-WAIT 等 2 MSL。最后的 ACK 若丢失，必须重发；旧报文段也不能混入同一对端口上的新连接。";
        FourBrief = "TCP closed with four segments.", "TCP 用四个报文段关闭。";
        ThreeBrief = "TCP closed with three segments.", "TCP 用三个报文段关闭。";
        TimeWaitBrief(side) = "{side} sent its FIN first and stays in TIME-WAIT for 2 MSL.",
            "{side}先发 FIN，停在 TIME-WAIT 等 2 MSL。";
        BothTimeWaitBrief = "Both ends stay in TIME-WAIT for 2 MSL.", "双方都停在 TIME-WAIT 等 2 MSL。";
        FourLesson = "TCP closes each direction separately, by a FIN and its ACK: four segments.",
            "TCP 的两个方向各自关闭，各要一个 FIN 和一个 ACK，共四个报文段。";
        ThreeLesson = "TCP may close with three segments, not four: if the second side has nothing more to send, its ACK and its own FIN share one.",
            "TCP 也可以用三个而不是四个报文段关闭：后关的一方没有数据要发时，它的 ACK 与自己的 FIN 合成一段。";
        TimeWaitLesson = "Who sends its FIN first stays in TIME-WAIT for 2 MSL (60 s on Linux). If its last ACK is lost, the peer's FIN comes again and must be answered; and no old segment may reach a new connection on the same ports.",
            "先发 FIN 的一方停在 TIME-WAIT 等 2 MSL（Linux 上 60 秒）：最后的 ACK 若丢失，对端的 FIN 会重传，必须有人应答；旧报文段也不能混入同一对端口上的新连接。";
        Reported(side, code) = "{side}'s API reports {code}.", "{side}的 API 报告 {code}。";
        ReportUnknown(why) = "unknown: {why}", "未知：{why}";
        ReportedUnknown(side, why) = "The capture does not show what {side}'s API reports: {why}.",
            "抓包看不出{side}的 API 报告什么：{why}。";
        OnlyRstAcknowledges(peer, packet) = "only the RST in packet {packet} acknowledges {peer}'s Close frame, and a RST does not tell whether the application had read it",
            "{peer}的 Close 帧只由第 {packet} 个包的 RST 确认，而 RST 看不出应用是否已读到它";
        NoSocketReports(packet) = "the RST in packet {packet} has no ACK, so no socket sent it: the program or its host is gone, or something on the way has forgotten the connection",
            "第 {packet} 个包的 RST 不带 ACK，所以不是由套接字发出：程序或主机已不在，或途中有环节丢失了这个连接的状态";
        SomeBytes = "bytes", "一些字节";
        UnreadGap(side, offset, length) = "the capture lacks {length} of {side} from offset {offset} on",
            "抓包缺少{side}从偏移 {offset} 起的 {length}";
        UnreadCut(side, offset, length) = "packets were cut short, and {length} of {side} are missing from offset {offset} on",
            "包被截断，缺少{side}从偏移 {offset} 起的 {length}";
        UnreadGivenUp(side, offset, length) = "{length} of {side} from offset {offset} on were given up for lack of memory",
            "{side}从偏移 {offset} 起的 {length} 因内存不足被放弃";
        UnreadLongHead(side, offset) = "the HTTP head that begins at offset {offset} of {side} exceeds a limit (64 KiB, 1000 lines), and nothing from there on was read",
            "{side}从偏移 {offset} 起的 HTTP 头部超出上限（64 KiB、1000 行），从那里起都没有读";
        UnreadBody(side, offset) = "an HTTP body of {side} begins at offset {offset}, and where it ends is not known",
            "{side}从偏移 {offset} 起是 HTTP 正文，结尾位置不明";
        UnreadDesync(side, offset) = "no frame boundary is known in the bytes of {side} from offset {offset} on",
            "从偏移 {offset} 起，{side}的字节里帧边界不明";
        UnreadEncrypted(side, offset) = "the bytes of {side} are encrypted from offset {offset} on",
            "{side}的字节从偏移 {offset} 起是加密的";
        UnreadOther(side, offset) = "the bytes of {side} from offset {offset} on are of a protocol that is not read",
            "{side}从偏移 {offset} 起的字节属于不解析的协议";
        UnreadBefore(side) = "what {side} sent before the capture began is not known",
            "抓包开始之前{side}发了什么不得而知";
        UnreadAfter(side) = "what {side} sends after the capture ends is not known",
            "抓包结束之后{side}发什么不得而知";
        UnreadDirection(side) = "the capture has no packet of {side}", "没有抓到{side}的任何包";
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
        EndedBySilence(side, packet) = "{side} did not answer packet {packet} or anything after it",
            "{side}没有回应第 {packet} 个包，也没有回应之后的包";
        AfterRefusal(status) = ", after the server had answered the Upgrade with {status}", "，此前服务器以 {status} 拒绝了升级";
        Because(finding, inference) = "the capture points to {finding}. {inference}", "抓包指向 {finding}。{inference}";
        InOrder = "the closing handshake and TCP's end are in order", "关闭握手和 TCP 的结束都符合规范";
        Unfinished = "the capture ends before the closing handshake and TCP's end do", "抓包在关闭握手和 TCP 结束之前就停止了";
        NotInOrder = "the capture does not show why, and what followed was not in order", "抓包看不出原因，之后的过程不符合规范";
        CauseUnknown(side) = "the capture does not show why: {side}'s program may have stopped or given up, or a proxy in its place",
            "抓包看不出原因：可能是{side}的程序停止或放弃了连接，也可能是代替它的代理";
        CauseNotRead(side) = "the capture does not show why: not all that {side} sent could be read, and the reason may be among it",
            "抓包看不出原因：{side}发送的内容没有全部读到，原因可能就在其中";
        VerdictUnknown(why) = "No verdict: the capture does not show how the connection ended; {why}.",
            "无法给出结论：抓包看不出连接如何结束；{why}。";
        Abnormal = "1006 must not be sent (RFC 6455 §7.4.1): it stands for a connection that ended before a Close frame was received.",
            "1006 不得在网络上发送（RFC 6455 §7.4.1）：它表示还没有收到 Close 帧，连接就结束了。";
        NoStatus = "1005 must not be sent (RFC 6455 §7.4.1): it stands for a Close frame without a code.",
            "1005 不得在网络上发送（RFC 6455 §7.4.1）：它表示 Close 帧里没有状态码。";
    }
}
