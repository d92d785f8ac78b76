//! Any bytes, cut anywhere, give the same events and the same answer as uncut.

use proptest::prelude::*;

use super::*;

/// Gives `bytes` in pieces that end at `cuts`.
fn give_cut(bytes: &[u8], cuts: &[usize], limits: Limits) -> (Vec<Seen>, Vec<u8>) {
    let mut server = server_with(limits);
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    ends.push(bytes.len());
    ends.sort_unstable();
    let (mut from, mut seen) = (0, Vec::new());
    for end in ends {
        seen.extend(give(&mut server, &bytes[from..end]));
        from = end;
    }
    (seen, take(&mut server).0)
}

fn limits() -> Limits {
    Limits { message: 300, fragments: Some(5), empty_fragments: Some(2), ..Limits::default() }
}

/// A client's frame, mostly legal; now and then with any first byte, or a text that is not UTF-8.
fn any_frame() -> impl Strategy<Value = Vec<u8>> {
    let payload = prop_oneof![
        "[a-zé€😀]{0,40}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..200),
        Just(vec![0x03, 0xE8]),
    ];
    let first = prop_oneof![
        8 => prop::sample::select(vec![0x81u8, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8A]),
        1 => Just(0x88),
        1 => any::<u8>(),
    ];
    (first, payload, any::<[u8; 4]>()).prop_map(|(first, payload, key)| {
        let mut bytes = Vec::new();
        let header = Header::new(Fin::Final, Opcode::BINARY, payload.len() as u64, Some(MaskKey(key)));
        header.unwrap().encode_frame(&payload, &mut bytes);
        bytes[0] = first;
        bytes
    })
}

#[test]
fn every_split_in_two_of_one_conversation() {
    let bytes = [
        text("whole"),
        frame(Fin::More, Opcode::TEXT, "f€r".as_bytes()),
        frame(Fin::Final, Opcode::PING, b"ping"),
        frame(Fin::Final, Opcode::CONTINUATION, "ag😀".as_bytes()),
        frame(Fin::Final, Opcode::BINARY, &[9; 300]),
        frame(Fin::Final, Opcode::CLOSE, b"\x10\xE1bye"),
    ]
    .concat();
    let whole = give_cut(&bytes, &[], limits());
    assert_eq!(whole.0.len(), 5);
    for cut in 0..=bytes.len() {
        assert_eq!(give_cut(&bytes, &[cut], limits()), whole, "cut at {cut}");
    }
    let everywhere: Vec<usize> = (0..bytes.len()).collect();
    assert_eq!(give_cut(&bytes, &everywhere, limits()), whole);
}

proptest! {
    #[test]
    fn any_frames_cut_anywhere(
        frames in prop::collection::vec(any_frame(), 0..12),
        cuts in prop::collection::vec(any::<usize>(), 0..12),
    ) {
        let bytes = frames.concat();
        prop_assert_eq!(give_cut(&bytes, &cuts, limits()), give_cut(&bytes, &[], limits()));
    }

    #[test]
    fn any_bytes_cut_anywhere(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        cuts in prop::collection::vec(any::<usize>(), 0..12),
    ) {
        prop_assert_eq!(give_cut(&bytes, &cuts, limits()), give_cut(&bytes, &[], limits()));
    }
}
