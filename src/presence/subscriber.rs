//! One connection on the list, and the order of what it is told.
//!
//! ```text
//!            open                     close, hang_up
//!   Joining ───────▶ Open{told} ─────────────────────▶ Closed
//!      └───────────────────────────────────────────────▶┘
//! ```
//!
//! A delivery and the change of the stage that goes with it happen under one lock, and that is why the versions at a
//! client only grow, why nothing comes after a Close, and why there is only one Close.

use super::mailbox::{Delivery, Mailbox};
use super::{Language, Session, lock};
use crate::wire::ws::CloseFrame;
use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard};

/// One connection on the list.
pub(super) struct Subscriber {
    pub(super) session: Session,
    pub(super) language: Language,
    mailbox: Arc<dyn Mailbox>,
    stage: Mutex<Stage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The engine has not answered yet. Told nothing but its end.
    Joining,
    /// Online, and told this version of N.
    Open { told: u64 },
    /// Off the list.
    Closed,
}

impl Subscriber {
    pub(super) fn new(session: Session, language: Language, mailbox: Arc<dyn Mailbox>) -> Self {
        Self { session, language, mailbox, stage: Mutex::new(Stage::Joining) }
    }

    /// Online from now on, and told N. False if the line was closed while it joined.
    pub(super) fn open(&self, version: u64, text: Bytes) -> bool {
        let mut stage = self.stage();
        if *stage != Stage::Joining {
            return false;
        }
        *stage = Stage::Open { told: version };
        self.mailbox.deliver(Delivery::Count { version, text });
        true
    }

    /// Tells N, unless this version or a newer one has been told. True if it was told.
    pub(super) fn count(&self, version: u64, text: &Bytes) -> bool {
        let mut stage = self.stage();
        match *stage {
            Stage::Open { told } if told < version => {
                *stage = Stage::Open { told: version };
                self.mailbox.deliver(Delivery::Count { version, text: text.clone() });
                true
            }
            _ => false,
        }
    }

    /// Delivers a message. True if the line is open.
    pub(super) fn text(&self, text: &Bytes) -> bool {
        let stage = self.stage();
        let open = matches!(*stage, Stage::Open { .. });
        if open {
            self.mailbox.deliver(Delivery::Text(text.clone()));
        }
        open
    }

    /// Ends the line, and tells it so. True if it was not closed before.
    pub(super) fn close(&self, frame: CloseFrame, notice: Option<Bytes>) -> bool {
        let mut stage = self.stage();
        if *stage == Stage::Closed {
            return false;
        }
        *stage = Stage::Closed;
        self.mailbox.deliver(Delivery::Close { frame, notice });
        true
    }

    /// Ends the line without a word: its connection has gone.
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
    use crate::presence::testing::{Memo, session};
    use crate::wire::ws::{CloseCode, CloseFrame};

    fn subscriber() -> (Subscriber, std::sync::Arc<Memo>) {
        let memo = Memo::new();
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
        assert!(!subscriber.count(9, &count(9)) && !subscriber.text(&count(9)), "joining");
        assert!(subscriber.open(3, count(3)));
        assert!(
            !subscriber.count(2, &count(2))
                && !subscriber.count(3, &count(3))
                && subscriber.count(5, &count(5))
        );
        assert!(!subscriber.open(6, count(6)), "open already");
        assert_eq!(memo.take(), ["v3 Users connected: 3", "v5 Users connected: 5"]);
    }

    #[test]
    fn a_close_is_the_last_and_the_only_one() {
        for joined in [true, false] {
            let (subscriber, memo) = subscriber();
            assert!(!joined || subscriber.open(1, count(1)));
            memo.take();
            assert!(subscriber.close(bye(4002), None));
            assert!(!subscriber.close(bye(4001), None));
            subscriber.hang_up();
            assert!(
                !subscriber.open(2, count(2))
                    && !subscriber.count(2, &count(2))
                    && !subscriber.text(&count(2))
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
                && !subscriber.count(2, &count(2))
                && !subscriber.text(&count(2))
        );
        assert_eq!(memo.take(), ["v1 Users connected: 1"]);
    }
}
