//! wsload: a neutral WebSocket load generator.
//!
//! One thread, epoll (edge-triggered), raw sockets through `libc`. Client frames
//! are masked and built before the clock starts; replies are parsed by a small
//! streaming frame parser which checks every length (and, once per connection
//! before the clock starts, every byte).

mod cost;
mod echo;
mod exchange;
mod fanout;
mod handshakes;
mod idle;
mod net;
mod stat;
mod ws;

use std::fmt::Write as _;

/// Every knob of every mode. Unused ones are ignored by a mode.
#[derive(Clone, Debug)]
pub struct Opts {
    pub mode: String,
    pub addr: String,
    pub path: String,
    pub conns: usize,
    pub size: usize,
    pub kind: String,
    pub pipeline: usize,
    pub secs: f64,
    pub warmup: f64,
    pub window: usize,
    pub settle: f64,
    pub touch: usize,
    pub src_ips: usize,
    pub server_pid: i32,
    pub server_cpu: i32,
    pub json: bool,
    pub raw: bool,
    pub verify: bool,
    pub sliding: bool,
    pub frag: usize,
    pub pub_path: String,
    pub extra_header: String,
}

impl Default for Opts {
    fn default() -> Self {
        Opts {
            mode: String::new(),
            addr: "127.0.0.1:9001".into(),
            path: "/echo".into(),
            conns: 64,
            size: 16,
            kind: "text".into(),
            pipeline: 1,
            secs: 4.0,
            warmup: 1.0,
            window: 64,
            settle: 1.0,
            touch: 0,
            src_ips: 0,
            server_pid: 0,
            server_cpu: -1,
            json: false,
            raw: false,
            verify: true,
            sliding: false,
            frag: 1,
            pub_path: String::new(),
            extra_header: String::new(),
        }
    }
}

const USAGE: &str = "\
usage: wsload MODE [--flag value]...
MODE
  echo      C connections, P messages in flight on each, every reply's length checked
  idle      open N connections and keep them; server memory per connection
  upgrade   open, upgrade, reset, again: upgrades per second
  fanout    N subscribers, one publisher, each message delivered to all
flags (default)
  --addr HOST:PORT (127.0.0.1:9001)   --path PATH (/echo; fanout wants the broadcast path)
  --conns N (64)      connections / idle connections / subscribers
  --size BYTES (16)   payload size
  --kind text|binary|utf8 (text)      utf8: text of 1- to 4-byte characters
  --pipeline P (1)    messages in flight per connection (fanout: published in one burst)
  --sliding           echo: refill one by one instead of in bursts of P
  --frag F (1)        echo: send each message in F fragments
  --secs T (4)  --warmup T (1)
  --window W (64)     idle/upgrade: handshakes in flight
  --touch BYTES (0)   idle: after opening, echo one message of this size on each
  --settle T (1)      idle: wait before reading the server's memory
  --src-ips K (auto)  idle/fanout: spread over 127.0.0.2.. source addresses
  --pub-path PATH     fanout: the publisher's path, where it differs
  --header 'K: V'     one more request header
  --server-pid PID    read CPU and memory from /proc/PID
  --server-cpu N      also count the not-idle time of that CPU (kernel work included)
  --raw               the server echoes masked frames as they are (raw TCP bound)
  --no-verify         skip the byte-for-byte check
  --json              print one JSON object instead of the line";

fn parse() -> Opts {
    let mut o = Opts::default();
    let mut it = std::env::args().skip(1);
    o.mode = it.next().unwrap_or_default();
    let die = |m: &str| -> ! {
        eprintln!("wsload: {m}\n{USAGE}");
        std::process::exit(2)
    };
    if !["echo", "idle", "upgrade", "fanout"].contains(&o.mode.as_str()) {
        die("no such mode");
    }
    while let Some(f) = it.next() {
        let mut val = || it.next().unwrap_or_else(|| die(&format!("{f} wants a value")));
        macro_rules! num {
            ($x:expr) => {
                $x = val().parse().unwrap_or_else(|_| die(&format!("{f}: not a number")))
            };
        }
        match f.as_str() {
            "--addr" => o.addr = val(),
            "--path" => o.path = val(),
            "--pub-path" => o.pub_path = val(),
            "--kind" => o.kind = val(),
            "--header" => o.extra_header = val(),
            "--conns" | "--subs" => num!(o.conns),
            "--size" => num!(o.size),
            "--pipeline" => num!(o.pipeline),
            "--secs" => num!(o.secs),
            "--warmup" => num!(o.warmup),
            "--window" => num!(o.window),
            "--settle" => num!(o.settle),
            "--touch" => num!(o.touch),
            "--frag" => num!(o.frag),
            "--src-ips" => num!(o.src_ips),
            "--server-pid" => num!(o.server_pid),
            "--server-cpu" => num!(o.server_cpu),
            "--json" => o.json = true,
            "--raw" => o.raw = true,
            "--no-verify" => o.verify = false,
            "--sliding" => o.sliding = true,
            "-h" | "--help" => {
                println!("{USAGE}");
                std::process::exit(0)
            }
            _ => die(&format!("no such flag {f}")),
        }
    }
    if o.src_ips == 0 {
        o.src_ips = 1 + o.conns / 20_000;
    }
    o.pipeline = o.pipeline.max(1);
    o.frag = o.frag.max(1);
    o
}

/// Named figures in order, printed as JSON or folded into the human line.
#[derive(Default)]
pub struct Report(Vec<(&'static str, f64)>);

impl Report {
    pub fn put(&mut self, k: &'static str, v: f64) {
        self.0.push((k, v));
    }
    pub fn get(&self, k: &str) -> f64 {
        self.0.iter().find(|x| x.0 == k).map_or(f64::NAN, |x| x.1)
    }
    fn json(&self, o: &Opts) -> String {
        let mut s = format!(
            "{{\"mode\":\"{}\",\"path\":\"{}\",\"conns\":{},\"size\":{},\"kind\":\"{}\",\"pipeline\":{}",
            o.mode, o.path, o.conns, o.size, o.kind, o.pipeline
        );
        for (k, v) in &self.0 {
            if v.is_finite() {
                let _ = write!(s, ",\"{k}\":{v}");
            } else {
                let _ = write!(s, ",\"{k}\":null");
            }
        }
        s.push('}');
        s
    }
}

fn main() {
    let o = parse();
    let mut r = Report::default();
    let res = match o.mode.as_str() {
        "echo" => echo::echo(&o, &mut r),
        "idle" => idle::idle(&o, &mut r),
        "upgrade" => handshakes::upgrade(&o, &mut r),
        _ => fanout::fanout(&o, &mut r),
    };
    let line = match res {
        Ok(line) => line,
        Err(e) => {
            eprintln!("wsload: {} {}: {e}", o.mode, o.addr);
            std::process::exit(1);
        }
    };
    if o.json {
        println!("{}", r.json(&o));
    } else {
        println!("{line}");
    }
}

fn sleep(s: f64) {
    std::thread::sleep(std::time::Duration::from_secs_f64(s));
}
