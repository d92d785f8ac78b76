//! yawc over hyper. `--batch`: its tuned form (larger buffers, feed, flush before
//! sleeping).
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::sync::broadcast::Sender;
use yawc::{Frame, OpCode, Options, UpgradeFut, WebSocket};

async fn conn(fut: UpgradeFut, all: bool, hub: Sender<Frame>, batch: bool) -> Option<()> {
    let mut ws = fut.await.ok()?;
    let data = |f: &Frame| matches!(f.opcode(), OpCode::Text | OpCode::Binary);
    if all {
        let mut rx = hub.subscribe();
        loop {
            tokio::select! {
                f = ws.next() => {
                    let f = f?;
                    if data(&f) {
                        hub.send(f).ok();
                    }
                }
                f = rx.recv() => {
                    ws.feed(f.ok()?).await.ok()?;
                    while let Ok(f) = rx.try_recv() {
                        ws.feed(f).await.ok()?;
                    }
                    ws.flush().await.ok()?;
                }
            }
        }
    }
    if batch {
        while let Some(f) = peers::next_or_flush::<_, _, Frame>(&mut ws).await {
            if data(&f) {
                ws.feed(f).await.ok()?;
            }
        }
    } else {
        while let Some(f) = ws.next().await {
            if data(&f) {
                ws.send(f).await.ok()?;
            }
        }
    }
    None
}

async fn handle(
    mut q: Request<Incoming>,
    hub: Sender<Frame>,
    batch: bool,
) -> yawc::Result<Response<Empty<Bytes>>> {
    let all = q.uri().path() == "/broadcast";
    let mut o = Options::default().without_compression().with_utf8().with_limits(64 << 20, 64 << 20);
    if batch {
        o = o.with_read_buffer_capacity(128 * 1024).with_backpressure_boundary(64 * 1024);
    }
    let (r, fut) = WebSocket::upgrade_with_options(&mut q, o)?;
    tokio::spawn(tokio::task::unconstrained(async move {
        conn(fut, all, hub, batch).await;
    }));
    Ok(r)
}

fn main() {
    let (hub, batch) = (peers::hub::<Frame>(), peers::flag("--batch"));
    peers::run(peers::serve(move |s| {
        let hub = hub.clone();
        async move {
            let f = service_fn(move |q| handle(q, hub.clone(), batch));
            let _ = http1::Builder::new().serve_connection(TokioIo::new(s), f).with_upgrades().await;
        }
    }));
}
