//! The ladder, as it is printed.

use std::io::Cursor;

use super::{Detail, Glyphs, Ladder, LadderStyle};
use crate::explain::findings::{File, FindingText, Severity};
use crate::explain::testing::{ObservedCapture, chatter, corrected, opened_and_reset};
use crate::explain::text::Language;
use crate::explain::views::{Overview, View as _};
use crate::observe::{Evidence, Fact, Marks, Observation};
use crate::wire::Side;

fn coloured(capture: &ObservedCapture, looks: LadderStyle) -> String {
    let mut out = Vec::new();
    let mut overview = Overview::new(looks.language, None);
    capture.show(&mut overview);
    capture.show(&mut Ladder::new(&mut out, looks, overview, Cursor::new(Vec::new())));
    String::from_utf8(out).unwrap()
}

fn printed(capture: &ObservedCapture, looks: LadderStyle) -> String {
    anstream::adapter::strip_str(&coloured(capture, looks)).to_string()
}

fn has_lines(text: &str, lines: &[&str]) {
    let mut rest = text.lines();
    for line in lines {
        assert!(rest.any(|it| it == *line), "in this order: {line}\n{text}");
    }
}

#[test]
fn states_stand_beside_the_arrows() {
    let text = printed(&opened_and_reset(), LadderStyle::default());
    has_lines(
        &text,
        &[
            "Connection 0  CLIENT 10.0.0.1:50000 → SERVER 10.0.0.2:8080",
            "  7 packets in 58.9 s; messages: 0 from the client, 0 from the server; path /ws",
            "      # t          Δt         CLIENT                                                  SERVER",
            "                              CLOSED                                                  LISTEN",
            "── OPEN (three-way handshake) ──────────────────────────────────────────────────────────────────────",
            "      1 0.000000              SYN-SENT       ──SYN seq=0 mss=1460 ws=128 win=64240──▶ SYN-RECEIVED",
            "      2 0.000041   +41.0 µs   ESTABLISHED    ◀─SYN,ACK seq=0 ack=1 mss=1460 …────────",
            "      3 0.000049   +8.0 µs                   ┄┄ACK seq=1 ack=1┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▶ ESTABLISHED",
            "      6 0.000879   +600.0 µs  ws OPEN        ◀─101 Switching Protocols  Accept ✓───── ws OPEN",
            "                                         ⋮ 58.9 s silence ⋮",
            "      7 58.900879  +58.9 s    CLOSED         ◀─╳RST,ACK seq=91 ack=121─────────────── CLOSED",
        ],
    );
    assert!(text.contains("SHA-1 of both       b3 7a 4f 2c c0 62 4f 16 90 f6 46 06 cf 38 59 45 b2 be c4 ea"));
    assert!(text.contains("The server ended the connection with a RST in packet 7"));
    assert_eq!(printed(&corrected(), LadderStyle::default()), text);
}

#[test]
fn frames_and_segments_are_tied_together() {
    let text = printed(&chatter(1), LadderStyle::default());
    let gutters: Vec<(&str, String)> = text
        .lines()
        .filter(|line| line.contains('═') || line.contains("part"))
        .map(|line| {
            (line.split_once(char::is_numeric).map_or("", |(gutter, _)| gutter).trim(), line.to_owned())
        })
        .collect();
    let with = |gutter: &str, label: &str| {
        assert!(
            gutters.iter().any(|(it, line)| it.starts_with(gutter) && line.contains(label)),
            "{gutter}\n{text}"
        );
    };
    with("╭", "4 B, part 1 of 3 of TEXT");
    with("├", "2 B, part 2 of 3 of TEXT");
    with("╰┌", "TEXT \"message 0\" 9 B");
    assert!(
        text.lines().any(|line| line.starts_with(" └") && line.contains("═CLOSE 1000 \"bye; <b> \" 11 B")),
        "{text}"
    );
    assert!(text.contains("TCP closed with three segments."), "{text}");
    assert!(text.contains("TCP may close with three segments, not four"), "{text}");
    assert!(text.contains("its Close frame 1000 (Normal Closure) \"bye; <b> \" is in packet 9."), "{text}");
    assert!(text.contains("stays in TIME-WAIT for 2 MSL"), "{text}");
    assert!(text.contains("The client's API reports 1000 wasClean=true."), "{text}");
    assert!(text.contains("reassembled PDU"), "{text}");
    assert!(text.contains("┄┄+2 ACKs #10…11 ack=151…154┄"), "{text}");
}

