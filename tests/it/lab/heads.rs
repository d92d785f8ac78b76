//! Experiments whose handshake goes wrong: the lines of each response.

use super::{account, at_once, first, key, server};
use crate::support::PATIENCE;
use crate::support::raw::{End, Raw};

const NOTHING: &str = "";
const SWITCH: &str = "HTTP/1.1 101 Switching Protocols";
const UPGRADE: &str = "Upgrade: websocket";
const CONNECTION: &str = "Connection: Upgrade";
const ACCEPT: &str = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const CLOSE: &str = "Connection: close";

/// All lines of each answer, and its body, to a request with the key of RFC 6455 §1.3. The wrong accepts were computed
/// apart from this program, with hashlib and base64 of Python.
const ROWS: &[(&str, &[&str])] = &[
    ("H03", &[SWITCH, CONNECTION, ACCEPT, "", ""]),
    ("H03-connection", &[SWITCH, UPGRADE, "Connection: keep-alive", ACCEPT, "", ""]),
    ("H05", &[SWITCH, UPGRADE, CONNECTION, "", ""]),
    (
        "H06-decoded-key",
        &[SWITCH, UPGRADE, CONNECTION, "Sec-WebSocket-Accept: BXhwxM0SZasKmCD9S4BfpPmCnEw=", "", ""],
    ),
    (
        "H06-no-guid",
        &[SWITCH, UPGRADE, CONNECTION, "Sec-WebSocket-Accept: hHLtf2V1k8aDQZfNjw3Ia1hCwt0=", "", ""],
    ),
    (
        "H06-lower-guid",
        &[SWITCH, UPGRADE, CONNECTION, "Sec-WebSocket-Accept: WJfwerbIozKsJXHxxI0JTO1SQgU=", "", ""],
    ),
    (
        "H06-hex",
        &[
            SWITCH,
            UPGRADE,
            CONNECTION,
            "Sec-WebSocket-Accept: b37a4f2cc0624f1690f64606cf385945b2bec4ea",
            "",
            "",
        ],
    ),
    (
        "H06-hex-in-base64",
        &[
            SWITCH,
            UPGRADE,
            CONNECTION,
            "Sec-WebSocket-Accept: YjM3YTRmMmNjMDYyNGYxNjkwZjY0NjA2Y2YzODU5NDViMmJlYzRlYQ==",
            "",
            "",
        ],
    ),
    (
        "H06-stray-cr",
        &[SWITCH, UPGRADE, CONNECTION, "Sec-WebSocket-Accept: zvnId+CMmoYWpbuFiCx6kU/bpAw=", "", ""],
    ),
    // The key of another connection, which is the right one for this request: see below.
    ("H06", &[SWITCH, UPGRADE, CONNECTION, ACCEPT, "", ""]),
    ("H12", &[SWITCH, UPGRADE, CONNECTION, ACCEPT, "Sec-WebSocket-Protocol: gossip", "", ""]),
    ("H12-empty", &[SWITCH, UPGRADE, CONNECTION, ACCEPT, "Sec-WebSocket-Protocol: ", "", ""]),
    ("H13", &[SWITCH, UPGRADE, CONNECTION, ACCEPT, "Sec-WebSocket-Extensions: x-lab", "", ""]),
    (
        "H13-parameters",
        &[
            SWITCH,
            UPGRADE,
            CONNECTION,
            ACCEPT,
            "Sec-WebSocket-Extensions: permessage-deflate; level=9",
            "",
            "",
        ],
    ),
    (
        "H13-window",
        &[
            SWITCH,
            UPGRADE,
            CONNECTION,
            ACCEPT,
            "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=12",
            "",
            "",
        ],
    ),
    ("H19", &[NOTHING]),
    ("H21", &[SWITCH, UPGRADE, CONNECTION, ACCEPT, ACCEPT, "", ""]),
    (
        "H01",
        &[
            "HTTP/1.1 400 Bad Request",
            "Server: nginx/1.27.4",
            "Via: 1.1 proxy.example",
            CLOSE,
            "Content-Type: text/plain",
            "Content-Length: 34",
            "",
            "Can \"Upgrade\" only to \"WebSocket\".",
        ],
    ),
    (
        "H04",
        &[
            "HTTP/1.1 426 Upgrade Required",
            UPGRADE,
            "Connection: Upgrade, close",
            "Sec-WebSocket-Version: 8",
            "Content-Length: 0",
            "",
            "",
        ],
    ),
    (
        "H07",
        &[
            "HTTP/1.1 200 OK",
            "Content-Type: text/html",
            CLOSE,
            "Content-Length: 46",
            "",
            "<!doctype html><title>App</title><div id=app>\n",
        ],
    ),
    ("H08", &["HTTP/1.1 302 Found", "Location: /echo", CLOSE, "Content-Length: 0", "", ""]),
    (
        "H09",
        &[
            "HTTP/1.1 403 Forbidden",
            CLOSE,
            "Content-Type: text/plain",
            "Content-Length: 18",
            "",
            "Origin not allowed",
        ],
    ),
    (
        "H09-401",
        &["HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Bearer", CLOSE, "Content-Length: 0", "", ""],
    ),
    ("H10", &["HTTP/1.1 502 Bad Gateway", "Server: nginx/1.27.4", CLOSE, "Content-Length: 0", "", ""]),
    ("H10-404", &["HTTP/1.1 404 Not Found", CLOSE, "Content-Length: 0", "", ""]),
    ("H10-500", &["HTTP/1.1 500 Internal Server Error", CLOSE, "Content-Length: 0", "", ""]),
    ("H10-503", &["HTTP/1.1 503 Service Unavailable", "Retry-After: 30", CLOSE, "Content-Length: 0", "", ""]),
    (
        "H10-504",
        &["HTTP/1.1 504 Gateway Timeout", "Server: nginx/1.27.4", CLOSE, "Content-Length: 0", "", ""],
    ),
];

