//! The referee: watches both ends of a connection from outside, and never plays.
//!
//! In reading order: [`segment`] is what comes in, wherever it comes from.
//!
//! Pure: no I/O, no clock. It never imports [`crate::proto`], the player; a test drives both with the same bytes.

pub mod segment;

pub use segment::{Evidence, Flags, Options, Segment};
