//! Filters: which connections to show, in words like those of Wireshark's display filters and of sngrep.
//!
//! `addr`, `port`, `finding` and `severity` are about a connection; `from`, `opcode`, `code` and `text` about one of its
//! packets. Tests of packets that are joined by `and` must hold for one and the same packet; `not` means that nothing in
//! the connection is so. A connection that is selected is shown whole: the same answer as without the filter.
//!
//! [`Filter::parse`] reads an expression: words (`lexer`), then tests and what joins them (`parser`), then a list of
//! alternatives (`formula`). [`FilterRun`] watches connections, and says of each at its end whether it is selected.

mod formula;
mod lexer;
mod parser;
mod run;
mod test;

use std::fmt;
use std::ops::Range;

use unicode_width::UnicodeWidthStr as _;

use self::formula::Formula;
pub(in crate::explain) use self::run::FilterRun;
use self::test::PacketTest;

/// A filter of connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    formula: Formula,
    /// Tests that must hold for one and the same packet.
    packets: Vec<Vec<PacketTest>>,
}

impl Filter {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn parse(expression: &str) -> Result<Self, FilterError> {
        let (message, at) = match parser::parse(expression).and_then(|parsed| {
            let whole = 0..expression.len();
            formula::compile(&parsed)
                .ok_or_else(|| ("too many alternatives; use fewer 'or'".to_owned(), whole))
        }) {
            Ok((formula, packets)) => return Ok(Self { formula, packets }),
            Err(error) => error,
        };
        Err(FilterError { message, expression: expression.to_owned(), at })
    }
}

/// An expression that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterError {
    message: String,
    expression: String,
    /// The place, in bytes.
    at: Range<usize>,
}

impl FilterError {
    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The expression, and below it a line that points at the place.
    #[must_use]
    pub fn pointer(&self) -> [String; 2] {
        // A control character would move what stands below it.
        let visible = |text: &str| text.replace(|c: char| c.is_control(), " ");
        let columns = |part: &str| visible(part).width();
        let before = columns(&self.expression[..self.at.start]);
        let length = columns(&self.expression[self.at.clone()]).max(1);
        [visible(&self.expression), format!("{}{}", " ".repeat(before), "^".repeat(length))]
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [expression, pointer] = self.pointer();
        write!(f, "{}\n  {expression}\n  {pointer}", self.message)
    }
}

impl std::error::Error for FilterError {}

/// What is wrong, and the place in bytes.
type Wrong = (String, Range<usize>);

/// The name that was probably meant.
fn similar<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let word = word.to_lowercase();
    let likeness = |name: &str| strsim::jaro_winkler(&word, &name.to_lowercase());
    let best = names.into_iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)))?;
    (likeness(best) > 0.75).then_some(best)
}

#[cfg(test)]
mod tests;
