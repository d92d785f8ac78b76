//! One subscriber: a connection on the list, and the order of its deliveries.
//!
//! ```text
//!            open                     close, hang_up
//!   Joining ───▶ Open{announced} ────────────────────▶ Closed
//!      └───────────────────────────────────────────────▶┘
//! ```
//!
//! A delivery and the change of its stage happen under one lock. That is why the versions at a client only grow, why
//! nothing follows a Close, and why there is only one Close.

use super::mailbox::{Delivery, Mailbox};
use super::{Language, Session, lock};
use crate::wire::ws::CloseFrame;
use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard};

/// A connection on the list.
pub(super) struct Subscriber {
    pub(super) session: Session,
    pub(super) language: Language,
    mailbox: Arc<dyn Mailbox>,
    stage: Mutex<Stage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The engine has not answered yet. Only a Close is delivered.
    Joining,
    /// Online; the last version of N that was delivered.
    Open { announced: u64 },
    /// Off the list.
    Closed,
}

impl Subscriber {
    pub(super) fn new(session: Session, language: Language, mailbox: Arc<dyn Mailbox>) -> Self {
        Self { session, language, mailbox, stage: Mutex::new(Stage::Joining) }
    }

    /// Opens the subscriber and delivers N. False if it was closed while it joined.
    pub(super) fn open(&self, version: u64, text: Bytes) -> bool {
        let mut stage = self.stage();
        if *stage != Stage::Joining {
            return false;
        }
        *stage = Stage::Open { announced: version };
        self.mailbox.deliver(Delivery::Count { version, text });
        true
    }

    /// Delivers N, unless this version or a newer one was delivered. True if it was.
    pub(super) fn send_count(&self, version: u64, text: &Bytes) -> bool {
        let mut stage = self.stage();
        match *stage {
            Stage::Open { announced } if announced < version => {
                *stage = Stage::Open { announced: version };
                self.mailbox.deliver(Delivery::Count { version, text: text.clone() });
                true
            }
            _ => false,
        }
    }

    /// Delivers a message. True if the subscriber is open.
    pub(super) fn send_text(&self, text: &Bytes) -> bool {
        let stage = self.stage();
        let open = matches!(*stage, Stage::Open { .. });
        if open {
            self.mailbox.deliver(Delivery::Text(text.clone()));
        }
        open
    }

    /// Closes the subscriber and delivers the Close. True if it was not closed before.
    pub(super) fn close(&self, frame: CloseFrame, notice: Option<Bytes>) -> bool {
        let mut stage = self.stage();
        if *stage == Stage::Closed {
            return false;
        }
        *stage = Stage::Closed;
        self.mailbox.deliver(Delivery::Close { frame, notice });
        true
    }

    /// Closes the subscriber without a delivery: its connection has gone.
    pub(super) fn hang_up(&self) {
        *self.stage() = Stage::Closed;
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        lock(&self.stage)
    }
}

#[cfg(test)]
mod tests {
    use super::Subscriber;
    use crate::presence::Language;
    use crate::presence::testing::{RecordingMailbox, session};
    use crate::wire::ws::{CloseCode, CloseFrame};

    fn subscriber() -> (Subscriber, std::sync::Arc<RecordingMailbox>) {
        let memo = RecordingMailbox::new();
        (Subscriber::new(session(1, 10, 1, 1), Language::En, memo.clone()), memo)
    }

    fn count(n: usize) -> bytes::Bytes {
        crate::presence::messages::presence(Language::En, n)
    }

    fn bye(code: u16) -> CloseFrame {
        CloseFrame::new(CloseCode(code), "")
    }

    #[test]
    fn versions_only_grow() {
        let (subscriber, memo) = subscriber();
        assert!(!subscriber.send_count(9, &count(9)) && !subscriber.send_text(&count(9)), "joining");
        assert!(subscriber.open(3, count(3)));
        assert!(
            !subscriber.send_count(2, &count(2))
                && !subscriber.send_count(3, &count(3))
                && subscriber.send_count(5, &count(5))
        );
        assert!(!subscriber.open(6, count(6)), "open already");
        assert_eq!(memo.take(), ["v3 Users connected: 3", "v5 Users connected: 5"]);
    }

    #[test]
    fn a_close_is_the_last_delivery_and_the_only_close() {
        for joined in [true, false] {
            let (subscriber, memo) = subscriber();
            assert!(!joined || subscriber.open(1, count(1)));
            memo.take();
            assert!(subscriber.close(bye(4002), None));
            assert!(!subscriber.close(bye(4001), None));
            subscriber.hang_up();
            assert!(
                !subscriber.open(2, count(2))
                    && !subscriber.send_count(2, &count(2))
                    && !subscriber.send_text(&count(2))
            );
            assert_eq!(memo.take(), ["4002"]);
        }
    }

    #[test]
    fn nothing_comes_after_hanging_up() {
        let (subscriber, memo) = subscriber();
        assert!(subscriber.open(1, count(1)));
        subscriber.hang_up();
        assert!(
            !subscriber.close(bye(4001), None)
                && !subscriber.send_count(2, &count(2))
                && !subscriber.send_text(&count(2))
        );
        assert_eq!(memo.take(), ["v1 Users connected: 1"]);
    }
}
