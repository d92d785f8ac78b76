//! The words of an expression.

use std::ops::Range;

use super::Wrong;

/// A word, and its place in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) at: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word(String),
    Quoted(String),
    Operator(Operator),
    And,
    Or,
    Not,
    Open,
    Close,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
}

impl Operator {
    /// Compares two values.
    pub(super) fn holds<T: Ord>(self, one: &T, other: &T) -> bool {
        match self {
            Self::Equal | Self::Contains => one == other,
            Self::NotEqual => one != other,
            Self::Less => one < other,
            Self::LessOrEqual => one <= other,
            Self::Greater => one > other,
            Self::GreaterOrEqual => one >= other,
        }
    }
}

/// Signs, the longer ones first.
const SIGNS: &[(&str, TokenKind)] = &[
    ("&&", TokenKind::And),
    ("||", TokenKind::Or),
    ("==", TokenKind::Operator(Operator::Equal)),
    ("!=", TokenKind::Operator(Operator::NotEqual)),
    ("<=", TokenKind::Operator(Operator::LessOrEqual)),
    (">=", TokenKind::Operator(Operator::GreaterOrEqual)),
    ("=", TokenKind::Operator(Operator::Equal)),
    ("<", TokenKind::Operator(Operator::Less)),
    (">", TokenKind::Operator(Operator::Greater)),
    ("~", TokenKind::Operator(Operator::Contains)),
    ("!", TokenKind::Not),
    ("(", TokenKind::Open),
    (")", TokenKind::Close),
];

/// The words of an expression, in order.
pub(super) fn tokens(expression: &str) -> Result<Vec<Token>, Wrong> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = expression[at..].chars().next() {
        let rest = &expression[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (kind, length) = if let Some((sign, kind)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign))
        {
            (kind.clone(), sign.len())
        } else if first == '"' || first == '\'' {
            let (text, length) = quoted(rest, first)
                .ok_or_else(|| (format!("the quotation has no {first} at its end"), at..expression.len()))?;
            (TokenKind::Quoted(text), length)
        } else {
            let is_end = |c: char| c.is_whitespace() || "=!<>~()&|\"'".contains(c);
            let length = rest.find(is_end).unwrap_or(rest.len());
            if length == 0 {
                return Err((format!("'{first}' means nothing here"), at..at + first.len_utf8()));
            }
            (word(&rest[..length]), length)
        };
        tokens.push(Token { kind, at: at..at + length });
        at += length;
    }
    Ok(tokens)
}

fn word(text: &str) -> TokenKind {
    match text.to_lowercase().as_str() {
        "and" => TokenKind::And,
        "or" => TokenKind::Or,
        "not" => TokenKind::Not,
        "contains" => TokenKind::Operator(Operator::Contains),
        _ => TokenKind::Word(text.to_owned()),
    }
}

/// A quoted text, in which a backslash takes the next character as it is, and its length with the quotes.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut content = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((place, character)) = characters.next() {
        match character {
            '\\' => content.push(characters.next()?.1),
            end if end == quote => return Some((content, place + 1)),
            other => content.push(other),
        }
    }
    None
}