/// Answers whose head is over a limit of `explain`, each with a frame behind it.
fn over_limits() -> [(&'static str, Vec<u8>); 3] {
    let head = [SWITCH, UPGRADE, CONNECTION, ACCEPT].join("\r\n");
    let long = |before: &str, after: &str| [before, &head, "\r\n", after, "\r\n"].concat();
    [
        ("H23", long("", &format!("Set-Cookie: state={}\r\n", "a".repeat(65_536)))),
        ("H23-lines", long("", &"Via: 1.1 proxy.example\r\n".repeat(1001))),
        ("H23-empty-lines", long(&"\r\n".repeat(33_000), "")),
    ]
    .map(|(id, head)| (id, [head.as_bytes(), b"\x81\x05Hello"].concat()))
}

/// An experiment, all bytes of its answer, and who ends first.
pub(super) fn rows() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let rows = ROWS.iter().map(|(id, lines)| {
        let by = if matches!(lines[0], SWITCH | NOTHING) { "client" } else { "server" };
        (*id, lines.join("\r\n").into_bytes(), by)
    });
    rows.chain(over_limits().map(|(id, answer)| (id, answer, "client"))).collect()
}

#[test]
fn each_experiment_answers_with_its_head() {
    let server = server();
    let to = server.addr();
    at_once(&rows(), |(id, answer, by)| {
        let (mut raw, key) = (Raw::tcp(to), key());
        raw.send(Raw::request(to, &format!("/lab/{id}?run={key}")).as_bytes());
        let mut bytes = Vec::new();
        super::read(&mut raw, &mut bytes, answer.len(), PATIENCE);
        // A response that is no WebSocket ends the connection.
        raw.finish();
        let end = super::read(&mut raw, &mut bytes, usize::MAX, PATIENCE);
        if bytes != *answer || end != End::Fin {
            return Err(format!("{id}: {end:?} behind {}", String::from_utf8_lossy(&bytes)));
        }
        let account = account(to, &key);
        let ended = &account["connections"][0]["first"];
        if *ended == first(by, "FIN") { Ok(()) } else { Err(format!("{id}: {ended}")) }
    });
}

/// To any other key than that of the RFC it is wrong.
#[test]
fn the_accept_of_another_connection_is_always_the_same() {
    let server = server();
    let to = server.addr();
    let mut raw = Raw::tcp(to);
    let request =
        Raw::request(to, "/lab/H06").replace("dGhlIHNhbXBsZSBub25jZQ==", "AQIDBAUGBwgJCgsMDQ4PEA==");
    raw.send(request.as_bytes());
    let mut bytes = Vec::new();
    super::read(&mut raw, &mut bytes, 129, PATIENCE);
    assert!(String::from_utf8_lossy(&bytes).contains(ACCEPT), "{}", String::from_utf8_lossy(&bytes));
}
