//! L: liveness and intermediaries.

use std::time::Duration;

use super::super::experiment::{BrowserReport, Experiment, say};
use super::super::step::Step::{
    AwaitConnections, Idle, ReceiveClose, ReceiveEof, ReceiveFor, ReceiveHead, Send, SendFin,
};
use super::super::step::{Piece, RawFrame, frame};
use super::{ASK, HELLO, OPEN};
use crate::wire::ws::MaskKey;

const SECOND: Duration = Duration::from_secs(1);
const THREE_SECONDS: Duration = Duration::from_secs(3);

/// A client's frame with a key of its own, as each must have (RFC 6455 §5.3).
const fn keyed(first: u8, key: [u8; 4], payload: &'static [u8]) -> Piece {
    Piece::Frame(RawFrame { first, mask: Some(MaskKey(key)), payload })
}

pub(super) const ROWS: &[Experiment] = &[
    Experiment::server(
        "L01",
        [
            say(
                "An idle connection is cut after 30 s, as proxies do; ?seconds=N makes it N.",
                "空闲连接在 30 秒后被切断，正如代理所为；可用 ?seconds=N 指定秒数。",
            ),
            say(
                "Silence of 30 s, then the server's FIN without a Close.",
                "静默 30 秒，然后服务器发出 FIN，没有 Close。",
            ),
        ],
        &[OPEN, Send(&[HELLO]), Idle(Duration::from_secs(30)), SendFin, ReceiveEof],
    )
    .reports(BrowserReport::CUT.after(1)),
    Experiment::server(
        "L02",
        [
            say(
                "Pings every 30 s, and an idle timeout of 30 s that wins the third race.",
                "每 30 秒一次 Ping，而空闲超时也是 30 秒，第三次抢先了。",
            ),
            say(
                "The gap before the FIN is as long as the interval of the Pings.",
                "FIN 之前的间隔与 Ping 的周期一样长。",
            ),
        ],
        &[
            OPEN,
            Send(&[frame(0x89, b"1")]),
            Idle(Duration::from_secs(30)),
            Send(&[frame(0x89, b"2")]),
            Idle(Duration::from_secs(30)),
            SendFin,
            ReceiveEof,
        ],
    )
    .reports(BrowserReport::CUT),
    Experiment::server(
        "L03",
        [
            say(
                "Each connection is cut at the age of 12 s, however busy it is.",
                "每个连接无论多忙，到 12 秒时都会被切断。",
            ),
            say(
                "Three connections of the same age at their end, after a shorter silence than they lived through before.",
                "三个连接结束时年龄相同，之前的静默比它们曾熬过的更短。",
            ),
        ],
        &[
            OPEN,
            Send(&[HELLO]),
            ReceiveFor(THREE_SECONDS),
            Send(&[HELLO]),
            ReceiveFor(THREE_SECONDS),
            Send(&[HELLO]),
            ReceiveFor(THREE_SECONDS),
            Send(&[HELLO]),
            ReceiveFor(SECOND),
            Send(&[HELLO]),
            ReceiveFor(SECOND),
            Send(&[HELLO]),
            ReceiveFor(SECOND),
            SendFin,
            ReceiveEof,
        ],
    )
    .connections(3)
    .reports(BrowserReport::CUT.after(6)),
    Experiment::server(
        "L04",
        [
            say(
                "Three connections end at the same moment, as when the service is deployed anew.",
                "三个连接在同一时刻结束，如同服务重新部署。",
            ),
            say(
                "Close 1012 on all of them at once, whatever their age.",
                "无论年龄，所有连接同时收到 Close 1012。",
            ),
        ],
        &[OPEN, Send(&[HELLO]), AwaitConnections(3), Send(&[frame(0x88, b"\x03\xF4deploy")]), ReceiveClose, SendFin, ReceiveEof],
    )
    .connections(3)
    .healthy()
    .reports(BrowserReport::closed(1012).after(1)),
    Experiment::server(
        "L05",
        [
            say(
                "Each idle connection is cut after 8 s, which is nobody's known default; ?seconds=N makes it N.",
                "每个空闲连接都在 8 秒后被切断，这不是任何产品的已知默认值；可用 ?seconds=N 指定秒数。",
            ),
            say(
                "Three connections, each with 8 s of silence before the server's FIN: a timer.",
                "三个连接，在服务器发出 FIN 之前都静默了 8 秒：这是定时器。",
            ),
        ],
        &[OPEN, Send(&[HELLO]), Idle(Duration::from_secs(8)), SendFin, ReceiveEof],
    )
    .connections(3)
    .reports(BrowserReport::CUT.after(1)),
    Experiment::server(
        "L06",
        [
            say(
                "The server takes what comes and sends nothing back: no reply, no Pong, no Close.",
                "服务器照单全收，却什么也不回：没有回复，没有 Pong，没有 Close。",
            ),
            say(
                "The client's messages, Ping and Close are acknowledged by TCP, and not one frame comes back.",
                "客户端的消息、Ping 和 Close 都得到 TCP 确认，却没有一个帧回来。",
            ),
        ],
        &[OPEN, ReceiveEof, SendFin],
    )
    .visited_by(&[
        ASK,
        ReceiveHead,
        Send(&[keyed(0x81, [0x37, 0xFA, 0x21, 0x3D], b"one")]),
        ReceiveFor(SECOND),
        Send(&[keyed(0x81, [0x9D, 0x04, 0xC6, 0x71], b"two")]),
        ReceiveFor(SECOND),
        Send(&[keyed(0x89, [0x5B, 0xE2, 0x18, 0xA0], b"lab")]),
        ReceiveFor(Duration::from_secs(6)),
        Send(&[keyed(0x88, [0x0E, 0x93, 0x7F, 0x4C], b"\x0B\xC0no answer")]),
        ReceiveFor(Duration::from_secs(2)),
        SendFin,
        ReceiveEof,
    ]),
];
