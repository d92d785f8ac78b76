//! The rules about heartbeats, idle timeouts and how long connections live.

use super::catalogue::frames::{F15, NOT_ANSWERED};
use super::found::Found;
use super::{Rule, Scene};
use crate::observe::Close;
use crate::wire::Side::{self, Client, Server};

pub(super) const OF_CLOSES: &[Rule<Close>] = &[clients_ping, servers_ping];

/// A ping that was not answered for so long was not answered.
const PATIENCE: u64 = 5_000_000_000;

fn clients_ping(scene: &Scene<'_>, _: &Close) -> Option<Found> {
    unanswered_ping(scene, Client)
}

fn servers_ping(scene: &Scene<'_>, _: &Close) -> Option<Found> {
    unanswered_ping(scene, Server)
}

/// F15, of a ping that waits at the end.
fn unanswered_ping(scene: &Scene<'_>, side: Side) -> Option<Found> {
    let connection = scene.connection;
    let (asker, peer) = (&connection.senders[side], side.peer());
    let ping = asker.pings.front()?;
    let waited = connection.last.since(ping.at);
    // Who has closed need not answer (RFC 6455 §5.5.2).
    let has_closed =
        connection.senders[peer].close.is_some_and(|close| close.at.time_ns < ping.at.time_ns + PATIENCE);
    let is_known = connection.knows_all_of(peer) && !has_closed && waited >= PATIENCE;
    let found = Found::new(&F15, ping.at.packet).in_frame(ping.frame).blamed_on(peer);
    let found = found.with(side).with(ping.frame).with(ping.at.packet).with(NOT_ANSWERED);
    is_known.then_some(found)
}
