//! Z: compression (RFC 7692). The compressed bytes are those of its examples, section 7.2.3.

use super::super::experiment::{BrowserReport, Experiment, Translated, say};
use super::super::step::Step::{self, ReceiveClose, ReceiveEof, ReceiveFrame, ReceiveHead, Send, SendFin};
use super::super::step::{AcceptHash, Piece, frame, masked};
use super::{ASK_DEFLATE, BYE};

/// The handshake, with compression.
const OPEN: Step = Step::Send(&[Piece::Head(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
     Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
    AcceptHash::Right,
)]);

/// The same, without a window kept from message to message.
const OPEN_NO_CONTEXT: Step = Step::Send(&[Piece::Head(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
     Sec-WebSocket-Accept: {accept}\r\n\
     Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n\r\n",
    AcceptHash::Right,
)]);

/// The same, with a window of 2^9 bytes for the server.
const OPEN_SMALL_WINDOW: Step = Step::Send(&[Piece::Head(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
     Sec-WebSocket-Accept: {accept}\r\n\
     Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9\r\n\r\n",
    AcceptHash::Right,
)]);

/// A request that limits the server's window so.
const ASK_SMALL_WINDOW: Step = Step::Send(&[Piece::Head(
    "GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
     Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\
     Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9\r\n\r\n",
    AcceptHash::Right,
)]);

/// A compressed message: a stored block of 600 letters, and a reference to the first ten of them (RFC 1951 §3.2).
const FAR: [u8; 610] = far();

const fn far() -> [u8; 610] {
    let mut message = [0; 610];
    let [low, high] = 600_u16.to_le_bytes();
    (message[1], message[2], message[3], message[4]) = (low, high, !low, !high);
    let mut at = 0;
    while at < 600 {
        message[5 + at] = b'a' + (at % 26) as u8;
        at += 1;
    }
    // With fixed codes: length 10, distance 600, the end of the block.
    (message[605], message[606], message[607]) = (0x42, 0xA4, 0x2B);
    message
}

/// The step of a client that finds a rule broken.
const FAIL: Step = Step::Send(&[masked(0x88, b"\x03\xEA")]);

const fn compressed(id: &'static str, words: [Translated; 2], script: &'static [Step]) -> Experiment {
    Experiment::server(id, words, script)
}

