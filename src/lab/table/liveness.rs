//! L: liveness and intermediaries.

use std::time::Duration;

use super::super::experiment::{BrowserReport, Experiment, say};
use super::super::step::Step::{AwaitConnections, Idle, ReceiveClose, ReceiveEof, ReceiveFor, Send, SendFin};
use super::super::step::frame;
use super::{HELLO, OPEN};

const SECOND: Duration = Duration::from_secs(1);
const THREE_SECONDS: Duration = Duration::from_secs(3);

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
];
