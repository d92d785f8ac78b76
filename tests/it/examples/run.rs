//! An example that was run: what it printed, and what its capture shows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;
use std::time::Duration;

use serde_json::Value;

use super::promises::{Ending, Example};
use crate::support::PATIENCE;
use crate::support::process::{self, Exit};

/// How long cargo may build.
const BUILD: Duration = Duration::from_mins(20);

/// How long an example may take.
const LIMIT: Duration = Duration::from_mins(1);

/// Takes away whatever would let a process have a network of its own, or capture; any user may.
const NOTHING_ALLOWED: &str =
    "cd /proc/sys/user && echo 0 >max_user_namespaces && echo 0 >max_net_namespaces && exec \"$0\" \"$@\"";

/// An example by cargo, as its header says.
pub(super) fn cargo(name: &str, out: Option<&Path>) -> Exit {
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "--example", name, "--"]).args(out);
    process::run(command.current_dir(env!("CARGO_MANIFEST_DIR")), BUILD)
}

/// Has cargo build the examples, once, for those who start them without it.
pub(super) fn examples_are_built() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let mut command = Command::new("cargo");
        command.args(["build", "--quiet", "--examples"]).current_dir(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(process::run(&mut command, BUILD).code, Some(0));
    });
}

/// Where cargo puts an example.
pub(super) fn binary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_wirewalk")).with_file_name("examples").join(name)
}

pub(super) fn command(name: &str, out: &Path) -> Command {
    let mut command = Command::new(binary(name));
    command.arg(out);
    command
}

/// An example to which nothing is allowed that it would like to do.
pub(super) fn without_privilege(name: &str, out: &Path) -> Command {
    let mut wrapped = if may_capture() {
        let mut command = Command::new("unshare");
        command.args(["-Ur", "sh", "-c", NOTHING_ALLOWED]);
        command
    } else if is_root() {
        // Where namespaces are refused, root may still capture in the machine's network.
        let mut command = Command::new("setpriv");
        command.args(["--bounding-set=-all", "--inh-caps=-all"]);
        command
    } else {
        return command(name, out);
    };
    wrapped.arg(binary(name)).arg(out);
    wrapped
}

pub(super) fn exec(command: &mut Command) -> Exit {
    process::run(command, LIMIT)
}

/// Whether a process may have a network of its own here.
pub(super) fn may_capture() -> bool {
    Command::new("unshare").args(["-Urn", "true"]).output().is_ok_and(|output| output.status.success())
}

pub(super) fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    status.lines().any(|line| line.split_whitespace().eq(["Uid:", "0", "0", "0", "0"]))
}

/// Whether the parts stand in the text, one after the other.
pub(super) fn assert_says(name: &str, text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let at =
            rest.find(part).unwrap_or_else(|| panic!("{name}: no {part:?} where it should be in:\n{text}"));
        rest = &rest[at + part.len()..];
    }
}

/// An example that was run.
pub(super) struct Run {
    pub(super) stdout: String,
    /// What `wirewalk explain --json` says of its capture.
    connections: Vec<Value>,
}

impl Run {
    pub(super) fn of(name: &str, exit: Exit, out: &Path) -> Self {
        assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{name}: {}", exit.stdout);
        let mut explain = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
        let explained = process::run(explain.args(["explain", "--json"]).arg(out), PATIENCE);
        assert_eq!((explained.code, explained.stderr.as_str()), (Some(0), ""), "{name}");
        let document: Value = serde_json::from_str(&explained.stdout).unwrap();
        assert_eq!(document["file"]["notes"], Value::Array(Vec::new()), "{name}");
        let connections = document["connections"].as_array().unwrap().clone();
        Self { stdout: exit.stdout, connections }
    }

