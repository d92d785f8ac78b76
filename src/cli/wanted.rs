//! The connections that were asked for.

use std::collections::HashSet;
use std::io;

use crate::explain::{Bytes, Inspector, View};
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

    /// Shows a packet and what is found with it, if it is of a connection that was asked for.
    pub(super) fn step(
        &mut self,
        step: &Step,
        bytes: &Bytes<'_>,
        inspector: &mut Inspector,
        view: &mut dyn View,
    ) -> io::Result<()> {
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
        let mut found = inspector.step(step);
        if !self.has(step.stream) {
            return Ok(());
        }
        view.step(step)?;
        view.bytes(bytes, step)?;
        found.try_for_each(|found| view.finding(step.stream, &found))
    }

    /// Shows the end of a connection, if it was asked for.
    pub(super) fn ended(
        &mut self,
        ended: &Ended,
        inspector: &mut Inspector,
        view: &mut dyn View,
    ) -> io::Result<()> {
        let has = self.has(ended.stream);
        self.streams.remove(&ended.stream);
        let mut found = inspector.ended(ended);
        if !has {
            return Ok(());
        }
        found.try_for_each(|found| view.finding(ended.stream, &found))?;
        view.ended(ended)
    }
}
