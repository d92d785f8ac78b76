//! The first signal, for a loop that waits for packets: a thread listens, the loop polls.

use std::io;
use std::sync::{Arc, OnceLock};

use tokio::runtime::Builder;

use crate::cli::stop_signals::{StopSignal, StopSignals};

/// The first signal, once it has come. A second one ends the process.
pub(super) struct FirstSignal(Arc<OnceLock<StopSignal>>);

impl FirstSignal {
    /// Listens from now on.
    pub(super) fn listen() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let mut stop = {
            let _within = runtime.enter();
            StopSignals::new()?
        };
        let first = Arc::new(OnceLock::new());
        let seen = Arc::clone(&first);
        let listen = move || {
            runtime.block_on(async {
                let _ = seen.set(stop.next().await);
                stop.exit().await;
            });
        };
        std::thread::Builder::new().name("signals".to_owned()).spawn(listen)?;
        Ok(Self(first))
    }

    /// The first signal, if one came.
    pub(super) fn cause(&self) -> Option<StopSignal> {
        self.0.get().copied()
    }
}
