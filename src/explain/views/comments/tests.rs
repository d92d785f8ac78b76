//! Comments, as they stand on packets.

use super::{Comments, Language, PREFIX, View as _};
use crate::explain::testing::{ObservedCapture, chatter, corrected, opened_and_reset};
use crate::observe::{Fact, Marks};

/// The comments of all packets, observed so far ahead.
fn commented(capture: &ObservedCapture, ahead: usize, language: Language) -> Vec<Vec<String>> {
    let mut comments = Comments::new(language);
    let mut steps = capture.steps.iter();
    let mut observed = 0;
    let mut all = Vec::new();
    for packet in 1..=capture.steps.len() {
        while observed < packet + ahead {
            let Some(step) = steps.next() else { break };
            comments.step(step).unwrap();
            observed += 1;
            if observed == capture.steps.len() {
                capture.ended.iter().for_each(|ended| comments.ended(ended).unwrap());
            }
        }
        let taken = comments.next_comments(packet as u64);
        let bare = |comment: &str| comment.strip_prefix(PREFIX).expect("whose it is").to_owned();
        all.push(taken.iter().map(|comment| bare(comment)).collect());
    }
    assert!(comments.streams.is_empty() && comments.waiting.is_empty(), "nothing is kept");
    all
}

#[test]
fn each_packet_says_what_it_does() {
    let all = commented(&opened_and_reset(), 100, Language::En);
    assert_eq!(
        all[0],
        [
            "OPEN begins, the three-way handshake: both ends announce and acknowledge their initial sequence numbers",
            "client TCP: CLOSED → SYN-SENT (sends SYN, RFC 9293 §3.5)",
            "server TCP: LISTEN → SYN-RECEIVED (receives SYN, RFC 9293 §3.5)",
        ]
    );
    assert_eq!(all[4], Vec::<String>::new(), "a pure ACK needs no word");
    let has = |packet: usize, text: &str| {
        assert!(
            all[packet - 1].iter().any(|comment| comment.contains(text)),
            "{text}: {:?}",
            all[packet - 1]
        );
    };
    has(4, "request head: GET /ws");
    has(4, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    has(6, "accept key right: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    has(6, "server WebSocket: CONNECTING → OPEN (sends 101, RFC 6455 §4.1)");
    has(7, "58.9 s of silence before it");
    has(7, "server ends the connection with a RST");
    assert_eq!(commented(&corrected(), 100, Language::En)[1..], all[1..]);
}

#[test]
fn a_wrong_accept_key_says_what_was_expected() {
    let mut capture = opened_and_reset();
    for fact in &mut capture.steps[5].facts {
        if let Fact::Response(response) = fact {
            response.upgrade.as_mut().unwrap().accept = Some("bm90IHRoZSByaWdodCBvbmU=".to_owned());
        }
    }
    let all = commented(&capture, 100, Language::En);
    let wrong =
        "accept key wrong: bm90IHRoZSByaWdodCBvbmU= was sent, s3pPLMBiTxaQ9kYGzzhZRbK+xOo= is expected";
    assert!(all[5].iter().any(|comment| comment.starts_with(wrong)), "{:?}", all[5]);
}

#[test]
fn segments_of_a_frame_have_their_part_number() {
    let all = commented(&chatter(1), 100, Language::En);
    assert!(
        all[5].contains(&"frame: TEXT FIN=1, 9 B, masked with 01020304, payload \"message 0\"".to_owned()),
        "{:?}",
        all[5]
    );
    assert_eq!(all[6], ["part 1 of 3 of a TEXT frame of 9 B"]);
    assert_eq!(all[7], ["part 2 of 3 of a TEXT frame of 9 B"]);
    let last = [
        "2 frames in this segment",
        "frame ends here, over 3 segments: TEXT FIN=1, 9 B, not masked, payload \"message 0\"",
        "frame: CLOSE FIN=1, 11 B, not masked",
        "close code 1000 (Normal Closure)",
        "close reason: bye; <b> ",
        "server closes first, with a Close frame",
    ];
    assert_eq!(all[8][1..7], last, "after the phase: {:?}", all[8]);
}

#[test]
fn time_wait_stands_on_the_last_ack() {
    let all = commented(&chatter(1), 100, Language::En);
    let waits = "server now waits 2 MSL in TIME-WAIT (60 s on Linux)";
    let shown: Vec<usize> = (0..all.len())
        .filter(|packet| all[*packet].iter().any(|comment| comment.starts_with(waits)))
        .collect();
    assert_eq!(shown, [all.len() - 1]);
    let all = commented(&chatter(1), 100, Language::Zh);
    assert!(all[all.len() - 1].iter().any(|comment| comment.contains("Linux 上 60 秒")), "{:?}", all.last());
}

#[test]
fn a_frame_longer_than_the_lookahead_is_commented_by_what_is_known() {
    let all = commented(&chatter(1), 0, Language::En);
    assert_eq!(all[6], ["4 B of a frame or head that is too long to count its parts"]);
    assert!(
        all[8].iter().any(|comment| comment.starts_with("frame ends here, over 3 segments")),
        "{:?}",
        all[8]
    );
    // All that is not about the future is the same.
    let whole = commented(&chatter(1), 100, Language::En);
    assert_eq!(all[..6], whole[..6]);
    assert_eq!(all[8..], whole[8..]);
}

#[test]
fn marks_are_explained() {
    let mut capture = opened_and_reset();
    capture.steps[4].marks = Marks::DUPLICATE_ACK;
    assert_eq!(commented(&capture, 100, Language::En)[4], ["duplicate ACK: repeats an acknowledgment"]);
    assert_eq!(commented(&capture, 100, Language::Zh)[4], ["重复 ACK：再次确认同一位置"]);
}

#[test]
fn skipped_packets_free_their_memory() {
    let mut comments = Comments::new(Language::En);
    let capture = chatter(3);
    capture.steps.iter().for_each(|step| comments.step(step).unwrap());
    capture.ended.iter().for_each(|ended| comments.ended(ended).unwrap());
    assert!(comments.next_comments(1_000).is_empty());
    assert!(comments.streams.is_empty() && comments.waiting.is_empty());
}
