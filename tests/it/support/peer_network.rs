//! A second network with a cable to that of the test, each in a network namespace: what hosts in it do reaches the test by
//! a wire that can be captured, and cut.

use std::process::Command;
use std::time::Duration;

use super::PATIENCE;
use super::process::{self, Exit};
use super::skip::skipped;

/// Address of the test's end.
pub(crate) const HERE: &str = "10.8.0.1";

/// Address of the other end.
pub(crate) const THERE: &str = "10.8.0.2";

/// Name of the test's interface.
pub(crate) const INTERFACE: &str = "vs";

/// Set where the test runs again, between the networks: the process that holds the other one.
const INSIDE: &str = "TEST_PEER_NETWORK";

const SCRIPT: &str = r#"
    # Names of interfaces are looked up there.
    mount -t sysfs none /sys && ip link set lo up || exit 98
    unshare --net sleep 100 & holder=$!
    within() { nsenter --net=/proc/$holder/ns/net "$@"; }
    until [ "$(readlink /proc/$holder/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
    ip link add vs type veth peer name vc netns $holder &&
    ip address add 10.8.0.1/24 dev vs && ip link set vs up && within ip link set lo up &&
    within ip address add 10.8.0.2/24 dev vc && within ip link set vc up || { kill $holder; exit 98; }
    # Whoever is cut off must still be sent to, and not be asked for first.
    ether=$(within ip -o link show vc | sed 's/.*ether \([^ ]*\).*/\1/')
    ip neighbour replace 10.8.0.2 lladdr "$ether" dev vs nud permanent
    TEST_PEER_NETWORK=$holder "$0" "$@"
    status=$?
    kill $holder
    exit $status
"#;

/// The other network.
#[derive(Debug)]
pub(crate) struct PeerNetwork {
    holder: String,
}

impl PeerNetwork {
    /// Runs `scenario` between two networks: the test `name`, which calls this, runs again in a process of its own there.
    /// Skipped, with a word, where such networks cannot be had.
    ///
    /// # Panics
    /// If it fails there.
    pub(crate) fn run(name: &str, scenario: impl FnOnce(&Self)) {
        if let Ok(holder) = std::env::var(INSIDE) {
            scenario(&Self { holder });
            return;
        }
        // As root the machine may withhold user namespaces, and as anyone else network namespaces without one.
        let mut exit = Self::again(name, &["--net", "--mount"]);
        if exit.stderr.contains("unshare failed") {
            exit = Self::again(name, &["--user", "--map-root-user", "--net", "--mount"]);
        }
        if exit.stderr.contains("unshare failed") || exit.code == Some(98) {
            let why = exit.stderr.trim();
            skipped(&format!("two networks with a cable between them cannot be had here: {why}"));
            return;
        }
        assert_eq!(exit.code, Some(0), "{}\n{}", exit.stdout, exit.stderr);
        assert!(exit.stdout.contains("1 passed"), "{}", exit.stdout);
    }

    fn again(name: &str, how: &[&str]) -> Exit {
        let mut command = Command::new("unshare");
        command.args(how).args(["bash", "-c", SCRIPT]).arg(std::env::current_exe().expect("a test program"));
        command.args(["--exact", name, "--ignored", "--nocapture"]);
        process::run(&mut command, Duration::from_mins(1))
    }

    /// A program in that network.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net=/proc/{}/ns/net", self.holder)).arg(program);
        command
    }

    /// Drops every packet from and to that network's host, without a word to anybody, as a cable does that is pulled.
    ///
    /// # Panics
    /// If it cannot be done.
    pub(crate) fn drop_packets(&self) {
        // The kernel looks at the rules in the order of their numbers; its own comes first.
        let rules =
            "ip rule add pref 2 lookup local && ip rule add pref 1 blackhole && ip rule delete pref 0";
        let exit = process::run(self.command("sh").args(["-c", rules]), PATIENCE);
        assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
    }
}
