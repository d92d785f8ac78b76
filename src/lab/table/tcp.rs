//! T: TCP and reachability.

use std::time::Duration;

use super::super::experiment::{BrowserReport, ClientAction, Experiment, say};
use super::super::step::Step::{
    Drop, LeaveUnread, Pause, ReceiveClose, ReceiveEof, ReceiveFor, ReceiveHead, Send, SendFin,
};
use super::super::step::{Piece, masked};
use super::{ASK, BYE, OPEN, SETTLE};

pub(super) const ROWS: &[Experiment] = &[
    Experiment::client(
        "T03",
        [
            say(
                "The client connects and asks only when the server, tired of waiting, has closed.",
                "客户端连接后迟迟不发请求，等服务器超时关闭之后才发出。",
            ),
            say(
                "The server's FIN comes before the GET, and a RST answers the GET.",
                "服务器的 FIN 先于 GET，随后 GET 被 RST 回应。",
            ),
        ],
        "/echo",
        &[ReceiveEof, ASK, ReceiveEof],
    ),
    Experiment::client(
        "T04",
        [
            say(
                "The client speaks TLS to a port that speaks plain HTTP.",
                "客户端向明文 HTTP 端口发送 TLS。",
            ),
            say(
                "The client's first bytes are 16 03 01, a TLS handshake; the server answers 400 in plain text.",
                "客户端最先的字节是 16 03 01（TLS 握手）；服务器用明文回答 400。",
            ),
        ],
        "/echo",
        &[
            Send(&[Piece::Raw(
                b"\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03\
                  0123456789abcdef0123456789abcdef\x00\x00\x02\x13\x01\x01\x00\x00\x00\r\n\r\n",
            )]),
            ReceiveHead,
            ReceiveEof,
            SendFin,
        ],
    ),
    Experiment::server(
        "T06",
        [
            say(
                "The server closes its socket while the client's message lies there unread.",
                "客户端的消息还未被读取，服务器就关闭了套接字。",
            ),
            say(
                "No FIN from the server: a RST right after the client's frame, and no Close.",
                "服务器没有发 FIN：客户端的帧之后紧跟 RST，也没有 Close 帧。",
            ),
        ],
        &[OPEN, LeaveUnread, Drop],
    )
    .actions(&[ClientAction::Text("nobody reads this")])
    .reports(BrowserReport::CUT),
    Experiment::server(
        "T08",
        [
            say(
                "The server reads nothing for 2 s while the client sends 256 KiB.",
                "客户端发送 256 KiB，服务器 2 秒内完全不读。",
            ),
            say(
                "The server's window shrinks to 0, and a window update comes about 2 s later.",
                "服务器的接收窗口降到 0，约 2 秒后才有窗口更新。",
            ),
        ],
        &[OPEN, LeaveUnread, Pause(Duration::from_secs(2)), ReceiveClose, BYE, SendFin, ReceiveEof],
    )
    .actions(&[ClientAction::Binary(256 << 10), ClientAction::Close(1000)])
    .reports(BrowserReport::closed(1000)),
    Experiment::server(
        "T09",
        [
            say(
                "Nothing goes wrong: Close, Close, the server's FIN, and the client closes at once.",
                "一切正常：Close、Close、服务器 FIN，客户端立即关闭。",
            ),
            say(
                "TCP closes with three segments: the client's FIN carries the ACK of the server's.",
                "TCP 以三个报文段关闭：客户端的 FIN 同时确认了服务器的 FIN。",
            ),
        ],
        &[OPEN, BYE, ReceiveClose, SendFin, ReceiveEof],
    )
    .healthy()
    .reports(BrowserReport::closed(1000)),
    Experiment::server(
        "T11",
        [
            say(
                "After Close and Close the server leaves it to the client to send the first FIN.",
                "双方 Close 之后，服务器让客户端先发 FIN。",
            ),
            say(
                "The client's FIN is first, so TIME-WAIT is at the client.",
                "客户端先发 FIN，因此 TIME-WAIT 落在客户端。",
            ),
        ],
        &[OPEN, BYE, ReceiveClose, ReceiveEof, SendFin],
    )
    .healthy()
    .reports(BrowserReport::closed(1000)),
    Experiment::server(
        "T14",
        [
            say(
                "The server closes its socket without a Close frame, and the client goes on sending.",
                "服务器没有发 Close 帧就关闭了套接字，客户端仍继续发送。",
            ),
            say(
                "After the server's FIN, a RST without ACK answers the client's frame: no socket is left to take it.",
                "服务器发出 FIN 之后，客户端的帧得到不带 ACK 的 RST：已没有套接字接收它。",
            ),
        ],
        &[OPEN, ReceiveFor(SETTLE), Drop],
    )
    .visited_by(&[ASK, ReceiveHead, ReceiveEof, Send(&[masked(0x81, b"Hello")]), Pause(SETTLE)]),
];
