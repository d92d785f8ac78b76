//! The tables as questions and commands; the SQL statements of a running server are here, in `session_store` and in
//! `known_networks`.
//! Questions ask the pool, and every command goes through the [`Writer`].

use super::attempts::Familiarity;
use super::open::{DatabaseError, open};
use super::write::Writer;
use super::{StoreError, User, UserName, migration, network};
use argon2::password_hash::try_generate_salt;
use sqlx::sqlite::SqlitePool;
use std::net::IpAddr;

const ADD_USER: &str = "INSERT INTO users (name, folded, look, password_hash) SELECT ?1, ?2, ?3, ?4
    WHERE NOT EXISTS (SELECT 1 FROM users WHERE folded IN (?2, ?3) OR look IN (?2, ?3))
    ON CONFLICT DO NOTHING RETURNING id";

/// The account database.
pub(super) struct Store {
    pub(super) pool: SqlitePool,
    pub(super) writer: Writer,
}

/// A user and what their password is checked against.
pub(super) struct Account {
    pub(super) user: User,
    pub(super) password_hash: String,
    /// Of the network that asked.
    pub(super) familiarity: Familiarity,
}

impl Store {
    pub(super) async fn open(url: &str) -> Result<Self, DatabaseError> {
        let pool = open(url).await?;
        Ok(Self { writer: Writer::new(pool.clone()), pool })
    }

    /// The key that tokens are signed with, made when first asked for.
    pub(super) async fn signing_key(&self) -> Result<Vec<u8>, StoreError> {
        let random = || try_generate_salt().map_err(StoreError::broken);
        let fresh = [random()?, random()?].concat();
        self.writer
            .write(|connection| {
                Box::pin(async move {
                    // Of two servers that start at once, the first to write decides for both.
                    sqlx::query(
                        "INSERT INTO meta (key, value) VALUES ('signing_key', ?) ON CONFLICT DO NOTHING",
                    )
                    .bind(fresh)
                    .execute(&mut *connection)
                    .await?;
                    sqlx::query_scalar("SELECT value FROM meta WHERE key = 'signing_key'")
                        .fetch_one(connection)
                        .await
                })
            })
            .await
    }

    /// Returns `true` if someone has this name, in any spelling, or one that looks like it.
    pub(super) async fn is_taken(&self, name: &UserName) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM users WHERE folded IN (?1, ?2) OR look IN (?1, ?2))",
        )
        .bind(name.folded())
        .bind(name.look())
        .fetch_one(&self.pool)
        .await?)
    }

    /// The user with this name, in any spelling, and whether they have signed in from the network of `from`.
    pub(super) async fn account(&self, name: &UserName, from: IpAddr) -> Result<Option<Account>, StoreError> {
        let row: Option<(i64, String, String, bool)> = sqlx::query_as(
            "SELECT id, name, password_hash,
                 EXISTS (SELECT 1 FROM known_networks WHERE user_id = users.id AND network = ?3)
             FROM users WHERE folded IN (?1, ?2) ORDER BY folded = ?1 DESC LIMIT 1",
        )
        .bind(migration::old_key(name.as_str()))
        .bind(name.folded())
        .bind(network(from).to_string())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(id, name, password_hash, known)| Account {
            user: User { id, name },
            password_hash,
            familiarity: if known { Familiarity::Known } else { Familiarity::New },
        }))
    }

    /// Adds a user; `None` if the name is taken.
    pub(super) async fn add_user(
        &self,
        name: &UserName,
        password_hash: &str,
    ) -> Result<Option<User>, StoreError> {
        let (text, folded, look) =
            (name.as_str().to_owned(), name.folded().to_owned(), name.look().to_owned());
        let password_hash = password_hash.to_owned();
        let ids: Vec<i64> = self
            .writer
            .write(|connection| {
                Box::pin(async move {
                    sqlx::query_scalar(ADD_USER)
                        .bind(text)
                        .bind(folded)
                        .bind(look)
                        .bind(password_hash)
                        .fetch_all(connection)
                        .await
                })
            })
            .await?;
        Ok(ids.first().map(|&id| User { id, name: name.as_str().to_owned() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_signing_key_is_made_once() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let key = store.signing_key().await.unwrap();
        assert_eq!(key.len(), 32);
        assert_eq!(store.signing_key().await.unwrap(), key);
        let other = Store::open("sqlite::memory:").await.unwrap();
        assert_ne!(other.signing_key().await.unwrap(), key);
    }
}
