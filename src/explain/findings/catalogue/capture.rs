//! The capture itself: its artefacts, and what it cannot show.

use crate::explain::findings::entry::{catalogue, phrases};
use crate::rfc::Rfc;

catalogue! { Capture:
    PACKETS_CAPTURED_TWICE = "X01" Info None, Likely {
        "the capture has {copies} of the {packets} packets of this connection twice: a packet captured just before has the same bytes, sequence numbers and IP ID", "这个连接的 {packets} 个包里有 {copies} 个是副本：字节、序号和 IP ID 都与刚抓到的某个包相同";
        "each was sent once and captured twice: leaving and arriving on loopback, or on two interfaces. A copy is no retransmission, and counts for nothing here", "每个都只发了一次，却抓到两次：在回环口发出和收到时各一次，或在两块网卡上各一次。副本不是重传，这里一概不计";
        "capture one direction only (tcpdump -Q out -i lo), or on one interface", "只抓一个方向（tcpdump -Q out -i lo），或只在一块网卡上抓";
        alternatives: "a retransmission, which has an IP ID of its own and comes a retransmission timeout later", "a duplicate ACK, which has an IP ID of its own";
    }
    CHECKSUMS_WRONG = "X02" Info Some(Rfc(9293, "3.1")), Likely {
        "{wrong} of the {checked} packets of {side} that can be checked have a wrong TCP checksum; the first is packet {packet}", "{side}有 {checked} 个包可以检验 TCP 校验和，其中 {wrong} 个有误；首个是第 {packet} 个包";
        "the data is intact: these packets were captured before the network card filled in the checksum (checksum offload)", "数据没有损坏：抓到这些包时，网卡还没有填写校验和（校验和卸载）";
        "capture at the other end, or switch the offload off (ethtool -K IFACE tx off): the checksums are right there", "在另一端抓包，或关闭卸载（ethtool -K IFACE tx off）：那时校验和应当正确";
        alternatives: "damage on the way: then the checksum is not the partial sum that the system leaves for the card", "a file that was changed since: then all checksums are wrong";
    }
    SEGMENT_LARGER_THAN_MSS = "X03" Info None, Likely {
        "{side}'s packet {packet} carries {length} B; its peer announced an MSS of {mss} B", "{side}的第 {packet} 个包带有 {length} B 数据，而对端宣告的 MSS 是 {mss} B";
        "no such segment was on the wire: it was captured before it was split, or after several were joined (TSO, GRO)", "线上没有这么大的报文段：抓到它时还没有切分，或几个报文段已经合并（TSO、GRO）";
        "count the segments at the other end, or switch the offload off (ethtool -K IFACE tso off gro off)", "在另一端数报文段，或关闭卸载（ethtool -K IFACE tso off gro off）";
        alternatives: "a path with a larger MTU: then the peer announces a larger MSS";
    }
    CAPTURE_BEGINS_MIDWAY = "X04" Info None, Certain {
        "the capture begins in the middle of this connection: its first packet, {packet}, is no SYN", "抓包从连接中途开始：它的首个包（第 {packet} 个包）不是 SYN";
        "the capture does not show what came before: who opened the connection, the opening handshake, the extensions, the first messages", "抓包看不出之前的内容：谁发起连接、升级握手、扩展、最初的消息";
        "start the capture before the client connects. If this is a WebSocket and was not read as one, add --port {port}", "在客户端连接之前开始抓包。若这是 WebSocket 却没有按它解析，加上 --port {port}";
    }
    PACKETS_CUT_SHORT = "X05" Info None, Certain {
        "packets were cut short when they were captured: {length} B of {side} are missing from offset {offset} on", "抓包时包被截断：{side}的字节流从偏移 {offset} 起缺 {length} B";
        "the capture does not show what the missing bytes hold", "抓包看不出缺失的字节里有什么";
        "capture whole packets (tcpdump -s 0)", "抓完整的包（tcpdump -s 0）";
    }
    BYTES_MISSING = "X06" Info None, Certain {
        "{length} B of {side} are missing from offset {offset} on: {reason}", "{side}的字节流从偏移 {offset} 起缺 {length} B：{reason}";
        "the capture does not show what they hold. A frame may begin among them, so nothing is said to be absent", "抓包看不出其中有什么。里面可能有帧开始，所以不断言什么没有出现";
        "look for drops in the statistics of the capture, and capture with a larger buffer (tcpdump -B)", "查看抓包统计里的丢包数，并用更大的缓冲区抓包（tcpdump -B）";
    }
    CLOCK_STEPS_BACK = "X07" Info None, Certain {
        "the time of packet {packet} is {step} before that of the packet captured before it", "第 {packet} 个包的时间比前一个抓到的包早 {step}";
        "durations across this packet are not reliable", "跨过这个包的时长不可信";
        "sort the file by time (reordercap): packets of several processors or interfaces may be written out of order. If times still step back, the clock was set", "按时间排序（reordercap）：来自多个处理器或网卡的包，写入时可能乱序。若排序后时间仍然倒退，就是时钟被调过";
    }
    TLS_ENCRYPTED = "X08" Info None, Certain {
        "the bytes of {side} are TLS from packet {packet} on", "从第 {packet} 个包起，{side}的字节是 TLS";
        "without the keys only times and sizes can be read, and no frame", "没有密钥就只能读到时间和大小，读不到帧";
        "log the keys (SSLKEYLOGFILE for browsers and Node), or capture where TLS has been removed", "记录密钥（浏览器和 Node 用 SSLKEYLOGFILE），或在 TLS 已解开的位置抓包";
    }
    CAPTURE_POINT_NEAR_ONE_END = "X09" Info None, Likely {
        "the SYN,ACK came {syn_ack_delay} after the SYN, and the ACK {ack_delay} after the SYN,ACK", "SYN,ACK 在 SYN 之后 {syn_ack_delay} 到达，ACK 又在 SYN,ACK 之后 {ack_delay}";
        "the packets were captured at or near {near}: what {far} does is seen half a round trip later", "抓包位置在{near}或其附近：{far}的动作要晚半个往返时间才看到";
        "capture at both ends and compare", "在两端同时抓包并比较";
        alternatives: "a capture point midway: then the two delays are alike", "a round trip too short to tell";
    }
    PACKETS_REBUILT = "X10" Info None, Certain {
        "{rebuilt} of the {packets} packets of this connection were not captured, but rebuilt from what a socket received and sent", "这个连接的 {packets} 个包里有 {rebuilt} 个不是抓到的，而是根据套接字收发的内容重建的";
        "the bytes and their order are real; sequence numbers, windows, pure ACKs and some of the times were made up to fit", "字节及其顺序是真实的；序号、窗口、纯 ACK 和部分时间是补出来的";
        "capture the real packets (serve --capture-mode packet, with CAP_NET_RAW)", "抓取真实的包（serve --capture-mode packet，需要 CAP_NET_RAW）";
    }
    CONNECTIONS_GIVEN_UP = "X13" Warning None, Certain {
        "from packet {packet} on, {connections} connections were given up for lack of memory; {later} later packets were not read", "从第 {packet} 个包起，因内存不足放弃了 {connections} 个连接；它们之后的 {later} 个包没有读";
        "what such a connection did afterwards is not known. Before a connection is given up its compression windows are; from then on its compressed messages are counted, but not shown", "这些连接之后做了什么不得而知。放弃连接之前会先放弃它的压缩窗口，此后它的压缩消息只计数，不显示";
        "run it again with more memory (--max-memory 4G), or read fewer connections (--stream N, --port N)", "给更多内存再运行一次（--max-memory 4G），或只读部分连接（--stream N、--port N）";
    }
    BYTES_UNREAD = "X12" Warning None, Certain {
        "not all bytes of this connection could be read – {unread}", "这个连接的字节没有全部读到：{unread}";
        "a Close frame or any other frame may be among them: what depends on them is said to be unknown", "其中可能有 Close 帧或别的帧：凡取决于它们的，都说成未知";
        "capture again before the client connects: whole packets, both directions (tcpdump -s 0 -B 65536); then look at the drops that tcpdump counts", "在客户端连接之前重新抓包：完整的包，两个方向都抓（tcpdump -s 0 -B 65536）；再看 tcpdump 统计的丢包数";
    }
    PACKETS_NOT_READ = "X11" Info None, Certain {
        "packets of the link type {what} are not read: {packets}, the first is packet {first}", "链路类型 {what} 的包没有解析：共 {packets} 个，首个是第 {first} 个包";
        "what is in them is not known; TCP connections may be", "其中的内容不得而知，可能含有 TCP 连接";
        "open the file in Wireshark, or capture where the packets are plain IP", "用 Wireshark 打开，或在能看到普通 IP 包的位置抓包";
        alternatives: "packets of other protocols, which are read and are not counted";
    }
}

