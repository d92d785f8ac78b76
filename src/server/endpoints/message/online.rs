//! The sessions on `/message`: who is online.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use tracing::warn;

use super::browser::Browser;
use super::devices::DeviceEntry;
use super::expiry::Expiry;
use super::ticket::{NoTicket, Ticket};
use crate::accounts::SessionGrant;
use crate::presence::{Generation, JoinError, Language, LoginPolicy, Member, Presence, UserId};
use crate::proto::Kind;
use crate::server::admission::quota::Quota;
use crate::server::admission::requester::Requester;
use crate::server::answer::{StoreTrouble, whole_seconds};
use crate::server::app::App;
use crate::server::endpoints::refusal::refuse;
use crate::server::session::outbox::Outbox;
use crate::wire::http::{Request, Response, Status};
use crate::wire::ws::{CloseCode, CloseFrame};

/// A session that is online. Dropping it leaves.
pub(in crate::server) struct Online {
    app: Arc<App>,
    presence: Presence,
    language: Language,
    /// Closes the connection when its session expires.
    _expiry: Expiry,
    /// Lists the connection among its user's devices.
    _device: DeviceEntry,
}

impl Online {
    /// The JSON reply to a message.
    pub(in crate::server) fn reply(&self, kind: Kind, payload: &[u8]) -> Bytes {
        self.app.presence.answer(self.presence.session().id, self.language, payload, kind)
    }
}

/// Checks the ticket of an Upgrade, and registers its session as online. `None`: the user has too many connections, and
/// a Close is queued. Whatever is wrong with the session, the refusal is the same.
///
/// # Errors
/// The refusal to send.
pub(in crate::server) async fn join(
    app: &Arc<App>,
    request: &Request<'_>,
    client: &Requester,
    outbox: &Arc<Outbox>,
) -> Result<Option<Online>, Response> {
    let ticket = match Ticket::parse(request.query().unwrap_or_default()) {
        Ok(ticket) => ticket,
        Err(NoTicket::Malformed) => {
            return Err(refuse(Status::BAD_REQUEST, "malformed sessionId or userId"));
        }
        Err(NoTicket::Unknown) => return Err(unauthorized(app, client)),
    };
    let valid = grant(app, ticket).await?.ok_or_else(|| unauthorized(app, client))?;
    // The engine checks this too, but an engine in memory forgets the logins before a restart.
    if app.settings.login_policy == LoginPolicy::Single && valid.generation < valid.newest {
        return Err(superseded());
    }
    let generation = Generation::new(valid.generation);
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
            return Ok(None);
        }
        Err(JoinError::Unavailable(why)) => {
            warn!("presence is unavailable: {why}");
            let refusal = refuse(Status::SERVICE_UNAVAILABLE, "presence is unavailable");
            return Err(refusal.header("Retry-After", "1"));
        }
    };
    let expiry = app.expiries.register(ticket.session, valid.expires);
    // A logout or a kick during the join found nothing to end.
    if grant(app, ticket).await?.is_none() {
        return Err(unauthorized(app, client));
    }
    let agent = request.headers.all("User-Agent").next().unwrap_or_default();
    let device = app.devices.enter(&valid.user, ticket.session, Browser::parse(agent));
    Ok(Some(Online { app: Arc::clone(app), presence, language, _expiry: expiry, _device: device }))
}

/// The session's grant, if it is the user's and still valid.
async fn grant(app: &App, ticket: Ticket) -> Result<Option<SessionGrant>, Response> {
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
        None => {
            let why =
                "no valid session: POST /login, then open /message?sessionId=UUID&userId=ID of its answer";
            refuse(Status::UNAUTHORIZED, why).header("WWW-Authenticate", "Bearer")
        }
        Some(wait) => refuse(Status::TOO_MANY_REQUESTS, "too many wrong sessions")
            .header("Retry-After", whole_seconds(wait).to_string()),
    }
}
