//! The accounts as the server uses them, on real files and in memory.

use super::*;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

const PASSWORD: &str = "correct horse";
const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

async fn accounts() -> Accounts {
    Accounts::open("sqlite::memory:").await.unwrap()
}

async fn accounts_with_ann() -> (Accounts, User) {
    let accounts = accounts().await;
    let ann = accounts.register("Ann", PASSWORD, HOME).await.unwrap();
    (accounts, ann)
}

/// Logs a user in from home.
pub(super) async fn issue(accounts: &Accounts, user: &User, generation: u64, now: SystemTime) -> Login {
    sign_in(accounts, user, generation, now).await.unwrap()
}

async fn sign_in(
    accounts: &Accounts,
    user: &User,
    generation: u64,
    now: SystemTime,
) -> Result<Login, StoreError> {
    accounts.issue(&SignIn { user, generation, from: HOME, max_sessions: None, now }).await
}

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("wirewalk-accounts-{}", Uuid::new_v4()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn open(path: &Path) -> Result<Accounts, DatabaseError> {
    Accounts::open(path.to_str().unwrap()).await
}

/// Runs SQL on a database file from outside.
async fn run(path: &Path, sql: &'static str) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection: SqliteConnection = options.connect().await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// The fault that keeps `path` from being opened; its sentence names the path.
async fn fault(path: &Path) -> DatabaseFault {
    let error = open(path).await.expect_err("a fault");
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    match error {
        DatabaseError::Unusable { fault, .. } => fault,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn from_registering_to_logging_out() {
    let (accounts, ann) = accounts_with_ann().await;
    let now = SystemTime::now();
    assert_eq!(accounts.verify("aNN", PASSWORD, HOME, Instant::now()).await.unwrap().user, ann);

    let login = issue(&accounts, &ann, 7, now).await;
    assert_eq!(login.user, ann);
    let lasts = login.expires.duration_since(now - Duration::from_secs(1)).unwrap();
    assert!(lasts.abs_diff(SESSION_LIFETIME) <= Duration::from_secs(1));

    let identity = accounts.authenticate(&login.token, now).await.unwrap();
    assert_eq!((identity.user, identity.session), (ann.clone(), login.session));
    let grant = accounts.session(login.session, ann.id, now).await.unwrap().unwrap();
    assert_eq!((grant.user, grant.session), (ann.clone(), login.session));
    assert_eq!((grant.generation, grant.expires), (7, login.expires));

    let other = issue(&accounts, &ann, 8, now).await;
    assert_ne!(other.session, login.session);
    for _ in 0..2 {
        accounts.logout(login.session).await.unwrap();
        assert!(matches!(accounts.authenticate(&login.token, now).await, Err(AuthError::Invalid)));
        assert_eq!(accounts.session(login.session, ann.id, now).await.unwrap(), None);
    }
    assert!(accounts.authenticate(&other.token, now).await.is_ok(), "the other login lives on");
    accounts.logout(Uuid::new_v4()).await.unwrap();
}

#[tokio::test]
async fn a_name_is_registered_in_every_case_at_once() {
    let accounts = accounts().await;
    accounts.register("Jürgen", PASSWORD, HOME).await.unwrap();
    for name in ["Jürgen", "jürgen", "JÜRGEN"] {
        assert!(matches!(accounts.register(name, PASSWORD, HOME).await, Err(RegisterError::Taken)), "{name}");
    }
    accounts.register("Jurgen", PASSWORD, HOME).await.unwrap();
}

#[tokio::test]
async fn of_many_registrations_of_one_name_one_succeeds() {
    let accounts = accounts().await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let accounts = accounts.clone();
            tokio::spawn(async move { accounts.register("Ann", PASSWORD, HOME).await })
        })
        .collect();
    let mut registered = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => registered += 1,
            Err(error) => assert!(matches!(error, RegisterError::Taken), "{error}"),
        }
    }
    assert_eq!(registered, 1);
}

#[tokio::test]
async fn registering_says_which_rule_was_broken() {
    let accounts = accounts().await;
    let error = accounts.register(" Ann", PASSWORD, HOME).await.unwrap_err();
    assert!(matches!(error, RegisterError::BadName(BadName::SpaceAtEdge)), "{error}");
    let error = accounts.register("Ann", "short", HOME).await.unwrap_err();
    assert!(matches!(error, RegisterError::WeakPassword(WeakPassword::TooShort)), "{error}");
}

#[tokio::test]
async fn every_wrong_login_costs_one_check_and_looks_the_same() {
    let (accounts, _) = accounts_with_ann().await;
    let long = "x".repeat(10_000);
    let wrong = [
        ("Ann", "wrong horse"),
        ("Ann", ""),
        ("Ann", &long),
        ("Bob", PASSWORD),
        ("", PASSWORD),
        (&long, PASSWORD),
        (&long, &long),
    ];
    for (done, (name, password)) in wrong.into_iter().enumerate() {
        let error = accounts.verify(name, password, HOME, Instant::now()).await.unwrap_err();
        assert!(matches!(error, LoginError::Wrong), "{error}");
        assert_eq!(accounts.0.hasher.checks.load(Ordering::Relaxed), done + 1, "{name:.20} {password:.20}");
    }
}

