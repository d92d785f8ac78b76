//! RFC 9293 §3.4: however two streams of bytes are cut, shuffled and repeated, what is read from them is the same.

use proptest::prelude::*;

use super::*;

/// The facts, without the packets that showed them.
fn said(facts: &[Fact]) -> Vec<String> {
    let mut lines: Vec<_> = facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::Request(one) => Some(format!("request {} at {}", one.target, one.head.offset)),
            Fact::Response(one) => Some(format!("response {} at {}", one.status.0, one.head.offset)),
            Fact::Frame(one) => Some(format!(
                "{} frame at {} {:?} {:?} {:?} {} {:?} {:?}",
                one.from,
                one.offset,
                one.header,
                one.part,
                one.payload_sha256,
                one.missing,
                one.preview,
                one.evidence
            )),
            Fact::Message(one) => Some(format!(
                "{} message {} {} {:?} {:?} {:?}",
                one.from, one.kind, one.length, one.end, one.sha256, one.text
            )),
            // Which frame is open at the other side's Close depends on the order.
            Fact::Stream(_) | Fact::OpenFrame(_) | Fact::Close(_) => None,
            other => Some(format!("{other:?}")),
        })
        .collect();
    // Each side's in its own order: which side's frame is whole first may differ.
    lines.sort_by_key(|line| line.starts_with("server") || line.starts_with("response"));
    lines
}

/// Both sides' bytes after the handshake.
fn conversation() -> PerSide<Vec<u8>> {
    let client = [
        REQUEST.to_vec(),
        text(Client, "hello"),
        frame(Client, Fin::More, Opcode::BINARY, &[7; 300]),
        frame(Client, Fin::Final, Opcode::PING, b"?"),
        frame(Client, Fin::Final, Opcode::CONTINUATION, &[8; 70]),
        close(Client, 1000),
    ];
    let server = [
        RESPONSE.to_vec(),
        text(Server, &"long ".repeat(100)),
        frame(Server, Fin::Final, Opcode::PONG, b"?"),
        text(Server, "grüß dich"),
        close(Server, 1000),
    ];
    PerSide { client: client.concat(), server: server.concat() }
}

/// A part of one side's bytes.
#[derive(Debug, Clone)]
struct Cut {
    from: Side,
    at: std::ops::Range<usize>,
}

/// Both sides cut anywhere; shuffled within a distance, some repeated with other bounds.
fn cuts() -> impl Strategy<Value = Vec<Cut>> {
    let bytes = conversation();
    let sides = [Client, Server].map(|from| {
        let len = bytes[from].len();
        prop::collection::vec(1..len, 0..25).prop_map(move |mut ends| {
            ends.extend([0, len]);
            ends.sort_unstable();
            ends.dedup();
            ends.windows(2).map(|pair| Cut { from, at: pair[0]..pair[1] }).collect::<Vec<_>>()
        })
    });
    let [client, server] = sides;
    (client, server, prop::collection::vec((any::<prop::sample::Index>(), 0usize..60, 0usize..30), 0..15))
        .prop_map(|(client, server, repeats)| {
            let mut all = [client, server].concat();
            for (which, grow, shrink) in repeats {
                let mut again = which.get(&all).clone();
                again.at.start = again.at.start.saturating_sub(grow);
                again.at.end = (again.at.end - shrink.min(again.at.len() / 2)).max(again.at.start + 1);
                all.push(again);
            }
            all
        })
        .prop_shuffle()
}

/// The facts if these parts come in this order, with the first sequence numbers `isn`.
fn hear(cuts: &[Cut], isn: PerSide<u32>) -> (Vec<String>, Ended) {
    let bytes = conversation();
    let mut wire = Wire::new();
    wire.script.isn = isn;
    wire.shake_hands();
    let mut facts = Vec::new();
    for Cut { from, at } in cuts {
        let step = wire.put(*from, ACK, (1 + at.start as i64, 1), &bytes[*from][at.clone()]);
        assert!(wire.observer().memory() < 100_000);
        facts.extend(step.facts.into_iter().filter(|fact| !matches!(fact, Fact::Overlap(_))));
    }
    let ended = wire.end();
    facts.extend(ended.facts.clone());
    (said(&facts), ended)
}

const ISN: PerSide<u32> = PerSide { client: 1000, server: u32::MAX - 2 };

fn in_order() -> Vec<String> {
    let bytes = conversation();
    let whole = |from: Side| Cut { from, at: 0..bytes[from].len() };
    let (lines, _) = hear(&[whole(Client), whole(Server)], ISN);
    assert_eq!(lines.len(), 15, "{lines:#?}");
    lines
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_cut_any_order_any_repetition_says_the_same(cuts in cuts()) {
        prop_assert_eq!(hear(&cuts, ISN).0, in_order());
    }

    #[test]
    fn bytes_that_never_come_are_holes_and_the_rest_is_read(cuts in cuts(), lost in any::<prop::sample::Index>()) {
        let mut cuts = cuts;
        let lost = cuts.remove(lost.index(cuts.len()));
        let (lines, _) = hear(&cuts, ISN);
        let whole = in_order();
        // Nothing is invented: each line that speaks of whole things, and does not infer, is one of the whole
        // conversation. A message is only as good as its frames.
        if lines.iter().any(|line| line.contains("Inferred") || line.contains("Resync")) {
            return Ok(());
        }
        for line in &lines {
            let is_whole = !["Gap", "LostSync", "Opaque", "NotReached", "None"].iter().any(|mark| line.contains(mark));
            prop_assert!(!is_whole || whole.contains(line), "{line} without {lost:?}");
        }
    }
}

#[test]
fn sequence_numbers_may_wrap_at_every_byte() {
    let expected = in_order();
    let bytes = conversation();
    let cuts: Vec<_> = [Client, Server]
        .into_iter()
        .flat_map(|from| {
            let len = bytes[from].len();
            (0..len).step_by(50).map(move |start| Cut { from, at: start..(start + 50).min(len) })
        })
        .collect();
    // Two neighbours change places, so that the order is not the trivial one.
    let swapped: Vec<_> = cuts.chunks(2).flat_map(|pair| pair.iter().rev().cloned()).collect();
    for back in 0..1000 {
        let isn = PerSide { client: u32::MAX - back, server: u32::MAX - back };
        assert_eq!(hear(&swapped, isn).0, expected, "wraps after {back} bytes");
    }
}

#[test]
fn a_frame_lists_the_packets_that_carry_its_bytes() {
    let mut wire = Wire::websocket();
    let (seq, ack) = (wire.script.next.client, wire.script.expects.client);
    let data = text(Client, "0123456789");
    wire.put(Client, ACK, (seq + 10, ack), &data[10..]);
    wire.put(Client, ACK, (seq + 10, ack), &data[10..]);
    wire.put(Client, ACK, (seq + 4, ack), &data[4..10]);
    let step = wire.put(Client, ACK, (seq, ack), &data);
    let [one] = frames(&step.facts)[..] else { panic!("{:?}", step.facts) };
    assert_eq!(one.packets.iter().collect::<Vec<_>>(), [9, 8, 6], "the repetition brought nothing");
}
