//! Provokes a finding, and leaves the capture of it: one id, one way to provoke it, one capture.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;
use std::time::Duration;

use super::PATIENCE;
use super::process::{self, Exit};
use super::server::Server;

/// How long cargo may build.
const BUILD: Duration = Duration::from_mins(20);

/// The longest that an experiment may take, and its client.
const EXPERIMENT: Duration = Duration::from_secs(90);

/// Plays the client's part of the experiment `id` against a server of its own that captures in this mode, and leaves
/// `ID/capture.pcapng` in `directory`. What the client printed, and the capture.
///
/// # Panics
/// If the client cannot do it, or the capture is not written.
pub(crate) fn provoke(id: &str, mode: &str, directory: &Path) -> (Exit, PathBuf) {
    let folder = directory.join(id);
    std::fs::create_dir_all(&folder).expect("a folder for the capture");
    let file = folder.join("capture.pcapng");
    let mut server = Server::start(&[
        "--lab",
        "--capture",
        file.to_str().expect("a path in UTF-8"),
        "--capture-mode",
        mode,
        "--ping-interval",
        "0",
        "--handshake-timeout",
        "2",
    ]);
    let exit = client(id, &server);
    server.signal("TERM");
    assert_eq!(server.wait_exit(PATIENCE).code, Some(0), "{id}");
    (exit, file)
}

/// The client's part alone.
///
/// # Panics
/// If it cannot do it.
pub(crate) fn client(id: &str, server: &Server) -> Exit {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let mut command = Command::new("cargo");
        command.args(["build", "--quiet", "--example", "provoke"]).current_dir(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(process::run(&mut command, BUILD).code, Some(0));
    });
    let binary = Path::new(env!("CARGO_BIN_EXE_wirewalk")).with_file_name("examples").join("provoke");
    let exit = process::run(Command::new(binary).args([id, &server.addr().to_string()]), EXPERIMENT);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{id}: {}", exit.stdout);
    exit
}
