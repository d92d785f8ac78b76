//! The login cookie of a browser that came by https, as far as a proxy that speaks HTTP to us.

use crate::support::http::{self, Answer, Request};
use crate::support::people::{PASSWORD, credentials};
use crate::support::server::Server;

const PLAIN: &str = "wirewalk_token";
const SECURE: &str = "__Host-wirewalk_token";

/// A request that a proxy passes on for this host, with the Origin of its page.
fn ask(server: &Server, request: &Request, host: &str, origin: Option<&str>) -> Answer {
    let request =
        origin.into_iter().fold(request.clone(), |request, origin| request.header("Origin", origin));
    let bytes = String::from_utf8(request.encode(server.addr())).unwrap();
    let own = format!("Host: {}\r\n", server.addr());
    http::request(server.addr(), bytes.replacen(&own, &format!("Host: {host}\r\n"), 1).as_bytes())
}

fn login() -> Request {
    Request::new("POST", "/login").form(&[("userName", "Ann"), ("password", PASSWORD)])
}

fn set_cookies(answer: &Answer) -> Vec<&str> {
    let set = answer.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Set-Cookie"));
    set.map(|(_, value)| value.as_str()).collect()
}

fn server() -> Server {
    let server = Server::start(&[
        "--allow-origin",
        "https://ws.example.com,https://ws.example.com:8443,http://ws.example.com",
    ]);
    assert_eq!(http::post_json(server.addr(), "/register", &credentials("Ann")).status, 200);
    server
}

#[test]
fn over_https_the_cookie_is_secure_and_host_only() {
    let server = server();
    for (host, origin, name) in [
        ("ws.example.com", Some("https://ws.example.com"), SECURE),
        ("ws.example.com:8443", Some("https://ws.example.com:8443"), SECURE),
        ("ws.example.com", Some("http://ws.example.com"), PLAIN),
        // Its page is https, but not of this host: the scheme of the request is unknown.
        ("127.0.0.1", Some("https://ws.example.com"), PLAIN),
        ("ws.example.com", Some("https://ws.example.com:8443"), PLAIN),
        ("ws.example.com", None, PLAIN),
    ] {
        let answer = ask(&server, &login(), host, origin);
        assert_eq!(answer.status, 200, "{host} {origin:?}: {}", answer.text());
        let cookies = set_cookies(&answer);
        assert_eq!(cookies.len(), 1, "{cookies:?}");
        let attributes: Vec<_> = cookies[0].split("; ").collect();
        assert!(attributes[0].starts_with(&format!("{name}=")), "{host} {origin:?}: {cookies:?}");
        assert_eq!(attributes.contains(&"Secure"), name == SECURE, "{cookies:?}");
        for needed in ["HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(attributes.contains(&needed), "{cookies:?}");
        }
        assert!(!cookies[0].contains("Domain"), "{cookies:?}");
    }
}

#[test]
fn over_https_only_the_secure_cookie_counts() {
    let server = server();
    let (https, host) = (Some("https://ws.example.com"), "ws.example.com");
    let secure = ask(&server, &login(), host, https).cookie(SECURE).unwrap().to_owned();
    let plain = ask(&server, &login(), host, None).cookie(PLAIN).unwrap().to_owned();
    let session = |cookies: &str| {
        let answer = ask(&server, &Request::new("GET", "/user/info").header("Cookie", cookies), host, None);
        (answer.status == 200).then(|| answer.json()["data"]["uuid"].clone())
    };
    let by_secure = session(&format!("{SECURE}={secure}")).expect("signed in");
    let by_plain = session(&format!("{PLAIN}={plain}")).expect("signed in");
    assert_ne!(by_secure, by_plain);
    for both in [format!("{PLAIN}={plain}; {SECURE}={secure}"), format!("{SECURE}={secure}; {PLAIN}={plain}")]
    {
        assert_eq!(session(&both), Some(by_secure.clone()));
    }

    // Over https the plain one could be anybody's who can answer for this host over http.
    let logout = |cookies: &str, origin| {
        ask(&server, &Request::new("POST", "/logout").header("Cookie", cookies), host, origin)
    };
    assert_eq!(logout(&format!("{PLAIN}={plain}"), https).status, 401);
    assert_eq!(session(&format!("{PLAIN}={plain}")), Some(by_plain));
    let out = logout(&format!("{PLAIN}={plain}; {SECURE}={secure}"), https);
    assert_eq!(out.status, 200, "{}", out.text());
    assert_eq!(session(&format!("{SECURE}={secure}")), None);
    // Both are cleared, and the secure one so that a browser obeys.
    let cleared = set_cookies(&out);
    assert!(
        cleared.len() == 2 && cleared.iter().all(|it| it.contains("=;") && it.contains("Max-Age=0")),
        "{cleared:?}"
    );
    assert!(cleared.iter().any(|it| it.starts_with(PLAIN)), "{cleared:?}");
    assert!(cleared.iter().any(|it| it.starts_with(SECURE) && it.contains("; Secure")), "{cleared:?}");
}
