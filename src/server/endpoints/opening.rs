//! The opening of a WebSocket by the first request of a connection: a session, or an endpoint with the raw stream.
//! Either may be watched.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::AsyncWriteExt as _;
use tracing::debug;

use super::inspect::{ConnectionControl, PendingWatch, Viewer};
use super::lab::Visitor;
use super::table::{Endpoint, StreamKind};
use super::upgrade::upgrade;
use crate::server::accept::date;
use crate::server::accept::last_response::turn_away;
use crate::server::admission::quota::NetworkPermit;
use crate::server::admission::requester::Requester;
use crate::server::app::App;
use crate::server::session::session::{self, Opened, Session};
use crate::server::tap::stream::ConnectionStream;
use crate::wire::http::{Request, Response};

/// The first request of a connection, an Upgrade that the boundary let through.
pub(in crate::server) struct FirstRequest<'r> {
    pub(in crate::server) request: &'r Request<'r>,
    /// Its bytes, up to the empty line.
    pub(in crate::server) head: &'r [u8],
    /// Bytes behind it.
    pub(in crate::server) early: Vec<u8>,
    pub(in crate::server) peer: SocketAddr,
    /// In nanoseconds since 1970.
    pub(in crate::server) accepted_ns: u64,
    pub(in crate::server) requester: Requester,
    pub(in crate::server) permit: NetworkPermit,
}

/// Answers the request; gives the session that it opened, unless the connection was served to its end here.
pub(in crate::server) async fn open_websocket<S: ConnectionStream>(
    mut stream: S,
    first: FirstRequest<'_>,
    app: &Arc<App>,
) -> Option<Opened<S>> {
    let endpoint = app.endpoints.find(app.endpoint_path(first.request));
    // A feed is not watched: each message that it sends would give it another one to send.
    let is_feed = endpoint == Some(Endpoint::Stream(StreamKind::InspectFeed));
    let watch = if is_feed { None } else { app.endpoints.watches().requested(first.request) };
    if let Some(watch) = watch {
        let pending = PendingWatch {
            head: first.head,
            early: &first.early,
            client: first.peer,
            accepted_ns: first.accepted_ns,
        };
        match watch.attach(stream, &pending) {
            // Served here to its end: the cost of a tap is only its own.
            Ok((tap, control)) => {
                let watched = Box::pin(answer(tap, first, endpoint, app, Some(&control)));
                if let Some((session, early)) = watched.await {
                    Box::pin(session::run(session, early)).await;
                }
                return None;
            }
            Err(untapped) => stream = untapped,
        }
    }
    answer(stream, first, endpoint, app, None).await
}

/// Answers the request on its stream. A watched connection has a `control`.
async fn answer<S: ConnectionStream>(
    mut stream: S,
    first: FirstRequest<'_>,
    endpoint: Option<Endpoint>,
    app: &Arc<App>,
    control: Option<&ConnectionControl>,
) -> Option<Opened<S>> {
    let FirstRequest { request, early, requester, permit, .. } = first;
    if let Some(Endpoint::Stream(kind)) = endpoint {
        match Guest::admit(kind, app, request, &requester) {
            Ok(guest) => Box::pin(guest.serve(stream, early, app)).await,
            Err(refusal) => turn_away(stream, &refusal).await,
        }
        return None;
    }
    match upgrade(app, request, &requester).await {
        Ok(upgraded) => {
            stream.write_all(&date::encode(&upgraded.response)).await.ok()?;
            debug!("> 101");
            if let Some(control) = control {
                control.attach(&upgraded.accepted.outbox);
            }
            Some((Session::new(stream, upgraded.accepted, app, permit).share(), early))
        }
        Err(refusal) => {
            turn_away(stream, &refusal).await;
            None
        }
    }
}

/// The client of an endpoint that has the raw stream.
enum Guest {
    Viewer(Viewer),
    Visitor(Visitor),
}

impl Guest {
    /// # Errors
    /// The refusal to send.
    fn admit(
        kind: StreamKind,
        app: &App,
        request: &Request<'_>,
        requester: &Requester,
    ) -> Result<Self, Response> {
        match kind {
            StreamKind::InspectFeed => Viewer::admit(app, request, requester).map(Self::Viewer),
            StreamKind::LabExperiment => Visitor::admit(app, request, requester).map(Self::Visitor),
        }
    }

    /// Serves the connection to its end. `early` came behind the request head.
    async fn serve<S: ConnectionStream>(self, stream: S, early: Vec<u8>, app: &App) {
        match self {
            Self::Viewer(viewer) => viewer.serve(stream, early, app).await,
            Self::Visitor(visitor) => visitor.serve(stream, early, app).await,
        }
    }
}