phrases! {
    WINDOWS_GIVEN_UP = "from packet {packet} on, the compression windows of {windows} connections were given up for lack of memory", "从第 {packet} 个包起，因内存不足放弃了 {windows} 个连接的压缩窗口";
    WINDOWS_ALONE = "their later compressed messages are counted, but not shown", "它们之后的压缩消息只计数，不显示";
    NOT_ALL_KNOWN_AGAIN = "from packet {packet} on, {connections} connections were given up for lack of memory, too many to recognize all of their packets again; {later} later packets were not read, of these or of connections that the capture has only from the middle on", "从第 {packet} 个包起，因内存不足放弃了 {connections} 个连接，多到无法再认出它们的全部包；之后有 {later} 个包没有读，属于这些连接，或属于抓包从中途才看到的连接";
    BYTES = "bytes", "若干字节";
    LACKING = "that the capture lacks", "抓包里缺失";
    CUT_OFF = "cut off by the capture", "抓包时被截掉";
    UNBOUNDED_BODY = "behind the beginning of an HTTP body whose end is not known", "位于结尾不明的 HTTP 正文之中或之后";
    WITHOUT_BOUNDARY = "behind a place where the frame boundaries were lost", "位于帧边界丢失之处的后面";
    ENCRYPTED = "encrypted", "已加密";
    OTHER_PROTOCOL = "of a protocol that is not read", "属于不解析的协议";
    BEFORE_CAPTURE = "sent before the capture", "在抓包开始之前";
    AFTER_CAPTURE = "sent after the capture", "在抓包结束之后";
    GIVEN_UP = "given up for lack of memory", "因内存不足被放弃";
    LONG_HEAD = "from an HTTP head on that exceeds a limit (64 KiB, 1000 lines)", "位于超出上限（64 KiB、1000 行）的 HTTP 头部之中或之后";
    LONG_HEAD_CONFIRM = "find what makes the head so long (H23): a new capture shows no more of it", "先找出头部变长的原因（H23）：重新抓包也不会读到更多";
    OTHER_DIRECTION = "in a direction of which the capture has no packet", "所在的方向没有抓到任何包";
    ENCAPSULATED = "packets in {what} are not read: {packets}, the first is packet {first}", "{what} 里的包没有解析：共 {packets} 个，首个是第 {first} 个包";
    ENCRYPTED_PACKETS = "packets encrypted with {what} are not read: {packets}, the first is packet {first}", "以 {what} 加密的包没有解析：共 {packets} 个，首个是第 {first} 个包";
    ENCRYPTED_CONFIRM = "capture where the packets are not encrypted: at one end, on the interface inside the tunnel", "在未加密的位置抓包：在某一端，抓隧道内侧的网卡";
    IN_TUNNELS = "packets in more than 16 nested tunnels are not read: {packets}, the first is packet {first}", "隧道嵌套超过 16 层的包没有解析：共 {packets} 个，首个是第 {first} 个包";
    FRAGMENTS = "IP fragments that lack other fragments of the same packet cannot be reassembled: {packets}, the first is packet {first}", "有 IP 分片缺少同一个包的其他分片，无法重组：共 {packets} 个，首个是第 {first} 个包";
    FRAGMENTS_CONFIRM = "capture without a filter on ports, which lets only first fragments through, and look for drops", "抓包时不要按端口过滤（那样只能抓到首个分片），并检查是否丢包";
    CUT_IN_HEADERS = "packets that were cut within their headers are not read: {packets}, the first is packet {first}", "在头部之内被截断的包没有解析：共 {packets} 个，首个是第 {first} 个包";
    CUT_IN_HEADERS_CONFIRM = "capture whole packets (tcpdump -s 0)", "抓完整的包（tcpdump -s 0）";
    WITH_BAD_HEADER = "packets whose {what} header contradicts itself are not read: {packets}, the first is packet {first}", "{what} 头自相矛盾的包没有解析：共 {packets} 个，首个是第 {first} 个包";
    OTHERS_UNREAD = "packets that could not be read: {packets}, the first is packet {first}", "无法读取的包：共 {packets} 个，首个是第 {first} 个包";
    KEYS_IN_FILE = "the file contains TLS keys, which this version does not use: no frame is read here", "文件里带有 TLS 密钥，但本版本不使用：这里没有解析帧";
    OPEN_IN_WIRESHARK = "open the file in Wireshark, which decrypts with the keys in it", "用 Wireshark 打开，它会用文件里的密钥解密";
    ALL_WRONG = "none of them was damaged on its way, since all are wrong: they were captured without a final checksum, or the file was changed afterwards (other addresses) and the checksums were not", "并不是途中损坏，因为全部有误：抓到时还没有最终的校验和，或文件后来被改过（例如替换地址），而校验和没有重算";
    DAMAGED = "they were damaged before they were captured: a receiver that gets them like this discards them, and their sender retransmits", "它们在抓到之前已经损坏：接收方收到这样的包会丢弃，发送方会重传";
    NOT_CAPTURED = "the receiver acknowledged them, but the capture does not have them", "接收方确认了它们，抓包里却没有";
    NO_ROOM = "too much data was waiting behind them", "等在它们后面的数据太多";
    STREAM_ENDED = "they had not come when the stream ended", "流结束时它们还没有到";
}
