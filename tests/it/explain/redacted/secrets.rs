//! No six bytes in a row of what was said are left, whatever was said.

use std::collections::HashSet;
use std::net::IpAddr;
use std::ops::Range;
use std::path::Path;

use wirewalk::capture::{Interface, Reader};
use wirewalk::observe::{Config, Fact, Flags, Head, Observer};
use wirewalk::wire::Side;

use super::{captures, redacted};
use crate::support::corpus;
use crate::support::temp::TempDir;

/// So many bytes in a row are no chance.
const RUN: usize = 6;

/// Headers whose values tell nothing of anybody.
const HARMLESS: [&str; 7] = [
    "upgrade",
    "connection",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "sec-websocket-version",
    "sec-websocket-extensions",
];

/// What a capture says.
#[derive(Default)]
struct Said {
    secrets: Vec<Vec<u8>>,
    /// What may stand in the copy: names, methods, phrases, harmless values.
    harmless: Vec<Vec<u8>>,
    addresses: HashSet<IpAddr>,
    payloads: Vec<((u64, Side), i64, Vec<u8>)>,
    told: Vec<((u64, Side), Range<i64>)>,
}

impl Said {
    fn of(path: &Path) -> Self {
        let mut said = Self::default();
        let mut reader = Reader::open(path).unwrap();
        let mut observer = Observer::new(Config::default());
        while let Some(packet) = reader.next_packet() {
            let Ok(segment) = packet.segment else {
                // Whatever it is: behind the addresses of the longest header of IP.
                said.secrets.push(packet.bytes.get(54..).unwrap_or_default().to_vec());
                continue;
            };
            said.addresses.extend([segment.source.ip(), segment.destination.ip()]);
            let step = observer.observe(&segment);
            let offset = step.seq + i64::from(segment.flags.has(Flags::SYN)) - 1;
            said.payloads.push(((step.stream, step.from), offset, segment.payload.to_vec()));
            said.facts(step.stream, &step.facts);
        }
        observer.finish().for_each(|ended| said.facts(ended.stream, &ended.facts));
        said.bodies();
        said
    }

    /// What is neither a head nor a frame.
    fn bodies(&mut self) {
        for (side, offset, payload) in &self.payloads {
            let is_told = |at: i64| self.told.iter().any(|(of, told)| of == side && told.contains(&at));
            let mut body = Vec::new();
            for (at, byte) in (*offset..).zip(payload) {
                if is_told(at) {
                    self.secrets.push(std::mem::take(&mut body));
                } else {
                    body.push(*byte);
                }
            }
            self.secrets.push(body);
        }
    }

    /// Bytes of a side that are looked at by themselves.
    fn tell(&mut self, side: (u64, Side), offset: u64, length: u64) {
        let begin = i64::try_from(offset).unwrap();
        self.told.push((side, begin..begin.saturating_add_unsigned(length)));
    }

    fn facts(&mut self, stream: u64, facts: &[Fact]) {
        for fact in facts {
            match fact {
                Fact::Request(request) => {
                    self.harmless.push(format!("{} {}", request.method, request.version).into_bytes());
                    self.secrets.extend(request.target.split('/').map(|part| part.as_bytes().to_vec()));
                    self.tell((stream, Side::Client), request.head.offset, request.head.length);
                    self.head(&request.head);
                }
                Fact::Response(response) => {
                    self.harmless.push(format!("{} {}", response.version, response.phrase).into_bytes());
                    self.tell((stream, Side::Server), response.head.offset, response.head.length);
                    self.head(&response.head);
                }
                Fact::Frame(frame) => {
                    let length = u64::from(frame.header_len).saturating_add(frame.header.length());
                    self.tell((stream, frame.from), frame.offset, length);
                    self.secrets.push(frame.preview.bytes().to_vec());
                }
                Fact::Message(message) => self.secrets.push(message.preview.bytes().to_vec()),
                _ => {}
            }
        }
    }

    fn head(&mut self, head: &Head) {
        // A name and its colon, and the line before it: of a head in a payload of which nothing was understood.
        self.harmless.push(head.raw.split(|byte| *byte == b':').next().unwrap_or_default().to_vec());
        for (name, value) in &head.lines {
            let mut line = format!("\r\n{name}: ").into_bytes();
            if HARMLESS.contains(&name.to_lowercase().as_str()) {
                line.extend(value);
                self.harmless.push(line);
            } else {
                self.harmless.push(line);
                self.secrets.push(value.clone());
            }
        }
    }
}

fn runs(texts: &[Vec<u8>]) -> impl Iterator<Item = &[u8]> {
    // Of one or two different bytes is padding, and what stands in its place.
    let says = |run: &&[u8]| run.iter().collect::<HashSet<_>>().len() > 2;
    texts.iter().flat_map(|text| text.windows(RUN)).filter(says)
}

/// What a copy has from its original. Its comments are made from itself.
fn left(copy: &Path) -> Vec<Vec<u8>> {
    let mut reader = Reader::open(copy).unwrap();
    let mut left = Vec::new();
    while let Some(packet) = reader.next_packet() {
        left.push(packet.bytes.to_vec());
    }
    let facts = reader.into_info();
    assert_eq!(
        (&facts.section.comments[..], &facts.section.os),
        (&["redacted by wirewalk".to_owned()][..], &None)
    );
    assert_eq!((facts.names.len(), facts.secrets.len(), &facts.section.hardware), (0, 0, &None));
    for (place, interface) in facts.interfaces.into_iter().enumerate() {
        let expected = Interface {
            snaplen: interface.snaplen,
            name: Some(format!("if{place}")),
            ..Interface::new(interface.link)
        };
        assert_eq!(interface, expected);
    }
    left
}

#[test]
fn no_run_of_a_secret_is_left() {
    let dir = TempDir::new();
    let copy = dir.join("copy.pcapng");
    let mut looked_for = 0;
    for file in captures() {
        let said = Said::of(&file);
        redacted(&file, &copy);
        let harmless: HashSet<&[u8]> = runs(&said.harmless).collect();
        let left = left(&copy);
        let left: HashSet<&[u8]> = left.iter().flat_map(|bytes| bytes.windows(RUN)).collect();
        for run in runs(&said.secrets) {
            looked_for += 1;
            let is_left = left.contains(run) && !harmless.contains(run);
            assert!(!is_left, "{}: {:?}", file.display(), String::from_utf8_lossy(run));
        }
        for address in &Said::of(&copy).addresses {
            let text = address.to_string();
            let examples = ["192.0.2.", "198.51.100.", "127.0.0.", "2001:db8::", "::1"];
            assert!(examples.iter().any(|begin| text.starts_with(begin)), "{text}");
        }
    }
    println!("{looked_for} runs of {RUN} bytes looked for, none found");
    // Those that are committed have few.
    let least = if corpus::of_others().is_empty() { 0 } else { 10_000 };
    assert!(looked_for > least);
}