#[test]
fn headers_are_shown_bit_by_bit_on_request() {
    let text = printed(&chatter(1), LadderStyle { detail: Detail::Bits, ..LadderStyle::default() });
    for line in [
        "0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1",
        "+-+-----+-------+-+-------------+-------------------------------+",
        "|F| RSV |opcode |M|   length    |          masking key          |",
        "|1|0 0 0|0 0 0 1|1|0 0 0 1 0 0 1|0 0 0 0 0 0 0 1 0 0 0 0 0 0 1 0|",
        "|         … masking key         |",
        "|0 0 0 0 0 0 1 1 0 0 0 0 0 1 0 0|",
        "byte 0      81 = 1 000 0001          FIN=1 RSV=000 opcode=0x1 (text)",
        "byte 1      89 = 1 0001001           MASK=1 length=9",
        "bytes 2–5   01 02 03 04              masking key",
        "unmasked: each byte ⊕ key[i mod 4] (RFC 6455 §5.3)",
        "6c 67 70 77 60 65 66 24 31",
        "⊕ 01 02 03 04 01 02 03 04 01",
        "= 6d 65 73 73 61 67 65 20 30",
        "m  e  s  s  a  g  e     0   as text",
        "payload: \"message 0\"",
    ] {
        assert!(text.lines().any(|it| it.trim() == line.trim()), "{line}\n{text}");
    }
}

#[test]
fn ladders_are_drawn_in_chinese_and_in_ascii() {
    let text = printed(&chatter(1), LadderStyle { language: Language::Zh, ..LadderStyle::default() });
    assert!(text.contains("── OPEN（三次握手） ─") && text.contains("解读"), "{text}");
    assert!(text.contains("TEXT 的第 1/3 段"), "{text}");
    let ascii = printed(&chatter(1), LadderStyle { glyphs: Glyphs::Ascii, ..LadderStyle::default() });
    assert!(ascii.is_ascii(), "{:?}", ascii.chars().find(|it| !it.is_ascii()));
    assert!(ascii.contains("--SYN seq=0 mss=1460 ws=128 win=64240--> SYN-RECEIVED"), "{ascii}");
}

#[test]
fn tokens_are_glossed_once_and_states_too() {
    let text = printed(&chatter(1), LadderStyle { language: Language::Zh, ..LadderStyle::default() });
    for gloss in
        ["FIN-WAIT-1(等待对方确认 FIN)", "SYN              同步", "ack              期望的下一个字节"]
    {
        assert_eq!(text.matches(gloss).count(), 1, "{gloss}\n{text}");
    }
    let ObservedCapture { steps, ended } = chatter(1);
    let (mut again, last) = (chatter(1), steps.len() as u64);
    again.steps.iter_mut().for_each(|step| (step.stream, step.number) = (1, step.number + last));
    again.ended.iter_mut().for_each(|ended| ended.stream = 1);
    let two = ObservedCapture {
        steps: steps.into_iter().chain(again.steps).collect(),
        ended: ended.into_iter().chain(again.ended).collect(),
    };
    let text = printed(&two, LadderStyle::default());
    assert_eq!(text.matches("Connection ").count(), 2);
    assert_eq!(text.matches("TIME-WAIT        closed first").count(), 1, "{text}");
    assert_eq!(text.matches("TCP opens with three segments").count(), 1, "a lesson is given once: {text}");
    assert_eq!(text.matches("TCP closed with").count(), 2, "what happened is said of each: {text}");
    assert_eq!(text.lines().filter(|line| *line == "Words").count(), 1, "{text}");
}

#[test]
fn a_later_connection_says_when_it_begins() {
    let mut out = Vec::new();
    let capture = opened_and_reset();
    let mut overview = Overview::default();
    capture.show(&mut overview);
    let mut ladder = Ladder::new(&mut out, LadderStyle::default(), overview, Cursor::new(Vec::new()));
    ladder.begins(capture.steps[0].time_ns - 1_234_567_000);
    capture.show(&mut ladder);
    let text = anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string();
    assert_eq!(
        text.lines().next(),
        Some(
            "Connection 0  CLIENT 10.0.0.1:50000 → SERVER 10.0.0.2:8080, begins 1.234567 s into the capture"
        )
    );
}

#[test]
fn rebuilt_and_inferred_states_have_different_marks() {
    let mut capture = opened_and_reset();
    for step in &mut capture.steps[..2] {
        step.evidence = Evidence::Rebuilt;
        step.tcp.client.evidence = Evidence::Rebuilt;
        step.tcp.server.evidence = Evidence::Inferred;
    }
    let text = printed(&capture, LadderStyle::default());
    has_lines(
        &text,
        &[
            "  Packets and states marked * were not captured: they were rebuilt from what a socket told.",
            "     *1 0.000000              SYN-SENT*      ──SYN seq=0 mss=1460 ws=128 win=64240──▶ SYN-RECEIVED?",
            "     *2 0.000041   +41.0 µs   ESTABLISHED*   ◀─SYN,ACK seq=0 ack=1 mss=1460 …────────",
        ],
    );
}

