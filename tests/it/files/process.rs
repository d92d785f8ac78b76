//! Limits of descriptors, and the user that the server runs as.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::{Command, Stdio};

use crate::support::process::{self, Collected};
use crate::support::raw::Raw;
use crate::support::server::Server;
use crate::support::skip::skipped;
use crate::support::temp::TempDir;
use crate::support::{PATIENCE, wait_until};

const TOO_FEW: &str = "connections at a time, not the";

#[test]
fn the_soft_limit_of_descriptors_is_raised() {
    let setup = "ulimit -Sn 60; ulimit -Hn 400";
    let server = Server::builder().setup(setup).args(&["--max-connections", "300"]).start();
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.pid())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    assert_eq!(line.split_whitespace().skip(3).take(2).collect::<Vec<_>>(), ["400", "400"], "{line}");
    let mut open: Vec<_> = (0..250).map(|_| Raw::connect(server.addr(), "/echo")).collect();
    for raw in &mut open {
        raw.send(&Raw::frame(0x81, b"hello"));
        assert_eq!(raw.frame_within(PATIENCE).unwrap().payload, b"hello");
    }
    let log = server.log();
    assert!(!log.contains(TOO_FEW) && !log.contains("cannot accept"), "{log}");
}

#[test]
fn a_low_hard_limit_of_descriptors_is_logged() {
    let server = Server::builder().open_files(400).args(&["--max-connections", "337"]).start();
    wait_until("it is told", PATIENCE, || server.log().contains(TOO_FEW));
    let log = server.log();
    assert_eq!(log.matches(TOO_FEW).count(), 1, "{log}");
    for words in ["WARN", "at most about 336 connections", "not the 337 of --max-connections", "LimitNOFILE="]
    {
        assert!(log.contains(words), "{words}: {log}");
    }
    // And as many as it says are served.
    let open: Vec<_> = (0..336).map(|_| Raw::connect(server.addr(), "/echo")).collect();
    assert!(!server.log().contains("cannot accept"), "{}", server.log());
    drop(open);
    let enough = Server::builder().open_files(400).args(&["--max-connections", "336"]).start();
    wait_until("it serves", PATIENCE, || enough.log().contains("in a browser"));
    assert!(!enough.log().contains(TOO_FEW), "{}", enough.log());
}

/// The log of a server after its end, started by this command.
fn log_of(command: &mut Command, dir: &TempDir) -> String {
    command.args(["serve", "--listen", "127.0.0.1:0", "--database", ":memory:"]).current_dir(dir.path());
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (stdout, mut stderr) =
        (Collected::from(child.stdout.take().unwrap()), Collected::from(child.stderr.take().unwrap()));
    wait_until("it serves", PATIENCE, || stdout.line("listening on ").is_some());
    process::signal("TERM", child.id().into());
    let status = process::wait(&mut child, PATIENCE).expect("it ends");
    assert_eq!(status.code(), Some(0), "{}", stderr.text());
    stderr.finish()
}

#[test]
fn serving_as_root_is_logged() {
    let (dir, binary) = (TempDir::new(), env!("CARGO_BIN_EXE_wirewalk"));
    let told = "running as root";
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        let log = log_of(&mut Command::new(binary), &dir);
        assert!(!log.contains(told), "{log}");
        return skipped("what root is told takes root");
    }
    let log = log_of(&mut Command::new(binary), &dir);
    assert_eq!(log.matches(told).count(), 1, "{log}");
    assert!(log.contains("a user of its own") && log.contains("sudo setcap cap_net_raw+ep"), "{log}");
    // Where it was built others may not look.
    let copy = dir.join("wirewalk");
    fs::copy(binary, &copy).unwrap();
    for path in [dir.path(), &copy] {
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    let mut nobody = Command::new("setpriv");
    nobody.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(&copy);
    let log = log_of(&mut nobody, &dir);
    assert!(!log.contains(told), "{log}");
}

/// Capturing and explaining as root is what people do.
#[test]
fn explaining_as_root_is_not_logged() {
    let dir = super::with_capture();
    let exit = super::wirewalk(&dir, &["explain", "in.pcap"]);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
}
