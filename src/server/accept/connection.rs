//! From the accepted TCP connection to its first request: read the head, then HTTP or WebSocket.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;
use tracing::debug;

use super::{date, http};
use crate::server::accept::listener::{Place, goodbye};
use crate::server::admission::boundary;
use crate::server::admission::quota::{ConnectionPermit, OverQuota};
use crate::server::admission::requester::Requester;
use crate::server::app::App;
use crate::server::endpoints::inspect::{Begun, Reins};
use crate::server::endpoints::upgrade::{Upgraded, upgrade};
use crate::server::endpoints::{inspect, lab};
use crate::server::recorder::now_ns;
use crate::server::session::budget::Share;
use crate::server::session::session::{self, Session, Shared};
use crate::server::tap::stream::Tappable;
use crate::wire::http::{HeadError, HeadLimits, HeadScanner, Request, Response, Status};

/// How long a refused client may go on sending before we close: closing with unread data would make TCP reset the
/// connection, and the client might never see the answer.
const LINGER: Duration = Duration::from_secs(1);

/// The most that is read and thrown away of it, in bytes.
const LINGER_BYTES: usize = 1024 * 1024;

/// Serves a connection from its first byte to its last, and then gives its place back.
pub(in crate::server) fn serve<S: Tappable>(
    stream: S,
    peer: SocketAddr,
    app: Arc<App>,
    router: Router,
    place: Place,
    permit: ConnectionPermit,
) -> impl Future<Output = ()> {
    let from = From { peer, accepted_ns: now_ns() };
    // Boxed, and made outside: the memory that opening needs is gone while the WebSocket lives.
    let opening = Box::pin(async move { open(stream, from, &app, router, permit).await });
    async move {
        let _place = place;
        if let Some((session, early)) = opening.await {
            session::run(session, early).await;
        }
    }
}

/// A WebSocket session, and what came behind its request head.
pub(in crate::server) type Opened<S> = (Shared<S>, Vec<u8>);

/// Where a connection comes from.
#[derive(Clone, Copy)]
struct From {
    peer: SocketAddr,
    /// In nanoseconds since 1970.
    accepted_ns: u64,
}

/// Who sends the first request of a connection.
struct Admission {
    requester: Requester,
    permit: ConnectionPermit,
}

/// A place in the quota of a client that came by a trusted proxy, in whose place the connection was counted so far;
/// `None` for any other, which has one since it was accepted.
///
/// # Errors
/// If the client's network has as many connections as it may.
pub(in crate::server) fn permit_for(
    app: &App,
    peer: SocketAddr,
    client: &Requester,
) -> Result<Option<ConnectionPermit>, OverQuota> {
    app.proxies.trust(peer.ip()).then(|| app.networks.connect(client)).transpose()
}

async fn open<S: Tappable>(
    mut stream: S,
    from: From,
    app: &Arc<App>,
    router: Router,
    permit: ConnectionPermit,
) -> Option<Opened<S>> {
    let mut received = Vec::new();
    let head = tokio::select! {
        head = timeout(app.settings.handshake_timeout, read_head(&mut stream, &mut received)) => head,
        () = app.stopped() => return None,
    };
    let len = match head {
        Ok(Head::Whole(len)) => len,
        Ok(Head::Bad(error)) => {
            debug!("< {error}");
            turn_away(stream, &Response::refusal(error.status(), &error.to_string())).await;
            return None;
        }
        Ok(Head::Ended) => return None,
        Err(_) if received.is_empty() => return None,
        Err(_) => {
            let response = Response::refusal(Status::REQUEST_TIMEOUT, "the request head took too long");
            turn_away(stream, &response).await;
            return None;
        }
    };
    let early = received.split_off(len);
    let request = match Request::parse(&received, HeadLimits::default().lines) {
        Ok(request) => request,
        Err(error) => {
            debug!("< {error}");
            turn_away(stream, &Response::refusal(error.status(), &error.to_string())).await;
            return None;
        }
    };
    debug!("< {} {}", request.method, request.path().escape_debug());
    if !request.wants_websocket() {
        received.extend_from_slice(&early);
        return http::serve(stream, received, from.peer, app, router, permit).await;
    }
    let client = app.proxies.client(from.peer, &request.headers);
    // Before anyone watches: nobody sees what another's page had a browser send.
    if let Err(refusal) = boundary::check_upgrade(app, &request, &client, app.hosts.reached(&stream)) {
        turn_away(stream, &refusal).await;
        return None;
    }
    let permit = match permit_for(app, from.peer, &client).map(|of_client| of_client.unwrap_or(permit)) {
        Ok(permit) => permit,
        Err(over) => {
            turn_away(stream, &over.refusal()).await;
            return None;
        }
    };
    let admission = Admission { requester: client, permit };
    if let Some(watch) = app.inspect.watch(&request) {
        let begun =
            Begun { head: &received, early: &early, client: from.peer, accepted_ns: from.accepted_ns };
        match watch.begin(stream, &begun) {
            // It lives here, to its end: what it costs more than others is only its own.
            Ok((tap, reins)) => {
                let watched = Box::pin(admit(tap, early, &request, admission, app, Some(&reins)));
                if let Some((session, early)) = watched.await {
                    Box::pin(session::run(session, early)).await;
                }
                return None;
            }
            Err(untapped) => stream = untapped,
        }
    }
    admit(stream, early, &request, admission, app, None).await
}

