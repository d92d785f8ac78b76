//! A program that is run to its end, and what it took.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Took {
    pub(crate) time: Duration,
    /// Of a processor, its own and the system's.
    pub(crate) cpu: Duration,
    /// Memory at its peak, in KiB.
    pub(crate) peak_kib: u64,
}

/// In what the system counts a processor's time (proc(5)): a hundred in a second, for what a process can see.
const TICK: Duration = Duration::from_millis(10);

/// Runs a program to its end; its memory is asked for all the while.
///
/// # Panics
/// If it cannot be started, or fails.
pub(crate) fn run(command: &mut Command) -> Took {
    let (begin, before) = (Instant::now(), cpu_of_children());
    let mut child = command.stdin(Stdio::null()).spawn().expect("it can be started");
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    loop {
        // The greatest there was so far (proc(5)); a process that has ended has none.
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        peak_kib = now.unwrap_or(0).max(peak_kib);
        if let Some(status) = child.try_wait().expect("our child can be asked") {
            assert!(status.success(), "{command:?}: {status}");
            let (time, cpu) = (begin.elapsed(), cpu_of_children().saturating_sub(before));
            return Took { time, cpu: cpu.max(TICK), peak_kib };
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// What the children that have ended took of a processor (proc(5), cutime and cstime).
fn cpu_of_children() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The fields behind the name, which may hold anything; the first of them is the third.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u32 = fields.skip(13).take(2).filter_map(|ticks| ticks.parse::<u32>().ok()).sum();
    TICK * ticks
}
