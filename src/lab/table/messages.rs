//! F: what shows over several frames: messages, masking keys, Ping and Pong.

use std::time::Duration;

use super::super::experiment::{BrowserReport, ClientAction, Experiment, Translated, say};
use super::super::step::Step::{
    self, Idle, ReceiveClose, ReceiveEof, ReceiveFrame, ReceiveHead, Send, SendFin,
};
use super::super::step::{Piece, RawFrame, frame, masked};
use super::frames::broken;
use super::{ASK, BYE, OPEN};
use crate::wire::ws::MaskKey;

/// A client's Close 1000, with a key that no frame before it has.
const CLIENTS_BYE: Step = Send(&[Piece::Frame(RawFrame {
    first: 0x88,
    mask: Some(MaskKey([0x9B, 0x04, 0xC7, 0x52])),
    payload: b"\x03\xE8",
})]);

/// A text frame with a masking key of zeros.
const fn zero_masked(payload: &'static [u8]) -> Piece {
    Piece::Frame(RawFrame { first: 0x81, mask: Some(MaskKey([0; 4])), payload })
}

const CONSTANT: Translated =
    say("Every client frame carries the same masking key.", "客户端的每一帧都使用相同的 masking key。");

pub(super) const ROWS: &[Experiment] = &[
    broken(
        "F10",
        [
            say("A continuation of nothing.", "没有前文的 continuation 帧。"),
            say("Opcode 0 where no message was begun.", "没有已开始的消息，却出现 opcode 0。"),
        ],
        &[OPEN, Send(&[frame(0x80, b"tail")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    broken(
        "F10-new",
        [
            say(
                "A new message begins before the last one has ended.",
                "上一条消息尚未结束，新消息就开始了。",
            ),
            say("Opcode 1 after a text frame with FIN=0.", "FIN=0 的文本帧之后又出现 opcode 1。"),
        ],
        &[OPEN, Send(&[frame(0x01, b"one"), frame(0x81, b"two")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    Experiment::server(
        "F11",
        [
            say(
                "A message in two fragments. Legal, and some libraries read only the first.",
                "一条消息分成两片。合法，但有些库只读第一片。",
            ),
            say(
                "A text frame with FIN=0, and a continuation with FIN=1.",
                "FIN=0 的文本帧与 FIN=1 的 continuation 帧。",
            ),
        ],
        &[
            OPEN,
            Send(&[frame(0x01, b"Hel")]),
            Send(&[frame(0x80, b"lo")]),
            BYE,
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .healthy()
    .reports(BrowserReport::closed(1000).after(1)),
    broken(
        "F12",
        [
            say("A text message that is not UTF-8.", "文本消息不是 UTF-8。"),
            say(
                "The payload holds c3 28: c3 must be followed by 80 to bf.",
                "负载中有 c3 28：c3 之后必须是 80 到 bf。",
            ),
        ],
        &[OPEN, Send(&[frame(0x81, b"caf\xC3\x28")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    broken(
        "F12-cut",
        [
            say("A text message ends in the middle of a character.", "文本消息在一个字符中间结束。"),
            say(
                "The last byte with FIN=1 is c3, which begins a character.",
                "FIN=1 时最后一字节是 c3，即字符的开头。",
            ),
        ],
        &[OPEN, Send(&[frame(0x81, b"caf\xC3")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    Experiment::server(
        "F12-split",
        [
            say(
                "A character is split between two fragments. Legal: only the whole message must be UTF-8.",
                "一个字符被分在两片中。合法：只有整条消息必须是 UTF-8。",
            ),
            say(
                "c3 ends the first frame, a9 begins the second; nothing is to be found.",
                "第一帧以 c3 结束，第二帧以 a9 开头；不应有任何发现。",
            ),
        ],
        &[
            OPEN,
            Send(&[frame(0x01, b"caf\xC3")]),
            Send(&[frame(0x80, b"\xA9")]),
            BYE,
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .healthy()
    .reports(BrowserReport::closed(1000).after(1)),
    Experiment::server(
        "F13",
        [
            say("The server finds a message of 100 kB too big.", "服务器认为 100 kB 的消息太大。"),
            say(
                "Close 1009 from the server, after a frame of 100000 bytes.",
                "100000 字节的帧之后，服务器发出 Close 1009。",
            ),
        ],
        &[OPEN, ReceiveFrame, Send(&[frame(0x88, b"\x03\xF1too big")]), ReceiveClose, SendFin, ReceiveEof],
    )
    .actions(&[ClientAction::Binary(100_000)])
    .reports(BrowserReport::closed(1009)),
    Experiment::client(
        "F14",
        [
            say("The client uses one masking key for all frames.", "客户端所有帧用同一个 masking key。"),
            CONSTANT,
        ],
        "/echo",
        &[
            ASK,
            ReceiveHead,
            Send(&[masked(0x81, b"one")]),
            ReceiveFrame,
            Send(&[masked(0x81, b"two")]),
            ReceiveFrame,
            Send(&[masked(0x81, b"three")]),
            ReceiveFrame,
            Send(&[masked(0x88, b"\x03\xE8")]),
            ReceiveClose,
            ReceiveEof,
            SendFin,
        ],
    ),
    Experiment::client(
        "F14-zero",
        [say("The client masks with a key of zeros.", "客户端用全零的 key 掩码。"), CONSTANT],
        "/echo",
        &[
            ASK,
            ReceiveHead,
            Send(&[zero_masked(b"one")]),
            ReceiveFrame,
            Send(&[zero_masked(b"two")]),
            ReceiveFrame,
            Send(&[masked(0x88, b"\x03\xE8")]),
            ReceiveClose,
            ReceiveEof,
            SendFin,
        ],
    ),
    Experiment::server(
        "F15",
        [
            say("The server does not answer a Ping.", "服务器不回应 Ping。"),
            say(
                "The client's Ping has no Pong, and the connection goes on for 6 s.",
                "客户端的 Ping 没有 Pong，而连接又持续了 6 秒。",
            ),
        ],
        &[OPEN, ReceiveClose, BYE, SendFin, ReceiveEof],
    )
    .visited_by(&[
        ASK,
        ReceiveHead,
        Send(&[masked(0x89, b"lab")]),
        Idle(Duration::from_secs(6)),
        CLIENTS_BYE,
        ReceiveClose,
        ReceiveEof,
        SendFin,
    ]),
    Experiment::server(
        "F15-body",
        [
            say("The server answers a Ping with another body.", "服务器的 Pong 与 Ping 内容不同。"),
            say("Ping lab, Pong something else.", "Ping 为 lab，Pong 却是别的内容。"),
        ],
        &[
            OPEN,
            ReceiveFrame,
            Send(&[frame(0x8A, b"something else")]),
            ReceiveClose,
            BYE,
            SendFin,
            ReceiveEof,
        ],
    )
    .visited_by(&[
        ASK,
        ReceiveHead,
        Send(&[masked(0x89, b"lab")]),
        ReceiveFrame,
        CLIENTS_BYE,
        ReceiveClose,
        ReceiveEof,
        SendFin,
    ]),
    Experiment::server(
        "F16",
        [
            say(
                "The server sends a Pong that nobody asked for. Legal.",
                "服务器发送了无人请求的 Pong。合法。",
            ),
            say("A Pong without a Ping before it.", "之前没有 Ping 的 Pong。"),
        ],
        &[OPEN, Send(&[frame(0x8A, b"alive")]), BYE, ReceiveClose, SendFin, ReceiveEof],
    )
    .healthy()
    .reports(BrowserReport::closed(1000)),
];
