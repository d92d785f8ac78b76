//! The connections that a filter lets through, and what there is where it lets none through.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

use crate::observe::{Fact, Observation};

/// Ports that are named where none is the right one, at most.
const PORTS: usize = 12;

/// Filter of connections: those pass that have all of these.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamFilter {
    /// Their number.
    pub stream: Option<u64>,
    /// The port of one of their ends.
    pub port: Option<u16>,
    /// Their being among these, which an [`Overview`](crate::explain::Overview) has selected.
    pub selected: Option<Arc<HashSet<u64>>>,
}

/// A filter that let no connection through, and what there is. Its text is English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmptySelection {
    filter: StreamFilter,
    /// The number of connections.
    pub(super) streams: u64,
    ports: Ports,
}

/// The first few ports of servers, those of the connection that is asked for if it is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Ports {
    first: BTreeSet<u16>,
    has_more: bool,
}

/// The connections that a filter lets through.
#[derive(Debug)]
pub(super) struct Selection {
    filter: StreamFilter,
    /// Those with the port that have not ended.
    with_port: HashSet<u64>,
    /// The number of connections so far.
    streams: u64,
    ports: Ports,
    has_shown: bool,
}

impl Selection {
    pub(super) fn new(filter: StreamFilter) -> Self {
        let ports = Ports::default();
        Self { filter, with_port: HashSet::new(), streams: 0, ports, has_shown: false }
    }

    #[inline]
    pub(super) fn note(&mut self, step: &Observation) {
        if self.filter != StreamFilter::default() {
            self.note_filtered(step);
        }
    }

    fn note_filtered(&mut self, step: &Observation) {
        let about = step.facts.iter().find_map(|fact| match fact {
            Fact::Stream(about) => Some(about),
            _ => None,
        });
        if let Some(about) = about {
            self.streams = self.streams.max(step.stream + 1);
            let (client, server) = (about.ends.client.port(), about.ends.server.port());
            if self.filter.port.is_some_and(|port| port == client || port == server) {
                self.with_port.insert(step.stream);
            }
            if self.filter.stream.is_none_or(|stream| stream == step.stream) {
                self.ports.add(server);
            }
        }
        self.has_shown |= self.shows(step.stream);
    }

    #[inline]
    pub(super) fn shows(&self, stream: u64) -> bool {
        let StreamFilter { stream: shown, port, selected } = &self.filter;
        shown.is_none_or(|shown| shown == stream)
            && (port.is_none() || self.with_port.contains(&stream))
            && selected.as_ref().is_none_or(|selected| selected.contains(&stream))
    }

    pub(super) fn forget(&mut self, stream: u64) {
        self.with_port.remove(&stream);
    }

    /// What there is, if there is a filter that has let nothing through.
    pub(super) fn empty(&self) -> Option<EmptySelection> {
        let Self { filter, streams, ports, .. } = self;
        let is_empty = !self.has_shown && *filter != StreamFilter::default();
        is_empty.then(|| EmptySelection { filter: filter.clone(), streams: *streams, ports: ports.clone() })
    }
}

impl Ports {
    fn add(&mut self, port: u16) {
        if self.first.len() < PORTS {
            self.first.insert(port);
        } else {
            self.has_more |= !self.first.contains(&port);
        }
    }
}

impl fmt::Display for EmptySelection {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { filter: StreamFilter { stream, port, selected }, streams, ports } = self;
        match (stream, port) {
            _ if *streams == 0 => return write!(to, "the capture has no TCP connection"),
            (Some(stream), _) if stream >= streams => {
                return match streams - 1 {
                    0 => write!(to, "no TCP connection {stream}: the capture has only 0"),
                    last => write!(to, "no TCP connection {stream}: the capture has 0 to {last}"),
                };
            }
            _ if selected.is_some() => {
                let has_more = stream.is_some() || port.is_some();
                let also = if has_more { ", together with the other options," } else { "" };
                return match streams {
                    1 => write!(to, "the filter{also} does not match the one TCP connection"),
                    _ => write!(to, "the filter{also} matches none of the {streams} TCP connections"),
                };
            }
            (Some(stream), Some(port)) => write!(to, "TCP connection {stream} has no port {port}")?,
            (_, port) => write!(to, "no TCP connection with port {}", port.unwrap_or_default())?,
        }
        let named: Vec<String> = ports.first.iter().map(ToString::to_string).collect();
        let more = if ports.has_more { " and others" } else { "" };
        match &named[..] {
            [one] => write!(to, ": the server's port is {one}"),
            _ => write!(to, ": the servers' ports are {}{more}", named.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(
        filter: (Option<u64>, Option<u16>),
        streams: u64,
        servers: impl IntoIterator<Item = u16>,
    ) -> String {
        let mut ports = Ports::default();
        servers.into_iter().for_each(|port| ports.add(port));
        let filter = StreamFilter { stream: filter.0, port: filter.1, selected: None };
        EmptySelection { filter, streams, ports }.to_string()
    }

    #[test]
    fn what_there_is_is_named() {
        assert_eq!(text((Some(7), None), 0, []), "the capture has no TCP connection");
        assert_eq!(text((Some(7), None), 1, []), "no TCP connection 7: the capture has only 0");
        assert_eq!(text((Some(7), None), 4, []), "no TCP connection 7: the capture has 0 to 3");
        assert_eq!(text((Some(7), Some(9)), 4, []), "no TCP connection 7: the capture has 0 to 3");
        assert_eq!(
            text((Some(3), Some(9)), 4, [443]),
            "TCP connection 3 has no port 9: the server's port is 443"
        );
        assert_eq!(
            text((None, Some(9)), 4, [8080, 443, 8080]),
            "no TCP connection with port 9: the servers' ports are 443, 8080"
        );
        let filter = StreamFilter { selected: Some(Arc::default()), ..StreamFilter::default() };
        let empty = EmptySelection { filter, streams: 4, ports: Ports::default() };
        assert_eq!(empty.to_string(), "the filter matches none of the 4 TCP connections");
        assert!(text((None, Some(9)), 4, 1..=12).ends_with("10, 11, 12"));
        assert!(text((None, Some(9)), 4, 1..=1000).ends_with("10, 11, 12 and others"));
    }
}
