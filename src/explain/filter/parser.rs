//! Tests, and what joins them: `not` binds closest, then `and`, then `or`.

use std::ops::Range;

use super::Wrong;
use super::lexer::{Token, TokenKind, tokens};
use super::test::{self, Test};

/// The deepest nesting.
const DEEPEST: usize = 50;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    Test(Test),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

pub(super) fn parse(expression: &str) -> Result<Expression, Wrong> {
    let tokens = tokens(expression)?;
    let mut parser = Parser { tokens: &tokens, end: expression.len(), depth: 0 };
    let parsed = parser.alternatives()?;
    match parser.tokens.first() {
        None => Ok(parsed),
        Some(Token { kind: TokenKind::Close, at }) => Err(("no '(' is open here".to_owned(), at.clone())),
        Some(token) => Err(("'and' or 'or' is missing before this".to_owned(), token.at.clone())),
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    /// The length of the expression in bytes.
    end: usize,
    depth: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first.clone())
    }

    /// Takes the next word if it is this one.
    fn take(&mut self, kind: &TokenKind) -> bool {
        let is_next = self.tokens.first().is_some_and(|token| token.kind == *kind);
        if is_next {
            self.tokens = &self.tokens[1..];
        }
        is_next
    }

    const fn at_end(&self) -> Range<usize> {
        self.end..self.end
    }

    fn alternatives(&mut self) -> Result<Expression, Wrong> {
        let mut one = self.conjunction()?;
        while self.take(&TokenKind::Or) {
            one = Expression::Or(Box::new(one), Box::new(self.conjunction()?));
        }
        Ok(one)
    }

    fn conjunction(&mut self) -> Result<Expression, Wrong> {
        let mut one = self.factor()?;
        while self.take(&TokenKind::And) {
            one = Expression::And(Box::new(one), Box::new(self.factor()?));
        }
        Ok(one)
    }

    fn factor(&mut self) -> Result<Expression, Wrong> {
        let Some(Token { kind, at }) = self.next() else {
            return Err(("a test is missing at the end, like opcode == ping".to_owned(), self.at_end()));
        };
        match kind {
            TokenKind::Not | TokenKind::Open if self.depth >= DEEPEST => {
                Err(("too deep; use fewer parentheses".to_owned(), at))
            }
            TokenKind::Not => {
                self.depth += 1;
                let inner = self.factor()?;
                self.depth -= 1;
                Ok(Expression::Not(Box::new(inner)))
            }
            TokenKind::Open => {
                self.depth += 1;
                let inner = self.alternatives()?;
                self.depth -= 1;
                match self.next() {
                    Some(Token { kind: TokenKind::Close, .. }) => Ok(inner),
                    Some(token) => Err(("'and', 'or' or ')' is missing before this".to_owned(), token.at)),
                    None => Err(("this '(' is never closed".to_owned(), at)),
                }
            }
            TokenKind::Word(name) => self.test(&name, at),
            TokenKind::Quoted(text) => Err((format!("a text alone is no test; write text ~ \"{text}\""), at)),
            _ => Err(("a test should stand here, like opcode == ping".to_owned(), at)),
        }
    }

    fn test(&mut self, name: &str, at: Range<usize>) -> Result<Expression, Wrong> {
        let field = test::field(name, at.clone())?;
        let Some(Token { kind: TokenKind::Operator(operator), at: operator_at }) = self.tokens.first() else {
            return test::presence(field, at).map(Expression::Test);
        };
        self.tokens = &self.tokens[1..];
        match self.next() {
            Some(Token { kind: TokenKind::Word(value) | TokenKind::Quoted(value), at }) => {
                test::comparison(field, (*operator, operator_at.clone()), (&value, at)).map(Expression::Test)
            }
            Some(token) => Err((format!("a value for '{field}' should stand here"), token.at)),
            None => Err((format!("a value for '{field}' is missing at the end"), self.at_end())),
        }
    }
}
