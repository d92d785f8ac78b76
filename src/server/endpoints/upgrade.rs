//! Decides on an Upgrade: which endpoint, for whom, or why not.

use std::sync::Arc;
use std::time::SystemTime;

use tracing::{debug, warn};

use crate::accounts::SessionGrant;
use crate::presence::{Generation, JoinError, Language, LoginPolicy, Member, UserId};
use crate::proto::handshake::server::{Accept, Handshake};
use crate::proto::{Config, Connection};
use crate::server::admission::quota::Quota;
use crate::server::admission::requester::Requester;
use crate::server::answer::{StoreTrouble, whole_seconds};
use crate::server::app::App;
use crate::server::endpoints::broadcast::Voice;
use crate::server::endpoints::message::ticket::{NoTicket, Ticket};
use crate::server::endpoints::session_endpoint::{Endpoint, Online, SUBPROTOCOLS};
use crate::server::session::outbox::Outbox;
use crate::wire::http::{Request, Response, Status};
use crate::wire::ws::{CloseCode, CloseFrame};

/// An Upgrade that was accepted: the response is to be sent, then the connection begins.
pub(in crate::server) struct Upgraded {
    pub(in crate::server) response: Response,
    pub(in crate::server) connection: Connection,
    pub(in crate::server) endpoint: Endpoint,
    pub(in crate::server) outbox: Arc<Outbox>,
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
    let outbox = Arc::new(Outbox::new(app.settings.send_buffer));
    let (endpoint, config, subprotocol) = match request.path() {
        "/echo" => (Endpoint::Echo, &app.echo, handshake.choose_subprotocol(SUBPROTOCOLS)),
        "/broadcast" => {
            (Endpoint::Broadcast(Box::new(Voice::join(&app.hub, outbox.clone()))), &app.broadcast, None)
        }
        "/message" => (join(app, request, client, &outbox).await?, &app.message, None),
        crate::server::endpoints::inspect::LIVE => {
            return Err(refuse(Status::BAD_REQUEST, "a feed must be the first request of its connection"));
        }
        path if app.lab.is_some() && path.starts_with("/lab/") => {
            return Err(refuse(
                Status::BAD_REQUEST,
                "an experiment must be the first request of its connection",
            ));
        }
        _ => return Err(refuse(Status::NOT_FOUND, "no WebSocket endpoint here")),
    };
    let config: Arc<Config> = Arc::clone(config);
    let (connection, response) = handshake.accept(Accept { subprotocol, config, now: app.now() });
    Ok(Upgraded { response, connection, endpoint, outbox })
}

/// Checks the session that a client presents, and puts it on the list of those online. Whatever is wrong with the
/// session, the answer is the same.
async fn join(
    app: &Arc<App>,
    request: &Request<'_>,
    client: &Requester,
    outbox: &Arc<Outbox>,
) -> Result<Endpoint, Response> {
    let ticket = match Ticket::parse(request.query().unwrap_or_default()) {
        Ok(ticket) => ticket,
        Err(NoTicket::Malformed) => {
            return Err(refuse(Status::BAD_REQUEST, "malformed sessionId or userId"));
        }
        Err(NoTicket::Unknown) => return Err(unauthorized(app, client)),
    };
    let grant = valid(app, ticket).await?.ok_or_else(|| unauthorized(app, client))?;
    // The engine says so too, but an engine in memory forgets the logins of before a restart.
    if app.settings.login_policy == LoginPolicy::Single && grant.generation < grant.newest {
        return Err(superseded());
    }
    let generation = Generation::new(grant.generation);
    // Lines of one name are one list (RFC 9110 §5.3).
    let accepted: Vec<_> = request.headers.list("Accept-Language").collect();
    let language = Language::from_accept_language(&accepted.join(",")).unwrap_or(app.settings.language);
    let member = Member { session: ticket.session, user: UserId(ticket.user), generation, language };
    let presence = match app.presence.join(member, outbox.clone()).await {
        Ok(presence) => presence,
        Err(JoinError::Superseded) => return Err(superseded()),
        Err(JoinError::Closed) => return Err(unauthorized(app, client)),
        Err(JoinError::TooMany) => {
            app.networks.refusals().count(Quota::UserSockets, format_args!("user {}", ticket.user));
            // A browser's script sees the code of a Close, and nothing of a refused Upgrade.
            outbox.close(CloseFrame::new(CloseCode::TOO_MANY, "too many connections of this user"));
            return Ok(Endpoint::Left);
        }
        Err(JoinError::Unavailable(why)) => {
            warn!("presence is unavailable: {why}");
            let refusal = refuse(Status::SERVICE_UNAVAILABLE, "presence is unavailable");
            return Err(refusal.header("Retry-After", "1"));
        }
    };
    let expiry = app.expiries.watch(ticket.session, grant.expires);
    // A logout or a kick while we joined found nothing to end.
    if valid(app, ticket).await?.is_none() {
        return Err(unauthorized(app, client));
    }
    Ok(Endpoint::Message(Box::new(Online { app: Arc::clone(app), presence, language, _expiry: expiry })))
}

/// The session, if it is the user's and still valid.
async fn valid(app: &App, ticket: Ticket) -> Result<Option<SessionGrant>, Response> {
    app.accounts.session(ticket.session, ticket.user, SystemTime::now()).await.map_err(|error| {
        let StoreTrouble { status, message, retry_after } = (&error).into();
        let response = refuse(Status(status.as_u16()), message);
        match retry_after {
            None => response,
            Some(wait) => response.header("Retry-After", whole_seconds(wait).to_string()),
        }
    })
}

fn superseded() -> Response {
    refuse(Status::FORBIDDEN, "superseded by a newer login")
}

fn unauthorized(app: &App, client: &Requester) -> Response {
    match app.wrong_session(client.address) {
        None => refuse(Status::UNAUTHORIZED, "no valid session"),
        Some(wait) => refuse(Status::TOO_MANY_REQUESTS, "too many wrong sessions")
            .header("Retry-After", whole_seconds(wait).to_string()),
    }
}

fn refuse(status: Status, why: &str) -> Response {
    debug!("> {} {why}", status.0);
    Response::refusal(status, why)
}
