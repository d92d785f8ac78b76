//! The captures of the walkthrough: the online count in real browsers, as `serve --capture` records it.
//!
//! `UPDATE_EXPECT=1 cargo test --test it browser::scenarios -- --ignored` makes them anew, where packets may be
//! captured; the walkthrough's texts are to be written anew then too.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use wirewalk::capture::{Flush, Reader, Record, Times, Writer};

use super::number::presence;
use super::{Person, server};
use crate::captures::golden::is_update;
use crate::support::catch::Catch;
use crate::support::chrome::Chrome;
use crate::support::process::{self, Exit};
use crate::support::server::Server;
use crate::support::temp::TempDir;
use crate::support::{PATIENCE, wait_until};

/// What is played, in a browser that asks for English and one that asks for Chinese.
type Play = fn(&Server, &[Chrome; 2]);

/// A capture of `captures/online`.
struct Scenario {
    name: &'static str,
    policy: &'static str,
    play: Play,
    /// The texts that the server sent on each connection, and the close code of each end.
    told: &'static [(&'static [&'static str], [u16; 2])],
}

const SCENARIOS: [Scenario; 3] = [
    Scenario {
        name: "two_accounts",
        policy: "many",
        play: two_accounts,
        told: &[
            (
                &["Users connected: 1", "Users connected: 2", "Users online: 2", "Users connected: 1"],
                [1000, 1000],
            ),
            (&["当前连接人数为：2"], [1000, 1000]),
        ],
    },
    Scenario {
        name: "same_account_many",
        policy: "many",
        play: same_account_many,
        told: &[
            (&["Users connected: 1", "Users online: 1"], [1000, 1000]),
            (&["当前连接人数为：1"], [1000, 1000]),
        ],
    },
    Scenario {
        name: "same_account_single",
        policy: "single",
        play: same_account_single,
        told: &[
            (&["Users connected: 1", "Signed in elsewhere"], [4001, 4001]),
            (&["当前连接人数为：1"], [1000, 1000]),
        ],
    },
];

fn leave(server: &Server, person: Person, rest: (u64, u64)) {
    person.complains_of_nothing();
    person.page.close();
    wait_until("the connection has ended", PATIENCE, || presence(server) == rest);
}

fn two_accounts(server: &Server, [english, chinese]: &[Chrome; 2]) {
    let ada = Person::register(english, server, "Ada");
    ada.sees(1);
    let ming = Person::register(chinese, server, "小明");
    ming.sees(2);
    ada.sees(2);
    ada.is_told(2);
    leave(server, ming, (1, 1));
    ada.sees(1);
    leave(server, ada, (0, 0));
}

fn same_account_many(server: &Server, [english, chinese]: &[Chrome; 2]) {
    let ada = Person::register(english, server, "Ada");
    ada.sees(1);
    let again = Person::sign_in(chinese, server, "Ada");
    again.sees(1);
    leave(server, again, (1, 1));
    ada.is_told(1);
    leave(server, ada, (0, 0));
}

fn same_account_single(server: &Server, [english, chinese]: &[Chrome; 2]) {
    let ada = Person::register(english, server, "Ada");
    ada.sees(1);
    let again = Person::sign_in(chinese, server, "Ada");
    again.sees(1);
    ada.is("elsewhere");
    leave(server, again, (0, 0));
}

/// Explains a capture as JSON.
fn connections(capture: &Path) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    let exit = process::run(command.args(["explain", "--json"]).arg(capture), PATIENCE);
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    let document: Value = serde_json::from_str(&exit.stdout).unwrap();
    document["connections"].as_array().unwrap().clone()
}

/// Copies the packets of connections that became a WebSocket, without those that loaded the pages.
fn keep_websockets(from: &Path, to: &Path) {
    let websockets = connections(from).into_iter().filter(|connection| !connection["upgrade"].is_null());
    let ports: BTreeSet<u64> =
        websockets.map(|connection| connection["client"]["port"].as_u64().unwrap()).collect();
    let mut reader = Reader::open(from).unwrap();
    let file = std::fs::File::create(to).unwrap();
    let mut writer = Writer::new(file, &reader.info().section, Flush::WhenFull, Times::Keep).unwrap();
    let mut interface = None;
    while let Some(packet) = reader.next_packet() {
        let interface = *interface.get_or_insert_with(|| writer.interface(packet.interface()).unwrap());
        let segment = packet.segment.as_ref().unwrap();
        let of = [segment.source, segment.destination].map(|end| u64::from(end.port()));
        if !of.iter().any(|port| ports.contains(port)) {
            continue;
        }
        let comments: Vec<Cow<'_, str>> = packet.comments().collect();
        writer
            .packet(&Record {
                interface,
                time_ns: packet.time_ns,
                original_length: packet.original_length,
                bytes: packet.bytes,
                direction: packet.direction(),
                comments: &comments,
            })
            .unwrap();
    }
    writer.finish().unwrap();
}

/// The texts that the server sent, and the code of each end's Close.
fn told(connection: &Value) -> (Vec<String>, [u64; 2]) {
    let messages = connection["messages"].as_array().unwrap().iter();
    let sent = messages.filter(|message| message["from"] == "server");
    let text = |message: &Value| {
        let preview: Value = serde_json::from_str(message["preview"].as_str().unwrap()).unwrap();
        preview["message"].as_str().unwrap().to_owned()
    };
    let code = |end: &str| connection["close"][end].as_u64().unwrap();
    (sent.map(text).collect(), [code("client_code"), code("server_code")])
}

/// What is captured now shows what is committed.
#[test]
#[ignore = "run by tests/run: needs chromium, and takes the right to capture packets"]
fn the_captures_of_the_walkthrough_can_be_made_again() {
    let committed = crate::captures::directory().join("online");
    let temporary = TempDir::new();
    let into = if is_update() { committed.clone() } else { temporary.path().to_owned() };
    if Catch::on(9).is_none() {
        return;
    }
    let browsers = ["en-GB,en", "zh-CN,zh"].map(|it| Chrome::launch_with(&[&format!("--accept-lang={it}")]));
    for Scenario { name, policy, play, told: expected } in SCENARIOS {
        let capture = ["--capture", "all.pcapng", "--capture-mode", "packet"];
        let mut server = server().args(&capture).args(&["--login-policy", policy, "--lang", "en"]).start();
        play(&server, &browsers);
        server.signal("TERM");
        let Exit { code, stderr, .. } = server.wait_exit(PATIENCE);
        assert_eq!(code, Some(0), "{stderr}");
        let file = format!("{name}.pcapng");
        keep_websockets(&server.dir().join("all.pcapng"), &into.join(&file));
        for capture in [into.join(&file), committed.join(&file)] {
            let shown: Vec<_> = connections(&capture).iter().map(told).collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|(texts, codes)| {
                    (texts.iter().map(|&it| it.to_owned()).collect::<Vec<_>>(), codes.map(u64::from))
                })
                .collect();
            assert_eq!(shown, expected, "{}", capture.display());
        }
    }
}
