//! What allows this program to capture packets.

use std::fmt;

/// The one command that allows it; root may without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetcapCommand;

impl fmt::Display for SetcapCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let program = std::env::current_exe().unwrap_or_else(|_| "wirewalk".into());
        write!(f, "sudo setcap cap_net_raw+ep {}", program.display())
    }
}
