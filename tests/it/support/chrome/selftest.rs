//! That the driver does what it says: on pages of its own, before it judges those of the server.

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::json;

use super::{Chrome, Theme};
use crate::support::PATIENCE;
use crate::support::temp::TempDir;

const PAGE: &str = r#"<!doctype html><title>driver</title><meta name=viewport content="width=device-width">
<form onsubmit="event.preventDefault(); out.textContent = 'sent ' + field.value">
<input id=field value=old><button id=button>go</button></form><p id=out></p>
<div id=cover style="position:relative"><button id=under>x</button>
<div style="position:absolute;inset:0;background:#fff"></div></div>
<script>localStorage.visits = 1 + Number(localStorage.visits ?? 0);</script>"#;

/// A site of one page. Its policy forbids images.
fn site() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // One thread a connection: the browser opens some only to have them ready.
            std::thread::spawn(move || {
                let mut head = [0; 8192];
                let len = stream.read(&mut head).unwrap_or(0);
                let request = String::from_utf8_lossy(&head[..len]).to_lowercase();
                let language = request.lines().find_map(|line| line.strip_prefix("accept-language: "));
                let (status, page) =
                    if request.starts_with("get / ") { ("200 OK", PAGE) } else { ("404 Not Found", "") };
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Security-Policy: img-src 'none'\r\n\
                     Set-Cookie: language={}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{page}",
                    language.unwrap_or_default().split([',', ';']).next().unwrap_or_default(),
                    page.len()
                );
            });
        }
    });
    url
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_driver_drives() {
    let url = site();
    let chrome = Chrome::launch();
    let (one, other) = (chrome.context(), chrome.context());
    let page = one.page(&url);
    assert_eq!(page.eval("document.title"), "driver");
    assert_eq!(page.eval("new Promise(done => setTimeout(() => done([1, null]), 20))"), json!([1, null]));
    assert!(page.try_eval("nothing.there").unwrap_err().contains("ReferenceError"));

    // Mouse and keyboard.
    page.type_text("#field", "Grüße 你好");
    page.press("Enter");
    page.wait("out.textContent === 'sent Grüße 你好'", PATIENCE);
    page.type_text("#field", "new");
    page.click("#button");
    assert_eq!(page.text("#out"), "sent new");
    page.eval("document.activeElement.blur()");
    page.tab_to("under", 5);
    page.press("Shift+Tab");
    assert_eq!(page.focused(), "button");
    page.press("Space");
    page.wait("document.activeElement === button", PATIENCE);

    // Contexts share nothing; a reload keeps what a page has stored.
    assert_eq!(other.page(&url).eval("localStorage.visits"), "1");
    page.reload();
    assert_eq!(page.eval("localStorage.visits"), "2");

    // What the reader prefers.
    page.theme(Theme::Dark);
    assert_eq!(page.eval("matchMedia('(prefers-color-scheme: dark)').matches"), true);
    page.theme(Theme::Light);
    assert_eq!(page.eval("matchMedia('(prefers-color-scheme: dark)').matches"), false);
    page.viewport(360, 640);
    assert_eq!(page.eval("innerWidth"), 360);
    page.locale("zh-CN");
    page.reload();
    assert_eq!(page.eval("navigator.language"), "zh-CN");
    assert_eq!(one.cookie("language").unwrap()["value"], "zh-cn");
    let dir = TempDir::new();
    page.screenshot(&dir.join("page.png"));
    assert!(std::fs::read(dir.join("page.png")).unwrap().starts_with(b"\x89PNG"));

    page.close();
    one.close();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn what_a_page_complains_of_is_seen() {
    let chrome = Chrome::launch();
    let page = chrome.context().page(&site());
    // Chromium asks for a picture of its own accord; that the site has none is the site's affair.
    page.take_problems();
    for (js, complaint) in [
        ("setTimeout(() => { throw new Error('thrown') })", "Error: thrown"),
        ("console.error('said', 3, { a: 1 })", "console: said 3"),
        (
            "{ const image = new Image(); image.src = '/x.png' }",
            "violates the following Content Security Policy",
        ),
        ("fetch('/nothing')", "404"),
        ("new Promise(done => { new WebSocket('ws://127.0.0.1:9/').onerror = () => done() })", "WebSocket"),
    ] {
        page.eval(js);
        let begin = std::time::Instant::now();
        let mut problems = page.take_problems();
        while problems.is_empty() && begin.elapsed() < PATIENCE {
            std::thread::sleep(std::time::Duration::from_millis(20));
            problems = page.take_problems();
        }
        assert!(problems.iter().any(|problem| problem.contains(complaint)), "{js}: {problems:?}");
    }
    assert_eq!(page.problems(), Vec::<String>::new());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
#[should_panic(expected = "#under is covered by")]
fn what_is_covered_cannot_be_clicked() {
    Chrome::launch().context().page(&site()).click("#under");
}
