//! Each experiment, played by its client against a server that captures: what it leaves can be explained.
//!
//! To have the captures: `WIREWALK_LAB_CAPTURES=DIR cargo test --test it lab::captures -- --ignored`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use wirewalk::server::lab::{Experiment, table};

use super::at_once;
use crate::support::PATIENCE;
use crate::support::lab::provoke;
use crate::support::process;
use crate::support::temp::TempDir;

fn explained(path: &Path) -> Result<Value, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    let exit = process::run(command.args(["explain", "--json"]).arg(path), PATIENCE);
    if exit.code != Some(0) {
        return Err(format!("{}: {}", path.display(), exit.stderr));
    }
    serde_json::from_str(&exit.stdout).map_err(|error| error.to_string())
}

/// A packet: who sent it, when in seconds, its flags, bytes and window.
struct Packet<'j> {
    from: &'j str,
    time: f64,
    flags: Vec<&'j str>,
    len: u64,
    window: u64,
}

impl Packet<'_> {
    fn has(&self, from: &str, flag: &str) -> bool {
        self.from == from && self.flags.contains(&flag)
    }
}

fn packets(connection: &Value) -> Vec<Packet<'_>> {
    let all = connection["packets"].as_array().into_iter().flatten();
    let base = connection["packets"][0]["time_ns"].as_u64().unwrap_or_default();
    all.map(|it| Packet {
        from: it["from"].as_str().unwrap_or_default(),
        time: Duration::from_nanos(it["time_ns"].as_u64().unwrap_or_default() - base).as_secs_f64(),
        flags: it["flags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
        len: it["len"].as_u64().unwrap_or_default(),
        window: it["window"].as_u64().unwrap_or_default(),
    })
    .collect()
}

/// What packets and their times must show; what frames must is told by their bytes, see `frames`.
fn shows(id: &str, connections: &[Value]) -> bool {
    let packets = packets(&connections[0]);
    let first = |what: &dyn Fn(&Packet<'_>) -> bool| packets.iter().position(what);
    let fin = |side: &'static str| first(&|it| it.has(side, "FIN"));
    let time = |at: Option<usize>| at.map_or(f64::NAN, |at| packets[at].time);
    // The longest silence before the server's FIN.
    let silence = || {
        let end = fin("server").unwrap_or_default();
        packets[..=end].windows(2).map(|pair| pair[1].time - pair[0].time).fold(0.0, f64::max)
    };
    match id {
        "T03" => fin("server") < first(&|it| it.from == "client" && it.len > 0),
        "T06" | "C02" | "C09" => fin("server").is_none() && first(&|it| it.has("server", "RST")).is_some(),
        "T08" => {
            let closed = first(&|it| it.from == "server" && it.window == 0 && !it.flags.contains(&"RST"));
            closed.is_some_and(|at| packets[at..].iter().any(|it| it.from == "server" && it.window > 0))
        }
        "T11" | "C06" | "C07" | "C08" => fin("client") < fin("server"),
        "C13" => {
            let after = fin("client").unwrap_or(usize::MAX);
            packets.iter().skip(after).any(|it| it.from == "server" && it.len > 0)
        }
        "H17" => time(first(&|it| it.from == "server" && it.len > 0)) > 4.9,
        "F15" => silence() > 2.9,
        "L01" => silence() > 29.0,
        "L02" => silence() > 9.0,
        "L03" => time(fin("server")) > 3.9,
        // The first waits for the last, who comes two seconds later.
        "L04" => time(fin("server")) > 1.9,
        _ => true,
    }
}

fn check(experiment: &Experiment, directory: &Path) -> Result<(), String> {
    let id = experiment.id;
    let (exit, path) = provoke(id, "auto", directory);
    let document = explained(&path)?;
    let connections = document["connections"].as_array().ok_or("no connections")?;
    let say = |what: &str| Err(format!("{id}: {what}\n{}{document}", exit.stdout));
    if document["file"]["truncated"] != false || connections.len() != experiment.connections as usize {
        return say("not all of it is in the capture");
    }
    for connection in connections {
        // An experiment ends.
        if connection["close"]["layer"].is_null() && !connection["upgrade"].is_null() {
            return say("the end is not in the capture");
        }
    }
    if shows(id, connections) { Ok(()) } else { say("it does not show what the table says") }
}

/// A RST leaves no trace but itself, so whoever rebuilds packets from sockets must know of it.
#[test]
fn resets_are_in_the_capture_whichever_way_it_is_made() {
    let directory = TempDir::new();
    for mode in ["auto", "socket"] {
        for id in ["C02", "T06"] {
            let (_, path) = provoke(id, mode, directory.path());
            let close = explained(&path).unwrap()["connections"][0]["close"].clone();
            let found = [&close["first"], &close["layer"], &close["tcp"]];
            assert_eq!(found, ["server", "rst", "reset"], "{id} in mode {mode}: {close}");
        }
    }
}

#[test]
#[ignore = "run by tests/run: takes a minute"]
fn each_experiment_leaves_its_capture() {
    let kept = std::env::var_os("WIREWALK_LAB_CAPTURES").map(PathBuf::from);
    let temporary = TempDir::new();
    let directory = kept.as_deref().unwrap_or_else(|| temporary.path());
    std::fs::create_dir_all(directory).unwrap();
    // The longest ones first.
    let mut rows: Vec<_> = table::experiments().collect();
    rows.sort_by_key(|row| !matches!(row.id, "L01" | "L02" | "H17" | "C06" | "C07" | "L03" | "L04"));
    at_once(&rows, |row| check(row, directory));
}
