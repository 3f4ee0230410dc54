-- Days are written YYYY-MM-DD. A period's last column is the first day that it no longer holds.
CREATE TABLE units (
    id       INTEGER PRIMARY KEY,
    code     TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL
) STRICT;

CREATE TABLE unit_versions (
    unit       INTEGER NOT NULL REFERENCES units (id),
    valid_from TEXT NOT NULL,
    valid_to   TEXT,
    name       TEXT NOT NULL,
    parent     INTEGER REFERENCES units (id),
    PRIMARY KEY (unit, valid_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE people (
    id        INTEGER PRIMARY KEY,
    code      TEXT NOT NULL UNIQUE,
    revision  INTEGER NOT NULL,
    name      TEXT NOT NULL,
    rank      TEXT NOT NULL,
    duty      TEXT NOT NULL,
    clearance TEXT NOT NULL,
    mail      TEXT
) STRICT;

CREATE TABLE memberships (
    person     INTEGER NOT NULL REFERENCES people (id),
    valid_from TEXT NOT NULL,
    valid_to   TEXT,
    unit       INTEGER NOT NULL REFERENCES units (id),
    PRIMARY KEY (person, valid_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE appointments (
    id         INTEGER PRIMARY KEY,
    person     INTEGER NOT NULL REFERENCES people (id),
    unit       INTEGER REFERENCES units (id),
    valid_from TEXT NOT NULL,
    ended      TEXT
) STRICT;

-- Each hash covers the row and the hash before it. Rows are only ever added.
CREATE TABLE acts (
    number  INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   INTEGER,
    unit    INTEGER,
    content TEXT NOT NULL,
    hash    BLOB NOT NULL
) STRICT;
