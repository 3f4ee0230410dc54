-- What administrators decide about a room, as JSON; none is the room that stands from the first start on.
ALTER TABLE rooms ADD COLUMN rules TEXT;
ALTER TABLE rooms ADD COLUMN unit INTEGER REFERENCES units (id);
ALTER TABLE rooms ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE rooms ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;

-- Rules to begin a room with.
CREATE TABLE templates (
    id       INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL,
    unit     INTEGER REFERENCES units (id),
    name     TEXT NOT NULL,
    rules    TEXT NOT NULL,
    retired  INTEGER NOT NULL
) STRICT;
