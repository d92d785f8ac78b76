//! The memory of the application layer, and what of it is given up first.

use super::{ApplicationLayer, Reader, Readers};
use crate::observe::flow_memory::FlowMemory;
use crate::observe::ws::frame_reader::FrameReader;
use crate::wire::{PerSide, Side};

impl ApplicationLayer {
    /// Memory in use besides the layer itself.
    pub(in crate::observe) fn memory(&self) -> FlowMemory {
        let coverage = self.coverage.client.memory() + self.coverage.server.memory();
        let Some(readers) = &self.readers else { return FlowMemory { all: coverage, windows: 0 } };
        let PerSide { client, server } = &readers.of;
        let windows = client.windows() + server.windows();
        let readers = size_of::<Readers>() + client.memory() + server.memory();
        FlowMemory { all: coverage + readers + windows, windows }
    }

    /// Gives up the windows of compression.
    pub(in crate::observe) fn give_up_windows(&mut self) {
        let Some(readers) = &mut self.readers else { return };
        for side in [Side::Client, Side::Server] {
            if let Reader::Frames(reader) = &mut readers.of[side] {
                reader.give_up_window();
            }
        }
    }
}

impl Reader {
    /// Memory of its window of compression, in bytes.
    fn windows(&self) -> usize {
        match self {
            Self::Frames(reader) => reader.window(),
            _ => 0,
        }
    }

    /// Memory in use but for the window of compression, in bytes.
    fn memory(&self) -> usize {
        match self {
            Self::Head(collector) => collector.memory(),
            Self::AwaitingAnswer { memory, .. } => *memory,
            Self::Frames(_) => size_of::<FrameReader>(),
            Self::Search(search) => search.memory(),
            Self::Hello(collector) => collector.memory(),
            Self::Http2(reader) => reader.memory(),
            Self::Relay(reader) => reader.memory(),
            Self::Body(_) | Self::Foreign(_) | Self::Opaque(_) => 0,
        }
    }
}
