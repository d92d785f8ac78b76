//! In words: why it opened and closed as it did.

use super::verdict::Verdict;
use crate::explain::narrative::connection_log::{Connection, Talk};
use crate::explain::text::{Language, Story, clean, sentence, side};
use crate::observe::tcp::State;
use crate::observe::{Close, Ended, Fact, First, Flags, Layer, TcpClose};
use crate::wire::Side;
use crate::wire::ws::CloseCode;

/// The code of a Close frame, its name and the reason, with a space around as the language wants it; nothing if it has
/// none.
fn code(close: &Close, from: Side, language: Language) -> String {
    let seen = close.frames[from].as_ref();
    let Some(code) = seen.and_then(|seen| seen.code).filter(|code| *code != CloseCode::NO_STATUS) else {
        return String::new();
    };
    let name = code.name().map_or_else(String::new, |name| format!(" ({name})"));
    let reason = seen.map(|seen| seen.reason.as_str()).filter(|reason| !reason.is_empty());
    let reason = reason.map_or_else(String::new, |reason| format!(" \"{}\"", clean(reason)));
    let after = if language == Language::Zh { " " } else { "" };
    format!(" {code}{name}{reason}{after}")
}

/// What is to say about a connection that was released.
pub(in crate::explain) fn sentences(
    connection: &Connection,
    ended: &Ended,
    language: Language,
) -> Vec<String> {
    let say = |story: Story, values: &[&dyn std::fmt::Display]| sentence(&story.fill(language, values));
    let close = &ended.close;
    let is_websocket = connection.talk() == Talk::WebSocket;
    let mut all: Vec<String> = opened(connection).map(|story| say(story, &[])).into_iter().collect();
    match close.first {
        None => all.push(say(Story::StillOpen, &[])),
        Some(First { side: first, layer, packet }) => {
            let who = side(first, language);
            let peer = first.peer();
            let was_open = connection.steps.iter().any(|step| step.tcp[peer].state == State::Established);
            let story = match layer {
                Layer::WebSocket => Story::ClosedByFrame,
                Layer::Fin if is_websocket => Story::ClosedByFin,
                Layer::Fin => Story::TcpClosedByFin,
                Layer::Rst if first == Side::Server && !was_open => Story::Refused,
                Layer::Rst if is_websocket => Story::ClosedByRst,
                Layer::Rst => Story::TcpClosedByRst,
                Layer::Silence => Story::FellSilent,
            };
            if layer == Layer::WebSocket {
                all.push(say(story, &[&who, &code(close, first, language), &packet]));
                let whom = side(peer, language);
                all.push(match &close.frames[peer] {
                    Some(seen) => {
                        say(Story::AnsweredByFrame, &[&whom, &code(close, peer, language), &seen.packet])
                    }
                    None => say(Story::NotAnswered, &[&whom]),
                });
            } else {
                all.push(say(story, &[&who, &packet]));
            }
        }
    }
    all.extend(close.tcp.map(|tcp| {
        let story = match tcp {
            TcpClose::FourSegment => Story::Four,
            TcpClose::ThreeSegment => Story::Three,
            TcpClose::Simultaneous => Story::Simultaneous,
            TcpClose::HalfOpen => Story::HalfOpen,
            TcpClose::Reset => Story::Reset,
        };
        say(story, &[])
    }));
    let waits = |end: &Side| connection.steps.iter().any(|step| step.tcp[*end].state == State::TimeWait);
    let waiting: Vec<Side> = [Side::Client, Side::Server].into_iter().filter(waits).collect();
    match waiting.as_slice() {
        [end] => all.push(say(Story::TimeWait, &[&side(*end, language)])),
        [_, _] => all.push(say(Story::BothTimeWait, &[])),
        _ => {}
    }
    if is_websocket {
        all.extend(reported(close, language));
        all.extend(connection.heartbeats.sentences(language));
    }
    all.extend(Verdict::of(connection, close).map(|verdict| verdict.text(language)));
    all
}

/// Why TCP opened as it did; nothing if that was not seen.
fn opened(connection: &Connection) -> Option<Story> {
    let facts = || connection.steps.iter().flat_map(|step| &step.facts);
    if facts().any(|fact| *fact == Fact::SimultaneousOpen) {
        return Some(Story::BothOpened);
    }
    let syns = connection.steps.iter().filter(|step| step.flags.has(Flags::SYN)).count();
    let was_open = connection.steps.iter().any(|step| step.tcp.server.state == State::Established);
    (syns >= 2 && was_open).then_some(Story::ThreeToOpen)
}

/// What each end's API reports, and what the codes mean that are never sent.
fn reported(close: &Close, language: Language) -> Vec<String> {
    let mut all = Vec::new();
    for end in [Side::Client, Side::Server] {
        let Some(reported) = &close.reported[end] else { continue };
        let what = match end {
            Side::Client => format!("{} wasClean={}", reported.code, reported.was_clean),
            Side::Server => reported.code.to_string(),
        };
        all.push(sentence(&Story::Reported.fill(language, &[&side(end, language), &what])));
    }
    for (code, story) in [(CloseCode::ABNORMAL, Story::Abnormal), (CloseCode::NO_STATUS, Story::NoStatus)] {
        let both = [&close.reported.client, &close.reported.server];
        if both.into_iter().flatten().any(|reported| reported.code == code) {
            all.push(story.text(language).to_owned());
        }
    }
    all
}
