//! Hostile use of what is scarce: descriptors, connections, memory, time; and of what is shown to others.
//!
//! The ids are those of the catalogue of abuse.

mod bodies;
mod connections;
mod names;
mod readers;
mod routes;
