//! The controls: those that cannot work say why, a connection can be begun anew, any close code, a server that was away.

use serde_json::json;

use super::{Watcher, open_at};
use crate::support::PATIENCE;

/// The id of each control that is disabled, with what it says.
fn disabled(ada: &Watcher) -> Vec<String> {
    let all = ada.page.eval(
        "[...document.querySelectorAll('[aria-disabled=true]')].map(it => { const why = document.getElementById(it.getAttribute('aria-describedby')).textContent;
           if (it.title !== why) throw new Error(it.id + ': ' + it.title); return it.id })",
    );
    all.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_control_that_cannot_work_says_why() {
    let ada = Watcher::open();
    let without_connection = [
        "send-text",
        "send-binary",
        "send-large",
        "send-many",
        "fragments",
        "ping",
        "close",
        "own-close",
        "server-close",
        "abort",
        "save",
        "clear",
    ];
    assert_eq!(disabled(&ada), without_connection);
    ada.page.click("#ping");
    ada.hears("^There is no open connection: press Connect first.$");
    ada.page.type_text("#text", "into the void");
    ada.page.press("Enter");
    ada.page.click("#save");
    ada.hears("^There is nothing here yet.$");
    assert_eq!(ada.page.eval("saves.open"), false);
    ada.page.click("#language");
    assert_eq!(ada.page.eval("ping.title"), "没有打开的连接：请先点“连接”。");
    ada.page.click("#language");
    ada.connect();
    assert_eq!(disabled(&ada), Vec::<String>::new());
    ada.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn connect_offers_a_new_connection_and_clear_an_empty_ladder() {
    let ada = Watcher::open();
    ada.connect();
    ada.page.click("#send-text");
    assert_eq!(ada.page.text("#connect"), "New connection");
    ada.page.click("#connect");
    ada.page.wait("document.querySelectorAll('#rows .connection').length === 2 && document.querySelector('#state').dataset.state === 'online'", PATIENCE);
    ada.page.wait("reported.textContent.includes('close 1000 wasClean=true')", PATIENCE);
    ada.page.click("#send-text");
    // The echo, and the acknowledgment of it.
    ada.page.wait(
        "document.querySelectorAll('#c1 .arrow.frame').length === 2 && [...document.querySelectorAll('#c1 .arrow')].at(-1).classList.contains('ack')",
        PATIENCE,
    );
    // What is cleared is gone from here; what follows is shown, its frames count on, and what is saved has all.
    ada.page.click("#clear");
    ada.page.wait("document.querySelectorAll('.packet').length === 0", PATIENCE);
    assert_eq!(ada.page.eval("document.querySelectorAll('#rows .connection').length"), 1);
    assert_eq!(ada.lit("tcp"), json!(["ESTABLISHED", "ESTABLISHED"]));
    ada.page.click("#ping");
    ada.shows("PONG \"wirewalk\" 8 B masked");
    ada.page.eval("location.hash = '#f2'");
    ada.page.wait("document.querySelector('.packet[open] summary').innerText.includes('PING')", PATIENCE);
    let frames = ada.explained()["connections"][1]["frames"].as_array().unwrap().len();
    assert_eq!(frames, 4);
    ada.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_connection_is_closed_with_any_code_and_a_reason_that_has_room() {
    let ada = Watcher::open();
    ada.connect();
    let error = || {
        ada.page.eval("document.querySelector('#close-error').checkVisibility() && document.querySelector('#close-error').innerText")
    };
    ada.page.click("#closing > summary");
    for (code, is_right) in [
        ("999", false),
        ("1001", false),
        ("2999", false),
        ("5000", false),
        ("", false),
        ("3000", true),
        ("4999", true),
    ] {
        ada.page.type_text("#code", code);
        let says = if is_right {
            json!(false)
        } else {
            json!("A script may close with 1000, or with 3000 to 4999.")
        };
        assert_eq!(error(), says, "{code}");
        assert_eq!(ada.page.eval("code.getAttribute('aria-invalid')"), (!is_right).to_string(), "{code}");
    }
    // 42 characters of three bytes are 126.
    ada.page.eval(&format!("reason.value = '{}'; reason.dispatchEvent(new Event('input'))", "中".repeat(42)));
    assert_eq!(error(), "The reason has 126 bytes; 123 have room in a Close frame.");
    ada.page.press("Escape");
    // Close does not, but leads to what is wrong.
    ada.page.click("#close");
    assert_eq!((ada.page.focused().as_str(), error().is_string()), ("reason", true));
    assert_eq!(ada.page.eval("document.querySelector('#state').dataset.state"), "online");
    ada.page.eval(&format!("reason.value = '{}'; reason.dispatchEvent(new Event('input'))", "中".repeat(41)));
    ada.page.press("Escape");
    ada.page.click("#close");
    ada.page.wait("reported.textContent.includes('close 4999 wasClean=true')", PATIENCE);
    ada.shows(&format!("CLOSE 4999 \"{}", "中".repeat(10)));
    ada.complains_of_nothing();
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_line_changes_once_a_second_at_most() {
    let ada = Watcher::open();
    ada.page.eval(
        "window.said = []; new MutationObserver(() => said.push([performance.now(), news.textContent])).observe(news, { childList: true, characterData: true, subtree: true })",
    );
    assert_eq!(
        ada.page.eval("[news.getAttribute('role'), getComputedStyle(news).display !== 'none']"),
        json!(["status", true])
    );
    ada.connect();
    for _ in 0..10 {
        ada.page.click("#send-text");
    }
    ada.page.click("#ping");
    ada.hears("^The client answered the server's Ping with the same 8 bytes, ");
    let gaps = ada.page.eval("said.slice(1).map(([at], place) => at - said[place][0])");
    for gap in gaps.as_array().unwrap() {
        assert!(gap.as_f64().unwrap() >= 990.0, "{}", ada.page.eval("said"));
    }
    assert!(ada.page.eval("said.length").as_u64().unwrap() >= 2);
    ada.page.click("#language");
    assert_eq!(ada.page.eval("news.innerText.startsWith('客户端用同样的 8 字节应答了服务器的 Ping')"), true);
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn when_the_server_was_away_the_page_watches_again() {
    let mut ada = Watcher::open();
    ada.connect();
    ada.page.click("#send-text");
    ada.shows("TEXT \"Hello\" 5 B masked");
    ada.server.kill();
    ada.hears("tries to reach it again");
    assert_eq!(
        ada.page.eval("document.querySelector('#connect').getAttribute('aria-describedby')"),
        "why-feed"
    );
    ada.server.restart();
    ada.hears("^The server is there again, and this page watches again.");
    // What was there is there still, until something new comes.
    ada.shows("TEXT \"Hello\" 5 B masked");
    ada.connect();
    ada.page.wait("document.querySelectorAll('#rows .connection').length === 1", PATIENCE);
    ada.page.click("#ping");
    ada.shows("PONG \"wirewalk\" 8 B masked");
    assert_eq!(ada.page.eval("document.querySelector('#rows').innerText.includes('Hello')"), false);
    assert_eq!(ada.explained()["connections"].as_array().unwrap().len(), 1);
    for problem in ada.page.problems() {
        assert!(problem.contains("WebSocket connection to 'ws://"), "{problem}");
    }
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_address_chooses_endpoint_and_experiment() {
    let ada = Watcher::open_at("/inspect?endpoint=/message");
    assert_eq!(ada.page.eval("endpoint.value"), "/message");
    ada.page.click("#connect");
    ada.page.wait("trouble.innerText === 'Sign in first: this endpoint is for users.'", PATIENCE);
    // A refusal is on Chromium's console as a failed request.
    ada.page.take_problems();
    let page = open_at(&ada.server, &ada.chrome, "/inspect?endpoint=/harm&experiment=F02");
    assert_eq!(page.eval("endpoint.value"), "/echo");
    page.wait("experiment.value === 'F02' && document.activeElement.id === 'run'", PATIENCE);
    page.press("Enter");
    page.wait("document.querySelector('.finding.error') !== null", PATIENCE);
}
