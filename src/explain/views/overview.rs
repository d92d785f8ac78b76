//! The first of two passes over a capture: what a view must know of each connection before it writes the first packet.

use std::io;

use crate::explain::findings::{File, Finding};
use crate::explain::narrative::outline::Outlines;
use crate::explain::views::View;
use crate::observe::{Ended, Observation};

/// Gathers an outline of each connection. Memory grows with their number, not with what they send.
#[derive(Debug, Default)]
pub struct Overview(pub(super) Outlines);

impl View for Overview {
    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.0.step(step);
        Ok(())
    }

    fn finding(&mut self, stream: u64, found: &Finding) -> io::Result<()> {
        self.0.finding(stream, found);
        Ok(())
    }

    fn ended(&mut self, _ended: &Ended) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, _file: &File) -> io::Result<()> {
        Ok(())
    }
}
