-- A seat of a person who signs in; the others are entered by their link alone.
ALTER TABLE seats ADD COLUMN person INTEGER REFERENCES people (id);
ALTER TABLE seats ADD COLUMN unit INTEGER REFERENCES units (id);
CREATE UNIQUE INDEX seats_by_person ON seats (room, person) WHERE revoked_at IS NULL;

-- Who came into a room and who went, as they were then. Rows are only ever added.
CREATE TABLE attendance (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    room   INTEGER NOT NULL REFERENCES rooms (id),
    at     INTEGER NOT NULL,
    came   INTEGER NOT NULL,
    seat   INTEGER NOT NULL REFERENCES seats (id),
    name   TEXT NOT NULL,
    person INTEGER,
    unit   INTEGER
) STRICT;

CREATE INDEX attendance_by_room ON attendance (room, at);
