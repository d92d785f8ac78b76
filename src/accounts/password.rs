//! Passwords: how they are hashed and checked.

use super::StoreError;
use super::strength::MAX_BYTES;
use argon2::password_hash::{self, try_generate_salt};
use argon2::{Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task;

/// Hashes and checks passwords with Argon2id, off the async threads and no more at once than there are cores: each
/// takes 19 MiB, and more than cores at once would only take memory.
pub(super) struct Hasher {
    slots: Arc<Semaphore>,
    /// A hash that no password matches, checked in place of the one a user who is not there does not have.
    decoy: String,
    #[cfg(test)]
    pub(super) checks: std::sync::atomic::AtomicUsize,
}

/// Leave to hash once.
pub(super) type Slot = OwnedSemaphorePermit;

impl Hasher {
    pub(super) fn new() -> Result<Self, StoreError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            slots: Arc::new(Semaphore::new(cores)),
            decoy: decoy().map_err(StoreError::new)?,
            #[cfg(test)]
            checks: 0.into(),
        })
    }

    /// Waits for a turn to hash; turns are given in the order they are asked for.
    pub(super) async fn slot(&self) -> Result<Slot, StoreError> {
        self.slots.clone().acquire_owned().await.map_err(StoreError::new)
    }

    /// The hash of `password` as a PHC string, with a salt of its own.
    pub(super) async fn hash(&self, password: &str, slot: Slot) -> Result<String, StoreError> {
        let password = password.to_owned();
        off_thread(slot, move || hash(password.as_bytes())).await
    }

    /// Whether `password` made `hash`. Costs the same, and is false, without a hash or with a password that could not
    /// have been registered.
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
        let matches = off_thread(slot, move || {
            match Argon2::default().verify_password(&password, &PasswordHash::new(&hash)?) {
                Ok(()) => Ok(true),
                Err(password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(error),
            }
        })
        .await?;
        Ok(matches && possible)
    }
}

/// What looks like any hash and costs as much to check, but was drawn by lot.
fn decoy() -> password_hash::Result<String> {
    let (salt, hash) = (try_generate_salt()?, [try_generate_salt()?, try_generate_salt()?].concat());
    let (version, params) = (Version::default() as u32, Params::default());
    let (m, t, p) = (params.m_cost(), params.t_cost(), params.p_cost());
    let [salt, hash] = [&salt[..], &hash].map(|bytes| STANDARD_NO_PAD.encode(bytes));
    Ok(format!("$argon2id$v={version}$m={m},t={t},p={p}${salt}${hash}"))
}

fn hash(password: &[u8]) -> password_hash::Result<String> {
    Ok(Argon2::default().hash_password(password)?.to_string())
}

/// Runs `work` where it may block. The work itself holds the slot, as it goes on when whoever asked has gone.
async fn off_thread<T: Send + 'static>(
    slot: Slot,
    work: impl FnOnce() -> password_hash::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    let holding = move || {
        let result = work();
        drop(slot);
        result
    };
    task::spawn_blocking(holding).await.map_err(StoreError::new)?.map_err(StoreError::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn verify(hasher: &Hasher, password: &str, hash: Option<&str>) -> bool {
        hasher.verify(password, hash, hasher.slot().await.unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn checks_what_it_hashed() {
        let hasher = Hasher::new().unwrap();
        let password = "x".repeat(MAX_BYTES);
        let hash = hasher.hash(&password, hasher.slot().await.unwrap()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let again = hasher.hash(&password, hasher.slot().await.unwrap()).await.unwrap();
        assert_ne!(hash, again, "the salt is its own");
        let shape = |hash: &str| hash.split('$').map(str::len).collect::<Vec<_>>();
        assert_eq!(shape(&hasher.decoy), shape(&hash));
        assert!(hasher.decoy.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hasher.decoy);

        assert!(verify(&hasher, &password, Some(&hash)).await);
        assert!(!verify(&hasher, "another", Some(&hash)).await);
        assert!(!verify(&hasher, "", Some(&hash)).await);
        assert!(
            !verify(&hasher, &format!("{password}x"), Some(&hash)).await,
            "not the part that fits either"
        );
        assert!(!verify(&hasher, &password, None).await);
    }

    #[tokio::test]
    async fn hashes_no_more_at_once_than_there_are_cores() {
        let hasher = Hasher::new().unwrap();
        let cores = u32::try_from(hasher.slots.available_permits()).unwrap();
        assert!(cores >= 1);

        let (finish, finished) = std::sync::mpsc::channel();
        let mut work = Box::pin(off_thread(hasher.slot().await.unwrap(), move || {
            finished.recv().expect("the word to finish");
            Ok(())
        }));
        tokio::select! { biased; _ = &mut work => {}, () = task::yield_now() => {} }
        drop(work);
        let all = || hasher.slots.try_acquire_many(cores);
        assert!(all().is_err(), "abandoned work keeps its slot");
        finish.send(()).unwrap();
        drop(hasher.slots.acquire_many(cores).await.unwrap());
        assert!(all().is_ok());
    }
}
