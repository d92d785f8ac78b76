//! Captures, judged by Wireshark: what is read equals what tshark reads, and what is written pleases it.

mod committed;
mod conversations;
mod corpus;
mod damage;
#[cfg(target_os = "linux")]
mod live;
#[cfg(target_os = "linux")]
mod private_network;
#[cfg(target_os = "linux")]
mod rebuilt;
pub(crate) mod tshark;
mod written;
