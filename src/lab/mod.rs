//! The lab: a peer that misbehaves by script, for each finding of the catalogue that a peer can provoke.
//!
//! An [`Experiment`] is a row of the [`table`]: which finding, who is at fault, and the script of that end, in
//! [`Step`]s. A [`Player`] plays a script on any stream, at either end, without [`proto`](crate::proto), which cannot
//! misbehave. Its [`Account`] reports what was really sent and received.
//!
//! No server is needed here: the endpoint `/lab` of [`server`](crate::server), the examples and the tests use it alike.

mod account;
mod capture;
mod experiment;
mod player;
mod reason;
mod step;
pub mod table;

pub use account::{Account, AccountEntry, AccountEvent};
pub use capture::capture;
pub use experiment::{ApiClient, BrowserReport, Client, ClientAction, Experiment, OWN_ENDPOINT, Translated};
pub use player::Player;
pub use reason::reason;
pub use step::{AcceptHash, Piece, Placeholders, RawFrame, Step};
