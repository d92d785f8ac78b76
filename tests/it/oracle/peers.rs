//! Peers by others: Node's `ws` and Python's `websockets`, each as client and as server.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::process::{self, Collected};

const PATIENCE: Duration = Duration::from_mins(1);

/// Installing takes the network.
const INSTALL: Duration = Duration::from_mins(5);

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    Node,
    Python,
}

/// Where what the peers need is kept, from one run to the next.
pub(crate) fn cache() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").expect("HOME")).join(".cache/wirewalk-tools");
    std::env::var_os("WIREWALK_TOOLS").map_or_else(home, PathBuf::from).join("exchange")
}

fn run(command: &mut Command) {
    let exit = process::run(command, INSTALL);
    assert_eq!(exit.code, Some(0), "{command:?}: {}{}", exit.stdout, exit.stderr);
}

/// Installs what the peers need, on first use.
pub(crate) fn install() {
    let (cache, python) = (cache(), cache().join("python"));
    std::fs::create_dir_all(&cache).unwrap_or_else(|error| panic!("{}: {error}", cache.display()));
    if !cache.join("node_modules/ws").exists() {
        let npm = ["install", "--no-audit", "--no-fund", "--silent", "--prefix", ".", "ws"];
        run(Command::new("npm").args(npm).current_dir(&cache));
    }
    if !python.join("bin/websockets").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&python));
        run(Command::new(python.join("bin/pip")).args(["install", "-q", "websockets"]));
    }
}

impl Peer {
    fn command(self, arguments: &[&str]) -> Command {
        let script = |name| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/oracle/").to_owned() + name;
        let mut command = match self {
            Self::Node => Command::new("node"),
            Self::Python => Command::new(cache().join("python/bin/python")),
        };
        command.arg(script(if self == Self::Node { "peer.js" } else { "peer.py" }));
        command.args(arguments).current_dir(cache());
        command
    }

    /// Speaks as a client, to the end: at `/exchange` of another peer, or at an `/echo`.
    pub(crate) fn speak(self, mode: &str, port: u16, path: &str) {
        let exit = process::run(&mut self.command(&["client", mode, &port.to_string(), path]), PATIENCE);
        assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{self:?} {mode}: {}", exit.stdout);
    }
}

/// A peer that serves, until it is dropped.
pub(crate) struct Serving {
    child: Child,
    pub(crate) port: u16,
}

impl Serving {
    /// # Panics
    /// If it does not listen in time: what it printed is shown.
    pub(crate) fn start(peer: Peer, mode: &str) -> Self {
        let mut command = peer.command(&["server", mode]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{peer:?}: {error}"));
        let stdout = Collected::from(child.stdout.take().expect("piped"));
        let mut stderr = Collected::from(child.stderr.take().expect("piped"));
        let mut serving = Self { child, port: 0 };
        let begin = Instant::now();
        while serving.port == 0 {
            serving.port = stdout.line("").and_then(|line| line.parse().ok()).unwrap_or(0);
            let gone = process::wait(&mut serving.child, Duration::from_millis(5)).is_some();
            assert!(!gone && begin.elapsed() < PATIENCE, "{peer:?}: {}{}", stdout.text(), stderr.finish());
        }
        serving
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Gone already, if it failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
