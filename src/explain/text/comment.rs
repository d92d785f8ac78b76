//! Comments on packets, one thought each.

texts! {
    /// A comment on a packet.
    Comment {
        Midway = "the capture begins in the middle of this connection: what it does not show is inferred",
            "抓包从连接中途开始：没有看到的只能推断";
        PhaseOpen = "OPEN begins, the three-way handshake: both ends announce and acknowledge their initial sequence numbers",
            "进入 OPEN，三次握手：双方告知并确认初始序号";
        PhaseUpgrade = "UPGRADE begins: from HTTP to WebSocket on the same TCP connection",
            "进入 UPGRADE：在同一个 TCP 连接上从 HTTP 升级到 WebSocket";
        PhaseData = "DATA begins: bytes that are not WebSocket", "进入 DATA：不是 WebSocket 的字节";
        PhaseMessages = "MESSAGES begins: frames flow in both directions", "进入 MESSAGES：帧在两个方向上流动";
        PhaseWsClose = "WS CLOSE begins, the closing handshake: a Close frame each way", "进入 WS CLOSE，WebSocket 关闭握手：双方各发一个 Close 帧";
        PhaseTcpClose = "TCP CLOSE begins: each direction ends by a FIN and its ACK, or both by a RST",
            "进入 TCP CLOSE，四次挥手：每个方向各要一个 FIN 和一个 ACK，或用 RST 同时结束";
        TcpState(side, from, to, event, evidence) = "{side} TCP: {from} → {to} ({event}, {evidence})",
            "{side} TCP：{from} → {to}（{event}，{evidence}）";
        WsState(side, from, to, event, evidence) = "{side} WebSocket: {from} → {to} ({event}, {evidence})",
            "{side} WebSocket：{from} → {to}（{event}，{evidence}）";
        Client = "client", "客户端";
        Server = "server", "服务器";
        Inferred = "inferred", "推断";
        Rebuilt = "rebuilt", "重建";
        Request(method, target) = "request head: {method} {target}", "请求头：{method} {target}";
        AsksUpgrade(key) = "asks for WebSocket; Sec-WebSocket-Key: {key}",
            "请求升级到 WebSocket；Sec-WebSocket-Key：{key}";
        AsksWithoutUpgrade = "has a Sec-WebSocket-Key but no Upgrade: websocket; a proxy may have removed it",
            "有 Sec-WebSocket-Key 却没有 Upgrade: WebSocket；可能被代理去掉了";
        Response(status, reason) = "response head: {status} {reason}", "响应头：{status} {reason}";
        AcceptRight(accept) = "accept key right: {accept} is base64(SHA-1(key + GUID)) (RFC 6455 §4.2.2)",
            "accept key 正确：{accept} 就是 base64(SHA-1(key + GUID))（RFC 6455 §4.2.2）";
        AcceptWrong(accept, expected) = "accept key wrong: {accept} was sent, {expected} is expected: the client must fail the connection (RFC 6455 §4.1)",
            "accept key 错误：发来 {accept}，应为 {expected}：客户端必须断开连接（RFC 6455 §4.1）";
        AcceptMissing(expected) = "no Sec-WebSocket-Accept: {expected} is expected (RFC 6455 §4.1)",
            "没有 Sec-WebSocket-Accept：应为 {expected}（RFC 6455 §4.1）";
        AcceptUnknown(accept) = "accept key {accept} cannot be checked: the request was not captured",
            "accept key {accept} 无法检验：没有抓到请求";
        Subprotocol(name) = "subprotocol: {name}", "子协议：{name}";
        Extension(name) = "extension: {name}", "扩展：{name}";
        Refusal = "not 101: the Upgrade is refused, the connection stays HTTP", "不是 101：Upgrade 被拒绝，连接仍是 HTTP";
        FramesHere(count) = "{count} frames in this segment", "本段里有 {count} 个帧";
        FramesMore(count) = "and {count} more frames", "还有 {count} 个帧";
        Frame(opcode, length, mask) = "frame: {opcode}, {length} B, {mask}", "帧：{opcode}，{length} B，{mask}";
        FrameEnds(segments, opcode, length, mask) = "frame ends here, over {segments} segments: {opcode}, {length} B, {mask}",
            "帧在此结束，共 {segments} 个报文段：{opcode}，{length} B，{mask}";
        Payload(frame, payload) = "{frame}, payload {payload}", "{frame}，载荷 {payload}";
        Inflated(compressed, plain, times, payload) = "the message, inflated from {compressed} B to {plain} B ({times}): {payload}",
            "消息从 {compressed} B 解压为 {plain} B（{times}）：{payload}";
        NotInflated(reason) = "the message is compressed, and not inflated: {reason}", "消息已压缩，未能解压：{reason}";
        MaskedWith(key) = "masked with {key}", "掩码 key 为 {key}";
        NotMasked = "not masked", "未掩码";
        CloseCode(code) = "close code {code}", "关闭代码 {code}";
        CloseNamed(code, name) = "close code {code} ({name})", "关闭代码 {code}（{name}）";
        CloseReason(reason) = "close reason: {reason}", "关闭原因：{reason}";
        Broken(rule) = "broken rule: {rule}", "违反规则：{rule}";
        MustMask = "a client must mask (RFC 6455 §5.1)", "客户端必须掩码（RFC 6455 §5.1）";
        MustNotMask = "a server must not mask (RFC 6455 §5.1)", "服务器不得掩码（RFC 6455 §5.1）";
        MissingBytes(length) = "{length} B of its payload were not captured", "载荷中有 {length} B 没有抓到";
        PartOf(part, parts, whole) = "part {part} of {parts} of {whole}", "{whole}的第 {part}/{parts} 段";
        PartOfFrame(opcode, length) = "a {opcode} frame of {length} B", "{length} B 的 {opcode} 帧";
        PartOfRequest = "the request head", "请求头";
        PartOfResponse = "the response head", "响应头";
        Unfinished(opcode, length) = "{opcode} frame of {length} B whose end was not captured",
            "{length} B 的 {opcode} 帧，没有抓到它的结尾";
        Beyond(length) = "{length} B of a frame or head that is too long to count its parts",
            "{length} B，属于某个过长的帧或 HTTP 头，没有数它的段";
        TimeWait(side) = "{side} now waits 2 MSL in TIME-WAIT (60 s on Linux): if its last ACK is lost, the peer's FIN comes again and must be answered",
            "{side}现在停在 TIME-WAIT 等 2 MSL（Linux 上 60 秒）：最后的 ACK 若丢失，对方的 FIN 会重来，必须有人应答";
        FirstByFrame(side) = "{side} closes first, with a Close frame",
            "{side}先关闭：发出 Close 帧";
        FirstByFin(side) = "{side} closes first, with a FIN; the capture shows no Close frame until here",
            "{side}先关闭：发出 FIN；到此为止没有看到 Close 帧";
        FirstByFinOfTcp(side) = "{side} closes first, with a FIN", "{side}先关闭：发出 FIN";
        FirstByRst(side) = "{side} ends the connection with a RST; data on its way may be lost",
            "{side}用 RST 中断连接；在途数据可能丢失";
        FirstBySilence(side) = "the capture shows no answer of {side} from here on", "从这里起没有看到{side}的应答";
        Silence(duration) = "{duration} of silence before it", "此前静默 {duration}";
        Elsewhere(stream, packet, finding) = "of a connection that has ended (tcp.stream {stream}, packet {packet}): {finding}",
            "关于已结束的连接 {stream}（第 {packet} 个包）：{finding}";
        FindingsMore(count) = "and {count} more findings, for which there was no room", "还有 {count} 条诊断结果，放不下了";
        Reported(side, code) = "{side}'s API reports {code}", "{side}的 API 报告 {code}";
    }
}
