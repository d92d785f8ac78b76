//! How processor time grows with connections, message size and subscribers.

use std::io;
use std::sync::Arc;

use tokio::runtime::Runtime;

use crate::chart::{Chart, Growth, Series, microseconds};
use crate::client::{Clients, Message};
use crate::extent::Extent;
use crate::server::{Directory, Server};

/// A message that is small, so that its length costs nothing.
const SMALL: usize = 16;

/// The most bytes that are sent to measure one size.
const BYTES: usize = 16 << 20;

fn echo(_: usize) -> String {
    "/echo".to_owned()
}

/// A message's cost with so many connections, on each of which one is under way.
pub(crate) fn by_connections(runtime: &Runtime, extent: &Extent) -> io::Result<Chart> {
    let mut series = Series::new("16 B, one under way on each");
    let server = Server::start(Directory::new()?, &[])?;
    let mut clients = Clients::of(server.address);
    let message = Arc::new(Message::new(SMALL));
    for number in extent.possible(extent.connections) {
        let times = extent.times(number);
        runtime.block_on(async {
            clients.grow(number, echo).await?;
            clients.echo(&message, 1).await
        })?;
        let cost = extent.median(|| {
            let all = server.cost(|| runtime.block_on(clients.echo(&message, times)))?;
            Ok(all / (number * times) as f64)
        })?;
        series.add(number, cost);
    }
    Ok(Chart {
        title: "A message's cost, by connections that are active",
        x: "connections",
        y: "processor time of the server a message",
        show: microseconds,
        growth: Growth::Level,
        series: vec![series],
    })
}

/// A message's cost by its size, with and without a capture of it.
pub(crate) fn by_size(runtime: &Runtime, extent: &Extent) -> io::Result<Chart> {
    let modes = [
        ("not captured", None),
        ("captured as sockets", Some("socket")),
        ("captured as packets", Some("packet")),
    ];
    let mut list = Vec::new();
    for (name, mode) in modes {
        let directory = Directory::new()?;
        let file = directory.join("growth.pcapng").display().to_string();
        let arguments: Vec<&str> = match mode {
            Some(mode) => vec!["--capture", &file, "--capture-mode", mode],
            None => Vec::new(),
        };
        match Server::start(directory, &arguments) {
            Ok(server) => list.push(sizes(runtime, extent, name, &server)?),
            Err(_) if mode == Some("packet") => println!("skipped: packets may not be captured here"),
            Err(error) => return Err(error),
        }
    }
    Ok(Chart {
        title: "A message's cost, by its size",
        x: "bytes of a message",
        y: "processor time of the server a message",
        show: microseconds,
        growth: Growth::Linear,
        series: list,
    })
}

fn sizes(runtime: &Runtime, extent: &Extent, name: &'static str, server: &Server) -> io::Result<Series> {
    const CONNECTIONS: usize = 8;
    let mut series = Series::new(name);
    let mut clients = Clients::of(server.address);
    runtime.block_on(clients.grow(CONNECTIONS, echo))?;
    for &size in extent.sizes {
        let message = Arc::new(Message::new(size));
        let times = extent.times(CONNECTIONS).min(BYTES / CONNECTIONS / size).max(2);
        runtime.block_on(clients.echo(&message, 1))?;
        let cost = extent.median(|| {
            let all = server.cost(|| runtime.block_on(clients.echo(&message, times)))?;
            Ok(all / (CONNECTIONS * times) as f64)
        })?;
        series.add(size, cost);
    }
    Ok(series)
}

/// A delivery's cost with so many who are sent the same message.
pub(crate) fn by_subscribers(runtime: &Runtime, extent: &Extent) -> io::Result<Chart> {
    let mut series = Series::new("16 B on /broadcast");
    let server = Server::start(Directory::new()?, &[])?;
    let mut clients = Clients::of(server.address);
    let message = Arc::new(Message::new(SMALL));
    for number in extent.possible(extent.subscribers) {
        let times = extent.times(number);
        runtime.block_on(async {
            clients.grow(number, |_| "/broadcast".to_owned()).await?;
            clients.broadcast(&message, 1).await
        })?;
        let cost = extent.median(|| {
            let all = server.cost(|| runtime.block_on(clients.broadcast(&message, times)))?;
            Ok(all / (number * times) as f64)
        })?;
        series.add(number, cost);
    }
    Ok(Chart {
        title: "A delivery's cost, by subscribers",
        x: "subscribers",
        y: "processor time of the server a delivery",
        show: microseconds,
        growth: Growth::Level,
        series: vec![series],
    })
}
