//! Captures against Wireshark: packets read equal those of tshark, and written captures open without a warning.

mod committed;
mod conversations;
mod corpus;
mod damage;
mod encapsulations;
#[cfg(target_os = "linux")]
mod live;
#[cfg(target_os = "linux")]
mod private_network;
#[cfg(target_os = "linux")]
mod rebuilt;
pub(crate) mod tshark;
#[cfg(target_os = "linux")]
mod vanished;
mod written;
