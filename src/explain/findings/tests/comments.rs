//! Findings in the comments of packets that are written while they come.

use std::io;

use super::conversation::Conversation;
use crate::explain::findings::Finding;
use crate::explain::text::Language;
use crate::explain::{Comments, File, View};
use crate::observe::{Checksum, Ended, Observation};
use crate::wire::Side::{Client, Server};

/// A view that takes the comments of each packet before the next one comes.
struct LiveComments {
    comments: Comments,
    pending: Option<u64>,
    /// Findings with their packets; without one, after the last packet.
    taken: Vec<(Option<u64>, String)>,
}

impl LiveComments {
    fn take(&mut self) {
        let Some(packet) = self.pending.take() else { return };
        let found =
            self.comments.next_comments(packet).into_iter().filter(|it| !it.starts_with("[wirewalk] "));
        self.taken.extend(found.map(|it| (Some(packet), it.into_owned())));
    }
}

impl View for LiveComments {
    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.take();
        self.pending = Some(step.number);
        self.comments.step(step)
    }

    fn finding(&mut self, stream: u64, found: &Finding) -> io::Result<()> {
        // Found at the end of a connection, after its last packet was taken.
        if found.id() == "X02" {
            self.take();
        }
        self.comments.finding(stream, found)
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.take();
        self.comments.ended(ended)
    }

    fn finish(&mut self, _: &File) -> io::Result<()> {
        self.take();
        self.taken.extend(self.comments.rest().into_iter().map(|it| (None, it)));
        Ok(())
    }
}

/// Packets and texts of the comments that begin so; `None`: after the last packet.
fn comments(conversation: &Conversation, begin: &str) -> Vec<(Option<u64>, String)> {
    let mut live = LiveComments { comments: Comments::new(Language::En), pending: None, taken: Vec::new() };
    conversation.show(&mut live);
    live.taken.retain(|(_, comment)| comment.starts_with(begin));
    live.taken
}

#[test]
fn a_finding_is_on_its_packet_or_on_the_next_one() {
    let packets = |comments: Vec<(Option<u64>, String)>| {
        comments.into_iter().map(|(packet, _)| packet).collect::<Vec<_>>()
    };
    let bad = Conversation::websocket().frame(Client, 0x83, b"x");
    assert_eq!(packets(comments(&bad.clone().closed(), "[wirewalk F04] The client's frame 0")), [Some(6)]);

    // Checksums are reported at the end of a connection, which has no packet left: the comment is on another connection.
    let wrong = Conversation::default().checksum(Checksum::Wrong).then(Conversation::websocket().closed());
    let late = comments(
        &wrong.clone().wait_s(100).connection(50_001).then(Conversation::websocket()),
        "[wirewalk X02]",
    );
    let [(Some(12), first), (Some(12), second), (None, of_other), (None, _)] = &late[..] else {
        panic!("{late:?}")
    };
    for (comment, packet, count) in [(first, 1, "6 of the 6"), (second, 2, "5 of the 5")] {
        let begin = format!(
            "[wirewalk X02] of a connection that has ended (tcp.stream 0, packet {packet}): {count} packets"
        );
        assert!(comment.starts_with(&begin), "{comment}");
    }
    assert!(of_other.contains("(tcp.stream 1, packet 12)"), "{of_other}");
    assert_eq!(packets(comments(&wrong, "[wirewalk X02]")), [None, None]);
}

#[test]
fn rebuilt_packets_have_no_finding_of_their_own() {
    assert_eq!(comments(&Conversation::websocket().closed().rebuilt(), "[wirewalk X10]"), []);
}

#[test]
fn findings_without_room_are_counted() {
    let many = (0..100).fold(Conversation::default(), |conversation, place| {
        conversation.connection(50_000 + place).then(Conversation::tcp().data(Server, b"SSH-2.0-a\r\n"))
    });
    let rest = comments(&Conversation::default().checksum(Checksum::Wrong).then(many), "[wirewalk");
    let rest: Vec<_> = rest.iter().filter(|(packet, _)| packet.is_none()).collect();
    assert_eq!(rest.len(), 65);
    assert_eq!(rest[64].1, "[wirewalk] and 136 more findings, for which there was no room");
}
