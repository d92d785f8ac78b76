//! The live page in a real browser: one's own connection from the SYN to TIME-WAIT, and nobody else's.

mod address;
mod controls;
mod folded;
mod layout;
mod long;
mod pace;
mod picture;
mod tour;
mod used;

use serde_json::{Value, json};

use crate::support::PATIENCE;
use crate::support::chrome::{Chrome, Page};
use crate::support::http::get;
use crate::support::process;
use crate::support::server::Server;
use crate::support::temp::TempDir;

/// A page of someone who watches.
struct Watcher {
    server: Server,
    chrome: Chrome,
    page: Page,
}

impl Watcher {
    fn open() -> Self {
        Self::open_at("/inspect")
    }

    fn open_at(address: &str) -> Self {
        let server = Server::start(&["--lab", "--ping-interval", "0"]);
        let chrome = Chrome::launch();
        let page = open_at(&server, &chrome, address);
        Self { server, chrome, page }
    }

    /// Opens the WebSocket, and waits until the page shows that it is open.
    fn connect(&self) {
        self.page.click("#connect");
        self.page.wait("document.querySelector('#state').dataset.state === 'online'", PATIENCE);
        self.shows("ws OPEN");
    }

    /// Presses a control, in the menu that it stands in if need be.
    fn press(&self, id: &str) {
        let menu = format!("document.getElementById('{id}').closest('details.menu:not([open])')?.id");
        if let Some(menu) = self.page.eval(&menu).as_str() {
            self.page.click(&format!("#{menu} > summary"));
        }
        self.page.click(&format!("#{id}"));
    }

    /// Waits until the line that says what just happened says this: a regular expression.
    fn hears(&self, said: &str) {
        self.page.wait(&format!("/{said}/.test(news.innerText)"), PATIENCE);
    }

    /// Waits until the rows say so.
    fn shows(&self, text: &str) {
        let js = format!(
            "document.querySelector('#rows').innerText.replace(/\\s+/g, ' ').includes({})",
            Value::from(text)
        );
        self.page.wait(&js, PATIENCE);
    }

    /// Whose states are lit in a diagram: the client's and the server's.
    fn lit(&self, machine: &str) -> Value {
        self.page.eval(&format!(
            "['client', 'server'].map(side => document.querySelector('#{machine} .node.' + side)?.dataset.state)"
        ))
    }

    /// The objects of `explain --json` of the capture that the page saves.
    fn explained(&self) -> Value {
        let path = self.page.eval("document.querySelector('#save-pcapng').getAttribute('href')");
        let capture = get(self.server.addr(), path.as_str().expect("an address"));
        assert_eq!(capture.status, 200);
        let directory = TempDir::new();
        let file = directory.join("wirewalk.pcapng");
        std::fs::write(&file, capture.body).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_wirewalk"));
        let exit = process::run(command.args(["explain", "--json"]).arg(file), PATIENCE);
        serde_json::from_str(&exit.stdout).unwrap_or_else(|error| panic!("{error}: {}", exit.stderr))
    }

    fn complains_of_nothing(&self) {
        assert_eq!(self.page.problems(), Vec::<String>::new());
    }
}

fn open(server: &Server, chrome: &Chrome) -> Page {
    open_at(server, chrome, "/inspect")
}

