//! The lab: a peer that misbehaves on demand, by script.

mod account;
mod experiment;
mod player;
mod step;
pub mod table;

pub use account::{Account, Entry, What};
pub(crate) use account::{Run, Runs};
pub use experiment::{Act, Client, Experiment, OWN, Reported, Visit, Words};
pub use player::Player;
pub use step::{Accept, Blanks, Frame, Piece, Step};
