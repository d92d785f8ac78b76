//! Hashing passwords with Argon2id: as many at once as there are slots, each in memory that is used again.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, Salt};
use argon2::password_hash::{self, try_generate_salt};
use argon2::{Algorithm, Argon2, Block, Params, PasswordHash, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tokio::sync::oneshot;
use tokio::task;

use super::StoreError;
use super::hash_queue::{HashQueue, Purpose, QueueFull, QueuePosition, ROOM};
use super::limiter::network;
use super::strength::MAX_BYTES;

/// Most slots, on a machine with more cores: their memory, 19 MiB each, is kept for good.
const MOST_SLOTS: usize = 4;

/// Most of one network that wait for one purpose, if nothing else is set.
const QUOTA: NonZeroUsize = NonZeroUsize::new(ROOM / 2).expect("not zero");

/// Hashes and checks passwords with Argon2id, off the async threads. There is one slot a core and at most
/// [`MOST_SLOTS`]; those who find none free wait in a [`HashQueue`].
pub(super) struct Hasher {
    slots: Arc<Slots>,
    /// A hash that no password matches, checked in place of the one a user who is not there does not have.
    decoy: String,
    #[cfg(test)]
    pub(super) checks: std::sync::atomic::AtomicUsize,
}

impl Hasher {
    pub(super) fn new() -> Result<Self, StoreError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            slots: Arc::new(Slots::new(cores.min(MOST_SLOTS))),
            decoy: decoy().map_err(StoreError::broken)?,
            #[cfg(test)]
            checks: 0.into(),
        })
    }

    /// Sets how many of one network may wait for one purpose; `None`: as many as there is room for.
    pub(super) fn set_quota(&self, quota: Option<NonZeroUsize>) {
        self.slots.lock().queue.set_quota(quota);
    }

    /// Waits for a slot. A caller that is dropped leaves the queue.
    pub(super) async fn slot(&self, purpose: Purpose, from: IpAddr) -> Result<Slot, QueueFull> {
        let (sender, receiver) = oneshot::channel();
        let position = {
            let mut waiting = self.slots.lock();
            if let Some(memory) = waiting.free.pop() {
                return Ok(Slot { memory: Some(memory), slots: Arc::clone(&self.slots) });
            }
            waiting.queue.push(purpose, network(from), sender)?
        };
        let _guard = QueueGuard { position, slots: &self.slots };
        // The sender is dropped only with the position, which is held here.
        receiver.await.map_err(|_| QueueFull)
    }

    /// The hash of `password` as a PHC string, with a salt of its own.
    pub(super) async fn hash(&self, password: &str, slot: Slot) -> Result<String, StoreError> {
        let password = password.to_owned();
        off_thread(slot, move |memory| hash(password.as_bytes(), memory)).await
    }

    /// Returns `true` if `password` made `hash`. Costs the same, and is false, without a hash or with a password that
    /// could not have been registered.
    pub(super) async fn verify(
        &self,
        password: &str,
        hash: Option<&str>,
        slot: Slot,
    ) -> Result<bool, StoreError> {
        #[cfg(test)]
        self.checks.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let password = password.as_bytes();
        let hash = hash.filter(|_| password.len() <= MAX_BYTES);
        let possible = hash.is_some();
        let password = password[..password.len().min(MAX_BYTES)].to_owned();
        let hash = hash.unwrap_or(&self.decoy).to_owned();
        let matches = off_thread(slot, move |memory| matches(&password, &hash, memory)).await?;
        Ok(matches && possible)
    }
}

/// The memory of one hash; empty until it is first used.
type Memory = Vec<Block>;

/// The free slots, and the queue for them. The queue is empty while a slot is free.
struct Slots(Mutex<Waiting>);

struct Waiting {
    free: Vec<Memory>,
    queue: HashQueue<oneshot::Sender<Slot>>,
}

