//! The last response of a connection, delivered before it is closed.

use std::io::{self, Write as _};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::date;
use crate::wire::http::{Response, Status};

/// Time for which a refused client may go on sending: closing with unread data would make TCP reset the connection, and
/// the client might never see the response.
const LINGER: Duration = Duration::from_secs(1);

/// The most that is read and discarded meanwhile, in bytes.
const LINGER_BYTES: usize = 1024 * 1024;

/// Response for a connection beyond the limit.
pub(super) fn overloaded() -> Response {
    Response::refusal(Status::SERVICE_UNAVAILABLE, "too many connections").header("Retry-After", "1")
}

/// Sends that response without waiting: it fits the socket's buffer.
pub(super) fn send_overloaded(stream: TcpStream) -> io::Result<()> {
    let mut stream = stream.into_std()?;
    stream.write_all(&date::encode(&overloaded()))?;
    stream.shutdown(std::net::Shutdown::Write)
}

/// Sends a last response, and waits for the client to read it.
pub(in crate::server) async fn turn_away<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    response: &Response,
) {
    let sent = timeout(LINGER, stream.write_all(&date::encode(response))).await;
    if matches!(sent, Ok(Ok(()))) {
        linger(stream).await;
    }
}

/// Ends a connection behind a last response: waits a little for the client to read it and close.
pub(super) async fn linger<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) {
    let drain = async {
        stream.shutdown().await?;
        let mut buffer = [0; 4096];
        let mut left = LINGER_BYTES;
        while left > 0 {
            match stream.read(&mut buffer).await? {
                0 => break,
                len => left = left.saturating_sub(len),
            }
        }
        io::Result::Ok(())
    };
    // An error changes nothing: the connection ends here.
    let _ = timeout(LINGER, drain).await;
}