#[test]
fn acknowledgments_are_folded_one_way_and_not_over_a_silence() {
    let mut capture = opened_and_reset();
    let ack =
        Observation { number: 5, transitions: Vec::new(), facts: Vec::new(), ..capture.steps[4].clone() };
    // Packet 5 three times, twice at once and once after a silence; then one the other way.
    let later = Observation { time_ns: ack.time_ns + 2_000_000_000, ..ack.clone() };
    let other = Observation { from: Side::Client, time_ns: later.time_ns, ..ack.clone() };
    for (place, step) in [(5, ack), (6, later), (7, other)] {
        capture.steps.insert(place, step);
    }
    let text = printed(&capture, LadderStyle::default());
    let acks: Vec<&str> = text.lines().filter(|line| line.contains('┄') || line.contains('⋮')).collect();
    assert_eq!(acks.len(), 6, "{text}");
    for (line, part) in
        acks[1..].iter().zip(["◀┄+2 ACKs #5…5 ack=121…121", "⋮ 2.0 s", "◀┄ACK", "┄┄ACK", "⋮ 58.9 s"])
    {
        assert!(line.contains(part) || part == "⋮ 58.9 s", "{part}\n{text}");
    }
}

#[test]
fn a_connection_that_is_no_websocket_shows_no_websocket_state() {
    let mut capture = opened_and_reset();
    for step in &mut capture.steps {
        step.facts.retain(|fact| matches!(fact, Fact::Stream(_)));
    }
    let text = printed(&capture, LadderStyle::default());
    assert!(!text.contains("ws OPEN") && !text.contains("UPGRADE") && !text.contains("API"), "{text}");
    assert!(text.contains("── DATA (not read as WebSocket) ─"), "{text}");
    assert!(text.contains("The server ended the connection with a RST in packet 7: no FIN."), "{text}");
}

#[test]
fn marks_are_in_the_language() {
    let marked = |marks, language| {
        let mut capture = opened_and_reset();
        capture.steps[3].marks = marks;
        printed(&capture, LadderStyle { language, ..LadderStyle::default() })
    };
    for (mark, en, zh) in [
        (Marks::RETRANSMISSION, "──✕ sent again: GET", "──✕ 重传: GET"),
        (Marks::LOST_SEGMENT, "──✕ lost before it: GET", "──✕ 此前有丢失: GET"),
        (Marks::OUT_OF_ORDER, "──⚠ out of order: GET", "──⚠ 乱序: GET"),
    ] {
        assert!(marked(mark, Language::En).contains(en), "{en}");
        assert!(marked(mark, Language::Zh).contains(zh), "{zh}");
    }
}

#[test]
fn a_reset_that_is_ignored_closes_nothing() {
    let mut capture = opened_and_reset();
    let last = capture.steps.last_mut().unwrap();
    (last.marks, last.transitions) = (Marks::OUT_OF_WINDOW, Vec::new());
    let text = printed(&capture, LadderStyle::default());
    assert!(text.contains("◀─⚠ out of window: ╳RST,ACK seq=91"), "{text}");
    assert!(!text.contains("── TCP CLOSE"), "{text}");
}

#[test]
fn findings_of_the_file_stand_at_the_end() {
    let mut out = Vec::new();
    let mut ladder =
        Ladder::new(&mut out, LadderStyle::default(), Overview::default(), Cursor::new(Vec::new()));
    let notes =
        vec![FindingText::of_file(Severity::Info, Some(3), "not TCP: protocol 17 (packet 3)".to_owned())];
    ladder.finish(&File { notes, ..File::default() }).unwrap();
    let text = anstream::adapter::strip_str(std::str::from_utf8(&out).unwrap()).to_string();
    assert!(
        text.ends_with("What is odd about the file\n  ℹ X00 not TCP: protocol 17 (packet 3)\n"),
        "{text}"
    );
}

#[test]
fn colour_is_for_the_writer_to_strip() {
    let text = coloured(&opened_and_reset(), LadderStyle::default());
    assert!(text.lines().any(|line| line.contains("\u{1b}[1m\u{1b}[31m") && line.contains("╳RST")), "{text}");
    assert!(!printed(&chatter(1), LadderStyle::default()).contains('\u{1b}'));
}
