//! wirewalk: a WebSocket server you can see through.
//!
//! A guided tour, in reading order; a module uses only what stands above it in this list.
//!
//! 1. [`rfc`]: a citation as a value.
//! 2. [`wire`]: bytes ⇄ values. Frames, close codes, masking, the two heads of the opening handshake.
//! 3. [`proto`]: the player. A WebSocket endpoint without I/O, server and client.
//! 4. [`observe`]: the referee. Watches both ends of a connection from outside.
//! 5. [`capture`]: captures for Wireshark, read and written.
//! 6. [`explain`]: what was observed, told to programs and to people.
//! 7. [`presence`]: who is online, counted exactly.
//! 8. [`accounts`]: who may log in.
//! 9. [`web`]: the pages.
//! 10. [`lab`]: the peer that misbehaves by script.
//! 11. [`server`]: the tokio shell around all of it.
//! 12. [`cli`]: the command line.

pub mod rfc;
pub mod wire;
pub mod proto;
#[cfg(feature = "explain")]
pub mod observe;
#[cfg(feature = "explain")]
pub mod capture;
#[cfg(feature = "explain")]
pub mod explain;
#[cfg(feature = "app")]
pub mod presence;
#[cfg(feature = "app")]
pub mod accounts;
#[cfg(feature = "app")]
pub mod web;
#[cfg(feature = "app")]
pub mod lab;
#[cfg(feature = "app")]
pub mod server;
#[cfg(feature = "app")]
pub mod cli;
