//! The table of flows: looked up by endpoints, ordered by their last packets.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use super::flow::Flow;
use super::flow_memory::FlowMemory;
use super::place_list::PlaceList;

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

/// A list of flows, each in the order of last packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Flows that are not over.
    Open,
    /// Flows whose ends are both done.
    Over,
    /// Flows, of the other two lists, that have a window of compression.
    Windows,
}

/// Memory of a flow in the table, in bytes: the slot, its entry in the map, and its links in the lists.
const SLOT: usize = size_of::<Option<Slot>>() + 2 * size_of::<(FlowKey, usize)>() + 24;

/// A flow and its accounts.
#[derive(Debug)]
struct Slot {
    key: FlowKey,
    flow: Flow,
    memory: usize,
    order: Order,
}

/// All flows.
#[derive(Debug)]
pub(super) struct FlowTable {
    places: HashMap<FlowKey, usize>,
    slots: Vec<Option<Slot>>,
    free: Vec<usize>,
    open: PlaceList,
    over: PlaceList,
    windows: PlaceList,
    memory: usize,
    /// Memory that the layers above take for each flow, in bytes.
    memory_above: usize,
    /// The flow of the last packet: most often the next one's, too.
    last: Option<(FlowKey, usize)>,
}

impl FlowTable {
    /// An empty table. Each flow counts as `memory_above` bytes more than it takes.
    pub(super) fn new(memory_above: usize) -> Self {
        Self {
            places: HashMap::new(),
            slots: Vec::new(),
            free: Vec::new(),
            open: PlaceList::default(),
            over: PlaceList::default(),
            windows: PlaceList::default(),
            memory: 0,
            memory_above,
            last: None,
        }
    }

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

    pub(super) fn insert(&mut self, key: FlowKey, flow: Flow) -> usize {
        let slot = Slot { key, flow, memory: 0, order: Order::Open };
        let place = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        self.slots[place] = Some(slot);
        self.places.insert(key, place);
        self.last = Some((key, place));
        self.open.push(place);
        place
    }

    /// Updates a flow, which makes it the newest of its lists.
    #[inline]
    pub(super) fn with<T>(&mut self, place: usize, act: impl FnOnce(&mut Flow) -> T) -> T {
        let slot = self.slots[place].as_mut().expect("an occupied slot");
        let result = act(&mut slot.flow);
        let order = if slot.flow.is_over() { Order::Over } else { Order::Open };
        let before = std::mem::replace(&mut slot.order, order);
        let FlowMemory { all, windows } = slot.flow.memory();
        let memory = SLOT + self.memory_above + all;
        self.memory = self.memory + memory - std::mem::replace(&mut slot.memory, memory);
        if before == order {
            self.list_mut(order).touch(place);
        } else {
            self.list_mut(before).remove(place);
            self.list_mut(order).push(place);
        }
        if windows > 0 {
            self.windows.touch(place);
        } else {
            self.windows.remove(place);
        }
        result
    }

    pub(super) fn remove(&mut self, place: usize) -> Flow {
        let slot = self.slots[place].take().expect("an occupied slot");
        self.list_mut(slot.order).remove(place);
        self.windows.remove(place);
        self.places.remove(&slot.key);
        self.memory -= slot.memory;
        self.free.push(place);
        self.last = self.last.filter(|(_, last)| *last != place);
        slot.flow
    }

    /// Gives up a flow's windows of compression, without touching it otherwise.
    pub(super) fn give_up_windows(&mut self, place: usize) {
        let slot = self.slots[place].as_mut().expect("an occupied slot");
        slot.flow.give_up_windows();
        let memory = SLOT + self.memory_above + slot.flow.memory().all;
        self.memory = self.memory + memory - std::mem::replace(&mut slot.memory, memory);
        self.windows.remove(place);
    }

    /// Makes a flow the newest of a list that has it.
    pub(super) fn touch(&mut self, order: Order, place: usize) {
        self.list_mut(order).touch(place);
    }

    /// The key of a flow.
    pub(super) fn key(&self, place: usize) -> FlowKey {
        self.slot(place).key
    }

    pub(super) const fn oldest(&self, order: Order) -> Option<usize> {
        match order {
            Order::Open => self.open.oldest(),
            Order::Over => self.over.oldest(),
            Order::Windows => self.windows.oldest(),
        }
    }

    /// The flow of the last packet.
    pub(super) fn newest(&self) -> Option<usize> {
        self.last.map(|(_, place)| place)
    }

    pub(super) fn into_flows(self) -> Vec<Flow> {
        self.slots.into_iter().flatten().map(|slot| slot.flow).collect()
    }

    const fn list_mut(&mut self, order: Order) -> &mut PlaceList {
        match order {
            Order::Open => &mut self.open,
            Order::Over => &mut self.over,
            Order::Windows => &mut self.windows,
        }
    }
}
