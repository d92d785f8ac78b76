//! A full disk: confirmed accounts are kept, all else is refused, and the server goes on once there is room.

use std::process::Command;

use super::{ask_all, login, refused_for_now, register};
use crate::support::server::Server;
use crate::support::temp::TempDir;
use crate::support::{PATIENCE, process};

#[test]
#[ignore = "run by tests/run: needs the right to mount in a namespace"]
fn on_a_full_disk_registrations_are_refused_and_none_is_lost() {
    let server = Server::builder().small_disk(4096, 300).start();
    let names = (0..60).map(|number| format!("user {number}"));
    let answers = ask_all(8, names, |name| register(&server, name));
    let (confirmed, others): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|(_, answer)| answer.status == 200);
    assert!(!confirmed.is_empty() && !others.is_empty(), "{} were confirmed", confirmed.len());
    for (name, answer) in &others {
        refused_for_now(answer);
        assert!(answer.text().contains("full"), "{name}: {}", answer.text());
    }
    // A session is written too.
    refused_for_now(&login(&server, &confirmed[0].0));

    server.empty_disk();
    for (name, _) in &confirmed {
        let answer = login(&server, name);
        assert_eq!(answer.status, 200, "{name} was confirmed: {}", answer.text());
    }
    for (name, _) in &others {
        let answer = register(&server, name);
        assert_eq!(answer.status, 200, "{name} was refused: {}", answer.text());
    }
}

#[test]
#[ignore = "run by tests/run: needs the right to mount in a namespace"]
fn a_start_on_a_full_disk_is_reported() {
    const SCRIPT: &str =
        "mount -t tmpfs -o size=8k none . && cd \"$PWD\" && exec \"$0\" serve --listen 127.0.0.1:0";
    let dir = TempDir::new();
    let mut command = Command::new("unshare");
    command.args([
        "--user",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        SCRIPT,
        env!("CARGO_BIN_EXE_wirewalk"),
    ]);
    let exit = process::run(command.current_dir(dir.path()), PATIENCE);
    assert_eq!((exit.code, exit.stdout.as_str()), (Some(2), ""), "{exit:?}");
    let sentence =
        "wirewalk: cannot keep accounts in wirewalk.db: the disk is full; make room or name another file\n";
    assert_eq!(exit.stderr, sentence);
}
