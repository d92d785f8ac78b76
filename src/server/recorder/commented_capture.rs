//! A capture file that is being written: commented packet by packet, and readable at any moment. A failure to write ends
//! the capture, not the service.

use std::borrow::Cow;
use std::io;

use tracing::{error, info, warn};

use super::Recording;
use crate::capture::{
    CaptureFile, Direction, Interface, OutputError, OutputKind, RawPacket, Section, Statistics, create_output,
};
use crate::explain::{Comments, File, Pipeline, Settings, counted, escape_controls};

/// Memory limit of the observer, in bytes.
const OBSERVER_MEMORY: usize = 64 * 1024 * 1024;

/// The capture file that is being written.
pub(super) struct CommentedCapture {
    /// The file's name, escaped for the log.
    name: String,
    pipeline: Pipeline<Comments>,
    /// `None` after a failure.
    file: Option<CaptureFile>,
    packets: u64,
    /// Time of the last packet, in nanoseconds since 1970.
    last_ns: u64,
    /// Packets lost with the buffer at the failure, and those after it.
    unwritten: u64,
}

impl CommentedCapture {
    /// Creates the file, with its section and interface.
    pub(super) fn create(
        recording: &Recording,
        interface: &Interface,
        port: u16,
    ) -> Result<Self, OutputError> {
        let name = escape_controls(&recording.file.display().to_string());
        let file = create_output(&recording.file, OutputKind::Capture, recording.overwrite)?;
        let section = Section::ours(vec![format!("the connections of wirewalk serve, port {port}")]);
        let file = Some(CaptureFile::new(file, &section, interface)?);
        let settings =
            Settings { websocket_port: Some(port), memory: OBSERVER_MEMORY, ..Settings::default() };
        let pipeline = Pipeline::new(&settings, Comments::new(recording.language));
        Ok(Self { name, pipeline, file, packets: 0, last_ns: 0, unwritten: 0 })
    }

    /// Writes a packet with this comment and those of the analysis. Packets are numbered here.
    pub(super) fn packet(
        &mut self,
        packet: RawPacket<'_>,
        direction: Direction,
        comment: Option<Cow<'static, str>>,
    ) {
        if self.file.is_none() {
            self.unwritten += 1;
            return;
        }
        self.packets += 1;
        // Never earlier than the packet before: clocks of two processors, or of a socket and the kernel, disagree.
        self.last_ns = self.last_ns.max(packet.time_ns);
        let packet = RawPacket { number: self.packets, time_ns: self.last_ns, ..packet };
        let comments: Vec<_> = comment.into_iter().chain(self.comments_of(packet)).collect();
        let Some(file) = &mut self.file else { return };
        let written = file.packet(packet, direction, &comments);
        self.check(written);
    }

    /// Comments of the analysis, as far as it has come with this packet.
    fn comments_of(&mut self, packet: RawPacket<'_>) -> Vec<Cow<'static, str>> {
        // Comments are gathered in memory: that does not fail.
        let _ = self.pipeline.packet(&packet);
        self.pipeline.views().next_comments(packet.number)
    }

    /// Writes the buffer to the file.
    pub(super) fn flush(&mut self) {
        let flushed = self.file.as_mut().map_or(Ok(()), CaptureFile::flush);
        self.check(flushed);
    }

    /// Returns `true` if the file is still written to.
    pub(super) const fn is_alive(&self) -> bool {
        self.file.is_some()
    }

    /// Ends the capture after a failure, which is logged.
    pub(super) fn fail(&mut self, error: &io::Error) {
        if let Some(file) = self.file.take() {
            self.unwritten += self.packets - file.flushed();
            self.packets = file.flushed();
            let name = &self.name;
            error!(
                "capturing to {name} ended: {error}; connections are served on, what they do is not captured"
            );
        }
    }

    fn check(&mut self, result: io::Result<()>) {
        if let Err(error) = result {
            self.fail(&error);
        }
    }

    /// Ends the capture with its statistics, and logs what is in it.
    pub(super) fn finish(mut self, statistics: &Statistics) {
        let dropped = statistics.dropped.unwrap_or(0);
        let _ = self.pipeline.finish(|_| File::default());
        self.flush();
        if let Some(file) = self.file.take()
            && let Err(error) =
                file.finish(Statistics { comments: self.pipeline.views().rest(), ..*statistics })
        {
            warn!("the end of {} could not be written: {error}", self.name);
        }
        let (name, packets) = (&self.name, counted(self.packets, "packets"));
        match dropped + self.unwritten {
            0 => info!("captured {packets} to {name}"),
            lost => warn!("captured {packets} to {name}; {} lost", counted(lost, "packets")),
        }
    }
}
