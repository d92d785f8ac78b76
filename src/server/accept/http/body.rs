//! The body of a request that is no Upgrade: read whole, within limits of size, time and memory.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::time::timeout;

use crate::server::admission::quota::Networks;
use crate::server::admission::requester::Requester;
use crate::server::answer::Answer;
use crate::server::session::budget::MemoryShare;

/// The longest body, in bytes.
const LONGEST: usize = 64 * 1024;

/// Why a body was not read to its end. No further request can be found behind it, so the connection closes.
#[derive(Debug)]
pub(super) enum BodyError {
    /// Longer than [`LONGEST`].
    TooLarge,
    /// The connection ended, or the framing is wrong.
    Incomplete,
    TooSlow,
    /// The network, or all together, hold as much memory as they may.
    NoRoom,
}

/// Reads a body within `limit`.
pub(super) async fn read(
    body: Incoming,
    networks: &Arc<Networks>,
    client: &Requester,
    limit: Duration,
) -> Result<Bytes, BodyError> {
    // An announced length is refused before it is read.
    if body.size_hint().lower() > LONGEST as u64 {
        return Err(BodyError::TooLarge);
    }
    timeout(limit, collect(body, networks, client)).await.unwrap_or(Err(BodyError::TooSlow))
}

async fn collect(
    mut body: Incoming,
    networks: &Arc<Networks>,
    client: &Requester,
) -> Result<Bytes, BodyError> {
    let mut share = MemoryShare::new(networks.network_of(client));
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| BodyError::Incomplete)?;
        let Some(data) = frame.data_ref() else { continue };
        if bytes.len() + data.len() > LONGEST {
            return Err(BodyError::TooLarge);
        }
        if !share.set(bytes.len() + data.len()) {
            return Err(BodyError::NoRoom);
        }
        bytes.extend_from_slice(data);
    }
    Ok(bytes.into())
}

impl IntoResponse for BodyError {
    fn into_response(self) -> Response<Body> {
        let answer = match self {
            Self::TooLarge => Answer::error(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"),
            Self::Incomplete => Answer::error(StatusCode::BAD_REQUEST, "the body did not come whole"),
            Self::TooSlow => Answer::error(StatusCode::REQUEST_TIMEOUT, "the body took too long"),
            Self::NoRoom => {
                Answer::error(StatusCode::SERVICE_UNAVAILABLE, "too much is being received; try again")
                    .retry_after(Duration::from_secs(1))
            }
        };
        ([(header::CONNECTION, "close")], answer).into_response()
    }
}