impl Slots {
    fn new(number: usize) -> Self {
        let free = (0..number).map(|_| Memory::new()).collect();
        Self(Mutex::new(Waiting { free, queue: HashQueue::new(Some(QUOTA)) }))
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Each change is complete before anything can panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the slot to the next who waits.
    fn pass_on(self: &Arc<Self>, mut memory: Memory) {
        loop {
            let next = {
                let mut waiting = self.lock();
                match waiting.queue.pop() {
                    Some(next) => next,
                    None => return waiting.free.push(memory),
                }
            };
            // Not under the lock: a slot that is dropped on the way takes it.
            let slot = Slot { memory: Some(memory), slots: Arc::clone(self) };
            match next.send(slot) {
                Ok(()) => return,
                // Gone in this moment. The slot comes back, and is not to pass itself on.
                Err(mut slot) => memory = slot.memory.take().unwrap_or_default(),
            }
        }
    }
}

/// Leave to hash once. Dropped, it goes to the next.
pub(super) struct Slot {
    /// `None` once it has been passed on.
    memory: Option<Memory>,
    slots: Arc<Slots>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(memory) = self.memory.take() {
            self.slots.pass_on(memory);
        }
    }
}

/// Leaves the queue when dropped.
struct QueueGuard<'a> {
    position: QueuePosition,
    slots: &'a Slots,
}

impl Drop for QueueGuard<'_> {
    fn drop(&mut self) {
        self.slots.lock().queue.remove(self.position);
    }
}

/// Runs `work` where it may block. The work itself holds the slot, as it goes on when its caller has gone.
async fn off_thread<T: Send + 'static>(
    mut slot: Slot,
    work: impl FnOnce(&mut Memory) -> password_hash::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    let holding = move || work(slot.memory.get_or_insert_default());
    task::spawn_blocking(holding).await.map_err(StoreError::broken)?.map_err(StoreError::broken)
}

/// A random hash: it looks like any other and costs as much to check.
fn decoy() -> password_hash::Result<String> {
    let (salt, hash) = (try_generate_salt()?, [try_generate_salt()?, try_generate_salt()?].concat());
    let (version, params) = (Version::default() as u32, Params::default());
    let (m, t, p) = (params.m_cost(), params.t_cost(), params.p_cost());
    let [salt, hash] = [&salt[..], &hash].map(|bytes| STANDARD_NO_PAD.encode(bytes));
    Ok(format!("$argon2id$v={version}$m={m},t={t},p={p}${salt}${hash}"))
}

fn hash(password: &[u8], memory: &mut Memory) -> password_hash::Result<String> {
    let (algorithm, version, params) = (Algorithm::default(), Version::default(), Params::default());
    let salt = Salt::new(&try_generate_salt()?)?;
    let written = ParamsString::try_from(&params)?;
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    fill(&Argon2::new(algorithm, version, params), password, &salt, &mut output, memory)?;
    let hash = Some(Output::new(&output)?);
    let version = Some(version.into());
    Ok(PasswordHash { algorithm: algorithm.ident(), version, params: written, salt: Some(salt), hash }
        .to_string())
}

/// Returns `true` if `password` made `hash`, with whatever parameters that was.
fn matches(password: &[u8], hash: &str, memory: &mut Memory) -> password_hash::Result<bool> {
    let hash = PasswordHash::new(hash)?;
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else {
        return Err(password_hash::Error::Internal);
    };
    let algorithm = Algorithm::try_from(hash.algorithm.as_str())?;
    let version = hash.version.map_or(Ok(Version::default()), Version::try_from)?;
    let argon2 = Argon2::new(algorithm, version, Params::try_from(&hash)?);
    let mut output = [0; Output::MAX_LENGTH];
    let output = &mut output[..expected.as_ref().len()];
    fill(&argon2, password, salt, output, memory)?;
    // Their equality takes constant time.
    Ok(Output::new(output)? == *expected)
}

