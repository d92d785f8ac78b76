//! Any file: whatever became of a capture on its way, it is explained as far as it goes, or refused in a sentence.

use std::fs;
use std::path::Path;
use std::sync::mpsc;

use serde_json::Value;

use super::path::{Capture, Explanation, explain};
use super::{run, text};
use crate::support::PATIENCE;
use crate::support::corpus;
use crate::support::temp::TempDir;

/// How often each file is harmed in each way that chance has a part in.
const ROUNDS: u64 = 60;

/// Knuth's MMIX, so that a failure comes again.
struct Random(u64);

impl Random {
    /// `seed` is in the name of the variant, so in the message of a failure too.
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// A file that was harmed.
struct Variant {
    name: String,
    bytes: Vec<u8>,
}

/// Cut at every 97th byte.
fn cuts(bytes: &[u8]) -> impl Iterator<Item = Variant> + '_ {
    let cut = |end| Variant { name: format!("cut at {end}"), bytes: bytes[..end].to_vec() };
    (0..bytes.len()).step_by(97).map(cut)
}

/// One to eight bytes are others.
fn flips(bytes: &[u8]) -> impl Iterator<Item = Variant> + '_ {
    (0..ROUNDS).map(|seed| {
        let mut random = Random::new(seed);
        let mut bytes = bytes.to_vec();
        for _ in 0..=random.below(8) {
            let at = random.below(bytes.len());
            bytes[at] ^= (1 + random.below(255)) as u8;
        }
        Variant { name: format!("flipped, seed {seed}"), bytes }
    })
}

/// Packets change places with any others, come twice, or do not come: a tenth of them in each way.
fn shuffles(bytes: &[u8]) -> impl Iterator<Item = Variant> + use<> {
    let capture = Capture::read(bytes);
    let len = capture.packets.len();
    (0..ROUNDS).map(move |seed| {
        let mut random = Random::new(seed);
        let mut places: Vec<usize> = (0..len).collect();
        for _ in 0..len.div_ceil(10) {
            let (one, other) = (random.below(places.len()), random.below(places.len()));
            places.swap(one, other);
            places.insert(random.below(places.len()), places[one]);
            places.remove(random.below(places.len()));
        }
        Variant { name: format!("shuffled, seed {seed}"), bytes: capture.of(places) }
    })
}

/// What holds of every explanation.
fn check(told: &Explanation) {
    let document: Value = serde_json::from_str(&told.json).expect("the document is JSON");
    assert_eq!(document["file"]["packets"], told.facts.packets);
    assert_eq!(document["file"]["truncated"], told.facts.truncated());
    let connections = document["connections"].as_array().unwrap();
    let count = |name: &str| -> usize {
        connections.iter().map(|connection| connection[name].as_array().unwrap().len()).sum()
    };
    assert_eq!(count("packets"), told.segments, "each packet of TCP is told once");
    assert_eq!(count("frames"), told.frames.values().map(Vec::len).sum::<usize>());
    let lines = |kind: &str| {
        let begin = format!(r#"{{"type":"{kind}","#);
        told.ndjson.lines().filter(|line| line.starts_with(&begin)).count()
    };
    assert_eq!((lines("packet"), lines("frame")), (count("packets"), count("frames")));
    assert_eq!((lines("message"), lines("transition")), (count("messages"), count("transitions")));
    assert_eq!((lines("close"), lines("file")), (connections.len(), 1));
    assert!(told.mermaid.starts_with("sequenceDiagram\n") && told.mermaid.len() < 50_000);
    assert!(!told.text.is_empty());
    // What a peer sent must not drive the terminal: colours are ours, and there is no other control character.
    let mut plain = told.text.clone();
    while let Some(begin) = plain.find("\u{1b}[") {
        let code = plain[begin + 2..].find(|it: char| !it.is_ascii_digit() && it != ';').unwrap();
        assert_eq!(plain.as_bytes()[begin + 2 + code], b'm', "{}", told.text);
        plain.replace_range(begin..begin + 3 + code, "");
    }
    let controls: String = plain.chars().filter(|it| it.is_control() && *it != '\n').collect();
    assert_eq!(controls, "", "{}", told.text);
    let is_whole = told.facts.damage.is_none();
    assert_eq!(is_whole, document["file"]["notes"].as_array().unwrap().is_empty());
}

/// Explains each variant in every way: neither panics nor hangs.
fn survive(file: &Path, variants: impl Fn(&[u8]) -> Vec<Variant> + Send + 'static) {
    let (say, said) = mpsc::channel();
    let bytes = fs::read(file).unwrap();
    let worker = std::thread::spawn(move || {
        for Variant { name, bytes } in variants(&bytes) {
            say.send(name).expect("the test listens");
            match explain(&bytes) {
                Ok(told) => check(&told),
                Err(error) => assert_eq!(error.to_string().lines().count(), 1, "one sentence: {error}"),
            }
        }
    });
    let mut last = String::new();
    loop {
        match said.recv_timeout(PATIENCE) {
            Ok(name) => last = name,
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("{} {last}: it hangs", file.display()),
        }
    }
    assert!(worker.join().is_ok(), "{} {last}: see the panic above", file.display());
}

#[test]
fn a_cut_file_is_explained_as_far_as_it_goes() {
    for file in corpus::any() {
        survive(&file, |bytes| cuts(bytes).collect());
    }
}

#[test]
fn flipped_bytes_do_no_harm() {
    for file in corpus::any() {
        survive(&file, |bytes| flips(bytes).collect());
    }
}

#[test]
fn packets_swapped_doubled_and_dropped_do_no_harm() {
    for file in corpus::any() {
        survive(&file, |bytes| shuffles(bytes).collect());
    }
}

/// The program itself, on a few of each kind: the exit code is 2 where the file is cut short or broken, and then
/// exactly one sentence says so.
#[test]
fn the_program_says_in_a_sentence_what_is_wrong() {
    let dir = TempDir::new();
    let harmed = dir.join("harmed.pcap");
    for (place, file) in corpus::any().into_iter().enumerate() {
        let bytes = fs::read(&file).unwrap();
        // Of each file other ones, so that all together show more.
        let few = |variants: Vec<Variant>| {
            let step = variants.len().div_ceil(3);
            variants.into_iter().skip(place % step).step_by(step)
        };
        let all = [cuts(&bytes).collect(), flips(&bytes).collect(), shuffles(&bytes).collect()];
        for Variant { name, bytes } in all.into_iter().flat_map(few) {
            let name = format!("{} {name}", file.display());
            fs::write(&harmed, &bytes).unwrap();
            for view in ["--json", "--mermaid", "-v"] {
                let exit = run(&[view, text(&harmed)]);
                let damage = match explain(&bytes) {
                    Ok(told) => told.facts.damage.map(|damage| damage.to_string()),
                    Err(error) => {
                        assert_eq!(exit.stdout, "", "{name}");
                        Some(error.to_string())
                    }
                };
                match damage {
                    None => assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{name}"),
                    Some(damage) => {
                        assert_eq!(exit.code, Some(2), "{name}: {}", exit.stderr);
                        let sentence = format!("wirewalk: {}: {damage}\n", harmed.display());
                        assert_eq!(exit.stderr, sentence, "{name}");
                    }
                }
            }
        }
    }
}
