//! The signals that end a command: the first in order, the second at once.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The exit code of a process that was interrupted.
pub(super) const INTERRUPTED: u8 = 130;

/// A signal that ends a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StopSignal {
    /// SIGTERM.
    Terminate,
    /// SIGINT.
    Interrupt,
}

/// Listens for SIGTERM and SIGINT.
pub(super) struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// Listens from now on. Called within a runtime.
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Ends at the first signal; a second one then ends the process at once.
    pub(super) async fn wait_or_exit(mut self) {
        self.next().await;
        tokio::spawn(self.exit());
    }

    /// The next signal.
    pub(super) async fn next(&mut self) -> StopSignal {
        tokio::select! {
            _ = self.terminate.recv() => StopSignal::Terminate,
            _ = self.interrupt.recv() => StopSignal::Interrupt,
        }
    }

    /// Ends the process at the next signal.
    pub(super) async fn exit(mut self) {
        self.next().await;
        std::process::exit(INTERRUPTED.into());
    }
}
