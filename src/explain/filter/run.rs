//! A filter while connections go on: what was seen of each, and whether it is selected when it ends.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::SocketAddr;

use super::Filter;
use super::lexer::Operator;
use super::test::{ConnectionTest, PacketTest};
use crate::explain::findings::{Finding, Severity};
use crate::observe::{Close, Ended, Fact, Head, Observation, Preview, Reported};
use crate::wire::{PerSide, Side};

/// Something in a packet that tests look at.
#[derive(Debug)]
struct Subject<'f> {
    from: Side,
    opcode: Option<u8>,
    code: Option<u16>,
    text: Option<Cow<'f, str>>,
}

/// What was seen of a connection.
#[derive(Debug)]
struct Seen {
    ends: PerSide<SocketAddr>,
    /// A bit for each list of packet tests that something has passed.
    matched: u64,
    /// Each finding once.
    findings: Vec<(&'static str, Severity)>,
}

/// A filter at work.
#[derive(Debug)]
pub(in crate::explain) struct FilterRun {
    filter: Filter,
    open: HashMap<u64, Seen>,
}

impl FilterRun {
    pub(in crate::explain) fn new(filter: Filter) -> Self {
        Self { filter, open: HashMap::new() }
    }

    pub(in crate::explain) fn step(&mut self, step: &Observation) {
        for fact in &step.facts {
            if let Fact::Stream(about) = fact {
                let new = Seen { ends: about.ends, matched: 0, findings: Vec::new() };
                self.open.entry(step.stream).or_insert(new).ends = about.ends;
            }
        }
        let Some(seen) = self.open.get_mut(&step.stream) else { return };
        self.filter.note(seen, &Subject::packet(step.from));
        step.facts.iter().for_each(|fact| self.filter.note_fact(seen, fact));
    }

    pub(in crate::explain) fn finding(&mut self, stream: u64, finding: &Finding) {
        let Some(seen) = self.open.get_mut(&stream) else { return };
        let finding = (finding.id(), finding.severity());
        if !seen.findings.contains(&finding) {
            seen.findings.push(finding);
        }
    }

    /// Returns `true` if the connection, which has ended, is selected.
    pub(in crate::explain) fn ended(&mut self, ended: &Ended) -> bool {
        let Some(mut seen) = self.open.remove(&ended.stream) else { return false };
        ended.facts.iter().for_each(|fact| self.filter.note_fact(&mut seen, fact));
        self.filter.note_reports(&mut seen, &ended.close);
        self.filter.formula.holds(seen.matched, &|test| seen.passes(test))
    }
}

impl Subject<'_> {
    const fn packet(from: Side) -> Self {
        Self { from, opcode: None, code: None, text: None }
    }

    fn passes(&self, test: &PacketTest) -> bool {
        match test {
            PacketTest::From(operator, side) => operator.holds(&(self.from == *side), &true),
            PacketTest::Opcode(None) => self.opcode.is_some(),
            PacketTest::Opcode(Some((operator, bits))) => {
                self.opcode.is_some_and(|it| operator.holds(&it, bits))
            }
            PacketTest::Code(None) => self.code.is_some(),
            PacketTest::Code(Some((operator, code))) => self.code.is_some_and(|it| operator.holds(&it, code)),
            PacketTest::Text(None) => self.text.as_ref().is_some_and(|it| !it.is_empty()),
            PacketTest::Text(Some(part)) => {
                self.text.as_ref().is_some_and(|text| text.to_lowercase().contains(part.as_str()))
            }
        }
    }
}

impl Filter {
    fn note(&self, seen: &mut Seen, subject: &Subject<'_>) {
        for (place, tests) in self.packets.iter().enumerate() {
            if seen.matched & 1 << place == 0 && tests.iter().all(|test| subject.passes(test)) {
                seen.matched |= 1 << place;
            }
        }
    }

    fn note_fact(&self, seen: &mut Seen, fact: &Fact) {
        let subject = match fact {
            Fact::Frame(frame) => Subject {
                from: frame.from,
                opcode: Some(frame.header.opcode().bits()),
                code: frame.close_body().map(|(code, _)| code.0),
                // The two bytes of a code are no text.
                text: match frame.close_body() {
                    Some((_, reason)) => Some(String::from_utf8_lossy(reason)),
                    None => text(&frame.preview),
                },
            },
            Fact::Message(message) => Subject {
                from: message.from,
                opcode: Some(message.kind.bits()),
                code: None,
                text: text(&message.preview),
            },
            Fact::Request(request) => {
                let first = format!("{} {} {}", request.method, request.target, request.version);
                Subject { text: Some(lines(first, &request.head)), ..Subject::packet(Side::Client) }
            }
            Fact::Response(response) => {
                let first = format!("{} {} {}", response.version, response.status.0, response.phrase);
                let (text, code) = (Some(lines(first, &response.head)), Some(response.status.0));
                Subject { code, text, ..Subject::packet(Side::Server) }
            }
            Fact::Close(close) => return self.note_reports(seen, close),
            _ => return,
        };
        self.note(seen, &subject);
    }

    /// The codes that the ends' APIs report: 1006 stands in no frame.
    fn note_reports(&self, seen: &mut Seen, close: &Close) {
        for from in [Side::Client, Side::Server] {
            let code = close.reported[from].as_ref().and_then(Reported::code).map(|code| code.0);
            if code.is_some() {
                self.note(seen, &Subject { code, ..Subject::packet(from) });
            }
        }
    }
}

fn text(preview: &Preview) -> Option<Cow<'_, str>> {
    preview.text().map(Cow::Borrowed)
}

/// A head as text.
fn lines<'f>(mut head: String, Head { lines, .. }: &Head) -> Cow<'f, str> {
    for (name, value) in lines {
        let _ = write!(head, "\n{name}: {}", String::from_utf8_lossy(value));
    }
    Cow::Owned(head)
}

impl Seen {
    fn passes(&self, test: &ConnectionTest) -> bool {
        let PerSide { client, server } = self.ends;
        match test {
            ConnectionTest::Address(operator, network) => {
                let is_in = |end: SocketAddr| network.contains(&end.ip().to_canonical());
                operator.holds(&(is_in(client) || is_in(server)), &true)
            }
            ConnectionTest::Port(Operator::NotEqual, port) => {
                client.port() != *port && server.port() != *port
            }
            ConnectionTest::Port(operator, port) => {
                operator.holds(&client.port(), port) || operator.holds(&server.port(), port)
            }
            ConnectionTest::Finding(None) => !self.findings.is_empty(),
            ConnectionTest::Finding(Some((operator, id))) => {
                self.findings.iter().any(|(it, _)| operator.holds(it, id))
            }
            ConnectionTest::Severity(operator, severity) => {
                self.findings.iter().any(|(_, it)| operator.holds(it, severity))
            }
        }
    }
}
