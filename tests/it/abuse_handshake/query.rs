//! H10: invalid values of `sessionId` and `userId`, which are never logged.

use crate::support::http::{Request, get};
use crate::support::raw::Raw;
use crate::support::refusal::{fair, refused};
use crate::support::server::Server;

const ID: &str = "6fa459ea-ee8a-4ca4-894e-db77e160355e";

#[test]
fn h10_bad_values_are_refused_and_not_logged() {
    let server = Server::builder().env("RUST_LOG", "wirewalk=debug").start();
    let to = server.addr();
    let endless = "a".repeat(4096);
    for query in [
        "sessionId=%0d%0aSet-Cookie:%20x=y&userId=7",
        &format!("sessionId={ID}%0a2024-01-01%20INFO%20all%20is%20well&userId=7"),
        &format!("sessionId={ID}%00&userId=7"),
        &format!("sessionId={ID}&userId=7%00"),
        &format!("sessionId={ID}&userId=%1b[31mred"),
        &format!("sessionId={ID}&userId=%e2%80%ae7"),
        &format!("sessionId={ID}&userId=%ff%fe"),
        "sessionId=%c0%af&userId=7",
        &format!("sessionId={endless}&userId=7"),
        &format!("sessionId={ID}&userId={endless}"),
        &format!("sessionId={ID}&userId=7&userId=8"),
        &format!("sessionId={ID}&sessionId={ID}&userId=7"),
        &format!("sessionId={ID}&userId=%20"),
    ] {
        refused(to, Raw::request(to, &format!("/message?{query}")).as_bytes(), 400);
    }
    // As bytes of the request line, none of which HTTP allows.
    for (at, bytes) in
        [&b"a\r\nX: y"[..], b"a\nb", b"a\0b", b"a\x1b[31m", b"\xff\xfe", b"a b"].iter().enumerate()
    {
        let request = Raw::request(to, &format!("/message?sessionId=@{at}@&userId=7"));
        let (before, after) = request.split_once(&format!("@{at}@")).unwrap();
        refused(to, &[before.as_bytes(), bytes, after.as_bytes()].concat(), 400);
    }
    // A path is logged: escaped, and without its query.
    refused(to, Raw::request(to, &format!("/%0d%0a%1b[31m?sessionId={ID}&userId=7")).as_bytes(), 404);
    refused(to, Raw::request(to, &format!("/\u{202e}\u{9b}31m?sessionId={ID}")).as_bytes(), 404);
    get(to, &format!("/\u{202e}\u{9b}31m?sessionId={ID}"));
    fair(to);

    let log = server.log();
    assert!(log.contains("> 400 malformed sessionId or userId"), "{log}");
    let raw = log.chars().find(|char| char.is_control() && *char != '\n' || *char == '\u{202e}');
    assert_eq!(raw, None, "{log:?}");
    for (secret, what) in [(ID, "the session"), (&endless[..100], "a long value"), ("Set-Cookie", "a line")] {
        assert!(!log.contains(secret), "{what} is in the log:\n{log}");
    }
    assert!(!log.contains("all is well"), "{log}");
}

/// An answer that repeats what was asked for does so as a string of JSON.
#[test]
fn a_target_in_an_answer_is_escaped() {
    let server = Server::start(&[]);
    let answer = Request::new("GET", "/%0d%0aX:%20y/\"</script>\\").send(server.addr());
    assert!(matches!(answer.status, 400 | 404));
    assert_eq!(answer.header("X"), None);
    if answer.status == 404 {
        assert_eq!(answer.json()["code"], 404);
    }
}
