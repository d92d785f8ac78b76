//! The base of the examples with packets: real TCP connections, watched packet by packet.
//!
//! - [`Network`]: a network of the process's own, if the kernel lets it have one, or the machine's.
//! - [`Stage`] is one server address there, with real sockets at both ends. Their packets are captured; where that is
//!   not allowed, they are rebuilt from what the sockets do, and the example says so.
//! - A [`Socket`] is one end of a TCP connection, an [`Endpoint`] a WebSocket over it.
//! - [`Memory`] is for two endpoints without a network.
//! - A [`Witness`] observes every packet, captured or rebuilt: it prints the state transitions, and writes the capture.
//!
//! To see what becomes of an example where nothing is allowed, take everything away from it (any user may):
//!
//! ```text
//! unshare -Ur sh -c 'cd /proc/sys/user && echo 0 >max_user_namespaces && echo 0 >max_net_namespaces && exec "$0"' \
//!     target/debug/examples/06_three_way_handshake
//! ```

#![allow(dead_code, unused_imports, reason = "a toolbox: no example needs every tool")]

mod endpoint;
mod memory;
mod network;
mod packets;
mod private_network;
mod recording;
mod socket;
mod stage;
mod witness;

use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

pub(crate) use endpoint::{Endpoint, PeerEvent, open, random, read_head};
pub(crate) use memory::Memory;
pub(crate) use network::Network;
pub(crate) use socket::{Incoming, Socket};
pub(crate) use stage::Stage;
pub(crate) use witness::WiresharkHint;
use witness::Witness;

/// How long anything is waited for that should come at once.
const PATIENCE: Duration = Duration::from_secs(10);

/// Plays a scene on a network.
pub(crate) fn play(scene: impl FnOnce(Network) -> io::Result<()>) -> ExitCode {
    end(scene(Network::enter()))
}

/// The end of the program: what went wrong is said in a sentence.
pub(crate) fn end(scene: io::Result<()>) -> ExitCode {
    match scene {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Where the capture goes: the first argument, if there is one.
fn output() -> Option<String> {
    std::env::args().nth(1)
}

/// What a capture says it was made by.
pub(crate) fn shows() -> String {
    let program = std::env::args().next().unwrap_or_default();
    let name = Path::new(&program).file_stem().unwrap_or_default().to_string_lossy();
    format!("cargo run --example {name} -- {name}.pcapng")
}
