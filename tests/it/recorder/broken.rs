//! A full disk or a dead reader harms no connection: it is logged once, and counted.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{capture_of, connections, explained, modes, stop};
use crate::support::server::Server;
use crate::support::skip::skipped;
use crate::support::temp::TempDir;
use crate::support::ws::{Client, Event};
use crate::support::{PATIENCE, process, wait_until};

fn echoes(server: &Server, times: usize) {
    let mut client = Client::connect(server.addr(), "/echo", &[]).unwrap();
    let message = vec![3; 20_000];
    for _ in 0..times {
        client.send_binary(&message);
        while client.next(PATIENCE) != Some(Event::Binary(message.clone())) {}
    }
    client.end();
}

/// That it ended was said once, and how much was lost.
fn has_told(log: &str, why: &str) {
    assert_eq!(log.matches("connections are served on").count(), 1, "{log}");
    assert!(log.contains(why) && log.contains(" lost"), "{log}");
}

/// A file system of one page for each of its few pages, mounted while the test runs.
struct Small(TempDir);

impl Small {
    fn mount() -> Option<Self> {
        let dir = TempDir::new();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=256k", "none"]).arg(dir.path());
        let mounted = process::run(&mut mount, PATIENCE);
        if mounted.code != Some(0) {
            skipped(&format!("a small file system cannot be mounted: {}", mounted.stderr));
            return None;
        }
        Some(Self(dir))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_harms_no_connection() {
    for mode in modes() {
        let Some(disk) = Small::mount() else { return };
        let file = disk.0.join("live.pcapng");
        let mut server = Server::start(&["--capture", text(&file), "--capture-mode", mode]);
        echoes(&server, 50);
        wait_until("the end of the capture is told", PATIENCE, || server.log().contains("served on"));
        echoes(&server, 3);
        let log = stop(&mut server).stderr;
        has_told(&log, "No space left");
        // The file is complete, with the number of packets that was logged.
        let document = explained(&file);
        let there = format!("captured {} packets to", document["file"]["packets"]);
        assert!(log.contains(&there), "{mode}: {there} {log}");
        assert_eq!(document["file"]["truncated"], false, "{mode}");
        assert!(connections(&document)[0]["frames"].as_array().unwrap().len() > 2, "{mode}");
    }
}

#[test]
fn a_disk_that_is_full_from_the_start_is_an_error() {
    for mode in modes() {
        let dir = TempDir::new();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--capture", "/dev/full", "--capture-mode", mode]);
        let exit = process::run(command.current_dir(dir.path()), PATIENCE);
        assert_eq!((exit.code, exit.stdout.as_str()), (Some(2), ""), "{}", exit.stderr);
        assert!(exit.stderr.contains("/dev/full: No space left"), "{}", exit.stderr);
    }
}

struct Reader(Child);

impl Drop for Reader {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_pipe_closed_by_its_reader_ends_the_capture_only() {
    for mode in modes() {
        let dir = TempDir::new();
        let pipe = dir.join("pipe");
        assert_eq!(process::run(Command::new("mkfifo").arg(&pipe), PATIENCE).code, Some(0));
        let reader = Command::new("cat").arg(&pipe).stdout(Stdio::null()).spawn().unwrap();
        let reader = Reader(reader);
        let mut server = Server::start(&["--capture", text(&pipe), "--capture-mode", mode]);
        echoes(&server, 3);
        drop(reader);
        echoes(&server, 3);
        wait_until("the end of the capture is told", PATIENCE, || server.log().contains("served on"));
        echoes(&server, 3);
        has_told(&stop(&mut server).stderr, "Broken pipe");
    }
}

/// One that stops reading stops neither the connections nor the end of the server.
#[test]
fn a_pipe_that_is_not_read_blocks_no_connection() {
    for mode in modes() {
        let dir = TempDir::new();
        let pipe = dir.join("pipe");
        assert_eq!(process::run(Command::new("mkfifo").arg(&pipe), PATIENCE).code, Some(0));
        let reader =
            Reader(Command::new("sh").args(["-c", "exec sleep 600 <\"$0\""]).arg(&pipe).spawn().unwrap());
        let mut server = Server::start(&["--capture", text(&pipe), "--capture-mode", mode]);
        echoes(&server, 20);
        let log = stop(&mut server).stderr;
        assert!(log.contains("could not be written to its end in time"), "{log}");
        drop(reader);
    }
}

/// An older capture in the file is replaced, as by other capture programs.
#[test]
fn a_file_that_exists_is_replaced() {
    let mut server = Server::start(&["--capture", super::FILE, "--capture-mode", "socket"]);
    echoes(&server, 20);
    stop(&mut server);
    let before = std::fs::metadata(capture_of(&server)).unwrap().len();
    server.restart();
    echoes(&server, 1);
    stop(&mut server);
    let after = std::fs::metadata(capture_of(&server)).unwrap().len();
    assert!(after < before);
    assert_eq!(connections(&explained(&capture_of(&server))).len(), 1);
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
