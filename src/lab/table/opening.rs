//! H: the opening handshake, where the answer is 101 and yet wrong, or the request is.

use std::time::Duration;

use super::super::experiment::{BrowserReport, Experiment, Translated, say};
use super::super::step::Step::{self, Idle, ReceiveClose, ReceiveEof, ReceiveHead, Send, SendFin};
use super::super::step::{AcceptHash, Piece};
use super::{ASK_DEFLATE, BYE, HELLO, OPEN, SWITCH};

pub(super) const fn head(text: &'static str) -> Piece {
    Piece::Head(text, AcceptHash::Right)
}

/// A 101 with this arithmetic.
const fn accept(how: AcceptHash) -> Piece {
    Piece::Head(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n",
        how,
    )
}

const fn wrong_accept(id: &'static str, does: Translated, script: &'static [Step]) -> Experiment {
    let shows = say(
        "The 101's Sec-WebSocket-Accept is not what the key gives; computing this mistake gives it.",
        "101 中的 Sec-WebSocket-Accept 与 key 应得的值不符；按这种错误计算则相符。",
    );
    Experiment::server(id, [does, shows], script).reports(BrowserReport::REFUSED)
}

const DEFLATE: &str = "The 101 names an extension that the client did not offer as such.";
const DEFLATE_ZH: &str = "101 中的扩展并非客户端所提供的样子。";

