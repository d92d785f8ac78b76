//! HTTP heads, and bytes that are not told apart.

use super::fields;
use crate::rfc::Rfc;

fields! {
    "http.request-line" Some(Rfc(9112, "3")), "A request-line begins with a method token, followed by a single space (SP), the request-target, and another single space (SP), and ends with the protocol version." {
        "request line", "请求行";
        "", "";
        "A WebSocket begins as an ordinary GET, so that it passes the ports, proxies and servers that the web already has.",
        "WebSocket 从一个普通的 GET 开始，这样它能通过 Web 现有的端口、代理和服务器。";
    }
    "http.status-line" Some(Rfc(9112, "4")), "The first line of a response message is the status-line, consisting of the protocol version, a space (SP), the status code, and another space and ending with an OPTIONAL textual phrase describing the status code." {
        "status line", "状态行";
        "", "";
        "101 switches this connection to WebSocket; any other status leaves it HTTP.",
        "101 把这条连接切换为 WebSocket；其他状态码都仍是 HTTP。";
    }
    "http.header" Some(Rfc(9112, "5")), "Each field line consists of a case-insensitive field name followed by a colon (\":\"), optional leading whitespace, the field line value, and optional trailing whitespace." {
        "header line", "头部行";
        "", "";
        "The handshake is negotiated here: that both want WebSocket, which version, which subprotocol and which extensions.",
        "握手在这里协商：双方都要用 WebSocket、用哪个版本、哪个子协议、哪些扩展。";
    }
    "http.end" Some(Rfc(9112, "2.1")), "" {
        "empty line", "空行";
        "the head ends", "头部结束";
        "HTTP has no length for its head: an empty line ends it, and the first frame may follow at once.",
        "HTTP 头部没有长度字段：以空行结束，后面可以紧接第一个帧。";
    }
    "data.again" Some(Rfc(9293, "3.8.1")), "" {
        "sent again", "重传的字节";
        "these bytes came before", "这些字节以前到过";
        "An ACK that does not come in time makes TCP send again; the receiver counts the bytes once.",
        "没有及时收到 ACK，TCP 就会重传；接收方只算一次。";
    }
    "data.ahead" Some(Rfc(9293, "3.10.7.4")), "" {
        "ahead of a gap", "缺口之后的字节";
        "bytes before these are missing", "在此之前缺字节";
        "TCP hands bytes over in their order: these wait until the missing ones have come.",
        "TCP 按顺序交付字节：缺的字节到齐之前，这些只能等待。";
    }
    "data.other" None, "" {
        "data", "数据";
        "not looked into", "不作解析";
        "Bytes of another protocol, or encrypted ones: only the ends of the connection can read them.",
        "其他协议的字节，或加密的字节：只有连接的两端能读。";
    }
    "data.trailer" None, "" {
        "trailer", "尾部";
        "padding of the link, behind the packet", "包之后的链路填充";
        "Ethernet sends no frame of less than 60 bytes: a shorter packet is padded.",
        "以太网帧至少 60 字节：更短的包要填充。";
    }
    "data.unread" None, "" {
        "not read", "未解析";
        "headers that are not known here, or cut off", "这里不认识的头部，或被截断";
        "They are shown as they are, so that no byte is hidden.",
        "按原样显示，不隐藏任何字节。";
    }
}
