//! The recorder: captures the server's own connections while it serves.
//!
//! A thread of its own writes the [commented capture](commented_capture), fed by [`packets`] of an interface or, without
//! the privilege for those, by [`sockets`]: packets rebuilt from a tap on each connection. A connection never waits for
//! it: what finds no room is counted, and a failure to write is logged once and ends the capture, not the service.

mod commented_capture;
mod packets;
mod sockets;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use tokio::net::TcpStream;
use tracing::warn;

use crate::capture::{
    CaptureOptions, Checksums, Interface, OutputError, Overwrite, PacketSocket, SetcapCommand, SocketInfo,
    TimestampedRead, now_ns,
};
use crate::explain::Language;
use crate::server::tap::queue::TapQueue;
use crate::server::tap::sender::TapSender;
use crate::wire::PerSide;
use commented_capture::CommentedCapture;

/// Capacity of the queue from the taps, in bytes.
const QUEUE_CAPACITY: usize = 64 * 1024 * 1024;

/// Destination and mode of a capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The file. An older capture in it is replaced.
    pub file: PathBuf,
    /// Treatment of a file with other content.
    pub overwrite: Overwrite,
    /// Source of the packets.
    pub mode: CaptureMode,
    /// The language of the comments on the packets.
    pub language: Language,
}

/// Source of the packets of a capture, as asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptureMode {
    /// `Packet` if that is allowed, else `Socket`.
    Auto,
    /// The packets of the interface. Requires `CAP_NET_RAW`.
    Packet,
    /// Packets rebuilt from what the server's sockets do.
    Socket,
}

/// Source of the packets of a running capture.
#[derive(Debug)]
pub enum CaptureSource {
    /// The packets of this interface.
    Packets(String),
    /// Packets rebuilt from socket events, and why the interface's could not be had, unless sockets were asked for.
    Sockets(Option<io::Error>),
}

impl fmt::Display for CaptureSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packets(interface) => write!(f, "the packets of interface {interface}"),
            Self::Sockets(None) => {
                f.write_str("what the sockets do, as packets (--capture-mode auto takes the real ones)")
            }
            Self::Sockets(Some(why)) => {
                write!(f, "what the sockets do, as packets ({why}; for the real ones: {SetcapCommand})")
            }
        }
    }
}

/// Why a capture cannot be started.
#[derive(Debug)]
pub(in crate::server) enum Failure {
    /// Packets may not be captured, and nothing else was asked for.
    Packets(io::Error),
    /// The file cannot be written, or must not be.
    File(PathBuf, OutputError),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packets(error) => write!(
                f,
                "packets cannot be captured: {error}; allow it with '{SetcapCommand}', or leave out --capture-mode packet"
            ),
            Self::File(path, OutputError::Io(error)) => {
                write!(
                    f,
                    "the capture cannot be written to {}: {error}; choose another with --capture",
                    path.display()
                )
            }
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
        }
    }
}

/// A running capture.
#[derive(Debug)]
pub(in crate::server) struct Recorder {
    pub(in crate::server) method: CaptureSource,
    source: Source,
    thread: JoinHandle<()>,
}

#[derive(Debug)]
enum Source {
    /// Stop flag of the thread.
    Interface(Arc<AtomicBool>),
    Taps(Arc<TapQueue>),
}

impl Recorder {
    /// Starts a capture for a server that is bound to `address` and does not listen yet, so that no packet is missed.
    pub(in crate::server) fn start(recording: &Recording, address: SocketAddr) -> Result<Self, Failure> {
        let interface = if address.ip().to_canonical().is_loopback() { "lo" } else { "any" };
        let watch = CaptureOptions {
            interface: interface.to_owned(),
            port: address.port(),
            checksums: Checksums::Complete,
        };
        let file = |error| Failure::File(recording.file.clone(), error);
        let why_not = match recording.mode {
            CaptureMode::Socket => None,
            CaptureMode::Auto | CaptureMode::Packet => match PacketSocket::open(watch.clone()) {
                Ok(socket) => return Self::of_packets(recording, &watch, socket).map_err(file),
                Err(error) if recording.mode == CaptureMode::Packet => return Err(Failure::Packets(error)),
                Err(error) => Some(error),
            },
        };
        Self::of_sockets(recording, &watch, why_not).map_err(file)
    }

    fn of_packets(
        recording: &Recording,
        watch: &CaptureOptions,
        socket: PacketSocket,
    ) -> Result<Self, OutputError> {
        let capture = CommentedCapture::create(recording, &socket.interface(), watch.port)?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread(move || packets::run(socket, capture, &stopped))?;
        Ok(Self {
            method: CaptureSource::Packets(watch.interface.clone()),
            source: Source::Interface(stop),
            thread,
        })
    }

    fn of_sockets(
        recording: &Recording,
        watch: &CaptureOptions,
        why_not: Option<io::Error>,
    ) -> Result<Self, OutputError> {
        let capture =
            CommentedCapture::create(recording, &Interface::of_sockets(&watch.interface), watch.port)?;
        let (queue, mut receiver) = TapQueue::new(QUEUE_CAPACITY);
        let source = Arc::clone(&queue);
        let thread = thread(move || {
            sockets::run(&mut receiver, &source, capture);
            source.close();
        })?;
        Ok(Self { method: CaptureSource::Sockets(why_not), source: Source::Taps(queue), thread })
    }

    /// Has a listening socket keep the SYN and the arrival times of its connections.
    pub(in crate::server) fn prepare(&self, listener: &impl AsFd) {
        if let Source::Taps(_) = self.source
            && let Err(error) = SocketInfo::enable_saved_syn(listener)
                .and_then(|()| TimestampedRead::enable_timestamps(listener))
        {
            warn!("the capture has fewer facts: {error}");
        }
    }

    /// A sender for the tap of a connection; `None` if packets are captured, or the queue has no room.
    pub(in crate::server) fn tap_sender(&self, stream: &TcpStream, client: SocketAddr) -> Option<TapSender> {
        let Source::Taps(queue) = &self.source else { return None };
        let server = stream.local_addr().ok()?;
        let facts = SocketInfo::of(stream).ok()?;
        TapSender::open(queue, now_ns(), PerSide { client, server }, facts)
    }

    /// Writes what is queued, and ends the capture.
    pub(in crate::server) fn stop(self) {
        match &self.source {
            Source::Interface(stop) => stop.store(true, Ordering::Relaxed),
            Source::Taps(queue) => queue.finish(),
        }
        if self.thread.join().is_err() {
            warn!("the recorder has failed; the capture ends where it did");
        }
    }
}

fn thread(run: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("recorder".to_owned()).spawn(run)
}
