//! `wirewalk watch`: the packets of a port are explained while they pass.

mod ends;
mod interface;
mod narration;
mod peers;
mod rows;

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::process::{self, Collected, Exit};
use crate::support::server::Server;
use crate::support::{PATIENCE, catch, random, wait_until};

fn command(port: u16, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(name);
    }
    command.args(["watch", "--port", &port.to_string()]).args(args);
    command
}

/// A server on a port that no client gets: else the packets of other tests may pass for its own.
fn serve() -> Server {
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap();
    let first: u16 = range.split_whitespace().next().unwrap().parse().unwrap();
    let begin = first / 2 + u16::from_ne_bytes([random()[0], random()[1]]) % (first / 4);
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let port = (begin..first).find(is_free).expect("a free port");
    Server::builder().port(port).args(&["--ping-interval", "0"]).start()
}

/// A `watch` that runs. It is killed when this goes.
struct Watching {
    child: Child,
    stdout: Collected,
    stderr: Collected,
}

impl Watching {
    /// Starts `watch`; skipped without the privilege.
    fn start(port: u16, args: &[&str]) -> Option<Self> {
        drop(catch::Catch::on(port)?);
        let mut command = command(port, args);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdout = Collected::from(child.stdout.take().unwrap());
        Some(Self::ready(child, stdout))
    }

    /// Returns once it captures.
    fn ready(mut child: Child, stdout: Collected) -> Self {
        let stderr = Collected::from(child.stderr.take().unwrap());
        let watching = Self { child, stdout, stderr };
        wait_until("it watches", PATIENCE, || watching.stderr.text().contains("Ctrl-C"));
        watching
    }

    /// Waits for the first line of the output with all of these words, and returns it.
    fn line(&self, words: &[&str]) -> String {
        let mut found = None;
        let has = |line: &&str| words.iter().all(|word| line.contains(word));
        let begin = std::time::Instant::now();
        while found.is_none() {
            let text = self.stdout.text();
            found = text.lines().find(has).map(str::to_owned);
            assert!(begin.elapsed() < PATIENCE, "no line with {words:?} in\n{text}{}", self.stderr.text());
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        found.unwrap()
    }

    /// The output so far has none of these words.
    fn has_not(&self, words: &[&str]) {
        let text = self.stdout.text();
        for word in words {
            assert!(!text.contains(word), "{word} in\n{text}");
        }
    }

    fn signal(&self, name: &str) {
        process::signal(name, self.child.id().into());
    }

    /// Waits for its exit.
    fn end(&mut self) -> Exit {
        let status = process::wait(&mut self.child, PATIENCE).expect("it ends");
        Exit { code: status.code(), stdout: self.stdout.finish(), stderr: self.stderr.finish() }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // Ended already, most likely.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `explain --json` of a written capture.
fn explained(path: &Path) -> serde_json::Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    let exit = process::run(command.args(["explain", "--json"]).arg(path), PATIENCE);
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    serde_json::from_str(&exit.stdout).unwrap()
}
