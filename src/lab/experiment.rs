//! Experiments: rows of the [table](super::table).

use std::fmt::Display;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::step::Step;
use crate::wire::Side;

/// A way to provoke one finding of the catalogue.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Experiment {
    /// Id of the finding, perhaps with a variant: `H06-no-guid`. Also the name in `/lab/ID`.
    pub id: &'static str,
    /// Side at fault; `null`: neither.
    #[serde(serialize_with = "printed_if_any")]
    pub at_fault: Option<Side>,
    /// Description of the fault.
    pub does: Translated,
    /// Description of its trace in a capture.
    pub shows: Translated,
    /// Script of the server. `None`: any server's ordinary endpoint is enough, see [`client`](Self::client).
    #[serde(skip)]
    pub server: Option<&'static [Step]>,
    /// The client.
    pub client: Client,
    /// Number of connections, opened a second apart.
    pub connections: u32,
    /// Report of a browser that runs it; `None`: a browser cannot.
    pub browser: Option<BrowserReport>,
    /// Alternative report, where two packets race.
    pub otherwise: Option<BrowserReport>,
}

/// A sentence in each language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Translated {
    /// English.
    pub en: &'static str,
    /// Chinese.
    pub zh: &'static str,
}

/// The client of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Client {
    /// A client that keeps all rules, by any WebSocket API.
    Fair(ApiClient),
    /// A client that plays a script at this target, or at the experiment's own endpoint.
    #[serde(serialize_with = "nothing")]
    Script(&'static str, &'static [Step]),
}

/// Calls of a client to a WebSocket API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ApiClient {
    /// Subprotocols it offers.
    pub subprotocols: &'static [&'static str],
    /// Actions on the open connection, in order.
    #[serde(rename = "acts")]
    pub actions: &'static [ClientAction],
}

/// An action of a client by a WebSocket API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ClientAction {
    /// Sends a text message.
    Text(&'static str),
    /// Sends a binary message of so many bytes.
    Binary(usize),
    /// Closes, with this code.
    Close(u16),
}

/// A browser's report of a connection and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BrowserReport {
    /// `true` if there was an `open` event.
    pub opened: bool,
    /// Messages received.
    pub messages: u32,
    /// `CloseEvent.code`
    pub code: u16,
    /// `CloseEvent.wasClean`
    #[serde(rename = "wasClean")]
    pub was_clean: bool,
}

impl Experiment {
    /// Idle time of the server's script, if it has one. A visitor may choose another.
    #[must_use]
    pub fn idle(&self) -> Option<Duration> {
        self.server?.iter().find_map(|step| if let Step::Idle(time) = step { Some(*time) } else { None })
    }

    /// Id of the finding, without a variant.
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

/// Scripts are left out: a page cannot play one.
fn nothing<S: Serializer>(_: &&'static str, _: &&'static [Step], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_none()
}

// Builders for the rows of the table.

impl BrowserReport {
    /// The handshake failed: a page learns no more.
    pub(super) const REFUSED: Self = Self { opened: false, messages: 0, code: 1006, was_clean: false };
    /// Open, and then cut or failed.
    pub(super) const CUT: Self = Self { opened: true, messages: 0, code: 1006, was_clean: false };

    pub(super) const fn closed(code: u16) -> Self {
        Self { opened: true, messages: 0, code, was_clean: true }
    }

    /// A Close was read, and then an error happened.
    pub(super) const fn closed_badly(code: u16) -> Self {
        Self { opened: true, messages: 0, code, was_clean: false }
    }

    pub(super) const fn after(self, messages: u32) -> Self {
        Self { messages, ..self }
    }
}

impl Experiment {
    /// An experiment whose server is at fault, with any client.
    pub(super) const fn server(id: &'static str, words: [Translated; 2], script: &'static [Step]) -> Self {
        let [does, shows] = words;
        let client = Client::Fair(ApiClient { subprotocols: &[], actions: &[] });
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

    /// An experiment whose client is at fault, with any server.
    pub(super) const fn client(
        id: &'static str,
        words: [Translated; 2],
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

    pub(super) const fn reports(self, reported: BrowserReport) -> Self {
        Self { browser: Some(reported), ..self }
    }

    pub(super) const fn or(self, reported: BrowserReport) -> Self {
        Self { otherwise: Some(reported), ..self }
    }

    pub(super) const fn actions(self, actions: &'static [ClientAction]) -> Self {
        Self { client: Client::Fair(ApiClient { subprotocols: &[], actions }), ..self }
    }

    pub(super) const fn subprotocols(self, subprotocols: &'static [&'static str]) -> Self {
        Self { client: Client::Fair(ApiClient { subprotocols, actions: &[] }), ..self }
    }

    /// Has a client that plays a script at the experiment's own endpoint.
    pub(super) const fn visited_by(self, script: &'static [Step]) -> Self {
        Self { client: Client::Script(OWN_ENDPOINT, script), ..self }
    }

    pub(super) const fn connections(self, connections: u32) -> Self {
        Self { connections, ..self }
    }

    /// Neither side is at fault.
    pub(super) const fn healthy(self) -> Self {
        Self { at_fault: None, ..self }
    }
}

/// Target of a scripted client that stands for `/lab/ID`.
pub const OWN_ENDPOINT: &str = "";

pub(super) const fn say(en: &'static str, zh: &'static str) -> Translated {
    Translated { en, zh }
}
