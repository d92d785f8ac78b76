//! Numbers of frames and messages: both sides of a stream share them.

/// The next numbers of a stream's frames and messages.
#[derive(Debug, Default)]
pub(in crate::observe) struct Numbering {
    pub(in crate::observe) frames: u64,
    pub(in crate::observe) messages: u64,
}
