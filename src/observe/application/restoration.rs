//! The WebSocket machines before a RST, and their restoration if it ended nothing (RFC 6455 §7.1.4, RFC 5961 §3.2).

use super::{ApplicationLayer, Dissector};
use crate::observe::facts::Evidence;
use crate::observe::ws::{Event, Machine, Rule};
use crate::rfc::Rfc;
use crate::wire::{PerSide, Side};

impl ApplicationLayer {
    /// The two ends' WebSocket machines.
    pub(in crate::observe) const fn machines(&self) -> PerSide<Machine> {
        self.machines
    }
}

impl Dissector<'_> {
    /// Restores the two ends' WebSocket machines.
    pub(in crate::observe) fn restore(&mut self, machines: PerSide<Machine>) {
        for side in [Side::Client, Side::Server] {
            let (now, then) = (self.layer.machines[side].state, machines[side].state);
            if now != then {
                let rule = Rule { from: now, event: Event::NotCaptured, to: then, rfc: Rfc(6455, "7.1.4") };
                self.emitter.ws(side, &rule, Evidence::Inferred);
            }
        }
        self.layer.machines = machines;
    }
}
