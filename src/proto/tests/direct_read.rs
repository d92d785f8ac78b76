//! Direct reads give the same events as copies.

use bytes::BufMut as _;
use proptest::prelude::*;

use super::*;

/// Receives `bytes` in reads of these lengths at most, directly where the connection accepts it. Returns the events,
/// and the bytes that were read directly.
fn receive_direct(bytes: &[u8], reads: &[usize], limits: Limits) -> (Vec<Seen>, usize) {
    let mut server = server_with(limits);
    let (mut seen, mut direct, mut rest) = (Vec::new(), 0, bytes);
    // Bytes of the partial message, headers included.
    let mut came = 0;
    for most in reads.iter().copied().cycle() {
        if rest.is_empty() {
            break;
        }
        let most = most.min(rest.len());
        let read = server.receive_rest(NOW, |room| {
            let len = most.min(room.remaining_mut());
            room.put_slice(&rest[..len]);
            len
        });
        let len = if let Some((len, event)) = read {
            assert!(len > 0, "it asks for bytes only where there is room");
            came = if event.is_some() { 0 } else { came + len };
            seen.extend(event.map(Seen::from));
            direct += len;
            len
        } else {
            let events = receive_all(&mut server, &rest[..most]);
            // At most all of this read is behind the last message.
            came = if events.is_empty() { came + most } else { most };
            seen.extend(events);
            most
        };
        rest = &rest[len..];
        assert!(server.held() <= 4 * came + 4096, "{came} bytes came, and {} are buffered", server.held());
    }
    (seen, direct)
}

#[test]
fn a_long_frame_is_read_into_its_message() {
    let payload: Vec<u8> = (0..300_000_u32).map(|i| (i % 251) as u8).collect();
    let bytes = [frame(Fin::Final, Opcode::BINARY, &payload), text("next")].concat();
    let (seen, direct) = receive_direct(&bytes, &[20_000], Limits::default());
    assert_eq!(seen, [Seen::Binary(payload), Seen::Text("next".to_owned())]);
    assert!(direct >= 250_000, "only {direct} bytes were");
}

#[test]
fn a_direct_read_needs_a_cut_frame_of_an_open_connection() {
    let mut server = server();
    assert!(server.receive_rest(NOW, |_| ()).is_none(), "between messages");
    receive_all(&mut server, &frame(Fin::More, Opcode::BINARY, &vec![7; 30_000]));
    assert!(server.receive_rest(NOW, |_| ()).is_none(), "between frames");
    let long = frame(Fin::Final, Opcode::CONTINUATION, &vec![8; 30_000]);
    receive_all(&mut server, &long[..100]);
    assert_eq!(server.receive_rest(NOW, |_| ()), Some(((), None)), "nothing came");
    let Seen::Binary(payload) = &receive_all(&mut server, &long[100..])[0] else { panic!("a message") };
    assert_eq!(*payload, [vec![7; 30_000], vec![8; 30_000]].concat());
    receive_all(&mut server, &long[..100]);
    assert!(server.receive_rest(NOW, |_| ()).is_none(), "failed: there is nothing to continue");
}

#[test]
fn section_8_1_text_of_a_direct_read_is_checked() {
    let mut text = "é".repeat(50_000).into_bytes();
    let good = frame(Fin::Final, Opcode::TEXT, &text);
    assert_eq!(receive_direct(&good, &[20_001], Limits::default()).0.len(), 1);
    text[70_000] = 0xFF;
    let bad = frame(Fin::Final, Opcode::TEXT, &text);
    assert_eq!(receive_direct(&bad, &[20_001], Limits::default()).0, [Seen::Failed(1007)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_long_frames_in_any_reads(
        lengths in prop::collection::vec((any::<bool>(), 0usize..120_000), 1..5),
        reads in prop::collection::vec(1usize..50_000, 1..6),
    ) {
        let (mut bytes, mut opcode) = (Vec::new(), Opcode::BINARY);
        for (more, length) in lengths {
            let payload: Vec<u8> = (0..length).map(|i| (i % 253) as u8).collect();
            let fin = if more { Fin::More } else { Fin::Final };
            bytes.extend(frame(fin, opcode, &payload));
            opcode = if more { Opcode::CONTINUATION } else { Opcode::BINARY };
        }
        let read = receive_direct(&bytes, &reads, Limits::default()).0;
        prop_assert_eq!(read, receive_all(&mut server(), &bytes));
    }
}
