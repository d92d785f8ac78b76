//! The memory that a flow takes.

/// Memory of a flow, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct FlowMemory {
    /// All of it but the flow itself.
    pub(super) all: usize,
    /// That of its windows of compression.
    pub(super) windows: usize,
}
