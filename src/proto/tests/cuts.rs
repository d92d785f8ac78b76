//! Any bytes, cut anywhere, give the same events and the same answer as uncut; whether or not whole messages are taken
//! the short way.

use proptest::prelude::*;

use super::*;
use crate::proto::{Kind, Rate};
use crate::wire::ws::{CloseCode, CloseFrame};

/// A way to give a connection bytes.
type Give = fn(&mut Connection, &[u8]) -> Vec<Seen>;

/// Gives `bytes` in pieces that end at `cuts`.
fn receive_cut(bytes: &[u8], cuts: &[usize], limits: Limits) -> (Vec<Seen>, Vec<u8>) {
    receive_cut_by(receive_all, bytes, cuts, limits)
}

fn receive_cut_by(receive_all: Give, bytes: &[u8], cuts: &[usize], limits: Limits) -> (Vec<Seen>, Vec<u8>) {
    let mut server = server_with(limits);
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    ends.push(bytes.len());
    ends.sort_unstable();
    let (mut from, mut seen) = (0, Vec::new());
    for end in ends {
        seen.extend(receive_all(&mut server, &bytes[from..end]));
        from = end;
    }
    (seen, transmit_all(&mut server).0)
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
        prop::collection::vec(Just(b'x'), 200..400),
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
fn the_fast_path_returns_legal_whole_messages_and_consumes_nothing_else() {
    let takes = |connection: &mut Connection, mut bytes: Vec<u8>| {
        let before = bytes.clone();
        let mut input = Input::new(&mut bytes);
        let taken = connection.receive_whole(&mut input).map(|(kind, payload)| (kind, payload.to_vec()));
        assert_eq!(input.is_empty(), taken.is_some(), "a message is consumed, or nothing");
        assert!(taken.is_some() || bytes == before, "unconsumed input is unchanged");
        taken
    };
    let binary = |len| frame(Fin::Final, Opcode::BINARY, &vec![7; len]);
    let mut open = server_with(limits());
    assert_eq!(takes(&mut open, text("a€")), Some((Kind::Text, "a€".into())));
    assert_eq!(takes(&mut open, binary(0)), Some((Kind::Binary, vec![])));
    assert_eq!(takes(&mut open, binary(126)), Some((Kind::Binary, vec![7; 126])));
    assert_eq!(takes(&mut open, binary(300)), Some((Kind::Binary, vec![7; 300])));
    for other in [
        binary(301),
        frame(Fin::Final, Opcode::TEXT, &[b'a'; 100].map(|byte| byte ^ 0x80)),
        frame(Fin::Final, Opcode::PING, b""),
        frame(Fin::More, Opcode::TEXT, b"a"),
        frame(Fin::Final, Opcode::CONTINUATION, b"a"),
        binary(9)[..14].to_vec(),
        binary(9)[..5].to_vec(),
    ] {
        assert_eq!(takes(&mut open, other.clone()), None, "{other:02x?}");
    }
    // Within a frame, within a message, and where messages are counted.
    let mut cut = server();
    receive_all(&mut cut, &binary(9)[..10]);
    let mut partial = server();
    receive_all(&mut partial, &frame(Fin::More, Opcode::TEXT, b"a"));
    let rate = Some(Rate { burst: 1, per_second: 1 });
    let mut counted = server_with(Limits { messages: rate, ..Limits::default() });
    let mut closing = server();
    closing.close(&CloseFrame::new(CloseCode::NORMAL, ""), NOW);
    for connection in [&mut cut, &mut partial, &mut counted, &mut closing] {
        assert_eq!(takes(connection, text("b")), None, "{connection:?}");
    }
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
    let whole = receive_cut(&bytes, &[], limits());
    assert_eq!(whole.0.len(), 5);
    for cut in 0..=bytes.len() {
        assert_eq!(receive_cut(&bytes, &[cut], limits()), whole, "cut at {cut}");
    }
    let everywhere: Vec<usize> = (0..bytes.len()).collect();
    assert_eq!(receive_cut(&bytes, &everywhere, limits()), whole);
}

proptest! {
    #[test]
    fn any_frames_cut_anywhere(
        frames in prop::collection::vec(any_frame(), 0..12),
        cuts in prop::collection::vec(any::<usize>(), 0..12),
    ) {
        let bytes = frames.concat();
        let uncut = receive_cut(&bytes, &[], limits());
        prop_assert_eq!(&receive_cut(&bytes, &cuts, limits()), &uncut);
        prop_assert_eq!(&receive_cut_by(receive_all_fast, &bytes, &[], limits()), &uncut);
        prop_assert_eq!(&receive_cut_by(receive_all_fast, &bytes, &cuts, limits()), &uncut);
    }

    #[test]
    fn any_bytes_cut_anywhere(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        cuts in prop::collection::vec(any::<usize>(), 0..12),
    ) {
        prop_assert_eq!(receive_cut(&bytes, &cuts, limits()), receive_cut(&bytes, &[], limits()));
    }
}
