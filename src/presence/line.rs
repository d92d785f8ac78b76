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
use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard};

/// One connection on the list.
pub(super) struct Line {
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

impl Line {
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
    pub(super) fn close(&self, code: u16, reason: &'static str, notice: Option<Bytes>) -> bool {
        let mut stage = self.stage();
        if *stage == Stage::Closed {
            return false;
        }
        *stage = Stage::Closed;
        self.mailbox.deliver(Delivery::Close { code, reason, notice });
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
