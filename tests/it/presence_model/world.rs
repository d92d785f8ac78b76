//! The model: clients, their actions, the faults that may happen, and the invariants at rest.

use super::Cluster;
use super::client::{Client, End, KICK, Ledger};
use super::connection::{Connection, Fault, Hold, Issued, panic_with};
use super::late::Late;
use super::random::Random;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use wirewalk::presence::coalesce::{Action, Coalescer};
use wirewalk::presence::{
    EndReason, Generation, JoinError, Language, LoginPolicy, Member, Registry, SessionId, Target, UserId,
};

const NODES: usize = 3;
const USERS: i64 = 6;

pub(crate) struct World<C> {
    cluster: C,
    policy: LoginPolicy,
    random: Random,
    now: Duration,
    nodes: Vec<Node>,
    ledger: Arc<Ledger>,
    /// Sessions that a login has issued, superseded ones among them.
    issued: Vec<Issued>,
    newest: BTreeMap<UserId, Generation>,
    connections: Vec<Connection>,
    /// Sessions of which a connection has ended on the client's side.
    left: BTreeSet<SessionId>,
    last_quiet: (u64, BTreeSet<UserId>),
    /// What happened how often. A test in which nothing happens finds nothing.
    pub(crate) tally: BTreeMap<&'static str, usize>,
}

struct Node {
    late: Arc<Late>,
    registry: Registry,
    changes: Arc<Mutex<Vec<u64>>>,
    coalescer: Coalescer,
}

impl<C: Cluster> World<C> {
    fn count(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }

    pub(crate) fn new(policy: LoginPolicy, mut random: Random) -> Self {
        let mut cluster = C::new(policy);
        let nodes = (0..NODES).map(|_| {
            let late = Arc::new(Late::new(cluster.node(), random.fork()));
            let changes = Arc::new(Mutex::new(Vec::new()));
            let inbox = Arc::clone(&changes);
            let registry = Registry::new(late.clone(), move |version| inbox.lock().unwrap().push(version));
            Node { late, registry, changes, coalescer: Coalescer::default() }
        });
        let nodes = nodes.collect();
        Self {
            cluster,
            policy,
            random,
            now: Duration::ZERO,
            nodes,
            ledger: Arc::default(),
            issued: Vec::new(),
            newest: BTreeMap::new(),
            connections: Vec::new(),
            left: BTreeSet::new(),
            last_quiet: (0, BTreeSet::new()),
            tally: BTreeMap::new(),
        }
    }

    /// Lets something happen.
    pub(crate) fn step(&mut self) -> Fault {
        self.now += Duration::from_millis(self.random.next() % 60);
        match self.random.below(33) {
            0..=2 => self.login()?,
            3..=10 => self.join()?,
            11..=18 => self.poll()?,
            19 => self.forget(|connection| matches!(connection.hold, Hold::Joining(_)), drop)?,
            20..=22 => self.forget(|connection| matches!(connection.hold, Hold::Guard(_)), drop)?,
            23 => self.forget(|connection| matches!(connection.hold, Hold::Guard(_)), panic_with)?,
            24 => self.kick()?,
            25 => self.log_out()?,
            26..=27 => self.send()?,
            28 => drop(self.nodes[self.random.below(NODES)].late.leave_one()),
            29 => self.nodes[self.random.below(NODES)].late.beat(),
            30 => self.expire()?,
            _ => self.announce(),
        }
        self.always()?;
        let node = self.random.below(NODES);
        self.list_is_right(node)
    }

    fn login(&mut self) -> Fault {
        let user = UserId(self.random.next().cast_signed().rem_euclid(USERS));
        let node = &self.nodes[self.random.below(NODES)];
        // A clock that often stands, and is not the same everywhere.
        let now_ms = self.now.as_secs() * 2 + self.random.next() % 3;
        let login = self.finish(node.registry.login(user, now_ms)).map_err(|error| error.to_string())?;
        let issued = Issued {
            id: SessionId::from_u128(u128::from(self.random.next())),
            user,
            generation: login.generation,
        };
        if self.newest.insert(user, login.generation).is_some_and(|old| old >= login.generation) {
            return Err(format!("generation {:?} after a newer one", login.generation));
        }
        if self.policy == LoginPolicy::Single {
            for connection in self.connections.iter_mut().filter(|connection| connection.session.user == user)
            {
                connection.causes.push(End::Displaced);
            }
        }
        self.issued.push(issued);
        Ok(())
    }

