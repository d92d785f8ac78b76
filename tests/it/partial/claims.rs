//! The claims that `explain` makes of a capture, as values.

use serde_json::Value;
use wirewalk::explain::{File, NdjsonWriter, Pipeline, Settings};

use super::harm::Packet;

/// Findings that claim an absence, or who was first, though they are only information.
const CLAIMS: [&str; 6] = ["C08", "F16", "H16", "T10", "T11", "L04"];

/// The claims about one connection.
#[derive(Debug, Default)]
pub(super) struct Claims {
    connections: usize,
    findings: Vec<Value>,
    /// Sender, opcode, FIN and length of each frame.
    frames: Vec<String>,
    messages: Vec<String>,
    close: Value,
}

impl Claims {
    pub(super) fn of(packets: &[Packet]) -> Self {
        let mut lines = Vec::new();
        let mut pipeline = Pipeline::new(&Settings::default(), NdjsonWriter::new(&mut lines));
        for packet in packets {
            pipeline.packet(&packet.raw()).unwrap();
        }
        pipeline.finish(|_| File::default()).unwrap();
        drop(pipeline);
        let mut claims = Self::default();
        for line in String::from_utf8(lines).unwrap().lines() {
            let object: Value = serde_json::from_str(line).unwrap();
            let of =
                |keys: &[&str]| keys.iter().map(|key| object[key].to_string()).collect::<Vec<_>>().join(" ");
            match object["type"].as_str().unwrap() {
                "finding" => claims.findings.push(object),
                "frame" => claims.frames.push(of(&["from", "opcode", "fin", "length"])),
                "message" if !object["length"].is_null() => {
                    claims.messages.push(of(&["from", "kind", "length"]));
                }
                "close" => {
                    claims.connections += 1;
                    claims.close = object;
                }
                _ => {}
            }
        }
        claims
    }

    /// Returns `true` for one connection that closed in order and of which nothing bad was found.
    pub(super) fn is_healthy(&self) -> bool {
        let is_bad = |finding: &&Value| finding["severity"] != "info";
        self.connections == 1 && self.close["clean"] == true && !self.findings.iter().any(|it| is_bad(&it))
    }

    pub(super) fn has_unknown_report(&self) -> bool {
        let is_unknown = |side| self.report(side).is_some_and(|report| report.contains("unknown"));
        is_unknown("client") || is_unknown("server")
    }

    fn report(&self, side: &str) -> Option<&str> {
        self.close["reported"][side].as_str()
    }

    /// The claims that the whole capture contradicts.
    pub(super) fn contradictions(&self, whole: &Self) -> Vec<String> {
        let mut all = Vec::new();
        let has = |claims: &Self, id: &Value| claims.findings.iter().any(|it| it["id"] == *id);
        for finding in &self.findings {
            let id = finding["id"].as_str().unwrap();
            let is_claim = finding["severity"] != "info" || CLAIMS.contains(&id);
            // Those about the capture say what it lacks.
            if is_claim && !id.starts_with('X') && !has(whole, &finding["id"]) {
                all.push(format!("{id}: {}", finding["fact"]));
            }
        }
        for key in ["first", "layer", "client_code", "server_code", "clean"] {
            let (said, right) = (&self.close[key], &whole.close[key]);
            if !said.is_null() && said != right {
                all.push(format!("close.{key} is {said}, not {right}"));
            }
        }
        for side in ["client", "server"] {
            let (said, right) = (self.report(side), whole.report(side));
            if let (Some(said), Some(right)) = (said, right) {
                let known = said.strip_suffix("unknown").unwrap_or(said);
                if !said.starts_with("unknown") && !right.starts_with(known) {
                    all.push(format!("{side} reports {said}, not {right}"));
                }
            }
        }
        let verdict = &self.close["verdict"];
        for key in ["ended_by", "layer"] {
            let (said, right) = (&verdict[key], &whole.close["verdict"][key]);
            if !said.is_null() && said != right {
                all.push(format!("close.verdict.{key} is {said}, not {right}"));
            }
        }
        all.extend(excess(&self.frames, &whole.frames).map(|frame| format!("no such frame: {frame}")));
        all.extend(
            excess(&self.messages, &whole.messages).map(|message| format!("no such message: {message}")),
        );
        all
    }
}

/// Those that the whole has fewer of.
fn excess<'c>(claimed: &'c [String], whole: &[String]) -> impl Iterator<Item = &'c String> {
    let mut left = whole.to_vec();
    claimed.iter().filter(move |it| match left.iter().position(|other| other == *it) {
        Some(place) => {
            left.remove(place);
            false
        }
        None => true,
    })
}
