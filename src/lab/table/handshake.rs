//! H: the opening handshake, where its two heads do not fit each other, or no second one comes.

use std::time::Duration;

use super::super::experiment::{BrowserReport, Experiment, say};
use super::super::step::Step::{
    self, Idle, ReceiveClose, ReceiveEof, ReceiveFor, ReceiveHead, Send, SendFin,
};
use super::super::step::{Piece, masked};
use super::opening::head;
use super::{ASK, HELLO, SETTLE, SWITCH};

/// Status line and headers of a 101, and whatever comes next in its head.
const SWITCH_BEGIN: Piece = head(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
     Sec-WebSocket-Accept: {accept}\r\n",
);

/// A client that gives up after the head, whether it could read it or not.
const ASK_ONCE: &[Step] = &[ASK, ReceiveHead, ReceiveFor(SETTLE), SendFin, ReceiveEof];

/// A request that limits the server's window to 10 bits.
const ASK_SMALL_WINDOW: Step = Step::Send(&[head(
    "GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
     Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\
     Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10\r\n\r\n",
)]);

pub(super) const ROWS: &[Experiment] = &[
    Experiment::server(
        "H13-window",
        [
            say(
                "The server answers with a larger window than the client allows it.",
                "服务器应答的窗口大于客户端允许的。",
            ),
            say(
                "server_max_window_bits is 10 in the offer and 12 in the 101.",
                "server_max_window_bits 在请求中是 10，在 101 中是 12。",
            ),
        ],
        &[
            Send(&[head(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: {accept}\r\n\
                 Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=12\r\n\r\n",
            )]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .visited_by(&[ASK_SMALL_WINDOW, ReceiveHead, SendFin, ReceiveEof]),
    Experiment::server(
        "H19",
        [
            say("The server takes the request, and never answers it.", "服务器收下请求，却从不应答。"),
            say(
                "The request is acknowledged, and 4 s later the server closes.",
                "请求得到了 TCP 确认，4 秒后服务器关闭连接。",
            ),
        ],
        &[Idle(Duration::from_secs(4)), SendFin, ReceiveEof],
    )
    .visited_by(&[ASK, ReceiveEof, SendFin])
    .reports(BrowserReport::REFUSED),
    Experiment::server(
        "H20",
        [
            say(
                "The 101 says Transfer-Encoding: chunked, and a frame stands in a chunk.",
                "101 声明 Transfer-Encoding: chunked，帧放在 chunk 里。",
            ),
            say(
                "A chunk size stands where the first frame should begin.",
                "第一帧应当开始的地方是 chunk 长度。",
            ),
        ],
        &[
            Send(&[head(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: {accept}\r\nTransfer-Encoding: chunked\r\n\r\n",
            )]),
            Send(&[Piece::Raw(b"7\r\n\x81\x05Hello\r\n")]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .visited_by(&[
        ASK,
        ReceiveHead,
        ReceiveFor(SETTLE),
        Send(&[masked(0x88, b"\x03\xEA")]),
        ReceiveEof,
        SendFin,
    ]),
    Experiment::server(
        "H21",
        [
            say("The 101 has Sec-WebSocket-Accept twice.", "101 中有两行 Sec-WebSocket-Accept。"),
            say("The same line stands there a second time.", "同一行出现了两次。"),
        ],
        &[
            Send(&[head(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Accept: {accept}\r\n\r\n",
            )]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .reports(BrowserReport::REFUSED),
    Experiment::client(
        "H21-connection",
        [
            say(
                "The client writes Connection on two lines, which is legal.",
                "客户端把 Connection 写成两行，这是合法的。",
            ),
            say(
                "Two Connection lines in the request; the server reads both.",
                "请求中有两行 Connection；服务器两行都读。",
            ),
        ],
        "/echo",
        &[
            Send(&[head(
                "GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: keep-alive\r\n\
                 Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n",
            )]),
            ReceiveHead,
            Send(&[masked(0x88, b"\x03\xE8")]),
            ReceiveEof,
            SendFin,
        ],
    )
    .healthy(),
    Experiment::client(
        "H22",
        [
            say(
                "The client offers permessage-deflate with a window of 16 bits.",
                "客户端提供窗口为 16 位的 permessage-deflate。",
            ),
            say(
                "client_max_window_bits=16 in the request; the server accepts no extension.",
                "请求中有 client_max_window_bits=16；服务器没有接受扩展。",
            ),
        ],
        "/echo",
        &[
            Send(&[head(
                "GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\
                 Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=16\r\n\r\n",
            )]),
            ReceiveHead,
            Send(&[masked(0x88, b"\x03\xE8")]),
            ReceiveEof,
            SendFin,
        ],
    ),
    Experiment::server(
        "H23",
        [
            say("The 101 carries a cookie of 65536 bytes.", "101 带有一个 65536 字节的 Cookie。"),
            say(
                "The head is longer than 64 KiB, and a frame stands behind it that nobody finds.",
                "头部超过 64 KiB，其后有一帧，但没有人能找到它。",
            ),
        ],
        &[
            Send(&[
                SWITCH_BEGIN,
                Piece::Raw(b"Set-Cookie: state="),
                Piece::Repeat(b"a", 65_536),
                Piece::Raw(b"\r\n\r\n"),
                HELLO,
            ]),
            ReceiveEof,
            SendFin,
        ],
    )
    .visited_by(ASK_ONCE),
    Experiment::server(
        "H23-lines",
        [
            say(
                "The 101 went round in a loop of proxies: 1001 lines of Via.",
                "101 在代理之间绕圈：有 1001 行 Via。",
            ),
            say(
                "The head has more than 1000 lines, in less than 64 KiB.",
                "头部超过 1000 行，但不到 64 KiB。",
            ),
        ],
        &[
            Send(&[
                SWITCH_BEGIN,
                Piece::Repeat(b"Via: 1.1 proxy.example\r\n", 1001),
                Piece::Raw(b"\r\n"),
                HELLO,
            ]),
            ReceiveEof,
            SendFin,
        ],
    )
    .visited_by(ASK_ONCE),
    Experiment::server(
        "H23-empty-lines",
        [
            say("The server sends 33000 empty lines before its 101.", "服务器在 101 之前发送 33000 个空行。"),
            say(
                "0d 0a and nothing else for 64 KiB where the answer should begin.",
                "响应应当开始的地方，64 KiB 内只有 0d 0a。",
            ),
        ],
        &[Send(&[Piece::Repeat(b"\r\n", 33_000), SWITCH, HELLO]), ReceiveEof, SendFin],
    )
    .visited_by(ASK_ONCE),
];
