//! One sees one's own connections, and nobody else's: by whatever parameter it is tried.

use serde_json::{Value, json};

use super::{Viewer, key};
use crate::support::http::{Request, get};
use crate::support::people::{self, Login};
use crate::support::raw::Raw;
use crate::support::refusal::refused;
use crate::support::server::Server;
use crate::support::ws::Client;

#[test]
fn who_does_not_know_the_key_sees_nothing() {
    let server = Server::start(&[]);
    let to = server.addr();
    let (mut ada, mut eve) = (Viewer::open(to), Viewer::open(to));
    let mut watched = ada.connect(to, "/echo");
    watched.send_text("a secret");
    assert_eq!(watched.text(), "a secret");
    ada.hears("her own", |it| it["type"] == "message" && it["preview"] == "a secret");
    eve.hears_nothing();
    // No wish of another's reaches it either.
    eve.wish(0, &json!({ "do": "abort" }));
    eve.hears("refused", |it| it["why"] == "gone");
    watched.send_text("still here");
    assert_eq!(watched.text(), "still here");

    // Nothing but the whole key, once, opens what was watched.
    let known = ada.key.clone();
    for wrong in [
        key(),
        eve.key.clone() + "0",
        known[..31].to_owned(),
        known.to_uppercase() + "0",
        "0".repeat(32),
        "*".to_owned(),
        "%2e%2e".to_owned(),
        format!("{known}%00"),
    ] {
        let answer = get(to, &format!("/inspect/saved/{wrong}/wirewalk.pcapng"));
        assert_eq!(answer.status, 404, "{wrong}");
    }
    for name in ["", "wirewalk.txt", "../../etc/passwd", "wirewalk.pcapng%00"] {
        assert_eq!(get(to, &format!("/inspect/saved/{known}/{name}")).status, 404, "{name}");
    }
    // The feed of a key is one.
    refused(to, Raw::request(to, &format!("/inspect/live?key={known}")).as_bytes(), 409);
    for wrong in [
        "",
        "?key=",
        "?key",
        "?key=short",
        &format!("?key={}", &known[..31]),
        &format!("?key={}", "a".repeat(65)),
        &format!("?key={known}&key={known}"),
        &format!("?inspect={known}"),
        &format!("?Key={known}"),
        "?key=________________________________",
    ] {
        refused(to, Raw::request(to, &format!("/inspect/live{wrong}")).as_bytes(), 400);
    }
    // A page of another origin, whatever it knows.
    let target = format!("/inspect/live?key={}", key());
    let foreign = Raw::request(to, &target)
        .replace("Upgrade: websocket", "Origin: http://evil.example\r\nUpgrade: websocket");
    refused(to, foreign.as_bytes(), 403);
    assert_eq!(get(to, &target).status, 426);

    // When the feed is gone, so is the key, and what was watched.
    ada.client.end();
    drop(ada);
    crate::support::wait_until("the key is forgotten", crate::support::PATIENCE, || {
        get(to, &format!("/inspect/saved/{known}/wirewalk.pcapng")).status == 404
    });
    watched.send_text("and again");
    assert_eq!(watched.text(), "and again");
}

#[test]
fn what_carries_no_known_key_is_not_watched() {
    let server = Server::start(&[]);
    let to = server.addr();
    let mut eve = Viewer::open(to);
    let known = eve.key.clone();
    for query in [
        String::new(),
        "?inspect=".to_owned(),
        "?inspect".to_owned(),
        format!("?inspect={}", key()),
        format!("?inspect={}", &known[..31]),
        format!("?inspect={known}0"),
        format!("?inspect={known}&inspect={known}"),
        format!("?key={known}"),
        format!("?INSPECT={known}"),
        format!("?x=inspect={known}"),
    ] {
        // Served as any other.
        let mut client = Client::connect(to, &format!("/echo{query}"), &[]).unwrap();
        client.send_text("mine");
        assert_eq!(client.text(), "mine", "{query}");
    }
    // A feed is not told of, not even to itself.
    let other = key();
    let _feed = Client::connect(to, &format!("/inspect/live?key={other}&inspect={known}"), &[]).unwrap();
    eve.hears_nothing();
    assert!(eve.events.is_empty());
}

