//! What DESIGN.md 4.3 promises of `/echo` and `/broadcast`, and of every endpoint: how it is opened, kept alive and closed.

mod broadcast;
mod echo;
mod keep_alive;
mod opening;
mod size;
