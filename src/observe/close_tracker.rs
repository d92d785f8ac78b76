//! The close of a connection, gathered packet by packet on both layers (RFC 6455 §7.1, RFC 9293 §3.6).

use super::facts::{
    Close, Coverage, First, Frame, Layer, Reported, ReportedClose, SeenClose, TcpClose, Unread, UnreadReason,
};
use crate::wire::ws::{CloseCode, ReadyState};
use crate::wire::{PerSide, Side};

/// The close, as far as it was seen.
#[derive(Debug, Default)]
pub(super) struct CloseTracker {
    close: Close,
    /// TCP's way of closing, set by the second FIN.
    fins: Option<TcpClose>,
    /// Senders of a Close frame that came before TCP ended for its receiver.
    in_time: PerSide<bool>,
    /// Offset that the segment of [`Close::first`] acknowledges: what its sender had received.
    first_acknowledged: Option<u64>,
    /// What each end had acknowledged of its peer's bytes without a RST, since the close began.
    received: PerSide<u64>,
    /// The end that had no socket any more and had not closed, as its RST shows, and the packet of the RST.
    no_socket: Option<(Side, u64)>,
    /// `true` if the connection went on with another protocol than WebSocket.
    has_switched: bool,
    /// The stream offset after each side's Close frame.
    close_ends: PerSide<Option<u64>>,
    /// For whom TCP has ended.
    ended: PerSide<bool>,
    /// Whether the server's WebSocket was open at some time.
    has_opened: bool,
}

/// What a RST changes besides the record of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct BeforeReset {
    first: Option<First>,
    ended: PerSide<bool>,
    in_time: PerSide<bool>,
}

impl CloseTracker {
    fn first(&mut self, side: Side, layer: Layer, packet: u64) {
        self.close.first.get_or_insert(First { side, layer, packet });
    }

    /// Records a complete Close frame, and the stream offset after it. It stands before its sender's FIN, whichever packet
    /// was captured first: a FIN is behind all data (RFC 9293 §3.4).
    pub(super) fn close_frame(&mut self, from: Side, seen: SeenClose, end: u64) {
        // One that waited behind a gap was sent before what was seen meanwhile.
        let is_earlier = |first: First| {
            let is_by_own_fin = first.side == from && first.layer == Layer::Fin;
            is_by_own_fin
                || (seen.packet, from != first.side) < (first.packet, true) && first.layer != Layer::Silence
        };
        if self.close.first.is_some_and(is_earlier) {
            (self.close.first, self.first_acknowledged) = (None, None);
        }
        self.first(from, Layer::WebSocket, seen.packet);
        self.close_ends[from].get_or_insert(end);
        self.in_time[from] |= self.close.frames[from].is_none() && !self.ended[from.peer()];
        self.close.frames[from].get_or_insert(seen);
    }

    /// Records the first FIN of a side. `kind` is how TCP closes if it is the second of the connection.
    pub(super) fn fin(&mut self, from: Side, packet: u64, kind: TcpClose) {
        self.first(from, Layer::Fin, packet);
        self.close.fins[from].get_or_insert(packet);
        if self.close.fins[from.peer()].is_some() {
            self.fins.get_or_insert(kind);
        }
    }

    /// Records a RST. `unread` is the side whose last bytes never reached an application: the other had no socket any
    /// more, and what a closed socket answers with a RST is read by nobody (RFC 9293 §3.5.2).
    pub(super) fn rst(&mut self, from: Side, packet: u64, unread: Option<Side>) {
        self.first(from, Layer::Rst, packet);
        self.close.rst.get_or_insert((from, packet));
        if let Some(side) = unread {
            self.in_time[side] = false;
        }
        self.ended = PerSide { client: true, server: true };
    }

    /// Records that a RST, the first, came from an end without a socket that had sent no FIN.
    pub(super) fn without_socket(&mut self, from: Side, packet: u64) {
        if self.close.rst.is_none() {
            self.no_socket = Some((from, packet));
        }
    }

