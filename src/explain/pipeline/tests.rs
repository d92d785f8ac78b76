//! Every way into the pipeline gives a view the same calls.

use super::*;
use crate::capture::{
    BuiltPacket, Flush, Interface, LinkType, Reader, Record, Section, SegmentBuilder, TcpEndpoint, Times,
    Writer,
};
use crate::observe::{Evidence, Observation};
use crate::wire::Side::{Client, Server};

/// Records the calls in their order.
#[derive(Debug, Default, PartialEq, Eq)]
struct RecordingView(Vec<String>);

impl View for RecordingView {
    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.0.push(format!("packet {} of {}, {:?}", step.number, step.stream, step.checksum));
        let frames = step.facts.iter().filter(|fact| matches!(fact, Fact::Frame(_)));
        self.0.extend(frames.map(|_| format!("frame of {}", step.stream)));
        Ok(())
    }

    fn bytes(&mut self, bytes: &Bytes<'_>, step: &Observation) -> io::Result<()> {
        self.0.push(format!("bytes {} {}", step.number, bytes.bytes.len()));
        Ok(())
    }

    fn finding(&mut self, stream: u64, found: &Finding) -> io::Result<()> {
        self.0.push(format!("{} in {stream}", found.id()));
        Ok(())
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.0.push(format!("end of {}", ended.stream));
        Ok(())
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        self.0.push(format!("{} packets", file.packets));
        Ok(())
    }
}

/// A builder of packets between these ports, and its handshake.
fn connected(client: u16, server: u16) -> (SegmentBuilder, [BuiltPacket; 3]) {
    let endpoint = |port, isn| TcpEndpoint::linux(([127, 0, 0, 1], port).into(), isn);
    let mut builder = SegmentBuilder::new(endpoint(client, 1), endpoint(server, 2));
    let handshake = [builder.syn(Client, 1), builder.syn_ack(Server, 2), builder.ack(Client, 3)];
    (builder, handshake)
}

/// Two connections, one packet each way and then one whose payload was damaged.
fn packets() -> Vec<Vec<u8>> {
    let connection = |port| {
        let (mut builder, handshake) = connected(port, 9001);
        let data = builder.data(Client, 4, b"hello").map(|packet| packet.bytes).collect::<Vec<_>>();
        handshake.into_iter().map(|packet| packet.bytes).chain(data)
    };
    let mut packets: Vec<_> = connection(50_000).chain(connection(50_001)).collect();
    *packets[3].last_mut().unwrap() ^= 1;
    packets
}

fn raw(bytes: &[u8], number: u64) -> RawPacket<'_> {
    RawPacket {
        number,
        time_ns: number,
        link: LinkType::RAW,
        original_length: bytes.len() as u32,
        bytes,
        evidence: Evidence::Captured,
    }
}

fn file(packets: &[Vec<u8>]) -> File {
    File { packets: packets.len() as u64, ..File::default() }
}

/// The calls for packets that come one by one.
fn calls(filter: StreamFilter) -> Vec<String> {
    let packets = packets();
    let mut pipeline = Pipeline::new(&Settings { filter, ..Settings::default() }, RecordingView::default());
    for (bytes, number) in packets.iter().zip(1..) {
        let summary = pipeline.packet(&raw(bytes, number)).unwrap();
        assert_eq!(summary.map(|summary| summary.stream), Some((number - 1) / 4));
    }
    pipeline.finish(|_| file(&packets)).unwrap();
    std::mem::take(pipeline.views()).0
}

fn filter(stream: Option<u64>, port: Option<u16>) -> StreamFilter {
    StreamFilter { stream, port, selected: None }
}

#[test]
fn a_view_gets_a_packet_its_bytes_and_its_findings_in_this_order() {
    let calls = calls(StreamFilter::default());
    assert_eq!(calls[..2], ["packet 1 of 0, Right", "bytes 1 60"].map(String::from));
    let damaged = calls.iter().position(|line| line == "packet 4 of 0, Wrong").expect("it is verified");
    assert_eq!(calls[damaged + 1], "bytes 4 57");
    let end = calls.iter().position(|line| line == "end of 0").unwrap();
    assert_eq!(calls[end - 1], "X02 in 0", "{calls:#?}");
    assert_eq!(calls.last().unwrap(), "8 packets");
}

#[test]
fn a_file_and_its_packets_one_by_one_give_the_same_calls() {
    let packets = packets();
    let mut writer = Writer::new(Vec::new(), &Section::default(), Flush::WhenFull, Times::Keep).unwrap();
    let interface = writer.interface(&Interface::new(LinkType::RAW)).unwrap();
    for (bytes, time_ns) in packets.iter().zip(1..) {
        let original_length = bytes.len() as u32;
        let record = Record { interface, time_ns, original_length, bytes, direction: None, comments: &[] };
        writer.packet(&record).unwrap();
    }
    let capture = writer.finish().unwrap();
    let mut reader = Reader::new(&capture[..]).unwrap();
    let mut pipeline = Pipeline::new(&Settings::default(), RecordingView::default());
    while let Some(packet) = reader.next_packet() {
        pipeline.read(&packet).unwrap();
    }
    pipeline.finish(|_| file(&packets)).unwrap();
    assert_eq!(pipeline.views().0, calls(StreamFilter::default()));
}

