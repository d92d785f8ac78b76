//! The threads that serve connections. Each has a runtime of its own, and a connection stays on the thread it was given
//! to: its task is woken without a queue that others steal from, and what it touches stays in one core's cache.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

use tokio::net::TcpStream;
use tokio::runtime::{Builder, Handle};
use tokio::sync::watch;

/// The thread that accepts, and those that help it.
#[derive(Debug)]
pub(in crate::server) struct Crew {
    /// How many connections the thread that accepts has.
    own: Load,
    helpers: Vec<Helper>,
    /// Dropped, the helpers end.
    _alive: watch::Sender<()>,
}

#[derive(Debug)]
struct Helper {
    runtime: Handle,
    load: Load,
}

/// Counts connections by who holds it.
type Load = Arc<()>;

/// The thread that is to serve a connection.
#[derive(Debug)]
pub(in crate::server) struct Post {
    /// None: the thread that accepts.
    runtime: Option<Handle>,
    /// To be held as long as the connection.
    pub(in crate::server) load: Load,
}

impl Crew {
    /// Starts the helpers, one less than `workers`.
    ///
    /// # Errors
    /// If a thread cannot be started.
    pub(in crate::server) fn start(workers: NonZeroUsize) -> io::Result<Self> {
        let (alive, end) = watch::channel(());
        let helper = |number| {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let handle = runtime.handle().clone();
            let mut end = end.clone();
            thread::Builder::new().name(format!("worker-{number}")).spawn(move || {
                // An error is what is waited for: nobody holds the other end any more.
                runtime.block_on(async { while end.changed().await.is_ok() {} });
                runtime.shutdown_background();
            })?;
            io::Result::Ok(Helper { runtime: handle, load: Load::default() })
        };
        let helpers = (1..workers.get()).map(helper).collect::<Result<_, _>>()?;
        Ok(Self { own: Load::default(), helpers, _alive: alive })
    }

    /// The thread with the fewest connections.
    pub(in crate::server) fn post(&self) -> Post {
        let helper = self.helpers.iter().min_by_key(|helper| Load::strong_count(&helper.load));
        match helper.filter(|helper| Load::strong_count(&helper.load) < Load::strong_count(&self.own)) {
            None => Post { runtime: None, load: Load::clone(&self.own) },
            Some(helper) => Post { runtime: Some(helper.runtime.clone()), load: Load::clone(&helper.load) },
        }
    }
}

impl Post {
    /// Moves a stream that was just accepted to the thread.
    ///
    /// # Errors
    /// If the system does not let it be watched there.
    pub(in crate::server) fn bring(&self, stream: TcpStream) -> io::Result<TcpStream> {
        let Some(runtime) = &self.runtime else { return Ok(stream) };
        let stream = stream.into_std()?;
        let _there = runtime.enter();
        TcpStream::from_std(stream)
    }

    /// Begins a task on the thread.
    pub(in crate::server) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        match &self.runtime {
            None => tokio::spawn(task),
            Some(runtime) => runtime.spawn(task),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_connection_goes_where_the_fewest_are() {
        let crew = Crew::start(NonZeroUsize::new(3).unwrap()).unwrap();
        let mut posts: Vec<_> = (0..6).map(|_| crew.post()).collect();
        let counts = |crew: &Crew| {
            let loads = crew.helpers.iter().map(|helper| &helper.load);
            loads.chain([&crew.own]).map(|load| Load::strong_count(load) - 1).collect::<Vec<_>>()
        };
        assert_eq!(counts(&crew), [2, 2, 2]);
        posts.retain(|post| post.runtime.is_none());
        assert_eq!(counts(&crew), [0, 0, 2]);
        assert!(crew.post().runtime.is_some());
    }
}
