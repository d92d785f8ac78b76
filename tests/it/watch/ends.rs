//! The end of `watch`: by signals, by a closed pipe, and by an error at the start.

use std::io::Read as _;
use std::process::Stdio;

use super::{Watching, command, serve};
use crate::support::process::{self, Collected};
use crate::support::refusal::each;
use crate::support::server::Server;
use crate::support::temp::TempDir;
use crate::support::ws::Client;
use crate::support::{PATIENCE, catch};

#[test]
fn wrong_usage_is_refused_in_one_sentence() {
    let dir = TempDir::new();
    let rows: [(&[&str], &str); 11] = [
        (&[], "--port"),
        (&["--port", "0"], "--port"),
        (&["--port", "http"], "--port"),
        (&["--port", "9001", "-i"], "-i"),
        (&["--port", "9001", "--json", "--ndjson"], "cannot be used with"),
        (&["--port", "9001", "--lang", "fr"], "give zh or en"),
        (&["--port", "9001", "-o", "x.htm"], "name it .txt"),
        (&["--port", "9001", "-w", "x.pcap"], "name it .pcapng"),
        (&["--port", "9001", "-o", "x.pcapng", "--json"], "-w writes a capture"),
        (&["--port", "9001", "--bogus"], "wirewalk watch --help"),
        (&["9001"], "without its option"),
    ];
    each(rows, |(args, word)| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_wirewalk"));
        let exit = process::run(command.arg("watch").args(args).current_dir(dir.path()), PATIENCE);
        let one = exit.stderr.starts_with("wirewalk: ") && exit.stderr.lines().count() == 1;
        if exit.code == Some(2) && exit.stdout.is_empty() && one && exit.stderr.contains(word) {
            Ok(())
        } else {
            Err(format!("{args:?}: {exit:?}"))
        }
    });
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing was written");
}

#[test]
fn help_names_every_flag() {
    let mut help = std::process::Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    let exit = process::run(help.args(["watch", "--help"]), PATIENCE);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
    let flags =
        ["-i <IFACE>", "--port <N>", "-w <OUT.pcapng>", "-o <OUT>", "--json", "--ndjson", "--mermaid"];
    for flag in flags.into_iter().chain(["--stream", "--lang", "--ascii", "--color", "-v", "[default: lo]"]) {
        assert!(exit.stdout.contains(flag), "{flag}: {}", exit.stdout);
    }
}

#[test]
fn a_missing_interface_is_refused_by_name() {
    if catch::Catch::on(1).is_none() {
        return;
    }
    for interface in ["wirewalk-no-such", "", "../lo"] {
        let exit = process::run(&mut command(9, &["-i", interface]), PATIENCE);
        assert_eq!((exit.code, exit.stdout.as_str()), (Some(2), ""));
        let is_told = exit.stderr.starts_with(&format!("wirewalk: no interface {interface}; give -i"));
        assert!(is_told && exit.stderr.contains("ip link"), "{}", exit.stderr);
    }
    let exit = process::run(&mut command(9, &["-w", "/nowhere/x.pcapng"]), PATIENCE);
    assert_eq!((exit.code, exit.stdout.as_str()), (Some(2), ""));
    assert!(exit.stderr.starts_with("wirewalk: /nowhere/x.pcapng: cannot be written"), "{}", exit.stderr);
}

#[test]
fn capturing_without_the_privilege_is_refused_with_the_command_that_grants_it() {
    let dir = TempDir::new();
    let mut command = process::unprivileged(env!("CARGO_BIN_EXE_wirewalk"));
    command.args(["watch", "--port", "9001", "-w", "x.pcapng", "-o", "x.txt"]).current_dir(dir.path());
    let exit = process::run(&mut command, PATIENCE);
    assert_eq!((exit.code, exit.stdout.as_str()), (Some(2), ""));
    let allow = format!("allow it with 'sudo setcap cap_net_raw+ep {}'\n", env!("CARGO_BIN_EXE_wirewalk"));
    assert!(exit.stderr.starts_with("wirewalk: packets cannot be captured: "), "{}", exit.stderr);
    assert!(exit.stderr.ends_with(&allow) && exit.stderr.lines().count() == 1, "{}", exit.stderr);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing was written");
}

#[test]
fn a_signal_ends_watch_without_packets() {
    for (signal, code) in [("INT", 130), ("TERM", 0)] {
        let Some(mut watching) = Watching::start(9, &["--ndjson"]) else { return };
        watching.signal(signal);
        let exit = watching.end();
        assert_eq!(exit.code, Some(code), "{exit:?}");
        assert_eq!(exit.stdout.lines().count(), 1, "{}", exit.stdout);
        assert!(exit.stdout.contains(r#""id":"H18""#), "where it may be, if not here: {}", exit.stdout);
        assert!(exit.stderr.ends_with("wirewalk: 0 packets, 0 dropped\n"), "{}", exit.stderr);
    }
}

/// A connection with so many messages.
fn talk(server: &Server, messages: usize) {
    let mut client = Client::connect(server.addr(), "/echo", &[]).unwrap();
    for _ in 0..messages {
        client.send_text("hello");
        client.text();
    }
    client.end();
}

#[test]
fn a_closed_pipe_ends_watch_quietly() {
    let server = serve();
    let port = server.addr().port();
    if catch::Catch::on(port).is_none() {
        return;
    }
    let mut child = command(port, &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut watching = Watching::ready(child, Collected::from(std::io::empty()));
    talk(&server, 1);
    let exit = watching.end();
    assert_eq!(exit.code, Some(0), "{exit:?}");
    assert_eq!(exit.stderr.lines().count(), 2, "where it watches and how much: {}", exit.stderr);
}

#[test]
fn a_second_signal_ends_watch_at_once() {
    let server = serve();
    let port = server.addr().port();
    if catch::Catch::on(port).is_none() {
        return;
    }
    let mut child = command(port, &["-v"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut watching = Watching::ready(child, Collected::from(std::io::empty()));
    // More than fits a pipe, and nobody reads it: it waits there.
    talk(&server, 200);
    watching.signal("INT");
    let waits = process::wait(&mut watching.child, std::time::Duration::from_millis(300)).is_none();
    assert!(waits, "it has more to tell");
    watching.signal("INT");
    assert_eq!(watching.end().code, Some(130));
    let mut told = Vec::new();
    stdout.read_to_end(&mut told).unwrap();
    assert!(!told.is_empty());
}
