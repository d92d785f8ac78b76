//! The one way from packets to views: decode, observe, inspect, render.
//!
//! Files, live captures, the recorder of `serve`, `/inspect` and redaction differ in where their packets come from and
//! which views they feed. What lies between is here, and only here: the observer's configuration, the filter of
//! connections, and the order in which a view is called.

mod selection;

use std::io;
use std::net::SocketAddr;

use self::selection::Selection;
pub use self::selection::{EmptySelection, StreamFilter};
use super::{Bytes, File, Finding, Findings, Inspector, View};
use crate::capture::{Anomaly, Decoded, Decoder, Note, Packet, RawPacket};
use crate::observe::{Config, Ended, Fact, IcmpError, Observer, Segment};

/// Assumptions, filter and memory of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// On this port a connection that begins midway is taken for WebSocket if its bytes read as frames.
    pub websocket_port: Option<u16>,
    /// The connections that the views get; the others are observed all the same.
    pub filter: StreamFilter,
    /// Memory of the observer's connections, in bytes, at most.
    pub memory: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { websocket_port: None, filter: StreamFilter::default(), memory: Config::default().max_memory }
    }
}

/// The connection of a packet, and the number of facts that it brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketSummary {
    /// Its TCP connection.
    pub stream: u64,
    /// Number of facts that became known with it.
    pub facts: usize,
}

/// From packets, in the order in which they were captured, to views.
///
/// A view gets a packet's observation, then its bytes, then its findings; of a connection's end first the findings, then
/// the verdict, then the end. The verdict comes when both ends have closed, too, and again with what came late. Checksums
/// are verified wherever a packet comes from, so that every view knows the same: [`RawPacket::decode`] does it, and
/// [`Reader`](crate::capture::Reader) by the same way.
#[derive(Debug)]
pub struct Pipeline<V> {
    /// Of packets that no reader has decoded.
    decoder: Decoder,
    observer: Observer,
    /// None if no view renders findings.
    inspector: Option<Inspector>,
    selection: Selection,
    /// `true` after the first packet.
    has_begun: bool,
    views: V,
}

impl<V: View> Pipeline<V> {
    /// A pipeline that has seen nothing yet.
    #[must_use]
    pub fn new(settings: &Settings, views: V) -> Self {
        let Settings { websocket_port, filter, memory } = settings.clone();
        let inspector = (views.findings() == Findings::Rendered).then(Inspector::default);
        let config = Config {
            assume_websocket: websocket_port.into_iter().collect(),
            max_memory: memory,
            chosen: filter.stream,
            memory_above: if inspector.is_some() { Inspector::MEMORY_OF_CONNECTION } else { 0 },
            ..Config::default()
        };
        let (decoder, observer) = (Decoder::default(), Observer::new(config));
        Self { decoder, observer, inspector, selection: Selection::new(filter), has_begun: false, views }
    }

    /// The views that it calls.
    pub const fn views(&mut self) -> &mut V {
        &mut self.views
    }

    /// What there is, if there is a filter and it has let no connection through.
    #[must_use]
    pub fn empty_selection(&self) -> Option<EmptySelection> {
        self.selection.empty()
    }

    /// Processes a packet; `None` if it carries no TCP, or is of a connection that was given up for lack of room.
    ///
    /// # Errors
    /// The error of a view. The packet was observed; the views get nothing more of it.
    pub fn packet(&mut self, packet: &RawPacket<'_>) -> io::Result<Option<PacketSummary>> {
        self.note_time(packet.time_ns);
        match packet.decode() {
            Ok(segment) => self.segment(&segment, packet),
            Err(_) => self.unusual(packet),
        }
    }

    /// A packet that has no segment, or only with others.
    #[cold]
    fn unusual(&mut self, packet: &RawPacket<'_>) -> io::Result<Option<PacketSummary>> {
        let mut decoder = std::mem::take(&mut self.decoder);
        let Decoded { segment, icmp, fragments } = decoder.decode(packet);
        let summary = match &segment {
            Ok(segment) => {
                self.note_reassembly(fragments);
                self.segment(segment, packet)
            }
            Err(anomaly) => self.other(*anomaly, icmp.as_deref(), packet.number, packet.time_ns),
        };
        self.decoder = decoder;
        summary
    }

    /// The same for a packet that a reader has decoded.
    ///
    /// # Errors
    /// As those of [`packet`](Self::packet).
    #[inline]
    pub fn read(&mut self, packet: &Packet<'_>) -> io::Result<Option<PacketSummary>> {
        self.note_time(packet.time_ns);
        match &packet.segment {
            Ok(segment) => {
                if packet.fragments > 1 {
                    self.note_reassembly(packet.fragments);
                }
                if packet.info.has_tls_secrets() {
                    self.inspector.iter_mut().for_each(Inspector::note_tls_secrets);
                }
                self.segment(segment, &packet.raw())
            }
            Err(anomaly) => self.other(*anomaly, packet.icmp.as_deref(), packet.number, packet.time_ns),
        }
    }

