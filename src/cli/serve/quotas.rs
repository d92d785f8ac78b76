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
    #[arg(long, env = "WIREWALK_QUOTA_REGISTRATIONS", value_name = "N", default_value_t = number(DEFAULT.registrations))]
    quota_registrations: usize,
    /// TCP connections at a time
    #[arg(long, env = "WIREWALK_QUOTA_CONNECTIONS", value_name = "N", default_value_t = number(DEFAULT.connections))]
    quota_connections: usize,
    /// Connections of one user to /message, from wherever; one more is closed with 4029
    #[arg(long, env = "WIREWALK_QUOTA_USER_SOCKETS", value_name = "N", default_value_t = number(DEFAULT.user_sockets))]
    quota_user_sockets: usize,
    /// Inspect feeds at a time, of the server's 32
    #[arg(long, env = "WIREWALK_QUOTA_FEEDS", value_name = "N", default_value_t = number(DEFAULT.feeds))]
    quota_feeds: usize,
    /// Lab experiments at a time, of the server's 64
    #[arg(long, env = "WIREWALK_QUOTA_LAB_RUNS", value_name = "N", default_value_t = number(DEFAULT.lab_runs))]
    quota_lab_runs: usize,
    /// Memory for unfinished messages and answers not taken, beyond the first MiB of each connection; of the server's 48
    /// MiB
    #[arg(long, env = "WIREWALK_QUOTA_HELD_BYTES", value_name = "BYTES", default_value_t = number(DEFAULT.held_bytes))]
    quota_held_bytes: usize,
}

impl QuotaOptions {
    pub(super) fn quotas(&self) -> Quotas {
        Quotas {
            registrations: NonZeroUsize::new(self.quota_registrations),
            connections: NonZeroUsize::new(self.quota_connections),
            user_sockets: NonZeroUsize::new(self.quota_user_sockets),
            feeds: NonZeroUsize::new(self.quota_feeds),
            lab_runs: NonZeroUsize::new(self.quota_lab_runs),
            held_bytes: NonZeroUsize::new(self.quota_held_bytes),
        }
    }
}

fn number(quota: Option<NonZeroUsize>) -> usize {
    quota.map_or(0, NonZeroUsize::get)
}
