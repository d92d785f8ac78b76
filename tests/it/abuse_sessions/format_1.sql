-- An account database of format 1, as wirewalk wrote it: six users of one password, and a session of Ann's, whose end
-- was put off to 2100.
PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE meta (
        key TEXT PRIMARY KEY,
        value ANY NOT NULL
    ) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('signing_key',X'EE1D9C550281E639175DA15EEE21388E89CF6BD4EBBB1C58792EB9E533AF9505');
CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        generation INTEGER NOT NULL,
        issued INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        ended INTEGER
    ) STRICT, WITHOUT ROWID;
INSERT INTO "sessions" VALUES('b14aa94a-2b90-41ef-a33b-9df7bf305ec4',1,1796048021012,1796048021,4102444800,NULL);
CREATE TABLE users (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        folded TEXT NOT NULL UNIQUE,
        password_hash TEXT NOT NULL,
        created INTEGER NOT NULL DEFAULT (unixepoch())
    ) STRICT;
INSERT INTO "users" VALUES(1,'Ann','ann','$argon2id$v=19$m=19456,t=2,p=1$VMlaz8HnMj3+N/xAUuWTog$ib/+gKxLk5LYDPZcd9f6Ft6vDu7Oy/wXAnPldjj1wMY',1796048020);
INSERT INTO "users" VALUES(2,'user1','user1','$argon2id$v=19$m=19456,t=2,p=1$prP4IxVSivBXdMhDy0zBnA$Hlwdqe/mDWov9Jn5wY05VWe2fJWNhzcE68SYRk9EDnM',1796048020);
INSERT INTO "users" VALUES(3,'userL','userl','$argon2id$v=19$m=19456,t=2,p=1$969DejCXRZdu37YaT1BkKg$WmFknqJqDJPGm5PaKtMbz9/2PCia4Mat/4LodaIqYLU',1796048020);
INSERT INTO "users" VALUES(4,'Jürgen','jürgen','$argon2id$v=19$m=19456,t=2,p=1$E/zOJfSkpa4/xHAetuAxjg$hSTHGqCl7by4qrabr4VewFrJkUKOToJBuXolz0DjbuM',1796048020);
INSERT INTO "users" VALUES(5,'аnnа','аnnа','$argon2id$v=19$m=19456,t=2,p=1$pbQvBajTWvaezTBMCrn/EQ$woCfoUrjmkf3J8cwcBIsXVwTE4tZLEIKuxBl+OWsmhs',1796048020);
INSERT INTO "users" VALUES(6,'admin','admin','$argon2id$v=19$m=19456,t=2,p=1$XkY87BfICIseuGHcgdqIbg$IOXV09Xzgl6cDSNIh4Lb/Z4FABnuASNvikutjfgUP2Y',1796048020);
CREATE INDEX sessions_by_user ON sessions (user_id, generation);
CREATE INDEX sessions_by_expiry ON sessions (expires);
CREATE INDEX sessions_ended ON sessions (ended) WHERE ended IS NOT NULL;
COMMIT;
PRAGMA application_id = 0x77776C6B;
PRAGMA user_version = 1;
