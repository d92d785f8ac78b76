//! From an older format of the database to this one.

use super::fold::{fold, fold_case, fold_look};
use sqlx::sqlite::SqliteConnection;

/// The key of a user whose name looks like that of an older user, from before names were compared so. No key of
/// [`fold`] has a `#`.
pub(super) fn old_key(name: &str) -> String {
    format!("#{}", fold_case(name))
}

/// Format 1 compared names without case only; now names that look alike are the same. Users whose names have become
/// the same both stay: the older has the new key, the newer keeps the old one, and signs in as before.
pub(super) async fn fold_names(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::query("ALTER TABLE users ADD COLUMN look TEXT NOT NULL DEFAULT ''")
        .execute(&mut *connection)
        .await?;
    // First all of them, so that no new key meets an old one: the old ones were as unique as these.
    sqlx::query("UPDATE users SET folded = '#' || folded").execute(&mut *connection).await?;
    let users: Vec<(i64, String)> =
        sqlx::query_as("SELECT id, name FROM users ORDER BY id").fetch_all(&mut *connection).await?;
    for (id, name) in users {
        sqlx::query("UPDATE OR IGNORE users SET folded = ? WHERE id = ?")
            .bind(fold(&name))
            .bind(id)
            .execute(&mut *connection)
            .await?;
        sqlx::query("UPDATE users SET look = ? WHERE id = ?")
            .bind(fold_look(&name))
            .bind(id)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Connection;

    #[tokio::test]
    async fn the_older_of_two_gets_the_new_key() {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let table = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, folded TEXT NOT NULL UNIQUE) STRICT";
        sqlx::query(table).execute(&mut connection).await.unwrap();
        // The old key of one is the new key of another, both ways.
        for (name, folded) in [
            ("Ann", "ann"),
            ("user1", "user1"),
            ("userL", "userl"),
            ("аnn", "аnn"),
            ("b0b", "b0b"),
            ("Bob", "bob"),
            ("ＢＯＢ", "ｂｏｂ"),
        ] {
            sqlx::query("INSERT INTO users (name, folded) VALUES (?, ?)")
                .bind(name)
                .bind(folded)
                .execute(&mut connection)
                .await
                .unwrap();
        }
        fold_names(&mut connection).await.unwrap();
        let keys: Vec<(String, String)> = sqlx::query_as("SELECT name, folded FROM users ORDER BY id")
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let expected = [
            ("Ann", "ann"),
            ("user1", "userl"),
            ("userL", "#userl"),
            ("аnn", "#аnn"),
            ("b0b", "bob"),
            ("Bob", "#bob"),
            ("ＢＯＢ", "#ｂｏｂ"),
        ];
        let looks: Vec<String> = sqlx::query_scalar("SELECT look FROM users ORDER BY id")
            .fetch_all(&mut connection)
            .await
            .unwrap();
        assert_eq!(looks, ["ann", "userl", "userl", "ann", "bob", "bob", "bob"]);
        let keys: Vec<_> = keys.iter().map(|(name, key)| (name.as_str(), key.as_str())).collect();
        assert_eq!(keys, expected);
        for (name, key) in expected {
            assert!(key == fold(name) || key == old_key(name), "{name} {key}");
        }
    }
}
