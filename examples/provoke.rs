//! Provokes a finding: plays the client's part of an experiment of the lab, right or wrong as the experiment has it.
//!
//! Where the server is at fault, it needs `wirewalk serve --lab`, and the client keeps all rules; where the client is,
//! any WebSocket server will do that has an `/echo`. Capture it meanwhile (`serve --lab --capture FILE.pcapng`), and
//! the finding is in the capture. Without an id it lists the experiments.
//!
//! Run it: `cargo run --example provoke [ID [HOST:PORT [SECONDS]]]`; the seconds are those of an idle timeout

use std::fs::File;
use std::io::{self, Read as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout_at};
use wirewalk::lab::{ApiClient, Client, ClientAction, Experiment, Placeholders, Player, Step, table};
use wirewalk::proto::handshake::client;
use wirewalk::proto::{Config, Connection, Event, Input, Kind, Limits, Timers, Transmit};
use wirewalk::wire::http::{HeadLimits, HeadScanner, Key, ResponseHead, Status};
use wirewalk::wire::ws::{CloseCode, CloseFrame, MaskKey, ReadyState};

/// Where `wirewalk serve` listens by default.
const SERVER: &str = "127.0.0.1:9001";

/// How long a fair client waits for the end of a closing handshake, and then for the server's FIN.
const CLOSING: Duration = Duration::from_secs(4);

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(id) = arguments.next() else {
        for row in table::experiments() {
            println!("{:17} {}", row.id, row.does.en);
        }
        return ExitCode::SUCCESS;
    };
    let server = arguments.next().unwrap_or_else(|| SERVER.to_owned());
    let Some(experiment) = table::find(&id) else {
        eprintln!("there is no experiment {id}; without an id all are listed");
        return ExitCode::from(2);
    };
    println!("{}: {}", experiment.id, experiment.does.en);
    match run(experiment, &server, arguments.next()).await {
        Ok(()) => {
            println!("In the capture: {}", experiment.shows.en);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{server}: {error}");
            ExitCode::from(2)
        }
    }
}

/// Opens as many connections as the experiment takes, a second apart, and waits for the last to end.
async fn run(experiment: &'static Experiment, server: &str, seconds: Option<String>) -> io::Result<()> {
    let seconds = seconds.map(|seconds| format!("&seconds={seconds}")).unwrap_or_default();
    let own = format!("/lab/{}?run={:032x}{seconds}", experiment.id, u128::from_ne_bytes(random()));
    let mut running = Vec::new();
    for number in 0..experiment.connections {
        if number > 0 {
            sleep(Duration::from_secs(1)).await;
        }
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        let blanks = Placeholders {
            host: server.to_owned(),
            target: own.clone(),
            key: Key::from_nonce(random()).as_str().to_owned(),
        };
        running.push(match experiment.client {
            Client::Script("", script) => tokio::spawn(play(stream, blanks, script)),
            Client::Script(target, script) => {
                tokio::spawn(play(stream, Placeholders { target: target.to_owned(), ..blanks }, script))
            }
            Client::Fair(visit) => tokio::spawn(attend(stream, blanks, visit)),
        });
    }
    for connection in running {
        connection.await??;
    }
    Ok(())
}

/// Does exactly what the script says.
async fn play(stream: TcpStream, blanks: Placeholders, script: &'static [Step]) -> io::Result<()> {
    let player = Player::new(stream, Vec::new(), blanks);
    let account = player.account();
    player.play(script).await;
    for entry in account.entries() {
        println!("  +{} ms {:?} {} {:?}", entry.at, entry.event, entry.note, entry.bytes);
    }
    Ok(())
}

