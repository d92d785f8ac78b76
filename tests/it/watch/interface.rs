//! The interface is removed while `watch` captures from it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::{Watching, explained};
use crate::support::PATIENCE;
use crate::support::process::{self, Collected};
use crate::support::skip::skipped;
use crate::support::temp::TempDir;

/// In a network of its own: an interface behind which nobody is, `watch` on it, a client that asks there for a
/// connection; and when it is told to, the interface goes.
const SCRIPT: &str = r#"
    mount -t sysfs none /sys && ip link add gone0 type veth peer name gone1 || exit 99
    ip link set gone0 arp off && ip address add 192.0.2.1/24 dev gone0 || exit 99
    ip link set gone0 up && ip link set gone1 up
    "$0" watch -i gone0 --port 9 "$@" &
    watch=$!
    read -r connect
    timeout 3 bash -c 'exec 3<>/dev/tcp/192.0.2.2/9' 2>/dev/null &
    read -r go
    ip link "$go" gone0 $([ "$go" = delete ] || echo down)
    # By its number: it may have ended before the interface was gone, and is no job any more.
    wait "$watch"
"#;

/// A `watch` there; skipped where the kernel refuses a private network.
fn watch(args: &[&str]) -> Option<(Watching, std::process::ChildStdin)> {
    let alone = ["--user", "--map-root-user", "--net", "--mount"];
    let privileged = ["--net", "--mount"];
    let may = |how: &[&str]| {
        let test = "mount -t sysfs none /sys && ip link add gone0 type veth peer name gone1";
        let exit = process::run(Command::new("unshare").args(how).args(["bash", "-c", test]), PATIENCE);
        exit.code == Some(0)
    };
    let Some(how) = [&alone[..], &privileged[..]].into_iter().find(|how| may(how)) else {
        skipped("it takes a network of one's own, and the program ip");
        return None;
    };
    let mut command = Command::new("unshare");
    command.args(how).args(["bash", "-c", SCRIPT, env!("CARGO_BIN_EXE_wirewalk")]).args(args);
    command.env_remove("LANG").env_remove("LC_ALL").env("NO_COLOR", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let stdin = child.stdin.take().unwrap();
    let stdout = Collected::from(child.stdout.take().unwrap());
    Some((Watching::ready(child, stdout), stdin))
}

#[test]
fn a_removed_interface_ends_watch_with_the_summaries() {
    let dir = TempDir::new();
    for (name, go) in [("deleted", "delete"), ("down", "set")] {
        let saved = dir.join(&format!("{name}.pcapng"));
        let Some((mut watching, mut shell)) = watch(&["-w", saved.to_str().unwrap()]) else { return };
        writeln!(shell, "connect").unwrap();
        watching.line(&["[0] ", "SYN seq=0"]);
        watching.has_not(&["In words"]);
        writeln!(shell, "{go}").unwrap();
        let exit = watching.end();
        assert_eq!(exit.code, Some(2), "{name}: {exit:?}");
        for told in ["In words", "The TCP handshake is not finished where the capture ends"] {
            assert!(exit.stdout.contains(told), "{name}, {told}: {}", exit.stdout);
        }
        let lines: Vec<_> = exit.stderr.lines().collect();
        let [.., counted, why] = lines[..] else { panic!("{name}: {exit:?}") };
        assert!(
            why.starts_with("wirewalk: gone0 is gone or down: nothing more can be captured"),
            "{name}: {why}"
        );
        let document = explained(&saved);
        assert_eq!(document["file"]["truncated"], false, "{name}");
        let packets = document["file"]["packets"].as_u64().unwrap();
        let noun = if packets == 1 { "packet" } else { "packets" };
        assert_eq!(counted, format!("wirewalk: {packets} {noun}, 0 dropped"), "{name}");
    }
}