    fn join(&mut self) -> Fault {
        if self.issued.is_empty() {
            return Ok(());
        }
        // Mostly a recent session, so that many join again and few are superseded.
        let back = self.random.below(self.issued.len().min(12)).min(self.random.below(self.issued.len()));
        let session = self.issued[self.issued.len() - 1 - back];
        let node = self.random.below(NODES);
        let language = if self.random.one_in(2) { Language::Zh } else { Language::En };
        let mut causes = Vec::new();
        for sibling in self.connections.iter_mut().filter(|sibling| sibling.session.id == session.id) {
            sibling.causes.push(End::Replaced);
            // Of two joins under way on two nodes, the one that takes effect later stays.
            if sibling.node != node && matches!(sibling.hold, Hold::Joining(_)) {
                causes.push(End::Replaced);
            }
        }
        let client = Client::new(language, Arc::clone(&self.ledger));
        let member =
            Member { session: session.id, user: session.user, generation: session.generation, language };
        let hold = Hold::Joining(Box::pin(self.nodes[node].registry.join(member, client.clone())));
        let mut siblings =
            self.connections.iter().filter(|old| old.session.id == session.id && old.node == node);
        if siblings.any(Connection::listed) {
            return Err("joined twice on one node, and the older is not replaced at once".to_owned());
        }
        self.connections.push(Connection { node, session, client, hold, causes });
        Ok(())
    }

    /// Gives a join a chance.
    fn poll(&mut self) -> Fault {
        match self.pick(|connection| matches!(connection.hold, Hold::Joining(_))) {
            Some(index) => self.advance(index).map(drop),
            None => Ok(()),
        }
    }

