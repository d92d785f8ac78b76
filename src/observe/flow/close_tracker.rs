//! How a connection closes, as it is gathered (RFC 6455 §7.1, RFC 9293 §3.6).

use crate::observe::facts::close::{Close, First, Layer, Reported, SeenClose, TcpClose};
use crate::wire::PerSide;
use crate::wire::Side;
use crate::wire::ws::{CloseCode, ReadyState};

/// What was seen of the close so far.
#[derive(Debug, Default)]
pub(in crate::observe) struct Closing {
    close: Close,
    /// Set with the second FIN.
    fins: Option<TcpClose>,
    /// The Close frames that came before TCP ended for their receiver.
    in_time: PerSide<bool>,
    ended: PerSide<bool>,
}

impl Closing {
    fn first(&mut self, side: Side, layer: Layer, packet: u64) {
        self.close.first.get_or_insert(First { side, layer, packet });
    }

    /// A Close frame is whole.
    pub(in crate::observe) fn close_frame(&mut self, from: Side, seen: SeenClose) {
        self.first(from, Layer::WebSocket, seen.packet);
        self.in_time[from] |= self.close.frames[from].is_none() && !self.ended[from.peer()];
        self.close.frames[from].get_or_insert(seen);
    }

    /// A FIN was sent for the first time. `kind` is how TCP closes if it is the second.
    pub(in crate::observe) fn fin(&mut self, from: Side, packet: u64, kind: TcpClose) {
        self.first(from, Layer::Fin, packet);
        self.close.fins[from].get_or_insert(packet);
        if self.close.fins[from.peer()].is_some() {
            self.fins.get_or_insert(kind);
        }
    }

    /// A RST was sent.
    pub(in crate::observe) fn rst(&mut self, from: Side, packet: u64) {
        self.first(from, Layer::Rst, packet);
        self.close.rst.get_or_insert((from, packet));
        self.ended = PerSide { client: true, server: true };
    }

    /// TCP has ended for an end: a Close frame that comes now is not heard.
    pub(in crate::observe) const fn tcp_ended(&mut self, side: Side) {
        match side {
            Side::Client => self.ended.client = true,
            Side::Server => self.ended.server = true,
        }
    }

    /// An end does not answer any more, since that packet.
    pub(in crate::observe) fn silence(&mut self, side: Side, packet: u64) {
        self.first(side, Layer::Silence, packet);
    }

    /// How it closed, as far as it did; `acked` tells whose FINs were acknowledged, `ws` the ends' WebSocket states.
    pub(in crate::observe) fn summary(&self, acked: PerSide<bool>, ws: Option<PerSide<ReadyState>>) -> Close {
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
        let heard =
            self.close.frames[end.peer()].as_ref().filter(|seen| seen.is_legal && self.in_time[end.peer()]);
        match heard {
            Some(SeenClose { code: Some(code), reason, .. }) => {
                let was_clean = self.close.frames[end].is_some();
                Reported { code: *code, reason: reason.clone(), was_clean }
            }
            _ => Reported { code: CloseCode::ABNORMAL, reason: String::new(), was_clean: false },
        }
    }
}
