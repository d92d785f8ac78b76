//! HTTP on a connection, by hyper and axum, until it ends or a request opens a WebSocket.

mod base_path;
mod body;
mod prefixed;
mod write_timeout;

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::IntoResponse as _;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;
use tower::ServiceExt as _;

use crate::server::accept::last_response::linger;
use crate::server::admission::boundary;
use crate::server::admission::host::LocalAddress;
use crate::server::admission::quota::NetworkPermit;
use crate::server::admission::requester::Requester;
use crate::server::app::App;
use crate::server::endpoints::upgrade::{Upgraded, upgrade};
use crate::server::session::session::{Opened, Session};
use prefixed::Prefixed;
use write_timeout::WriteTimeout;

use crate::wire::http::{HeadError, HeadLimits, Request, Response, Version, lower_version};

/// Time limit of a request that is being answered when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// Serves HTTP on a stream of which `received` was already read; gives the session that a later request opened.
pub(in crate::server) async fn serve<S>(
    stream: S,
    mut received: Vec<u8>,
    peer: SocketAddr,
    app: &Arc<App>,
    router: Router,
    network: NetworkPermit,
) -> Option<Opened<S>>
where
    S: AsyncRead + AsyncWrite + AsFd + Unpin + Send + 'static,
{
    let limits = HeadLimits::default();
    // hyper knows no later version, and would refuse the next request: a later version has one request a connection.
    let keep_alive = !lower_version(&mut received);
    let reached = app.hosts.reached(&stream);
    let accepted = Arc::new(Mutex::new(None));
    let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let (router, accepted) = (router.clone(), Arc::clone(&accepted));
        // Boxed, because hyper can only be polled by hand when its futures are Unpin.
        Box::pin(async move {
            let target = request.uri().to_string();
            let head = head(&request, &target);
            let client = app.proxies.client(peer, &head.headers);
            // A proxy's connection carries requests of many clients: each counts as long as it is answered.
            let behind_proxy = match app.permit_behind_proxy(peer, &client) {
                Ok(permit) => permit,
                Err(over) if asks_upgrade(request.headers()) => {
                    return Ok::<_, Infallible>(translate(&over.refusal()));
                }
                Err(over) => return Ok(over.into_response()),
            };
            let response = match try_upgrade(app, &head, &client, reached).await {
                None => answer(app, router, request, client).await,
                Some(Ok(upgraded)) => {
                    let response = translate(&upgraded.response);
                    *accepted.lock().unwrap_or_else(PoisonError::into_inner) = Some((upgraded, behind_proxy));
                    response
                }
                Some(Err(refusal)) => translate(&refusal),
            };
            Ok(response)
        })
    });
    let limit = app.settings.handshake_timeout;
    let stream = WriteTimeout::new(Prefixed::new(received, stream), limit);
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .keep_alive(keep_alive)
        .header_read_timeout(limit)
        .max_headers(limits.lines)
        .max_buf_size(limits.bytes)
        .serve_connection(TokioIo::new(stream), service);
    // By hand rather than by hyper's own upgrades, so that a WebSocket stays in this task.
    let ended = tokio::select! {
        // The connection first: its first request was read already, and is under way.
        biased;
        ended = poll_fn(|cx| connection.poll_without_shutdown(cx)) => ended,
        () = app.stopped() => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
            let ended = poll_fn(|cx| connection.poll_without_shutdown(cx));
            timeout(GRACE, ended).await.ok()?
        }
    };
    let parts = connection.into_parts();
    let (mut early, mut stream) = parts.io.into_inner().into_inner().into_parts();
    let upgraded = accepted.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some((upgraded, behind_proxy)) = upgraded.filter(|_| ended.is_ok()) else {
        // A last response may be on its way, with or without an error: to what hyper could not read, or to a body that
        // no handler read.
        if app.is_stopping() {
            let _ = stream.shutdown().await;
        } else {
            linger(stream).await;
        }
        return None;
    };
    // What hyper has read ahead came before what is left of the prefix.
    early.splice(..0, parts.read_buf);
    let permit = behind_proxy.unwrap_or(network);
    Some((Session::new(stream, upgraded.accepted, app, permit).share(), early))
}