    /// Notes packets of the file of which a reader says no more than this: they have no bytes that it can find.
    pub fn note_unread(&mut self, note: &Note) {
        if note.anomaly.has_no_packet() {
            self.inspector.iter_mut().for_each(|inspector| inspector.note_unread(*note));
        }
    }

    #[inline]
    fn note_time(&mut self, time_ns: u64) {
        if !self.has_begun {
            self.has_begun = true;
            self.views.begins(time_ns);
        }
    }

    #[cold]
    fn note_reassembly(&mut self, fragments: u64) {
        self.inspector.iter_mut().for_each(|inspector| inspector.note_reassembly(fragments));
    }

    /// A packet without a segment: an ICMP error goes to the connection that it is about.
    #[cold]
    fn other(
        &mut self,
        anomaly: Anomaly,
        icmp: Option<&IcmpError>,
        number: u64,
        time_ns: u64,
    ) -> io::Result<Option<PacketSummary>> {
        let Self { observer, inspector, selection, views, .. } = self;
        if let Some(inspector) = inspector {
            inspector.note_other(anomaly, number, time_ns);
        }
        let Some(report) = icmp.and_then(|error| observer.attribute(error)) else { return Ok(None) };
        let mut found = inspector.as_mut().map(|inspector| inspector.icmp(&report)).into_iter().flatten();
        if selection.shows(report.stream) {
            views.icmp(&report)?;
            found.try_for_each(|found| views.finding(report.stream, &found))?;
        }
        Ok(None)
    }

    #[inline]
    fn segment(
        &mut self,
        segment: &Segment<'_>,
        packet: &RawPacket<'_>,
    ) -> io::Result<Option<PacketSummary>> {
        if self.observer.is_given_up(segment) {
            return Ok(None);
        }
        let mut step = self.observer.observe(segment);
        if matches!(step.facts.first(), Some(Fact::Stream(_))) {
            let encapsulations = packet.encapsulations();
            if !encapsulations.is_empty() {
                step.facts.push(Fact::Encapsulation(encapsulations));
            }
        }
        while let Some(ended) = self.observer.poll_ended() {
            self.ended(&ended)?;
        }
        let Self { inspector, selection, views, .. } = self;
        selection.note(&step);
        // Also of connections that are filtered out: rules compare connections.
        let mut found = inspector.as_mut().map(|inspector| inspector.step(&step)).into_iter().flatten();
        if selection.shows(step.stream) {
            views.step(&step)?;
            let RawPacket { link, bytes, original_length, .. } = *packet;
            views.bytes(&Bytes { link: link.0, bytes, original_length }, &step)?;
            found.try_for_each(|found| views.finding(step.stream, &found))?;
            drop(found);
            if let Some(verdict) = inspector.as_mut().and_then(Inspector::take_verdict) {
                views.verdict(step.stream, &verdict)?;
            }
        }
        Ok(Some(PacketSummary { stream: step.stream, facts: step.facts.len() }))
    }

    /// Nothing more comes of the connection between these ends.
    ///
    /// # Errors
    /// The error of a view.
    pub fn conclude(&mut self, one: SocketAddr, other: SocketAddr) -> io::Result<()> {
        self.observer.conclude(one, other).map_or(Ok(()), |ended| self.ended(&ended))
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        let Self { inspector, selection, views, .. } = self;
        let is_shown = selection.shows(ended.stream);
        selection.forget(ended.stream);
        let mut found = inspector.as_mut().map(|inspector| inspector.ended(ended)).into_iter().flatten();
        if !is_shown {
            return Ok(());
        }
        found.try_for_each(|found| views.finding(ended.stream, &found))?;
        drop(found);
        if let Some(verdict) = inspector.as_mut().and_then(Inspector::take_verdict) {
            views.verdict(ended.stream, &verdict)?;
        }
        views.ended(ended)
    }

    /// There are no more packets: ends all connections. `file` says what is known of the capture as a whole, given what was
    /// found about it.
    ///
    /// # Errors
    /// The error of a view.
    pub fn finish(&mut self, file: impl FnOnce(&[Finding]) -> File) -> io::Result<()> {
        let given_up = self.observer.given_up();
        let observer = std::mem::replace(&mut self.observer, Observer::new(Config::default()));
        observer.finish().try_for_each(|ended| self.ended(&ended))?;
        let notes = self.inspector.as_ref().map(|inspector| inspector.finish(&given_up)).unwrap_or_default();
        let unselected = self.selection.empty().map_or(0, |empty| empty.streams);
        self.views.finish(&File { unselected, ..file(&notes) })
    }
}

#[cfg(test)]
mod tests;