    /// Polls a join once; true if that ended it.
    fn advance(&mut self, index: usize) -> Result<bool, String> {
        let connection = &mut self.connections[index];
        let Hold::Joining(joining) = &mut connection.hold else { return Ok(true) };
        let Poll::Ready(joined) = joining.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            return Ok(false);
        };
        let seen = connection.client.seen();
        let session = connection.session;
        match joined {
            Ok(presence) => {
                connection.hold = Hold::Guard(presence);
                if seen.count.is_none() || !connection.hold.is_guard_of(session.id) {
                    return Err("a newcomer got no count, or holds another's guard".to_owned());
                }
                self.count("joined");
            }
            Err(JoinError::Closed) if seen.end.is_some() => {
                self.count("closed while joining");
                self.remove(index, drop)?;
            }
            Err(JoinError::Superseded)
                if self.policy == LoginPolicy::Single && session.generation < self.newest[&session.user] =>
            {
                self.count("superseded");
                self.remove(index, drop)?;
            }
            Err(error) => return Err(format!("{error} for no reason")),
        }
        Ok(true)
    }

    /// Ends some connection on the client's side, in this way.
    fn forget(&mut self, which: impl Fn(&Connection) -> bool, how: impl FnOnce(Hold)) -> Fault {
        match self.pick(which) {
            Some(index) => self.remove(index, how),
            None => Ok(()),
        }
    }

    fn remove(&mut self, index: usize, how: impl FnOnce(Hold)) -> Fault {
        let connection = self.connections.swap_remove(index);
        connection.justified()?;
        self.left.insert(connection.session.id);
        match (&connection.hold, connection.client.seen().end) {
            (Hold::Joining(_), _) => self.count("join dropped or failed"),
            (Hold::Guard(_), None) => self.count("left"),
            (Hold::Guard(_), Some(End::Replaced)) => self.count("left after being replaced"),
            (Hold::Guard(_), Some(_)) => self.count("left after being closed"),
        }
        how(connection.hold);
        connection.client.go();
        Ok(())
    }

    fn kick(&mut self) -> Fault {
        let Some(index) = self.pick(|_| true) else { return Ok(()) };
        let Issued { id, user, .. } = self.connections[index].session;
        let target = if self.random.one_in(2) { Target::Session(id) } else { Target::User(user) };
        self.end(target, End::Kicked, |registry| registry.end(target, KICK))
    }

    fn log_out(&mut self) -> Fault {
        let Some(index) = self.pick(|_| true) else { return Ok(()) };
        let id = self.connections[index].session.id;
        self.end_session(id, End::LoggedOut, EndReason::LoggedOut)
    }

    fn expire(&mut self) -> Fault {
        let Some(index) = self.pick(|_| true) else { return Ok(()) };
        let id = self.connections[index].session.id;
        self.end_session(id, End::Expired, EndReason::Expired)
    }

    fn end_session(&mut self, id: SessionId, end: End, why: EndReason<'_>) -> Fault {
        let target = Target::Session(id);
        self.end(target, end, |registry| registry.end(target, why))
    }

    fn end(&mut self, target: Target, end: End, act: impl FnOnce(&Registry) -> usize) -> Fault {
        let node = self.random.below(NODES);
        let mut meant: Vec<_> = self.connections.iter_mut().collect();
        meant.retain(|connection| connection.node == node && connection.is(target) && connection.listed());
        for connection in &mut meant {
            connection.causes.push(end);
        }
        let ended = act(&self.nodes[node].registry);
        if ended != meant.len() || meant.iter().any(|connection| connection.client.seen().end != Some(end)) {
            return Err(format!("{end:?}: {ended} ended of {}", meant.len()));
        }
        Ok(())
    }

    fn send(&mut self) -> Fault {
        let (node, user) = (self.random.below(NODES), self.random.next().cast_signed().rem_euclid(USERS));
        let target = self.random.one_in(2).then_some(Target::User(UserId(user)));
        let before: usize = self.connections.iter().map(|connection| connection.client.seen().texts).sum();
        let registry = &self.nodes[node].registry;
        let sent = target.map_or_else(|| registry.broadcast("news"), |target| registry.push(target, "news"));
        let meant = self.connections.iter().filter(|connection| {
            connection.node == node && connection.open() && target.is_none_or(|target| connection.is(target))
        });
        let meant = meant.count();
        let after: usize = self.connections.iter().map(|connection| connection.client.seen().texts).sum();
        if (sent, after) != (meant, before + meant) {
            return Err(format!("a push said {sent}, reached {}, was meant for {meant}", after - before));
        }
        Ok(())
    }

    /// What each node does when its timer or its hook wakes it.
    fn announce(&mut self) {
        for node in &mut self.nodes {
            for version in node.changes.lock().unwrap().drain(..) {
                node.coalescer.changed(version);
            }
            while let Action::Announce(_) = node.coalescer.poll(self.now) {
                node.registry.announce();
            }
        }
    }

    /// What is true after every step.
    fn always(&self) -> Fault {
        self.ledger.result()?;
        self.connections.iter().try_for_each(Connection::justified)
    }

    /// What is true of a node's list after every step.
    fn list_is_right(&self, node: usize) -> Fault {
        let mut listed: Vec<_> =
            self.nodes[node].registry.sessions().into_iter().map(|session| session.id).collect();
        let here =
            self.connections.iter().filter(|connection| connection.node == node && connection.listed());
        let mut here: Vec<_> = here.map(|connection| connection.session.id).collect();
        listed.sort_unstable();
        here.sort_unstable();
        if listed == here { Ok(()) } else { Err(format!("listed are {listed:?}, but {here:?} are there")) }
    }

    /// Lets everything under way come to its end, and compares what is said with what is.
    pub(crate) fn check(&mut self) -> Fault {
        while let Some(index) = self.pick(|connection| matches!(connection.hold, Hold::Joining(_))) {
            if !self.advance(index)? {
                self.cluster.wait();
            }
        }
        for node in &self.nodes {
            while node.late.leave_one() {}
        }
        self.cluster.wait();
        self.nodes.iter().for_each(|node| node.late.beat());
        self.announce();
        self.now += Duration::from_millis(100);
        self.announce();
        self.always()?;
        (0..NODES).try_for_each(|node| self.list_is_right(node))?;

        let open: Vec<_> = self.connections.iter().filter(|connection| connection.open()).collect();
        let users: BTreeSet<_> = open.iter().map(|connection| connection.session.user).collect();
        let sessions: BTreeSet<_> = open.iter().map(|connection| connection.session.id).collect();
        let version = self.nodes[0].registry.snapshot().version;
        for node in &self.nodes {
            let said = node.registry.snapshot();
            if (said.version, said.users, said.connections) != (version, users.len(), open.len()) {
                return Err(format!("{said:?}, but {} users have {} connections", users.len(), open.len()));
            }
        }
        for connection in &open {
            let count = connection.client.seen().count;
            if count != Some((version, users.len() as u64)) {
                return Err(format!("got {count:?}, but version {version} is {}", users.len()));
            }
            let newest = self.newest[&connection.session.user];
            if self.policy == LoginPolicy::Single && connection.session.generation < newest {
                return Err("an older login is open".to_owned());
            }
        }
        if sessions.len() < open.len() || (self.policy == LoginPolicy::Single && users.len() < open.len()) {
            return Err(format!("{} users have {} connections open", users.len(), open.len()));
        }
        self.survivors(&sessions)?;
        *self.tally.entry("open when quiet").or_default() += open.len();
        let (last_version, last_users) = std::mem::replace(&mut self.last_quiet, (version, users));
        if version < last_version || (version == last_version && last_users != self.last_quiet.1) {
            return Err(format!("version {last_version}, then {version}, for other users"));
        }
        Ok(())
    }

    /// Whoever is replaced is replaced by someone: two connections of a session never replace each other.
    fn survivors(&self, open: &BTreeSet<SessionId>) -> Fault {
        let mut alone = self.connections.iter().map(|connection| connection.session.id);
        let gone = |id: &SessionId| !open.contains(id) && !self.left.contains(id);
        let replaced = |id: SessionId| {
            let mut ends = self.connections.iter().filter(|connection| connection.session.id == id);
            ends.all(|connection| connection.client.seen().end == Some(End::Replaced))
        };
        if alone.any(|id| gone(&id) && replaced(id)) {
            return Err("all connections of a session were replaced, and none is left".to_owned());
        }
        Ok(())
    }

    fn pick(&mut self, which: impl Fn(&Connection) -> bool) -> Option<usize> {
        let fitting: Vec<_> =
            (0..self.connections.len()).filter(|&index| which(&self.connections[index])).collect();
        (!fitting.is_empty()).then(|| fitting[self.random.below(fitting.len())])
    }

    fn finish<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = std::pin::pin!(future);
        loop {
            match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(value) => return value,
                Poll::Pending => self.cluster.wait(),
            }
        }
    }
}
