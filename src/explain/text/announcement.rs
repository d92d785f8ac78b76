//! Sentences about what just happened, for a line that is read while it happens.

texts! {
    /// A sentence about what one packet brought.
    AnnouncementText {
        Syn(side) = "{side} sends a SYN: it asks for a TCP connection, and says its initial sequence number.",
            "{side}发出 SYN：请求建立 TCP 连接，并告知自己的初始序号。";
        SynAck(side) = "{side} answers with SYN,ACK: it agrees, and says its own initial sequence number.",
            "{side}回以 SYN,ACK：同意建立，并告知自己的初始序号。";
        Opened(side, time) = "{side} acknowledges: TCP is open at both ends, {time} after the SYN.",
            "{side}确认：TCP 在两端都已建立，距 SYN {time}。";
        OpenedAtSomeTime(side) = "{side} acknowledges: TCP is open at both ends.", "{side}确认：TCP 在两端都已建立。";
        Upgrade(side, path) = "{side} asks for a WebSocket: GET {path} with Upgrade: websocket.",
            "{side}请求升级为 WebSocket：GET {path}，带 Upgrade: websocket。";
        Request(side, method, path) = "{side} sends an HTTP request: {method} {path}.", "{side}发出 HTTP 请求：{method} {path}。";
        Switched(side) = "{side} agrees with 101 and the right accept key: the WebSocket is open.",
            "{side}以 101 同意，accept key 正确：WebSocket 已打开。";
        SwitchedAfter(side, time) = "{side} agrees with 101 and the right accept key, {time} after the request: the WebSocket is open.",
            "{side}以 101 同意，accept key 正确，用时 {time}：WebSocket 已打开。";
        WrongAccept(side) = "{side} agrees with 101, but its accept key is wrong: the client must fail the connection.",
            "{side}以 101 同意，但 accept key 错误：客户端必须断开连接。";
        Refused(side, status) = "{side} refuses the WebSocket with {status}.", "{side}以 {status} 拒绝升级为 WebSocket。";
        Response(side, status) = "{side} answers {status}.", "{side}回答 {status}。";
        TextMessage(side, length) = "{side} sent a text message of {length} bytes.", "{side}发送了一条文本消息，{length} 字节。";
        BinaryMessage(side, length) = "{side} sent a binary message of {length} bytes.",
            "{side}发送了一条二进制消息，{length} 字节。";
        FragmentedMessage(side, length, frames) = "{side} finished a message: {length} bytes in {frames} frames, which the application gets as one.",
            "{side}发完一条消息：{frames} 个帧，共 {length} 字节，应用收到的是一条。";
        Echo(side, length, time) = "{side} sent the same {length} bytes back, {time} later.",
            "{side}把同样的 {length} 字节发了回来，用时 {time}。";
        Fragment(side, length) = "{side} sent {length} bytes of a message with FIN=0: more frames follow.",
            "{side}发送了消息的 {length} 字节，FIN=0：后面还有帧。";
        Ping(side, length, peer) = "{side} sent a Ping with {length} bytes: {peer} must answer with the same.",
            "{side}发送了带 {length} 字节的 Ping：{peer}必须用同样的内容应答。";
        Pong(side, peer, length, time) = "{side} answered {peer}'s Ping with the same {length} bytes, {time} later.",
            "{side}用同样的 {length} 字节应答了{peer}的 Ping，用时 {time}。";
        LonePong(side) = "{side} sent a Pong that answers no Ping.", "{side}发送了一个没有对应 Ping 的 Pong。";
        Close(side, code) = "{side} begins the closing handshake: Close{code}.", "{side}开始关闭握手：Close{code}。";
        CloseAnswer(side, code, time) = "{side} answers with its own Close{code}, {time} later: the closing handshake is complete.",
            "{side}回以自己的 Close{code}，用时 {time}：关闭握手完成。";
        Fin(side) = "{side} sends FIN: it will send nothing more.", "{side}发出 FIN：不再发送任何数据。";
        SecondFin(side) = "{side} sends its own FIN: neither end will send anything more.",
            "{side}也发出 FIN：双方都不再发送数据。";
        Ended(waiting) = "Both FINs are acknowledged. {waiting} closed TCP first, and stays in TIME-WAIT.",
            "两个 FIN 都已确认。{waiting}先关闭 TCP，停在 TIME-WAIT。";
        EndedForAll = "Both FINs are acknowledged, and TCP has ended.", "两个 FIN 都已确认，TCP 结束。";
        Reset(side) = "{side} ended the connection with a RST: data on its way may be lost.",
            "{side}用 RST 中断了连接：在途数据可能丢失。";
        ConnectionRefused(side) = "{side} refused the TCP connection: its RST answers the SYN.",
            "{side}拒绝了 TCP 连接：以 RST 回答 SYN。";
        SentAgain(side) = "{side} sent again what was sent before.", "{side}重传了以前发过的内容。";
        Found(finding, fact) = "{finding}: {fact}", "{finding}：{fact}";
    }
}