#[test]
fn a_login_neither_helps_nor_shows() {
    let server = people::server(&[]);
    let to = server.addr();
    let (ada, eve) = (Login::register(&server, "Ada"), Login::register(&server, "Eve"));
    let mut viewer = Viewer::open(to);
    let target = format!("{}&inspect={}", ada.target(), viewer.key);
    let _client = Client::connect(
        to,
        &target,
        &[("Cookie", "wirewalk=its-secret"), ("Authorization", "Bearer its-secret")],
    )
    .unwrap();
    viewer.hears_of("upgrade");
    let told = Value::from(viewer.events.clone()).to_string();
    assert!(!told.contains("its-secret") && told.contains("xxxxxxxx"), "{told}");
    let saved = get(to, &format!("/inspect/saved/{}/wirewalk.pcapng", viewer.key)).body;
    assert!(!saved.windows(10).any(|bytes| bytes == b"its-secret"));

    // Signed in as whoever it may be, what one asks for decides.
    for who in [&ada, &eve] {
        let answer = Request::new("GET", &format!("/inspect/saved/{}/wirewalk.json", key()))
            .bearer(&who.token)
            .send(to);
        assert_eq!(answer.status, 404);
    }
}

/// Who makes another's browser connect with their own key sees of its request what is known to be harmless.
#[test]
fn of_a_request_only_the_harmless_is_shown() {
    let server = people::server(&[]);
    let to = server.addr();
    let ann = Login::register(&server, "Ann");
    let mut viewer = Viewer::open(to);
    let secret = "eyJ-its-secret";
    let headers = [
        "Cookie",
        "Authorization",
        "Proxy-Authorization",
        "X-Api-Key",
        "X-Auth-Token",
        "Cf-Access-Jwt-Assertion",
        "X-Forwarded-Access-Token",
        "X-Forwarded-For",
        "X-Amzn-Oidc-Data",
        "Forwarded",
        "Referer",
        "X-Nobody-Knows",
    ];
    let lines: Vec<_> = headers.iter().map(|name| (*name, secret)).collect();
    let harmless = [
        ("User-Agent", "harmless-agent"),
        ("Accept-Language", "harmless-language"),
        ("Sec-CH-UA-Platform", "harmless-platform"),
        ("Sec-Fetch-Mode", "harmless-mode"),
        ("Cache-Control", "harmless-control"),
    ];
    let target = format!("{}&token={secret}&{secret}&inspect={}", ann.target(), viewer.key);
    let mut client = Client::connect(to, &target, &[&lines[..], &harmless].concat()).unwrap();
    client.text();
    client.end();
    viewer.hears_of("close");
    let mut shown = vec![("the feed", Value::from(viewer.events.clone()).to_string())];
    for name in ["wirewalk.pcapng", "wirewalk.json", "wirewalk.html", "wirewalk.mmd"] {
        let saved = get(to, &format!("/inspect/saved/{}/{name}", viewer.key));
        assert_eq!(saved.status, 200, "{name}");
        shown.push((name, saved.text()));
    }
    let hexadecimal = secret.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    for (view, text) in &shown {
        for hidden in [secret, &ann.session, &hexadecimal] {
            assert!(!text.contains(hidden), "{hidden} in {view}");
        }
    }
    let (feed, packets) = (&shown[0].1, &shown[1].1);
    for (name, value) in harmless {
        assert!(packets.contains(&format!("{name}: {value}\r\n")), "{name}");
    }
    // The names stay, and so do the lengths.
    for name in headers {
        assert!(packets.contains(&format!("{name}: {}\r\n", "x".repeat(secret.len()))), "{name}");
    }
    assert!(packets.contains(&format!("&inspect={} HTTP/1.1\r\n", viewer.key)));
    assert!(feed.contains(&format!("/message?sessionId={}&userId=x", "x".repeat(36))), "{feed}");
}