/// The response to a request that is no Upgrade. Its body is read first, within the handshake timeout; the handler has
/// no limit.
async fn answer(
    app: &Arc<App>,
    router: Router,
    request: hyper::Request<hyper::body::Incoming>,
    client: Requester,
) -> hyper::Response<Body> {
    let (head, body) = request.into_parts();
    let body = match body::read(body, &app.networks, &client, app.settings.handshake_timeout).await {
        Ok(body) => body,
        Err(error) => return error.into_response(),
    };
    let asks_upgrade = asks_upgrade(&head.headers);
    let mut request = hyper::Request::from_parts(head, Body::from(body));
    request.extensions_mut().insert(client);
    replace_host(&mut request);
    let mut response = match base_path::enter(&app.settings.base_path, &mut request) {
        Ok(()) => {
            let Ok(response) = router.oneshot(request).await;
            response
        }
        Err(elsewhere) => *elsewhere,
    };
    if asks_upgrade && response.status().as_u16() >= 400 {
        let is_426 = response.status() == StatusCode::UPGRADE_REQUIRED;
        let value = HeaderValue::from_static(if is_426 { "Upgrade, close" } else { "close" });
        response.headers_mut().insert(header::CONNECTION, value);
    }
    response
}

/// Returns `true` if a request asks for another protocol, rightly or not. After a refusal, what follows on the
/// connection may be that protocol.
fn asks_upgrade(headers: &HeaderMap) -> bool {
    headers.contains_key(header::UPGRADE) || headers.contains_key(header::SEC_WEBSOCKET_KEY)
}

/// A target in absolute-form has a host of its own, in place of the Host header (RFC 9112 §3.2.2).
fn replace_host(request: &mut hyper::Request<Body>) {
    let authority = request.uri().scheme().and(request.uri().authority());
    if let Some(host) = authority.and_then(|it| HeaderValue::from_str(it.as_str()).ok()) {
        request.headers_mut().insert(header::HOST, host);
    }
}

/// A response of [`wire`](crate::wire::http), as hyper sends it.
fn translate(response: &Response) -> hyper::Response<Body> {
    let mut translated = hyper::Response::new(Body::from(response.body().to_owned()));
    *translated.status_mut() =
        StatusCode::from_u16(response.status().0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            translated.headers_mut().append(name, value);
        }
    }
    translated
}

/// A request's head, as the opening handshake reads it.
fn head<'r>(request: &'r hyper::Request<hyper::body::Incoming>, target: &'r str) -> Request<'r> {
    Request {
        method: request.method().as_str(),
        target,
        version: if request.version() == hyper::Version::HTTP_11 { Version::Http11 } else { Version::Http10 },
        headers: request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect(),
    }
}

/// The response to an Upgrade, or to a request that is refused whatever it asks for; `None` for any other. hyper
/// accepts a longer request line, and leaves `Host` to the server (RFC 9112 §3.2).
async fn try_upgrade(
    app: &Arc<App>,
    request: &Request<'_>,
    client: &Requester,
    reached: LocalAddress,
) -> Option<Result<Upgraded, Response>> {
    let line = request.method.len() + request.target.len() + "  HTTP/1.1\r\n".len();
    let longest = HeadLimits::default().first_line;
    if line > longest {
        let error = HeadError::LongRequestLine(longest);
        return Some(Err(Response::refusal(error.status(), &error.to_string())));
    }
    if !request.wants_websocket() {
        return boundary::check(app, request, client, reached).err().map(Err);
    }
    if let Err(refusal) = boundary::check_upgrade(app, request, client, reached) {
        return Some(Err(refusal));
    }
    Some(upgrade(app, request, client).await)
}
