//! A real connection, of which the kernel tells its states and the observer sees the packets.

use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};

use socket2::{Domain, Socket, Type};
use wirewalk::capture::CapturedPacket;
use wirewalk::observe::tcp::State;
use wirewalk::observe::{Change, Config, Observer};
use wirewalk::wire::Side;

use super::map::{self, Move};
use super::trace::Trace;
use crate::support::catch::Catch;
use crate::support::{PATIENCE, wait_until};

/// One end's address, and its changes of state.
#[derive(Debug)]
struct End {
    port: u16,
    observed: Vec<Move>,
}

/// What is traced. Sockets are left to the test, so that it closes them as it likes.
pub(super) struct TracedConnection {
    trace: Trace,
    catch: Catch,
    watcher: Watcher,
    listener: Option<TcpListener>,
    socket: Option<Socket>,
    address: SocketAddr,
}

/// What the observer makes of the packets.
struct Watcher {
    observer: Observer,
    client: End,
    server: End,
    /// Each packet, to be shown if the two do not agree.
    packets: Vec<String>,
}

impl TracedConnection {
    /// A listener and a client's socket; none, with a word, without the privileges.
    pub(super) fn new() -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (trace, catch) = (Trace::on(address.port())?, Catch::on(address.port())?);
        // Bound before it connects, so that the trace knows its port from the first change on.
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let port = socket.local_addr().unwrap().as_socket().unwrap().port();
        let end = |port| End { port, observed: Vec::new() };
        let watcher = Watcher {
            observer: Observer::new(Config::default()),
            client: end(port),
            server: end(address.port()),
            packets: Vec::new(),
        };
        Some(Self { trace, catch, watcher, listener: Some(listener), socket: Some(socket), address })
    }

    /// Opens the connection: the client's end and the server's.
    pub(super) fn connect(&mut self) -> (TcpStream, TcpStream) {
        let client = self.socket.take().unwrap();
        client.connect(&self.address.into()).unwrap();
        let (server, _) = self.listener.as_ref().unwrap().accept().unwrap();
        (client.into(), server)
    }

    /// Nobody listens: the connection is refused.
    pub(super) fn refuse(&mut self) {
        self.listener = None;
        let error = self.socket.take().unwrap().connect(&self.address.into()).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
    }

    /// Lets the observer see the next packet, and gives it; none if it is quiet.
    pub(super) fn packet(&mut self) -> Option<CapturedPacket<'_>> {
        let caught = self.catch.next()?;
        self.watcher.see(&caught);
        Some(caught)
    }

    pub(super) fn side_of(&self, from: SocketAddr) -> Side {
        if from == self.address { Side::Server } else { Side::Client }
    }

    /// What the kernel tells of an end so far.
    fn kernel(&self, side: Side) -> Vec<Move> {
        let port = self.watcher.end(side).port;
        let seen = self.trace.seen();
        seen.iter().filter(|one| one.own_port == port).map(|one| (one.from, one.to)).collect()
    }

    /// Waits until the kernel has an end in this state.
    pub(super) fn wait_for(&self, side: Side, state: State) {
        wait_until(&format!("{side} in {state}"), PATIENCE, || {
            self.kernel(side).last().is_some_and(|(_, to)| *to == state)
        });
    }

    /// Waits until the connection is over, and demands that the observer saw of each end what the kernel tells.
    ///
    /// # Panics
    /// If they do not agree: shows both, and the packets.
    pub(super) fn agree(mut self) {
        wait_until("both ends closed", PATIENCE, || {
            let [client, server] = [Side::Client, Side::Server].map(|side| self.kernel(side));
            let is_closed = |moves: &[Move]| moves.last().is_some_and(|(_, to)| *to == State::Closed);
            // Where a connection is refused, the server has no socket.
            is_closed(&client) && (is_closed(&server) || server.is_empty() && self.listener.is_none())
        });
        let watcher = &mut self.watcher;
        self.catch.drain(1, |caught| watcher.see(caught));
        for side in [Side::Client, Side::Server] {
            let observed = &self.watcher.end(side).observed;
            let (expected, told) = (map::expected(observed), self.kernel(side));
            assert!(
                expected == told,
                "{side}\n  observed: {}\n  that is:  {}\n  kernel:   {}\n{}",
                map::shown(observed),
                map::shown(&expected),
                map::shown(&told),
                self.watcher.packets.join("\n")
            );
            println!("{side}: {}", map::shown(&told));
        }
    }
}

impl Watcher {
    const fn end(&self, side: Side) -> &End {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    fn see(&mut self, caught: &CapturedPacket<'_>) {
        let number = self.packets.len() as u64 + 1;
        let packet = caught.raw(number);
        let segment = packet.decode().expect("the filter lets TCP through");
        let step = self.observer.observe(&segment);
        assert_eq!(step.stream, 0, "one connection");
        let mut line =
            format!("  {number}: {} {} seq {} ack {:?}", step.from, step.flags, step.seq, step.ack);
        for transition in step.transitions {
            let Change::Tcp { from, to, .. } = transition.change else { continue };
            let _ = write!(line, "; {} {from} → {to}", transition.side);
            match transition.side {
                Side::Client => self.client.observed.push((from, to)),
                Side::Server => self.server.observed.push((from, to)),
            }
        }
        self.packets.push(line);
    }
}
