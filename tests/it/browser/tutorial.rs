//! The tutorial's protocol, by hand inside a page: what clients written years ago do must still work.

use serde_json::json;

use super::{PASSWORD, server};
use crate::support::PATIENCE;
use crate::support::chrome::{Chrome, Page};
use crate::support::http::{self, Request};
use crate::support::server::Server;
use crate::support::ws::Client;

/// Opens a WebSocket as the tutorial does, and keeps what comes in `heard`.
const OPEN: &str = "fetch('/login', { method: 'POST', body: new URLSearchParams({ userName: 'Ada', password: '…' }) })
    .then(answer => answer.json()).then(({ data }) => new Promise((open, fail) => {
        window.me = data;
        window.heard = [];
        window.socket = new WebSocket(`ws://${location.host}/message?sessionId=${data.uuid}&userId=${data.userId}`);
        socket.onmessage = event => heard.push(JSON.parse(event.data));
        socket.onclose = event => window.ended = event.code;
        socket.onopen = () => open(socket.protocol);
        socket.onerror = () => fail(new Error('refused'));
    }))";

fn open(page: &Page) {
    page.eval(&OPEN.replace('…', PASSWORD));
}

/// Someone else signs in and connects, without a browser; and gives their connection.
fn arrive(server: &Server, name: &str) -> Client {
    let account = json!({ "userName": name, "password": PASSWORD });
    let answer = http::post_json(server.addr(), "/register", &account);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let data = http::post_json(server.addr(), "/login", &account).json()["data"].clone();
    let (session, user) = (data["uuid"].as_str().expect("uuid"), &data["userId"]);
    let user = user.as_str().map_or_else(|| user.to_string(), str::to_owned);
    let target = format!("/message?sessionId={session}&userId={user}");
    Client::connect(server.addr(), &target, &[]).unwrap_or_else(|answer| panic!("{}", answer.text()))
}

/// The conversation, in the language that the browser asks for.
fn converse(language: &str, greeting: &str, answer: &str) {
    let server = server().start();
    let chrome = Chrome::launch_with(&[&format!("--accept-lang={language}")]);
    let page = chrome.context().page(&server.url("/login.html"));
    let account = [("userName", "Ada"), ("password", PASSWORD)];
    assert_eq!(Request::new("POST", "/register").form(&account).send(server.addr()).status, 200);
    open(&page);
    page.wait("heard.length === 1", PATIENCE);
    assert_eq!(page.eval("heard[0].code"), 200);
    assert_eq!(page.eval("heard[0].message"), format!("{greeting}1"));

    page.eval("socket.send(JSON.stringify({ sessionId: me.uuid, query: 'onLineNumber' }))");
    page.wait("heard.length === 2", PATIENCE);
    assert_eq!(
        page.eval("heard[1]"),
        json!({ "code": 200, "message": format!("{answer}1"), "event": "answer", "online": 1 })
    );

    // Arrivals and departures are pushed.
    let mut bob = arrive(&server, "Bob");
    page.wait(&format!("heard.length === 3 && heard[2].message === '{greeting}2'"), PATIENCE);
    assert_eq!(page.eval("[heard[2].code, heard[2].event, heard[2].online]"), json!([200, "presence", 2]));
    bob.end();
    page.wait(&format!("heard.length === 4 && heard[3].message === '{greeting}1'"), PATIENCE);

    // What is wrong is answered, and closes nothing.
    for (n, (sent, code)) in [
        ("'hello'", 400),
        ("'[1]'", 400),
        ("'{}'", 400),
        ("JSON.stringify({ sessionId: me.uuid, query: 'weather' })", 404),
        ("JSON.stringify({ sessionId: crypto.randomUUID(), query: 'onLineNumber' })", 403),
    ]
    .into_iter()
    .enumerate()
    {
        page.eval(&format!("socket.send({sent})"));
        page.wait(&format!("heard.length === {}", 5 + n), PATIENCE);
        assert_eq!(page.eval("heard.at(-1).code"), code, "{sent}");
    }
    assert_eq!(page.eval("socket.readyState"), 1);
    page.eval("socket.close(1000)");
    page.wait("window.ended === 1000", PATIENCE);
    assert_eq!(page.problems(), Vec::<String>::new());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn in_chinese() {
    converse("zh-CN,zh", "当前连接人数为：", "当前在线人数：");
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn in_english() {
    converse("en-GB,en", "Users connected: ", "Users online: ");
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn an_unknown_session_is_refused() {
    let server = server().start();
    let chrome = Chrome::launch();
    let page = chrome.context().page(&server.url("/login.html"));
    let code = page.eval(
        "new Promise(done => { const socket = new WebSocket(
            `ws://${location.host}/message?sessionId=${crypto.randomUUID()}&userId=1`);
          socket.onclose = event => done(event.code); })",
    );
    // That is all a browser tells of a refused upgrade.
    assert_eq!(code, 1006);
    // Chromium's words for 401.
    let problems = page.take_problems();
    assert!(matches!(&*problems, [one] if one.contains("HTTP Authentication failed")), "{problems:?}");
}

/// The lines of the README that a page of one's own has.
#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_lines_of_the_readme_tell_how_many_are_online() {
    let readme = include_str!("../../../README.md");
    let script =
        readme.split_once("```js\n").and_then(|(_, rest)| rest.split_once("```")).expect("a script").0;
    let server = server().start();
    let chrome = Chrome::launch();
    let page = chrome.context().page(&server.url("/login.html"));
    let account = [("userName", "Ada"), ("password", PASSWORD)];
    assert_eq!(Request::new("POST", "/register").form(&account).send(server.addr()).status, 200);
    page.eval("window.logged = []; console.log = (...words) => logged.push(words.join(' '))");
    page.eval(&format!(
        "(async () => {{ const userName = 'Ada', password = {}; {script} }})()",
        json!(PASSWORD)
    ));
    page.wait("logged.includes('1 online')", PATIENCE);
}
