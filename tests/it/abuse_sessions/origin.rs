//! A1: the origins that may open `/message`.

use super::open;
use crate::support::people::{self, Login, presence};

#[test]
fn a1_only_the_own_and_allowed_origins_are_accepted() {
    let server =
        people::server(&["--allow-origin", "https://good.com", "--allow-origin", "http://good.com:8080"]);
    let ann = Login::register(&server, "Ann");
    let port = server.addr().port();
    let own = server.url("");
    let open = |lines: &str| open(&server, &ann.target(), lines).status;

    let evil = [
        // The row: evil, null, a suffix, a dot that is none, upper case, port, scheme.
        "http://evil.example",
        "null",
        "https://good.evil.com",
        "https://goodXcom",
        "https://good.com.evil.example",
        "https://evil-good.com",
        "https://GOOD.com",
        "HTTPS://good.com",
        "https://good.com:443",
        "https://good.com:444",
        "http://good.com",
        "http://good.com:80",
        "https://good.com:8080",
        "https://good.com/",
        "https://good.com@evil.example",
        "https://good.com https://evil.example",
        "https://good.com,https://evil.example",
        "",
        "*",
        "good.com",
        // The own one, nearly.
        &own.to_uppercase(),
        &own.replace("http:", "https:"),
        &own.replace("http:", "ws:"),
        &format!("{own}/"),
        &format!("{own}.evil.example"),
        "http://127.0.0.1",
        &format!("http://localhost:{port}"),
        &format!("http://127.0.0.1:{}", if port == 65_535 { 1 } else { port + 1 }),
    ];
    for origin in evil {
        assert_eq!(open(&format!("Origin: {origin}\r\n")), 403, "{origin:?}");
    }
    // Two Origin headers are none to trust, even if both are right.
    for (first, second) in [
        ("http://evil.example", own.as_str()),
        (&own, "http://evil.example"),
        (&own, &own),
        ("https://good.com", &own),
    ] {
        assert_eq!(open(&format!("Origin: {first}\r\nOrigin: {second}\r\n")), 403, "{first} {second}");
    }
    assert_eq!(open("Origin: \u{1F600}\r\n"), 403);
    assert_eq!(presence(&server), (0, 0));

    for origin in [own.as_str(), "https://good.com", "http://good.com:8080"] {
        assert_eq!(open(&format!("Origin: {origin}\r\n")), 101, "{origin}");
    }
    // No browser, no Origin.
    assert_eq!(open(""), 101);
}

#[test]
fn a1_the_origin_is_checked_before_the_session() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    let evil = "Origin: http://evil.example\r\n";
    let right = open(&server, &ann.target(), evil);
    let wrong = open(&server, "/message?sessionId=6fa459ea-ee8a-4ca4-894e-db77e160355e&userId=1", evil);
    assert_eq!(
        (right.status, right.body),
        (wrong.status, wrong.body),
        "no page may learn whether it is right"
    );
}
