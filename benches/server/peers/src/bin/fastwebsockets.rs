//! fastwebsockets with its hyper upgrade, as its documentation has it.
//! `--batch`: over a stream that holds writes back until the next read.
use bytes::Bytes;
use fastwebsockets::{FragmentCollector, Frame, OpCode, Payload, Role, WebSocket, upgrade};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::broadcast::Sender;

type News = (bool, Bytes);

async fn echo<S: AsyncRead + AsyncWrite + Unpin>(ws: WebSocket<S>) -> Option<()> {
    let mut ws = FragmentCollector::new(ws);
    loop {
        let f = ws.read_frame().await.ok()?;
        match f.opcode {
            OpCode::Close => return None,
            OpCode::Text | OpCode::Binary => ws.write_frame(f).await.ok()?,
            _ => {}
        }
    }
}

/// Reading and waiting for news need two halves: `read_frame` must not be cut short.
async fn broadcast<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    ws: WebSocket<S>,
    hub: Sender<News>,
) -> Option<()> {
    let (mut r, mut w) = ws.split(tokio::io::split);
    let mut rx = hub.subscribe();
    let writer = tokio::spawn(async move {
        while let Ok((text, b)) = rx.recv().await {
            let op = if text { OpCode::Text } else { OpCode::Binary };
            if w.write_frame(Frame::new(true, op, None, Payload::Borrowed(&b))).await.is_err() {
                return;
            }
        }
    });
    loop {
        let f = r.read_frame(&mut |_| async { Ok::<(), std::io::Error>(()) }).await;
        match f {
            Ok(f) if matches!(f.opcode, OpCode::Text | OpCode::Binary) => {
                hub.send((f.opcode == OpCode::Text, Bytes::copy_from_slice(&f.payload))).ok();
            }
            Ok(f) if f.opcode != OpCode::Close => {}
            _ => {
                writer.abort();
                return None;
            }
        }
    }
}

async fn handle(
    mut req: Request<Incoming>,
    hub: Sender<News>,
    batch: bool,
) -> Result<Response<Empty<Bytes>>, fastwebsockets::WebSocketError> {
    let all = req.uri().path() == "/broadcast";
    let (response, fut) = upgrade::upgrade(&mut req)?;
    tokio::spawn(tokio::task::unconstrained(async move {
        let Ok(ws) = fut.await else { return };
        if all {
            broadcast(ws, hub).await;
        } else if batch {
            let io = ws.into_inner().into_inner();
            // Nothing was read past the head: the client waits for the 101.
            let Ok(parts) = io.downcast::<TokioIo<TcpStream>>() else { return };
            let s = peers::Corked::new(parts.io.into_inner(), true);
            echo(WebSocket::after_handshake(s, Role::Server)).await;
        } else {
            echo(ws).await;
        }
    }));
    Ok(response)
}

fn main() {
    let (hub, batch) = (peers::hub::<News>(), peers::flag("--batch"));
    peers::run(peers::serve(move |s| {
        let hub = hub.clone();
        async move {
            let f = service_fn(move |q| handle(q, hub.clone(), batch));
            let _ = http1::Builder::new().serve_connection(TokioIo::new(s), f).with_upgrades().await;
        }
    }));
}
