//! Records what passes the interface.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::file::Capture;
use super::now_ns;
use crate::capture::{PacketSocket, Statistics};

/// How long a packet is waited for before it is looked whether to stop.
const LOOK: Duration = Duration::from_millis(100);

/// How long the last packets may take when the server has stopped: acknowledgments are on their way.
const LAST: Duration = Duration::from_millis(500);

/// Records until `stop`, and what is queued then.
pub(super) fn run(mut socket: PacketSocket, mut capture: Capture, stop: &AtomicBool) {
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
                wait = LOOK;
            }
            Err(error) => {
                capture.fail(&error);
                break;
            }
        }
        if stop.load(Ordering::Relaxed) {
            let until = *until.get_or_insert_with(|| Instant::now() + LAST);
            if Instant::now() > until {
                break;
            }
        }
    }
    let nothing = Statistics {
        interface: 0,
        time_ns: now_ns(),
        begin_ns: None,
        end_ns: None,
        received: None,
        dropped: None,
        comments: Vec::new(),
    };
    capture.finish(&socket.statistics(0).unwrap_or(nothing));
}
