//! Mode `echo`: connections with messages in flight, each reply's length checked.

use crate::cost::{cpu, put_cpu, tail};
use crate::exchange::{Res, er, exchange, open};
use crate::net::{self, Epoll, Fd, READABLE, WRITABLE, now};
use crate::stat::{self, Cpu, Hist};
use crate::ws::{self, Parser};
use crate::{Opts, Report};

struct Conn {
    fd: Fd,
    p: Parser,
    /// bytes of the batch still to send: [pos, end)
    pos: usize,
    end: usize,
    batch: usize,
    /// messages of this burst that came back
    got: usize,
    t: u64,
}

pub fn echo(o: &Opts, r: &mut Report) -> Res<String> {
    let to = net::resolve(&o.addr).map_err(er)?;
    let req = ws::request(&o.addr, &o.path, &o.extra_header);
    let text = o.kind != "binary";
    let pay = ws::payload(o.size, &o.kind);
    let variants = o.conns.clamp(1, 8);
    let batches: Vec<(Vec<u8>, Vec<usize>)> =
        (0..variants).map(|i| ws::build(&pay, text, o.pipeline, o.frag, 77 + i as u32)).collect();
    let mut ep = Epoll::new().map_err(er)?;
    let mut conns = Vec::with_capacity(o.conns);
    for i in 0..o.conns {
        let (fd, rest) = open(to, &req, 0)?;
        let b = i % variants;
        let mut p = Parser::default();
        p.feed(&rest, o.raw, |_| ()).map_err(er)?;
        if o.verify {
            exchange(fd.0, &batches[b].0[..batches[b].1[0]], &pay, o.raw, true)?;
        }
        conns.push(Conn { fd, p, pos: 0, end: 0, batch: b, got: 0, t: 0 });
    }
    for (i, c) in conns.iter().enumerate() {
        ep.add(c.fd.0, i as u64).map_err(er)?;
    }
    let want = o.size as u64;
    let mut buf = vec![0u8; if o.size * o.pipeline > 60_000 { 512 * 1024 } else { 64 * 1024 }];
    let mut hist = Hist::default();
    let mut msgs = 0u64;

    fn push(c: &mut Conn, batches: &[(Vec<u8>, Vec<usize>)]) -> Res<()> {
        let b = &batches[c.batch].0;
        while c.pos < c.end {
            match net::send(c.fd.0, &b[c.pos..c.end]).map_err(er)? {
                Some(n) => c.pos += n,
                None => break,
            }
        }
        Ok(())
    }

    let t0 = now();
    let warm_end = t0 + (o.warmup * 1e9) as u64;
    let mut stop = u64::MAX;
    let mut start = 0u64;
    let mut base = Cpu::default();
    let mut measuring = false;
    for c in &mut conns {
        c.t = now();
        c.end = batches[c.batch].0.len();
        push(c, &batches)?;
    }
    loop {
        let n = ep.wait(5_000);
        if n == 0 {
            return Err("stalled: nothing for 5 s".into());
        }
        for i in 0..n {
            let ev = ep.ev[i];
            let (flags, tok) = (ev.events, ev.u64 as usize);
            let c = &mut conns[tok];
            if flags & WRITABLE != 0 && c.pos < c.end {
                push(c, &batches)?;
            }
            if flags & READABLE == 0 {
                continue;
            }
            loop {
                let Some(k) = net::recv(c.fd.0, &mut buf).map_err(er)? else { break };
                if k == 0 {
                    return Err("server closed a connection".into());
                }
                let mut bad = None;
                let mut done = 0;
                c.p.feed(&buf[..k], o.raw, |l| {
                    done += 1;
                    if l != want {
                        bad = Some(l);
                    }
                })
                .map_err(er)?;
                if let Some(l) = bad {
                    return Err(format!("reply of {l} bytes, wanted {want}"));
                }
                c.got += done;
                msgs += done as u64;
                if c.got > o.pipeline {
                    return Err("more replies than messages".into());
                }
                if o.sliding && o.pipeline > 1 && done > 0 && c.pos == c.end {
                    // As many as came back go out again (same bytes from the front).
                    c.got -= done;
                    c.pos = 0;
                    c.end = batches[c.batch].1[done - 1];
                    push(c, &batches)?;
                } else if c.got == o.pipeline {
                    let t = now();
                    if measuring {
                        hist.add(t - c.t);
                    }
                    c.t = t;
                    c.got = 0;
                    c.pos = 0;
                    c.end = batches[c.batch].0.len();
                    push(c, &batches)?;
                }
                if k < buf.len() {
                    break;
                }
            }
        }
        let t = now();
        if !measuring && t >= warm_end {
            measuring = true;
            base = cpu(o);
            start = now();
            stop = start + (o.secs * 1e9) as u64;
            msgs = 0;
        } else if t >= stop {
            break;
        }
    }
    let wall = (now() - start) as f64 / 1e9;
    let z = cpu(o);
    let rate = msgs as f64 / wall;
    r.put("msgs", msgs as f64);
    r.put("secs", wall);
    r.put("rate", rate);
    r.put("mb_s", rate * o.size as f64 / 1e6);
    r.put("p50_us", hist.us(0.50));
    r.put("p99_us", hist.us(0.99));
    r.put("p999_us", hist.us(0.999));
    put_cpu(r, msgs as f64, wall, base, z);
    r.put("rss", stat::rss(o.server_pid));
    for c in conns {
        c.fd.reset();
    }
    Ok(format!(
        "echo {}B {} conns={} P={}: {:.0} msg/s ({:.1} MB/s each way) {:.0} msg/server-cpu-s p50 {:.1} p99 {:.1} us; {}; rss {:.1} MiB",
        o.size,
        o.kind,
        o.conns,
        o.pipeline,
        rate,
        rate * o.size as f64 / 1e6,
        r.get("per_cpu_s"),
        r.get("p50_us"),
        r.get("p99_us"),
        tail(r),
        r.get("rss") / 1048576.0
    ))
}
