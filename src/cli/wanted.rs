//! The connections that were asked for.

use std::collections::HashSet;
use std::io;

use crate::explain::View;
use crate::observe::{Ended, Fact, Step};

/// The connections that were asked for.
#[derive(Debug)]
pub(super) struct Wanted {
    stream: Option<u64>,
    pub(super) port: Option<u16>,
    /// Those with the port that have not ended.
    streams: HashSet<u64>,
}

impl Wanted {
    pub(super) fn new(stream: Option<u64>, port: Option<u16>) -> Self {
        Self { stream, port, streams: HashSet::new() }
    }

    fn has(&self, stream: u64) -> bool {
        self.stream.is_none_or(|wanted| wanted == stream)
            && (self.port.is_none() || self.streams.contains(&stream))
    }

    /// Shows a packet, if it is of a connection that was asked for.
    pub(super) fn step(&mut self, step: &Step, view: &mut dyn View) -> io::Result<()> {
        if let Some(port) = self.port {
            let has_port = |fact: &Fact| match fact {
                Fact::Stream(stream) => {
                    stream.ends.client.port() == port || stream.ends.server.port() == port
                }
                _ => false,
            };
            if step.facts.iter().any(has_port) {
                self.streams.insert(step.stream);
            }
        }
        if self.has(step.stream) { view.step(step) } else { Ok(()) }
    }

    /// Shows the end of a connection, if it was asked for.
    pub(super) fn ended(&mut self, ended: &Ended, view: &mut dyn View) -> io::Result<()> {
        let has = self.has(ended.stream);
        self.streams.remove(&ended.stream);
        if has { view.ended(ended) } else { Ok(()) }
    }
}
