//! Records what the server's own sockets do, as the packets that it took.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::mpsc::error::TryRecvError;

use super::file::Capture;
use super::now_ns;
use crate::capture::{Direction, LinkType, RawPacket, ReplayedPacket, Statistics};
use crate::server::tap::replay::Rebuilding;
use crate::server::tap::sender::{Entry, Queue, What};
use crate::wire::Side;

/// Records until the queue says stop.
pub(super) fn run(receiver: &mut UnboundedReceiver<Entry>, queue: &Arc<Queue>, mut capture: Capture) {
    let mut open = Rebuilding::default();
    let mut packets = 0;
    while let Some(entry) = next(receiver, &mut capture) {
        queue.taken(&entry);
        if matches!(entry.what, What::Stop) {
            break;
        }
        let made = open.take(&entry);
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
fn next(receiver: &mut UnboundedReceiver<Entry>, capture: &mut Capture) -> Option<Entry> {
    match receiver.try_recv() {
        Ok(entry) => Some(entry),
        Err(TryRecvError::Disconnected) => None,
        Err(TryRecvError::Empty) => {
            capture.flush();
            receiver.blocking_recv()
        }
    }
}

fn write(capture: &mut Capture, rebuilt: ReplayedPacket) {
    let ReplayedPacket { packet, evidence, comment } = rebuilt;
    let direction = match packet.from {
        Side::Client => Direction::Inbound,
        Side::Server => Direction::Outbound,
    };
    let raw = RawPacket {
        number: 0,
        time_ns: packet.time_ns,
        link: LinkType::RAW,
        original_length: packet.bytes.len() as u32,
        bytes: &packet.bytes,
        evidence,
    };
    capture.packet(raw, direction, Some(comment));
}
