//! The answer to an Upgrade that asks for a session: the handshake, and the endpoint of its path.

use std::sync::Arc;

use tracing::debug;

use super::message::online;
use super::refusal::refuse;
use super::session_endpoint::{SUBPROTOCOLS, SessionEndpoint};
use super::table::{Endpoint, SessionKind};
use crate::proto::handshake::server::{Accept, Handshake};
use crate::server::admission::requester::Requester;
use crate::server::app::App;
use crate::server::session::outbox::Outbox;
use crate::server::session::session::Accepted;
use crate::wire::http::{Request, Response, Status};

/// An accepted Upgrade: the response to send, and the session that begins behind it.
pub(in crate::server) struct Upgraded {
    pub(in crate::server) response: Response,
    pub(in crate::server) accepted: Accepted,
}

/// Answers an opening handshake that the [boundary](crate::server::admission::boundary) let through.
///
/// # Errors
/// The refusal to send, after which the connection is closed.
pub(in crate::server) async fn upgrade(
    app: &Arc<App>,
    request: &Request<'_>,
    client: &Requester,
) -> Result<Upgraded, Response> {
    let handshake = Handshake::read(request).map_err(|refusal| {
        debug!("> {} {refusal}", refusal.status().0);
        refusal.response()
    })?;
    let kind = match app.endpoints.find(app.endpoint_path(request)) {
        Some(Endpoint::Session(kind)) => kind,
        Some(Endpoint::Stream(kind)) => return Err(refuse(Status::BAD_REQUEST, kind.must_be_first())),
        None => return Err(refuse(Status::NOT_FOUND, "no WebSocket endpoint here")),
    };
    let outbox = Arc::new(Outbox::new(app.settings.send_buffer));
    let (endpoint, subprotocol) = match kind {
        SessionKind::Echo => (SessionEndpoint::Echo, handshake.choose_subprotocol(SUBPROTOCOLS)),
        SessionKind::Broadcast => (SessionEndpoint::broadcast(app.endpoints.hub(), &outbox), None),
        SessionKind::Message => {
            let online = online::join(app, request, client, &outbox).await?;
            (online.map_or(SessionEndpoint::Left, |online| SessionEndpoint::Message(Box::new(online))), None)
        }
    };
    let config = Arc::clone(app.endpoints.config(kind));
    let (connection, response) = handshake.accept(Accept { subprotocol, config, now: app.now() });
    Ok(Upgraded { response, accepted: Accepted { connection, endpoint, outbox } })
}
