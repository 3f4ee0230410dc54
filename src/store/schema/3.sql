-- A person who can sign in. The password as its Argon2id hash; the secret of one-time codes as it is.
CREATE TABLE accounts (
    person    INTEGER PRIMARY KEY REFERENCES people (id),
    login     TEXT NOT NULL UNIQUE,
    password  TEXT NOT NULL,
    totp      BLOB,
    -- The last time step whose code was used: no code is good twice.
    totp_step INTEGER NOT NULL
) STRICT;

-- What lets a person set a password, once.
CREATE TABLE account_links (
    hash       BLOB PRIMARY KEY,
    person     INTEGER NOT NULL REFERENCES people (id),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    hash       BLOB PRIMARY KEY,
    person     INTEGER NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_person ON sessions (person);
