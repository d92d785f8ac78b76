//! One connection, from its first request head to its last byte: HTTP, or a WebSocket.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use tokio::time::timeout;
use tracing::debug;

use super::head::{HeadEnd, read_head};
use super::http;
use super::last_response::turn_away;
use super::permit::ConnectionPermit;
use crate::capture::now_ns;
use crate::server::admission::boundary;
use crate::server::admission::quota::NetworkPermit;
use crate::server::app::App;
use crate::server::endpoints::opening::{FirstRequest, open_websocket};
use crate::server::session::session::{self, Opened};
use crate::server::tap::stream::ConnectionStream;
use crate::wire::http::{HeadLimits, Request, Response, Status};

/// Serves a connection to its end.
pub(super) fn serve<S: ConnectionStream>(
    stream: S,
    peer: SocketAddr,
    app: Arc<App>,
    router: Router,
    permit: ConnectionPermit,
    network: NetworkPermit,
) -> impl Future<Output = ()> {
    let accepted_ns = now_ns();
    // Boxed, and made outside: the memory that opening needs is gone while the WebSocket lives.
    let opening = Box::pin(async move { open(stream, peer, accepted_ns, &app, router, network).await });
    async move {
        let _permit = permit;
        if let Some((session, early)) = opening.await {
            session::run(session, early).await;
        }
    }
}

/// Serves a connection as long as it speaks HTTP; gives the session that an Upgrade opened.
async fn open<S: ConnectionStream>(
    mut stream: S,
    peer: SocketAddr,
    accepted_ns: u64,
    app: &Arc<App>,
    router: Router,
    network: NetworkPermit,
) -> Option<Opened<S>> {
    let mut received = Vec::new();
    let head = tokio::select! {
        head = timeout(app.settings.handshake_timeout, read_head(&mut stream, &mut received)) => head,
        () = app.stopped() => return None,
    };
    let len = match head {
        Ok(HeadEnd::Complete(len)) => len,
        Ok(HeadEnd::Malformed(error)) => {
            debug!("< {error}");
            turn_away(stream, &Response::refusal(error.status(), &error.to_string())).await;
            return None;
        }
        Ok(HeadEnd::Disconnected) => return None,
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
        return http::serve(stream, received, peer, app, router, network).await;
    }
    let requester = app.proxies.client(peer, &request.headers);
    // Before the connection can be watched: a page sees nothing of what another site's page had a browser send.
    if let Err(refusal) = boundary::check_upgrade(app, &request, &requester, app.hosts.reached(&stream)) {
        turn_away(stream, &refusal).await;
        return None;
    }
    let permit = match app.permit_behind_proxy(peer, &requester) {
        Ok(behind_proxy) => behind_proxy.unwrap_or(network),
        Err(over) => {
            turn_away(stream, &over.refusal()).await;
            return None;
        }
    };
    let first =
        FirstRequest { request: &request, head: &received, early, peer, accepted_ns, requester, permit };
    open_websocket(stream, first, app).await
}
