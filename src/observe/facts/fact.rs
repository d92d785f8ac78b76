//! What a packet can make known, besides states.

use std::net::SocketAddr;

use super::close::Close;
use super::frame::Frame;
use super::message::Message;
use super::segment::Evidence;
use super::upgrade::{Request, Response};
use crate::observe::http::hello::Hello;
use crate::observe::http::http2::Http2;
use crate::observe::tcp;
use crate::wire::PerSide;
use crate::wire::Side;

/// Something that became known with a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A new stream; or who is who in it was corrected, and holds for all its packets, earlier ones too.
    Stream(Stream),
    /// Both ends sent a SYN of their own (RFC 9293 §3.5, figure 7).
    SimultaneousOpen,
    /// A request's head is whole.
    Request(Box<Request>),
    /// A response's head is whole.
    Response(Box<Response>),
    /// A Close frame has come, and this is the other side's frame that had begun by then and has not ended: its header, and
    /// what has come of its payload. It has the number that it gets if it is the next to end.
    Begun(Box<Frame>),
    /// A frame is whole, or will never be.
    Frame(Box<Frame>),
    /// A message is whole, or will never be.
    Message(Box<Message>),
    /// From here on a side's bytes are neither HTTP/1 nor frames, and are not looked at, but for a [`Hello`] and what
    /// [`Http2`] tells.
    Opaque(Opaque),
    /// A hello of TLS, of which the rest is opaque.
    Hello(Box<Hello>),
    /// A frame of HTTP/2 says something that concerns a WebSocket on it.
    Http2(Http2),
    /// From here on a side's frames cannot be told from each other. Resynchronisation is not attempted: where a frame
    /// begins would be a guess.
    LostSync(LostSync),
    /// Bytes that the capture does not have.
    Gap(Gap),
    /// Bytes that came again, not as before.
    Overlap(Overlap),
    /// Both ends' TCP is done: how it closed.
    Close(Box<Close>),
}

/// Who is who in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    /// The ends' addresses.
    pub ends: PerSide<SocketAddr>,
    /// What tells which is the client.
    pub told_by: ToldBy,
    /// [`Evidence::Inferred`] if ports had to tell.
    pub evidence: Evidence,
    /// The states before the first packet.
    pub before: PerSide<tcp::State>,
    /// The stream whose ports it took.
    pub reuses_ports_of: Option<u64>,
}

impl Stream {
    /// Whether the capture has the stream only from its middle on.
    #[must_use]
    pub const fn begins_midway(&self) -> bool {
        !matches!(self.before.client, tcp::State::Closed)
    }
}

/// What tells which end is the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldBy {
    /// It sent the first SYN, or its peer a SYN,ACK.
    Syn,
    /// It sent an HTTP request, or its peer a response.
    Http,
    /// Its peer's port is one that servers use.
    KnownPort,
    /// Its port is the higher one.
    HigherPort,
}

/// Bytes of a side that are not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opaque {
    /// Whose bytes.
    pub from: Side,
    /// Where they begin in its stream.
    pub offset: u64,
    /// The packet that has the first of them.
    pub packet: u64,
    /// What they are.
    pub kind: OpaqueKind,
}

/// What bytes are that are not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpaqueKind {
    /// TLS: a record begins (RFC 8446 §5.1).
    Tls,
    /// HTTP/2: a preface (RFC 9113 §3.4).
    Http2,
    /// An HTTP body whose length is not told, or is told in chunks (RFC 9112 §6, §7).
    HttpBody,
    /// An HTTP head longer than is looked at.
    LongHead,
    /// HTTP after a hole, so that what is head and what is body is not known.
    AfterHole,
    /// Something else.
    Unknown,
}

/// Why a side's frames cannot be told from each other any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LostSync {
    /// Whose frames.
    pub from: Side,
    /// Where the bytes begin in its stream that could not be read as a frame.
    pub offset: u64,
    /// The packet that has the first of them.
    pub packet: u64,
    /// What is wrong.
    pub reason: LostSyncReason,
    /// The last frame of this side that was read.
    pub after_frame: Option<u64>,
    /// The first bytes, as many as were there, at most 16.
    pub bytes: [u8; 16],
    /// How many of `bytes`.
    pub bytes_len: u8,
}

/// What is wrong where frames cannot be told from each other any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostSyncReason {
    /// The bytes cannot be a frame's header: several of its rules are broken at once.
    Impossible,
    /// Text of HTTP.
    Http,
    /// A hole takes the place where a frame begins.
    Gap,
}

/// Bytes of a side that the capture does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Whose bytes.
    pub from: Side,
    /// Where they begin in its stream.
    pub offset: u64,
    /// How many.
    pub length: u64,
    /// Why they are missing.
    pub reason: GapReason,
}

/// Why bytes are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GapReason {
    /// The receiver acknowledged them, so they were sent, but not captured.
    NotCaptured,
    /// The packet was cut when it was captured (snapshot length).
    CutPacket,
    /// They may still come, but too much waits behind them.
    NoRoom,
    /// They had not come when the stream ended.
    StreamEnded,
}

/// Bytes of a side that came again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// Whose bytes.
    pub from: Side,
    /// Where they begin in its stream.
    pub offset: u64,
    /// How many.
    pub length: u64,
    /// Whether they are the same. Those that came first are the ones that count here.
    pub agreement: Agreement,
}

/// Whether bytes that came again are those that came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// They are, but cut into segments otherwise.
    Same,
    /// They are not: one of the two is forged, or broken.
    Different,
    /// The ones before are no longer held.
    Unknown,
}
