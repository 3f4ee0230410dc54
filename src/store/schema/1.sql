CREATE TABLE rooms (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    slug           TEXT NOT NULL UNIQUE,
    title          TEXT NOT NULL,
    classification TEXT NOT NULL,
    durable        TEXT NOT NULL
) STRICT;

-- One link, one seat: the seat's id is the link's number and the member's id.
CREATE TABLE seats (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    room       INTEGER NOT NULL REFERENCES rooms (id),
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    link_hash  BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE resumes (
    hash       BLOB PRIMARY KEY,
    seat       INTEGER NOT NULL REFERENCES seats (id),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX resumes_by_seat ON resumes (seat);
