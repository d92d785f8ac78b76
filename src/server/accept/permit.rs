//! The permit of an open connection.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

/// A connection's share of the limit on all, and of its worker's load; given back when dropped.
pub(super) struct ConnectionPermit {
    _slot: OwnedSemaphorePermit,
    /// Counted by its worker.
    _load: Arc<()>,
}

impl ConnectionPermit {
    pub(super) const fn new(slot: OwnedSemaphorePermit, load: Arc<()>) -> Self {
        Self { _slot: slot, _load: load }
    }
}
