//! wtx, echo only.
use tokio::net::TcpStream;
use wtx::collection::Vector;
use wtx::web_socket::{OpCode, WebSocketAcceptor, WebSocketPayloadOrigin};

async fn conn(s: TcpStream) -> wtx::Result<()> {
    let mut ws = WebSocketAcceptor::default().no_masking(false).accept(s).await?;
    let (mut common, mut reader, mut writer) = ws.split_mut();
    let mut buf = Vector::new();
    loop {
        let mut f = reader.read_frame(&mut buf, &mut common, WebSocketPayloadOrigin::Adaptive).await?;
        match f.op_code() {
            OpCode::Text | OpCode::Binary => writer.write_frame(&mut common, &mut f).await?,
            OpCode::Close => return Ok(()),
            _ => {}
        }
        buf.clear();
    }
}

fn main() {
    peers::run(peers::serve(|s| async move {
        let _ = conn(s).await;
    }));
}
