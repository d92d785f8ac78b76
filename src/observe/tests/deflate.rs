//! RFC 7692: compressed messages, inflated.

use flate2::{Compress, Compression, FlushCompress};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::websocket::{replace, response};
use super::*;
use crate::wire::ws::InflateError;

/// `Hello`, compressed with nothing before it; and once more, with context takeover (RFC 7692 §7.2.3.2).
const HELLO: &[u8] = &[0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];
const AGAIN: &[u8] = &[0xF2, 0x00, 0x11, 0x00, 0x00];

const NO_TAKEOVER: &str = "permessage-deflate; client_no_context_takeover; server_no_context_takeover";

/// A wire with an open WebSocket whose 101 agreed on `extension`.
fn agreed(extension: &str) -> Wire {
    let mut wire = Wire::open();
    agree(&mut wire, extension);
    wire
}

/// The opening handshake, whose 101 agrees on `extension`.
fn agree(wire: &mut Wire, extension: &str) {
    let with = |extension| format!("\r\nSec-WebSocket-Extensions: {extension}\r\n\r\n");
    wire.send(Client, ACK, &replace(REQUEST, "\r\n\r\n", &with("permessage-deflate")));
    let answered = wire.send(Server, ACK, &replace(RESPONSE, "\r\n\r\n", &with(extension)));
    assert_eq!(response(&answered).upgrade.as_ref().unwrap().extensions, [extension]);
}

/// A frame with RSV1.
fn compressed(from: Side, fin: Fin, opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mut frame = frame(from, fin, opcode, payload);
    frame[0] |= 0x40;
    frame
}

