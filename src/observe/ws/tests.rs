//! RFC 6455: the table is complete, and a connection goes through it as section 7 says.

use std::collections::HashSet;

use super::*;

#[test]
fn every_event_in_every_state_stands_in_one_table() {
    let mut seen = HashSet::new();
    let rules = TRANSITIONS.iter().chain(IMPLIED).map(|rule| (rule.from, rule.event));
    for pair in
        rules.chain(STAYS.iter().flat_map(|(state, events)| events.iter().map(|event| (*state, *event))))
    {
        assert!(seen.insert(pair), "twice: {pair:?}");
    }
    for state in [ReadyState::Connecting, ReadyState::Open, ReadyState::Closing, ReadyState::Closed] {
        assert_eq!(name(state), state.to_string());
        for event in Event::ALL.iter().filter(|event| **event != Event::NotCaptured) {
            assert!(seen.contains(&(state, *event)), "nowhere: {state} {event}");
        }
    }
    for rule in TRANSITIONS.iter().chain(IMPLIED) {
        assert_ne!(rule.from, rule.to);
        assert_eq!(rule.rfc.0, 6455);
    }
    for rule in IMPLIED {
        assert_eq!(implied(rule.to, rule.event), None);
    }
}

fn walk(events: &[Event]) -> String {
    let mut machine = Machine::new(ReadyState::Connecting);
    let mut line = machine.state.to_string();
    for event in events {
        machine.step(*event, Evidence::Captured, |rule, evidence| {
            line += if evidence == Evidence::Inferred { " ~ " } else { " " };
            line += name(rule.to);
        });
    }
    line
}

#[test]
fn section_4_opening() {
    use Event::*;
    assert_eq!(walk(&[SendRequest, Receive101]), "CONNECTING OPEN");
    assert_eq!(walk(&[ReceiveRequest, Send101]), "CONNECTING OPEN");
    assert_eq!(walk(&[SendRequest, ReceiveRefusal, TcpEnded]), "CONNECTING CLOSED");
    assert_eq!(
        walk(&[SendRequest, ReceiveRefusal, SendRequest, Receive101]),
        "CONNECTING CLOSED CONNECTING OPEN"
    );
    assert_eq!(walk(&[SendRequest, ReceiveWrong101, TcpEnded]), "CONNECTING CLOSED");
    assert_eq!(walk(&[SendRequest, ReceiveWrong101, SendFrame]), "CONNECTING ~ OPEN");
}

#[test]
fn section_7_1_closing() {
    use Event::*;
    assert_eq!(walk(&[Receive101, SendClose, ReceiveClose, TcpEnded]), "CONNECTING OPEN CLOSING CLOSED");
    assert_eq!(walk(&[Receive101, ReceiveClose, SendClose, TcpEnded]), "CONNECTING OPEN CLOSING CLOSED");
    assert_eq!(walk(&[Receive101, TcpEnded, ReceiveClose]), "CONNECTING OPEN CLOSED");
}
