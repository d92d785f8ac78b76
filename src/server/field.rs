//! A header that may come once, as it came.

/// What a request has of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field<'r> {
    Missing,
    Once(&'r [u8]),
    Repeated,
}

impl<'r> Field<'r> {
    pub(super) fn add(&mut self, value: &'r [u8]) {
        *self = if *self == Self::Missing { Self::Once(value) } else { Self::Repeated };
    }
}

impl<'r> FromIterator<&'r [u8]> for Field<'r> {
    fn from_iter<I: IntoIterator<Item = &'r [u8]>>(values: I) -> Self {
        let mut field = Self::Missing;
        values.into_iter().for_each(|value| field.add(value));
        field
    }
}
