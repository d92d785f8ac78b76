//! Who may log in.

mod limiter;
mod name;

pub use limiter::{Limiter, Rule, network};
pub use name::{BadName, Name};
