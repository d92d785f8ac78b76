//! Captures of the experiments, each played by its client, as `explain` reads them.
//!
//! `UPDATE_EXPECT=1 cargo test --test it lab::captures::each -- --ignored` makes the committed captures anew, and all that
//! is written of them.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use wirewalk::lab::{Experiment, table};

use super::at_once;
use crate::captures::{findings, golden, lab};
use crate::support::PATIENCE;
use crate::support::lab::provoke;
use crate::support::process;
use crate::support::temp::TempDir;

/// How often an experiment is played at most, where chance spoils its capture.
const ATTEMPTS: usize = 5;

/// An experiment in which the two ends race.
struct Race {
    id: &'static str,
    /// What happened when the other end won.
    lost: &'static str,
    /// Whether the packets of a connection show exactly that.
    is_lost: fn(&Value) -> bool,
}

const RACES: &[Race] = &[
    Race {
        id: "C08",
        lost: "the server answered the Close before the client's FIN was out",
        is_lost: |connection| {
            let [client, server] = closes(connection);
            let fin = number(connection, "client", "FIN");
            client.is_some() && client < server && server.is_some() && fin.is_some() && server < fin
        },
    },
    Race {
        id: "C09",
        lost: "the client answered the Close before the server's RST was out",
        is_lost: |connection| {
            let [client, server] = closes(connection);
            let reset = number(connection, "server", "RST");
            server.is_some() && server < client && client.is_some() && reset.is_some() && client < reset
        },
    },
];

/// Numbers of the packets that complete the first Close of the client and of the server.
fn closes(connection: &Value) -> [Option<u64>; 2] {
    let frames = connection["frames"].as_array().map(Vec::as_slice).unwrap_or_default();
    ["client", "server"].map(|side| {
        let close = frames.iter().find(|it| it["from"] == side && it["opcode"] == "close")?;
        close["packets"].as_array()?.last()?.as_u64()
    })
}

/// Number of the first packet of a side with a flag.
fn number(connection: &Value, side: &str, flag: &str) -> Option<u64> {
    let at = packets(connection).iter().position(|it| it.has(side, flag))?;
    connection["packets"][at]["number"].as_u64()
}

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

/// Whether a packet was sent again, though none is lost on the loopback interface.
fn has_repeats(connections: &[Value]) -> bool {
    let packets = connections.iter().flat_map(|it| it["packets"].as_array().into_iter().flatten());
    let mut marks = packets.flat_map(|it| it["marks"].as_array().into_iter().flatten());
    marks.any(|mark| mark == "retransmission")
}

/// Requirements on packets and their times; those on frames are in `frames`.
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
        "T06" | "C02" => fin("server").is_none() && first(&|it| it.has("server", "RST")).is_some(),
        "T14" => packets.iter().any(|it| it.has("server", "RST") && !it.flags.contains(&"ACK")),
        "T08" => {
            let closed = first(&|it| it.from == "server" && it.window == 0 && !it.flags.contains(&"RST"));
            closed.is_some_and(|at| packets[at..].iter().any(|it| it.from == "server" && it.window > 0))
        }
        "T11" | "C06" | "C07" | "C08" => fin("client") < fin("server"),
        "C13" => {
            let after = fin("client").unwrap_or(usize::MAX);
            packets.iter().skip(after).any(|it| it.from == "server" && it.len > 0)
        }
        // What the client sends in the end comes too late: all before the RST is the request.
        "C09" => {
            let reset = first(&|it| it.has("server", "RST")).unwrap_or_default();
            packets[..reset].iter().filter(|it| it.from == "client" && it.len > 0).count() == 1
        }
        "H17" => time(first(&|it| it.from == "server" && it.len > 0)) > 4.9,
        "F15" => silence() > 5.9,
        "L01" => silence() > 29.0,
        "L02" => silence() > 29.0,
        "L05" => silence() > 7.9,
        "L06" => packets.iter().filter(|it| it.from == "server" && it.len > 0).count() == 1,
        "L03" => time(fin("server")) > 11.9,
        // The first waits for the last, who comes two seconds later.
        "L04" => time(fin("server")) > 1.9,
        _ => true,
    }
}

/// Why an experiment's capture does not show what it should.
#[derive(Debug)]
enum Failure {
    /// Chance: it may be right the next time.
    Chance(String),
    /// An error that playing it again must not hide.
    Wrong(String),
}

