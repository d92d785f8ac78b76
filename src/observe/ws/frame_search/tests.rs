//! Tests of the search: what shows frames, and what does not.

use super::*;

fn search(from: Side, segments: &[&[u8]]) -> FrameSearch {
    let mut search = FrameSearch::new(from, Rsv1::Extension);
    let mut offset = 100;
    for (packet, bytes) in (1..).zip(segments) {
        let origin = Origin { packet, packet_offset: 0, evidence: Evidence::Captured };
        search.push(&Piece { offset, bytes, origin });
        offset += bytes.len() as u64;
    }
    search
}

fn found(segments: &[&[u8]]) -> (u32, u32, u32) {
    let Found { frames, whole, close } = search(Side::Server, segments).found();
    (frames, whole, close)
}

const HELLO: &[u8] = b"\x81\x05hello";

#[test]
fn frames_are_followed_from_a_segments_first_byte_on() {
    assert_eq!(found(&[HELLO]), (1, 1, 0));
    assert_eq!(found(&[b"of a frame before", HELLO, HELLO, b"\x8a\x01x"]), (3, 3, 0));
    assert_eq!(found(&[b"\x81\x05he", b"llo\x89\x00\x82", b"\x02ab"]), (3, 1, 0));
    assert_eq!(found(&[HELLO, b"\x01\x02fr", b"\x89\x00", b"\x80\x02ag", HELLO]), (3, 3, 0));
    assert_eq!(found(&[HELLO, b"\x88\x05\x03\xe8bye"]), (2, 2, 1));
    assert_eq!(found(&[b"\x88\x00"]), (1, 1, 0), "without a code it proves little");
    // A long frame is skipped, and what follows counts.
    let long = [&b"\x82\x7f\0\0\0\0\0\x01\0\0"[..], &[0; 1000]].concat();
    let rest = vec![0; 65_536 - 1000];
    assert_eq!(found(&[&long, &rest[..30_000], &rest[30_000..], HELLO, HELLO, HELLO]).0, 3);
}

#[test]
fn bytes_of_other_kinds_are_no_frames() {
    for segment in [
        &b"\x91\x00"[..],         // reserved opcode
        b"\xa1\x00",              // RSV2
        b"\x81\x85\0\0\0\0hello", // masked
        b"\x81\x7e\x00\x05hello", // not minimal
        b"\x81\x02\xff\xfe",      // no UTF-8
        b"\x80\x01x",             // a continuation of nothing
        b"\x01\x01x",             // a fragment first
        b"\x89\x7e\x00\x7e",      // a long ping
        b"\x88\x02\x00\x01",      // no such code
        b"\x88\x02\x03\xee",      // 1006
        b"\x16\x03\x03\x00\x10",  // TLS
        b"\x81\x00\x00\x00",      // NetBIOS
        b"HTTP/1.1 200 OK\r\n",
    ] {
        assert_eq!(found(&[segment]), (0, 0, 0), "{segment:?}");
    }
    assert_eq!(found(&[HELLO, b"\xff\xff"]), (0, 0, 0), "the frame that follows must hold, too");
    assert_eq!(search(Side::Client, &[b"\x81\x85\0\0\0\0hello"]).found().frames, 1);
}

#[test]
fn whole_frames_take_the_place_of_one_header() {
    // The first is random, and says that 65 KB follow.
    assert_eq!(found(&[b"\x82\x7e\xff\xff1234", HELLO, HELLO, HELLO]), (3, 3, 0));
}

#[test]
fn whole_frames_show_their_sender() {
    for (bytes, sender) in [
        (HELLO, Some(Side::Server)),
        (b"\x81\x85\0\0\0\0hello", Some(Side::Client)),
        (b"\x89\x80\0\0\0\0", Some(Side::Client)),
        (b"\x89\x00", None),
        (b"\x82\x05\0\x01a/b", None),
        (b"\x81\x05hell", None),
        (b"\x81\x05hello!", None),
        (b"", None),
    ] {
        assert_eq!(sender_of(bytes), sender, "{bytes:?}");
    }
}

#[test]
fn what_was_found_is_given_back_by_segment() {
    let bytes = search(Side::Server, &[b"xyz", b"\x81\x05he", b"llo", HELLO]).into_bytes();
    let seen: Vec<_> =
        bytes.iter().map(|(offset, bytes, origin)| (*offset, bytes.len(), origin.packet)).collect();
    assert_eq!(seen, [(103, 4, 2), (107, 3, 3), (110, 7, 4)]);
}

#[test]
fn random_bytes_hardly_ever_show_a_websocket() {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut wrong = (0, 0);
    for _ in 0..2_000 {
        let mut side = |from| {
            let mut search = FrameSearch::new(from, Rsv1::Extension);
            let mut offset = 0;
            for packet in 0..50 {
                let bytes: Vec<u8> = (0..=random() % 200).map(|_| random() as u8).collect();
                let origin = Origin { packet, packet_offset: 0, evidence: Evidence::Captured };
                search.push(&Piece { offset, bytes: &bytes, origin });
                offset += bytes.len() as u64;
            }
            search.found()
        };
        let (client, server) = (side(Side::Client), side(Side::Server));
        wrong.0 += u32::from(client.shows_websocket(server));
        wrong.1 += u32::from(client.is_enough() || server.is_enough());
    }
    // 200,000 segments.
    assert_eq!(wrong, (0, 0));
}
