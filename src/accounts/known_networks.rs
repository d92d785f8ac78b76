//! The networks that a user has signed in from: there the owner gets in, however many others guess at the name.

use super::network;
use sqlx::sqlite::SqliteConnection;
use std::net::IpAddr;

/// Networks kept of one user; the one not used for longest goes.
const MOST: i64 = 20;

/// Notes that `user` signs in from the network of `from` at `now` (Unix seconds).
pub(super) async fn remember(
    connection: &mut SqliteConnection,
    user: i64,
    from: IpAddr,
    now: i64,
) -> sqlx::Result<()> {
    let network = network(from).to_string();
    sqlx::query(
        "INSERT INTO known_networks (user_id, network, last) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET last = max(last, excluded.last)",
    )
    .bind(user)
    .bind(&network)
    .bind(now)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "DELETE FROM known_networks WHERE user_id = ?1 AND network NOT IN (
             SELECT network FROM known_networks WHERE user_id = ?1 ORDER BY network = ?2 DESC, last DESC LIMIT ?3)",
    )
    .bind(user)
    .bind(&network)
    .bind(MOST)
    .execute(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::open::open;

    #[tokio::test]
    async fn of_each_user_the_twenty_latest_networks_are_stored() {
        let pool = open("sqlite::memory:").await.unwrap();
        let mut connection = pool.acquire().await.unwrap();
        for name in ["Ann", "Bob"] {
            sqlx::query("INSERT INTO users (name, folded, password_hash) VALUES (?1, ?1, '')")
                .bind(name)
                .execute(&mut *connection)
                .await
                .unwrap();
        }
        let address = |last: u8| IpAddr::from([192, 0, 2, last]);
        remember(&mut connection, 2, address(250), 0).await.unwrap();
        for last in 1..=30 {
            remember(&mut connection, 1, address(last), 100).await.unwrap();
            remember(&mut connection, 1, address(0), 200).await.unwrap();
        }
        let networks: Vec<String> =
            sqlx::query_scalar("SELECT network FROM known_networks WHERE user_id = 1 ORDER BY last")
                .fetch_all(&mut *connection)
                .await
                .unwrap();
        assert_eq!(networks.len(), 20, "{networks:?}");
        assert_eq!(networks.last().map(String::as_str), Some("192.0.2.0"));
        assert!(networks.contains(&"192.0.2.30".to_owned()), "the one just used stays: {networks:?}");
        let bobs: i64 = sqlx::query_scalar("SELECT count(*) FROM known_networks WHERE user_id = 2")
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        assert_eq!(bobs, 1);
    }
}
