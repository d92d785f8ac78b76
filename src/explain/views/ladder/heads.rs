//! The heads of the opening handshake line by line, and the accept key computed step by step.

use super::layout::{BEFORE, ROW};
use crate::explain::narrative::accept_steps::AcceptSteps;
use crate::explain::text::{Label, Language, escape_controls, pad, pieces};
use crate::observe::{Head, Request, Response};

/// The most lines of a head that are shown.
const MOST_LINES: usize = 40;

/// In how many rows at most a long line is broken.
const MOST_ROWS: usize = 4;

fn lines(first: String, head: &Head, language: Language) -> Vec<String> {
    let line = |(name, value): &(String, Vec<u8>)| format!("{name}: {}", String::from_utf8_lossy(value));
    let shown = std::iter::once(first).chain(head.lines.iter().take(MOST_LINES).map(line));
    let mut all = Vec::new();
    for line in shown {
        let rows = pieces(&escape_controls(&line), ROW - BEFORE - 4, MOST_ROWS);
        all.extend(rows.iter().enumerate().map(|(place, row)| match place {
            0 => format!("│ {row}"),
            _ => format!("│   {row}"),
        }));
    }
    if let Some(more @ 1..) = head.lines.len().checked_sub(MOST_LINES) {
        all.push(format!("│ {}", Label::LinesFolded.fill(language, &[&more])));
    }
    all
}

/// A request's head.
pub(super) fn request(request: &Request, language: Language) -> Vec<String> {
    let first = format!("{} {} {}", request.method, request.target, request.version);
    lines(first, &request.head, language)
}

/// A response's head, and for a 101 what its key is computed from.
pub(super) fn response(response: &Response, language: Language) -> Vec<String> {
    let first = format!("{} {} {}", response.version, response.status.0, response.phrase);
    let mut all = lines(first, &response.head, language);
    let Some(upgrade) = &response.upgrade else { return all };
    let Some(AcceptSteps { steps, command }) = AcceptSteps::of(upgrade, language) else { return all };
    all.push(format!("± {}", Label::AcceptTitle.text(language)));
    for (word, value) in steps.into_iter().chain(command.map(|command| (Label::AcceptTry, command))) {
        all.push(format!("  {}{value}", pad(word.text(language), 20)));
    }
    all
}
