//! How processor time grows with sessions that are online.

use std::io;
use std::net::Ipv4Addr;
use std::time::SystemTime;

use tokio::runtime::Runtime;
use wirewalk::accounts::{Accounts, SignIn, User};

use crate::chart::{Chart, Growth, Series, microseconds};
use crate::client::Clients;
use crate::extent::Extent;
use crate::server::{Directory, Server};

/// The users whose sessions are online: to hash a password takes longer than to begin a thousand sessions.
pub(crate) const USERS: usize = 8;

/// Visits of a measurement: each has everybody notified twice.
const VISITS: usize = 3;

/// Sessions that the server will find in its database.
pub(crate) struct Logins {
    targets: Vec<String>,
    /// Of somebody who has no other session.
    visitor: String,
}

impl Logins {
    /// So many sessions, of a few users.
    pub(crate) fn new(runtime: &Runtime, directory: &Directory, number: usize) -> io::Result<Self> {
        runtime.block_on(async {
            let accounts = Accounts::open(&directory.database()).await.map_err(io::Error::other)?;
            let mut users = Vec::new();
            for name in 0..=USERS {
                let (name, password) = (format!("user {name}"), "correct horse battery staple");
                let user = accounts.register(&name, password, Ipv4Addr::LOCALHOST.into()).await;
                users.push(user.map_err(io::Error::other)?);
            }
            let mut targets = Vec::with_capacity(number);
            for place in 0..number {
                targets.push(target(&accounts, &users[place % USERS]).await?);
            }
            Ok(Self { targets, visitor: target(&accounts, &users[USERS]).await? })
        })
    }

    /// What a session's connection asks for.
    pub(crate) fn target(&self, place: usize) -> String {
        self.targets[place].clone()
    }

    /// The same of somebody who has no other session.
    pub(crate) fn visitor(&self) -> String {
        self.visitor.clone()
    }
}

async fn target(accounts: &Accounts, user: &User) -> io::Result<String> {
    let from = Ipv4Addr::LOCALHOST.into();
    let sign_in = SignIn { user, generation: 0, from, max_sessions: None, now: SystemTime::now() };
    let login = accounts.issue(&sign_in).await.map_err(io::Error::other)?;
    Ok(format!("/message?sessionId={}&userId={}", login.session, user.id))
}

/// Cost of joining, and of a notification that somebody came or went, by sessions online.
pub(crate) fn by_sessions(runtime: &Runtime, extent: &Extent) -> io::Result<Chart> {
    let sessions = extent.possible(extent.sessions);
    let [mut join, mut notified] =
        ["to come: Upgrade, session, join", "to be told a new count"].map(Series::new);
    let directory = Directory::new()?;
    let logins = Logins::new(runtime, &directory, sessions.last().copied().unwrap_or(0))?;
    let server = Server::start(directory, &[])?;
    let mut clients = Clients::of(server.address);
    let mut before = 0;
    for number in sessions {
        let all = server.cost(|| {
            runtime.block_on(async {
                clients.grow(number, |place| logins.target(place)).await?;
                clients.until_notified(USERS).await
            })
        })?;
        join.add(number, all / (number - before) as f64);
        before = number;
        let cost = extent.median(|| {
            let all = server.cost(|| runtime.block_on(visit(&mut clients, &logins)))?;
            Ok(all / (number * 2 * VISITS) as f64)
        })?;
        notified.add(number, cost);
    }
    Ok(Chart {
        title: "Presence's cost, by sessions online",
        x: "sessions online",
        y: "processor time of the server",
        show: microseconds,
        growth: Growth::Level,
        series: vec![join, notified],
    })
}

/// One visit: somebody comes and goes, and everybody is notified.
async fn visit(clients: &mut Clients, logins: &Logins) -> io::Result<()> {
    for _ in 0..VISITS {
        let visitor = clients.another(logins.visitor()).await?;
        clients.until_notified(USERS + 1).await?;
        drop(visitor);
        clients.until_notified(USERS).await?;
    }
    Ok(())
}