pub(super) const ROWS: &[Experiment] = &[
    Experiment::server(
        "H03",
        [
            say("The 101 lacks Upgrade: websocket.", "101 缺少 Upgrade: websocket。"),
            say(
                "The response has status 101 and no Upgrade header.",
                "响应状态为 101，但没有 Upgrade 头。",
            ),
        ],
        &[
            Send(&[head(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n",
            )]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .reports(BrowserReport::REFUSED),
    Experiment::server(
        "H03-connection",
        [
            say("The 101 says Connection: keep-alive.", "101 中写着 Connection: keep-alive。"),
            say(
                "The response has status 101, and Connection lacks the token Upgrade.",
                "响应状态为 101，但 Connection 中没有 Upgrade。",
            ),
        ],
        &[
            Send(&[head(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: keep-alive\r\n\
                 Sec-WebSocket-Accept: {accept}\r\n\r\n",
            )]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .reports(BrowserReport::REFUSED),
    Experiment::server(
        "H05",
        [
            say("The 101 has no Sec-WebSocket-Accept.", "101 中没有 Sec-WebSocket-Accept。"),
            say("The header is missing in the response.", "响应中缺少该头。"),
        ],
        &[
            Send(&[head("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .reports(BrowserReport::REFUSED),
    wrong_accept(
        "H06",
        say(
            "Sec-WebSocket-Accept is computed from the key of another connection.",
            "Sec-WebSocket-Accept 是用另一个连接的 key 算出来的。",
        ),
        &[Send(&[accept(AcceptHash::OtherKey)]), ReceiveClose, SendFin, ReceiveEof],
    ),
    wrong_accept(
        "H06-decoded-key",
        say(
            "The server hashes the sixteen bytes behind the key, not its text.",
            "服务器对 key 解码后的十六个字节做哈希，而不是对其文本。",
        ),
        &[Send(&[accept(AcceptHash::DecodedKey)]), ReceiveClose, SendFin, ReceiveEof],
    ),
    wrong_accept(
        "H06-no-guid",
        say("The server forgets to append the GUID.", "服务器忘记拼接 GUID。"),
        &[Send(&[accept(AcceptHash::NoGuid)]), ReceiveClose, SendFin, ReceiveEof],
    ),
    wrong_accept(
        "H06-lower-guid",
        say("The server appends the GUID in lower case.", "服务器拼接了小写的 GUID。"),
        &[Send(&[accept(AcceptHash::LowerGuid)]), ReceiveClose, SendFin, ReceiveEof],
    ),
    wrong_accept(
        "H06-hex",
        say(
            "The server sends the hash in hexadecimal instead of base64.",
            "服务器以十六进制而非 base64 发送哈希。",
        ),
        &[Send(&[accept(AcceptHash::Hex)]), ReceiveClose, SendFin, ReceiveEof],
    ),
    wrong_accept(
        "H06-hex-in-base64",
        say(
            "The server encodes the hexadecimal digits of the hash in base64.",
            "服务器把哈希的十六进制文本再做 base64。",
        ),
        &[Send(&[accept(AcceptHash::HexInBase64)]), ReceiveClose, SendFin, ReceiveEof],
    ),
    wrong_accept(
        "H06-stray-cr",
        say(
            "The server hashes the key with the carriage return of its line.",
            "服务器把 key 行末的回车符也算进了哈希。",
        ),
        &[Send(&[accept(AcceptHash::StrayCr)]), ReceiveClose, SendFin, ReceiveEof],
    ),
    Experiment::server(
        "H11",
        [
            say(
                "The client asks for the subprotocol chat, and the server returns none.",
                "客户端请求子协议 chat，服务器没有返回任何子协议。",
            ),
            say(
                "The request has Sec-WebSocket-Protocol, the 101 has not. The RFC allows it, browsers fail.",
                "请求有 Sec-WebSocket-Protocol，101 没有。RFC 允许，但浏览器会断开。",
            ),
        ],
        &[OPEN, BYE, ReceiveClose, SendFin, ReceiveEof],
    )
    .subprotocols(&["chat"])
    .reports(BrowserReport::REFUSED),
    Experiment::server(
        "H12",
        [
            say("The server returns a subprotocol that nobody offered.", "服务器返回了未被提供的子协议。"),
            say(
                "The 101's Sec-WebSocket-Protocol is not in the request's list.",
                "101 的 Sec-WebSocket-Protocol 不在请求的列表中。",
            ),
        ],
        &[
            Send(&[head(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: gossip\r\n\r\n",
            )]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .subprotocols(&["chat"])
    .reports(BrowserReport::REFUSED),
    Experiment::server(
        "H12-empty",
        [
            say("The server returns an empty subprotocol.", "服务器返回了空的子协议。"),
            say(
                "The 101 has Sec-WebSocket-Protocol with nothing in it.",
                "101 中有 Sec-WebSocket-Protocol，但内容为空。",
            ),
        ],
        &[
            Send(&[head(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: \r\n\r\n",
            )]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .subprotocols(&["chat"])
    .reports(BrowserReport::REFUSED),
    Experiment::server(
        "H13",
        [
            say("The server accepts an extension that nobody offered.", "服务器接受了未被提供的扩展。"),
            say(DEFLATE, DEFLATE_ZH),
        ],
        &[
            Send(&[head(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Extensions: x-lab\r\n\r\n",
            )]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .reports(BrowserReport::REFUSED),
    Experiment::server(
        "H13-parameters",
        [
            say(
                "The server accepts permessage-deflate with a parameter that does not exist.",
                "服务器接受 permessage-deflate，却带上不存在的参数。",
            ),
            say(DEFLATE, DEFLATE_ZH),
        ],
        &[
            Send(&[head(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Extensions: permessage-deflate; level=9\r\n\r\n",
            )]),
            ReceiveClose,
            SendFin,
            ReceiveEof,
        ],
    )
    .visited_by(&[ASK_DEFLATE, ReceiveHead, SendFin, ReceiveEof])
    .reports(BrowserReport::REFUSED),
    Experiment::client(
        "H14",
        [
            say(
                "The client speaks HTTP/2, and asks for a WebSocket by an extended CONNECT.",
                "客户端使用 HTTP/2，并用扩展 CONNECT 请求 WebSocket。",
            ),
            say(
                "The preface of HTTP/2, SETTINGS, and HEADERS with :protocol; the server answers in HTTP/1.1.",
                "HTTP/2 的前言、SETTINGS，以及带 :protocol 的 HEADERS；服务器以 HTTP/1.1 回答。",
            ),
        ],
        "/echo",
        // RFC 9113 §3.4, an empty SETTINGS, and the request of RFC 8441 §5.1, its fields plain.
        &[
            Send(&[Piece::Raw(
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\
                  \0\0\x31\x01\x04\0\0\0\x01\x42\x07CONNECT\x40\x09:protocol\x09websocket\x86\x44\x05/echo\
                  \x41\x09localhost",
            )]),
            ReceiveHead,
            ReceiveEof,
            SendFin,
        ],
    ),
    Experiment::client(
        "H15",
        [
            say(
                "The client's key is five bytes in base64, not sixteen.",
                "客户端的 key 是五个字节的 base64，而不是十六个。",
            ),
            say(
                "Sec-WebSocket-Key does not decode to 16 bytes; the server answers 400.",
                "Sec-WebSocket-Key 解码后不是 16 字节；服务器回答 400。",
            ),
        ],
        "/echo",
        &[
            Send(&[head(
                "GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Key: aGVsbG8=\r\nSec-WebSocket-Version: 13\r\n\r\n",
            )]),
            ReceiveHead,
            ReceiveEof,
            SendFin,
        ],
    ),
    Experiment::server(
        "H16",
        [
            say(
                "The first message rides in the same segment as the 101. Legal, and some clients lose it.",
                "第一条消息与 101 同在一个报文段。合法，但有些客户端会丢掉它。",
            ),
            say(
                "Bytes of a frame follow the empty line of the 101 in the same packet.",
                "同一个包中，101 的空行之后紧跟着帧的字节。",
            ),
        ],
        &[Send(&[SWITCH, HELLO]), BYE, ReceiveClose, SendFin, ReceiveEof],
    )
    .healthy()
    .reports(BrowserReport::closed(1000).after(1)),
    Experiment::server(
        "H17",
        [
            say("The server takes 5 s to answer the Upgrade.", "服务器用了 5 秒才回答 Upgrade。"),
            say("Silence between the GET and the 101.", "GET 与 101 之间长时间静默。"),
        ],
        &[Idle(Duration::from_secs(5)), OPEN, BYE, ReceiveClose, SendFin, ReceiveEof],
    )
    .reports(BrowserReport::closed(1000)),
    Experiment::client(
        "H01-request",
        [
            say(
                "The request reaches the server without Upgrade, as behind a proxy that drops it.",
                "请求到达服务器时没有 Upgrade，就像被代理去掉了一样。",
            ),
            say(
                "A GET with Sec-WebSocket-Key and no Upgrade; the server answers 426.",
                "GET 带有 Sec-WebSocket-Key 却没有 Upgrade；服务器回答 426。",
            ),
        ],
        "/echo",
        &[
            Send(&[head(
                "GET {target} HTTP/1.1\r\nHost: {host}\r\nVia: 1.1 proxy.example\r\nConnection: close\r\n\
                 Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n",
            )]),
            ReceiveHead,
            ReceiveEof,
            SendFin,
        ],
    ),
    Experiment::client(
        "H02",
        [
            say(
                "The request is HTTP/1.0, as a proxy sends it that was not told to use 1.1.",
                "请求是 HTTP/1.0，就像未配置 1.1 的代理所发的那样。",
            ),
            say(
                "GET ... HTTP/1.0 with Upgrade; the server refuses it.",
                "GET … HTTP/1.0 带有 Upgrade；服务器拒绝。",
            ),
        ],
        "/echo",
        &[
            Send(&[head(
                "GET {target} HTTP/1.0\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n",
            )]),
            ReceiveHead,
            ReceiveEof,
            SendFin,
        ],
    ),
];
