//! A packet.

use bytes::{Buf as _, BufMut as _};

use super::Object;
use crate::explain::views::json::text::Text;
use crate::observe::{self, Flags, Marks, tcp, ws};
use crate::wire::ws::ReadyState;
use crate::wire::{PerSide, Side};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) struct Packet {
    number: u64,
    time_ns: u64,
    from: Side,
    flags: Flags,
    seq: i64,
    ack: Option<i64>,
    len: u32,
    window: u32,
    marks: Marks,
    tcp: PerSide<tcp::State>,
    ws: Option<PerSide<ReadyState>>,
}

impl Packet {
    pub(in crate::explain) fn of(step: &observe::Observation) -> Self {
        let &observe::Observation { number, time_ns, from, flags, seq, ack, window, marks, .. } = step;
        let tcp = step.tcp.map(|known| known.state);
        let ws = step.ws.map(|ends| ends.map(|known| known.state));
        Self { number, time_ns, from, flags, seq, ack, len: step.length, window, marks, tcp, ws }
    }
}

/// No acknowledgment, packed.
const NO_ACK: i64 = i64::MIN;

/// No WebSocket, packed.
const NO_STATES: u8 = u8::MAX;

const READY: [ReadyState; 4] =
    [ReadyState::Connecting, ReadyState::Open, ReadyState::Closing, ReadyState::Closed];

impl<'b> Object<'b> for Packet {
    fn write(&self, to: &mut Text) {
        to.raw(r#""number":"#).number(self.number);
        to.raw(r#","time_ns":"#).number(self.time_ns);
        to.raw(r#","from":"#).name(self.from.name());
        to.raw(r#","flags":"#).list(self.flags.names(), |to, name| _ = to.name(name));
        to.raw(r#","seq":"#).number(self.seq);
        to.raw(r#","ack":"#).maybe(self.ack, |to, ack| _ = to.number(ack));
        to.raw(r#","len":"#).number(self.len);
        to.raw(r#","window":"#).number(self.window);
        to.raw(r#","marks":"#).list(self.marks.names(), |to, name| _ = to.name(name));
        let PerSide { client, server } = self.tcp.map(tcp::State::name);
        to.raw(r#","tcp":{"client":""#).raw(client).raw(r#"","server":""#).raw(server).raw(r#""},"ws":"#);
        to.maybe(self.ws, |to, states| {
            let PerSide { client, server } = states.map(ws::name);
            to.raw(r#"{"client":""#).raw(client).raw(r#"","server":""#).raw(server).raw(r#""}"#);
        });
    }

    fn swap_ends(&mut self) {
        self.from = self.from.peer();
        self.tcp = PerSide { client: self.tcp.server, server: self.tcp.client };
        self.ws = self.ws.map(|ws| PerSide { client: ws.server, server: ws.client });
    }

    fn pack(&self, to: &mut Vec<u8>) {
        to.put_u64_le(self.number);
        to.put_u64_le(self.time_ns);
        to.put_i64_le(self.seq);
        to.put_i64_le(self.ack.unwrap_or(NO_ACK));
        to.put_u32_le(self.len);
        to.put_u32_le(self.window);
        to.put_u32_le(self.marks.bits());
        let ws = self.ws.map_or(NO_STATES, |ws| (ws.client as u8) << 4 | ws.server as u8);
        let tcp = (self.tcp.client as u8) << 4 | self.tcp.server as u8;
        to.put_slice(&[self.flags.0, self.from as u8, tcp, ws]);
    }

    fn unpack(from: &mut &'b [u8]) -> Self {
        let (number, time_ns) = (from.get_u64_le(), from.get_u64_le());
        let (seq, ack) = (from.get_i64_le(), from.get_i64_le());
        let (len, window) = (from.get_u32_le(), from.get_u32_le());
        let marks = Marks::from_bits(from.get_u32_le());
        let flags = Flags(from.get_u8());
        let side = super::side(from.get_u8());
        let (tcp, ws) = (from.get_u8(), from.get_u8());
        let state = |nibble: u8| tcp::State::ALL[usize::from(nibble)];
        let ready = |nibble: u8| READY[usize::from(nibble)];
        Self {
            number,
            time_ns,
            from: side,
            flags,
            seq,
            ack: Some(ack).filter(|ack| *ack != NO_ACK),
            len,
            window,
            marks,
            tcp: PerSide { client: state(tcp >> 4), server: state(tcp & 15) },
            ws: (ws != NO_STATES).then(|| PerSide { client: ready(ws >> 4), server: ready(ws & 15) }),
        }
    }
}
