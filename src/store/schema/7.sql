-- Whose calendar a feed shows; its address is known by the hash of its secret.
CREATE TABLE feeds (
    person     INTEGER PRIMARY KEY REFERENCES people (id),
    hash       BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;
