//! wirewalk: a WebSocket server you can see through, and the passive observer that sees through any other.
//!
//! # The tour
//!
//! Data takes two ways. Packets are observed and explained; a socket is played. Both stand on the same codec and know
//! nothing of each other: that is what lets the one judge the other.
//!
//! ```text
//!   a capture · a network interface · the server's own sockets        a socket
//!                           │                                            │
//!                        capture      packets: read, caught, rebuilt     │
//!                           │         → observe::Segment                 │
//!                           ▼                                            ▼
//!                        observe      the referee: both ends'          proto        the player: one end's handshake,
//!                           │         states, frames, facts              │          messages, timers, without I/O
//!                           ▼                                            ▼
//!   explain::Pipeline    findings     judged by rules, with evidence   server       the tokio shell: accept, sessions,
//!                           │                                            │          endpoints, HTTP, recorder
//!                           ▼                                            ├── presence    who is online
//!                        narrative    phases, labels, story, verdict     ├── accounts    who may log in
//!                           │                                            └── web         the pages
//!                           ▼
//!                        views        ladder · JSON · HTML · Mermaid · comments · feed
//!
//!   below both:   wire   bytes ⇄ values: frames, masks, close codes, the two heads of the Upgrade
//!                 rfc    a citation as a value
//!   above both:   cli    serve · explain · watch
//! ```
//!
//! The two ways meet in the server: its recorder and its `/inspect` page give the packets of its own connections to the
//! same [`Pipeline`](explain::Pipeline) that explains a file. Every loop over packets calls it; there is no second
//! loop.
//!
//! A text frame, on its way through the server: `server` reads it into one buffer;
//! [`Connection::receive`](proto::Connection::receive) unmasks it in place and returns an [`Event`](proto::Event) that
//! borrows from there; the endpoint answers by [`Connection::send`](proto::Connection::send); and what
//! [`Connection::poll_transmit`](proto::Connection::poll_transmit) returns is written. The same frame in a capture: a
//! [`Reader`](capture::Reader) decodes its packets to [`Segment`](observe::Segment)s, the
//! [`Observer`](observe::Observer) puts their bytes in order and reads the frame, leniently, as the referee must see
//! what the rules forbid; [`Finding`](explain::Finding)s are made of what is wrong, and a [`View`](explain::View) draws
//! it.
//!
//! # Modules
//!
//! In reading order; a module uses only what stands above it in this list. The feature in brackets brings it.
//!
//! 1. [`rfc`]: a citation as a value.
//! 2. [`wire`]: bytes ⇄ values. No connection state, no time, no I/O.
//! 3. [`proto`]: the player. A WebSocket endpoint without I/O, server and client.
//! 4. [`observe`] (`explain`): the referee. Watches both ends of a connection from outside, and never plays.
//! 5. [`capture`] (`explain`): packets in files, on interfaces, and rebuilt from what sockets do.
//! 6. [`explain`] (`explain`): facts → words, for people and for programs.
//! 7. [`presence`] (`app`): who is online, counted exactly.
//! 8. [`accounts`] (`app`): users, passwords, sessions.
//! 9. [`web`] (`app`): the pages.
//! 10. [`lab`] (`app`): the peer that misbehaves by script.
//! 11. [`server`] (`app`): the tokio shell around all of it.
//! 12. [`cli`] (`app`): the command line.
//!
//! Without any feature the crate is the codec and the protocol core, with fewer than twelve dependencies. `app`, the
//! default, brings `explain`.
//!
//! # Invariants
//!
//! Each is kept by a test.
//!
//! | invariant | kept by |
//! |---|---|
//! | A module uses only lower layers, and player and referee never import each other. | `tests/it/tidy/layers.rs` |
//! | The core knows no clock, no socket and no disk: time and bytes are arguments. | `tests/it/tidy/purity.rs` |
//! | Packets become views in one place. | `tests/it/tidy/pipeline.rs` |
//! | In `explain` no arrow leads back up: text, findings, narrative, views. | `tests/it/tidy/floors.rs` |
//! | A name belongs to one public type; shared names have a reason. | `tests/it/tidy/names.rs` |
//! | `unsafe` stands only in listed files, each with its reason. | `tests/it/tidy/style.rs` |
//! | Any cut of the input gives the same events. | `src/proto/tests/cuts.rs`, `src/proto/tests/direct_read.rs` |
//! | Player and referee agree on every state, whatever is played. | `tests/it/agreement.rs` |
//! | The observed states are those of the kernel. | `tests/it/kernel.rs` |
//! | What is read of a capture is what Wireshark reads. | `tests/it/oracle.rs`, `tests/it/capture.rs` |
//! | Healthy connections have no error and no warning. | `tests/it/healthy.rs` |
//! | Ends through proxies of others are told right, with who ended it and why. | `tests/it/proxies.rs` |
//! | A capture explained again gives the text beside it, byte for byte. | `tests/it/captures.rs` |
//! | The count of users is exact, however clients come and go. | `tests/it/presence_model.rs` |
//! | Nothing is allocated per frame, nor per packet. | `tests/allocations.rs` |
//! | A hostile peer costs no more than its quota, and fair ones are served on. | `tests/it/quota.rs`, `tests/it/abuse_frames.rs` |
//!
//! # Start here if you want to …
//!
//! | … | read |
//! |---|---|
//! | learn the protocol | `examples/01_accept_key.rs`, and on in the order of the numbers |
//! | encode and decode frames | [`wire`], its example |
//! | write a client or a server on a transport of your own | [`proto`], its example |
//! | follow both ends of a connection from packets | [`observe`], its example |
//! | explain a capture in a program of yours | [`explain`], its example; `examples/12_as_a_library.rs` |
//! | count who is online | [`presence`], its example |
//! | see a state machine | [`observe::tcp`] and [`observe::ws`]: each a table, which also draws the pages |
//! | see what is found, and the evidence that it takes | `captures/lab`, a capture of each finding |
//! | change what the program prints | the views of [`explain`], then `tests/it/captures.rs` for the texts beside captures |
//! | run the tests | `tests/run` |

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

#[cfg(all(test, feature = "explain"))]
mod testing;
