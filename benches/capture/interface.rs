//! Packets taken from an interface by a packet socket.

#[path = "../../examples/support/private_network.rs"]
mod private_network;

use std::hint::black_box;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use wirewalk::capture::{CaptureOptions, Checksums, Flush, PacketSocket, Writer};

use private_network::enter_private_network;

use super::support::{PageOffsetBuf, group, letters};
use super::{PAYLOADS, record, writer};

pub(crate) const COLUMNS: [&str; 4] = ["memcpy", "recv(2)", "taken", "taken + written"];

/// So many messages are queued before they are taken.
const BATCH: u64 = 100;

/// What an Ethernet card lets through.
const MTU: u32 = 1500;

/// Goes where packets may be captured without any privilege, if that is allowed.
pub(crate) fn prepare() {
    let _ = enter_private_network(MTU);
}

/// A connection through the loopback interface, watched.
struct LoopbackConnection {
    client: TcpStream,
    server: TcpStream,
    socket: PacketSocket,
}

impl LoopbackConnection {
    fn new() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let watch = CaptureOptions {
            interface: "lo".to_owned(),
            port: address.port(),
            checksums: Checksums::Complete,
        };
        let socket = PacketSocket::open(watch)?;
        let client = TcpStream::connect(address)?;
        let server = listener.accept()?.0;
        client.set_nodelay(true)?;
        Ok(Self { client, server, socket })
    }

    /// Sends so many messages, and receives them.
    fn talk(&mut self, messages: u64, payload: &[u8]) -> io::Result<Duration> {
        for _ in 0..messages {
            self.client.write_all(payload)?;
        }
        let mut received = vec![0; payload.len()];
        let begin = Instant::now();
        for _ in 0..messages {
            self.server.read_exact(&mut received)?;
        }
        Ok(begin.elapsed())
    }

    /// Takes all packets that are queued; the time of one. An acknowledgment is one too.
    fn take(&mut self, mut each: impl FnMut(&[u8])) -> io::Result<(Duration, u64)> {
        let (begin, mut packets) = (Instant::now(), 0);
        while let Some(caught) = self.socket.receive(Duration::ZERO)? {
            each(caught.bytes);
            packets += 1;
        }
        Ok((begin.elapsed(), packets))
    }

    /// The time of taking so many packets.
    fn taken(&mut self, packets: u64, payload: &[u8], mut each: impl FnMut(&[u8])) -> io::Result<Duration> {
        self.take(|_| {})?;
        let (mut time, mut taken) = (Duration::ZERO, 0);
        while taken < packets {
            self.talk(BATCH.min(packets - taken), payload)?;
            let (some, number) = self.take(&mut each)?;
            time += some;
            taken += number;
        }
        // Acknowledgments came too: the time is that of those which were asked for.
        let nanoseconds = time.as_nanos() * u128::from(packets) / u128::from(taken);
        Ok(Duration::from_nanos(nanoseconds as u64))
    }
}

pub(crate) fn measure(criterion: &mut Criterion) {
    let mut connection = match LoopbackConnection::new() {
        Ok(connection) => connection,
        Err(error) => {
            println!("skipped: packets may not be captured here: {error}");
            return;
        }
    };
    for (size, len) in PAYLOADS {
        let payload = PageOffsetBuf::source(&letters(len));
        let mut group = criterion.benchmark_group(group("taken", size));
        group.throughput(Throughput::Elements(1));
        // A packet is 66 bytes longer than what it carries: the headers of Ethernet, IP and TCP.
        let packet = PageOffsetBuf::source(&letters(len + 66));
        super::memcpy(&mut group, &packet);
        let connection = &mut connection;
        group.bench_function("recv(2)", |bench| {
            bench.iter_custom(|messages| {
                let batches = (0..messages).step_by(BATCH as usize).map(|begin| BATCH.min(messages - begin));
                batches.map(|batch| connection.talk(batch, &payload).expect("the loopback interface")).sum()
            });
        });
        let mut take = |name, each: &mut dyn FnMut(&[u8])| {
            group.bench_function(name, |bench| {
                bench.iter_custom(|packets| {
                    connection.taken(packets, &payload, &mut *each).expect("lo is there")
                });
            });
        };
        take("taken", &mut |bytes| {
            black_box(bytes);
        });
        let mut nowhere: Writer<_> = writer(io::sink(), Flush::WhenFull);
        take("taken + written", &mut |bytes| nowhere.packet(&record(bytes)).expect("nowhere is never full"));
        group.finish();
    }
}