/// Fills `output`, in memory made for our parameters; a hash that needs more gets it for itself.
fn fill(
    argon2: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    output: &mut [u8],
    memory: &mut Memory,
) -> password_hash::Result<()> {
    memory.resize(Params::DEFAULT.block_count(), Block::new());
    if argon2.params().block_count() > memory.len() {
        argon2.hash_password_into(password, salt, output)?;
    } else {
        argon2.hash_password_into_with_memory(password, salt, output, memory)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::{PasswordHasher as _, PasswordVerifier as _};
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    async fn slot(hasher: &Hasher) -> Slot {
        hasher.slot(Purpose::Login, HOME).await.unwrap()
    }

    async fn verify(hasher: &Hasher, password: &str, hash: Option<&str>) -> bool {
        hasher.verify(password, hash, slot(hasher).await).await.unwrap()
    }

    /// A hasher with this many slots.
    fn hasher(slots: usize) -> Hasher {
        Hasher { slots: Arc::new(Slots::new(slots)), ..Hasher::new().unwrap() }
    }

    fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
        Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    fn free(hasher: &Hasher) -> usize {
        hasher.slots.lock().free.len()
    }

    #[tokio::test]
    async fn checks_what_it_hashed() {
        let hasher = Hasher::new().unwrap();
        let password = "x".repeat(MAX_BYTES);
        let hash = hasher.hash(&password, slot(&hasher).await).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let again = hasher.hash(&password, slot(&hasher).await).await.unwrap();
        assert_ne!(hash, again, "the salt is its own");
        let shape = |hash: &str| hash.split('$').map(str::len).collect::<Vec<_>>();
        assert_eq!(shape(&hasher.decoy), shape(&hash));
        assert!(hasher.decoy.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hasher.decoy);

        assert!(verify(&hasher, &password, Some(&hash)).await);
        assert!(!verify(&hasher, "another", Some(&hash)).await);
        assert!(!verify(&hasher, "", Some(&hash)).await);
        let longer = format!("{password}x");
        assert!(!verify(&hasher, &longer, Some(&hash)).await, "not the part that fits either");
        assert!(!verify(&hasher, &password, None).await);
    }

    #[tokio::test]
    async fn agrees_with_the_library_in_memory_used_before() {
        let hasher = hasher(1);
        let theirs = Argon2::default().hash_password(b"correct horse").unwrap().to_string();
        let other = Params::new(64, 3, 2, Some(16)).unwrap();
        let other = Argon2::new(Algorithm::Argon2i, Version::V0x10, other);
        let other = other.hash_password(b"correct horse").unwrap().to_string();
        let larger = Params::new(20 * 1024, 1, 1, None).unwrap();
        let larger = Argon2::from(larger).hash_password(b"correct horse").unwrap().to_string();
        for hash in [&theirs, &other, &larger, &theirs] {
            assert!(verify(&hasher, "correct horse", Some(hash)).await, "{hash}");
            assert!(!verify(&hasher, "wrong horse", Some(hash)).await, "{hash}");
        }
        assert_eq!(hasher.slots.lock().free[0].capacity(), Params::DEFAULT.block_count());
        let ours = hasher.hash("correct horse", slot(&hasher).await).await.unwrap();
        Argon2::default().verify_password(b"correct horse", &PasswordHash::new(&ours).unwrap()).unwrap();
        for broken in ["", "$argon2id$v=19$m=19456,t=2,p=1", "$scrypt$c2FsdHNhbHQ$aGFzaGhhc2g", "hash"] {
            let error = hasher.verify("correct horse", Some(broken), slot(&hasher).await).await.unwrap_err();
            assert!(matches!(error, StoreError::Broken(_)), "{broken}: {error:?}");
        }
    }

    #[tokio::test]
    async fn abandoned_work_keeps_its_slot_until_its_end() {
        let hasher = hasher(1);
        let (finish, finished) = std::sync::mpsc::channel();
        let mut work = Box::pin(off_thread(slot(&hasher).await, move |_| {
            finished.recv().expect("the word to finish");
            Ok(())
        }));
        tokio::select! { biased; _ = &mut work => {}, () = task::yield_now() => {} }
        drop(work);
        assert_eq!(free(&hasher), 0);
        finish.send(()).unwrap();
        drop(slot(&hasher).await);
        assert_eq!(free(&hasher), 1);
    }

    #[tokio::test]
    async fn a_caller_that_gives_up_frees_its_place_and_its_slot() {
        let hasher = hasher(1);
        hasher.set_quota(NonZeroUsize::new(2));
        let held = slot(&hasher).await;
        let ask = || Box::pin(hasher.slot(Purpose::Registration, HOME));
        let (mut first, mut second, mut third) = (ask(), ask(), ask());
        assert!(poll(&mut first).is_pending() && poll(&mut second).is_pending());
        assert!(matches!(poll(&mut third), Poll::Ready(Err(QueueFull))), "two are the share of a network");
        drop(second);
        let mut third = ask();
        assert!(poll(&mut third).is_pending());
        // The slot was given to the first, who goes without having taken it: the next gets it.
        drop(held);
        drop(first);
        drop(third.await.unwrap());
        assert_eq!(free(&hasher), 1);
    }

    #[tokio::test]
    async fn there_is_a_slot_a_core_but_no_more_than_the_memory_allows() {
        let slots = free(&Hasher::new().unwrap());
        assert!((1..=MOST_SLOTS).contains(&slots), "{slots}");
    }
}
