//! Labels of the ladder and the diagram.

texts! {
    /// A label of the ladder or the diagram.
    Label {
        Connection(number, client, server) = "Connection {number}  CLIENT {client} → SERVER {server}",
            "连接 {number}  客户端 {client} → 服务器 {server}";
        Begins(time) = ", begins {time} s into the capture", "，始于抓包开始后 {time} 秒";
        BeginsAt(time) = ", begins {time}", "，始于 {time}";
        TimeOfDay = "time (UTC)", "时刻 (UTC)";
        HeadlineOfWebSocket(packets, duration, client, server) =
            "{packets} in {duration}; messages: {client} from the client, {server} from the server",
            "{packets}，历时 {duration}；消息：客户端 {client} 条，服务器 {server} 条";
        HeadlineOfTcp(packets, duration) = "{packets} in {duration}; no WebSocket was seen",
            "{packets}，历时 {duration}；没有看到 WebSocket";
        TableWorst = "worst", "诊断";
        TableEnding = "ended by", "结束方式";
        TableDuration = "duration", "历时";
        TableMessages = "messages", "消息";
        TablePackets = "packets", "包数";
        TableTarget = "target", "请求目标";
        SideClient = "client", "客户端";
        SideServer = "server", "服务器";
        EndSilence(side) = "{side} silent", "{side}无应答";
        EndOpen = "still open", "仍然打开";
        EndNotOpened = "no handshake", "握手未完成";
        EndNotShown = "not shown", "抓包看不出";
        SeeMore(count) = "{count} connections. See one with --stream N, those with problems with --filter 'severity >= warning', all of them with -o FILE.txt.",
            "共 {count} 个连接。看其中一个：--stream N；只看有问题的：--filter 'severity >= warning'；看全部：-o FILE.txt。";
        NoProblem = "no error, no warning", "没有错误，没有警告";
        OnePacket = "1 packet", "1 个包";
        Packets(count) = "{count} packets", "{count} 个包";
        Requested(target) = "; path {target}", "；路径 {target}";
        Client = "CLIENT", "客户端";
        Server = "SERVER", "服务器";
        TheClient = "the client", "客户端";
        TheServer = "the server", "服务器";
        Inside(encapsulations) = "The packets are inside {encapsulations}.", "包的外层：{encapsulations}。";
        Midway = "The capture begins in the middle of this connection; states marked ? are inferred.",
            "抓包从连接中途开始；带 ? 的状态是推断出来的。";
        RebuiltHere = "Packets and states marked * were not captured: they were rebuilt from what a socket told.",
            "带 * 的包和状态不是抓到的，而是根据套接字的信息重建的。";
        PhaseOpen = "OPEN (three-way handshake)", "OPEN（三次握手）";
        PhaseUpgrade = "UPGRADE (from HTTP to WebSocket)", "UPGRADE（从 HTTP 升级到 WebSocket）";
        PhaseData = "DATA (not read as WebSocket)", "DATA（未按 WebSocket 解读）";
        PhaseMessages = "MESSAGES", "MESSAGES（消息）";
        PhaseWsClose = "WS CLOSE (closing handshake)", "WS CLOSE（WebSocket 关闭握手）";
        PhaseTcpClose = "TCP CLOSE", "TCP CLOSE（关闭 TCP：四次挥手）";
        Silence(duration) = "{duration} silence", "静默 {duration}";
        TwoMslLater(side, state) = "2 MSL later: {side} {state}", "2 MSL 之后：{side} {state}";
        MoreAcks(count) = "+{count} ACKs", "+{count} 个 ACK";
        ArrowsFolded(frames, arrows) = "… {frames} frames and {arrows} other arrows folded",
            "… 折叠了 {frames} 个帧和 {arrows} 个其他箭头";
        FramesFolded(count) = "… {count} frames folded", "… 折叠了 {count} 个帧";
        ConnectionsFolded(count) = "… {count} connections folded", "… 折叠了 {count} 个连接";
        LinesFolded(count) = "… {count} more lines", "… 还有 {count} 行";
        PartOf(length, part, parts, whole) = "{length} B, part {part} of {parts} of {whole}",
            "{length} B，{whole} 的第 {part}/{parts} 段";
        Masked = "masked", "已掩码";
        NotInflated = "not inflated", "未解压";
        Inflated(compressed, plain, times) = "inflated from {compressed} B to {plain} B ({times}), as the application gets it (RFC 7692 §6.2)",
            "从 {compressed} B 解压为 {plain} B（{times}），应用收到的内容（RFC 7692 §6.2）";
        NotInflatedFor(reason) = "compressed, and not inflated: {reason}", "已压缩，未能解压：{reason}";
        InflateBytesMissing = "bytes of it are missing", "缺少字节";
        InflateNoEnd = "it has no end", "没有结尾";
        InflateNoRoom = "there was no memory left for the window (--max-memory SIZE)", "没有内存留给窗口（--max-memory）";
        InflateCorrupt = "the bytes are not what a compressor makes (RFC 1951)", "这些字节不是有效的压缩数据（RFC 1951）";
        InflateTooLong = "it is longer than what is inflated", "超过了解压的上限";
        InflateAfterOther = "a message before it could not be inflated, and the window is shared", "之前有消息无法解压，而窗口是共用的";
        SentAgain = "sent again", "重传";
        LostBefore = "lost before it", "此前有丢失";
        WindowUpdate = "window update", "窗口更新";
        Cut = "not whole", "不完整";
        AcceptTitle = "The accept key, step by step (RFC 6455 §4.2.2): the server proves that it received the WebSocket handshake",
            "逐步计算 accept key（RFC 6455 §4.2.2）：服务器以此证明它收到了 WebSocket 握手";
        AcceptKey = "the client's key", "客户端的 key";
        AcceptGuid = "+ the fixed GUID", "+ 固定的 GUID";
        AcceptSha = "SHA-1 of both", "两者相连的 SHA-1";
        AcceptBase64 = "in base64", "base64 编码";
        AcceptSent = "the server sent", "服务器发来";
        AcceptRight = "the same ✓", "一致 ✓";
        AcceptWrong = "not the same ✗: the client must fail the connection", "不一致 ✗：客户端必须断开连接";
        AcceptTry = "try it", "自己算";
        BitByte(byte) = "byte {byte}", "字节 {byte}";
        BitBytes(first, last) = "bytes {first}–{last}", "字节 {first}–{last}";
        BitLength = "length", "长度";
        BitExtended = "extended length", "扩展长度";
        BitMaskingKey = "masking key", "掩码 key";
        BitPayload(text) = "payload: {text}", "载荷：{text}";
        BitNotMinimal = "not in the fewest bytes (RFC 6455 §5.2)", "没有用最少的字节（RFC 6455 §5.2）";
        BitOf16 = "the next 2 bytes are the length", "长度在后面 2 字节";
        BitOf64 = "the next 8 bytes are the length", "长度在后面 8 字节";
        BitUnmasked = "unmasked: each byte ⊕ key[i mod 4] (RFC 6455 §5.3)", "去掩码：每个字节 ⊕ key[i mod 4]（RFC 6455 §5.3）";
        BitText = "as text", "文本";
        Gap(length, side, offset) = "{length} bytes of {side} are missing from offset {offset} on",
            "{side}的字节流从偏移 {offset} 起缺 {length} 字节";
        Overlap(length, side) = "{length} bytes of {side} came again with other content: what came first counts",
            "{side}的 {length} 字节再次到来，内容与先前不同：以先到的为准";
        LostSync(offset, side) = "from offset {offset} on the frame boundaries of {side} are not known",
            "从偏移 {offset} 起，{side}的帧边界不明";
        Resync(offset, side, packet) = "from offset {offset} on (packet {packet}) the bytes of {side} are read as WebSocket frames, which is inferred from their form",
            "从偏移 {offset} 起（第 {packet} 个包），{side}的字节按 WebSocket 帧解读，这是由格式推断的";
        HttpForFrame(offset, side) = "at offset {offset} HTTP stands where a frame of {side} should begin",
            "偏移 {offset} 处，{side}的下一帧应当开始的地方是 HTTP";
        ChunkForFrame(offset, side) = "from offset {offset} on the framing of a chunked body stands around the frames of {side}",
            "从偏移 {offset} 起，{side}的帧外面套着分块正文的块头";
        OpaqueBytes(offset, side, content) = "from offset {offset} on the bytes of {side} are not read: {content}",
            "从偏移 {offset} 起，不再解析{side}的字节：{content}";
        OpaqueTls = "TLS, encrypted", "TLS，已加密";
        OpaqueHttp2 = "HTTP/2", "HTTP/2 协议";
        OpaqueBody = "an HTTP body whose end is unknown", "不知在何处结束的 HTTP 正文";
        OpaqueLongHead = "an HTTP head without an end", "没有结尾的 HTTP 头";
        OpaqueAfterHole = "HTTP after missing bytes", "缺字节之后的 HTTP";
        OpaqueUpgraded(protocol) = "{protocol}, to which the 101 switched", "{protocol}，由 101 响应切换而来";
        OpaqueDraft(draft) = "frames of an old draft of the protocol ({draft}), which RFC 6455 replaced",
            "旧草案（{draft}）的帧，该草案已被 RFC 6455 取代";
        OpaqueUnknown = "neither HTTP/1 nor frames", "既不是 HTTP/1 也不是帧";
        ProxyHeader(side, version, source, destination) = "PROXY protocol, version {version}: {side} forwards a connection from {source} to {destination}",
            "PROXY 协议版本 {version}：{side}转发的是从 {source} 到 {destination} 的连接";
        ProxyHeaderLocal(side, version) = "PROXY protocol, version {version}: {side} names no addresses",
            "PROXY 协议版本 {version}：{side}没有给出地址";
        SocksRequest(version, target) = "SOCKS{version}: the client asks the proxy for a connection to {target}",
            "SOCKS{version}：客户端请求代理连接到 {target}";
        SocksGranted(version) = "SOCKS{version}: the proxy has connected; what follows goes through it",
            "SOCKS{version}：代理已连接；后面的内容经它转发";
        SocksRefused(version, code) = "SOCKS{version}: the proxy refuses the connection, code {code}",
            "SOCKS{version}：代理拒绝连接，代码 {code}";
        Tunnel(target) = "CONNECT is granted: what follows goes through the proxy to {target}",
            "CONNECT 已获准：后面的内容经代理转发到 {target}";
        SimultaneousOpen = "both ends sent a SYN of their own: simultaneous open (RFC 9293 §3.5)",
            "两端各自发出 SYN：同时打开（RFC 9293 §3.5）";
        GoesOn(packet) = "the RST in packet {packet} ended nothing: the connection goes on",
            "第 {packet} 个包的 RST 没有结束任何东西：连接照常继续";
        Why = "In words", "解读";
        Lessons = "Background", "背景知识";
        Glossary = "Words", "术语表";
        Findings = "Findings", "诊断结果";
        FindingsOfFile = "What is odd about the file", "文件里的异常之处";
        EndsEarly = "The capture is cut short: it is explained as far as it goes.", "抓包文件不完整：只解释到断开之处。";
        NoneSelected(connections) = "None that was asked for is among its TCP connections ({connections} in all).",
            "其中共有 {connections} 个 TCP 连接，没有所选的连接。";
        NoTcp = "No TCP connection was found in it.", "其中没有找到 TCP 连接。";
    }
}
