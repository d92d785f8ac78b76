//! The verdict on a connection as a value: how it ended, what the end that closed it said, and why, as far as the
//! capture shows.

use super::finding::Finding;
use crate::observe::{First, SeenClose};
use crate::wire::http::Status;

/// The end of a connection, and its reason.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The side that ended it, the layer and the packet: the values of the two machines.
    pub(in crate::explain) first: First,
    pub(in crate::explain) words: Words,
    pub(in crate::explain) cause: Cause,
}

/// The words with which a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::explain) enum Words {
    None,
    /// Those of the Close frame that ended it.
    Close(Box<SeenClose>),
    /// The server had refused the Upgrade.
    Refusal(Status),
}

/// The reason of an end, as far as the capture shows.
#[derive(Debug, Clone)]
pub(in crate::explain) enum Cause {
    /// The closing handshake and TCP's end are in order.
    InOrder,
    /// This was found.
    Finding(Box<Finding>),
    /// It closed by a Close frame, and then not in order.
    NotInOrder,
    /// It closed by a Close frame, and the capture ends before the rest.
    Unfinished,
    /// Nothing shows it.
    Unknown,
    /// Nothing shows it, and not all that the end sent was read.
    NotRead,
}
