//! The TCP header and its options (RFC 9293 §3.1, §3.2).

use super::fields;
use crate::rfc::Rfc;

fields! {
    "tcp.source-port" Some(Rfc(9293, "3.1")), "The source port number." {
        "source port", "源端口";
        "{n}", "{n}";
        "It tells the connections of one address apart, and is where the answer goes.",
        "区分同一地址上的多条连接，回复也发往这里。";
    }
    "tcp.destination-port" Some(Rfc(9293, "3.1")), "The destination port number." {
        "destination port", "目的端口";
        "{n}", "{n}";
        "It names the program at the other end: a server waits on a port that is known beforehand.",
        "指明对端的程序：服务器在事先约定的端口上等待。";
    }
    "tcp.sequence" Some(Rfc(9293, "3.1")), "The sequence number of the first data octet in this segment (except when the SYN flag is set)." {
        "sequence number", "序号";
        "{n}: of the first byte here", "{n}：本段第一个字节的编号";
        "Segments get lost, doubled and overtaken: numbered bytes can be put back in order and asked for again.",
        "报文段会丢失、重复、乱序：给字节编号，才能排好顺序、要求重传。";
    }
    "tcp.acknowledgment" Some(Rfc(9293, "3.1")), "If the ACK control bit is set, this field contains the value of the next sequence number the sender of the segment is expecting to receive." {
        "acknowledgment number", "确认号";
        "{n}: the next byte expected", "{n}：期望收到的下一个字节";
        "One number acknowledges all before it, and tells the sender what it need not keep any more.",
        "一个数字确认此前的全部字节，发送方据此知道哪些不必再保留。";
    }
    "tcp.offset" Some(Rfc(9293, "3.1")), "The number of 32-bit words in the TCP header." {
        "data offset", "数据偏移";
        "the header has {v} bytes", "头部 {v} 字节";
        "Options make the header longer: this says where the data begins.",
        "选项会使头部变长：这里指出数据从哪里开始。";
    }
    "tcp.flags" Some(Rfc(9293, "3.1")), "The control bits are also known as \"flags\"." {
        "flags", "标志";
        "{v}", "{v}";
        "They open (SYN), acknowledge (ACK), finish (FIN) and abort (RST) the connection, with or without data.",
        "用来打开（SYN）、确认（ACK）、结束（FIN）和中止（RST）连接，可以带数据，也可以不带。";
    }
    "tcp.window" Some(Rfc(9293, "3.1")), "The number of data octets beginning with the one indicated in the acknowledgment field that the sender of this segment is willing to accept." {
        "window", "窗口";
        "room for {n} (before scaling)", "还能接收 {n}（未乘扩大因子）";
        "A fast sender must not drown a slow reader: it may send no more than this before the next ACK.",
        "快的发送方不能淹没慢的接收方：在下一个 ACK 之前最多只能发这么多。";
    }
    "tcp.checksum" Some(Rfc(9293, "3.1")), "" {
        "checksum", "校验和";
        "0x{hex}", "0x{hex}";
        "It finds bits that changed on the way; the receiver drops such a segment, and it is sent again.",
        "用来发现途中被改变的比特；出错的报文段会被丢弃，然后重传。";
    }
    "tcp.urgent" Some(Rfc(9293, "3.1")), "This field communicates the current value of the urgent pointer as a positive offset from the sequence number in this segment." {
        "urgent pointer", "紧急指针";
        "{n}", "{n}";
        "Meant for data that must overtake the rest; nothing on the web uses it.",
        "本来用于需要抢先处理的数据；Web 上没有人用。";
    }
    "tcp.end" Some(Rfc(9293, "3.2")), "This option code indicates the end of the option list." {
        "end of options", "选项结束";
        "", "";
        "Options may end before the header does, which is counted in words of 4 bytes.",
        "头部以 4 字节为单位，选项可能先结束。";
    }
    "tcp.no-operation" Some(Rfc(9293, "3.2")), "" {
        "no operation", "空操作";
        "fills up", "填充";
        "It aligns the option behind it to 4 bytes, where a machine reads fastest.",
        "使后面的选项对齐到 4 字节，便于机器读取。";
    }
    "tcp.segment-size" Some(Rfc(9293, "3.7.1")), "" {
        "maximum segment size", "最大报文段长度（MSS）";
        "{v} bytes", "{v} 字节";
        "Each end says in its SYN how much fits in one packet on its link, so that no packet need be cut on the way.",
        "两端在 SYN 中各自告知自己的链路一个包能装多少，以免包在途中被分片。";
    }
    "tcp.scale" Some(Rfc(7323, "2.2")), "" {
        "window scale", "窗口扩大因子";
        "windows count in units of {v} bytes", "窗口以 {v} 字节为单位";
        "16 bits end at 64 KiB, too little for a fast line over a long distance: a factor widens the window.",
        "16 位最多 64 KiB，对高速长距离线路太小：用因子把窗口扩大。";
    }
    "tcp.sack-permitted" Some(Rfc(2018, "2")), "" {
        "SACK permitted", "允许 SACK";
        "", "";
        "Both ends must know selective acknowledgments before one is sent.",
        "两端都支持选择确认，才能发送它。";
    }
    "tcp.sack" Some(Rfc(2018, "3")), "" {
        "selective acknowledgment", "选择确认";
        "has {v}", "已收到 {v}";
        "One acknowledgment number cannot say what came behind a gap: with this only the lost bytes are sent again.",
        "一个确认号说不出缺口之后收到了什么：有了它，只需重传丢失的字节。";
    }
    "tcp.timestamps" Some(Rfc(7323, "3.2")), "" {
        "timestamps", "时间戳";
        "own / echoed: {v}", "自己的 / 回显的：{v}";
        "The echo measures the round trip, by which TCP knows how long to wait before it sends again.",
        "回显用来测量往返时间，TCP 据此决定等多久再重传。";
    }
    "tcp.option" Some(Rfc(9293, "3.1")), "" {
        "option", "选项";
        "{v}", "{v}";
        "A receiver skips an option that it does not know, by its length.",
        "接收方按长度跳过不认识的选项。";
    }
}
