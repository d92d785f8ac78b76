//! What was observed, as values. No mechanism.

pub(super) mod close;
pub(super) mod fact;
pub(super) mod frame;
pub(super) mod marks;
pub(super) mod message;
pub(super) mod numbers;
pub(super) mod observation;
pub(super) mod preview;
pub(super) mod segment;
pub(super) mod upgrade;
