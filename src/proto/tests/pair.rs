//! Both ends in memory, driven by random commands: what one sends the other returns, and both end in the same record.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;
use crate::proto::{CloseRecord, Kind};
use crate::wire::Side;
use crate::wire::ws::{CloseCode, CloseFrame, ReadyState};

#[derive(Debug, Clone)]
enum Command {
    Text(String),
    Fragment(Vec<u8>, bool),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
}

#[derive(Debug, Clone)]
enum Step {
    Do(bool, Command),
    /// At most this many bytes cross to that end.
    Cross(bool, usize),
}

fn command() -> impl Strategy<Value = Command> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..126);
    prop_oneof![
        6 => "[a-z€😀]{0,300}".prop_map(Command::Text),
        4 => (bytes(), any::<bool>()).prop_map(|(bytes, more)| Command::Fragment(bytes, more)),
        2 => bytes().prop_map(Command::Ping),
        1 => bytes().prop_map(Command::Pong),
        1 => prop::option::of((prop_oneof![Just(1000u16), 3000..5000u16], "[a-z]{0,20}")).prop_map(Command::Close),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (any::<bool>(), command()).prop_map(|(client, command)| Step::Do(client, command)),
        (any::<bool>(), 0usize..400).prop_map(|(client, most)| Step::Cross(client, most)),
    ]
}

/// One end, the bytes on the way to it, and the events it should return.
struct End {
    connection: Connection,
    incoming: VecDeque<u8>,
    incoming_eof: bool,
    expected: VecDeque<Seen>,
    /// The fragments sent from here of a message that has not ended.
    unfinished: Vec<u8>,
}

impl End {
    fn new(connection: Connection) -> Self {
        let (incoming, expected) = (VecDeque::new(), VecDeque::new());
        Self { connection, incoming, incoming_eof: false, expected, unfinished: Vec::new() }
    }

    fn execute(&mut self, command: &Command, peer: &mut Self) {
        let connection = &mut self.connection;
        let events = match command {
            Command::Text(text) => connection.send_text(text).ok().map(|()| Seen::Text(text.clone())),
            Command::Fragment(bytes, more) => {
                let fin = if *more { Fin::More } else { Fin::Final };
                let sent = connection.send_fragment(Kind::Binary, bytes, fin);
                sent.ok().and_then(|()| {
                    self.unfinished.extend_from_slice(bytes);
                    (!more).then(|| Seen::Binary(std::mem::take(&mut self.unfinished)))
                })
            }
            Command::Ping(bytes) => connection.ping(bytes).ok().map(|()| Seen::Ping(bytes.clone())),
            Command::Pong(bytes) => connection.pong(bytes).ok().map(|()| Seen::Pong(bytes.clone())),
            Command::Close(frame) => {
                let frame = frame.as_ref().map_or_else(CloseFrame::empty, |(code, reason)| {
                    CloseFrame::new(CloseCode(*code), reason)
                });
                connection.close(&frame, NOW);
                None
            }
        };
        peer.expected.extend(events);
    }

    /// Takes in up to `most` bytes of what is on the way.
    fn take_in(&mut self, most: usize) {
        let most = most.min(self.incoming.len());
        let bytes: Vec<u8> = self.incoming.drain(..most).collect();
        for seen in receive_all(&mut self.connection, &bytes) {
            match seen {
                // Pongs that answer Pings, and Closes, were not commanded.
                Seen::Pong(_) if self.expected.front() != Some(&seen) => {}
                Seen::Close(..) => self.expected.clear(),
                seen => assert_eq!(Some(seen), self.expected.pop_front()),
            }
        }
        if self.incoming_eof && self.incoming.is_empty() {
            self.connection.receive_eof();
        }
    }

    fn send_to(&mut self, peer: &mut Self) {
        let (bytes, eof) = transmit_all(&mut self.connection);
        peer.incoming.extend(bytes);
        peer.incoming_eof |= eof || self.connection.ready_state() == ReadyState::Closed;
    }
}

/// The record, independent of the side: what the client sent, what the server sent, and whether it was clean.
fn seen_from(side: Side, record: &CloseRecord) -> (Option<CloseFrame>, Option<CloseFrame>, bool) {
    let (sent, received) = (record.sent.clone(), record.received.clone());
    match side {
        Side::Client => (sent, received, record.is_clean()),
        Side::Server => (received, sent, record.is_clean()),
    }
}

proptest! {
    #[test]
    fn both_ends_end_in_the_same_close_record(
        steps in prop::collection::vec(step(), 0..60),
        last in any::<bool>(),
    ) {
        let (client, server) = pair(Config::default());
        let (mut client, mut server) = (End::new(client), End::new(server));
        for step in &steps {
            match step {
                Step::Do(true, command) => client.execute(command, &mut server),
                Step::Do(false, command) => server.execute(command, &mut client),
                Step::Cross(true, most) => client.take_in(*most),
                Step::Cross(false, most) => server.take_in(*most),
            }
            client.send_to(&mut server);
            server.send_to(&mut client);
        }
        let end = Command::Close(Some((1000, String::new())));
        if last { client.execute(&end, &mut server) } else { server.execute(&end, &mut client) }
        for _ in 0..6 {
            client.send_to(&mut server);
            server.send_to(&mut client);
            client.take_in(usize::MAX);
            server.take_in(usize::MAX);
        }
        prop_assert_eq!(client.connection.ready_state(), ReadyState::Closed);
        prop_assert_eq!(server.connection.ready_state(), ReadyState::Closed);
        let at_client = client.connection.close_record().unwrap();
        let at_server = server.connection.close_record().unwrap();
        prop_assert_eq!(seen_from(Side::Client, at_client), seen_from(Side::Server, at_server));
        prop_assert!(at_client.is_clean());
        // Who began is agreed on, unless the Closes crossed: then each end names itself.
        let crossed = at_client.first == Side::Client && at_server.first == Side::Server;
        prop_assert!(crossed || at_client.first == at_server.first);
    }
}
