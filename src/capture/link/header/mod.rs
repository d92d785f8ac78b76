//! Headers of links: what stands in front of IP, or of another link's header.
//!
//! Each function reads one header and returns what follows it; none knows what stands before.

pub(super) mod ether;
pub(super) mod lan;
pub(super) mod ppp;
pub(super) mod pseudo;
pub(super) mod wlan;
