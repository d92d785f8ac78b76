//! Frames (RFC 6455 §5).

use super::fields;
use crate::rfc::Rfc;

fields! {
    "ws.fin" Some(Rfc(6455, "5.2")), "Indicates that this is the final fragment in a message." {
        "FIN", "FIN";
        "{n}", "{n}";
        "A message may go out in several frames, before its length is known and with a Ping between them; FIN says which frame is the last.",
        "一条消息可以分成多个帧：长度未知时就能开始发，中间还能插入 Ping；FIN 指出哪一帧是最后一帧。";
    }
    "ws.rsv" Some(Rfc(6455, "5.2")), "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values." {
        "RSV1–3", "RSV1–3";
        "{n}", "{n}";
        "Three bits are kept free so that an extension can mark frames without a new version of the protocol; permessage-deflate uses RSV1.",
        "预留三个比特，让扩展不必改协议版本就能标记帧；permessage-deflate 用的是 RSV1。";
    }
    "ws.opcode" Some(Rfc(6455, "5.2")), "Defines the interpretation of the \"Payload data\"." {
        "opcode", "opcode";
        "{n}", "{n}";
        "TCP carries bytes without meaning; the opcode tells text from binary, and both from the control frames that keep the connection in order.",
        "TCP 只传没有含义的字节；opcode 区分文本和二进制，也把它们与管理连接的控制帧区分开。";
    }
    "ws.mask" Some(Rfc(6455, "5.2")), "All frames sent from client to server have this bit set to 1." {
        "MASK", "MASK";
        "{n}", "{n}";
        "A script must not choose the bytes that a browser puts on the wire, or it could feed a proxy a forged HTTP request; so a client masks every frame, a server none.",
        "不能让脚本决定浏览器在线上发出的字节，否则它可以给代理塞一个伪造的 HTTP 请求；所以客户端的每一帧都要掩码，服务器的都不掩码。";
    }
    "ws.length" Some(Rfc(6455, "5.2")), "The length of the \"Payload data\", in bytes: if 0-125, that is the payload length." {
        "payload length", "载荷长度";
        "{n}", "{n}";
        "Most messages are short: seven bits are enough for up to 125 bytes, and 126 and 127 announce a longer field, so that a short frame pays nothing for long ones.",
        "多数消息很短：7 个比特足以表示 125 字节以内的长度，126 和 127 则表示后面还有更长的长度字段，短帧不必为长帧付出代价。";
    }
    "ws.length-short" Some(Rfc(6455, "5.2")), "If 126, the following 2 bytes interpreted as a 16-bit unsigned integer are the payload length." {
        "extended length (16 bits)", "扩展长度（16 位）";
        "{n} bytes of payload", "载荷 {n} 字节";
        "Seven bits end at 125: from 126 bytes on the length stands here, up to 65535, and the reader knows where the next frame begins.",
        "7 个比特最多表示 125：从 126 字节到 65535 字节，长度写在这里，接收方由此知道下一帧从哪里开始。";
    }
    "ws.length-long" Some(Rfc(6455, "5.2")), "If 127, the following 8 bytes interpreted as a 64-bit unsigned integer (the most significant bit MUST be 0) are the payload length." {
        "extended length (64 bits)", "扩展长度（64 位）";
        "{n} bytes of payload", "载荷 {n} 字节";
        "Two bytes end at 65535: a longer payload needs eight, enough for any file that is sent as one frame.",
        "2 字节最多表示 65535：更长的载荷用 8 字节，任何文件都能作为一帧发送。";
    }
    "ws.key" Some(Rfc(6455, "5.3")), "The masking key is a 32-bit value chosen at random by the client." {
        "masking key", "掩码 key";
        "{hex}", "{hex}";
        "It is new and random for each frame, so that nobody can foretell the masked bytes; it hides nothing, for it stands beside them.",
        "每一帧都用新的随机 key，没有人能预知掩码后的字节；它不是加密，key 就写在旁边。";
    }
    "ws.payload" Some(Rfc(6455, "5.2")), "The \"Payload data\" is defined as \"Extension data\" concatenated with \"Application data\"." {
        "payload", "载荷";
        "", "";
        "This is what the application sends or gets; all before it says how to read it and where it ends.",
        "这才是应用要收发的内容；前面的一切只说明如何读它、到哪里为止。";
    }
    "ws.close-code" Some(Rfc(6455, "5.5.1")), "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer (in network byte order) representing a status code with value /code/ defined in Section 7.4." {
        "close code", "关闭代码";
        "{v}", "{v}";
        "A FIN says only that no more comes; the code says why, so that the peer can decide whether to connect again.",
        "FIN 只表示不再发送；关闭代码说明原因，对方据此决定是否重连。";
    }
    "ws.close-reason" Some(Rfc(6455, "5.5.1")), "Following the 2-byte integer, the body MAY contain UTF-8-encoded data with value /reason/, the interpretation of which is not defined by this specification." {
        "close reason", "关闭原因";
        "", "";
        "Text for whoever debugs the connection: a program goes by the code.",
        "给排查问题的人看的文字：程序只看关闭代码。";
    }
    "ws.first" Some(Rfc(6455, "5.2")), "Indicates that this is the final fragment in a message." {
        "FIN, RSV1–3, opcode", "FIN、RSV1–3、opcode";
        "{hex}", "{hex}";
        "The first byte says what the frame is; the rest of this header is in another packet.",
        "第一个字节说明这是什么帧；帧头的其余部分在另一个包里。";
    }
    "ws.second" Some(Rfc(6455, "5.2")), "The length of the \"Payload data\", in bytes: if 0-125, that is the payload length." {
        "MASK, payload length", "MASK、载荷长度";
        "{hex}", "{hex}";
        "The second byte says how to find the payload; the rest of this header is in another packet.",
        "第二个字节说明怎样找到载荷；帧头的其余部分在另一个包里。";
    }
}
