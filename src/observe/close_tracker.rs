//! The close of a connection, gathered packet by packet on both layers (RFC 6455 §7.1, RFC 9293 §3.6).

use super::facts::{Close, First, Layer, Reported, SeenClose, TcpClose};
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
    /// For whom TCP has ended.
    ended: PerSide<bool>,
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

    /// Records a complete Close frame.
    pub(super) fn close_frame(&mut self, from: Side, seen: SeenClose) {
        self.first(from, Layer::WebSocket, seen.packet);
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
    /// more.
    pub(super) fn rst(&mut self, from: Side, packet: u64, unread: Option<Side>) {
        self.first(from, Layer::Rst, packet);
        self.close.rst.get_or_insert((from, packet));
        if let Some(side) = unread {
            self.in_time[side] = false;
        }
        self.ended = PerSide { client: true, server: true };
    }

    /// The close before a RST.
    pub(super) const fn before_reset(&self) -> BeforeReset {
        BeforeReset { first: self.close.first, ended: self.ended, in_time: self.in_time }
    }

    /// Forgets a RST that ended nothing. What was recorded since stays.
    pub(super) fn forget_reset(&mut self, before: BeforeReset) {
        self.close.rst = None;
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

    /// Records that an end has not answered since a packet.
    pub(super) fn silence(&mut self, side: Side, packet: u64) {
        self.first(side, Layer::Silence, packet);
    }

    /// The close, as far as it was seen. `acked` is whose FINs were acknowledged, `ws` the WebSocket states.
    pub(super) fn summary(&self, acked: PerSide<bool>, ws: Option<PerSide<ReadyState>>) -> Close {
        let mut close = self.close.clone();
        let one_fin = close.fins.client.is_some() || close.fins.server.is_some();
        close.tcp = match self.fins {
            Some(kind) if close.rst.is_none() || (acked.client && acked.server) => Some(kind),
            _ if close.rst.is_some() => Some(TcpClose::Reset),
            Some(kind) => Some(kind),
            None => one_fin.then_some(TcpClose::HalfOpen),
        };
        if let Some(states) = ws {
            let reported = |end: Side| (states[end] == ReadyState::Closed).then(|| self.reported(end));
            close.reported = PerSide { client: reported(Side::Client), server: reported(Side::Server) };
        }
        close
    }

    fn reported(&self, end: Side) -> Reported {
        let received =
            self.close.frames[end.peer()].as_ref().filter(|seen| seen.is_legal && self.in_time[end.peer()]);
        match received {
            Some(SeenClose { code: Some(code), reason, .. }) => {
                let was_clean = self.close.frames[end].is_some();
                Reported { code: *code, reason: reason.clone(), was_clean }
            }
            _ => Reported { code: CloseCode::ABNORMAL, reason: String::new(), was_clean: false },
        }
    }
}