#[tokio::test]
async fn over_the_limit_even_the_right_password_is_refused_unchecked() {
    let (accounts, ann) = accounts_with_ann().await;
    let now = Instant::now();
    for _ in 0..20 {
        accounts.verify("Ann", PASSWORD, HOME, now).await.expect("right ones do not count");
    }
    // All at once, from a place of their own: exactly ten are looked at.
    let tasks: Vec<_> = (0..40)
        .map(|_| {
            let accounts = accounts.clone();
            tokio::spawn(async move { accounts.verify("ANN", "wrong horse", HOME, now).await })
        })
        .collect();
    let mut wrong = 0;
    for task in tasks {
        match task.await.unwrap().unwrap_err() {
            LoginError::Wrong => wrong += 1,
            LoginError::TooMany { retry_after } => assert_eq!(retry_after, Duration::from_mins(1)),
            error => panic!("{error}"),
        }
    }
    assert_eq!(wrong, 10);
    let checks = accounts.0.hasher.checks.load(Ordering::Relaxed);
    assert_eq!(checks, 30);

    let later = now + Duration::from_secs(59);
    let error = accounts.verify("Ann", PASSWORD, HOME, later).await.unwrap_err();
    assert_eq!(error.to_string(), "too many wrong attempts: try again in 1 s");
    assert_eq!(accounts.0.hasher.checks.load(Ordering::Relaxed), checks);

    let elsewhere = "192.0.2.1".parse().unwrap();
    assert_eq!(accounts.verify("Ann", PASSWORD, elsewhere, later).await.unwrap().user, ann);
    let later = now + Duration::from_mins(1);
    assert_eq!(accounts.verify("Ann", PASSWORD, HOME, later).await.unwrap().user, ann);
}

#[tokio::test]
async fn a_cancelled_login_still_counts_as_an_attempt() {
    let (accounts, _) = accounts_with_ann().await;
    let now = Instant::now();
    let checks = || accounts.0.hasher.checks.load(Ordering::Relaxed);
    for done in 1..=10 {
        let mut attempt = Box::pin(accounts.verify("Ann", "wrong horse", HOME, now));
        while checks() < done {
            tokio::select! { biased; _ = &mut attempt => break, () = tokio::task::yield_now() => {} }
        }
    }
    let error = accounts.verify("Ann", PASSWORD, HOME, now).await.unwrap_err();
    assert!(matches!(error, LoginError::TooMany { .. }), "{error}");
}

#[tokio::test]
async fn a_session_belongs_to_its_user_and_ends_at_its_expiry() {
    let (accounts, ann) = accounts_with_ann().await;
    let bob = accounts.register("Bob", PASSWORD, HOME).await.unwrap();
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let login = issue(&accounts, &ann, 1, now).await;
    let second = Duration::from_secs(1);
    let rows = [
        (login.session, ann.id, now, true),
        (login.session, ann.id, login.expires - second, true),
        (login.session, ann.id, login.expires, false),
        (login.session, bob.id, now, false),
        (login.session, 0, now, false),
        (Uuid::new_v4(), ann.id, now, false),
        (Uuid::nil(), ann.id, now, false),
    ];
    for (session, user_id, at, good) in rows {
        let grant = accounts.session(session, user_id, at).await.unwrap();
        assert_eq!(grant.is_some(), good, "user {user_id}, {at:?}");
    }
    assert!(accounts.authenticate(&login.token, login.expires - second).await.is_ok());
    for at in [login.expires, login.expires + SESSION_LIFETIME] {
        assert!(matches!(accounts.authenticate(&login.token, at).await, Err(AuthError::Invalid)));
    }
}

#[tokio::test]
async fn a_token_of_other_accounts_is_refused() {
    let (here, ann) = accounts_with_ann().await;
    let (there, same_id) = accounts_with_ann().await;
    assert_eq!(ann, same_id);
    let now = SystemTime::now();
    let login = issue(&there, &ann, 1, now).await;
    assert!(matches!(here.authenticate(&login.token, now).await, Err(AuthError::Invalid)));
}

#[tokio::test]
async fn a_token_for_a_session_never_issued_is_refused() {
    let (accounts, ann) = accounts_with_ann().await;
    let claims = Claims { user_id: ann.id, session: Uuid::new_v4(), issued: 0, expires: i64::MAX };
    let token = accounts.0.signer.sign(&claims);
    assert!(matches!(accounts.authenticate(&token, SystemTime::now()).await, Err(AuthError::Invalid)));
}