    /// The close before a RST.
    pub(super) const fn before_reset(&self) -> BeforeReset {
        BeforeReset { first: self.close.first, ended: self.ended, in_time: self.in_time }
    }

    /// Forgets a RST that ended nothing. What was recorded since stays.
    pub(super) fn forget_reset(&mut self, before: BeforeReset) {
        (self.close.rst, self.no_socket) = (None, None);
        self.ended = before.ended;
        for side in [Side::Client, Side::Server] {
            self.in_time[side] = before.in_time[side] || self.close.frames[side].is_some();
        }
        let fin = |side: Side| self.close.fins[side].map(|packet| First { side, layer: Layer::Fin, packet });
        let frame = |side: Side| {
            let seen = self.close.frames[side].as_ref()?;
            Some(First { side, layer: Layer::WebSocket, packet: seen.packet })
        };
        let since = [frame(Side::Client), frame(Side::Server), fin(Side::Client), fin(Side::Server)];
        let since = since.into_iter().flatten().min_by_key(|first| first.packet);
        self.close.first = before.first.or(since);
    }

    /// Records that TCP has ended for an end: its API gets no Close frame that comes later.
    pub(super) const fn tcp_ended(&mut self, side: Side) {
        match side {
            Side::Client => self.ended.client = true,
            Side::Server => self.ended.server = true,
        }
    }

    /// Records a 101 to another protocol: neither side sends a Close frame before or behind it.
    pub(super) const fn switched(&mut self) {
        self.has_switched = true;
    }

    /// Records that the server's WebSocket is open.
    pub(super) const fn opened(&mut self) {
        self.has_opened = true;
    }

    /// Records that an end has not answered since a packet.
    pub(super) fn silence(&mut self, side: Side, packet: u64) {
        self.first(side, Layer::Silence, packet);
    }

    /// Records the acknowledgment of a packet, after all else of it.
    #[inline]
    pub(super) fn acknowledged(&mut self, from: Side, ack: Option<i64>) {
        if self.close.first.is_none() {
            return;
        }
        let received = ack.map(|ack| u64::try_from(ack - 1).unwrap_or(0));
        self.first_acknowledged.get_or_insert(received.unwrap_or(u64::MAX));
        if self.close.rst.is_none() {
            self.received[from] = self.received[from].max(received.unwrap_or(0));
        }
    }

    /// The close, as far as it was seen. `acked` is whose FINs were acknowledged, `received` how many of the peer's bytes
    /// each end acknowledged, `ws` the WebSocket states.
    pub(super) fn summary(
        &self,
        acked: PerSide<bool>,
        received: PerSide<u64>,
        ws: Option<PerSide<ReadyState>>,
        coverage: PerSide<Coverage>,
    ) -> Close {
        let mut close = self.close.clone();
        close.coverage = coverage;
        // Who falls silent is not known where its bytes are missing.
        close.first = close.first.filter(|it| it.layer != Layer::Silence || close.unread(it.side).is_none());
        close.unread_before_first = self.unread_before_first(&close);
        let one_fin = close.fins.client.is_some() || close.fins.server.is_some();
        close.tcp = match self.fins {
            Some(kind) if close.rst.is_none() || (acked.client && acked.server) => Some(kind),
            _ if close.rst.is_some() => Some(TcpClose::Reset),
            Some(kind) => Some(kind),
            None => one_fin.then_some(TcpClose::HalfOpen),
        };
        if let Some(states) = ws {
            let reported = |end: Side| {
                let is_closed = states[end] == ReadyState::Closed;
                is_closed.then(|| self.reported(&close, end, received[end])).flatten()
            };
            let (client, server) = (reported(Side::Client), reported(Side::Server));
            close.reported = PerSide { client, server };
        }
        close
    }

