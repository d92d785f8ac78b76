//! The capture itself: its artefacts, and what it cannot show.

use crate::explain::findings::entry::{catalogue, phrases};
use crate::rfc::Rfc;

catalogue! { Capture:
    PACKETS_CAPTURED_TWICE = "X01" Info None, Likely {
        "{copies} of the {packets} packets of this connection are copies of one captured just before: the same bytes, numbers and IP ID", "这个连接的 {packets} 个包里有 {copies} 个是副本：字节、序号和 IP ID 都与刚抓到的包相同";
        "each was sent once and captured twice: on loopback going out and coming in, or on two interfaces; copies are no retransmissions and count for nothing here", "每个都只发了一次，却抓到两次：回环口的出和入，或两块网卡；副本不是重传，这里一概不计";
        "capture one direction only (tcpdump -Q out -i lo), or on one interface", "只抓一个方向（tcpdump -Q out -i lo），或只抓一块网卡";
        alternatives: "a retransmission, which has an IP ID of its own and comes a retransmission timeout later", "a duplicate ACK, which has an IP ID of its own";
    }
    CHECKSUMS_WRONG = "X02" Info Some(Rfc(9293, "3.1")), Likely {
        "{wrong} of the {checked} packets of {side} that can be checked have a TCP checksum that does not fit what they carry; the first is packet {packet}", "{side}的 {checked} 个可检验的包里有 {wrong} 个的 TCP 校验和与内容不符；首个是第 {packet} 个包";
        "nothing is damaged: they were captured before the network card put the checksum in (checksum offload); on the wire it is right", "并没有损坏：抓包发生在网卡填写校验和之前（校验和卸载）；线上的校验和是对的";
        "capture at the other end, or switch the offload off (ethtool -K IFACE tx off): there the checksums are right", "在另一端抓包，或关闭卸载（ethtool -K IFACE tx off）：那里的校验和是对的";
    }
    SEGMENT_LARGER_THAN_MSS = "X03" Info None, Likely {
        "packet {packet} of {side} carries {length} B, more than the MSS of {mss} B that its peer announced", "{side}的第 {packet} 个包有 {length} B，超过对方宣告的 MSS {mss} B";
        "the system cuts it into segments, or has joined several, outside of where it was captured (TSO, GRO)", "系统在抓包位置之外切分了它，或把几个段合并了（TSO、GRO）";
        "count segments at the other end, or switch the offload off (ethtool -K IFACE tso off gro off)", "在另一端数报文段，或关闭卸载（ethtool -K IFACE tso off gro off）";
    }
    CAPTURE_BEGINS_MIDWAY = "X04" Info None, Certain {
        "the capture begins in the middle of this connection: packet {packet} is no SYN", "抓包从连接中途开始：第 {packet} 个包不是 SYN";
        "what came before is not known: who opened it, the opening handshake, the extensions, the first messages", "之前的内容不得而知：谁打开的、升级握手、扩展、最初的消息";
        "begin the capture before the client connects; if this is a WebSocket and was not read as one, --port {port} says so", "在客户端连接之前就开始抓包；若这是 WebSocket 却没有按它解读，用 --port {port} 指明";
    }
    PACKETS_CUT_SHORT = "X05" Info None, Certain {
        "packets were cut when they were captured: {length} B of {side} are missing from offset {offset} on", "抓包时包被截断：{side}的字节流从偏移 {offset} 起缺 {length} B";
        "what the missing bytes hold is not known", "缺失字节的内容不得而知";
        "capture whole packets (tcpdump -s 0)", "抓完整的包（tcpdump -s 0）";
    }
    BYTES_MISSING = "X06" Info None, Certain {
        "{length} B of {side} are missing from offset {offset} on: {reason}", "{side}的字节流从偏移 {offset} 起缺 {length} B：{reason}";
        "what they hold is not known: where a frame may begin among them, nothing is claimed to be absent", "其中的内容不得而知：只要其中可能有帧开始，就不会断言什么没有出现";
        "look for drops in the capture's statistics, and capture with a larger buffer (tcpdump -B)", "查看抓包统计里的丢包，并用更大的缓冲区抓包（tcpdump -B）";
    }
    CLOCK_STEPS_BACK = "X07" Info None, Certain {
        "the clock steps back by {step} at packet {packet}", "时钟在第 {packet} 个包倒退了 {step}";
        "times between packets around it are not to be trusted; packets of two processors or interfaces are not in order", "它附近的包间隔不可信；来自两个处理器或网卡的包没有排好序";
        "sort the file by time (reordercap), or look whether the clock was set meanwhile", "按时间排序（reordercap），或查看当时是否调整过时钟";
    }
    TLS_ENCRYPTED = "X08" Info None, Certain {
        "the bytes of {side} are TLS from packet {packet} on", "从第 {packet} 个包起，{side}的字节是 TLS";
        "without the keys only times and sizes are known, nothing of the frames in it", "没有密钥就只知道时间和大小，其中的帧一概不知";
        "log the keys (SSLKEYLOGFILE for browsers and Node), or capture behind what ends TLS", "记录密钥（浏览器和 Node 用 SSLKEYLOGFILE），或在终结 TLS 的设备之后抓包";
    }
    CAPTURE_POINT_NEAR_ONE_END = "X09" Info None, Likely {
        "the SYN,ACK came {syn_ack_delay} after the SYN, the ACK {ack_delay} after that", "SYN,ACK 在 SYN 之后 {syn_ack_delay}，ACK 又在其后 {ack_delay}";
        "it was captured at or near {near}: what {far} does shows half a round trip late", "抓包位置在{near}或其附近：{far}的动作要晚半个往返才看到";
        "capture at both ends and compare", "在两端同时抓包比较";
    }
    PACKETS_REBUILT = "X10" Info None, Certain {
        "{rebuilt} of the {packets} packets of this connection were rebuilt from what a socket told, not captured", "这个连接的 {packets} 个包里有 {rebuilt} 个是根据套接字信息重建的，不是抓到的";
        "bytes and their order are right; sequence numbers, windows, pure ACKs and some times were made up to fit", "字节及其顺序是真的；序号、窗口、纯 ACK 和部分时间是推算的";
        "capture packets (serve --capture-mode packet, with CAP_NET_RAW) to see the real ones", "真正抓包（serve --capture-mode packet，需要 CAP_NET_RAW）以看到实际的包";
    }
    CONNECTIONS_GIVEN_UP = "X13" Warning None, Certain {
        "from packet {packet} on, {connections} connections were given up because there was no memory left for them; {later} later packets of theirs were not read", "从第 {packet} 个包起，因为内存不够，放弃了 {connections} 个连接；它们之后的 {later} 个包没有读";
        "what these connections did afterwards is not known; before a connection its compression windows are given up, and then its compressed messages are counted, but not shown", "这些连接之后做了什么不得而知；放弃连接之前先放弃压缩窗口，此后的压缩消息只计数，不显示";
        "run it again with more memory (--max-memory 4G), or read fewer connections (--stream N, --port N)", "给更多内存再运行一次（--max-memory 4G），或只读部分连接（--stream N、--port N）";
    }
    BYTES_UNREAD = "X12" Warning None, Certain {
        "not all bytes of this connection could be read – {unread}", "这个连接的字节没有全部读到：{unread}";
        "a Close frame, or any other, may be among them: what depends on them is said to be unknown", "其中可能有 Close 帧或别的帧：凡依赖它们的，都说成未知";
        "capture again, whole packets in both directions, before the client connects (tcpdump -s 0 -B 65536), and look at the drops that the capture reports", "在客户端连接之前重新抓包：抓双向的完整的包（tcpdump -s 0 -B 65536），并查看抓包程序报告的丢包数";
    }
    PACKETS_NOT_READ = "X11" Info None, Certain {
        "the link type {what} is not read: {packets} of the packets, from packet {first} on", "链路类型 {what} 没有解析：共 {packets} 个包，从第 {first} 个包起";
        "nothing is known of what is in them; TCP connections may be", "其中的内容不得而知，可能含有 TCP 连接";
        "open the file in Wireshark, or capture where the packets are plain IP", "用 Wireshark 打开，或在能看到普通 IP 包的位置抓包";
        alternatives: "packets of other protocols, which are read and are not counted";
    }
}

