//! `/lab/ID`: the experiments of the [`lab`](crate::lab), each with a script of its own.
//!
//! Off unless asked for. The connection of a [`visitor`] is one like any other: it ends by itself, and ends when the
//! server stops. Its account is part of one of the [`runs`], which the page `/lab` shows beside what the browser
//! reported.

pub(super) mod routes;
mod runs;
mod visitor;

pub(super) use visitor::{Lab, Visitor};

/// Folder of the experiments.
pub(super) const FOLDER: &str = "/lab/";
