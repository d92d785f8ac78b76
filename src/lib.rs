//! wirewalk: a WebSocket server you can see through.
//!
//! A guided tour, in reading order; a module uses only what stands above it in this list.
//!
//! 1. [`rfc`]: a citation as a value.
//! 2. [`wire`]: bytes ⇄ values. Frames, close codes, masking, the two heads of the opening handshake.
//! 3. [`proto`]: the player. A WebSocket endpoint without I/O, server and client.
//! 4. [`accounts`]: who may log in.

pub mod rfc;
pub mod wire;
pub mod proto;
pub mod accounts;
