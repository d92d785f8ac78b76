//! Records what the server's own sockets do, as the packets that it took.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};

use super::file::Capture;
use super::line::{Entry, Queue, What};
use super::now_ns;
use crate::capture::{Direction, LinkType, Opening, Raw, Rebuild, Rebuilt, Statistics};
use crate::wire::Side;

/// Records until the queue says stop.
pub(super) fn run(receiver: &Receiver<Entry>, queue: &Arc<Queue>, mut capture: Capture) {
    let mut open: HashMap<u64, Rebuild> = HashMap::new();
    let (mut packets, numbers) = (0, RandomState::new());
    while let Some(entry) = next(receiver, &mut capture) {
        queue.taken(&entry);
        let made = match &entry.what {
            What::Stop => break,
            What::Gone => {
                open.remove(&entry.connection);
                continue;
            }
            What::Opened(ends, facts) => {
                let (rebuild, made) = Rebuild::open(&Opening {
                    time_ns: entry.time_ns,
                    round_trip_ns: facts.round_trip_ns,
                    client: ends.client,
                    server: ends.server,
                    saved_syn: facts.saved_syn.as_deref(),
                    server_isn: numbers.hash_one(entry.connection) as u32,
                    server_options: facts.options,
                    window: facts.window,
                });
                open.insert(entry.connection, rebuild);
                made
            }
            what => match (open.get_mut(&entry.connection), what.event()) {
                (Some(rebuild), Some(event)) => rebuild.event(entry.time_ns, event),
                _ => continue,
            },
        };
        packets += made.len() as u64;
        for packet in made {
            write(&mut capture, packet);
        }
        if !capture.is_alive() {
            queue.end();
        }
    }
    capture.finish(&Statistics {
        interface: 0,
        time_ns: now_ns(),
        begin_ns: None,
        end_ns: None,
        received: Some(packets),
        dropped: Some(queue.lost()),
        comments: Vec::new(),
    });
}

/// The next entry. Before it is waited for, all that came is in the file.
fn next(receiver: &Receiver<Entry>, capture: &mut Capture) -> Option<Entry> {
    match receiver.try_recv() {
        Ok(entry) => Some(entry),
        Err(TryRecvError::Disconnected) => None,
        Err(TryRecvError::Empty) => {
            capture.flush();
            receiver.recv().ok()
        }
    }
}

fn write(capture: &mut Capture, rebuilt: Rebuilt) {
    let Rebuilt { packet, evidence, comment } = rebuilt;
    let direction = match packet.from {
        Side::Client => Direction::Inbound,
        Side::Server => Direction::Outbound,
    };
    let raw = Raw {
        number: 0,
        time_ns: packet.time_ns,
        link: LinkType::RAW,
        original_length: packet.bytes.len() as u32,
        bytes: &packet.bytes,
        evidence,
    };
    capture.packet(raw, direction, Some(comment));
}
