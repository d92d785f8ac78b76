//! Hostile opening handshakes, each against the server in its own process: the right answer, the connection closed in
//! order, a fair client served after it, and no more memory or processor time than it is worth.
//!
//! The ids are those of the catalogue of abuse; the CVE is that of a server that got it wrong.

mod begin;
mod later;
mod plain;
mod query;
mod rules;
mod size;
mod slow;
mod smuggling;
