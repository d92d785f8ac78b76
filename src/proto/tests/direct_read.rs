//! A long frame whose rest is read right into its message gives the same events as one that is copied there.

use bytes::BufMut as _;
use proptest::prelude::*;

use super::*;

/// Gives `bytes` as they are read: at most so many at a time, where there is room for them.
fn give_read(bytes: &[u8], reads: &[usize], limits: Limits) -> (Vec<Seen>, usize) {
    let mut server = server_with(limits);
    let (mut seen, mut direct, mut rest) = (Vec::new(), 0, bytes);
    // Of the message under way, with its headers.
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
            let told = give(&mut server, &rest[..most]);
            // What came behind the last message is at most all of it.
            came = if told.is_empty() { came + most } else { most };
            seen.extend(told);
            most
        };
        rest = &rest[len..];
        assert!(server.held() <= 4 * came + 4096, "{came} bytes came, and {} are held", server.held());
    }
    (seen, direct)
}

#[test]
fn a_long_frame_is_read_into_its_message() {
    let payload: Vec<u8> = (0..300_000_u32).map(|i| (i % 251) as u8).collect();
    let bytes = [frame(Fin::Final, Opcode::BINARY, &payload), text("next")].concat();
    let (seen, direct) = give_read(&bytes, &[20_000], Limits::default());
    assert_eq!(seen, [Seen::Binary(payload), Seen::Text("next".to_owned())]);
    assert!(direct >= 250_000, "only {direct} bytes were");
}

#[test]
fn nobody_reads_into_a_message_that_is_none() {
    let mut server = server();
    assert!(server.receive_rest(NOW, |_| ()).is_none(), "between messages");
    give(&mut server, &frame(Fin::More, Opcode::BINARY, &vec![7; 30_000]));
    assert!(server.receive_rest(NOW, |_| ()).is_none(), "between frames");
    let long = frame(Fin::Final, Opcode::CONTINUATION, &vec![8; 30_000]);
    give(&mut server, &long[..100]);
    assert_eq!(server.receive_rest(NOW, |_| ()), Some(((), None)), "nothing came");
    let Seen::Binary(payload) = &give(&mut server, &long[100..])[0] else { panic!("a message") };
    assert_eq!(*payload, [vec![7; 30_000], vec![8; 30_000]].concat());
    give(&mut server, &long[..100]);
    assert!(server.receive_rest(NOW, |_| ()).is_none(), "failed: there is nothing to continue");
}

#[test]
fn section_8_1_what_is_read_so_is_checked_too() {
    let mut text = "é".repeat(50_000).into_bytes();
    let good = frame(Fin::Final, Opcode::TEXT, &text);
    assert_eq!(give_read(&good, &[20_001], Limits::default()).0.len(), 1);
    text[70_000] = 0xFF;
    let bad = frame(Fin::Final, Opcode::TEXT, &text);
    assert_eq!(give_read(&bad, &[20_001], Limits::default()).0, [Seen::Failed(1007)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_long_frames_read_anyhow(
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
        let read = give_read(&bytes, &reads, Limits::default()).0;
        prop_assert_eq!(read, give(&mut server(), &bytes));
    }
}
