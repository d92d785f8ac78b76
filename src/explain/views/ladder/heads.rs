//! The heads of the opening handshake line by line, and the accept key computed step by step.

use super::layout::{BEFORE, ROW};
use crate::explain::findings::key::{accept, hash};
use crate::explain::text::{Label, Language, escape_controls, hexadecimal, pad, pieces};
use crate::observe::{Head, Request, Response};
use crate::wire::http::GUID;

/// How many lines of a head are shown.
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
    let (Some(key), Some(sent)) = (&upgrade.key, &upgrade.accept) else { return all };
    let expected = accept(key);
    let key = escape_controls(key);
    let sha = hexadecimal(hash(upgrade.key.as_deref().unwrap_or_default()));
    let command = format!("printf %s '{key}{GUID}' | openssl sha1 -binary | base64");
    let verdict = if *sent == expected { Label::AcceptRight } else { Label::AcceptWrong };
    all.push(format!("± {}", Label::AcceptTitle.text(language)));
    for (word, value) in [
        (Label::AcceptKey, key.as_str()),
        (Label::AcceptGuid, GUID),
        (Label::AcceptSha, &sha),
        (Label::AcceptBase64, &expected),
        (Label::AcceptSent, &format!("{}  {}", escape_controls(sent), verdict.text(language))),
        (Label::AcceptTry, &command),
    ] {
        // A command to be copied holds nothing that a shell would read otherwise.
        if word == Label::AcceptTry
            && !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
        {
            continue;
        }
        all.push(format!("  {}{value}", pad(word.text(language), 20)));
    }
    all
}
