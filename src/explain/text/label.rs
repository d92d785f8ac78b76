//! What stands in the ladder and in the diagram.

words! {
    /// A word of the ladder and of the diagram.
    Label {
        Connection = "Connection {}", "连接 {}";
        Client = "CLIENT", "客户端";
        Server = "SERVER", "服务器";
        TheClient = "the client", "客户端";
        TheServer = "the server", "服务器";
        Midway = "The capture begins in the middle of this connection; states marked ? are inferred.",
            "抓包从连接中途开始；带 ? 的状态是推断出来的。";
        RebuiltHere = "Packets and states marked * were not captured: they were rebuilt from what a socket told.",
            "带 * 的包和状态不是抓到的，而是根据套接字的信息重建的。";
        PhaseOpen = "OPEN (three-way handshake)", "OPEN（三次握手）";
        PhaseUpgrade = "UPGRADE (from HTTP to WebSocket)", "UPGRADE（从 HTTP 升级到 WebSocket）";
        PhaseData = "DATA (not WebSocket)", "DATA（不是 WebSocket）";
        PhaseMessages = "MESSAGES", "MESSAGES（消息）";
        PhaseWsClose = "WS CLOSE (closing handshake)", "WS CLOSE（WebSocket 关闭握手）";
        PhaseTcpClose = "TCP CLOSE", "TCP CLOSE（关闭 TCP：四次挥手）";
        Silence = "{} silence", "静默 {}";
        TwoMslLater = "2 MSL later: {} {}", "2 MSL 之后：{} {}";
        MoreAcks = "+{} ACKs", "+{} 个 ACK";
        ArrowsFolded = "… {} frames and {} other arrows folded", "… 折叠了 {} 个帧和 {} 个其他箭头";
        FramesFolded = "… {} frames folded", "… 折叠了 {} 个帧";
        ConnectionsFolded = "… {} connections folded", "… 折叠了 {} 个连接";
        LinesFolded = "… {} more lines", "… 还有 {} 行";
        PartOf = "{} B, part {} of {} of {}", "{0} B，{3} 的第 {1}/{2} 段";
        Masked = "masked", "已掩码";
        SentAgain = "sent again", "重传";
        LostBefore = "lost before it", "此前有丢失";
        WindowUpdate = "window update", "窗口更新";
        Cut = "not whole", "不完整";
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
        BitByte = "byte {}", "字节 {}";
        BitBytes = "bytes {}–{}", "字节 {}–{}";
        BitLength = "length", "长度";
        BitExtended = "extended length", "扩展长度";
        BitMaskingKey = "masking key", "掩码 key";
        BitPayload = "payload: {}", "载荷：{}";
        BitNotMinimal = "not in the fewest bytes (RFC 6455 §5.2)", "没有用最少的字节（RFC 6455 §5.2）";
        BitOf16 = "the next 2 bytes are the length", "长度在后面 2 字节";
        BitOf64 = "the next 8 bytes are the length", "长度在后面 8 字节";
        BitUnmasked = "unmasked: each byte ⊕ key[i mod 4] (RFC 6455 §5.3)", "去掩码：每个字节 ⊕ key[i mod 4]（RFC 6455 §5.3）";
        BitText = "as text", "文本";
        Gap = "{} bytes of {} are missing from offset {} on", "{1}的字节流从偏移 {2} 起缺 {0} 字节";
        Overlap = "{} bytes of {} came again, otherwise than before: the first count",
            "{1}的 {0} 字节再次到来且与先前不同：以先到的为准";
        LostSync = "from offset {} on the frames of {} cannot be told from each other",
            "从偏移 {} 起，{}的帧无法再分辨边界";
        OpaqueBytes = "from offset {} on the bytes of {} are not looked at: {}",
            "从偏移 {} 起，不再解析{}的字节：{}";
        OpaqueTls = "TLS, encrypted", "TLS，已加密";
        OpaqueHttp2 = "HTTP/2", "HTTP/2 协议";
        OpaqueBody = "an HTTP body without a known length", "长度未知的 HTTP 正文";
        OpaqueLongHead = "an HTTP head without an end", "没有结尾的 HTTP 头";
        OpaqueAfterHole = "HTTP after missing bytes", "缺字节之后的 HTTP";
        OpaqueUnknown = "neither HTTP/1 nor frames", "既不是 HTTP/1 也不是帧";
        SimultaneousOpen = "both ends sent a SYN of their own: simultaneous open (RFC 9293 §3.5)",
            "两端各自发出 SYN：同时打开（RFC 9293 §3.5）";
        Why = "In words", "用文字说";
        Glossary = "Words", "名词";
        Findings = "Findings", "发现";
        FindingsOfFile = "What is odd about the file", "文件里的异常之处";
        EndsEarly = "The capture is cut short: it is explained as far as it goes.", "抓包文件不完整：只解释到断开之处。";
        NoTcp = "No TCP connection in it.", "其中没有 TCP 连接。";
    }
}