    /// The example's promises.
    pub(super) fn assert_keeps(&self, example: &Example) {
        let name = example.name;
        assert_says(name, &self.stdout, example.says);
        let row = crate::captures::table().into_iter().find(|row| row.name == name).unwrap();
        let end = [
            "\nState transitions, from ",
            "\nIn Wireshark: open ",
            &format!("display filter `{}`.\n", row.filter),
        ];
        assert_says(name, &self.stdout, &end);

        let frames: Vec<(&str, &str, u64)> = list(&self.connections[0], "frames")
            .map(|frame| (text(frame, "from"), text(frame, "opcode"), frame["length"].as_u64().unwrap()))
            .collect();
        assert_eq!(frames, example.frames, "{name}: the frames");
        for (stream, connection) in self.connections.iter().enumerate() {
            // What it printed is what everybody can see in its capture.
            let seen: Vec<String> = list(connection, "transitions").map(printed).collect();
            assert_eq!(self.printed(stream), seen, "{name}");
            let (changes, expected) = (changes(connection), example.ending.changes());
            let close = &connection["close"];
            if example.ending == Ending::Several {
                assert_eq!(changes[..expected.len()], expected, "{name}");
                assert_eq!(changes.last().unwrap(), "client tcp LAST-ACK → CLOSED", "{name}");
                assert_eq!(close["clean"], true, "{name}: {close}");
            } else {
                assert_eq!(changes, expected, "{name}");
                assert_eq!(close["tcp"].as_str(), example.ending.tcp(), "{name}: {close}");
            }
            let waits = changes.iter().any(|change| change.ends_with("TIME-WAIT"));
            assert_eq!(waits, example.ending != Ending::Reset, "{name}: TIME-WAIT");
        }
        let told = self.stdout.matches("tcp TIME-WAIT → CLOSED after 2 MSL").count();
        let expected = if example.ending == Ending::Reset { 0 } else { self.connections.len() };
        assert_eq!(told, expected, "{name}: the end of TIME-WAIT is told");
    }

    /// The lines of a connection's transitions, as it printed them.
    fn printed(&self, stream: usize) -> Vec<String> {
        let dump = self.stdout.split("\nState transitions, from ").nth(1).expect("a dump");
        let begin =
            if self.connections.len() > 1 { format!("  Connection {stream}\n") } else { "\n".to_owned() };
        let lines = dump.split_once(&begin).expect("the connection").1.lines();
        let lines = lines.take_while(|line| line.starts_with("  packet"));
        lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    /// How the states are known, but for SYN-RECEIVED: that a SYN arrived is inferred until the SYN,ACK.
    pub(super) fn evidence(&self) -> BTreeSet<&str> {
        let transitions = self.connections.iter().flat_map(|connection| list(connection, "transitions"));
        let transitions = transitions.filter(|transition| transition["to"] != "SYN-RECEIVED");
        transitions.map(|transition| text(transition, "evidence")).collect()
    }

    /// The packets that are real.
    pub(super) fn captured(&self) -> BTreeSet<u64> {
        let transitions = self.connections.iter().flat_map(|connection| list(connection, "transitions"));
        let captured = transitions.filter(|transition| transition["evidence"] == "captured");
        captured.map(|transition| transition["packet"].as_u64().unwrap()).collect()
    }

    /// The changes of state of all connections.
    pub(super) fn changes(&self) -> Vec<Vec<String>> {
        self.connections.iter().map(changes).collect()
    }

    /// What the frames of all connections carry, each side's by itself: the sides of several connections may overtake
    /// each other.
    pub(super) fn frames(&self) -> Vec<[Vec<(String, String)>; 2]> {
        let of = |connection: &Value, side: &str| {
            let frames = list(connection, "frames").filter(|frame| frame["from"] == side);
            // A session id is another one each time.
            frames.map(|frame| (frame["opcode"].to_string(), frame["length"].to_string())).collect()
        };
        self.connections
            .iter()
            .map(|connection| [of(connection, "client"), of(connection, "server")])
            .collect()
    }

    /// What it says before the transitions, without what is other each time.
    pub(super) fn says(&self) -> Vec<String> {
        let scene = self.stdout.split("\n\n").nth(1).expect("a scene");
        let other = |line: &&str| line.contains("Sec-WebSocket-") || line.trim_start().starts_with("packet");
        scene.lines().filter(|line| !other(line)).map(str::to_owned).collect()
    }
}

fn list<'v>(connection: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    connection[name].as_array().unwrap_or_else(|| panic!("no {name}")).iter()
}

fn text<'v>(object: &'v Value, name: &str) -> &'v str {
    object[name].as_str().unwrap_or_else(|| panic!("no {name} in {object}"))
}

/// A transition as `explain --json` gives it, in the words in which an example prints it.
fn printed(transition: &Value) -> String {
    let of = |name| text(transition, name);
    format!(
        "packet {} {} ({}, {}, {})",
        transition["packet"],
        change(transition),
        of("event"),
        of("rfc"),
        of("evidence")
    )
}

fn change(transition: &Value) -> String {
    let of = |name| text(transition, name);
    format!("{} {} {} → {}", of("side"), of("layer"), of("from"), of("to"))
}

fn changes(connection: &Value) -> Vec<String> {
    list(connection, "transitions").map(change).collect()
}