    /// The bytes that may hold a Close frame from before [`Close::first`]: those that the end which began had sent, or
    /// had received.
    fn unread_before_first(&self, close: &Close) -> Option<Unread> {
        let First { side, layer, .. } = close.first.filter(|_| !self.has_switched)?;
        let own = if layer == Layer::WebSocket { None } else { close.unread(side) };
        let peer = side.peer();
        let of_peer = || close.coverage[peer].unread(peer, self.first_acknowledged);
        own.or_else(|| of_peer().filter(|unread| !is_unreadable_to(close, side, *unread)))
    }

    /// `None` if it is not known whether the peer's Close frame arrived, as nothing acknowledges it; and of a server that
    /// refused, or gave no answer: the program behind it has no WebSocket that reports, a client has one all the same.
    fn reported(&self, close: &Close, end: Side, received: u64) -> Option<Reported> {
        let peer = end.peer();
        if end == Side::Server && !self.has_opened && close.unread(end).is_none() {
            return None;
        }
        if self.in_time[peer] && self.close_ends[peer].is_some_and(|end| end > received) {
            return None;
        }
        let is_received_before =
            self.close_ends[peer].is_none_or(|end_of_close| end_of_close <= self.received[end]);
        if let Some((by, packet)) = close.rst.filter(|(by, _)| *by == end)
            && self.in_time[peer]
            && !is_received_before
        {
            return Some(Reported::Aborted { by, packet });
        }
        let seen = close.frames[peer].as_ref().filter(|_| self.in_time[peer]);
        let (code, reason, was_clean) = match seen {
            Some(SeenClose { code: Some(code), reason, is_legal: true, .. }) => {
                let is_sent = close.frames[end].is_some();
                let is_known = is_sent || close.unread(end).is_none();
                (*code, reason.clone(), is_known.then_some(is_sent))
            }
            Some(SeenClose { missing: 1.., .. }) => {
                let last = close.coverage[peer].last_missing(peer);
                let unknown = Unread { from: peer, offset: 0, length: None, reason: UnreadReason::Gap };
                return Some(Reported::Unknown(last.unwrap_or(unknown)));
            }
            _ => match close.unread(peer).filter(|unread| !is_unreadable_to(close, end, *unread)) {
                Some(unread) => return Some(Reported::Unknown(unread)),
                None => match self.no_socket {
                    Some((by, packet)) if by == end => return Some(Reported::NoSocket { packet }),
                    _ => (CloseCode::ABNORMAL, String::new(), Some(false)),
                },
            },
        };
        Some(Reported::Known(ReportedClose { code, reason, was_clean }))
    }
}

/// Codes with which an end fails the connection for what it cannot read (RFC 6455 §7.1.7, §7.4.1).
const FAILURES: [CloseCode; 3] = [CloseCode::PROTOCOL_ERROR, CloseCode::INVALID_DATA, CloseCode::TOO_BIG];

/// Returns `true` if an end failed the connection where these bytes have no boundary: a Close frame among them reached
/// nobody.
fn is_unreadable_to(close: &Close, end: Side, unread: Unread) -> bool {
    let code = close.frames[end].as_ref().and_then(|seen| seen.code);
    unread.reason == UnreadReason::Desync && code.is_some_and(|code| FAILURES.contains(&code))
}

/// The record of a Close frame that ends in this packet.
pub(super) fn seen_close(frame: &Frame, packet: u64) -> SeenClose {
    let body = frame.preview.bytes();
    let code = match body {
        _ if frame.missing > 0 => None,
        [] => Some(CloseCode::NO_STATUS),
        [high, low, ..] => Some(CloseCode(u16::from_be_bytes([*high, *low]))),
        [_] => None,
    };
    let reason = String::from_utf8_lossy(body.get(2..).unwrap_or_default()).into_owned();
    let is_legal = frame.close().is_some_and(|close| close.is_ok());
    SeenClose { frame: frame.index, packet, code, reason, missing: frame.missing, is_legal }
}