#[tokio::test]
async fn everything_survives_a_restart() {
    let folder = Folder::new();
    let file = folder.file("wirewalk.db");
    let now = SystemTime::now();
    let (ann, kept, ended) = {
        let accounts = open(&file).await.unwrap();
        let ann = accounts.register("Ann", PASSWORD, HOME).await.unwrap();
        let kept = issue(&accounts, &ann, 1, now).await;
        let ended = issue(&accounts, &ann, 2, now).await;
        accounts.logout(ended.session).await.unwrap();
        (ann, kept, ended)
    };
    let accounts = open(&file).await.unwrap();
    assert_eq!(accounts.verify("Ann", PASSWORD, HOME, Instant::now()).await.unwrap().user, ann);
    assert_eq!(accounts.authenticate(&kept.token, now).await.unwrap().user, ann);
    assert!(matches!(accounts.authenticate(&ended.token, now).await, Err(AuthError::Invalid)));
}

#[tokio::test]
async fn two_servers_may_share_a_file() {
    let folder = Folder::new();
    let file = folder.file("wirewalk.db");
    let (one, other) = tokio::join!(open(&file), open(&file));
    let (one, other) = (one.unwrap(), other.unwrap());
    let ann = one.register("Ann", PASSWORD, HOME).await.unwrap();
    let now = SystemTime::now();
    let login = issue(&one, &ann, 1, now).await;
    assert_eq!(other.authenticate(&login.token, now).await.unwrap().user, ann);
    other.logout(login.session).await.unwrap();
    assert!(one.authenticate(&login.token, now).await.is_err());
}

#[tokio::test]
async fn many_log_in_at_once() {
    let folder = Folder::new();
    let accounts = open(&folder.file("wirewalk.db")).await.unwrap();
    let ann = accounts.register("Ann", PASSWORD, HOME).await.unwrap();
    let now = SystemTime::now();
    let tasks: Vec<_> = (0..300)
        .map(|generation| {
            let (accounts, ann) = (accounts.clone(), ann.clone());
            tokio::spawn(async move {
                let login = sign_in(&accounts, &ann, generation, now).await?;
                accounts.session(login.session, ann.id, now).await
            })
        })
        .collect();
    for task in tasks {
        assert!(task.await.unwrap().unwrap().is_some());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let file = folder.file("wirewalk.db");
    let _accounts = open(&file).await.unwrap();
    let mut files = 0;
    for entry in fs::read_dir(&folder.0).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.path());
        files += 1;
    }
    assert_eq!(files, 3, "the database, its log and the log's index");
}

#[tokio::test]
async fn a_foreign_file_is_refused_and_left_unchanged() {
    let folder = Folder::new();

    let text = folder.file("notes.txt");
    for content in ["hello", &"a longer text that is no database either\n".repeat(100)] {
        fs::write(&text, content).unwrap();
        assert!(matches!(fault(&text).await, DatabaseFault::NotADatabase));
        assert_eq!(fs::read_to_string(&text).unwrap(), content);
    }

    let foreign = folder.file("foreign.db");
    run(&foreign, "CREATE TABLE songs (title TEXT)").await;
    let before = fs::read(&foreign).unwrap();
    assert!(matches!(fault(&foreign).await, DatabaseFault::Foreign));
    assert_eq!(fs::read(&foreign).unwrap(), before);

    let newer = folder.file("newer.db");
    drop(open(&newer).await.unwrap());
    run(&newer, "PRAGMA user_version = 3").await;
    assert!(matches!(fault(&newer).await, DatabaseFault::Newer { format: 3 }));

    assert!(matches!(fault(&folder.0).await, DatabaseFault::Directory));
    assert!(matches!(fault(&folder.file("none/wirewalk.db")).await, DatabaseFault::NoFolder));
    assert!(matches!(fault(&text.join("wirewalk.db")).await, DatabaseFault::NoFolder));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_unwritable_file_is_refused() {
    assert!(matches!(fault(Path::new("/proc/wirewalk.db")).await, DatabaseFault::NotWritable));

    let folder = Folder::new();
    let file = folder.file("wirewalk.db");
    drop(open(&file).await.unwrap());
    let mut permissions = fs::metadata(&file).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&file, permissions).unwrap();
    // Root writes everywhere, and then there is nothing to refuse.
    if fs::OpenOptions::new().write(true).open(&file).is_err() {
        assert!(matches!(fault(&file).await, DatabaseFault::NotWritable));
    }
}

#[tokio::test]
async fn secrets_do_not_show_in_debug() {
    let (accounts, ann) = accounts_with_ann().await;
    let now = SystemTime::now();
    let login = issue(&accounts, &ann, 1, now).await;
    let identity = accounts.authenticate(&login.token, now).await.unwrap();
    let grant = accounts.session(login.session, ann.id, now).await.unwrap();
    let shown = format!("{accounts:?} {login:?} {identity:?} {grant:?}");
    assert!(shown.contains("Ann"), "{shown}");
    for secret in [login.session.to_string(), login.token, login.session.simple().to_string()] {
        assert!(!shown.contains(&secret), "{shown}");
    }
}
