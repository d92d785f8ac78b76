//! A list of places in a table, in the order in which they were touched: the oldest is at hand.

/// The end of the list, or a place outside of it.
const NONE: u32 = u32::MAX;

/// Neighbours of a place.
#[derive(Debug, Clone, Copy)]
struct Links {
    older: u32,
    newer: u32,
    is_listed: bool,
}

const UNLISTED: Links = Links { older: NONE, newer: NONE, is_listed: false };

/// A doubly linked list. Each operation takes constant time.
#[derive(Debug)]
pub(super) struct PlaceList {
    /// By place.
    links: Vec<Links>,
    oldest: u32,
    newest: u32,
}

impl Default for PlaceList {
    fn default() -> Self {
        Self { links: Vec::new(), oldest: NONE, newest: NONE }
    }
}

impl PlaceList {
    pub(super) const fn oldest(&self) -> Option<usize> {
        if self.oldest == NONE { None } else { Some(self.oldest as usize) }
    }

    /// Adds a place as the newest.
    pub(super) fn push(&mut self, place: usize) {
        if self.links.len() <= place {
            self.links.resize(place + 1, UNLISTED);
        }
        let at = place as u32;
        match self.newest {
            NONE => self.oldest = at,
            newest => self.links[newest as usize].newer = at,
        }
        self.links[place] = Links { older: self.newest, newer: NONE, is_listed: true };
        self.newest = at;
    }

    /// Removes a place, if it is listed.
    pub(super) fn remove(&mut self, place: usize) {
        let Some(&Links { older, newer, is_listed: true }) = self.links.get(place) else { return };
        match older {
            NONE => self.oldest = newer,
            older => self.links[older as usize].newer = newer,
        }
        match newer {
            NONE => self.newest = older,
            newer => self.links[newer as usize].older = older,
        }
        self.links[place] = UNLISTED;
    }

    /// Makes a listed place the newest.
    #[inline]
    pub(super) fn touch(&mut self, place: usize) {
        if self.newest != place as u32 {
            self.remove(place);
            self.push(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(list: &mut PlaceList) -> Vec<usize> {
        std::iter::from_fn(|| list.oldest().inspect(|place| list.remove(*place))).collect()
    }

    #[test]
    fn places_come_in_the_order_in_which_they_were_touched() {
        let mut list = PlaceList::default();
        for place in [3, 0, 7, 1] {
            list.push(place);
        }
        list.touch(0);
        list.touch(0);
        list.remove(7);
        list.remove(7);
        list.remove(99);
        list.push(7);
        assert_eq!(all(&mut list), [3, 1, 0, 7]);
        assert_eq!(list.oldest(), None);
        list.touch(3);
        assert_eq!(all(&mut list), [3], "one that is touched is listed");
    }
}
