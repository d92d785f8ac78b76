//! One value for each end.

use std::ops::{Index, IndexMut};

use crate::wire::Side;

/// What the client's end has, and what the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Both<T> {
    /// The client's.
    pub client: T,
    /// The server's.
    pub server: T,
}

impl<T> Both<T> {
    /// The same made from each.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Both<U> {
        Both { client: f(self.client), server: f(self.server) }
    }
}

impl<T> Both<T> {
    /// This side's, and its peer's.
    pub(super) const fn pair_mut(&mut self, side: Side) -> (&mut T, &mut T) {
        match side {
            Side::Client => (&mut self.client, &mut self.server),
            Side::Server => (&mut self.server, &mut self.client),
        }
    }

    /// Makes the client's the server's.
    pub(super) const fn swap(&mut self) {
        std::mem::swap(&mut self.client, &mut self.server);
    }
}

impl<T> Index<Side> for Both<T> {
    type Output = T;

    fn index(&self, side: Side) -> &T {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }
}

impl<T> IndexMut<Side> for Both<T> {
    fn index_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}
