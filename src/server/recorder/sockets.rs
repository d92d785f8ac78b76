//! Capture of packets rebuilt from the taps on the server's own sockets.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::mpsc::error::TryRecvError;

use super::commented_capture::CommentedCapture;
use crate::capture::{Direction, LinkType, RawPacket, ReplayedPacket, Statistics, now_ns};
use crate::server::tap::queue::{TapEvent, TapQueue, TapRecord};
use crate::server::tap::replay::TapReplay;
use crate::wire::Side;

/// Captures until the last record of the queue.
pub(super) fn run(
    receiver: &mut UnboundedReceiver<TapRecord>,
    queue: &Arc<TapQueue>,
    mut capture: CommentedCapture,
) {
    let mut replay = TapReplay::default();
    let mut packets = 0;
    while let Some(record) = next(receiver, &mut capture) {
        queue.release(&record);
        if matches!(record.event, TapEvent::End) {
            break;
        }
        let rebuilt = replay.rebuild(&record);
        packets += rebuilt.len() as u64;
        for packet in rebuilt {
            write(&mut capture, packet);
        }
        if !capture.is_alive() {
            queue.close();
        }
    }
    capture.finish(&Statistics {
        interface: 0,
        time_ns: now_ns(),
        begin_ns: None,
        end_ns: None,
        received: Some(packets),
        dropped: Some(queue.dropped()),
        comments: Vec::new(),
    });
}

/// The next record. The file is flushed before waiting for it.
fn next(receiver: &mut UnboundedReceiver<TapRecord>, capture: &mut CommentedCapture) -> Option<TapRecord> {
    match receiver.try_recv() {
        Ok(record) => Some(record),
        Err(TryRecvError::Disconnected) => None,
        Err(TryRecvError::Empty) => {
            capture.flush();
            receiver.blocking_recv()
        }
    }
}

fn write(capture: &mut CommentedCapture, rebuilt: ReplayedPacket) {
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
