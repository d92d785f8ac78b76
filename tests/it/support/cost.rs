//! Cost of hostile input to the server, in memory that stays and in processor time.

use std::time::Duration;

use super::server::Server;

/// The server's processor time and memory before the input.
#[derive(Debug)]
pub(crate) struct Before {
    memory: u64,
    time: Duration,
}

impl Before {
    pub(crate) fn of(server: &Server) -> Self {
        Self { memory: server.rss_kib(), time: server.cpu_time() }
    }

    /// # Panics
    /// If the server has taken more processor time since, or grown by more KiB.
    pub(crate) fn assert_cost(&self, server: &Server, time: Duration, memory: u64) {
        let took = server.cpu_time().saturating_sub(self.time);
        assert!(took < time, "it took {took:?} of processor time, not {time:?}");
        let grew = server.rss_kib().saturating_sub(self.memory);
        assert!(grew < memory, "it grew by {grew} KiB, not {memory} KiB");
    }
}
