//! Captures, judged by Wireshark: what is read equals what tshark reads, and what is written pleases it.

mod conversations;
mod corpus;
mod damage;
mod tshark;
mod written;
