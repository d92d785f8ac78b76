//! What the server cost: CPU and memory from /proc; and a latency histogram.
use std::fs;

/// A reading of the server's CPU time and of the machine's.
#[derive(Clone, Copy, Default, Debug)]
pub struct Cpu {
    /// seconds on a CPU, to the nanosecond where schedstat has it
    pub total: f64,
    pub user: f64,
    pub sys: f64,
    /// not-idle seconds of the server's core
    pub core: f64,
    /// stolen seconds, all cores
    pub steal: f64,
    /// not-idle seconds, all cores
    pub all: f64,
    /// this process
    pub own: f64,
}

fn hz() -> f64 {
    // SAFETY: takes no pointer.
    unsafe { libc::sysconf(libc::_SC_CLK_TCK) as f64 }
}

pub fn cpu(pid: i32, core: i32) -> Cpu {
    let mut c = Cpu::default();
    if pid > 0 {
        if let Ok(s) = fs::read_to_string(format!("/proc/{pid}/stat")) {
            let f: Vec<&str> = s[s.rfind(')').map_or(0, |i| i + 2)..].split(' ').collect();
            c.user = f.get(11).and_then(|x| x.parse::<f64>().ok()).unwrap_or(0.0) / hz();
            c.sys = f.get(12).and_then(|x| x.parse::<f64>().ok()).unwrap_or(0.0) / hz();
            c.total = c.user + c.sys;
        }
        let mut ns = 0u64;
        if let Ok(d) = fs::read_dir(format!("/proc/{pid}/task")) {
            for t in d.flatten() {
                if let Ok(s) = fs::read_to_string(t.path().join("schedstat")) {
                    ns += s.split(' ').next().and_then(|x| x.parse::<u64>().ok()).unwrap_or(0);
                }
            }
        }
        if ns > 0 {
            c.total = ns as f64 / 1e9;
        }
    }
    if let Ok(s) = fs::read_to_string("/proc/stat") {
        for l in s.lines() {
            let mut w = l.split_ascii_whitespace();
            let Some(name) = w.next() else { continue };
            let v: Vec<f64> = w.filter_map(|x| x.parse().ok()).collect();
            if v.len() < 8 {
                continue;
            }
            // user nice system irq softirq: all but idle, iowait and steal
            let busy = (v[0] + v[1] + v[2] + v[5] + v[6]) / hz();
            if name == "cpu" {
                c.steal = v[7] / hz();
                c.all = busy;
            } else if core >= 0 && name == format!("cpu{core}") {
                c.core = busy;
            }
        }
    }
    // SAFETY: a struct of numbers, for which zeros are values.
    let mut r: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is to a local that outlives the call.
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut r) };
    let tv = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 / 1e6;
    c.own = tv(r.ru_utime) + tv(r.ru_stime);
    c
}

/// Resident bytes of a process.
pub fn rss(pid: i32) -> f64 {
    if pid <= 0 {
        return f64::NAN;
    }
    // SAFETY: takes no pointer.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as f64;
    fs::read_to_string(format!("/proc/{pid}/statm"))
        .ok()
        .and_then(|s| s.split(' ').nth(1).and_then(|x| x.parse::<f64>().ok()))
        .map_or(f64::NAN, |p| p * page)
}

/// Log-linear histogram of nanoseconds, 64 steps an octave (under 1.6 % off).
pub struct Hist {
    n: u64,
    max: u64,
    b: Vec<u64>,
}

impl Default for Hist {
    fn default() -> Self {
        Hist { n: 0, max: 0, b: vec![0; 64 * 42] }
    }
}

impl Hist {
    #[inline]
    pub fn add(&mut self, v: u64) {
        self.n += 1;
        self.max = self.max.max(v);
        let i = if v < 64 {
            v as usize
        } else {
            let e = 63 - v.leading_zeros() as usize;
            (e - 5) * 64 + ((v >> (e - 6)) as usize & 63)
        };
        let last = self.b.len() - 1;
        self.b[i.min(last)] += 1;
    }
    /// The value at a quantile, in microseconds.
    pub fn us(&self, q: f64) -> f64 {
        if self.n == 0 {
            return f64::NAN;
        }
        let want = (self.n as f64 * q).ceil() as u64;
        let mut sum = 0;
        for (i, c) in self.b.iter().enumerate() {
            sum += c;
            if sum >= want {
                let v = if i < 64 {
                    i as u64
                } else {
                    let e = i / 64 + 5;
                    (64 + (i as u64 & 63)) << (e - 6)
                };
                return v as f64 / 1e3;
            }
        }
        self.max as f64 / 1e3
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn quantiles() {
        let mut h = super::Hist::default();
        for i in 1..=100_000u64 {
            h.add(i * 10);
        }
        for q in [0.1, 0.5, 0.99] {
            let want = q * 1000.0;
            assert!((h.us(q) / want - 1.0).abs() < 0.02, "{q} {}", h.us(q));
        }
    }
}
