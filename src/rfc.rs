//! A citation as a value.

use std::fmt;

/// A place in an RFC: `Rfc(6455, "5.5.1")` prints as `RFC 6455 §5.5.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rfc(pub u16, pub &'static str);

impl fmt::Display for Rfc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RFC {} §{}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_people_cite() {
        assert_eq!(Rfc(6455, "5.5.1").to_string(), "RFC 6455 §5.5.1");
    }
}
