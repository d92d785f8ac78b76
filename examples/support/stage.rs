//! One server address, real connections to it, and the capture of their packets.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use wirewalk::capture::SocketInfo;
use wirewalk::observe::tcp::State;
use wirewalk::wire::Side;

use super::packets::Packets;
use super::{Endpoint, Network, PATIENCE, Socket, WiresharkHint, Witness};

/// Longest wait for a packet, before the condition is checked again.
const A_WHILE: Duration = Duration::from_millis(20);

/// One server address, and the capture of its packets.
pub(crate) struct Stage {
    network: Network,
    server: SocketAddr,
    listener: Option<TcpListener>,
    packets: Packets,
    /// Connections made so far.
    connections: usize,
    pub(crate) witness: Witness,
}

impl Stage {
    pub(super) fn at(network: Network, server: SocketAddr) -> io::Result<Self> {
        let packets = Packets::of(server.port());
        let witness = Witness::new(&super::shows(), &packets.interface())?;
        println!();
        Ok(Self { network, server, listener: None, packets, connections: 0, witness })
    }

    pub(super) fn of(network: Network, listener: TcpListener) -> io::Result<Self> {
        SocketInfo::enable_saved_syn(&listener)?;
        let stage = Self::at(network, listener.local_addr()?)?;
        Ok(Self { listener: Some(listener), ..stage })
    }

    /// A TCP connection: the client's end and the server's.
    pub(crate) fn connect(&mut self) -> io::Result<(Socket, Socket)> {
        let listener = self.listener.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        let client = TcpStream::connect(self.server)?;
        let (server, _) = listener.accept()?;
        self.connections += 1;
        // The server's end tells more: it has the client's own SYN.
        let tap = self.packets.tap(Side::Server, &server)?;
        let longest = self.network.longest_write();
        Ok((Socket::new(client, None, longest)?, Socket::new(server, tap, longest)?))
    }

    /// A client's end of a connection to a server that runs by itself.
    pub(crate) fn visit(&mut self) -> io::Result<Socket> {
        let client = TcpStream::connect(self.server)?;
        self.connections += 1;
        let tap = self.packets.tap(Side::Client, &client)?;
        Socket::new(client, tap, self.network.longest_write())
    }

    /// A WebSocket: a TCP connection, and the opening handshake over it.
    pub(crate) fn websocket(&mut self, target: &str) -> io::Result<(Endpoint, Endpoint)> {
        let (client, server) = self.connect()?;
        Endpoint::pair(client, server, target)
    }

    /// Waits until an end has come to a state, as far as packets show it.
    pub(crate) fn until(&mut self, side: Side, state: State) -> io::Result<()> {
        self.watch(|witness| witness.tcp().is_some_and(|tcp| tcp[side] == state))
    }

    /// Reads packets until a condition holds.
    fn watch(&mut self, holds: impl Fn(&Witness) -> bool) -> io::Result<()> {
        let begin = Instant::now();
        while !holds(&self.witness) {
            match self.packets.next(A_WHILE)? {
                Some(packet) => self.witness.see(&packet)?,
                None if begin.elapsed() > PATIENCE => return Err(io::ErrorKind::TimedOut.into()),
                None => {}
            }
        }
        Ok(())
    }

    /// Closes a WebSocket as the RFC has it: the client's Close, the server's, then TCP, the server first.
    pub(crate) fn close(&mut self, client: &mut Endpoint, server: &mut Endpoint) -> io::Result<()> {
        client.close(1000, "done")?;
        server.next_event()?;
        client.next_event()?;
        client.acknowledge()?;
        self.until(Side::Server, State::FinWait2)?;
        client.next_event()?;
        client.finish()?;
        server.next_event().map(drop)
    }

    /// Waits for the last packets of all connections.
    pub(crate) fn settle(&mut self) -> io::Result<()> {
        let connections = self.connections;
        self.watch(|witness| witness.closed() == connections)
    }

    /// Waits for the last packets, and prints what was observed.
    pub(crate) fn end(mut self, look: WiresharkHint) -> io::Result<()> {
        self.settle()?;
        self.witness.tell(look)
    }
}
