//! The longest message of `/echo`: 16 MiB in any number of frames.

use crate::support::PATIENCE;
use crate::support::raw::{End, Raw};
use crate::support::server::Server;
use crate::support::ws::{Client, Event};
use wirewalk::proto::Kind;
use wirewalk::wire::ws::Fin;

const MOST: usize = 16 << 20;

/// Bytes of which no part is like another.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 1_u32;
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .collect()
}

#[track_caller]
fn expect_binary(client: &mut Client, expected: &[u8]) {
    match client.next(PATIENCE * 3) {
        // Not by assert_eq: nobody wants to read 16 MiB.
        Some(Event::Binary(bytes)) => assert!(bytes == expected, "{} bytes, not the same", bytes.len()),
        other => panic!("{:.200}", format!("{other:?}")),
    }
}

#[test]
fn sixteen_mib_come_back_from_one_frame_and_from_many_fragments() {
    let server = Server::start(&[]);
    let message = noise(MOST);
    let mut client = Client::connect(server.addr(), "/echo", &[]).expect("101");
    client.send_binary(&message);
    expect_binary(&mut client, &message);

    let (fragments, last) = message.split_at(MOST - 1);
    for fragment in fragments.chunks(4099) {
        client.send_fragment(Kind::Binary, fragment, Fin::More);
    }
    client.send_fragment(Kind::Binary, last, Fin::Final);
    expect_binary(&mut client, &message);
    assert!(client.end().is_clean());
}

/// A header that promises this much, and nothing of it.
fn promise(first: u8, len: usize) -> Vec<u8> {
    let mut header = vec![first, 0xFF];
    header.extend_from_slice(&(len as u64).to_be_bytes());
    header.extend_from_slice(&[0; 4]);
    header
}

#[test]
fn one_byte_more_is_1009_at_its_header() {
    let server = Server::start(&[]);
    let mut raw = Raw::connect(server.addr(), "/echo");
    raw.send(&promise(0x82, MOST + 1));
    let rest = raw.rest(PATIENCE);
    assert_eq!((rest.frames.len(), rest.close_code(), rest.end), (1, Some(1009), End::Fin));

    // The same by fragments: the one that is too much.
    let mut raw = Raw::connect(server.addr(), "/echo");
    raw.send(&Raw::frame(0x02, &vec![0; MOST - 10]));
    raw.send(&Raw::frame(0x00, &[0; 10]));
    raw.send(&Raw::frame(0x80, b"x"));
    let rest = raw.rest(PATIENCE);
    assert_eq!((rest.frames.len(), rest.close_code()), (1, Some(1009)));
}

#[test]
fn a_client_that_sends_everything_first_still_receives_1009() {
    let server = Server::start(&[]);
    let mut client = Client::connect(server.addr(), "/echo", &[]).expect("101");
    client.send_binary(&vec![0; MOST + 1]);
    match client.next(PATIENCE * 3) {
        Some(Event::Close(frame)) => assert_eq!(frame.code().0, 1009),
        other => panic!("{:.200}", format!("{other:?}")),
    }
}

#[test]
fn max_message_size_sets_the_limit() {
    let server = Server::start(&["--max-message-size", "1000"]);
    let mut client = Client::connect(server.addr(), "/echo", &[]).expect("101");
    let message = noise(1000);
    client.send_binary(&message);
    expect_binary(&mut client, &message);
    client.send_binary(&[0; 1001]);
    match client.next(PATIENCE) {
        Some(Event::Close(frame)) => assert_eq!(frame.code().0, 1009),
        other => panic!("{other:?}"),
    }
    // The other endpoints keep to it too.
    let mut raw = Raw::connect(server.addr(), "/broadcast");
    raw.send(&Raw::frame(0x82, &[0; 1001]));
    assert_eq!(raw.rest(PATIENCE).close_code(), Some(1009));
}
