//! What an experiment is: a row of the [table](super::table).

use std::fmt::Display;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::step::Step;
use crate::wire::Side;

/// A way to provoke one finding of the catalogue.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Experiment {
    /// The finding's id, perhaps with a variant: `H06-no-guid`. It is the name in `/lab/ID` too.
    pub id: &'static str,
    /// Who does what is to be found; `null`: nobody does anything wrong.
    #[serde(serialize_with = "printed_if_any")]
    pub at_fault: Option<Side>,
    /// What is done.
    pub does: Words,
    /// How it can be seen in the capture.
    pub shows: Words,
    /// What the server does. `None`: an ordinary endpoint of any server is enough, see [`client`](Self::client).
    #[serde(skip)]
    pub server: Option<&'static [Step]>,
    /// What the client does.
    pub client: Client,
    /// How many connections it takes; they are opened a second apart.
    pub connections: u32,
    /// What a browser reports that runs it; `None`: a browser cannot.
    pub browser: Option<Reported>,
    /// What it may report instead, where that depends on which of two packets it reads first.
    pub otherwise: Option<Reported>,
}

/// A sentence in each language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Words {
    /// English.
    pub en: &'static str,
    /// Chinese.
    pub zh: &'static str,
}

/// The client of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Client {
    /// One that keeps all rules, any WebSocket API: what it asks for, and what it does when it is open.
    Fair(Visit),
    /// One that does exactly this, at an ordinary endpoint or at the experiment's own.
    #[serde(serialize_with = "nothing")]
    Script(&'static str, &'static [Step]),
}

/// What a fair client does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Visit {
    /// The subprotocols it asks for.
    pub subprotocols: &'static [&'static str],
    /// What it does when the connection is open, one after the other.
    pub acts: &'static [Act],
}

/// What one can do by a WebSocket API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Act {
    /// Sends a text message.
    Text(&'static str),
    /// Sends a binary message of so many bytes.
    Binary(usize),
    /// Closes, with this code.
    Close(u16),
}

/// What a browser reports of a connection's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reported {
    /// Whether there was an `open` event.
    pub opened: bool,
    /// How many messages came.
    pub messages: u32,
    /// `CloseEvent.code`
    pub code: u16,
    /// `CloseEvent.wasClean`
    #[serde(rename = "wasClean")]
    pub was_clean: bool,
}

impl Experiment {
    /// How long the server stays idle, if that is what it is about, and a visitor may want another time.
    #[must_use]
    pub fn idle(&self) -> Option<Duration> {
        self.server?.iter().find_map(|step| if let Step::Idle(time) = step { Some(*time) } else { None })
    }

    /// The finding's id, without a variant.
    #[must_use]
    pub fn finding(&self) -> &'static str {
        self.id.split('-').next().unwrap_or_default()
    }
}

#[expect(clippy::ref_option, reason = "serde hands a field by reference")]
fn printed_if_any<S: Serializer>(value: &Option<impl Display>, to: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => to.collect_str(value),
        None => to.serialize_none(),
    }
}

/// A page cannot play a script.
fn nothing<S: Serializer>(_: &&'static str, _: &&'static [Step], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_none()
}

// How the rows of the table are written.

impl Reported {
    /// The handshake failed, and that is all a page learns.
    pub(super) const REFUSED: Self = Self { opened: false, messages: 0, code: 1006, was_clean: false };
    /// It was open, and was cut or failed.
    pub(super) const CUT: Self = Self { opened: true, messages: 0, code: 1006, was_clean: false };

    pub(super) const fn closed(code: u16) -> Self {
        Self { opened: true, messages: 0, code, was_clean: true }
    }

    /// A Close was read, and then something went wrong.
    pub(super) const fn closed_badly(code: u16) -> Self {
        Self { opened: true, messages: 0, code, was_clean: false }
    }

    pub(super) const fn after(self, messages: u32) -> Self {
        Self { messages, ..self }
    }
}

impl Experiment {
    /// The server does it, whatever the client is.
    pub(super) const fn server(id: &'static str, words: [Words; 2], script: &'static [Step]) -> Self {
        let [does, shows] = words;
        let client = Client::Fair(Visit { subprotocols: &[], acts: &[] });
        Self {
            id,
            at_fault: Some(Side::Server),
            does,
            shows,
            server: Some(script),
            client,
            connections: 1,
            browser: None,
            otherwise: None,
        }
    }

    /// The client does it, to any server.
    pub(super) const fn client(
        id: &'static str,
        words: [Words; 2],
        target: &'static str,
        script: &'static [Step],
    ) -> Self {
        let [does, shows] = words;
        let client = Client::Script(target, script);
        Self {
            id,
            at_fault: Some(Side::Client),
            does,
            shows,
            server: None,
            client,
            connections: 1,
            browser: None,
            otherwise: None,
        }
    }

    pub(super) const fn reports(self, reported: Reported) -> Self {
        Self { browser: Some(reported), ..self }
    }

    pub(super) const fn or(self, reported: Reported) -> Self {
        Self { otherwise: Some(reported), ..self }
    }

    pub(super) const fn acts(self, acts: &'static [Act]) -> Self {
        Self { client: Client::Fair(Visit { subprotocols: &[], acts }), ..self }
    }

    pub(super) const fn asks(self, subprotocols: &'static [&'static str]) -> Self {
        Self { client: Client::Fair(Visit { subprotocols, acts: &[] }), ..self }
    }

    /// A client for what the fair one cannot do, at the experiment's own endpoint.
    pub(super) const fn visited_by(self, script: &'static [Step]) -> Self {
        Self { client: Client::Script(OWN, script), ..self }
    }

    pub(super) const fn connections(self, connections: u32) -> Self {
        Self { connections, ..self }
    }

    /// Nobody is at fault.
    pub(super) const fn healthy(self) -> Self {
        Self { at_fault: None, ..self }
    }
}

/// In place of a target: `/lab/ID`.
pub const OWN: &str = "";

pub(super) const fn say(en: &'static str, zh: &'static str) -> Words {
    Words { en, zh }
}
