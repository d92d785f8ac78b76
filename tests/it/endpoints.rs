//! `/echo` and `/broadcast`, and the opening, keep-alive and close of every endpoint.

mod broadcast;
mod echo;
mod keep_alive;
mod opening;
mod size;
