//! The mailbox of a connection: it accepts a delivery at once.

use crate::wire::ws::CloseFrame;
use bytes::Bytes;

/// The receiving end of a connection's deliveries.
///
/// A delivery is made while the connection's own lock is held, so that its deliveries stay in order. Therefore
/// [`deliver`](Mailbox::deliver) must not block, must not panic, and must not drop the connection's own
/// [`Presence`](super::Presence) nor call the registry: it queues, wakes the connection's task, and returns.
///
/// A client that stops reading is the mailbox's affair: of the counts only the newest need be kept (their versions show
/// which), and the owner of a queue bounds its size.
pub trait Mailbox: Send + Sync {
    /// Accepts a delivery.
    fn deliver(&self, delivery: Delivery);
}

/// Something for one client. The texts are encoded once and shared by all receivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// N has changed, or the client is new. To one mailbox the versions only grow.
    Count {
        /// The version of N.
        version: u64,
        /// The message, as JSON.
        text: Bytes,
    },
    /// A message, as JSON.
    Text(Bytes),
    /// The end: the connection is off the list already, and nothing is delivered after this.
    Close {
        /// 4002 when the session was opened again, else that of an [`EndReason`](super::EndReason).
        frame: CloseFrame,
        /// A message to send before the Close frame, as JSON.
        notice: Option<Bytes>,
    },
}