phrases! {
    WINDOWS_GIVEN_UP = "from packet {packet} on, the compression windows of {windows} connections were given up because there was no memory left for them", "从第 {packet} 个包起，因为内存不够，放弃了 {windows} 个连接的压缩窗口";
    WINDOWS_ALONE = "their later compressed messages are counted, and not shown", "它们之后的压缩消息只计数，不显示";
    NOT_ALL_KNOWN_AGAIN = "from packet {packet} on, {connections} connections were given up because there was no memory left for them, so many that their packets cannot all be known again; {later} later packets of theirs, or of connections that the capture has from the middle on, were not read", "从第 {packet} 个包起，因为内存不够，放弃了 {connections} 个连接，多到无法全部辨认它们的包；之后的 {later} 个包（属于它们，或属于抓包从中途才开始的连接）没有读";
    BYTES = "bytes", "若干字节";
    LACKING = "that the capture lacks", "抓包里缺失";
    CUT_OFF = "that were cut off when they were captured", "抓包时被截掉";
    UNBOUNDED_BODY = "behind the beginning of an HTTP body whose end is not known", "位于结尾不明的 HTTP 正文之中或之后";
    WITHOUT_BOUNDARY = "behind a place where the boundaries of frames were lost", "位于帧边界丢失之处的后面";
    ENCRYPTED = "that are encrypted", "已加密";
    OTHER_PROTOCOL = "of a protocol that is not read", "属于不解析的协议";
    BEFORE_CAPTURE = "that came before the capture", "在抓包开始之前";
    AFTER_CAPTURE = "that come after the capture", "在抓包结束之后";
    GIVEN_UP = "that were given up for lack of room", "因空间不足被放弃";
    OTHER_DIRECTION = "in a direction of which the capture has no packet", "所在的方向没有抓到任何包";
    ENCAPSULATED = "{what} is not read: {packets} of the packets, from packet {first} on", "{what} 没有解析：共 {packets} 个包，从第 {first} 个包起";
    ENCRYPTED_PACKETS = "{what} is encrypted and is not read: {packets} of the packets, from packet {first} on", "{what} 已加密，没有解析：共 {packets} 个包，从第 {first} 个包起";
    ENCRYPTED_CONFIRM = "capture where the packets are not encrypted: at an end, on the interface inside the tunnel", "在未加密的位置抓包：在某一端，抓隧道内侧的网卡";
    IN_TUNNELS = "more than 16 tunnels in one another are not read: {packets} of the packets, from packet {first} on", "超过 16 层的隧道没有解析：共 {packets} 个包，从第 {first} 个包起";
    FRAGMENTS = "IP fragments cannot be put together, as others of the same packets are missing: {packets} of them, from packet {first} on", "IP 分片缺少同一个包的其他分片，无法重组：共 {packets} 个，从第 {first} 个包起";
    FRAGMENTS_CONFIRM = "capture without a filter on ports, which lets only first fragments through, and look for drops", "抓包时不要按端口过滤（那样只能抓到首个分片），并检查是否丢包";
    CUT_IN_HEADERS = "packets were cut within their headers and are not read: {packets} of them, from packet {first} on", "有包在头部之内被截断，没有解析：共 {packets} 个，从第 {first} 个包起";
    CUT_IN_HEADERS_CONFIRM = "capture whole packets (tcpdump -s 0)", "抓完整的包（tcpdump -s 0）";
    WITH_BAD_HEADER = "packets whose {what} header contradicts itself are not read: {packets} of them, from packet {first} on", "{what} 头自相矛盾的包没有解析：共 {packets} 个，从第 {first} 个包起";
    OTHERS_UNREAD = "packets could not be read: {packets} of them, from packet {first} on", "有包无法读取：共 {packets} 个，从第 {first} 个包起";
    KEYS_IN_FILE = "the file carries keys of TLS, which this version does not use: the frames are not read here", "文件里带有 TLS 密钥，但本版本不使用：这里没有解析其中的帧";
    OPEN_IN_WIRESHARK = "open the file in Wireshark, which decrypts with the keys in it", "用 Wireshark 打开，它会用文件里的密钥解密";
    ALL_WRONG = "nothing is damaged on its way, as all of them are so: whoever captured them, or changed the file since (other addresses), left the checksums behind", "既然全都如此，就不是途中损坏：是抓包者、或后来改动文件（例如替换地址）的人没有重算校验和";
    DAMAGED = "they were damaged before they came here: a receiver that gets them so discards them, and their sender sends them again", "它们在到达抓包位置之前已损坏：接收方收到会丢弃，发送方会重传";
    NOT_CAPTURED = "the receiver acknowledged them, the capture does not have them", "接收方确认了它们，抓包里却没有";
    NO_ROOM = "too much waited behind them", "它们后面等待的内容太多";
    STREAM_ENDED = "they had not come when the stream ended", "流结束时它们还没有到";
}
