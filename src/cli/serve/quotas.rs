//! The options of quotas.

use std::num::NonZeroUsize;

use clap::Args;

use crate::server::Quotas;

const DEFAULT: Quotas = Quotas::DEFAULT;

/// A network is an IPv4 address or an IPv6 /64.
#[derive(Debug, Args)]
#[command(next_help_heading = "Quotas of a network (IPv4 address, IPv6 /64); 0 switches one off")]
pub(super) struct QuotaOptions {
    /// Accounts made in an hour
    #[arg(long = "quota-registrations", env = "WIREWALK_QUOTA_REGISTRATIONS", value_name = "N", default_value_t = number(DEFAULT.registrations))]
    registrations: usize,
    /// TCP connections at a time
    #[arg(long = "quota-connections", env = "WIREWALK_QUOTA_CONNECTIONS", value_name = "N", default_value_t = number(DEFAULT.connections))]
    connections: usize,
    /// Connections of one user to /message, from wherever; one more is closed with 4029. Each session has one, so it
    /// matters only where --max-sessions is greater
    #[arg(long = "quota-user-sockets", env = "WIREWALK_QUOTA_USER_SOCKETS", value_name = "N", default_value_t = number(DEFAULT.user_sockets))]
    user_sockets: usize,
    /// Inspect feeds at a time, of the server's 32
    #[arg(long = "quota-feeds", env = "WIREWALK_QUOTA_FEEDS", value_name = "N", default_value_t = number(DEFAULT.feeds))]
    feeds: usize,
    /// Lab experiments at a time, of the server's 64
    #[arg(long = "quota-lab-runs", env = "WIREWALK_QUOTA_LAB_RUNS", value_name = "N", default_value_t = number(DEFAULT.lab_runs))]
    lab_runs: usize,
    /// Memory for unfinished messages and answers not taken, beyond the first MiB of each connection; of the server's 48
    /// MiB
    #[arg(long = "quota-held-bytes", env = "WIREWALK_QUOTA_HELD_BYTES", value_name = "BYTES", default_value_t = number(DEFAULT.held_bytes))]
    held_bytes: usize,
    /// Password hashes that wait for registrations, and as many for logins, of the server's 256 each
    #[arg(long = "quota-hashes", env = "WIREWALK_QUOTA_HASHES", value_name = "N", default_value_t = number(DEFAULT.hashes))]
    hashes: usize,
}

impl QuotaOptions {
    pub(super) fn quotas(&self) -> Quotas {
        Quotas {
            registrations: NonZeroUsize::new(self.registrations),
            connections: NonZeroUsize::new(self.connections),
            user_sockets: NonZeroUsize::new(self.user_sockets),
            feeds: NonZeroUsize::new(self.feeds),
            lab_runs: NonZeroUsize::new(self.lab_runs),
            held_bytes: NonZeroUsize::new(self.held_bytes),
            hashes: NonZeroUsize::new(self.hashes),
        }
    }
}

fn number(quota: Option<NonZeroUsize>) -> usize {
    quota.map_or(0, NonZeroUsize::get)
}
