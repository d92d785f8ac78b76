//! F: what a single frame shows.

use std::time::Duration;

use super::super::experiment::{BrowserReport, Experiment, Translated, say};
use super::super::step::Step::{
    self, ReceiveClose, ReceiveEof, ReceiveFor, ReceiveFrame, ReceiveHead, Send, SendFin,
};
use super::super::step::{AcceptHash, Piece, frame, masked};
use super::{ASK, HELLO, OPEN, SETTLE};

/// The server breaks a rule, and the client must fail the connection.
pub(super) const fn broken(id: &'static str, words: [Translated; 2], script: &'static [Step]) -> Experiment {
    Experiment::server(id, words, script).reports(BrowserReport::CUT)
}

const RSV: Translated = say(
    "A bit of RSV is set in the first byte, and the 101 names no extension.",
    "首字节中有 RSV 位为 1，而 101 没有协商任何扩展。",
);
const OPCODE: Translated = say("The opcode in the first byte is reserved.", "首字节中的 opcode 是保留值。");
pub(super) const ROWS: &[Experiment] = &[
    Experiment::client(
        "F01",
        [
            say("The client sends a frame that is not masked.", "客户端发送了未掩码的帧。"),
            say(
                "MASK=0 from the client; the server answers Close 1002.",
                "客户端的帧 MASK=0；服务器以 Close 1002 回应。",
            ),
        ],
        "/echo",
        &[ASK, ReceiveHead, Send(&[HELLO]), ReceiveClose, SendFin, ReceiveEof],
    ),
    broken(
        "F02",
        [
            say("The server masks a frame.", "服务器对帧做了掩码。"),
            say("MASK=1 in the server's text frame.", "服务器的文本帧 MASK=1。"),
        ],
        &[OPEN, Send(&[masked(0x81, b"Hello")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    broken(
        "F02-pong",
        [
            say(
                "The server masks an empty Pong, with a key of zeros.",
                "服务器对空的 Pong 做了掩码，key 全为零。",
            ),
            say("8a 80 00 00 00 00 from the server.", "服务器发出 8a 80 00 00 00 00。"),
        ],
        &[OPEN, Send(&[Piece::Raw(b"\x8A\x80\0\0\0\0")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    broken(
        "F03",
        [say("RSV1 is set without an extension.", "没有扩展却设置了 RSV1。"), RSV],
        &[OPEN, Send(&[frame(0xC1, b"Hello")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    broken(
        "F04",
        [say("Opcode 3, reserved for data.", "opcode 3，为数据帧保留。"), OPCODE],
        &[OPEN, Send(&[frame(0x83, b"Hello")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    broken(
        "F04-control",
        [say("Opcode 11, reserved for control.", "opcode 11，为控制帧保留。"), OPCODE],
        &[OPEN, Send(&[frame(0x8B, b"Hello")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    broken(
        "F04-rsv2",
        [say("RSV2 is set.", "设置了 RSV2。"), RSV],
        &[OPEN, Send(&[frame(0xA1, b"Hello")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    broken(
        "F04-rsv3",
        [say("RSV3 is set.", "设置了 RSV3。"), RSV],
        &[OPEN, Send(&[frame(0x91, b"Hello")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    broken(
        "F05",
        [
            say("After a whole frame come bytes that are no frame.", "完整的一帧之后出现了不是帧的字节。"),
            say("An impossible header at a frame boundary.", "帧边界处出现不可能的帧头。"),
        ],
        &[
            OPEN,
            Send(&[HELLO]),
            ReceiveFor(SETTLE),
            Send(&[Piece::Raw(b"\xFF\xFFlog: connection pool exhausted\n")]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .reports(BrowserReport::CUT.after(1)),
    broken(
        "F05-writers",
        [
            say(
                "Two threads write at once: one frame lands in the middle of another.",
                "两个线程同时写：一帧落在了另一帧中间。",
            ),
            say(
                "A frame header stands within a payload, and what follows the payload is none.",
                "负载之中出现一个帧头，而负载之后却不是帧头。",
            ),
        ],
        &[OPEN, Send(&[Piece::Raw(b"\x82\x0AAAAAA\x82\x05BBBBBAAAAA")]), ReceiveClose, SendFin, ReceiveEof],
    )
    .reports(BrowserReport::CUT.after(1)),
    Experiment::server(
        "F05-chunks",
        [
            say(
                "The 101 says Transfer-Encoding: chunked; after a frame the server ends the body, and goes on in chunks.",
                "101 声明 Transfer-Encoding: chunked；一帧之后服务器结束正文，然后继续按 chunk 发送。",
            ),
            say(
                "0 and an empty line stand where a frame should begin: 30 0d 0a 0d 0a.",
                "应当是帧头的地方是 0 和一个空行：30 0d 0a 0d 0a。",
            ),
        ],
        &[
            Send(&[Piece::Head(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: {accept}\r\nTransfer-Encoding: chunked\r\n\r\n",
                AcceptHash::Right,
            )]),
            Send(&[HELLO]),
            ReceiveFor(SETTLE),
            Send(&[Piece::Raw(b"0\r\n\r\n")]),
            ReceiveFor(SETTLE),
            Send(&[Piece::Raw(b"e\r\n\x81\x05Hello\x81\x05Hello\r\n")]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .visited_by(&[
        ASK,
        ReceiveHead,
        ReceiveFrame,
        ReceiveFor(Duration::from_secs(1)),
        Send(&[masked(0x88, b"\x03\xEA")]),
        ReceiveEof,
        SendFin,
    ]),
    broken(
        "F06",
        [
            say("An HTTP error page is written into the WebSocket.", "HTTP 错误页被写进了 WebSocket 流。"),
            say("HTTP/1.1 500 at a frame boundary: 48 54 54 50.", "帧边界处出现 HTTP/1.1 500：48 54 54 50。"),
        ],
        &[
            OPEN,
            Send(&[HELLO]),
            ReceiveFor(SETTLE),
            Send(&[Piece::Raw(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n")]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .reports(BrowserReport::CUT.after(1)),
    Experiment::client(
        "F06-request",
        [
            say(
                "The client's connection pool sends another request on the connection of a WebSocket.",
                "客户端的连接池在 WebSocket 所用的连接上又发出一个请求。",
            ),
            say(
                "GET at a frame boundary: 47 45 54 20; the server answers Close 1002.",
                "帧边界处出现 GET：47 45 54 20；服务器以 Close 1002 回应。",
            ),
        ],
        "/echo",
        &[
            ASK,
            ReceiveHead,
            Send(&[masked(0x81, b"Hello")]),
            ReceiveFrame,
            ASK,
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    ),
    broken(
        "F07",
        [
            say(
                "The length counts characters, not bytes: 11 for a text of 13 bytes.",
                "长度按字符而不是字节计算：13 字节的文本写成了 11。",
            ),
            say(
                "The next header would be two bytes later than the length says.",
                "下一个帧头比长度所说的晚两个字节。",
            ),
        ],
        &[
            OPEN,
            Send(&[Piece::Raw(b"\x81\x0Bh\xC3\xA9llo w\xC3\xB6rld"), frame(0x81, b"next")]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    ),
    broken(
        "F07-126",
        [
            say(
                "A payload of 126 bytes with the length in seven bits: 126 there means two more bytes of length.",
                "126 字节的负载用七位写长度：那里的 126 表示后面还有两字节长度。",
            ),
            say(
                "The two bytes of extended length are the payload's first: 61 61.",
                "扩展长度的两个字节其实是负载的开头：61 61。",
            ),
        ],
        &[
            OPEN,
            Send(&[Piece::Raw(b"\x81\x7E"), Piece::Repeat(b"a", 126)]),
            ReceiveFor(Duration::from_secs(1)),
            SendFin,
            ReceiveEof,
        ],
    ),
    broken(
        "F07-65536",
        [
            say("65536 is cut to sixteen bits, and becomes 0.", "65536 被截断成十六位，变成了 0。"),
            say(
                "Length field 126 with the value 0, and 65536 bytes behind it.",
                "长度字段为 126、值为 0，其后却有 65536 字节。",
            ),
        ],
        &[OPEN, Send(&[Piece::Raw(b"\x82\x7E\0\0"), Piece::Repeat(b"a", 65_536)]), ReceiveClose, SendFin, ReceiveEof],
    ),
    broken(
        "F08",
        [
            say("A length of 5 in sixteen bits.", "长度 5 却用十六位书写。"),
            say("Length field 126 with a value below 126.", "长度字段为 126，值却小于 126。"),
        ],
        &[OPEN, Send(&[Piece::Raw(b"\x81\x7E\0\x05Hello")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    broken(
        "F08-64",
        [
            say("A length of 5 in sixty-four bits.", "长度 5 却用六十四位书写。"),
            say("Length field 127 with a value below 65536.", "长度字段为 127，值却小于 65536。"),
        ],
        &[OPEN, Send(&[Piece::Raw(b"\x81\x7F\0\0\0\0\0\0\0\x05Hello")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    broken(
        "F08-top",
        [
            say("The top bit of a 64-bit length is set.", "六十四位长度的最高位为 1。"),
            say(
                "Length field 127, and the next byte is 80 or more.",
                "长度字段为 127，其后一字节不小于 80。",
            ),
        ],
        &[OPEN, Send(&[Piece::Raw(b"\x82\x7F\x80\0\0\0\0\0\0\x05Hello")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    broken(
        "F09",
        [
            say("A Ping of 126 bytes.", "126 字节的 Ping。"),
            say("A control frame with a length above 125.", "控制帧长度超过 125。"),
        ],
        &[OPEN, Send(&[Piece::Raw(b"\x89\x7E\0\x7E"), Piece::Repeat(b"a", 126)]), ReceiveClose, SendFin, ReceiveEof],
    ),
    broken(
        "F09-fragmented",
        [
            say("A Ping in fragments.", "分片的 Ping。"),
            say("A control frame with FIN=0.", "控制帧的 FIN=0。"),
        ],
        &[OPEN, Send(&[frame(0x09, b"half")]), ReceiveClose, SendFin, ReceiveEof],
    ),
];
