//! The close of a connection: who began, on which layer, and what each end's API reports.

use super::coverage::{Coverage, Unread};
use crate::wire::ws::CloseCode;
use crate::wire::{PerSide, Side};

/// The close of a connection, as far as it was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Close {
    /// Its beginning, as far as it was read; `None` while the connection is open.
    pub first: Option<First>,
    /// Bytes that were not read and may hold a Close frame from before `first`: who began is not known then.
    pub unread_before_first: Option<Unread>,
    /// The Close frames: the first of each side.
    pub frames: PerSide<Option<SeenClose>>,
    /// The packets of each side's first FIN.
    pub fins: PerSide<Option<u64>>,
    /// The first RST that counted.
    pub rst: Option<(Side, u64)>,
    /// The close of TCP; `None` if it is open.
    pub tcp: Option<TcpClose>,
    /// The close as each end's API reports it; `None` without a WebSocket that was open, or while it is open.
    pub reported: PerSide<Option<Reported>>,
    /// Each side's bytes, and what they were read as.
    pub coverage: PerSide<Coverage>,
}

impl Close {
    /// The first bytes of a side that were not read, and may hold a frame.
    #[must_use]
    pub fn unread(&self, side: Side) -> Option<Unread> {
        self.coverage[side].unread(side, None)
    }

    /// The beginning of the close, if nothing that was not read may have come before it.
    #[must_use]
    pub const fn known_first(&self) -> Option<First> {
        if self.unread_before_first.is_none() { self.first } else { None }
    }

    /// `None` if it is not known whether both ends closed in order, as bytes were not read that may hold a Close frame.
    #[must_use]
    pub fn is_known_clean(&self) -> Option<bool> {
        let is_read = |side: Side| match &self.frames[side] {
            _ if self.first.is_none() => true,
            Some(seen) if seen.missing > 0 => false,
            // Its FIN may be missing.
            Some(_) if self.rst.is_none() && self.fins[side].is_none() => self.unread(side).is_none(),
            Some(_) => true,
            None => self.unread(side).is_none(),
        };
        (self.is_clean() || is_read(Side::Client) && is_read(Side::Server)).then(|| self.is_clean())
    }

    /// Returns `true` if both ends closed in order: both Close frames, legal ones, before anything else, then TCP's end
    /// without a RST.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let orderly = !matches!(self.tcp, None | Some(TcpClose::Reset | TcpClose::HalfOpen));
        let is_legal = |seen: &Option<SeenClose>| seen.as_ref().is_some_and(|seen| seen.is_legal);
        let is_first = self.first.is_some_and(|first| first.layer == Layer::WebSocket);
        is_first && is_legal(&self.frames.client) && is_legal(&self.frames.server) && orderly
    }
}

/// The beginning of a close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct First {
    /// The side that began. For [`Layer::Silence`]: the side that fell silent.
    pub side: Side,
    /// The layer.
    pub layer: Layer,
    /// The packet; for [`Layer::Silence`], the first that was not answered.
    pub packet: u64,
}

/// The layer on which a close began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// A Close frame.
    WebSocket,
    /// A FIN, before any Close frame.
    Fin,
    /// A RST, before any Close frame and FIN.
    Rst,
    /// None: an end does not answer any more.
    Silence,
}

impl Layer {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WebSocket => "websocket",
            Self::Fin => "fin",
            Self::Rst => "rst",
            Self::Silence => "silence",
        }
    }
}

/// A Close frame that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenClose {
    /// The frame, by [`index`](super::Frame::index).
    pub frame: u64,
    /// The packet that has its last byte.
    pub packet: u64,
    /// The code, legal or not; [`CloseCode::NO_STATUS`] if the body is empty, `None` if it is of one byte or missing.
    pub code: Option<CloseCode>,
    /// The reason, with invalid UTF-8 replaced.
    pub reason: String,
    /// Bytes of its body that were not read.
    pub missing: u64,
    /// `true` if the frame and its body are legal ones. An end that gets another fails the connection, and reports
    /// 1006.
    pub is_legal: bool,
}

/// The close of TCP (RFC 9293 §3.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TcpClose {
    /// FIN, ACK, FIN, ACK.
    FourSegment,
    /// FIN, FIN with ACK, ACK.
    ThreeSegment,
    /// The FINs crossed.
    Simultaneous,
    /// One side's FIN only.
    HalfOpen,
    /// A RST.
    Reset,
}

impl TcpClose {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FourSegment => "four-segment",
            Self::ThreeSegment => "three-segment",
            Self::Simultaneous => "simultaneous",
            Self::HalfOpen => "half-open",
            Self::Reset => "reset",
        }
    }
}

/// The close as an end's API reports it (RFC 6455 §7.1.5, §7.1.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reported {
    /// All that the end received was read.
    Known(ReportedClose),
    /// These bytes were not, and the peer's Close frame may be among them.
    Unknown(Unread),
    /// Nothing but the end's own RST, in this packet, acknowledges the peer's Close frame: its TCP had received the frame,
    /// and whether its application had read it before the socket was closed is not known (RFC 9293 §3.10.5).
    Aborted {
        /// The end.
        by: Side,
        /// The packet of the RST.
        packet: u64,
    },
    /// The end had sent no FIN when a RST without an ACK came in its name: no socket sends such a one, so that nobody need
    /// be left who reports (RFC 9293 §3.10.7.1).
    NoSocket {
        /// The packet of the RST.
        packet: u64,
    },
}

impl Reported {
    /// The code that is reported; `None` if it is not known.
    #[must_use]
    pub const fn code(&self) -> Option<CloseCode> {
        match self {
            Self::Known(close) => Some(close.code),
            Self::Unknown(_) | Self::Aborted { .. } | Self::NoSocket { .. } => None,
        }
    }
}

/// A close as it is reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedClose {
    /// The code of the peer's Close frame; 1005 if it had none, 1006 if no Close frame came.
    pub code: CloseCode,
    /// The peer's reason.
    pub reason: String,
    /// `true` if the closing handshake was completed (RFC 6455 §7.1.4): `wasClean` in a browser. `None` if it is not
    /// known whether the end itself had sent a Close frame.
    pub was_clean: Option<bool>,
}
