//! Worker threads. Each has a runtime of its own, and a connection stays on its worker: its task is woken without a
//! queue that others steal from, and its memory stays in one core's cache.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

use tokio::net::TcpStream;
use tokio::runtime::{Builder, Handle};
use tokio::sync::watch;

/// The accepting thread, which serves connections too, and its helpers.
#[derive(Debug)]
pub(in crate::server) struct WorkerPool {
    /// Connections of the accepting thread.
    own: Load,
    helpers: Vec<Helper>,
    /// Ends the helpers when dropped.
    _alive: watch::Sender<()>,
}

#[derive(Debug)]
struct Helper {
    runtime: Handle,
    load: Load,
}

/// Number of connections of a worker: its clones.
type Load = Arc<()>;

/// The worker that is to serve a connection.
#[derive(Debug)]
pub(in crate::server) struct Worker {
    /// `None`: the accepting thread.
    runtime: Option<Handle>,
    load: Load,
}

impl WorkerPool {
    /// Starts the helpers: one less than `workers`.
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
                // An error ends the wait: the pool was dropped.
                runtime.block_on(async { while end.changed().await.is_ok() {} });
                runtime.shutdown_background();
            })?;
            io::Result::Ok(Helper { runtime: handle, load: Load::default() })
        };
        let helpers = (1..workers.get()).map(helper).collect::<Result<_, _>>()?;
        Ok(Self { own: Load::default(), helpers, _alive: alive })
    }

    /// The worker with the fewest connections.
    pub(super) fn least_loaded(&self) -> Worker {
        let helper = self.helpers.iter().min_by_key(|helper| Load::strong_count(&helper.load));
        match helper.filter(|helper| Load::strong_count(&helper.load) < Load::strong_count(&self.own)) {
            None => Worker { runtime: None, load: Load::clone(&self.own) },
            Some(helper) => Worker { runtime: Some(helper.runtime.clone()), load: Load::clone(&helper.load) },
        }
    }
}

impl Worker {
    /// Moves an accepted stream to the worker's runtime.
    ///
    /// # Errors
    /// If its runtime cannot poll the stream.
    pub(super) fn register(&self, stream: TcpStream) -> io::Result<TcpStream> {
        let Some(runtime) = &self.runtime else { return Ok(stream) };
        let stream = stream.into_std()?;
        let _context = runtime.enter();
        TcpStream::from_std(stream)
    }

    /// Counts as a connection of the worker until it is dropped.
    pub(super) fn load(&self) -> Arc<()> {
        Load::clone(&self.load)
    }

    /// Spawns a task on the worker.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
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
    fn each_connection_goes_to_the_least_loaded_worker() {
        let pool = WorkerPool::start(NonZeroUsize::new(3).unwrap()).unwrap();
        let mut workers: Vec<_> = (0..6).map(|_| pool.least_loaded()).collect();
        let counts = |pool: &WorkerPool| {
            let loads = pool.helpers.iter().map(|helper| &helper.load);
            loads.chain([&pool.own]).map(|load| Load::strong_count(load) - 1).collect::<Vec<_>>()
        };
        assert_eq!(counts(&pool), [2, 2, 2]);
        workers.retain(|worker| worker.runtime.is_none());
        assert_eq!(counts(&pool), [0, 0, 2]);
        assert!(pool.least_loaded().runtime.is_some());
    }
}
