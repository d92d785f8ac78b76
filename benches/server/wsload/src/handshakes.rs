//! Opening handshakes, as many in flight as asked for; mode `upgrade` counts them.

use std::net::SocketAddrV4;

use crate::cost::{cpu, put_cpu, tail};
use crate::exchange::{Res, er};
use crate::net::{self, Epoll, Fd, READABLE, WRITABLE, now};
use crate::stat::{self, Hist};
use crate::{Opts, Report, ws};

/// A connection on its way through the handshake.
pub struct Shake {
    fd: Option<Fd>,
    sent: usize,
    got: Vec<u8>,
    t: u64,
}

/// Runs handshakes, `window` at a time, until `more` says stop. `done` gets
/// each finished connection.
pub fn shakes(
    o: &Opts,
    to: SocketAddrV4,
    req: &[u8],
    hist: &mut Hist,
    mut more: impl FnMut(u64) -> bool,
    mut done: impl FnMut(Fd),
) -> Res<()> {
    let mut ep = Epoll::new().map_err(er)?;
    let mut slots: Vec<Shake> = Vec::new();
    let mut open = 0usize;
    let mut made = 0u64;
    let mut buf = [0u8; 8192];
    let mut start = |s: &mut Shake, i: usize, ep: &Epoll| -> Res<()> {
        let src = if o.src_ips > 1 { 1 + (made as usize % o.src_ips) } else { 0 };
        made += 1;
        s.t = now();
        let fd = net::connect(to, src).map_err(er)?;
        ep.add(fd.0, i as u64).map_err(er)?;
        s.fd = Some(fd);
        s.sent = 0;
        s.got.clear();
        Ok(())
    };
    for i in 0..o.window {
        if !more(i as u64) {
            break;
        }
        let mut s = Shake { fd: None, sent: 0, got: Vec::new(), t: 0 };
        start(&mut s, i, &ep)?;
        slots.push(s);
        open += 1;
    }
    let mut begun = slots.len() as u64;
    while open > 0 {
        let n = ep.wait(5_000);
        if n == 0 {
            return Err("stalled: no handshake moved for 5 s".into());
        }
        for e in 0..n {
            let (flags, tok) = (ep.ev[e].events, ep.ev[e].u64 as usize);
            let s = &mut slots[tok];
            let Some(fd) = s.fd.as_ref().map(|f| f.0) else { continue };
            if flags & WRITABLE != 0 && s.sent < req.len() {
                if let Some(k) = net::send(fd, &req[s.sent..]).map_err(|e| format!("send: {e}"))? {
                    s.sent += k;
                }
            }
            if flags & READABLE == 0 {
                continue;
            }
            let Some(k) = net::recv(fd, &mut buf).map_err(|e| format!("recv: {e}"))? else { continue };
            if k == 0 {
                return Err("server closed during a handshake".into());
            }
            s.got.extend_from_slice(&buf[..k]);
            if ws::check_response(&s.got)?.is_some() {
                hist.add(now() - s.t);
                ep.del(fd);
                done(s.fd.take().unwrap());
                open -= 1;
                if more(begun) {
                    begun += 1;
                    open += 1;
                    start(s, tok, &ep)?;
                }
            }
        }
    }
    Ok(())
}

pub fn upgrade(o: &Opts, r: &mut Report) -> Res<String> {
    use std::cell::Cell;
    let to = net::resolve(&o.addr).map_err(er)?;
    let req = ws::request(&o.addr, &o.path, &o.extra_header);
    let mut hist = Hist::default();
    let warm = now() + (o.warmup * 1e9) as u64;
    shakes(o, to, &req, &mut hist, |_| now() < warm, |fd| fd.reset())?;
    let mut hist = Hist::default();
    let n = Cell::new(0u64);
    let a = cpu(o);
    let t0 = now();
    let stop = t0 + (o.secs * 1e9) as u64;
    shakes(
        o,
        to,
        &req,
        &mut hist,
        |_| now() < stop,
        |fd| {
            n.set(n.get() + 1);
            fd.reset();
        },
    )?;
    let wall = (now() - t0) as f64 / 1e9;
    let z = cpu(o);
    let n = n.get() as f64;
    r.put("msgs", n);
    r.put("secs", wall);
    r.put("rate", n / wall);
    r.put("p50_us", hist.us(0.5));
    r.put("p99_us", hist.us(0.99));
    put_cpu(r, n, wall, a, z);
    r.put("rss", stat::rss(o.server_pid));
    Ok(format!(
        "upgrade window={}: {:.0} upgrades/s {:.0} upgrades/server-cpu-s p50 {:.0} p99 {:.0} us; {}",
        o.window,
        r.get("rate"),
        r.get("per_cpu_s"),
        r.get("p50_us"),
        r.get("p99_us"),
        tail(r)
    ))
}
