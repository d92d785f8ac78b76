//! What each finding of the catalogue is, whatever connection shows it.

use serde::{Serialize, Serializer};

use crate::explain::text::Language;
use crate::rfc::Rfc;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Normal, but it surprises.
    Info,
    /// It may be what went wrong, or will go wrong.
    Warning,
    /// A rule is broken, or the connection is.
    Error,
}

impl Severity {
    /// As it stands in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

/// What a finding is about: the letter of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum Family {
    /// The capture itself: X.
    Capture,
    /// T.
    Tcp,
    /// The opening handshake: H.
    Opening,
    /// F.
    Frames,
    /// Z.
    Compression,
    /// The closing handshake: C.
    Closing,
    /// Heartbeats and silence: L.
    Liveness,
}

/// How sure an inference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum Certainty {
    /// It follows from what was seen.
    Certain,
    /// Little else shows itself like this.
    Likely,
    /// It fits, and so may other causes.
    Possible,
}

impl Certainty {
    /// What an inference begins with.
    pub(super) const fn word(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Certain, Language::En) => "Certain: ",
            (Self::Likely, Language::En) => "Likely: ",
            (Self::Possible, Language::En) => "Possible: ",
            (Self::Certain, Language::Zh) => "确定：",
            (Self::Likely, Language::Zh) => "很可能：",
            (Self::Possible, Language::Zh) => "可能：",
        }
    }
}

/// A text in each language. `{}` in it is for the values, in their order, or `{1}` for the second of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) struct Localized(pub(super) &'static str, pub(super) &'static str);

impl Localized {
    pub(super) const fn text(self, language: Language) -> &'static str {
        match language {
            Language::En => self.0,
            Language::Zh => self.1,
        }
    }
}

/// A line of the catalogue.
#[derive(Debug)]
pub(in crate::explain) struct Entry {
    /// Its stable id.
    pub(super) id: &'static str,
    pub(super) family: Family,
    pub(super) severity: Severity,
    /// Which rule it is about.
    pub(super) rfc: Option<Rfc>,
    /// How sure its inference is, most often.
    pub(super) certainty: Certainty,
    /// What was seen.
    pub(super) fact: Localized,
    /// What follows from it.
    pub(super) inference: Localized,
    /// How to make sure.
    pub(super) confirm: Localized,
}

/// Defines entries, and from the same rows the list of all of them.
macro_rules! catalogue {
    ($family:ident: $($id:ident $severity:ident $rfc:expr, $certainty:ident {
        $fact:literal, $fact_zh:literal;
        $inference:literal, $inference_zh:literal;
        $confirm:literal, $confirm_zh:literal;
    })*) => {
        use crate::explain::findings::entry::{Localized, Certainty, Entry, Family, Severity};

        $(pub(in crate::explain::findings) static $id: Entry = Entry {
            id: stringify!($id),
            family: Family::$family,
            severity: Severity::$severity,
            rfc: $rfc,
            certainty: Certainty::$certainty,
            fact: Localized($fact, $fact_zh),
            inference: Localized($inference, $inference_zh),
            confirm: Localized($confirm, $confirm_zh),
        };)*

        /// All of the family.
        pub(in crate::explain::findings) static ALL: &[&Entry] = &[$(&$id),*];
    };
}
pub(super) use catalogue;

/// Defines phrases that are values of texts.
macro_rules! phrases {
    ($($name:ident = $en:literal, $zh:literal;)*) => {
        $(pub(in crate::explain::findings) const $name: Localized = Localized($en, $zh);)*

        /// All of them.
        #[cfg(test)]
        pub(in crate::explain::findings) const PHRASES: &[Localized] = &[$($name),*];
    };
}
pub(super) use phrases;
