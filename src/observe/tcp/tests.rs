//! RFC 9293: the table is complete, and it is the RFC's.

use std::collections::HashSet;

use super::*;

#[test]
fn every_event_in_every_state_stands_in_one_table() {
    let mut seen = HashSet::new();
    let rules = TRANSITIONS.iter().chain(IMPLIED).map(|rule| (rule.from, rule.event));
    let stays = STAYS.iter().flat_map(|(state, events, _)| events.iter().map(|event| (*state, *event)));
    for pair in rules.chain(stays) {
        assert!(seen.insert(pair), "twice: {pair:?}");
        assert_ne!(pair.1, Event::NotCaptured);
    }
    for state in State::ALL {
        for event in Event::ALL.iter().filter(|event| **event != Event::NotCaptured) {
            assert!(seen.contains(&(*state, *event)), "nowhere: {state} {event}");
        }
    }
}

#[test]
fn a_rule_changes_the_state_and_what_is_implied_knows_the_event() {
    for rule in TRANSITIONS.iter().chain(IMPLIED) {
        assert_ne!(rule.from, rule.to, "{rule:?}");
        assert_eq!(rule.rfc.0, 9293);
        assert!(rule.rfc.1.starts_with("3."));
    }
    for rule in IMPLIED {
        assert_eq!(implied(rule.to, rule.event), None, "once is enough: {rule:?}");
    }
}

/// RFC 9293 figure 5, read anew: each edge as the figure has it.
#[test]
fn section_3_3_2_figure_5() {
    use State::*;
    let figure = [
        (Closed, Listen),
        (Closed, SynSent),
        (Listen, SynReceived),
        (Listen, SynSent),
        (SynSent, SynReceived),
        (SynSent, Established),
        (SynReceived, Established),
        (SynReceived, FinWait1),
        (Established, FinWait1),
        (Established, CloseWait),
        (FinWait1, FinWait2),
        (FinWait1, Closing),
        (FinWait2, TimeWait),
        (Closing, TimeWait),
        (CloseWait, LastAck),
        (LastAck, Closed),
        (TimeWait, Closed),
        // Note 1 and note 2.
        (SynReceived, Listen),
        (FinWait1, TimeWait),
    ];
    let edges: HashSet<_> = TRANSITIONS.iter().map(|rule| (rule.from, rule.to)).collect();
    for edge in figure {
        assert!(edges.contains(&edge), "{edge:?} is missing");
    }
    // What else there is: a FIN at once (§3.10.7.4), FINs that cross as the observer sees them, and resets.
    let known: HashSet<_> =
        figure.into_iter().chain([(SynReceived, CloseWait), (CloseWait, FinWait1)]).collect();
    for rule in TRANSITIONS {
        let reset = matches!(rule.event, Event::SendRst | Event::ReceiveRst);
        assert!(
            known.contains(&(rule.from, rule.to)) || (reset && rule.to == Closed),
            "{rule:?} is not in the figure"
        );
    }
}

/// Note 3 of figure 5: a RST ends any connection, sent or received.
#[test]
fn section_3_3_2_a_reset_ends_any_connection() {
    for state in State::ALL.iter().filter(|state| !matches!(state, State::Closed | State::Listen)) {
        for event in [Event::SendRst, Event::ReceiveRst] {
            assert_eq!(rule(*state, event).map(|rule| rule.to), Some(State::Closed), "{state} {event}");
        }
    }
}

#[test]
fn section_3_3_2_all_states_can_be_reached_and_left() {
    let mut reached = HashSet::from([State::Closed]);
    for _ in State::ALL {
        reached.extend(
            TRANSITIONS
                .iter()
                .filter(|rule| reached.contains(&rule.from))
                .map(|rule| rule.to)
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(reached.len(), State::ALL.len());
    for state in State::ALL {
        assert!(TRANSITIONS.iter().any(|rule| rule.from == *state), "{state} cannot be left");
    }
}

#[test]
fn section_3_3_2_the_names() {
    let names: Vec<_> = State::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(
        names.join(" "),
        "CLOSED LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 CLOSE-WAIT CLOSING LAST-ACK TIME-WAIT"
    );
}

/// The states that a machine goes through, as a line.
fn walk(begin: State, events: &[Event]) -> String {
    let mut machine = Machine::new(begin);
    let mut line = begin.to_string();
    for event in events {
        machine.step(*event, Evidence::Captured, |rule, evidence| {
            line += if evidence == Evidence::Inferred { " ~ " } else { " " };
            line += rule.to.name();
        });
    }
    line
}

#[test]
fn section_3_5_opening() {
    use Event::*;
    assert_eq!(walk(State::Closed, &[SendSyn, SendSyn, ReceiveSynAck]), "CLOSED SYN-SENT ESTABLISHED");
    assert_eq!(
        walk(State::Listen, &[ReceiveSyn, SendSynAck, ReceiveAckOfSyn]),
        "LISTEN SYN-RECEIVED ESTABLISHED"
    );
    assert_eq!(
        walk(State::Closed, &[SendSyn, ReceiveSyn, SendSynAck, ReceiveSynAck]),
        "CLOSED SYN-SENT SYN-RECEIVED ESTABLISHED"
    );
}

#[test]
fn section_3_5_3_a_reset_sends_a_passive_opener_back_to_listen() {
    use Event::*;
    assert_eq!(walk(State::Listen, &[ReceiveSyn, ReceiveRst]), "LISTEN SYN-RECEIVED LISTEN");
    assert_eq!(
        walk(State::Closed, &[SendSyn, ReceiveSyn, ReceiveRst]),
        "CLOSED SYN-SENT SYN-RECEIVED CLOSED"
    );
    assert_eq!(walk(State::Closed, &[SendSyn, ReceiveRst]), "CLOSED SYN-SENT CLOSED");
}

#[test]
fn section_3_6_closing() {
    use Event::*;
    let closing = |events: &[Event]| walk(State::Established, events);
    assert_eq!(
        closing(&[SendFin, ReceiveAckOfFin, ReceiveFin]),
        "ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT"
    );
    assert_eq!(
        closing(&[SendFin, ReceiveFinAndAckOfFin, TwoMslPassed]),
        "ESTABLISHED FIN-WAIT-1 TIME-WAIT CLOSED"
    );
    assert_eq!(closing(&[ReceiveFin, SendFin, ReceiveAckOfFin]), "ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED");
    assert_eq!(closing(&[SendFin, ReceiveFin, ReceiveAckOfFin]), "ESTABLISHED FIN-WAIT-1 CLOSING TIME-WAIT");
    assert_eq!(
        closing(&[ReceiveFin, SendFinCrossing, ReceiveFin, ReceiveAckOfFin]),
        "ESTABLISHED CLOSE-WAIT FIN-WAIT-1 CLOSING TIME-WAIT"
    );
}

#[test]
fn a_state_that_an_event_implies_is_inferred() {
    use Event::*;
    assert_eq!(walk(State::Closed, &[SendSyn, SendData]), "CLOSED SYN-SENT ~ ESTABLISHED");
    assert_eq!(walk(State::Listen, &[ReceiveSyn, SendData]), "LISTEN SYN-RECEIVED ~ ESTABLISHED");
    assert_eq!(walk(State::Closed, &[SendSyn, SendFin]), "CLOSED SYN-SENT ~ ESTABLISHED FIN-WAIT-1");
}
