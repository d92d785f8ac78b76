//! What the server spent meanwhile, as figures of the report.

use crate::stat::{self, Cpu};
use crate::{Opts, Report};

pub fn cpu(o: &Opts) -> Cpu {
    stat::cpu(o.server_pid, o.server_cpu)
}

/// The figures every mode has: `n` units of work between two readings.
pub fn put_cpu(r: &mut Report, n: f64, wall: f64, a: Cpu, z: Cpu) {
    let d = z.total - a.total;
    r.put("server_cpu_s", d);
    r.put("server_user_s", z.user - a.user);
    r.put("server_sys_s", z.sys - a.sys);
    r.put("server_busy", d / wall);
    r.put("per_cpu_s", if d > 0.0 { n / d } else { f64::NAN });
    r.put("core_busy", (z.core - a.core) / wall);
    r.put("client_busy", (z.own - a.own) / wall);
    r.put("steal", (z.steal - a.steal) / wall);
    // What ran besides the two: a noisy neighbour shows here.
    r.put("others_busy", ((z.all - a.all) - d - (z.own - a.own)) / wall);
}

pub fn tail(r: &Report) -> String {
    format!(
        "server busy {:.0}% (user {:.2} sys {:.2} s) client busy {:.0}% others {:.0}% steal {:.1}%",
        r.get("server_busy") * 100.0,
        r.get("server_user_s"),
        r.get("server_sys_s"),
        r.get("client_busy") * 100.0,
        r.get("others_busy") * 100.0,
        r.get("steal") * 100.0
    )
}
