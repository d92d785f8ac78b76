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
    /// The stream offset after each side's Close frame.
    close_ends: PerSide<Option<u64>>,
    /// For whom TCP has ended.
    ended: PerSide<bool>,
}

impl CloseTracker {
    fn first(&mut self, side: Side, layer: Layer, packet: u64) {
        self.close.first.get_or_insert(First { side, layer, packet });
    }

    /// Records a complete Close frame, and the stream offset after it. It stands before its sender's FIN, whichever packet
    /// was captured first: a FIN is behind all data (RFC 9293 §3.4).
    pub(super) fn close_frame(&mut self, from: Side, seen: SeenClose, end: u64) {
        let by_fin = |first: &mut First| first.side == from && first.layer == Layer::Fin;
        self.close.first.take_if(by_fin);
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

    /// Records a RST. `acked` is how many of the peer's bytes its sender had acknowledged: what a closed socket answers
    /// with a RST is read by nobody (RFC 9293 §3.5.2).
    pub(super) fn rst(&mut self, from: Side, packet: u64, acked: u64) {
        let had_closed = self.close.fins[from].is_some();
        if had_closed && self.close_ends[from.peer()].is_some_and(|end| end > acked) {
            self.in_time[from.peer()] = false;
        }
        self.first(from, Layer::Rst, packet);
        self.close.rst.get_or_insert((from, packet));
        self.ended = PerSide { client: true, server: true };
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

    /// The close, as far as it was seen. `acked` is whose FINs were acknowledged, `received` how many of the peer's bytes
    /// each end acknowledged, `ws` the WebSocket states.
    pub(super) fn summary(
        &self,
        acked: PerSide<bool>,
        received: PerSide<u64>,
        ws: Option<PerSide<ReadyState>>,
    ) -> Close {
        let mut close = self.close.clone();
        let one_fin = close.fins.client.is_some() || close.fins.server.is_some();
        close.tcp = match self.fins {
            Some(kind) if close.rst.is_none() || (acked.client && acked.server) => Some(kind),
            _ if close.rst.is_some() => Some(TcpClose::Reset),
            Some(kind) => Some(kind),
            None => one_fin.then_some(TcpClose::HalfOpen),
        };
        if let Some(states) = ws {
            let reported = |end: Side| {
                (states[end] == ReadyState::Closed).then(|| self.reported(end, received[end])).flatten()
            };
            close.reported = PerSide { client: reported(Side::Client), server: reported(Side::Server) };
        }
        close
    }

    /// `None` if it is not known whether the peer's Close frame arrived: nothing acknowledges it.
    fn reported(&self, end: Side, received: u64) -> Option<Reported> {
        if self.in_time[end.peer()] && self.close_ends[end.peer()].is_some_and(|end| end > received) {
            return None;
        }
        let received =
            self.close.frames[end.peer()].as_ref().filter(|seen| seen.is_legal && self.in_time[end.peer()]);
        Some(match received {
            Some(SeenClose { code: Some(code), reason, .. }) => {
                let was_clean = self.close.frames[end].is_some();
                Reported { code: *code, reason: reason.clone(), was_clean }
            }
            _ => Reported { code: CloseCode::ABNORMAL, reason: String::new(), was_clean: false },
        })
    }
}