/// Answers an Upgrade. `reins` are those of a connection that is watched.
async fn admit<S: Tappable>(
    mut stream: S,
    early: Vec<u8>,
    request: &Request<'_>,
    admission: Admission,
    app: &Arc<App>,
    reins: Option<&Reins>,
) -> Option<Opened<S>> {
    let Admission { requester: client, permit } = admission;
    let guest = inspect::enter(app, request, &client).map(|entered| entered.map(Guest::Viewer));
    match guest.or_else(|| lab::enter(app, request, &client).map(|entered| entered.map(Guest::Visitor))) {
        None => {}
        Some(Ok(guest)) => {
            Box::pin(guest.play(stream, early, app)).await;
            return None;
        }
        Some(Err(refusal)) => {
            turn_away(stream, &refusal).await;
            return None;
        }
    }
    match upgrade(app, request, &client).await {
        Ok(upgraded) => {
            stream.write_all(&date::encode(&upgraded.response)).await.ok()?;
            debug!("> 101");
            if let Some(reins) = reins {
                reins.take(&upgraded.outbox);
            }
            Some((begin(stream, upgraded, app, permit), early))
        }
        Err(refusal) => {
            turn_away(stream, &refusal).await;
            None
        }
    }
}

/// Who comes for a WebSocket that is no session.
enum Guest {
    Viewer(inspect::Viewer),
    Visitor(lab::Visitor),
}

impl Guest {
    async fn play<S: Tappable>(self, stream: S, early: Vec<u8>, app: &App) {
        match self {
            Self::Viewer(viewer) => viewer.play(stream, early, app).await,
            Self::Visitor(visitor) => visitor.play(stream, early, app).await,
        }
    }
}

/// The session on a stream over which the 101 was sent.
pub(in crate::server) fn begin<S>(
    stream: S,
    upgraded: Upgraded,
    app: &Arc<App>,
    permit: ConnectionPermit,
) -> Shared<S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Upgraded { connection, endpoint, outbox, .. } = upgraded;
    debug!("= CONNECTING -> {}", connection.ready_state());
    let seat = app.sessions.join(Arc::clone(&outbox));
    if app.is_stopping() {
        // Too late to be told with the others.
        outbox.close(goodbye());
    }
    let session = Arc::new(Mutex::new(Session {
        stream,
        noted: connection.ready_state(),
        connection,
        endpoint,
        outbox,
        app: Arc::clone(app),
        share: Share::new(permit),
        _seat: seat,
        stalled: None,
        alarm: None,
    }));
    let weak = Arc::downgrade(&session);
    session::with(&session, |session| session.endpoint.begin(weak));
    session
}

/// How reading a head ended.
enum Head {
    /// It is whole, and this long.
    Whole(usize),
    /// It is refused.
    Bad(HeadError),
    /// The client went away.
    Ended,
}

async fn read_head<S: AsyncRead + Unpin>(stream: &mut S, received: &mut Vec<u8>) -> Head {
    let limits = HeadLimits::default();
    let mut scanner = HeadScanner::default();
    received.reserve(1024);
    loop {
        match stream.read_buf(received).await {
            Ok(1..) => {}
            Ok(0) | Err(_) => return Head::Ended,
        }
        match scanner.scan(received, &limits) {
            Ok(None) => {}
            Ok(Some(len)) => return Head::Whole(len),
            Err(error) => return Head::Bad(error),
        }
    }
}

/// Sends a last response, and lets the client take it.
pub(in crate::server) async fn turn_away<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    response: &Response,
) {
    let sent = timeout(LINGER, stream.write_all(&date::encode(response))).await;
    if matches!(sent, Ok(Ok(()))) {
        linger(stream).await;
    }
}

/// Ends a connection behind a last response: waits a little for the client to take it and close.
pub(in crate::server) async fn linger<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) {
    let goodbye = async {
        stream.shutdown().await?;
        let mut buffer = [0; 4096];
        let mut left = LINGER_BYTES;
        while left > 0 {
            match stream.read(&mut buffer).await? {
                0 => break,
                len => left = left.saturating_sub(len),
            }
        }
        std::io::Result::Ok(())
    };
    // Whether the client listened does not matter any more.
    let _ = timeout(LINGER, goodbye).await;
}
