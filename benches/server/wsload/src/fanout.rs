//! Mode `fanout`: one publisher, many subscribers, each delivery checked.

use crate::cost::{cpu, put_cpu, tail};
use crate::exchange::{Res, er, open};
use crate::handshakes::shakes;
use crate::net::{self, Epoll, Fd, READABLE, now};
use crate::stat::{self, Cpu, Hist};
use crate::ws::{self, Parser};
use crate::{Opts, Report, sleep};

pub fn fanout(o: &Opts, r: &mut Report) -> Res<String> {
    let to = net::resolve(&o.addr).map_err(er)?;
    let req = ws::request(&o.addr, &o.path, &o.extra_header);
    let pub_path = if o.pub_path.is_empty() { &o.path } else { &o.pub_path };
    let pub_req = ws::request(&o.addr, pub_path, &o.extra_header);
    let text = o.kind != "binary";
    let pay = ws::payload(o.size, &o.kind);
    let (batch, _) = ws::build(&pay, text, o.pipeline, 1, 3);
    let mut hs = Hist::default();
    let mut subs: Vec<(Fd, Parser, usize)> = Vec::with_capacity(o.conns);
    let n = o.conns as u64;
    shakes(o, to, &req, &mut hs, |k| k < n, |fd| subs.push((fd, Parser::default(), 0)))?;
    let (publ, _) = open(to, &pub_req, 0)?;
    // Joining may be announced to the others; let that pass and throw it away.
    sleep(0.5);
    let mut buf = vec![0u8; 128 * 1024];
    for (fd, ..) in &subs {
        while matches!(net::recv(fd.0, &mut buf), Ok(Some(k)) if k > 0) {}
    }
    while matches!(net::recv(publ.0, &mut buf), Ok(Some(k)) if k > 0) {}
    let mut ep = Epoll::new().map_err(er)?;
    for (i, s) in subs.iter().enumerate() {
        ep.add(s.0.0, i as u64).map_err(er)?;
    }
    const PUB: u64 = u64::MAX;
    ep.add(publ.0, PUB).map_err(er)?;
    let mut hist = Hist::default();
    let want = o.size as u64;
    let round = o.conns * o.pipeline;
    let (mut pending, mut pos) = (round, 0usize);
    let (mut delivered, mut rounds) = (0u64, 0u64);
    let t0 = now();
    let warm_end = t0 + (o.warmup * 1e9) as u64;
    let (mut measuring, mut start, mut stop) = (false, 0u64, u64::MAX);
    let mut base = Cpu::default();
    let mut sent_at = now();
    if let Some(k) = net::send(publ.0, &batch).map_err(er)? {
        pos = k;
    }
    'run: loop {
        let k = ep.wait(5_000);
        if k == 0 {
            return Err(format!("stalled: {pending} of {round} deliveries missing after 5 s"));
        }
        for i in 0..k {
            let (flags, tok) = (ep.ev[i].events, ep.ev[i].u64);
            if tok == PUB {
                if pos < batch.len()
                    && let Some(k) = net::send(publ.0, &batch[pos..]).map_err(er)?
                {
                    pos += k;
                }
                if flags & READABLE != 0 {
                    while matches!(net::recv(publ.0, &mut buf).map_err(er)?, Some(k) if k == buf.len()) {}
                }
                continue;
            }
            if flags & READABLE == 0 {
                continue;
            }
            let s = &mut subs[tok as usize];
            loop {
                let Some(k) = net::recv(s.0.0, &mut buf).map_err(er)? else { break };
                if k == 0 {
                    return Err("server closed a subscriber".into());
                }
                let (mut done, mut bad) = (0usize, None);
                s.1.feed(&buf[..k], o.raw, |l| {
                    done += 1;
                    if l != want {
                        bad = Some(l);
                    }
                })
                .map_err(er)?;
                if let Some(l) = bad {
                    return Err(format!("delivery of {l} bytes, wanted {want}"));
                }
                s.2 += done;
                delivered += done as u64;
                pending = pending.checked_sub(done).ok_or("more deliveries than published")?;
                if k < buf.len() {
                    break;
                }
            }
            if pending == 0 {
                let t = now();
                if measuring {
                    hist.add(t - sent_at);
                    rounds += 1;
                }
                if let Some(x) = subs.iter().find(|x| x.2 != o.pipeline) {
                    return Err(format!("a subscriber got {} of {} messages", x.2, o.pipeline));
                }
                for x in &mut subs {
                    x.2 = 0;
                }
                if t >= stop {
                    break 'run;
                }
                if !measuring && t >= warm_end {
                    measuring = true;
                    base = cpu(o);
                    start = now();
                    stop = start + (o.secs * 1e9) as u64;
                    delivered = 0;
                }
                pending = round;
                sent_at = now();
                pos = net::send(publ.0, &batch).map_err(er)?.unwrap_or(0);
            }
        }
    }
    let wall = (now() - start) as f64 / 1e9;
    let z = cpu(o);
    r.put("msgs", delivered as f64);
    r.put("secs", wall);
    r.put("rounds", rounds as f64);
    r.put("rate", delivered as f64 / wall);
    r.put("p50_us", hist.us(0.5));
    r.put("p99_us", hist.us(0.99));
    put_cpu(r, delivered as f64, wall, base, z);
    r.put("rss", stat::rss(o.server_pid));
    for s in subs {
        s.0.reset();
    }
    publ.reset();
    Ok(format!(
        "fanout {} subs {}B P={}: {:.0} deliveries/s {:.0} deliveries/server-cpu-s send-to-last p50 {:.0} p99 {:.0} us; {}; rss {:.1} MiB",
        o.conns,
        o.size,
        o.pipeline,
        r.get("rate"),
        r.get("per_cpu_s"),
        r.get("p50_us"),
        r.get("p99_us"),
        tail(r),
        r.get("rss") / 1048576.0
    ))
}
