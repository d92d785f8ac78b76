//! What is said in the comments on packets, one thought each.

words! {
    /// A comment on a packet.
    Comment {
        Midway = "the capture begins in the middle of this connection: what it does not show is inferred",
            "抓包从连接中途开始：没有看到的只能推断";
        PhaseOpen = "OPEN begins, the three-way handshake: both ends tell and acknowledge their initial sequence numbers",
            "进入 OPEN，三次握手：双方告知并确认初始序号";
        PhaseUpgrade = "UPGRADE begins: from HTTP to WebSocket on the same TCP connection",
            "进入 UPGRADE：在同一个 TCP 连接上从 HTTP 升级到 WebSocket";
        PhaseData = "DATA begins: bytes that are not WebSocket", "进入 DATA：不是 WebSocket 的字节";
        PhaseMessages = "MESSAGES begins: frames flow in both directions", "进入 MESSAGES：帧在两个方向上流动";
        PhaseWsClose = "WS CLOSE begins, the closing handshake: a Close frame each way", "进入 WS CLOSE，WebSocket 关闭握手：双方各发一个 Close 帧";
        PhaseTcpClose = "TCP CLOSE begins: each direction ends by a FIN and its ACK, or both by a RST",
            "进入 TCP CLOSE，四次挥手：每个方向各要一个 FIN 和一个 ACK，或用 RST 同时结束";
        TcpState = "{} TCP: {} → {} ({}, {})", "{} TCP：{} → {}（{}，{}）";
        WsState = "{} WebSocket: {} → {} ({}, {})", "{} WebSocket：{} → {}（{}，{}）";
        Client = "client", "客户端";
        Server = "server", "服务器";
        Inferred = "inferred", "推断";
        Rebuilt = "rebuilt", "重建";
        Request = "request head: {} {}", "请求头：{} {}";
        AsksUpgrade = "asks for WebSocket; Sec-WebSocket-Key: {}", "请求升级到 WebSocket；Sec-WebSocket-Key：{}";
        AsksWithoutUpgrade = "has a Sec-WebSocket-Key but no Upgrade: websocket (any more): something on the way may have taken it out",
            "有 Sec-WebSocket-Key 却没有 Upgrade: WebSocket：可能被途中的设备去掉了";
        Response = "response head: {} {}", "响应头：{} {}";
        AcceptRight = "accept key right: {} is base64(SHA-1(key + GUID)) (RFC 6455 §4.2.2)",
            "accept key 正确：{} 就是 base64(SHA-1(key + GUID))（RFC 6455 §4.2.2）";
        AcceptWrong = "accept key wrong: {} was sent, {} is expected: the client must fail the connection (RFC 6455 §4.1)",
            "accept key 错误：发来 {}，应为 {}：客户端必须断开连接（RFC 6455 §4.1）";
        AcceptMissing = "no Sec-WebSocket-Accept: {} is expected (RFC 6455 §4.1)", "没有 Sec-WebSocket-Accept：应为 {}（RFC 6455 §4.1）";
        AcceptUnknown = "accept key {} cannot be checked: the request was not captured", "accept key {} 无法检验：没有抓到请求";
        Subprotocol = "subprotocol: {}", "子协议：{}";
        Extension = "extension: {}", "扩展：{}";
        Refusal = "not 101: the Upgrade is refused, the connection stays HTTP", "不是 101：Upgrade 被拒绝，连接仍是 HTTP";
        FramesHere = "{} frames in this segment", "本段里有 {} 个帧";
        FramesMore = "and {} more frames", "还有 {} 个帧";
        Frame = "frame: {}, {} B, {}", "帧：{}，{} B，{}";
        FrameEnds = "frame ends here, over {} segments: {}, {} B, {}", "帧在此结束，共 {} 个报文段：{}，{} B，{}";
        Payload = "{}, payload {}", "{}，载荷 {}";
        MaskedWith = "masked with {}", "掩码 key 为 {}";
        NotMasked = "not masked", "未掩码";
        CloseCode = "close code {}", "关闭代码 {}";
        CloseNamed = "close code {} ({})", "关闭代码 {}（{}）";
        CloseReason = "close reason: {}", "关闭原因：{}";
        Broken = "broken rule: {}", "违反规则：{}";
        MustMask = "a client must mask (RFC 6455 §5.1)", "客户端必须掩码（RFC 6455 §5.1）";
        MustNotMask = "a server must not mask (RFC 6455 §5.1)", "服务器不得掩码（RFC 6455 §5.1）";
        MissingBytes = "{} B of its payload were not captured", "载荷中有 {} B 没有抓到";
        PartOf = "part {} of {} of {}", "{2}的第 {0}/{1} 段";
        PartOfFrame = "a {} frame of {} B", "{1} B 的 {0} 帧";
        PartOfRequest = "the request head", "请求头";
        PartOfResponse = "the response head", "响应头";
        Unfinished = "{} frame of {} B whose end was not captured", "{1} B 的 {0} 帧，没有抓到它的结尾";
        Beyond = "{} B of a frame or head that is too long to count its parts", "{} B，属于某个过长的帧或 HTTP 头，没有数它的段";
        TimeWait = "{} now waits 2 MSL in TIME-WAIT (60 s on Linux): if its last ACK is lost, the peer's FIN comes again and must be answered",
            "{}现在停在 TIME-WAIT 等 2 MSL（Linux 上 60 秒）：最后的 ACK 若丢失，对方的 FIN 会重来，必须有人应答";
        FirstByFrame = "{} closes first, in order: with a Close frame", "{}先关闭，按规矩来：发出 Close 帧";
        FirstByFin = "{} closes first: a FIN, and no Close frame before it", "{}先关闭：只有 FIN，之前没有 Close 帧";
        FirstByFinOfTcp = "{} closes first: a FIN", "{}先关闭：FIN";
        FirstByRst = "{} ends it first: a RST, and what was on its way is lost", "{}先中断：RST，在途数据丢失";
        FirstBySilence = "{} does not answer from here on", "{}从这里起不再应答";
        Silence = "{} of silence before it", "此前静默 {}";
        Elsewhere = "of a connection that has ended (tcp.stream {}, packet {}): {}", "关于已结束的连接 {}（第 {} 个包）：{}";
        FindingsMore = "and {} more findings, for which there was no room", "还有 {} 条发现，放不下了";
        Reported = "{}'s API reports {}", "{}的 API 报告 {}";
    }
}
