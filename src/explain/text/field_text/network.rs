//! IP headers (RFC 791 §3.1, RFC 8200 §3 and §4).

use super::fields;
use crate::rfc::Rfc;

fields! {
    "ip.version" Some(Rfc(791, "3.1")), "The Version field indicates the format of the internet header." {
        "version, header length", "版本、头部长度";
        "4; the header has {v} bytes", "4；头部 {v} 字节";
        "The first bits say how to read all that follows.",
        "最前面的比特说明后面怎么读。";
    }
    "ip.service" Some(Rfc(2474, "3")), "" {
        "DSCP, ECN", "DSCP、ECN";
        "0x{hex}", "0x{hex}";
        "A router may treat packets differently, and mark one instead of dropping it when a queue grows.",
        "路由器可以区别对待不同的包；队列变长时，还可以打标记而不丢包。";
    }
    "ip.length" Some(Rfc(791, "3.1")), "Total Length is the length of the datagram, measured in octets, including internet header and data." {
        "total length", "总长度";
        "{n} bytes", "{n} 字节";
        "A link may pad a short packet: this says where it ends.",
        "链路可能填充过短的包：这里指出包到哪里为止。";
    }
    "ip.identification" Some(Rfc(791, "3.1")), "An identifying value assigned by the sender to aid in assembling the fragments of a datagram." {
        "identification", "标识";
        "{n}", "{n}";
        "It tells which fragments belong to one packet.",
        "指出哪些分片属于同一个包。";
    }
    "ip.fragment" Some(Rfc(791, "3.1")), "" {
        "fragmentation", "分片";
        "{v}", "{v}";
        "DF forbids routers to cut the packet: TCP finds the largest size that passes, and cuts by itself.",
        "DF 禁止路由器分片：TCP 会探测能通过的最大长度，自己分段。";
    }
    "ip.time-to-live" Some(Rfc(791, "3.1")), "This field indicates the maximum time the datagram is allowed to remain in the internet system." {
        "time to live", "生存时间（TTL）";
        "{n} routers more", "还能经过 {n} 个路由器";
        "Each router takes one off and drops the packet at 0, so that none goes in circles for ever.",
        "每经过一个路由器减 1，到 0 就丢弃，包不会永远兜圈子。";
    }
    "ip.protocol" Some(Rfc(791, "3.1")), "This field indicates the next level protocol used in the data portion of the internet datagram." {
        "protocol", "协议";
        "{v} follows", "后面是 {v}";
        "The receiver must know whom to hand the rest to.",
        "接收方要知道把其余部分交给谁。";
    }
    "ip.checksum" Some(Rfc(791, "3.1")), "A checksum on the header only." {
        "header checksum", "头部校验和";
        "0x{hex}", "0x{hex}";
        "A packet whose address has changed on the way must not reach a stranger; the data has TCP's checksum.",
        "途中地址被改变的包不能送到别人那里；数据由 TCP 的校验和保护。";
    }
    "ip.source" Some(Rfc(791, "3.1")), "The source address." {
        "source address", "源地址";
        "{v}", "{v}";
        "The answer goes there.",
        "回复发往这里。";
    }
    "ip.destination" Some(Rfc(791, "3.1")), "The destination address." {
        "destination address", "目的地址";
        "{v}", "{v}";
        "Each router decides by it where the packet goes next.",
        "每个路由器据此决定包的下一跳。";
    }
    "ip.options" Some(Rfc(791, "3.1")), "The options may appear or not in datagrams." {
        "options", "选项";
        "{hex}", "{hex}";
        "Meant for routes and tests; routers of today drop most packets that have any.",
        "本来用于指定路由和测试；如今的路由器大多丢弃带选项的包。";
    }
    "ipv.version" Some(Rfc(8200, "3")), "" {
        "version, traffic class, flow label", "版本、流量类别、流标签";
        "6", "6";
        "The label lets routers keep the packets of one connection on one path without a look at TCP.",
        "有了流标签，路由器不看 TCP 也能让一条连接的包走同一条路。";
    }
    "ipv.length" Some(Rfc(8200, "3")), "" {
        "payload length", "载荷长度";
        "{n} bytes follow this header", "头部之后有 {n} 字节";
        "The header itself always has 40 bytes, so that only the rest is counted.",
        "头部固定 40 字节，所以只计其余部分。";
    }
    "ipv.next" Some(Rfc(8200, "3")), "" {
        "next header", "下一个头部";
        "{v}", "{v}";
        "The receiver must know how to read what follows.",
        "接收方要知道后面怎么读。";
    }
    "ipv.hop-limit" Some(Rfc(8200, "3")), "" {
        "hop limit", "跳数限制";
        "{n} routers more", "还能经过 {n} 个路由器";
        "Each router takes one off and drops the packet at 0, so that none goes in circles for ever.",
        "每经过一个路由器减 1，到 0 就丢弃，包不会永远兜圈子。";
    }
    "ipv.source" Some(Rfc(8200, "3")), "" {
        "source address", "源地址";
        "{v}", "{v}";
        "The answer goes there.",
        "回复发往这里。";
    }
    "ipv.destination" Some(Rfc(8200, "3")), "" {
        "destination address", "目的地址";
        "{v}", "{v}";
        "Each router decides by it where the packet goes next.",
        "每个路由器据此决定包的下一跳。";
    }
    "ipv.extension" Some(Rfc(8200, "4")), "" {
        "extension header", "扩展头部";
        "then {v}", "之后是 {v}";
        "What few packets need stands in headers of its own, so that the fixed one stays small.",
        "少数包才需要的内容放在单独的头部里，固定头部因此保持精简。";
    }
}