fn hello(from: Side, payload: &[u8]) -> Vec<u8> {
    compressed(from, Fin::Final, Opcode::TEXT, payload)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The coding of a message, with the outcome of inflating it, and its beginning.
fn seen(message: &Message) -> (Coding, String) {
    let whole = matches!(message.coding, Coding::Plain | Coding::Deflate(Inflated::Whole(_)));
    assert_eq!(message.sha256.is_some(), whole && message.missing == 0, "{message:?}");
    (message.coding, message.preview.to_string())
}

fn all(facts: &[Fact]) -> Vec<(Coding, String)> {
    messages(facts).into_iter().map(seen).collect()
}

fn whole(text: &str) -> (Coding, String) {
    (Coding::Deflate(Inflated::Whole(text.len() as u64)), text.to_owned())
}

fn failed(error: InflateError) -> (Coding, String) {
    (Coding::Deflate(Inflated::Failed(error)), "…".to_owned())
}

#[test]
fn section_6_2_preview_and_hash_are_of_the_inflated_message() {
    let mut wire = agreed("permessage-deflate");
    let step = wire.send(Client, ACK, &[hello(Client, HELLO), hello(Client, AGAIN)].concat());
    let [first, second] = messages(&step.facts)[..] else { panic!("{:?}", step.facts) };
    for message in [first, second] {
        assert_eq!(seen(message), whole("Hello"));
        assert_eq!(
            (message.sha256, message.text, message.plain_length()),
            (Some(sha256(b"Hello")), Text::Utf8, Some(5))
        );
    }
    assert_eq!((first.length, first.wire_sha256), (7, Some(sha256(HELLO))));
    assert_eq!((second.length, second.wire_sha256), (5, Some(sha256(AGAIN))));
    // Each side has a window of its own, and a message without RSV1 is none of it.
    let plain = wire.send(Client, ACK, &text(Client, "plain"));
    assert_eq!(all(&plain.facts), [(Coding::Plain, "plain".to_owned())]);
    assert_eq!(all(&wire.send(Client, ACK, &hello(Client, AGAIN)).facts), [whole("Hello")]);
    assert_eq!(all(&wire.send(Server, ACK, &hello(Server, HELLO)).facts), [whole("Hello")]);
    assert_eq!(all(&wire.send(Server, ACK, &hello(Server, AGAIN)).facts), [whole("Hello")]);
}

#[test]
fn section_7_1_rsv1_means_compression_only_if_negotiated() {
    for extension in ["permessage-foo", "x-webkit-deflate-frame"] {
        let step = agreed(extension).send(Client, ACK, &hello(Client, HELLO));
        let [message] = messages(&step.facts)[..] else { panic!("{:?}", step.facts) };
        assert_eq!((message.coding, message.sha256), (Coding::Plain, Some(sha256(HELLO))));
    }
    // Context takeover is negotiated for each side.
    for (side, extension) in [(Client, "server_no_context_takeover"), (Server, "client_no_context_takeover")]
    {
        let mut wire = agreed(&format!("permessage-deflate; {extension}"));
        for (from, expected) in [(side, whole("Hello")), (side.peer(), failed(InflateError::Corrupt))] {
            wire.send(from, ACK, &hello(from, HELLO));
            assert_eq!(all(&wire.send(from, ACK, &hello(from, AGAIN)).facts), [expected], "{from}");
            assert_eq!(all(&wire.send(from, ACK, &hello(from, HELLO)).facts), [whole("Hello")], "{from}");
        }
    }
}

#[test]
fn section_6_1_fragments_with_a_ping_between() {
    let mut wire = agreed("permessage-deflate");
    let data = [
        compressed(Client, Fin::More, Opcode::TEXT, &HELLO[..3]),
        frame(Client, Fin::Final, Opcode::PING, b"?"),
        frame(Client, Fin::More, Opcode::CONTINUATION, b""),
        // RSV1 stands on the first frame alone; on another it says nothing of the message.
        compressed(Client, Fin::More, Opcode::CONTINUATION, &HELLO[3..4]),
        frame(Client, Fin::Final, Opcode::CONTINUATION, &HELLO[4..]),
        frame(Client, Fin::More, Opcode::TEXT, b"pl"),
        compressed(Client, Fin::Final, Opcode::CONTINUATION, b"ain"),
    ];
    let step = wire.send(Client, ACK, &data.concat());
    assert_eq!(all(&step.facts), [whole("Hello"), (Coding::Plain, "plain".to_owned())]);
    let [first, _] = messages(&step.facts)[..] else { panic!("{:?}", step.facts) };
    assert_eq!((first.frames.iter().collect::<Vec<_>>(), first.length), (vec![0, 2, 3, 4], 7));
    assert_eq!((first.wire_sha256, first.sha256), (Some(sha256(HELLO)), Some(sha256(b"Hello"))));
    assert_eq!(all(&wire.send(Client, ACK, &hello(Client, AGAIN)).facts), [whole("Hello")]);
}

#[test]
fn section_8_1_of_rfc_6455_utf_8_is_checked_after_inflation() {
    let stored = [&[0x00, 4, 0, 0xFB, 0xFF][..], b"ab\xC3(", &[0x00]].concat();
    let step = agreed("permessage-deflate").send(Client, ACK, &hello(Client, &stored));
    let [message] = messages(&step.facts)[..] else { panic!("{:?}", step.facts) };
    assert_eq!(
        (message.text, message.sha256),
        (Text::NotUtf8 { frame: 0, offset: 2 }, Some(sha256(b"ab\xC3(")))
    );
    let half = [&[0x00, 1, 0, 0xFE, 0xFF][..], b"\xC3", &[0x00]].concat();
    let step = agreed("permessage-deflate").send(Client, ACK, &hello(Client, &half));
    assert_eq!(messages(&step.facts)[0].text, Text::NotUtf8 { frame: 0, offset: 0 });
}

#[test]
fn a_failed_inflation_is_reported_and_ends_context_takeover() {
    // A block of a kind that there is not, and one that is cut.
    for (payload, error) in
        [(&[0x06, 0x00][..], InflateError::Corrupt), (&HELLO[..6], InflateError::Unfinished)]
    {
        for (extension, next) in
            [("permessage-deflate", failed(InflateError::ContextLost)), (NO_TAKEOVER, whole("Hello"))]
        {
            let mut wire = agreed(extension);
            let step = wire.send(Client, ACK, &hello(Client, payload));
            let [message] = messages(&step.facts)[..] else { panic!("{:?}", step.facts) };
            assert_eq!(message.coding, Coding::Deflate(Inflated::Failed(error)));
            assert_eq!((message.sha256, message.text, message.plain_length()), (None, Text::NotJudged, None));
            assert_eq!(message.wire_sha256, Some(sha256(payload)));
            assert!(message.preview.is_cut());
            assert_eq!(all(&wire.send(Client, ACK, &hello(Client, HELLO)).facts), [next]);
            let other = wire.send(Server, ACK, &hello(Server, HELLO));
            assert_eq!(all(&other.facts), [whole("Hello")], "the other side has lost nothing");
            assert_eq!(
                all(&wire.send(Client, ACK, &text(Client, "ok")).facts),
                [(Coding::Plain, "ok".to_owned())]
            );
        }
    }
}

#[test]
fn a_message_with_a_gap_or_without_an_end_is_not_inflated() {
    for (extension, next) in
        [("permessage-deflate", failed(InflateError::ContextLost)), (NO_TAKEOVER, whole("Hello"))]
    {
        // A packet cut when it was captured.
        let mut wire = agreed(extension);
        let data = hello(Client, HELLO);
        let numbers = (wire.script.next.client, wire.script.expects.client);
        let step = wire.put_cut(Client, ACK, numbers, &data[..10], data.len() as u32);
        wire.script.miss(Client, data.len() as i64);
        let after = wire.send(Client, ACK, &hello(Client, HELLO));
        let facts = [step.facts, after.facts].concat();
        let [holed, after] = messages(&facts)[..] else { panic!("{facts:?}") };
        assert_eq!((holed.coding, holed.missing), (Coding::Deflate(Inflated::BytesMissing), 3));
        assert_eq!((holed.sha256, holed.wire_sha256), (None, None));
        assert_eq!(seen(after), next);
        // Another message begins where the one before has not ended.
        let mut wire = agreed(extension);
        let data = [compressed(Client, Fin::More, Opcode::TEXT, &HELLO[..2]), hello(Client, HELLO)].concat();
        let step = wire.send(Client, ACK, &data);
        let [open, after] = messages(&step.facts)[..] else { panic!("{:?}", step.facts) };
        assert_eq!((open.end, open.coding), (MessageEnd::Interrupted, Coding::Deflate(Inflated::NoEnd)));
        assert_eq!(seen(after), next);
        // The capture ends within a message.
        let mut wire = agreed(extension);
        wire.send(Client, ACK, &hello(Client, HELLO)[..9]);
        let ended = wire.end();
        let [cut] = messages(&ended.facts)[..] else { panic!("{:?}", ended.facts) };
        assert_eq!((cut.end, cut.coding), (MessageEnd::NotReached, Coding::Deflate(Inflated::BytesMissing)));
    }
}

#[test]
fn a_compression_bomb_has_no_hash_and_uses_no_memory() {
    let mut zlib = Compress::new(Compression::best(), false);
    let zeros = vec![0; Message::MOST_INFLATED as usize + 1];
    let mut bomb = Vec::with_capacity(1 << 17);
    zlib.compress_vec(&zeros, &mut bomb, FlushCompress::Sync).unwrap();
    assert_eq!(zlib.total_in(), zeros.len() as u64);
    drop(zeros);
    bomb.truncate(bomb.len() - 4);
    let mut wire = agreed(NO_TAKEOVER);
    let before = wire.observer().memory();
    let mut facts = Vec::new();
    let mut most = 0;
    for segment in compressed(Server, Fin::Final, Opcode::BINARY, &bomb).chunks(1448) {
        facts.extend(wire.send(Server, ACK, segment).facts);
        most = most.max(wire.observer().memory() - before);
    }
    assert_eq!(messages(&facts)[0].coding, Coding::Deflate(Inflated::Failed(InflateError::TooLong)));
    assert!(most < 256 * 1024, "{most}");
    assert_eq!(all(&wire.send(Server, ACK, &hello(Server, HELLO)).facts), [whole("Hello")]);
}

#[test]
fn an_inflater_uses_memory_from_the_first_compressed_message_until_the_end() {
    let mut wire = agreed("permessage-deflate");
    let idle = wire.observer().memory();
    wire.send(Client, ACK, &text(Client, "plain"));
    assert_eq!(wire.observer().memory(), idle);
    wire.send(Client, ACK, &hello(Client, HELLO));
    let one = wire.observer().memory() - idle;
    assert!((16 * 1024..24 * 1024).contains(&one), "the window counts as far as it is filled: {one}");
    wire.send(Server, ACK, &hello(Server, HELLO));
    assert_eq!(wire.observer().memory(), idle + 2 * one);
    // Once frames are out of sync, nothing more is inflated.
    wire.send(Client, ACK, &[0xFF; 14]);
    assert_eq!(wire.observer().memory(), idle + one);
}

/// Windows are given up before streams are, and the messages are only counted then.
#[test]
fn a_window_that_was_given_up_for_lack_of_room_inflates_nothing_more() {
    let mut wire = Wire::with(Config { max_memory: 72 * 1024, ..Config::default() });
    wire.shake_hands();
    agree(&mut wire, "permessage-deflate");
    wire.send(Client, ACK, &hello(Client, HELLO));
    wire.send(Server, ACK, &hello(Server, HELLO));
    let first = wire.script.clone();
    wire.script.reconnect(1000);
    wire.shake_hands();
    agree(&mut wire, "permessage-deflate");
    wire.send(Client, ACK, &hello(Client, HELLO));
    assert_eq!(wire.observer().given_up().windows, 0);
    wire.send(Server, ACK, &hello(Server, HELLO));
    let given_up = wire.observer().given_up();
    assert_eq!((given_up.windows, given_up.connections, wire.observer().stream_count()), (1, 0, 2));
    wire.script = first;
    let lost = (Coding::Deflate(Inflated::NoRoom), "…".to_owned());
    assert_eq!(all(&wire.send(Client, ACK, &hello(Client, AGAIN)).facts), [lost]);
    assert_eq!(
        all(&wire.send(Client, ACK, &text(Client, "plain")).facts),
        [(Coding::Plain, "plain".to_owned())]
    );
}

/// A message as a sender has it: its text, whether it compresses it, and where it cuts it.
type Sent = (String, bool, Vec<prop::sample::Index>);

fn sent() -> impl Strategy<Value = Sent> {
    let words = prop::collection::vec(prop_oneof!["one ", "two ", "[a-é]{1,9}"], 0..200);
    let cuts = prop::collection::vec(any::<prop::sample::Index>(), 0..4);
    (words.prop_map(|words| words.concat()), prop::bool::weighted(0.8), cuts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_zlib_compressed_is_seen_whatever_the_fragments_and_segments(
        sent in prop::collection::vec(sent(), 1..8),
        segment in 1..600usize,
        is_kept in any::<bool>(),
    ) {
        let mut wire = agreed(if is_kept { "permessage-deflate" } else { NO_TAKEOVER });
        let mut zlib = Compress::new(Compression::default(), false);
        let mut data = Vec::new();
        for (text, is_compressed, cuts) in &sent {
            let mut payload = text.clone().into_bytes();
            if *is_compressed {
                let mut out = Vec::with_capacity(payload.len() + 1024);
                zlib.compress_vec(&payload, &mut out, FlushCompress::Sync).unwrap();
                prop_assert!(out.len() < out.capacity());
                // Nothing may come of nothing; RFC 7692 §7.2.3.6 has one byte for it.
                payload = if out.is_empty() { vec![0] } else { out[..out.len() - 4].to_vec() };
                if !is_kept {
                    zlib.reset();
                }
            }
            let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(payload.len() + 1)).collect();
            places.extend([0, payload.len()]);
            places.sort_unstable();
            for (at, place) in places.windows(2).enumerate() {
                let fin = if at + 2 == places.len() { Fin::Final } else { Fin::More };
                let opcode = if at == 0 { Opcode::TEXT } else { Opcode::CONTINUATION };
                let make = if *is_compressed && at == 0 { compressed } else { frame };
                data.extend(make(Client, fin, opcode, &payload[place[0]..place[1]]));
                data.extend(frame(Client, Fin::Final, Opcode::PING, b""));
            }
        }
        let facts: Vec<_> = data.chunks(segment).flat_map(|one| wire.send(Client, ACK, one).facts).collect();
        let all = messages(&facts);
        prop_assert_eq!(all.len(), sent.len());
        for (message, (text, is_compressed, _)) in all.into_iter().zip(&sent) {
            prop_assert_eq!(message.sha256, Some(sha256(text.as_bytes())));
            prop_assert_eq!(message.plain_length(), Some(text.len() as u64));
            prop_assert_eq!(message.text, Text::Utf8);
            prop_assert_eq!(message.coding != Coding::Plain, *is_compressed);
        }
    }
}
