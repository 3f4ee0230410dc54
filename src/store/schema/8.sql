-- What a request with an Idempotency-Key was answered, for a day. Without a status it is under way.
CREATE TABLE answered (
    person      INTEGER NOT NULL REFERENCES people (id),
    key         TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    at          INTEGER NOT NULL,
    status      INTEGER,
    etag        TEXT,
    kind        TEXT,
    body        BLOB,
    PRIMARY KEY (person, key)
) STRICT, WITHOUT ROWID;
