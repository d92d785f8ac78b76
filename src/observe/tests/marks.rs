//! RFC 9293 §3.8: what is noteworthy about a segment, in Wireshark's terms.

use super::*;

/// From whom, sequence and acknowledgment number, window, payload, and the marks expected.
type Line<'l> = (Side, (i64, i64), u16, &'l [u8], &'l str);

/// An open connection, and what follows in it.
fn marks(segments: &[Line<'_>]) -> Ended {
    let mut wire = Wire::open();
    for (i, (from, numbers, window, payload, expected)) in segments.iter().enumerate() {
        wire.script.window[*from] = *window;
        let step = wire.put(*from, ACK, *numbers, payload);
        assert_eq!(step.marks.to_string(), *expected, "segment {i}");
    }
    wire.end()
}

const W: u16 = 64_240;

#[test]
fn section_3_8_1_retransmissions() {
    marks(&[
        (Client, (1, 1), W, b"hello", ""),
        (Client, (1, 1), W, b"hello", "retransmission"),
        (Server, (1, 6), W, b"", ""),
        (Client, (1, 1), W, b"hello", "spurious_retransmission"),
    ]);
    let mut wire = Wire::open();
    wire.put(Client, ACK, (1, 1), b"one");
    wire.put(Client, ACK, (7, 1), b"three");
    assert_eq!(wire.put(Client, ACK, (4, 1), b"two").marks, Marks::OUT_OF_ORDER);
    wire.put(Client, ACK, (20, 1), b"six");
    wire.script.time_ns += 200_000_000;
    assert_eq!(wire.put(Client, ACK, (12, 1), b"four").marks, Marks::RETRANSMISSION.or(Marks::FILLS_GAP));
}

#[test]
fn rfc_5681_section_3_2_fast_retransmission() {
    marks(&[
        (Client, (1, 1), W, b"one", ""),
        (Server, (1, 4), W, b"", ""),
        (Client, (7, 1), W, b"three", "lost_segment"),
        (Server, (1, 4), W, b"", "duplicate_ack"),
        (Client, (12, 1), W, b"four", ""),
        (Server, (1, 4), W, b"", "duplicate_ack"),
        (Client, (4, 1), W, b"two", "fast_retransmission,fills_gap"),
        (Server, (1, 16), W, b"", ""),
    ]);
}

#[test]
fn section_3_8_4_keep_alive() {
    let ended = marks(&[
        (Client, (1, 1), W, b"hello", ""),
        (Server, (1, 6), W, b"", ""),
        (Client, (5, 1), W, b"\0", "keep_alive"),
        (Server, (1, 6), W, b"", "keep_alive_ack"),
        (Client, (5, 1), W, b"", "keep_alive"),
        (Server, (1, 6), W, b"", "keep_alive_ack"),
        (Client, (6, 1), W, b" world", ""),
    ]);
    assert_eq!(ended.facts, [], "the probe's byte is no part of the stream");
}

#[test]
fn section_3_8_6_windows() {
    marks(&[
        (Client, (1, 1), W, b"hello", ""),
        (Server, (1, 6), 6, b"", ""),
        (Client, (6, 1), W, b"world!", "window_full"),
        (Server, (1, 12), 0, b"", "zero_window"),
        (Client, (12, 1), W, b"x", "zero_window_probe"),
        (Server, (1, 12), 0, b"", "zero_window,zero_window_probe_ack"),
        (Server, (1, 12), 500, b"", "window_update"),
        (Client, (12, 1), W, b"xyz", ""),
    ]);
}

#[test]
fn a_lost_segment_is_marked_at_once_and_its_gap_given_up_later() {
    let mut wire = Wire::websocket();
    let (seq, ack) = (wire.script.next.client, wire.script.expects.client);
    let data = [text(Client, "one"), text(Client, "two"), text(Client, "three")].concat();
    let lost = wire.put(Client, ACK, (seq + 9, ack), &data[9..]);
    assert_eq!((lost.marks, lost.facts.len()), (Marks::LOST_SEGMENT, 0));
    let unseen = wire.put(Server, ACK, (ack, seq + data.len() as i64), b"");
    assert_eq!((unseen.marks, unseen.facts.len()), (Marks::ACK_LOST_SEGMENT, 0), "it may still come");
    wire.put(Server, ACK, (ack, seq + data.len() as i64), b"");
    wire.put(Server, ACK, (ack, seq + data.len() as i64), b"");
    let given_up = wire.put(Server, ACK, (ack, seq + data.len() as i64), b"");
    let offset = seq as u64 - 1;
    let gap = Gap { from: Client, offset, length: 9, reason: GapReason::NotCaptured };
    assert_eq!(given_up.facts[0], Fact::Gap(gap));
    let Fact::Unread(unread) = given_up.facts[1] else { panic!("{:?}", given_up.facts) };
    assert_eq!((unread.offset, unread.reason), (offset, UnreadReason::Gap));
    let Fact::LostSync(lost) = given_up.facts[2] else { panic!("{:?}", given_up.facts) };
    assert_eq!((lost.reason, lost.offset, lost.after_frame), (LostSyncReason::Gap, offset, None));
    assert_eq!(given_up.facts.len(), 3, "where the next frame begins would be a guess");
}

#[test]
fn a_gap_within_a_payload_keeps_frames_in_sync() {
    let mut wire = Wire::websocket();
    let (seq, ack) = (wire.script.next.client, wire.script.expects.client);
    let data = [text(Client, "a longer text"), text(Client, "two")].concat();
    wire.put(Client, ACK, (seq, ack), &data[..8]);
    wire.put(Client, ACK, (seq + 12, ack), &data[12..]);
    let mut facts = Vec::new();
    for _ in 0..4 {
        facts.extend(wire.put(Server, ACK, (ack, seq + data.len() as i64), b"").facts);
    }
    let frames = frames(&facts);
    assert_eq!(frames.iter().map(|frame| frame.missing).collect::<Vec<_>>(), [4, 0]);
    assert_eq!((frames[0].payload_sha256, frames[0].end), (None, FrameEnd::Reached));
    assert_eq!(frames[0].preview.to_string(), "a …");
    let messages = messages(&facts);
    assert_eq!((messages[0].missing, messages[0].sha256, messages[0].text), (4, None, Text::NotJudged));
    assert_eq!((messages[1].missing, messages[1].text), (0, Text::Utf8));
}

#[test]
fn a_cut_packet_leaves_a_gap() {
    let mut wire = Wire::websocket();
    let (seq, ack) = (wire.script.next.client, wire.script.expects.client);
    let data = [text(Client, &"x".repeat(100)), text(Client, "two")].concat();
    let cut = wire.put_cut(Client, ACK, (seq, ack), &data[..54], 106);
    let gap = Gap { from: Client, offset: seq as u64 + 53, length: 52, reason: GapReason::CutPacket };
    assert_eq!(cut.facts[0], Fact::Gap(gap));
    assert_eq!(frames(&cut.facts)[0].missing, 52);
    let next = wire.put(Client, ACK, (seq + 106, ack), &data[106..]);
    assert_eq!(messages(&next.facts)[0].preview.to_string(), "two");
}

#[test]
fn different_bytes_at_the_same_offset_are_an_overlap() {
    let mut wire = Wire::open();
    wire.put(Client, ACK, (1, 1), b"hello");
    assert_eq!(wire.put(Client, ACK, (1, 1), b"hello").facts, []);
    let overlap = |step: Observation| match step.facts[..] {
        [Fact::Overlap(Overlap { offset, length, agreement, .. })] => (offset, length, agreement),
        _ => panic!("{:?}", step.facts),
    };
    assert_eq!(overlap(wire.put(Client, ACK, (1, 1), b"HELLO")), (0, 5, Agreement::Different));
    assert_eq!(overlap(wire.put(Client, ACK, (3, 1), b"llo world")), (2, 3, Agreement::Same));
    // Among bytes that wait.
    wire.put(Client, ACK, (20, 1), b"waits");
    assert_eq!(overlap(wire.put(Client, ACK, (18, 1), b"..waits..")), (19, 5, Agreement::Same));
    assert_eq!(overlap(wire.put(Client, ACK, (20, 1), b"WAITS")), (19, 5, Agreement::Different));
    // Acknowledged bytes are no longer retained.
    wire.put(Server, ACK, (1, 12), b"");
    assert_eq!(overlap(wire.put(Client, ACK, (1, 1), b"hello worldly")), (0, 11, Agreement::Unknown));
}

#[test]
fn segments_far_beyond_the_window_are_ignored_until_the_fourth_in_a_row() {
    let mut wire = Wire::open();
    wire.send(Server, ACK, b"hi");
    let stray = wire.put(Client, ACK, (10_000_000, 3), b"forged");
    assert_eq!((stray.marks, stray.facts.len()), (Marks::OUT_OF_WINDOW, 0));
    assert_eq!(wire.put(Client, RST, (10_000_000, 0), b"").tcp.client.state, tcp::State::Established);
    assert_eq!(wire.send(Client, ACK, b"real").marks, Marks::NONE);
    // The capture paused: what comes again and again so far ahead is the stream.
    let marks: Vec<_> = (0..5).map(|i| wire.put(Client, ACK, (20_000_000 + i, 3), b"x").marks).collect();
    assert_eq!(marks[..3], [Marks::OUT_OF_WINDOW; 3]);
    assert_eq!(marks[3..], [Marks::LOST_SEGMENT, Marks::NONE]);
}

#[test]
fn windows_are_scaled_if_both_syns_have_the_option() {
    let mut wire = Wire::open();
    assert_eq!(wire.send(Client, ACK, b"").window, 64_240, "the wire's scale is 0");
    assert_eq!(Marks::NONE.to_string(), "");
}
