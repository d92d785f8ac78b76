//! A change of state.

use bytes::{Buf as _, BufMut as _};

use super::Object;
use super::listed::{get_text, put_text};
use crate::explain::views::json::text::Text;
use crate::observe::{self, Evidence};
use crate::rfc::Rfc;
use crate::wire::Side;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) struct Transition<'b> {
    packet: Option<u64>,
    side: Side,
    layer: &'b str,
    from: &'b str,
    to: &'b str,
    event: &'b str,
    /// Its number and the section.
    rfc: (u16, &'b str),
    evidence: Evidence,
}

impl Transition<'static> {
    pub(in crate::explain) const fn of(one: &observe::Transition) -> Self {
        let observe::Transition { packet, side, change, rfc: Rfc(number, section), evidence } = *one;
        let (layer, from, to, event) = (change.layer(), change.from(), change.to(), change.event());
        Self { packet, side, layer, from, to, event, rfc: (number, section), evidence }
    }
}

const EVIDENCE: [Evidence; 3] = [Evidence::Captured, Evidence::Rebuilt, Evidence::Inferred];

impl<'b> Object<'b> for Transition<'b> {
    fn write(&self, to: &mut Text) {
        to.raw(r#""packet":"#).maybe(self.packet, |to, packet| _ = to.number(packet));
        to.raw(r#","side":"#).name(self.side.name());
        to.raw(r#","layer":"#).name(self.layer);
        to.raw(r#","from":"#).name(self.from);
        to.raw(r#","to":"#).name(self.to);
        to.raw(r#","event":"#).name(self.event);
        let (number, section) = self.rfc;
        to.raw(r#","rfc":"RFC "#).number(number).raw(" §").raw(section);
        to.raw(r#"","evidence":"#).name(self.evidence.name());
    }

    fn swap_ends(&mut self) {
        self.side = self.side.peer();
    }

    fn pack(&self, to: &mut Vec<u8>) {
        // Packets count from 1.
        to.put_u64_le(self.packet.unwrap_or(0));
        to.put_u16_le(self.rfc.0);
        to.put_slice(&[self.side as u8, self.evidence as u8]);
        for text in [self.layer, self.from, self.to, self.event, self.rfc.1] {
            put_text(text, to);
        }
    }

    fn unpack(from: &mut &'b [u8]) -> Self {
        let packet = Some(from.get_u64_le()).filter(|packet| *packet > 0);
        let number = from.get_u16_le();
        let side = super::side(from.get_u8());
        let evidence = EVIDENCE[usize::from(from.get_u8())];
        let [layer, before, to, event, section] = std::array::from_fn(|_| get_text(from));
        Self { packet, side, layer, from: before, to, event, rfc: (number, section), evidence }
    }
}
