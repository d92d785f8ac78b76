//! The accept key, computed step by step (RFC 6455 §4.2.2).

use crate::explain::findings::key::{accept, hash};
use crate::explain::text::{Label, Language, escape_controls, hexadecimal};
use crate::observe::Upgrade;
use crate::wire::http::GUID;

/// The derivation of the accept key from the client's key, and the key that the server sent.
#[derive(Debug)]
pub(in crate::explain) struct AcceptSteps {
    /// Each step: what it gives, and the value, escaped.
    pub(in crate::explain) steps: [(Label, String); 5],
    /// A command that computes the same; `None` if the key holds what a shell would read otherwise.
    pub(in crate::explain) command: Option<String>,
}

impl AcceptSteps {
    /// The steps of an answered Upgrade, if both keys are known.
    pub(in crate::explain) fn of(upgrade: &Upgrade, language: Language) -> Option<Self> {
        let (key, sent) = (upgrade.key.as_deref()?, upgrade.accept.as_deref()?);
        let expected = accept(key);
        let verdict = if sent == expected { Label::AcceptRight } else { Label::AcceptWrong };
        let is_safe = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
        let command = format!("printf %s '{key}{GUID}' | openssl sha1 -binary | base64");
        let steps = [
            (Label::AcceptKey, escape_controls(key)),
            (Label::AcceptGuid, GUID.to_owned()),
            (Label::AcceptSha, hexadecimal(hash(key))),
            (Label::AcceptBase64, expected),
            (Label::AcceptSent, format!("{}  {}", escape_controls(sent), verdict.text(language))),
        ];
        Some(Self { steps, command: is_safe.then_some(command) })
    }
}
