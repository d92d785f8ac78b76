//! The table of flows: looked up by endpoints, ordered by their last packets.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use super::flow::Flow;

/// The two endpoints, in an order of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FlowKey([(IpAddr, u16); 2]);

impl FlowKey {
    #[inline]
    pub(super) fn new(one: SocketAddr, other: SocketAddr) -> Self {
        let (one, other) = ((one.ip(), one.port()), (other.ip(), other.port()));
        Self(if one <= other { [one, other] } else { [other, one] })
    }
}

/// The two lists of flows, each in the order of last packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Flows that are not over.
    Open,
    /// Flows whose ends are both done.
    Over,
}

/// The end of a list.
const NONE: usize = usize::MAX;

/// A flow, linked with its neighbours in its list.
#[derive(Debug)]
struct Slot {
    key: FlowKey,
    flow: Flow,
    memory: usize,
    order: Order,
    older: usize,
    newer: usize,
}

/// The two ends of a list.
#[derive(Debug, Clone, Copy)]
struct ListEnds {
    oldest: usize,
    newest: usize,
}

const EMPTY: ListEnds = ListEnds { oldest: NONE, newest: NONE };

/// All flows.
#[derive(Debug)]
pub(super) struct FlowTable {
    places: HashMap<FlowKey, usize>,
    slots: Vec<Option<Slot>>,
    free: Vec<usize>,
    open: ListEnds,
    over: ListEnds,
    memory: usize,
    /// The flow of the last packet: most often the next one's, too.
    last: Option<(FlowKey, usize)>,
}

impl Default for FlowTable {
    fn default() -> Self {
        Self {
            places: HashMap::new(),
            slots: Vec::new(),
            free: Vec::new(),
            open: EMPTY,
            over: EMPTY,
            memory: 0,
            last: None,
        }
    }
}

impl FlowTable {
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) const fn memory(&self) -> usize {
        self.memory
    }

    #[inline]
    pub(super) fn find(&mut self, key: &FlowKey) -> Option<usize> {
        if let Some((last, place)) = &self.last
            && last == key
        {
            return Some(*place);
        }
        let place = *self.places.get(key)?;
        self.last = Some((*key, place));
        Some(place)
    }

    /// The flow in a slot.
    ///
    /// # Panics
    /// If the slot is empty: places come from [`find`](Self::find), and are not kept.
    pub(super) fn get(&self, place: usize) -> &Flow {
        &self.slot(place).flow
    }

    fn slot(&self, place: usize) -> &Slot {
        self.slots[place].as_ref().expect("an occupied slot")
    }

    fn slot_mut(&mut self, place: usize) -> &mut Slot {
        self.slots[place].as_mut().expect("an occupied slot")
    }

    pub(super) fn insert(&mut self, key: FlowKey, flow: Flow) -> usize {
        let slot = Slot { key, flow, memory: 0, order: Order::Open, older: NONE, newer: NONE };
        let place = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        self.slots[place] = Some(slot);
        self.places.insert(key, place);
        self.last = Some((key, place));
        self.link(place, Order::Open);
        place
    }

    /// Updates a flow, which makes it the newest of its list.
    #[inline]
    pub(super) fn with<T>(&mut self, place: usize, act: impl FnOnce(&mut Flow) -> T) -> T {
        let slot = self.slot_mut(place);
        let result = act(&mut slot.flow);
        let memory = size_of::<Slot>() + slot.flow.memory();
        let change = (memory, std::mem::replace(&mut slot.memory, memory));
        let order = if slot.flow.is_over() { Order::Over } else { Order::Open };
        if slot.order != order || slot.newer != NONE {
            self.unlink(place);
            self.link(place, order);
        }
        self.memory = self.memory + change.0 - change.1;
        result
    }

    pub(super) fn remove(&mut self, place: usize) -> Flow {
        self.unlink(place);
        let slot = self.slots[place].take().expect("an occupied slot");
        self.places.remove(&slot.key);
        self.memory -= slot.memory;
        self.free.push(place);
        self.last = self.last.filter(|(_, last)| *last != place);
        slot.flow
    }

    pub(super) fn oldest(&self, order: Order) -> Option<usize> {
        let ListEnds { oldest, .. } = self.ends(order);
        (oldest != NONE).then_some(oldest)
    }

    /// The flow of the last packet.
    pub(super) fn newest(&self) -> Option<usize> {
        self.last.map(|(_, place)| place)
    }

    pub(super) fn into_flows(self) -> Vec<Flow> {
        self.slots.into_iter().flatten().map(|slot| slot.flow).collect()
    }

    const fn ends(&self, order: Order) -> ListEnds {
        match order {
            Order::Open => self.open,
            Order::Over => self.over,
        }
    }

    const fn ends_mut(&mut self, order: Order) -> &mut ListEnds {
        match order {
            Order::Open => &mut self.open,
            Order::Over => &mut self.over,
        }
    }

    fn unlink(&mut self, place: usize) {
        let Slot { older, newer, order, .. } = *self.slot(place);
        match older {
            NONE => self.ends_mut(order).oldest = newer,
            older => self.slot_mut(older).newer = newer,
        }
        match newer {
            NONE => self.ends_mut(order).newest = older,
            newer => self.slot_mut(newer).older = older,
        }
    }

    /// Puts a flow at the newest end of a list.
    fn link(&mut self, place: usize, order: Order) {
        let newest = std::mem::replace(&mut self.ends_mut(order).newest, place);
        match newest {
            NONE => self.ends_mut(order).oldest = place,
            newest => self.slot_mut(newest).newer = place,
        }
        let slot = self.slot_mut(place);
        (slot.older, slot.newer, slot.order) = (newest, NONE, order);
    }
}
