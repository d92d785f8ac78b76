//! The privilege to capture packets.

use std::fmt;

/// The command that gives this program `CAP_NET_RAW`, which root has anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetcapCommand;

impl fmt::Display for SetcapCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let program = std::env::current_exe().unwrap_or_else(|_| "wirewalk".into());
        write!(f, "sudo setcap cap_net_raw+ep {}", program.display())
    }
}
