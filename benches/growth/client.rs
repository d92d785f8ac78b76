//! Many clients, no more than is needed to load a server: what is sent and received is counted, not understood.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use wirewalk::proto::Config;
use wirewalk::proto::handshake::client::{Ask, Handshake, Open};
use wirewalk::wire::http::{HeadLimits, HeadScanner, ResponseHead};
use wirewalk::wire::ws::{Fin, Header, HeaderView, MaskKey, Opcode};
use wirewalk::wire::{Parsed, Side};

/// So many connect at a time.
const AT_ONCE: usize = 200;

/// So many connect from one address: each has about 28,000 ports.
const FROM_ONE: usize = 4_000;

const KEY: MaskKey = MaskKey([0x37, 0xFA, 0x21, 0x3D]);

/// A connection, and what came on it that was not looked at yet.
pub(crate) struct Client {
    stream: TcpStream,
    early: Vec<u8>,
    /// How many users are online, as far as it knows.
    online: usize,
}

/// A message as a client sends it, and as it comes back.
pub(crate) struct Message {
    sent: Vec<u8>,
    received: Vec<u8>,
}

impl Message {
    pub(crate) fn new(len: usize) -> Self {
        let payload: Vec<u8> = (b' '..=b'~').cycle().take(len).collect();
        let frame = |mask| {
            let mut bytes = Vec::new();
            let header = Header::new(Fin::Final, Opcode::BINARY, len as u64, mask).expect("a legal frame");
            header.encode_frame(&payload, &mut bytes);
            bytes
        };
        Self { sent: frame(Some(KEY)), received: frame(None) }
    }
}

impl Client {
    /// Connects from one of the loopback addresses, and opens a WebSocket.
    async fn open(server: SocketAddr, number: usize, target: String) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        let last = u8::try_from(2 + number / FROM_ONE).map_err(io::Error::other)?;
        socket.bind((Ipv4Addr::new(127, 0, 0, last), 0).into())?;
        let mut stream = socket.connect(server).await?;
        stream.set_nodelay(true)?;
        let ask = Ask { host: "localhost", target: &target, subprotocols: &[], headers: &[] };
        let (handshake, request) = Handshake::request(&ask, *uuid::Uuid::new_v4().as_bytes());
        stream.write_all(&request).await?;
        let (mut scanner, mut head) = (HeadScanner::default(), Vec::new());
        let end = loop {
            if stream.read_buf(&mut head).await? == 0 {
                return Err(io::Error::other("the server closed the connection before it answered"));
            }
            if let Some(end) = scanner.scan(&head, &HeadLimits::default()).map_err(io::Error::other)? {
                break end;
            }
        };
        let response = ResponseHead::parse(&head[..end]).map_err(io::Error::other)?;
        let open = Open { config: Arc::new(Config::default()), masks: Box::new(|| KEY), now: Duration::ZERO };
        handshake.finish(&response, open).map_err(io::Error::other)?;
        Ok(Self { stream, early: head.split_off(end), online: 0 })
    }

    /// Sends a message and waits until it is back, so often.
    async fn echo(&mut self, message: &Message, times: usize) -> io::Result<()> {
        let mut received = vec![0; message.received.len()];
        for _ in 0..times {
            self.stream.write_all(&message.sent).await?;
            self.stream.read_exact(&mut received).await?;
        }
        if received == message.received { Ok(()) } else { Err(io::Error::other("another message came back")) }
    }

    /// Waits for so many of the same message.
    async fn receive(&mut self, message: &Message, times: usize) -> io::Result<()> {
        let mut received = vec![0; message.received.len()];
        for _ in 0..times {
            self.stream.read_exact(&mut received).await?;
        }
        if received == message.received { Ok(()) } else { Err(io::Error::other("another message came")) }
    }

    /// Waits for the notification that so many users are online.
    async fn until_notified(&mut self, online: usize) -> io::Result<()> {
        while self.online != online {
            let message: Value = serde_json::from_slice(&self.next().await?)?;
            self.online = message["online"].as_u64().map_or(0, |online| online as usize);
        }
        Ok(())
    }

    /// The payload of the next message.
    pub(crate) async fn next(&mut self) -> io::Result<Vec<u8>> {
        loop {
            if let Parsed::Complete { value, len } = HeaderView::parse(&self.early) {
                let frame = Header::check(&value, Side::Server).map_err(io::Error::other)?;
                let end = len + usize::try_from(frame.length()).map_err(io::Error::other)?;
                if self.early.len() >= end {
                    if frame.opcode().is_control() {
                        return Err(io::Error::other("the server closes the connection"));
                    }
                    return Ok(self.early.drain(..end).skip(len).collect());
                }
            }
            if self.stream.read_buf(&mut self.early).await? == 0 {
                return Err(io::Error::other("the server closed the connection"));
            }
        }
    }
}