#[test]
fn a_filter_hides_connections_and_keeps_their_numbers() {
    for filter in [filter(Some(1), None), filter(None, Some(50_001))] {
        let all = calls(StreamFilter::default());
        let is_shown =
            |line: &&String| !line.ends_with(" 0") && !line.contains("of 0,") && !line.starts_with("bytes ");
        let shown = calls(filter.clone());
        let without_bytes = shown.iter().filter(|line| !line.starts_with("bytes "));
        assert!(without_bytes.eq(all.iter().filter(is_shown)), "{filter:?}: {shown:#?}");
        assert_eq!(shown.iter().filter(|line| line.starts_with("bytes ")).count(), 4);
    }
    assert_eq!(calls(filter(Some(0), Some(50_001))), ["8 packets"]);
}

#[test]
fn a_filter_that_lets_nothing_through_says_so() {
    for (stream, port, is_empty) in [
        (None, None, false),
        (Some(1), None, false),
        (None, Some(50_001), false),
        (Some(2), None, true),
        (None, Some(9), true),
        (Some(0), Some(50_001), true),
    ] {
        let settings = Settings { filter: filter(stream, port), ..Settings::default() };
        let mut pipeline = Pipeline::new(&settings, RecordingView::default());
        for (bytes, number) in packets().iter().zip(1..) {
            pipeline.packet(&raw(bytes, number)).unwrap();
        }
        pipeline.finish(|_| file(&packets())).unwrap();
        assert_eq!(pipeline.empty_selection().is_some(), is_empty, "{stream:?} {port:?}");
    }
}

#[test]
fn a_concluded_connection_ends_once() {
    let packets = packets();
    let mut pipeline = Pipeline::new(&Settings::default(), RecordingView::default());
    for (bytes, number) in packets.iter().zip(1..) {
        pipeline.packet(&raw(bytes, number)).unwrap();
    }
    let end = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
    pipeline.conclude(end(9001), end(50_000)).unwrap();
    assert_eq!(pipeline.views().0.last().unwrap(), "end of 0");
    pipeline.conclude(end(9001), end(50_000)).unwrap();
    pipeline.finish(|_| file(&packets)).unwrap();
    assert_eq!(pipeline.views().0.iter().filter(|line| *line == "end of 0").count(), 1);
}

#[test]
fn on_the_websocket_port_a_connection_is_read_from_its_middle_on() {
    let frames = |websocket_port| {
        let settings = Settings { websocket_port, ..Settings::default() };
        let mut pipeline = Pipeline::new(&settings, RecordingView::default());
        let (mut builder, _) = connected(50_000, 9002);
        let mut packets: Vec<BuiltPacket> = builder.data(Server, 4, b"\x81\x05Hello").collect();
        packets.extend(builder.data(Server, 5, b"\x81\x05again"));
        packets.iter().zip(1..).for_each(|(packet, number)| {
            pipeline.packet(&raw(&packet.bytes, number)).unwrap();
        });
        pipeline.views().0.iter().filter(|line| line.starts_with("frame ")).count()
    };
    assert_eq!((frames(Some(9002)), frames(None)), (2, 0));
}

#[test]
fn packets_without_tcp_are_skipped() {
    let mut pipeline = Pipeline::new(&Settings::default(), RecordingView::default());
    assert_eq!(pipeline.packet(&raw(b"\x45", 1)).unwrap(), None);
    let mut ids = Vec::new();
    let note = |found: &[Finding]| {
        ids.extend(found.iter().map(Finding::id));
        File::default()
    };
    pipeline.finish(note).unwrap();
    assert_eq!(ids, ["X11"], "cut in its header: TCP may have been in it");
}

/// Has no use for findings.
#[derive(Debug, Default)]
struct WithoutFindings(RecordingView);

impl View for WithoutFindings {
    fn findings(&self) -> Findings {
        Findings::Ignored
    }

    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.0.step(step)
    }

    fn finding(&mut self, _: u64, _: &Finding) -> io::Result<()> {
        unreachable!("no rule is run")
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.0.ended(ended)
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        self.0.finish(file)
    }
}

#[test]
fn no_rule_is_run_for_a_view_that_ignores_findings() {
    let packets = packets();
    let mut pipeline = Pipeline::new(&Settings::default(), WithoutFindings::default());
    for (bytes, number) in packets.iter().zip(1..) {
        pipeline.packet(&raw(bytes, number)).unwrap();
    }
    let mut notes = None;
    let note = |found: &[Finding]| {
        notes = Some(found.len());
        file(&packets)
    };
    pipeline.finish(note).unwrap();
    assert_eq!(notes, Some(0));
    let is_rendered = |line: &&String| !line.starts_with("bytes ") && !line.contains(" in ");
    assert!(pipeline.views().0.0.iter().eq(calls(StreamFilter::default()).iter().filter(is_rendered)));
}
