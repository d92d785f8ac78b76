//! C: closing.

use std::time::Duration;

use super::super::experiment::{BrowserReport, ClientAction, Experiment, Translated, say};
use super::super::step::Step::{
    self, ReceiveClose, ReceiveEof, ReceiveFor, ReceiveHead, Send, SendFin, SendRst,
};
use super::super::step::{Piece, frame, masked};
use super::{ASK, BYE, HELLO, OPEN, SETTLE};

/// A Close that the client must not accept.
const fn wrong_close(id: &'static str, words: [Translated; 2], script: &'static [Step]) -> Experiment {
    Experiment::server(id, words, script).reports(BrowserReport::CUT)
}

/// A Close that says why.
const fn coded(id: &'static str, does: Translated, script: &'static [Step], code: u16) -> Experiment {
    let shows = say(
        "The code in the server's Close, and what came before it.",
        "服务器 Close 帧中的状态码，以及它之前发生的事。",
    );
    Experiment::server(id, [does, shows], script).healthy().reports(BrowserReport::closed(code))
}

const CODE: Translated = say(
    "The first two bytes of the server's Close are a code that may not be sent.",
    "服务器 Close 帧的前两字节是不允许发送的状态码。",
);

pub(super) const ROWS: &[Experiment] = &[
    Experiment::server(
        "C01",
        [
            say("The server closes TCP without a Close frame.", "服务器没有发 Close 帧就关闭了 TCP。"),
            say("The server's FIN, and no Close either way.", "服务器发出 FIN，双方都没有 Close 帧。"),
        ],
        &[OPEN, Send(&[HELLO]), ReceiveFor(SETTLE), SendFin, ReceiveEof],
    )
    .reports(BrowserReport::CUT.after(1)),
    Experiment::server(
        "C02",
        [
            say("The server resets the connection.", "服务器重置了连接。"),
            say(
                "RST from the server, nothing unread, and no Close.",
                "服务器发出 RST，没有未读数据，也没有 Close 帧。",
            ),
        ],
        &[OPEN, Send(&[HELLO]), ReceiveFor(SETTLE), SendRst],
    )
    .reports(BrowserReport::CUT.after(1)),
    Experiment::server(
        "C03",
        [
            say(
                "A Close without a body. Legal: the API reports 1005.",
                "没有正文的 Close。合法：API 报告 1005。",
            ),
            say("88 00 from the server.", "服务器发出 88 00。"),
        ],
        &[OPEN, Send(&[frame(0x88, b"")]), ReceiveClose, SendFin, ReceiveEof],
    )
    .healthy()
    .reports(BrowserReport::closed(1005)),
    wrong_close(
        "C04",
        [say("Close 1006 on the wire.", "线路上出现 Close 1006。"), CODE],
        &[OPEN, Send(&[frame(0x88, b"\x03\xEE")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    wrong_close(
        "C04-999",
        [
            say(
                "Close 999: below 1000 there are no codes. Chromium accepts it.",
                "Close 999：1000 以下没有状态码。Chromium 会接受。",
            ),
            CODE,
        ],
        &[OPEN, Send(&[frame(0x88, b"\x03\xE7")]), ReceiveClose, SendFin, ReceiveEof],
    )
    .reports(BrowserReport::closed(999)),
    wrong_close(
        "C04-1005",
        [say("Close 1005 on the wire.", "线路上出现 Close 1005。"), CODE],
        &[OPEN, Send(&[frame(0x88, b"\x03\xED")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    wrong_close(
        "C04-1015",
        [say("Close 1015 on the wire.", "线路上出现 Close 1015。"), CODE],
        &[OPEN, Send(&[frame(0x88, b"\x03\xF7")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    wrong_close(
        "C04-2000",
        [
            say(
                "Close 2000, which is reserved. Chromium accepts it.",
                "Close 2000，属于保留范围。Chromium 会接受。",
            ),
            CODE,
        ],
        &[OPEN, Send(&[frame(0x88, b"\x07\xD0")]), ReceiveClose, SendFin, ReceiveEof],
    )
    .reports(BrowserReport::closed(2000)),
    wrong_close(
        "C05",
        [
            say("A Close with a body of one byte.", "正文只有一个字节的 Close。"),
            say("88 01 from the server: half a code.", "服务器发出 88 01：半个状态码。"),
        ],
        &[OPEN, Send(&[frame(0x88, b"\x03")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    wrong_close(
        "C05-utf8",
        [
            say("A Close whose reason is not UTF-8.", "Close 的原因不是 UTF-8。"),
            say("The reason behind the code holds c3 28.", "状态码之后的原因中有 c3 28。"),
        ],
        &[OPEN, Send(&[frame(0x88, b"\x03\xE8caf\xC3\x28")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    wrong_close(
        "C05-long",
        [
            say("A Close of 128 bytes.", "128 字节的 Close。"),
            say("A Close with a length above 125.", "Close 帧长度超过 125。"),
        ],
        &[
            OPEN,
            Send(&[Piece::Raw(b"\x88\x7E\0\x80\x03\xE8"), Piece::Repeat(b"a", 126)]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    ),
    Experiment::server(
        "C06",
        [
            say("The server never answers the client's Close.", "服务器始终不回应客户端的 Close。"),
            say(
                "One Close only, silence, and the client gives TCP up.",
                "只有一个 Close，随后静默，最后客户端放弃 TCP。",
            ),
        ],
        &[OPEN, ReceiveEof, SendFin],
    )
    .actions(&[ClientAction::Close(1000)])
    .reports(BrowserReport::CUT),
    Experiment::server(
        "C07",
        [
            say(
                "After Close and Close the server leaves TCP open for 5 s.",
                "双方 Close 之后，服务器让 TCP 又开了 5 秒。",
            ),
            say(
                "Both Closes, and seconds until a FIN, whoever loses patience.",
                "两个 Close 之后隔了数秒才有 FIN，由先失去耐心的一方发出。",
            ),
        ],
        &[OPEN, ReceiveClose, BYE, ReceiveFor(Duration::from_secs(5)), SendFin, ReceiveEof],
    )
    .actions(&[ClientAction::Close(1000)])
    .reports(BrowserReport::closed(1000)),
    Experiment::client(
        "C08",
        [
            say("The client sends its FIN right behind its Close.", "客户端的 FIN 紧跟在 Close 之后。"),
            say("The client's FIN is before the server's.", "客户端的 FIN 先于服务器的。"),
        ],
        "/echo",
        &[ASK, ReceiveHead, Send(&[masked(0x88, b"\x03\xE8")]), SendFin, ReceiveEof],
    ),
    Experiment::server(
        "C09",
        [
            say("The server sends Close and resets at once.", "服务器发出 Close 后立即重置。"),
            say(
                "RST from the server before the client's Close could be read.",
                "还没读客户端的 Close，服务器就发出 RST。",
            ),
        ],
        &[OPEN, Send(&[HELLO]), ReceiveFor(SETTLE), BYE, SendRst],
    )
    .reports(BrowserReport::closed_badly(1000).after(1))
    .or(BrowserReport::CUT.after(1)),
    wrong_close(
        "C10",
        [
            say("A message after the Close.", "Close 之后又发消息。"),
            say(
                "A text frame from the server behind its own Close.",
                "服务器在自己的 Close 之后又发文本帧。",
            ),
        ],
        &[OPEN, Send(&[frame(0x88, b"\x03\xE8"), HELLO]), ReceiveClose, SendFin, ReceiveEof],
    ),
    wrong_close(
        "C10-second",
        [
            say("A second Close after the first.", "第一个 Close 之后又发第二个。"),
            say("Two Closes from the server.", "服务器发出两个 Close。"),
        ],
        &[
            OPEN,
            Send(&[frame(0x88, b"\x03\xE8"), frame(0x88, b"\x03\xE9")]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    ),
    coded(
        "C11",
        say("Close 1001: the server goes away.", "Close 1001：服务器即将离开。"),
        &[OPEN, Send(&[frame(0x88, b"\x03\xE9going away")]), ReceiveClose, SendFin, ReceiveEof],
        1001,
    ),
    coded(
        "C11-1008",
        say("Close 1008: against a rule of the endpoint.", "Close 1008：违反端点的规则。"),
        &[OPEN, Send(&[frame(0x88, b"\x03\xF0policy")]), ReceiveClose, SendFin, ReceiveEof],
        1008,
    ),
    coded(
        "C11-1011",
        say("Close 1011: the server has failed.", "Close 1011：服务器内部出错。"),
        &[OPEN, Send(&[frame(0x88, b"\x03\xF3internal error")]), ReceiveClose, SendFin, ReceiveEof],
        1011,
    ),
    coded(
        "C11-1012",
        say("Close 1012: the service restarts.", "Close 1012：服务正在重启。"),
        &[OPEN, Send(&[frame(0x88, b"\x03\xF4service restart")]), ReceiveClose, SendFin, ReceiveEof],
        1012,
    ),
    coded(
        "C11-1013",
        say("Close 1013: try again later.", "Close 1013：请稍后再试。"),
        &[OPEN, Send(&[frame(0x88, b"\x03\xF5try again later")]), ReceiveClose, SendFin, ReceiveEof],
        1013,
    ),
    coded(
        "C11-3000",
        say("Close 3000, registered for libraries.", "Close 3000，由库注册使用。"),
        &[OPEN, Send(&[frame(0x88, b"\x0B\xB8unauthorized")]), ReceiveClose, SendFin, ReceiveEof],
        3000,
    ),
    coded(
        "C11-4000",
        say("Close 4000: only the application knows.", "Close 4000：只有应用程序知道含义。"),
        &[OPEN, Send(&[frame(0x88, b"\x0F\xA0ours")]), ReceiveClose, SendFin, ReceiveEof],
        4000,
    ),
    Experiment::client(
        "C12",
        [
            say(
                "The client sends a reserved opcode, and the server answers Close 1002.",
                "客户端发送保留的 opcode，服务器以 Close 1002 回应。",
            ),
            say(
                "Close 1002 from the server; the frame before it is the offender.",
                "服务器发出 Close 1002；它之前的那一帧就是元凶。",
            ),
        ],
        "/echo",
        &[ASK, ReceiveHead, Send(&[masked(0x83, b"Hello")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    Experiment::client(
        "C12-1007",
        [
            say(
                "The client sends text that is not UTF-8, and the server answers Close 1007.",
                "客户端发送的文本不是 UTF-8，服务器以 Close 1007 回应。",
            ),
            say(
                "Close 1007 from the server; the text before it holds c3 28.",
                "服务器发出 Close 1007；之前的文本中有 c3 28。",
            ),
        ],
        "/echo",
        &[ASK, ReceiveHead, Send(&[masked(0x81, b"caf\xC3\x28")]), ReceiveClose, SendFin, ReceiveEof],
    ),
    Experiment::server(
        "C13",
        [
            say(
                "The client has sent its FIN, and the server goes on sending.",
                "客户端已发 FIN，服务器仍在发送。",
            ),
            say("Frames from the server after the client's FIN.", "客户端的 FIN 之后仍有服务器的帧。"),
        ],
        &[OPEN, ReceiveEof, Send(&[HELLO]), ReceiveFor(SETTLE), Send(&[HELLO]), BYE, SendFin],
    )
    .visited_by(&[ASK, ReceiveHead, SendFin, ReceiveEof]),
];
