//! The network of a scene: one of its own if the kernel allows, else the machine's.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use socket2::{Domain, Socket, Type};

use super::Stage;
use super::private_network::enter_private_network;

/// The largest packet: that of an Ethernet, so that segments are as long as on most networks.
const MTU: u32 = 1500;

/// Bytes of a packet for TCP, less its options.
const MSS: u32 = MTU - 40;

/// The port of the server in a network of our own, where nobody else can have it.
const PORT: u16 = 9001;

/// Backlog of the listener.
const BACKLOG: i32 = 16;

/// The network of a scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Network {
    /// In a network of its own, where a capture disturbs nobody.
    Private,
    /// In the machine's, between its other connections.
    Machine,
}

impl Network {
    /// A network of our own, if the kernel gives one. To be called before any thread is started.
    pub(super) fn enter() -> Self {
        match enter_private_network(MTU) {
            Ok(()) => {
                println!("Network: one of its own (a network namespace), packets of at most {MTU} bytes.");
                Self::Private
            }
            Err(error) => {
                println!("Network: the machine's own loopback; one of our own was refused ({error}).");
                Self::Machine
            }
        }
    }

    /// The address of the server.
    pub(crate) fn address(self) -> SocketAddr {
        let port = match self {
            Self::Private => PORT,
            // Whichever is free.
            Self::Machine => 0,
        };
        (Ipv4Addr::LOCALHOST, port).into()
    }

    /// Longest write that goes into one segment.
    ///
    /// A network of our own cuts a longer write itself, as a network card does. The machine's loopback does not: it
    /// takes packets of 64 KiB.
    pub(super) fn longest_write(self) -> usize {
        match self {
            Self::Private => usize::MAX,
            Self::Machine => MSS as usize - 12,
        }
    }

    /// A listener and the capture of its packets: LISTEN, from here on.
    pub(crate) fn listen(self) -> io::Result<Stage> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_reuse_address(true)?;
        if self == Self::Machine {
            // Before the SYN,ACK is sent: it is what tells the client how long segments may be.
            socket.set_tcp_mss(MSS)?;
        }
        socket.bind(&self.address().into())?;
        socket.listen(BACKLOG)?;
        Stage::of(self, TcpListener::from(socket))
    }

    /// The capture of a server that has a listener of its own.
    pub(crate) fn watch(self, server: SocketAddr) -> io::Result<Stage> {
        Stage::at(self, server)
    }
}
