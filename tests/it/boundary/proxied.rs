//! Behind a proxy: the origin is compared with what the browser shows, as far as a trusted proxy says it.

use super::open;
use crate::support::http::{self, Answer, Request};
use crate::support::people::{PASSWORD, credentials};
use crate::support::refusal::each;
use crate::support::server::Server;
use crate::support::{PATIENCE, wait_until};

const TRUST: [&str; 2] = ["--trust-proxy", "127.0.0.1"];

/// Header lines that a proxy adds.
type Lines<'l> = &'l [(&'l str, &'l str)];

/// The lines as they stand in a head.
fn text(lines: Lines<'_>) -> String {
    lines.iter().flat_map(|&(name, value)| [name, ": ", value, "\r\n"]).collect()
}

/// A login with these lines, which a proxy passes on.
fn login(server: &Server, path: &str, lines: Lines<'_>) -> Answer {
    let request = Request::new("POST", path).form(&[("userName", "Ann"), ("password", PASSWORD)]);
    lines.iter().fold(request, |request, (name, value)| request.header(name, value)).send(server.addr())
}

#[test]
fn the_own_origin_is_the_one_that_the_browser_shows() {
    let server = Server::builder().args(&TRUST).args(&["--host", "ws.example.com"]).start();
    assert_eq!(http::post_json(server.addr(), "/register", &credentials("Ann")).status, 200);
    let (https, ours) = ("https://ws.example.com", "ws.example.com");
    let rows: &[(Lines<'_>, &str, bool)] = &[
        (&[("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", ours)], https, true),
        (
            &[("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "ws.example.com:8443")],
            "https://ws.example.com:8443",
            true,
        ),
        (&[("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "ws.example.com:443")], https, true),
        (&[("Forwarded", "for=192.0.2.1;proto=https;host=ws.example.com")], https, true),
        (&[("Forwarded", "for=192.0.2.1;proto=https;host=\"ws.example.com:8443\"")], https, false),
        // Of two proxies, what the outer one was asked for.
        (
            &[
                ("X-Forwarded-For", "192.0.2.1, 127.0.0.1"),
                ("X-Forwarded-Host", "ws.example.com, 127.0.0.1"),
                ("X-Forwarded-Proto", "https, http"),
            ],
            https,
            true,
        ),
        // What the client wrote before the proxy did.
        (
            &[
                ("X-Forwarded-For", "192.0.2.1"),
                ("X-Forwarded-Host", "localhost, ws.example.com"),
                ("X-Forwarded-Proto", "http, https"),
            ],
            "http://localhost",
            false,
        ),
        (&[("X-Forwarded-Host", ours)], https, false),
        (&[("X-Forwarded-Proto", "https")], https, false),
        (&[("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", ours)], "http://ws.example.com", false),
    ];
    each(rows.iter().copied(), |(lines, origin, is_own)| {
        let with_origin = [lines, &[("Origin", origin)]].concat();
        let text = text(&with_origin);
        let upgrade = open(&server, "/echo", &server.addr().to_string(), &text).status;
        let login = login(&server, "/login", &with_origin);
        let secure = login.header("Set-Cookie").is_some_and(|it| it.contains("; Secure"));
        let expected = if is_own { (101, 200, true) } else { (403, 403, false) };
        let is_right = (upgrade, login.status, secure) == expected;
        if is_right { Ok(()) } else { Err(format!("{text}: {upgrade} {} {:?}", login.status, login.headers)) }
    });
}

/// A page that has its own name resolve to the proxy is known by that name, wherever it stands.
#[test]
fn a_forwarded_host_must_be_ours_too() {
    let server = Server::start(&TRUST);
    for (host, forwarded, status) in [
        (server.addr().to_string(), "evil.example", 421),
        ("evil.example".to_owned(), "localhost", 421),
        (server.addr().to_string(), "a b", 400),
        (server.addr().to_string(), "localhost", 101),
    ] {
        let lines = format!("X-Forwarded-Host: {forwarded}\r\n");
        assert_eq!(open(&server, "/echo", &host, &lines).status, status, "{host} {forwarded}");
    }
    let page = Request::new("GET", "/").header("X-Forwarded-Host", "evil.example").send(server.addr());
    assert_eq!(page.status, 421, "no page either");
    // From anyone else it is a header like any other.
    let server = Server::start(&[]);
    let lines = "X-Forwarded-Host: evil.example\r\nOrigin: http://evil.example\r\n";
    assert_eq!(open(&server, "/echo", &server.addr().to_string(), lines).status, 403);
}

#[test]
fn a_refused_origin_is_logged_once_with_what_to_set() {
    let logged = |server: &Server, word: &str| {
        server.log().lines().filter(|line| line.contains("refused a page of") && line.contains(word)).count()
    };
    let origin = ("Origin", "https://ws.example.com");
    let forwarded = ("X-Forwarded-Proto", "https");
    for (args, lines, advice) in [
        (&[][..], &[origin][..], "let it send X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host"),
        (&[], &[origin, forwarded], "--trust-proxy 127.0.0.1"),
        (&TRUST, &[origin, forwarded], "let the proxy send X-Forwarded-Proto and X-Forwarded-Host"),
    ] {
        let server = Server::start(args);
        for _ in 0..3 {
            assert_eq!(login(&server, "/login", lines).status, 403);
            let upgrade = open(&server, "/echo", &server.addr().to_string(), &text(lines));
            assert_eq!(upgrade.status, 403);
        }
        wait_until("it is logged", PATIENCE, || logged(&server, advice) > 0);
        let scheme = if args.is_empty() { "http" } else { "https" };
        let compared = format!("https://ws.example.com: this request came for {scheme}://{}", server.addr());
        assert_eq!((logged(&server, &compared), logged(&server, "")), (1, 1), "{}", server.log());
        assert_eq!(logged(&server, "--allow-origin https://ws.example.com"), 1, "{}", server.log());
        assert_eq!(login(&server, "/login", &[("Origin", "null")]).status, 403);
        wait_until("another one", PATIENCE, || logged(&server, "") == 2);
    }
}

#[test]
fn below_a_base_path_is_everything_and_nothing_beside_it() {
    let server = Server::start(&["--base-path", "/ww", "--lab"]);
    let to = server.addr();
    for path in ["/ww/", "/ww/login.html", "/ww/inspect", "/ww/lab", "/ww/healthz", "/ww/inspect/about"] {
        assert_eq!(http::get(to, path).status, 200, "{path}");
    }
    for path in ["/", "/login.html", "/inspect", "/healthz", "/wwx/", "/ww/ww/", "/assets/common/api.js"] {
        assert_eq!(http::get(to, path).status, 404, "{path}");
    }
    assert!(http::get(to, "/inspect").text().contains("below /ww/"), "{}", http::get(to, "/inspect").text());
    assert!(
        http::get(to, "/ww/no").text().contains("nothing at /ww/no"),
        "{}",
        http::get(to, "/ww/no").text()
    );
    let base = http::get(to, "/ww?a=b");
    assert_eq!((base.status, base.header("Location")), (308, Some("/ww/?a=b")));
    assert!(server.log().contains(&format!("open http://{to}/ww/ in a browser")), "{}", server.log());

    assert_eq!(http::post_json(to, "/ww/register", &credentials("Ann")).status, 200);
    let forwarded = [("X-Forwarded-Proto", "https")];
    let cookie = login(&server, "/ww/login", &forwarded).header("Set-Cookie").expect("a cookie").to_owned();
    assert!(cookie.starts_with("wirewalk_token=") && cookie.contains("; Path=/ww; "), "{cookie}");
    let (name, value) = cookie.split(';').next().and_then(|it| it.split_once('=')).expect("a pair");
    let out = Request::new("POST", "/ww/logout").cookie(name, value).send(to);
    assert_eq!(out.status, 200);
    let cleared: Vec<_> = out.headers.iter().filter(|(name, _)| name == "set-cookie").collect();
    assert!(cleared.len() == 2 && cleared.iter().all(|(_, it)| it.contains("; Path=/ww; ")), "{cleared:?}");

    let statuses = |prefix: &str| {
        let key = "k".repeat(32);
        ["/echo", "/broadcast", "/lab/F02", &format!("/inspect/live?key={key}")]
            .map(|path| open(&server, &format!("{prefix}{path}"), &to.to_string(), "").status)
    };
    assert_eq!((statuses("/ww"), statuses("")), ([101; 4], [404; 4]));
    // The same by a later request of a connection, and in absolute-form.
    let absolute = format!("http://{to}/ww/healthz");
    assert_eq!(Request::new("GET", &absolute).send(to).text(), "ok");
}
