//! Cost of an attack to the server: peak memory, processor time, sockets.

use std::time::Duration;

use super::fair::fair;
use crate::support::server::Server;
use crate::support::{PATIENCE, wait_until};

/// A server, and what it used before the attack.
#[derive(Debug)]
pub(super) struct Cost<'s> {
    server: &'s Server,
    resident: u64,
    sockets: usize,
}

impl<'s> Cost<'s> {
    /// Notes what the server uses now, once it is warm.
    pub(super) fn of(server: &'s Server) -> Self {
        // Each worker thread has buffers of its own, made at the first use.
        for _ in 0..16 {
            fair(server);
        }
        let sockets = settled(server);
        // Makes the peak start from here (proc(5)).
        std::fs::write(format!("/proc/{}/clear_refs", server.pid()), "5").expect("our child");
        Self { server, resident: server.rss_kib(), sockets }
    }

    /// How much more memory the server ever had than before, in KiB.
    pub(super) fn peak_growth(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.pid())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("it runs");
        let peak: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number of kB");
        peak.saturating_sub(self.resident)
    }

    /// # Panics
    /// If the server ever had more than so many KiB over what it had before.
    pub(super) fn assert_memory(&self, what: &str, most: u64) {
        let growth = self.peak_growth();
        println!("{what}: memory grew by {growth} KiB at its peak, {most} allowed");
        assert!(growth <= most, "{what}: memory grew by {growth} KiB, more than {most}");
    }

    /// # Panics
    /// If the server takes processor time though nothing happens.
    pub(super) fn assert_idle(&self, what: &str) {
        let pause = Duration::from_secs(1);
        // What was begun may end first.
        std::thread::sleep(pause / 4);
        let before = self.server.cpu_time();
        std::thread::sleep(pause);
        let spent = since(self.server, before);
        println!("{what}: {spent:?} of processor time in {pause:?} of silence");
        assert!(spent <= pause / 10, "{what}: {spent:?} of processor time in {pause:?} of silence");
    }

    /// # Panics
    /// If the server does not get down to the sockets it had.
    pub(super) fn assert_sockets(&self, what: &str) {
        self.assert_sockets_at_most(what, 0);
    }

    /// # Panics
    /// If the server does not get down to so many sockets more than it had.
    pub(super) fn assert_sockets_at_most(&self, what: &str, more: usize) {
        wait_until(&format!("{what}: {more} sockets more than before"), PATIENCE, || self.open() <= more);
    }

    /// How many sockets the server has more than before.
    pub(super) fn open(&self) -> usize {
        sockets(self.server).saturating_sub(self.sockets)
    }
}

/// How much processor time the server has taken since it had taken `before`.
pub(super) fn since(server: &Server, before: Duration) -> Duration {
    server.cpu_time().saturating_sub(before)
}

/// The number of sockets once connections that have ended are gone.
fn settled(server: &Server) -> usize {
    let mut last = sockets(server);
    let mut same = 0;
    while same < 5 {
        std::thread::sleep(Duration::from_millis(10));
        let now = sockets(server);
        same = if now == last { same + 1 } else { 0 };
        last = now;
    }
    last
}

/// The descriptors that are sockets: the database may open more files whenever it likes.
fn sockets(server: &Server) -> usize {
    let entries = std::fs::read_dir(format!("/proc/{}/fd", server.pid())).expect("it runs");
    // One that was closed in the meantime has no target.
    let targets = entries.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
}
