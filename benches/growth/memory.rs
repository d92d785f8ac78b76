//! How memory grows with connections that do nothing.

use std::io;

use tokio::runtime::Runtime;

use crate::chart::{Chart, Growth, Series, bytes};
use crate::client::Clients;
use crate::extent::Extent;
use crate::online::Logins;
use crate::server::{Directory, Server, kernel_memory};

/// The server's memory with so many idle connections, and what the kernel holds for their sockets.
pub(crate) fn by_connections(runtime: &Runtime, extent: &Extent) -> io::Result<Chart> {
    let connections = extent.possible(extent.connections);
    let [mut echo, mut sessions, mut kernel] =
        ["the server, idle on /echo", "the server, online on /message", "the kernel, sockets of one end"]
            .map(Series::new);
    let before = kernel_memory()?;
    let server = Server::start(Directory::new()?, &[])?;
    let mut clients = Clients::of(server.address);
    for &number in &connections {
        runtime.block_on(clients.grow(number, |_| "/echo".to_owned()))?;
        server.time_at_rest()?;
        echo.add(number, server.memory()?);
        // The clients' ends are on this machine too. With few of them, everything else that happens outweighs them.
        let both = kernel_memory()? - before;
        if number >= 1_000 && both > 0.0 {
            kernel.add(number, both / 2.0);
        }
    }
    drop((clients, server));

    let directory = Directory::new()?;
    let logins = Logins::new(runtime, &directory, connections.last().copied().unwrap_or(0))?;
    let server = Server::start(directory, &[])?;
    let mut clients = Clients::of(server.address);
    for &number in &connections {
        runtime.block_on(clients.grow(number, |place| logins.target(place)))?;
        server.time_at_rest()?;
        sessions.add(number, server.memory()?);
    }
    let series = [echo, sessions, kernel].into_iter().filter(|series| !series.points.is_empty());
    Ok(Chart {
        title: "Memory, by connections that do nothing",
        x: "connections",
        y: "bytes in all",
        show: bytes,
        growth: Growth::Linear,
        series: series.collect(),
    })
}
