//! The trail of an end's IP headers: its TTL, and the count of its identifications (RFC 6864 §4).
//!
//! A RST's window and options are no evidence: systems have other ones in it than in data.

use crate::observe::facts::{HeaderFit, Ip};

/// Packets with one TTL from which on another TTL is odd.
const TTL_SAMPLES: u32 = 3;

/// Identifications counted up from which on one far away is odd.
const ID_SAMPLES: u32 = 5;

/// The largest step between two identifications that were counted up: some hosts count all their packets together.
const COUNTED_STEP: u16 = 1_000;

/// The distance from which on an identification is far away.
const FAR: u16 = 5_000;

/// What an end's packets had in common so far.
#[derive(Debug, Default)]
pub(super) struct HeaderTrail {
    ttl: u8,
    /// Packets in a row with this TTL.
    alike: u32,
    /// `true` if an earlier one had another.
    varies: bool,
    last_id: u16,
    /// Identifications in a row that were counted up.
    counted: u32,
}

impl HeaderTrail {
    /// Compares a packet with those before.
    #[inline]
    pub(super) const fn compare(&self, ip: Option<Ip>) -> HeaderFit {
        let Some(ip) = ip else { return HeaderFit::Unknown };
        if self.varies || self.alike < TTL_SAMPLES {
            return HeaderFit::Unknown;
        }
        if ip.ttl != self.ttl {
            return HeaderFit::OtherTtl { usual: self.ttl, packets: self.alike };
        }
        if let Some(id @ 1..) = ip.id
            && self.counted >= ID_SAMPLES
        {
            let ahead = id.wrapping_sub(self.last_id);
            if ahead > FAR && ahead < FAR.wrapping_neg() {
                return HeaderFit::OtherId { last: self.last_id, packets: self.counted + 1 };
            }
        }
        HeaderFit::Alike
    }

    /// Notes a packet that the end itself sent.
    #[inline]
    pub(super) const fn note(&mut self, ip: Option<Ip>) {
        let Some(ip) = ip else {
            self.varies = true;
            return;
        };
        if self.alike > 0 && ip.ttl != self.ttl {
            (self.varies, self.alike) = (true, 0);
        }
        self.ttl = ip.ttl;
        self.alike = self.alike.saturating_add(1);
        if let Some(id @ 1..) = ip.id {
            let step = id.wrapping_sub(self.last_id);
            self.counted = if step <= COUNTED_STEP { self.counted.saturating_add(1) } else { 0 };
            self.last_id = id;
        }
    }
}
