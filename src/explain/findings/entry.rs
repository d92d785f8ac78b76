//! Entries of the catalogue: id, family, severity, citation and texts of a finding, whichever connection shows it.

use serde::{Serialize, Serializer};

use crate::explain::text::Language;
pub(in crate::explain) use crate::explain::text::Localized;
use crate::rfc::Rfc;

/// Severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Normal, but surprising.
    Info,
    /// A likely cause of trouble, now or later.
    Warning,
    /// A broken rule, or a broken connection.
    Error,
}

impl Severity {
    /// Its name in JSON.
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

/// Subject of a finding: the letter of its id.
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

/// Certainty of an inference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum Certainty {
    /// It follows from what was seen.
    Certain,
    /// Few other causes look like this.
    Likely,
    /// It fits, and other causes may fit as well.
    Possible,
}

impl Certainty {
    /// Its name in JSON.
    pub(in crate::explain) const fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }

    /// The word before an inference.
    pub(super) const fn prefix(self, language: Language) -> &'static str {
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

/// An entry of the catalogue.
#[derive(Debug)]
pub(in crate::explain) struct CatalogueEntry {
    /// Stable id: a letter for the family, and a number.
    pub(super) id: &'static str,
    pub(super) family: Family,
    pub(super) severity: Severity,
    /// The section that states the rule.
    pub(super) rfc: Option<Rfc>,
    /// The usual certainty of its inference.
    pub(super) certainty: Certainty,
    /// The observed fact.
    pub(super) fact: Localized,
    /// The inference from it.
    pub(super) inference: Localized,
    /// The check that confirms it.
    pub(super) confirm: Localized,
    /// Other explanations, each tested by the rule against the capture. Not shown.
    #[cfg(test)]
    pub(super) alternatives: &'static [&'static str],
}

/// Each entry is a static of its own, and equal to itself alone.
impl PartialEq for CatalogueEntry {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for CatalogueEntry {}

/// Defines entries by their meaning and id, and from the same rows the list of all of them. A row whose languages have
/// other placeholders does not compile. The last line of a row, `alternatives: "…", "…";`, names the other explanations
/// that its rule tests against the capture.
macro_rules! catalogue {
    ($family:ident: $($name:ident = $id:literal $severity:ident $rfc:expr, $certainty:ident {
        $fact:literal, $fact_zh:literal;
        $inference:literal, $inference_zh:literal;
        $confirm:literal, $confirm_zh:literal;
        $(alternatives: $($alternative:literal),+;)?
    })*) => {
        use crate::explain::findings::entry::{Localized, Certainty, CatalogueEntry, Family, Severity};

        $(pub(in crate::explain::findings) static $name: CatalogueEntry = CatalogueEntry {
            id: $id,
            family: Family::$family,
            severity: Severity::$severity,
            rfc: $rfc,
            certainty: Certainty::$certainty,
            fact: const { Localized::new($fact, $fact_zh) },
            inference: const { Localized::new($inference, $inference_zh) },
            confirm: const { Localized::new($confirm, $confirm_zh) },
            #[cfg(test)]
            alternatives: &[$($($alternative),+)?],
        };)*

        /// All of the family.
        pub(in crate::explain::findings) static ALL: &[&CatalogueEntry] = &[$(&$name),*];
    };
}
pub(super) use catalogue;

/// Defines phrases: texts that stand in the place of an entry's own, or of a value.
macro_rules! phrases {
    ($($name:ident = $en:literal, $zh:literal;)*) => {
        $(pub(in crate::explain::findings) const $name: Localized = Localized::new($en, $zh);)*

        /// All of them.
        #[cfg(test)]
        pub(in crate::explain::findings) const PHRASES: &[Localized] = &[$($name),*];
    };
}
pub(super) use phrases;