/// Clients of one server.
pub(crate) struct Clients {
    server: SocketAddr,
    list: Vec<Client>,
}

impl Clients {
    pub(crate) fn of(server: SocketAddr) -> Self {
        Self { server, list: Vec::new() }
    }

    /// Opens more, until there are so many.
    pub(crate) async fn grow(&mut self, number: usize, target: impl Fn(usize) -> String) -> io::Result<()> {
        while self.list.len() < number {
            let begin = self.list.len();
            let end = number.min(begin + AT_ONCE);
            let opening = (begin..end).map(|number| Client::open(self.server, number, target(number)));
            self.list.extend(all(opening).await?);
        }
        Ok(())
    }

    /// Each sends a message and waits until it is back, so often.
    pub(crate) async fn echo(&mut self, message: &Arc<Message>, times: usize) -> io::Result<()> {
        let clients = std::mem::take(&mut self.list).into_iter().map(|mut client| {
            let message = Arc::clone(message);
            async move {
                client.echo(&message, times).await?;
                Ok(client)
            }
        });
        self.list = all(clients).await?;
        Ok(())
    }

    /// The first sends a message to all, so often, and waits each time until it has it back.
    pub(crate) async fn broadcast(&mut self, message: &Arc<Message>, times: usize) -> io::Result<()> {
        let clients = std::mem::take(&mut self.list).into_iter().enumerate().map(|(place, mut client)| {
            let message = Arc::clone(message);
            async move {
                match place {
                    0 => client.echo(&message, times).await?,
                    _ => client.receive(&message, times).await?,
                }
                Ok(client)
            }
        });
        self.list = all(clients).await?;
        Ok(())
    }

    /// Each waits for the notification that so many users are online.
    pub(crate) async fn until_notified(&mut self, online: usize) -> io::Result<()> {
        for client in &mut self.list {
            client.until_notified(online).await?;
        }
        Ok(())
    }

    /// Time from `begin` to each client's notification that so many users are online.
    pub(crate) async fn when_notified(&mut self, online: usize, begin: Instant) -> io::Result<Vec<Duration>> {
        let clients = std::mem::take(&mut self.list).into_iter().map(|mut client| async move {
            client.until_notified(online).await?;
            Ok((client, begin.elapsed()))
        });
        let (list, times) = all(clients).await?.into_iter().unzip();
        self.list = list;
        Ok(times)
    }

    /// One more that is not of them.
    pub(crate) async fn another(&self, target: String) -> io::Result<Client> {
        Client::open(self.server, self.list.len(), target).await
    }
}

/// Waits for all; the first error is that of all.
async fn all<T: Send + 'static>(
    futures: impl Iterator<Item = impl Future<Output = io::Result<T>> + Send + 'static>,
) -> io::Result<Vec<T>> {
    let mut tasks: JoinSet<_> = futures.collect();
    let mut values = Vec::with_capacity(tasks.len());
    while let Some(done) = tasks.join_next().await {
        values.push(done.map_err(io::Error::other)??);
    }
    Ok(values)
}
