//! A bounded list of packets or frames.

/// Numbers in order of appearance. Almost always one; the first [`Numbers::MOST`] are listed, and the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers {
    first: u64,
    more: Vec<u64>,
    last: u64,
    left_out: u64,
}

impl Numbers {
    /// The most numbers that are listed.
    pub const MOST: usize = 16_384;

    /// A list of one.
    #[must_use]
    pub const fn new(first: u64) -> Self {
        Self { first, more: Vec::new(), last: first, left_out: 0 }
    }

    /// Adds a number, unless it is the last one already.
    pub(in crate::observe) fn push(&mut self, number: u64) {
        if number == self.last {
            return;
        }
        if self.more.len() + 1 < Self::MOST {
            self.more.push(number);
        } else {
            self.left_out += 1;
        }
        self.last = number;
    }

    /// The first.
    #[must_use]
    pub const fn first(&self) -> u64 {
        self.first
    }

    /// The last.
    #[must_use]
    pub const fn last(&self) -> u64 {
        self.last
    }

    /// The numbers that are listed.
    pub fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        let last = (self.left_out > 0).then_some(self.last);
        std::iter::once(self.first).chain(self.more.iter().copied()).chain(last)
    }

    /// Number of all of them.
    #[must_use]
    pub const fn count(&self) -> u64 {
        1 + self.more.len() as u64 + self.left_out
    }

    /// Number of them that [`iter`](Self::iter) leaves out.
    #[must_use]
    pub const fn left_out(&self) -> u64 {
        self.left_out.saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_one_and_a_long_list_keeps_its_ends() {
        let mut numbers = Numbers::new(7);
        for number in [7, 8, 8, 9] {
            numbers.push(number);
        }
        assert_eq!(numbers.iter().collect::<Vec<_>>(), [7, 8, 9]);
        assert_eq!((numbers.first(), numbers.last(), numbers.count(), numbers.left_out()), (7, 9, 3, 0));
        for number in 10..30_000 {
            numbers.push(number);
        }
        assert_eq!(numbers.iter().count(), Numbers::MOST + 1);
        assert_eq!((numbers.iter().last(), numbers.count()), (Some(29_999), 29_993));
        assert_eq!(numbers.iter().count() as u64 + numbers.left_out(), numbers.count());
    }
}
