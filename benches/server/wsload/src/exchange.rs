//! One connection opened, one message there and back, each byte of the reply compared.

use std::net::SocketAddrV4;

use crate::net::{self, Fd, Interest};
use crate::ws::{self, Parser};

pub type Res<T> = Result<T, String>;

pub fn er(e: impl std::fmt::Display) -> String {
    e.to_string()
}

/// Opens one connection, blocking; returns it with whatever followed the head.
pub fn open(to: SocketAddrV4, req: &[u8], src: usize) -> Res<(Fd, Vec<u8>)> {
    let fd = net::connect(to, src).map_err(er)?;
    if !net::poll(fd.0, Interest::Writable, 10_000) {
        return Err("connect timed out".into());
    }
    net::send_all(fd.0, req).map_err(er)?;
    let mut got = Vec::new();
    let mut b = [0; 4096];
    loop {
        let n = net::recv_some(fd.0, &mut b).map_err(er)?;
        got.extend_from_slice(&b[..n]);
        if let Some(end) = ws::check_response(&got)? {
            return Ok((fd, got.split_off(end)));
        }
    }
}

/// Sends one message and checks every byte of the reply.
pub fn exchange(fd: i32, frame: &[u8], want: &[u8], raw: bool, full: bool) -> Res<()> {
    let mut sent = 0;
    let mut got: Vec<u8> = Vec::with_capacity(want.len() + 64);
    let mut p = Parser::default();
    let mut b = vec![0; 256 * 1024];
    let mut done = false;
    while !done {
        if sent < frame.len()
            && let Some(n) = net::send(fd, &frame[sent..]).map_err(er)?
        {
            sent += n;
        }
        match net::recv(fd, &mut b).map_err(er)? {
            Some(0) => return Err("server closed during the first exchange".into()),
            Some(n) => {
                let mut bad = None;
                p.feed(&b[..n], raw, |l| {
                    done = true;
                    if l != want.len() as u64 {
                        bad = Some(l);
                    }
                })
                .map_err(|e| format!("first exchange: {e}"))?;
                if let Some(l) = bad {
                    return Err(format!("reply of {l} bytes, wanted {}", want.len()));
                }
                got.extend_from_slice(&b[..n]);
            }
            None => {
                let interest = if sent < frame.len() { Interest::Both } else { Interest::Readable };
                if !net::poll(fd, interest, 10_000) {
                    return Err("no reply in 10 s".into());
                }
            }
        }
    }
    if full && !raw && !want.is_empty() {
        // Strip the frame heads (the reply may be in fragments) and compare.
        let mut pay = Vec::with_capacity(want.len());
        let mut r = &got[..];
        while r.len() >= 2 {
            let (len, h) = match r[1] & 0x7f {
                126 => (u16::from_be_bytes([r[2], r[3]]) as usize, 4),
                127 => (u64::from_be_bytes(r[2..10].try_into().unwrap()) as usize, 10),
                n => (n as usize, 2),
            };
            if r[0] & 0x0f < 8 {
                pay.extend_from_slice(&r[h..h + len]);
            }
            r = &r[h + len..];
        }
        if pay != want {
            return Err("the reply's bytes differ from what was sent".into());
        }
    }
    Ok(())
}
