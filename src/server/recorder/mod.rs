//! Captures the server's own connections while it serves: a thread that writes, fed by the packet socket or, without
//! the privilege for it, by a [`Tap`](crate::server::tap::stream::Tap) on each connection. Whatever happens to it, connections do not
//! notice: what it has no room for is counted, and when it cannot write it says so once and ends.

mod file;
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

pub(in crate::server) use crate::capture::now_ns;
use crate::capture::{
    CaptureOptions, Checksums, Interface, OutputError, Overwrite, PacketSocket, SetcapCommand, SocketInfo,
    TimestampedRead,
};
use crate::explain::Language;
pub(in crate::server) use crate::server::tap::replay::Rebuilding;
pub(in crate::server) use crate::server::tap::sender::{Entry, Line, Queue, What};
use file::Capture;

/// The most that waits to be recorded, in bytes.
const MOST_WAITING: usize = 64 * 1024 * 1024;

/// What is to be captured, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The file; a capture that is in it is replaced.
    pub file: PathBuf,
    /// Whether anything else that is in it is replaced too.
    pub overwrite: Overwrite,
    /// By what means.
    pub mode: CaptureMode,
    /// The language of the comments on the packets.
    pub language: Language,
}

/// By what means a server captures its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptureMode {
    /// By packets if that is allowed, else by sockets.
    Auto,
    /// The packets that pass the interface: real ones. Takes `CAP_NET_RAW`.
    Packet,
    /// Packets rebuilt from what the server's sockets do.
    Socket,
}

/// How connections are captured.
#[derive(Debug)]
pub enum Method {
    /// The packets of this interface.
    Packets(String),
    /// Packets rebuilt from what sockets do; and why not the real ones, unless that was asked for.
    Sockets(Option<io::Error>),
}

impl fmt::Display for Method {
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

/// Why a capture cannot be begun.
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

/// The two addresses of a connection.
#[derive(Debug, Clone, Copy)]
pub(in crate::server) struct Ends {
    pub(in crate::server) client: SocketAddr,
    pub(in crate::server) server: SocketAddr,
}

/// A capture that is under way.
#[derive(Debug)]
pub(in crate::server) struct Recorder {
    pub(in crate::server) method: Method,
    source: Source,
    thread: JoinHandle<()>,
}

#[derive(Debug)]
enum Source {
    /// Set when it is to stop.
    Interface(Arc<AtomicBool>),
    Taps(Arc<Queue>),
}

impl Recorder {
    /// Begins to capture, for a server that is bound to `address` and does not listen yet: then nothing is missed.
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
        let capture = Capture::create(recording, &socket.interface(), watch.port)?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread(move || packets::run(socket, capture, &stopped))?;
        Ok(Self { method: Method::Packets(watch.interface.clone()), source: Source::Interface(stop), thread })
    }

    fn of_sockets(
        recording: &Recording,
        watch: &CaptureOptions,
        why_not: Option<io::Error>,
    ) -> Result<Self, OutputError> {
        let capture = Capture::create(recording, &Interface::of_sockets(&watch.interface), watch.port)?;
        let (queue, mut receiver) = Queue::new(MOST_WAITING);
        let lines = Arc::clone(&queue);
        let thread = thread(move || {
            sockets::run(&mut receiver, &lines, capture);
            lines.end();
        })?;
        Ok(Self { method: Method::Sockets(why_not), source: Source::Taps(queue), thread })
    }

    /// Tells a socket that will listen what its connections are to keep for the capture.
    pub(in crate::server) fn prepare(&self, listener: &impl AsFd) {
        if let Source::Taps(_) = self.source
            && let Err(error) = SocketInfo::enable_saved_syn(listener)
                .and_then(|()| TimestampedRead::enable_timestamps(listener))
        {
            warn!("the capture has fewer facts: {error}");
        }
    }

    /// The line on which a tap tells what a connection does; `None` if none is needed, or there is no room for it.
    pub(in crate::server) fn line(&self, stream: &TcpStream, client: SocketAddr) -> Option<Line> {
        let Source::Taps(queue) = &self.source else { return None };
        let server = stream.local_addr().ok()?;
        let facts = SocketInfo::of(stream).ok()?;
        Line::open(queue, now_ns(), Ends { client, server }, facts)
    }

    /// Ends the capture when all that came is written.
    pub(in crate::server) fn stop(self) {
        match &self.source {
            Source::Interface(stop) => stop.store(true, Ordering::Relaxed),
            Source::Taps(queue) => queue.stop(),
        }
        if self.thread.join().is_err() {
            warn!("the recorder has failed; the capture ends where it did");
        }
    }
}

fn thread(run: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("recorder".to_owned()).spawn(run)
}
