//! How soon, and how often, clients that are online are notified of others who come and go.

use std::io;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::time::{interval, sleep, timeout};

use crate::chart::{Chart, Growth, Series, microseconds, plain};
use crate::client::Clients;
use crate::extent::Extent;
use crate::online::{Logins, USERS};
use crate::server::{Directory, Server};

/// The time without a change after which the next one is sent at once.
const QUIET: Duration = Duration::from_millis(250);

/// The time after which no more notifications come: visits are more frequent.
const SILENCE: Duration = Duration::from_secs(2);

/// Time until a part of the clients is notified of a visitor: from the visitor's first packet to the client's read.
pub(crate) fn latency(runtime: &Runtime, extent: &Extent) -> io::Result<Chart> {
    let sessions = extent.possible(extent.crowds);
    let [mut half, mut most, mut all] = ["half of them", "99 of 100", "all"].map(Series::new);
    let directory = Directory::new()?;
    let logins = Logins::new(runtime, &directory, sessions.last().copied().unwrap_or(0))?;
    let server = Server::start(directory, &[])?;
    let mut clients = Clients::of(server.address);
    for number in sessions {
        let mut times = runtime.block_on(async {
            clients.grow(number, |place| logins.target(place)).await?;
            clients.until_notified(USERS).await?;
            let mut times = Vec::new();
            for _ in 0..extent.rounds {
                sleep(QUIET).await;
                let begin = Instant::now();
                let visitor = clients.another(logins.visitor()).await?;
                times.extend(clients.when_notified(USERS + 1, begin).await?);
                drop(visitor);
                clients.until_notified(USERS).await?;
            }
            io::Result::Ok(times)
        })?;
        times.sort_unstable();
        let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64() * 1e6;
        half.add(number, at(50));
        most.add(number, at(99));
        all.add(number, at(100));
    }
    Ok(Chart {
        title: "How soon a new count is known, by sessions online",
        x: "sessions online",
        y: "from a visitor's first packet, clients on the same machine",
        show: microseconds,
        growth: Growth::Linear,
        series: vec![half, most, all],
    })
}

/// Notifications a second that each client gets while others come and go.
pub(crate) fn by_visits(runtime: &Runtime, extent: &Extent) -> io::Result<Chart> {
    let mut notified = Series::new("counts told to each client");
    let directory = Directory::new()?;
    let logins = Logins::new(runtime, &directory, USERS)?;
    let server = Server::start(directory, &[])?;
    for &visits in extent.visits {
        let number = runtime.block_on(async {
            sleep(QUIET).await;
            let clients = Clients::of(server.address);
            let mut watcher = clients.another(logins.visitor()).await?;
            let coming = async {
                let mut ticks = interval(Duration::from_secs(1) / u32::try_from(visits).unwrap_or(u32::MAX));
                let begin = Instant::now();
                for place in (0..USERS).cycle() {
                    ticks.tick().await;
                    if begin.elapsed() >= extent.span {
                        break;
                    }
                    // It leaves at once: one visitor at a time.
                    clients.another(logins.target(place)).await?;
                }
                io::Result::Ok(())
            };
            let mut number = 0;
            let counting = async {
                // Ends at the silence after the last visit.
                while let Ok(notification) = timeout(SILENCE, watcher.next()).await {
                    notification?;
                    number += 1;
                }
                io::Result::Ok(())
            };
            tokio::try_join!(coming, counting)?;
            io::Result::Ok(number)
        })?;
        notified.add(visits, f64::from(number) / extent.span.as_secs_f64());
    }
    Ok(Chart {
        title: "How often each client is notified, by how many come and go",
        x: "visits a second",
        y: "a second",
        show: plain,
        growth: Growth::Level,
        series: vec![notified],
    })
}
