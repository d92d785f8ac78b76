//! Facts: what a packet makes known besides states.

use std::net::SocketAddr;

use super::close::Close;
use super::coverage::{Unread, UnreadReason};
use super::encapsulation::Encapsulation;
use super::frame::Frame;
use super::message::{Coding, Message};
use super::opaque::{Hello, Http2, Opaque};
use super::relay::Relay;
use super::segment::Evidence;
use super::tcp;
use super::upgrade::{Request, Response};
use crate::wire::{PerSide, Side};

/// Something that became known with a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A new stream; or the roles of its ends were corrected, for its earlier packets too. Roles are never corrected once a
    /// byte was read: a head, a frame, a message and anything else that carries bytes comes behind the last correction.
    Stream(Stream),
    /// Tags, labels and tunnels around the stream's packets, the outermost first. Behind its [`Stream`](Self::Stream).
    Encapsulation(Vec<Encapsulation>),
    /// Both ends sent a SYN of their own (RFC 9293 §3.5, figure 7).
    SimultaneousOpen,
    /// A request's head is complete.
    Request(Box<Request>),
    /// A response's head is complete.
    Response(Box<Response>),
    /// The open frame of the other side when a Close frame has come: its header, and its payload so far. It has the index
    /// that it gets if it is the next to end.
    OpenFrame(Box<Frame>),
    /// A frame is complete, or will never be.
    Frame(Box<Frame>),
    /// A message is complete, or will never be.
    Message(Box<Message>),
    /// From here on a side's bytes are neither HTTP/1 nor frames. Only a [`Hello`] and [`Http2`] frames are read in them.
    Opaque(Opaque),
    /// A TLS hello; what follows it is opaque.
    Hello(Box<Hello>),
    /// A frame of HTTP/2 that concerns a WebSocket.
    Http2(Http2),
    /// Something that a proxy says, or is asked.
    Relay(Box<Relay>),
    /// A side's frames are out of sync from here on, or until a [`Resync`].
    LostSync(LostSync),
    /// A side's frames are read from here on, or again.
    Resync(Resync),
    /// Bytes that the capture does not have.
    Gap(Gap),
    /// From here on bytes of a side are not read, and may hold anything.
    Unread(Unread),
    /// Bytes that came again, in other segments or with other content.
    Overlap(Overlap),
    /// Both ends' TCP is done: the close. There is another one later if the connection [goes on](Self::GoesOn).
    Close(Box<Close>),
    /// The connection goes on after a RST that seemed to end it (RFC 5961 §3.2), or an attempt that a RST refused is made
    /// once more. The states before the RST hold again.
    GoesOn {
        /// The packet of the RST.
        reset: u64,
    },
}

impl Fact {
    /// Returns `true` for a fact about one packet: not the ends of the connection, nor a message that its frames show. A
    /// compressed one they do not show.
    #[must_use]
    pub fn is_of_packet(&self) -> bool {
        match self {
            Self::Stream(_) => false,
            Self::Message(message) => message.coding != Coding::Plain,
            _ => true,
        }
    }
}

/// A stream, and the roles of its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    /// The ends' addresses.
    pub ends: PerSide<SocketAddr>,
    /// The source of the roles.
    pub role_source: RoleSource,
    /// [`Evidence::Inferred`] if it is known by the ports alone.
    pub evidence: Evidence,
    /// The states before the first packet.
    pub initial: PerSide<tcp::State>,
    /// The stream whose ports it took.
    pub reuses_ports_of: Option<u64>,
}

impl Stream {
    /// Returns `true` if the capture has the stream only from its middle on.
    #[must_use]
    pub const fn begins_midway(&self) -> bool {
        !matches!(self.initial.client, tcp::State::Closed)
    }
}

/// The source of the knowledge which end is the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleSource {
    /// It sent the first SYN, or its peer a SYN,ACK.
    Syn,
    /// It sent an HTTP request, or its peer a response.
    Http,
    /// It sent masked frames, or its peer text in frames without a mask.
    Masking,
    /// Its peer's port is one that servers use.
    KnownPort,
    /// Its port is the higher one.
    HigherPort,
}

/// The loss of a side's frame boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LostSync {
    /// The sender of the frames.
    pub from: Side,
    /// Offset in its stream of the bytes that could not be read as a frame.
    pub offset: u64,
    /// The packet that has the first of them.
    pub packet: u64,
    /// The reason.
    pub reason: LostSyncReason,
    /// The last frame of this side that was read.
    pub after_frame: Option<u64>,
    /// The first bytes, as many as were there, at most 16.
    pub bytes: [u8; 16],
    /// The length of `bytes` in use.
    pub bytes_len: u8,
}

/// The reason of such a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostSyncReason {
    /// The bytes cannot be a frame's header: several of its rules are broken at once.
    Impossible,
    /// Text of HTTP. Behind the end of its head, frames are read again if a header without fault stands there.
    Http,
    /// The framing of a chunked body (RFC 9112 §7.1), as the 101 declared one: frames go on behind it. Emitted once.
    Chunk,
    /// A gap where a frame begins.
    Gap,
}

/// Frames that were found by their look, without a handshake before them, or behind a loss of synchronization. That they
/// are frames is inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resync {
    /// The sender of the frames.
    pub from: Side,
    /// Offset of the first frame in its stream.
    pub offset: u64,
    /// The packet that has its first byte.
    pub packet: u64,
}

/// Bytes of a side that the capture does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The sender of the bytes.
    pub from: Side,
    /// Offset of the first byte in the sender's stream.
    pub offset: u64,
    /// Length, in bytes.
    pub length: u64,
    /// The reason.
    pub reason: GapReason,
}

/// The reason of a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GapReason {
    /// The receiver acknowledged them, so they were sent, but not captured.
    NotCaptured,
    /// The packet was cut when it was captured (snapshot length).
    CutPacket,
    /// They may still come, but too many bytes are queued behind them.
    NoRoom,
    /// They had not come when the stream ended.
    StreamEnded,
}

impl GapReason {
    /// The reason why such bytes are not read.
    #[must_use]
    pub const fn unread_reason(self) -> UnreadReason {
        match self {
            Self::CutPacket => UnreadReason::Cut,
            Self::NoRoom => UnreadReason::GivenUp,
            Self::NotCaptured | Self::StreamEnded => UnreadReason::Gap,
        }
    }
}

/// Bytes of a side that came again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// The sender of the bytes.
    pub from: Side,
    /// Offset of the first byte in the sender's stream.
    pub offset: u64,
    /// Length, in bytes.
    pub length: u64,
    /// Comparison with the earlier bytes. Those that came first are the ones that count here.
    pub agreement: Agreement,
}

/// Comparison of bytes that came again with those before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// The same, in other segments.
    Same,
    /// Different: one of the two is forged, or broken.
    Different,
    /// The earlier ones are no longer retained.
    Unknown,
}
