//! The heads of the opening handshake line by line, and the accept key computed step by step.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::layout::{clean, hexadecimal, pad};
use crate::explain::words::{Language, Word};
use crate::observe::{Head, Request, Response};
use crate::wire::http::{GUID, Key};

/// How many lines of a head are shown.
const MOST_LINES: usize = 40;

fn lines(first: String, head: &Head) -> Vec<String> {
    let line = |(name, value): &(String, Vec<u8>)| format!("{name}: {}", String::from_utf8_lossy(value));
    let shown = head.lines.iter().take(MOST_LINES).map(line);
    let mut all: Vec<_> =
        std::iter::once(first).chain(shown).map(|line| format!("│ {}", clean(&line))).collect();
    if head.lines.len() > MOST_LINES {
        all.push(format!("│ … +{}", head.lines.len() - MOST_LINES));
    }
    all
}

/// A request's head.
pub(super) fn request(request: &Request) -> Vec<String> {
    lines(format!("{} {} {}", request.method, request.target, request.version), &request.head)
}

/// A response's head, and for a 101 what its key is computed from.
pub(super) fn response(response: &Response, language: Language) -> Vec<String> {
    let first = format!("{} {} {}", response.version, response.status.0, response.phrase);
    let mut all = lines(first, &response.head);
    let Some(upgrade) = &response.upgrade else { return all };
    let (Some(key), Some(sent)) = (&upgrade.key, &upgrade.accept) else { return all };
    let Ok(key) = Key::parse(key.as_bytes()) else { return all };
    let accept = key.accept();
    let sha = hexadecimal(BASE64_STANDARD.decode(&accept).unwrap_or_default());
    let command = format!("printf %s '{}{GUID}' | openssl sha1 -binary | base64", key.as_str());
    let verdict = if *sent == accept { Word::AcceptRight } else { Word::AcceptWrong };
    all.push(format!("± {}", Word::AcceptTitle.text(language)));
    for (name, value) in [
        (Word::AcceptKey, key.as_str()),
        (Word::AcceptGuid, GUID),
        (Word::AcceptSha, &sha),
        (Word::AcceptBase64, &accept),
        (Word::AcceptSent, &format!("{}  {}", clean(sent), verdict.text(language))),
        (Word::AcceptTry, &command),
    ] {
        all.push(format!("  {}{value}", pad(name.text(language), 20)));
    }
    all
}
