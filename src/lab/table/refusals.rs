//! H: the opening handshake, where the answer is not 101.

use super::super::experiment::{BrowserReport, Experiment, Translated, say};
use super::super::step::Step::{self, ReceiveEof, Send, SendFin};
use super::super::step::{AcceptHash, Piece};

const fn refusal(id: &'static str, words: [Translated; 2], script: &'static [Step]) -> Experiment {
    Experiment::server(id, words, script).reports(BrowserReport::REFUSED)
}

const fn answer(text: &'static str) -> Piece {
    Piece::Head(text, AcceptHash::Right)
}

const STATUS: Translated = say(
    "The status of the answer, and who wrote it: Server and Via.",
    "回答的状态码，以及由谁写出：Server 与 Via。",
);

pub(super) const ROWS: &[Experiment] = &[
    refusal(
        "H01",
        [
            say(
                "A proxy answers in the server's place, because it does not pass Upgrade on.",
                "代理没有转发 Upgrade，于是代替服务器作答。",
            ),
            say("400 with Server: nginx and Via.", "400，带有 Server: nginx 与 Via。"),
        ],
        &[
            Send(&[answer(
                "HTTP/1.1 400 Bad Request\r\nServer: nginx/1.27.4\r\nVia: 1.1 proxy.example\r\nConnection: close\r\n\
                 Content-Type: text/plain\r\nContent-Length: 34\r\n\r\nCan \"Upgrade\" only to \"WebSocket\".",
            )]),
            SendFin,
            ReceiveEof,
        ],
    ),
    refusal(
        "H04",
        [
            say("The server knows only version 8 of the protocol.", "服务器只支持协议版本 8。"),
            say("426 with Sec-WebSocket-Version: 8.", "426，带有 Sec-WebSocket-Version: 8。"),
        ],
        &[
            Send(&[answer(
                "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n\
                 Sec-WebSocket-Version: 8\r\nContent-Length: 0\r\n\r\n",
            )]),
            SendFin,
            ReceiveEof,
        ],
    ),
    refusal(
        "H07",
        [
            say(
                "The path leads to a page: 200 and HTML, as a single-page application answers everything.",
                "路径指向一个网页：200 与 HTML，如同单页应用对一切请求的回答。",
            ),
            say(
                "200 with Content-Type: text/html in place of 101.",
                "应为 101 之处是 200 与 Content-Type: text/html。",
            ),
        ],
        &[
            Send(&[answer(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: 46\r\n\r\n\
                 <!doctype html><title>App</title><div id=app>\n",
            )]),
            SendFin,
            ReceiveEof,
        ],
    ),
    refusal(
        "H08",
        [
            say("The server redirects, which browsers do not follow.", "服务器重定向，而浏览器不会跟随。"),
            say("302 with Location.", "302，带有 Location。"),
        ],
        &[
            Send(&[answer(
                "HTTP/1.1 302 Found\r\nLocation: /echo\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            )]),
            SendFin,
            ReceiveEof,
        ],
    ),
    refusal(
        "H09",
        [
            say("The server forbids it, whatever the Origin is.", "服务器无论 Origin 为何都拒绝。"),
            say("403; compare Origin with Host in the request.", "403；请比较请求中的 Origin 与 Host。"),
        ],
        &[
            Send(&[answer(
                "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 18\r\n\r\n\
                 Origin not allowed",
            )]),
            SendFin,
            ReceiveEof,
        ],
    ),
    refusal(
        "H09-401",
        [
            say("The server wants a login first: 401.", "服务器要求先登录：401。"),
            say(
                "401 with WWW-Authenticate, which no WebSocket API answers.",
                "401，带有 WWW-Authenticate；没有任何 WebSocket API 会回应它。",
            ),
        ],
        &[
            Send(&[answer(
                "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            )]),
            SendFin,
            ReceiveEof,
        ],
    ),
    refusal(
        "H10",
        [say("A gateway does not reach the server behind it: 502.", "网关连不上后面的服务器：502。"), STATUS],
        &[
            Send(&[answer(
                "HTTP/1.1 502 Bad Gateway\r\nServer: nginx/1.27.4\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            )]),
            SendFin,
            ReceiveEof,
        ],
    ),
    refusal(
        "H10-404",
        [say("Nothing is there: 404.", "那里什么也没有：404。"), STATUS],
        &[
            Send(&[answer("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")]),
            SendFin,
            ReceiveEof,
        ],
    ),
    refusal(
        "H10-500",
        [say("The application has failed: 500.", "应用程序出错：500。"), STATUS],
        &[
            Send(&[answer(
                "HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            )]),
            SendFin,
            ReceiveEof,
        ],
    ),
    refusal(
        "H10-503",
        [say("The service is down or full: 503.", "服务停止或已满：503。"), STATUS],
        &[
            Send(&[answer(
                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 30\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            )]),
            SendFin,
            ReceiveEof,
        ],
    ),
    refusal(
        "H10-504",
        [say("The gateway waited in vain: 504.", "网关等待超时：504。"), STATUS],
        &[
            Send(&[answer(
                "HTTP/1.1 504 Gateway Timeout\r\nServer: nginx/1.27.4\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            )]),
            SendFin,
            ReceiveEof,
        ],
    ),
];
