//! Capture of the packets of an interface.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::commented_capture::CommentedCapture;
use crate::capture::{PacketSocket, Statistics, now_ns};

/// Interval at which the stop flag is read while no packet comes.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Time for the last packets after the stop: acknowledgments are on their way.
const LAST_PACKETS: Duration = Duration::from_millis(500);

/// Captures until `stop` is set, and what is queued then.
pub(super) fn run(mut socket: PacketSocket, mut capture: CommentedCapture, stop: &AtomicBool) {
    let mut wait = Duration::ZERO;
    let mut until = None;
    loop {
        match socket.receive(wait) {
            Ok(Some(caught)) => {
                capture.packet(caught.raw(0), caught.direction, None);
                wait = Duration::ZERO;
            }
            Ok(None) => {
                capture.flush();
                if until.is_some() && !wait.is_zero() {
                    break;
                }
                wait = POLL_INTERVAL;
            }
            Err(error) => {
                capture.fail(&error);
                break;
            }
        }
        if stop.load(Ordering::Relaxed) {
            let until = *until.get_or_insert_with(|| Instant::now() + LAST_PACKETS);
            if Instant::now() > until {
                break;
            }
        }
    }
    let no_counts = Statistics {
        interface: 0,
        time_ns: now_ns(),
        begin_ns: None,
        end_ns: None,
        received: None,
        dropped: None,
        comments: Vec::new(),
    };
    capture.finish(&socket.statistics(0).unwrap_or(no_counts));
}