pub(super) const ROWS: &[Experiment] = &[
    compressed(
        "Z01",
        [
            say(
                "The first message refers to a window that this connection never had, as if two shared a compressor.",
                "第一条消息就引用了本连接从未有过的窗口，仿佛两个连接共用一个压缩器。",
            ),
            say(
                "The message inflates with no window that this connection has had.",
                "用本连接有过的任何窗口都无法解压该消息。",
            ),
        ],
        &[OPEN, Send(&[frame(0xC1, b"\xF2\x00\x11\x00\x00")]), ReceiveClose, SendFin, ReceiveEof],
    )
    .visited_by(&[ASK_DEFLATE, ReceiveHead, ReceiveFrame, FAIL, ReceiveEof, SendFin])
    .reports(BrowserReport::CUT),
    compressed(
        "Z01-context",
        [
            say(
                "The 101 says that no window is kept, and the second message refers to the first. Chromium keeps it.",
                "101 声明不保留窗口，第二条消息却引用了第一条。Chromium 仍保留窗口。",
            ),
            say(
                "The second message inflates only with the window of the first.",
                "第二条消息只有借助第一条的窗口才能解压。",
            ),
        ],
        &[
            OPEN_NO_CONTEXT,
            Send(&[frame(0xC1, b"\xF2\x48\xCD\xC9\xC9\x07\x00")]),
            Send(&[frame(0xC1, b"\xF2\x00\x11\x00\x00")]),
            BYE,
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .visited_by(&[ASK_DEFLATE, ReceiveHead, ReceiveFrame, ReceiveFrame, FAIL, ReceiveEof, SendFin])
    .reports(BrowserReport::closed(1000).after(2)),
    compressed(
        "Z02",
        [
            say("RSV1 is set in a continuation.", "continuation 帧设置了 RSV1。"),
            say(
                "RSV1 in a frame of opcode 0: only the first fragment may have it.",
                "opcode 0 的帧带有 RSV1：只有第一片可以。",
            ),
        ],
        &[
            OPEN,
            Send(&[frame(0x41, b"\xF2\x48\xCD")]),
            Send(&[frame(0xC0, b"\xC9\xC9\x07\x00")]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .visited_by(&[ASK_DEFLATE, ReceiveHead, ReceiveFrame, ReceiveFrame, FAIL, ReceiveEof, SendFin])
    .reports(BrowserReport::CUT),
    compressed(
        "Z02-control",
        [
            say("RSV1 is set in a Ping.", "Ping 设置了 RSV1。"),
            say("RSV1 in a control frame: they are never compressed.", "控制帧带有 RSV1：控制帧从不压缩。"),
        ],
        &[OPEN, Send(&[frame(0xC9, b"")]), ReceiveClose, SendFin, ReceiveEof],
    )
    .visited_by(&[ASK_DEFLATE, ReceiveHead, ReceiveFrame, FAIL, ReceiveEof, SendFin])
    .reports(BrowserReport::CUT),
    compressed(
        "Z03",
        [
            say(
                "A message is not compressed, although it could be. Legal.",
                "可以压缩却没有压缩的消息。合法。",
            ),
            say(
                "RSV1=0 in a session with permessage-deflate.",
                "协商了 permessage-deflate 的会话中 RSV1=0。",
            ),
        ],
        &[OPEN, Send(&[frame(0x81, b"Hello")]), BYE, ReceiveClose, SendFin, ReceiveEof],
    )
    .visited_by(&[ASK_DEFLATE, ReceiveHead, ReceiveFrame, ReceiveFrame, Send(&[masked(0x88, b"\x03\xE8")]), ReceiveEof, SendFin])
    .healthy()
    .reports(BrowserReport::closed(1000).after(1)),
    compressed(
        "Z04",
        [
            say("A message of 16 MiB in 16 KiB.", "16 MiB 的消息压缩在 16 KiB 中。"),
            say("The message inflates to a thousand times its length.", "消息解压后是原长度的一千倍。"),
        ],
        &[OPEN, Send(&[Piece::Bomb(16 << 20)]), BYE, ReceiveClose, SendFin, ReceiveEof],
    )
    .visited_by(&[ASK_DEFLATE, ReceiveHead, ReceiveFrame, ReceiveFrame, Send(&[masked(0x88, b"\x03\xE8")]), ReceiveEof, SendFin])
    .reports(BrowserReport::closed(1000).after(1)),
    compressed(
        "Z06",
        [
            say(
                "A message refers 600 bytes back, where a window of 512 was agreed on.",
                "消息引用了 600 字节之前的数据，而协商的窗口是 512 字节。",
            ),
            say(
                "server_max_window_bits is 9, and the message needs a larger window.",
                "server_max_window_bits 是 9，而消息需要更大的窗口。",
            ),
        ],
        &[OPEN_SMALL_WINDOW, Send(&[frame(0xC1, &FAR)]), ReceiveClose, SendFin, ReceiveEof],
    )
    .visited_by(&[ASK_SMALL_WINDOW, ReceiveHead, ReceiveFrame, FAIL, ReceiveEof, SendFin]),
    Experiment::client(
        "Z05",
        [
            say("The client offers the extension of old Safari.", "客户端提供旧版 Safari 的扩展。"),
            say(
                "Sec-WebSocket-Extensions: x-webkit-deflate-frame in the request.",
                "请求中有 Sec-WebSocket-Extensions: x-webkit-deflate-frame。",
            ),
        ],
        "/echo",
        &[
            Send(&[Piece::Head(
                "GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\
                 Sec-WebSocket-Extensions: x-webkit-deflate-frame\r\n\r\n",
                AcceptHash::Right,
            )]),
            ReceiveHead,
            Send(&[masked(0x88, b"\x03\xE8")]),
            ReceiveClose,
            ReceiveEof,
            SendFin,
        ],
    ),
];
