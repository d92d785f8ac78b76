//! A frame of data, as it is remembered.

use crate::observe::Preview;
use crate::wire::ws::HeaderView;

/// A frame of data.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct DataFrame {
    pub(in crate::explain::findings) index: u64,
    pub(in crate::explain::findings) packet: u64,
    pub(in crate::explain::findings) header: HeaderView,
    pub(in crate::explain::findings) preview: Preview,
    /// `true` if it is an unfragmented message, and the preview has all of it.
    pub(in crate::explain::findings) is_whole: bool,
}