fn open_at(server: &Server, chrome: &Chrome, address: &str) -> Page {
    let page = chrome.context().page(&server.url(address));
    page.viewport(1400, 1000);
    // The diagrams are drawn from what the server tells.
    page.wait("document.querySelectorAll('.node').length === 15", PATIENCE);
    page
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_connection_is_seen_from_the_syn_to_time_wait() {
    let ada = Watcher::open();
    ada.page.picture("inspect-begin");
    ada.connect();
    assert_eq!(ada.lit("tcp"), json!(["ESTABLISHED", "ESTABLISHED"]));
    assert_eq!(ada.lit("ws"), json!(["OPEN", "OPEN"]));
    for state in ["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "GET /echo", "101 Switching Protocols"] {
        ada.shows(state);
    }
    ada.page.type_text("#text", "Hello");
    ada.page.press("Enter");
    ada.shows("TEXT \"Hello\" 5 B masked");
    ada.page.wait("reported.textContent.includes('message \"Hello\"')", PATIENCE);
    ada.press("send-binary");
    ada.shows("BINARY 00 11 22 33 44 55… 16 B masked");
    ada.press("send-large");
    ada.page.wait("reported.textContent.includes('message 150000 B')", PATIENCE);
    ada.page.click("#ping");
    ada.shows("PING \"wirewalk\" 8 B");
    ada.shows("PONG \"wirewalk\" 8 B masked");
    ada.hears("^The client answered the server's Ping with the same 8 bytes, [0-9.]+ [µm]?s later.$");
    ada.press("fragments");
    ada.shows("TEXT FIN=0 \"one message, \" 13 B");
    ada.shows("CONTINUATION \"a Ping between\" 14 B");

    // The frame, bit by bit, and its payload unmasked.
    let row = "[...document.querySelectorAll('.packet')].find(it => it.innerText.replace(/\\s+/g, ' ').includes('TEXT \"Hello\" 5 B masked'))";
    ada.page.eval(&format!("follow.checked = false; location.hash = {row}.id"));
    ada.page.wait(&format!("{row}.open && {row}.querySelector('.grid') !== null"), PATIENCE);
    let bits = ada
        .page
        .eval(&format!("[...{row}.querySelectorAll('.grid [data-bits]')].map(it => it.dataset.bits)"));
    assert_eq!(
        bits.as_array().unwrap()[..5],
        [json!("1"), json!("000"), json!("0001"), json!("1"), json!("0000101")]
    );
    let said = ada.page.eval(&format!("{row}.querySelector('.unmask').innerText"));
    assert!(said.as_str().unwrap().split_whitespace().collect::<String>().contains("Hello"), "{said}");
    ada.page.picture("inspect-frame");
    let accept =
        "[...document.querySelectorAll('.packet')].find(it => it.innerText.includes('101 Switching'))";
    ada.page.eval(&format!("location.hash = {accept}.id"));
    ada.page.wait(&format!("{accept}.innerText.includes('258EAFA5-E914-47DA-95CA-C5AB0DC85B11')"), PATIENCE);
    ada.page.picture("inspect-accept");

    ada.page.click("#close");
    ada.page.wait("reported.textContent.includes('close 1000 wasClean=true')", PATIENCE);
    ada.page.wait("document.querySelector('.autopsy') !== null", PATIENCE);
    assert_eq!(ada.lit("ws"), json!(["CLOSED", "CLOSED"]));
    assert_eq!(ada.lit("tcp"), json!(["CLOSED", "TIME-WAIT"]));
    ada.page.wait(
        "/server is in TIME-WAIT: [1-5]?[0-9] s of 60 left/.test(document.querySelector('#waiting').innerText)",
        PATIENCE,
    );
    ada.page.picture("inspect-closed");
    ada.complains_of_nothing();
    rows_are_those_of_the_capture(&ada);
}

/// Each packet and each frame of the capture that is saved has its row, and no row is anything else.
fn rows_are_those_of_the_capture(ada: &Watcher) {
    ada.page.eval("location.hash = ''");
    let explained = ada.explained();
    let connection = &explained["connections"][0];
    let rows = ada.page.eval(
        "(() => { document.querySelectorAll('#rows .fold').forEach(it => { it.open = true });
          const list = document.querySelectorAll('#rows .chunk'); list.forEach(it => it.scrollIntoView());
          return new Promise(done => setTimeout(() => done([...document.querySelectorAll('#rows .packet')].map(it => ({
            number: Number(it.id.slice(1)), from: it.classList.contains('by-client') ? 'client' : 'server',
            text: it.querySelector('summary').innerText.replace(/\\s+/g, ' ') }))), 500)); })()",
    );
    let rows = rows.as_array().unwrap();
    let packets = connection["packets"].as_array().unwrap();
    assert_eq!(rows.len(), packets.len());
    for (row, packet) in rows.iter().zip(packets) {
        assert_eq!((&row["number"], &row["from"]), (&packet["number"], &packet["from"]));
    }
    let row =
        |number: &Value| rows.iter().find(|row| row["number"] == *number).unwrap()["text"].as_str().unwrap();
    let frames = connection["frames"].as_array().unwrap();
    assert!(frames.len() > 8, "{frames:?}");
    for frame in frames {
        let (opcode, masked) = (frame["opcode"].as_str().unwrap().to_uppercase(), frame["masked"] == true);
        let text = row(frame["packets"].as_array().unwrap().last().unwrap());
        assert!(text.contains(&opcode) && text.contains("masked") == masked, "{frame}: {text}");
    }
    for transition in connection["transitions"].as_array().unwrap() {
        let text = row(&transition["packet"]);
        assert!(text.contains(transition["to"].as_str().unwrap()), "{transition}: {text}");
    }
    let shown =
        ada.page.eval("[...document.querySelectorAll('#rows .found .finding')].map(it => it.innerText)");
    let findings = connection["findings"].as_array().unwrap();
    assert_eq!(shown.as_array().unwrap().len(), findings.len());
    for finding in findings {
        let fact = finding["fact"].as_str().unwrap();
        assert!(shown.as_array().unwrap().iter().any(|it| it.as_str().unwrap().contains(fact)), "{fact}");
    }
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_connection_that_is_reset_shows_who_reset_it() {
    let ada = Watcher::open();
    ada.connect();
    ada.page.click("#abort");
    ada.page.wait("reported.textContent.includes('close 1006 wasClean=false')", PATIENCE);
    ada.shows("╳RST");
    ada.page.wait("/Server[^]*RST/.test(document.querySelector('.autopsy')?.innerText)", PATIENCE);
    assert_eq!(ada.lit("tcp"), json!(["CLOSED", "CLOSED"]));
    ada.page.picture("inspect-killed");
    // And again, closed by the server: the page may connect as often as it likes.
    ada.connect();
    ada.page.click("#closing > summary");
    ada.page.type_text("#code", "4001");
    ada.page.type_text("#reason", "enough");
    ada.press("server-close");
    ada.page.wait("reported.textContent.includes('close 4001 wasClean=true \"enough\"')", PATIENCE);
    ada.page.wait("document.querySelectorAll('.autopsy').length === 2", PATIENCE);
    for problem in ada.page.problems() {
        assert!(problem.contains("WebSocket connection to 'ws://"), "{problem}");
    }
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn an_experiment_of_the_lab_is_shown_on_the_live_page() {
    let ada = Watcher::open();
    ada.page.wait("document.querySelectorAll('#experiment option').length > 30", PATIENCE);
    ada.page.eval("experiment.value = 'F02'");
    ada.press("run");
    ada.page.wait("document.querySelector('.finding.error') !== null", PATIENCE);
    ada.shows("F02");
    ada.page.wait("reported.textContent.includes('close 1006 wasClean=false')", PATIENCE);
    ada.page.picture("inspect-experiment");
    for problem in ada.page.problems() {
        assert!(problem.contains("WebSocket connection to 'ws://"), "{problem}");
    }
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn one_page_does_not_see_what_another_does() {
    let ada = Watcher::open();
    // In the same browser, and in another.
    let [same, other] = [(), ()].map(|()| open(&ada.server, &ada.chrome));
    ada.connect();
    ada.page.click("#send-text");
    ada.shows("TEXT \"Hello\" 5 B masked");
    for page in [&same, &other] {
        assert_eq!(page.eval("document.querySelectorAll('.packet').length"), 0);
        assert_eq!(page.eval("document.querySelector('#nothing').checkVisibility()"), true);
        page.click("#abort");
        page.wait("/no open connection/.test(news.innerText)", PATIENCE);
    }
    ada.press("send-binary");
    ada.shows("BINARY");
    ada.complains_of_nothing();
}