/// Plays an experiment until chance does not spoil its capture. Each attempt that it spoiled is printed.
fn check_with_retries(experiment: &Experiment, directory: &Path) -> Result<(), String> {
    let mut spoiled = Vec::new();
    for attempt in 1..=ATTEMPTS {
        match check(experiment, directory) {
            Ok(()) => return Ok(()),
            Err(Failure::Wrong(why)) => return Err(why),
            Err(Failure::Chance(why)) => {
                println!("attempt {attempt} of {ATTEMPTS}: {}", why.lines().next().unwrap_or_default());
                spoiled.push(why);
            }
        }
    }
    Err(spoiled.join("\n"))
}

fn check(experiment: &Experiment, directory: &Path) -> Result<(), Failure> {
    let id = experiment.id;
    let (exit, path) = provoke(id, "auto", directory);
    let document = explained(&path).map_err(Failure::Wrong)?;
    let connections = document["connections"].as_array().map(Vec::as_slice).unwrap_or_default();
    let say = |what: &str| format!("{id}: {what}\n{}{document}", exit.stdout);
    if document["file"]["truncated"] != false || connections.len() != experiment.connections as usize {
        return Err(Failure::Wrong(say("not all of it is in the capture")));
    }
    for connection in connections {
        // An experiment ends. Who began it is not known where bytes before it were not read (H23).
        let close = &connection["close"];
        if close["layer"].is_null() && close["tcp"].is_null() && !connection["upgrade"].is_null() {
            return Err(Failure::Wrong(say("the end is not in the capture")));
        }
    }
    if id != "T08" && has_repeats(connections) {
        return Err(Failure::Chance(say("a packet was repeated: the machine was busy")));
    }
    if shows(id, connections) {
        return Ok(());
    }
    Err(match RACES.iter().find(|race| race.id == id && (race.is_lost)(&connections[0])) {
        Some(race) => Failure::Chance(say(race.lost)),
        None => Failure::Wrong(say("it does not show what the table says")),
    })
}

/// A failure counts as chance only where the other end won: not where an end is missing, or comes in another order.
#[test]
fn only_the_lost_race_is_chance() {
    let connection = |steps: &[(&str, &str)]| {
        let numbered = || steps.iter().zip(1_u64..).map(|((side, what), number)| (*side, *what, number));
        let packets: Vec<_> = numbered()
            .map(|(side, what, number)| json!({ "number": number, "from": side, "flags": [what] }))
            .collect();
        let closes = numbered().filter(|(_, what, _)| *what == "close");
        let frames: Vec<_> = closes
            .map(|(side, what, number)| json!({ "packets": [number], "from": side, "opcode": what }))
            .collect();
        json!({ "packets": packets, "frames": frames })
    };
    let (client, server) = (("client", "close"), ("server", "close"));
    let (fin, reset) = (("client", "FIN"), ("server", "RST"));
    for (id, lost, others) in [
        (
            "C08",
            [client, server, fin],
            [&[client, fin, server][..], &[server, client, fin], &[client, server], &[server, fin]],
        ),
        (
            "C09",
            [server, client, reset],
            [&[server, reset, client][..], &[client, server, reset], &[server, client], &[server, reset]],
        ),
    ] {
        let race = RACES.iter().find(|race| race.id == id).unwrap();
        assert!((race.is_lost)(&connection(&lost)), "{id}");
        for steps in others {
            assert!(!(race.is_lost)(&connection(steps)), "{id}: {steps:?}");
        }
    }
}

/// A RST leaves no trace but itself, so packets rebuilt from sockets must contain it.
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
#[ignore = "run by tests/run: takes a minute, and needs tshark to make them anew"]
fn each_experiment_leaves_its_capture() {
    let (temporary, committed) = (TempDir::new(), lab::directory());
    let directory = if golden::is_update() { &committed } else { temporary.path() };
    std::fs::create_dir_all(directory).unwrap();
    // The longest ones first.
    let mut rows: Vec<_> = table::experiments().collect();
    rows.sort_by_key(|row| {
        !matches!(row.id, "L01" | "L02" | "H17" | "F15" | "C06" | "C07" | "L03" | "L04" | "L05" | "L06")
    });
    at_once(&rows, |row| check_with_retries(row, directory));
    if golden::is_update() {
        lab::check_folders();
        golden::check(&committed.join("README.md"), &lab::readme()).unwrap();
        findings::with_wireshark().unwrap();
    }
}
