//! No false alarm: exchanges of Node, Python, Chromium and Java among each other and with our server, captured as they
//! happen, have no error and no warning.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::oracle::peers::{self, Peer, Serving};
use crate::support::PATIENCE;
use crate::support::catch::Catch;
use crate::support::chrome::{Chrome, Page};
use crate::support::process;
use crate::support::server::Server;
use crate::support::site;
use crate::support::temp::TempDir;

/// Java compiles its program first.
const JAVA: Duration = Duration::from_mins(2);

/// Each client opens so many connections.
const CONNECTIONS: usize = 2;

/// Who asks.
enum Client<'p> {
    Peer(Peer),
    Chromium(&'p Page),
    /// It offers no compression.
    Java,
}

impl Client<'_> {
    fn name(&self) -> String {
        match self {
            Self::Peer(peer) => format!("{peer:?}"),
            Self::Chromium(_) => "Chromium".to_owned(),
            Self::Java => "Java".to_owned(),
        }
    }

    fn speak(&self, mode: &str, port: u16, path: &str) {
        match self {
            Self::Peer(peer) => peer.speak(mode, port, path),
            Self::Chromium(page) => {
                let speak = include_str!("healthy/page.js");
                let speak = speak.split_once("\n\n").expect("comments stand above it").1;
                let url = format!("ws://127.0.0.1:{port}{path}");
                let said = page.eval(&format!("({})('{url}', {})", speak.trim_end(), path == "/echo"));
                assert_eq!(said, "", "Chromium {mode}");
            }
            Self::Java => {
                let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/healthy/Client.java");
                let mut java = Command::new("java");
                let exit = process::run(java.arg(source).args([&port.to_string(), path]), JAVA);
                assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "Java: {}", exit.stdout);
            }
        }
    }
}

/// The server of an exchange.
enum Responder {
    Peer(Peer),
    Ours,
}

/// What was seen of all exchanges.
#[derive(Debug, Default)]
struct Seen {
    exchanges: u64,
    connections: usize,
    messages: usize,
    compressed: usize,
    infos: usize,
    wrong: Vec<String>,
}

impl Seen {
    fn add(&mut self, name: &str, mode: &str, document: &Value) {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let connections = list(&document["connections"]);
        assert_eq!(connections.len(), CONNECTIONS, "{name}");
        let notes = list(&document["file"]["notes"]);
        let found: Vec<_> = connections.iter().flat_map(|it| list(&it["findings"])).chain(notes).collect();
        let (infos, wrong): (Vec<_>, Vec<_>) = found.into_iter().partition(|it| it["severity"] == "info");
        self.wrong.extend(
            wrong.iter().map(|it| format!("{name}: {} {}: {}", it["severity"], it["id"], it["fact"])),
        );
        let messages: Vec<_> = connections.iter().flat_map(|it| list(&it["messages"])).collect();
        let compressed = messages.iter().filter(|it| it["compressed"] == true).count();
        // That it was compressed is what a mode is about.
        assert_eq!(compressed > 0, mode != "plain", "{name}: {compressed} of {}", messages.len());
        assert!(messages.iter().all(|it| it["sha256"].is_string()), "{name}");
        assert!(connections.iter().all(|it| it["close"]["clean"] == true), "{name}");
        self.exchanges += 1;
        self.connections += connections.len();
        self.messages += messages.len();
        self.compressed += compressed;
        self.infos += infos.len();
    }
}

/// Explains what passes while `client` asks on a port.
fn explained(path: &Path, port: u16, speak: impl FnOnce()) -> Option<Value> {
    let mut catch = Catch::on(port)?;
    speak();
    catch.save(path, CONNECTIONS);
    let mut explain = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    let exit = process::run(explain.args(["explain", "--json"]).arg(path), PATIENCE);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
    Some(serde_json::from_str(&exit.stdout).unwrap())
}

#[test]
#[ignore = "run by tests/run: needs python3, Node.js, Java, chromium and the network for their packages"]
fn exchanges_of_others_raise_no_alarm() {
    peers::install();
    let (dir, chrome) = (TempDir::new(), Chrome::launch());
    let site = site::serve("<!doctype html><title>elsewhere</title>");
    let page = chrome.context().page(&format!("http://{site}/"));
    let clients =
        [Client::Peer(Peer::Node), Client::Peer(Peer::Python), Client::Chromium(&page), Client::Java];
    let responders = [Responder::Ours, Responder::Peer(Peer::Node), Responder::Peer(Peer::Python)];
    let origin = format!("http://{site}");
    let mut seen = Seen::default();
    for (client, responder) in
        clients.iter().flat_map(|client| responders.iter().map(move |responder| (client, responder)))
    {
        for mode in ["plain", "deflate"] {
            if mode == "deflate" && (matches!(client, Client::Java) || matches!(responder, Responder::Ours)) {
                continue;
            }
            let (name, path) = match responder {
                Responder::Ours => (format!("{} with wirewalk, {mode}", client.name()), "/echo"),
                Responder::Peer(peer) => (format!("{} with {peer:?}, {mode}", client.name()), "/exchange"),
            };
            let (ours, theirs) = match responder {
                Responder::Ours => {
                    (Some(Server::start(&["--ping-interval", "0", "--allow-origin", &origin])), None)
                }
                Responder::Peer(peer) => (None, Some(Serving::start(*peer, mode))),
            };
            let port =
                ours.as_ref().map(|it| it.addr().port()).or(theirs.as_ref().map(|it| it.port)).unwrap();
            let speak = || client.speak(mode, port, path);
            let Some(document) = explained(&dir.join("exchange.pcapng"), port, speak) else { return };
            seen.add(&name, mode, &document);
        }
    }
    let Seen { exchanges, connections, messages, compressed, infos, wrong } = seen;
    assert_eq!(exchanges, 18);
    println!(
        "{exchanges} exchanges of Node, Python, Chromium and Java, {connections} connections, {messages} messages, \
         {compressed} of them compressed: {} errors and warnings, {infos} findings of what is normal",
        wrong.len()
    );
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
