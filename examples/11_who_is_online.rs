//! Who is online: the real server, three connections of two users, and one number that is always right.
//!
//! Prints what each user is told as others come and go: two tabs of one user count once, everybody is told when the
//! number changes, and nobody when it does not. Then the server stops, and says so: Close 1001.
//!
//! Run it: `cargo run --example 11_who_is_online [OUT.pcapng]`

mod support;

use std::io;
use std::net::Ipv4Addr;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use support::{Endpoint, Network, PeerEvent, Stage, WiresharkHint, random};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use wirewalk::accounts::{Accounts, Login, SignIn};
use wirewalk::presence::{Language, LoginPolicy};
use wirewalk::proto::handshake::client;
use wirewalk::server::{BasePath, Pages, Quotas, Server, Settings, VisibleUsers};
use wirewalk::web;

fn main() -> ExitCode {
    support::play(scene)
}

fn scene(network: Network) -> io::Result<()> {
    let runtime = Runtime::new()?;
    let (stop, stopped) = oneshot::channel::<()>();
    // The server of `wirewalk serve`, with accounts that end with the process.
    let (server, logins) = runtime.block_on(async {
        let accounts = Accounts::open("sqlite::memory:").await.map_err(io::Error::other)?;
        let logins = logins(&accounts).await?;
        let pages = Pages { files: web::pages(""), home: web::home(""), error: web::error_page };
        let server = Server::bind(settings(network), accounts, pages).map_err(io::Error::other)?;
        io::Result::Ok((server, logins))
    })?;
    let mut stage = network.watch(server.local_addr()?)?;
    let running = runtime.spawn(server.run(async { drop(stopped.await) }));

    let [first, second, bob] = &logins;
    println!("Alice opens a tab.");
    let mut alice = enter(&mut stage, first)?;
    print_next("Alice", &mut alice)?;
    println!("She opens another one, signed in again.");
    let mut again = enter(&mut stage, second)?;
    print_next("Alice, second tab", &mut again)?;
    println!("Bob comes.");
    let mut bobs = enter(&mut stage, bob)?;
    for (name, endpoint) in [("Bob", &mut bobs), ("Alice", &mut alice), ("Alice, second tab", &mut again)] {
        print_next(name, endpoint)?;
    }
    println!("Bob asks.");
    bobs.text(&format!(r#"{{"sessionId":"{}","query":"onLineNumber"}}"#, bob.session))?;
    print_next("Bob", &mut bobs)?;
    println!("Alice closes her second tab: she is still there, so nobody is told.");
    leave(&mut again)?;
    assert!(!bobs.has_input(Duration::from_millis(300))?, "the number did not change");
    println!("Bob leaves.");
    leave(&mut bobs)?;
    print_next("Alice", &mut alice)?;
    println!("The server stops.");
    drop(stop);
    print_next("Alice", &mut alice)?;
    alice.next_event()?;
    alice.finish()?;
    runtime.block_on(running).map_err(io::Error::other)?;

    stage.end(WiresharkHint {
        filter: "websocket.payload.text contains \"online\"",
        at: "What the server pushed, to whom: the column tcp.stream tells the three connections apart. Follow →\n\
            TCP Stream of one shows its whole life, from the Upgrade with the session id to the Close.",
    })
}

/// Two users; Alice signs in twice, and has a session for each.
async fn logins(accounts: &Accounts) -> io::Result<[Login; 3]> {
    let (password, here) = ("correct horse battery staple", Ipv4Addr::LOCALHOST.into());
    let alice = accounts.register("alice", password, here).await.map_err(io::Error::other)?;
    let bob = accounts.register("bob", password, here).await.map_err(io::Error::other)?;
    let now = SystemTime::now();
    let login = async |user| {
        let from = Ipv4Addr::LOCALHOST.into();
        let sign_in = SignIn { user, generation: 0, from, max_sessions: None, now };
        accounts.issue(&sign_in).await.map_err(io::Error::other)
    };
    Ok([login(&alice).await?, login(&alice).await?, login(&bob).await?])
}

fn settings(network: Network) -> Settings {
    Settings {
        listen: network.address(),
        workers: NonZeroUsize::MIN,
        language: Language::En,
        login_policy: LoginPolicy::Many,
        max_sessions: None,
        base_path: BasePath::default(),
        hosts: Vec::new(),
        allowed_origins: Vec::new(),
        max_message_size: 1 << 20,
        max_connections: 100,
        handshake_timeout: Duration::from_secs(10),
        ping_interval: None,
        ping_timeout: Duration::from_secs(10),
        close_timeout: Duration::from_secs(5),
        send_buffer: 256 << 10,
        drain_timeout: Duration::from_secs(5),
        admin_token: None,
        trusted_proxies: Vec::new(),
        visible_users: VisibleUsers::Oneself,
        quotas: Quotas::DEFAULT,
        recording: None,
        lab: None,
        report: web::report,
    }
}

/// What the page does when a user opens it: a WebSocket, with the session of the login.
fn enter(stage: &mut Stage, login: &Login) -> io::Result<Endpoint> {
    let target = format!("/message?sessionId={}&userId={}", login.session, login.user.id);
    let ask = client::Ask { host: "localhost", target: &target, subprotocols: &[], headers: &[] };
    let (asking, request) = client::Handshake::request(&ask, random());
    let mut socket = stage.visit()?;
    socket.write(&request)?;
    Endpoint::answered(asking, socket)
}

/// Prints the next event of a user.
fn print_next(name: &str, endpoint: &mut Endpoint) -> io::Result<()> {
    println!("  {name} is told: {}", endpoint.next_event()?);
    Ok(())
}

/// What the page does when it is closed.
fn leave(endpoint: &mut Endpoint) -> io::Result<()> {
    endpoint.close(1001, "")?;
    while endpoint.next_event()? != PeerEvent::End {}
    endpoint.finish()
}