/// Does what the experiment asks of a client that keeps all rules, and says what it meets.
async fn attend(mut stream: TcpStream, blanks: Placeholders, visit: ApiClient) -> io::Result<()> {
    let (host, target) = (blanks.host.as_str(), blanks.target.as_str());
    let ask = client::Ask { host, target, subprotocols: visit.subprotocols, headers: &[] };
    let (asking, request) = client::Handshake::request(&ask, random());
    stream.write_all(&request).await?;
    let Some((head, early)) = read_head(&mut stream).await? else {
        println!("  < the server ended within the handshake");
        return Ok(());
    };
    let response = ResponseHead::parse(&head).map_err(io::Error::other)?;
    let timers = Timers { close_timeout: CLOSING, ..Timers::default() };
    let config = Arc::new(Config { limits: Limits::default(), timers });
    let masks = Box::new(|| MaskKey(random()));
    match asking.finish(&response, client::Open { config, masks, now: Duration::ZERO }) {
        // What is no WebSocket is given up (RFC 6455 §4.1); an answer over HTTP is read to its end.
        Err(error) => {
            println!("  = refused: {error} ({})", error.rfc());
            if response.status != Status::SWITCHING_PROTOCOLS {
                while stream.read(&mut [0; 4096]).await? > 0 {}
            }
        }
        Ok(mut connection) => {
            println!("  = OPEN");
            for act in visit.actions {
                println!("  > {act:?}");
                // The connection was just opened: nothing is refused.
                let _ = match *act {
                    ClientAction::Text(text) => connection.send(Kind::Text, text.as_bytes()),
                    ClientAction::Binary(len) => connection.send(Kind::Binary, &vec![0; len]),
                    ClientAction::Close(code) => {
                        connection.close(&CloseFrame::new(CloseCode(code), ""), Duration::ZERO);
                        Ok(())
                    }
                };
            }
            converse(&mut stream, &mut connection, early).await;
            if let Some(record) = connection.close_record() {
                println!("  = CLOSED {} clean={}", record.reported_code(), record.is_clean());
            }
        }
    }
    Ok(())
}

/// Plays the connection to its end.
async fn converse(stream: &mut TcpStream, connection: &mut Connection, mut bytes: Vec<u8>) {
    let begin = Instant::now();
    loop {
        let mut input = Input::new(&mut bytes);
        while let Some(event) = connection.receive(&mut input, begin.elapsed()) {
            println!("  < {}", described(&event));
        }
        while let Some(transmit) = connection.poll_transmit() {
            let written = match transmit {
                Transmit::Bytes(bytes) => stream.write(bytes).await,
                Transmit::Eof => stream.shutdown().await.map(|()| 0),
            };
            match written {
                Ok(written) => connection.transmitted(written),
                Err(error) => {
                    println!("  < {error}");
                    return connection.receive_eof();
                }
            }
        }
        if connection.ready_state() == ReadyState::Closed {
            return;
        }
        let due = connection.poll_timeout().unwrap_or(Duration::from_mins(2));
        bytes.clear();
        bytes.reserve(16 * 1024);
        match timeout_at((begin + due).into(), stream.read_buf(&mut bytes)).await {
            Ok(Ok(1..)) => {}
            Ok(Ok(0)) => {
                println!("  < FIN");
                connection.receive_eof();
            }
            Ok(Err(error)) => {
                println!("  < {error}");
                connection.receive_eof();
            }
            Err(_) if connection.poll_timeout().is_none() => return,
            Err(_) => connection.handle_timeout(begin.elapsed()),
        }
    }
}

fn described(event: &Event<'_>) -> String {
    match event {
        Event::Message(message) => format!("{} {} B", message.kind.opcode(), message.payload.len()),
        Event::Ping(payload) => format!("ping {} B", payload.len()),
        Event::Pong(payload) => format!("pong {} B", payload.len()),
        Event::Close(frame) => format!("close {} {:?}", frame.code(), frame.reason()),
        Event::Failed(error) => format!("{error} ({}), > close {}", error.rfc(), error.close_code()),
    }
}

/// The response's head and what came behind it; `None`: the server ended first.
async fn read_head(stream: &mut TcpStream) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let (mut head, mut scanner) = (Vec::new(), HeadScanner::default());
    while stream.read_buf(&mut head).await? > 0 {
        if let Some(len) = scanner.scan(&head, &HeadLimits::default()).map_err(io::Error::other)? {
            let early = head.split_off(len);
            return Ok(Some((head, early)));
        }
    }
    Ok(None)
}

/// Bytes that nobody can foresee, from the kernel.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let mut source = File::open("/dev/urandom").expect("the kernel's source of randomness");
    source.read_exact(&mut bytes).expect("it never ends");
    bytes
}
