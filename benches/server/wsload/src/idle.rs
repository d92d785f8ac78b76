//! Mode `idle`: connections that do nothing, and the server's memory for each.

use crate::cost::{cpu, put_cpu, tail};
use crate::exchange::{Res, er, exchange, open};
use crate::handshakes::shakes;
use crate::net::{self, now};
use crate::stat::{self, Hist};
use crate::{Opts, Report, sleep, ws};

pub fn idle(o: &Opts, r: &mut Report) -> Res<String> {
    let to = net::resolve(&o.addr).map_err(er)?;
    let req = ws::request(&o.addr, &o.path, &o.extra_header);
    // A few connections first, so that what a server sets up once is not counted.
    for _ in 0..8 {
        let (fd, _) = open(to, &req, 0)?;
        if o.touch > 0 {
            let pay = ws::payload(o.touch, &o.kind);
            let (b, _) = ws::build(&pay, o.kind != "binary", 1, 1, 5);
            exchange(fd.0, &b, &pay, o.raw, true)?;
        }
        fd.reset();
    }
    sleep(0.3);
    let before = stat::rss(o.server_pid);
    let mut hist = Hist::default();
    let mut keep = Vec::with_capacity(o.conns);
    let n = o.conns as u64;
    let a = cpu(o);
    let t0 = now();
    shakes(o, to, &req, &mut hist, |k| k < n, |fd| keep.push(fd))?;
    let wall = (now() - t0) as f64 / 1e9;
    let z = cpu(o);
    sleep(o.settle);
    let after = stat::rss(o.server_pid);
    r.put("secs", wall);
    r.put("rate", n as f64 / wall);
    r.put("p50_us", hist.us(0.5));
    r.put("p99_us", hist.us(0.99));
    put_cpu(r, n as f64, wall, a, z);
    r.put("rss_before", before);
    r.put("rss_after", after);
    r.put("bytes_per_conn", (after - before) / n as f64);
    let mut extra = String::new();
    if o.touch > 0 {
        let pay = ws::payload(o.touch, &o.kind);
        let (b, _) = ws::build(&pay, o.kind != "binary", 1, 1, 9);
        for fd in &keep {
            exchange(fd.0, &b, &pay, o.raw, false)?;
        }
        sleep(o.settle);
        let touched = stat::rss(o.server_pid);
        r.put("touched_bytes_per_conn", (touched - before) / n as f64);
        extra = format!(", after one {} B echo each {:.0}", o.touch, r.get("touched_bytes_per_conn"));
    }
    // All must still be open.
    let mut lost = 0;
    let mut b = [0u8; 256];
    for fd in &keep {
        if matches!(net::recv(fd.0, &mut b), Ok(Some(0)) | Err(_)) {
            lost += 1;
        }
    }
    r.put("lost", lost as f64);
    for fd in keep {
        fd.reset();
    }
    if lost > 0 {
        return Err(format!("{lost} of {n} idle connections were closed by the server"));
    }
    Ok(format!(
        "idle {} conns: {:.0} bytes/conn{extra} (server rss {:.1} -> {:.1} MiB); {:.0} upgrades/s {:.0} upgrades/server-cpu-s; {}",
        o.conns,
        r.get("bytes_per_conn"),
        before / 1048576.0,
        after / 1048576.0,
        r.get("rate"),
        r.get("per_cpu_s"),
        tail(r)
    ))
}
