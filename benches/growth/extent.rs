//! How far the measurements go.

use std::io;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How far the measurements go.
#[derive(Debug, Clone)]
pub(crate) struct Extent {
    /// Connections at a time.
    pub(crate) connections: &'static [usize],
    /// Bytes of a message.
    pub(crate) sizes: &'static [usize],
    /// Who is sent the same message.
    pub(crate) subscribers: &'static [usize],
    /// Sessions of connections that are online.
    pub(crate) sessions: &'static [usize],
    /// Sessions online when somebody comes.
    pub(crate) crowds: &'static [usize],
    /// How many come and go in a second.
    pub(crate) visits: &'static [usize],
    /// For how long they do.
    pub(crate) span: Duration,
    /// Sessions online without a connection, in memory.
    pub(crate) in_memory: &'static [usize],
    /// About how many messages or deliveries are measured.
    pub(crate) messages: usize,
    /// How often a measurement is repeated; the median counts.
    pub(crate) rounds: usize,
    /// The most connections that file descriptors allow.
    most: usize,
}

pub(crate) const FULL: Extent = Extent {
    connections: &[10, 30, 100, 300, 1_000, 3_000, 10_000, 15_000],
    sizes: &[16, 64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20],
    subscribers: &[10, 30, 100, 300, 1_000, 3_000, 10_000],
    sessions: &[10, 30, 100, 300, 1_000, 3_000, 10_000],
    crowds: &[10, 30, 100, 300, 1_000, 3_000, 10_000, 15_000],
    visits: &[1, 3, 10, 30, 100, 300, 1_000],
    span: Duration::from_secs(10),
    in_memory: &[100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000],
    messages: 30_000,
    rounds: 3,
    most: usize::MAX,
};

pub(crate) const QUICK: Extent = Extent {
    connections: &[10, 30, 100],
    sizes: &[16, 1 << 10, 64 << 10],
    subscribers: &[10, 100],
    sessions: &[10, 100],
    crowds: &[10, 100],
    visits: &[10, 100],
    span: Duration::from_secs(1),
    in_memory: &[100, 1_000],
    messages: 300,
    rounds: 1,
    most: usize::MAX,
};

/// Descriptors that a process needs besides those of its connections.
const OWN: u64 = 100;

/// Raises the limit of open files as far as it may go, for this process and those that it starts; gives how many
/// connections that is.
pub(crate) fn descriptors() -> io::Result<usize> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    let most = maximum.unwrap_or(u64::MAX);
    Ok(usize::try_from(most.saturating_sub(OWN)).unwrap_or(usize::MAX))
}

impl Extent {
    /// The same, with no more connections than this.
    pub(crate) fn within(&self, most: usize) -> Self {
        Self { most, ..self.clone() }
    }

    /// Those numbers of connections that can be had; says which cannot.
    pub(crate) fn possible(&self, numbers: &'static [usize]) -> Vec<usize> {
        let (possible, impossible): (Vec<_>, Vec<_>) =
            numbers.iter().partition(|&&number| number <= self.most);
        for number in impossible {
            println!(
                "skipped: {number} connections need more open files than {}; see 'ulimit -Hn'",
                self.most
            );
        }
        possible
    }

    /// How often something is done that costs `each` of the messages that are measured.
    pub(crate) fn times(&self, each: usize) -> usize {
        (self.messages / each).max(3)
    }

    /// The median of some measurements.
    pub(crate) fn median(&self, mut measure: impl FnMut() -> io::Result<f64>) -> io::Result<f64> {
        let rounds: io::Result<Vec<f64>> = (0..self.rounds).map(|_| measure()).collect();
        let mut rounds = rounds?;
        rounds.sort_by(f64::total_cmp);
        Ok(rounds[rounds.len() / 2])
    }
}
