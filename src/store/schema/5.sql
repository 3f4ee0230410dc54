-- What is planned in rooms. Plan and exceptions as JSON; times by the clocks of the plan's zone.
CREATE TABLE bookings (
    id         INTEGER PRIMARY KEY,
    revision   INTEGER NOT NULL,
    room       INTEGER NOT NULL REFERENCES rooms (id),
    plan       TEXT NOT NULL,
    exceptions TEXT NOT NULL,
    cancelled  INTEGER NOT NULL
) STRICT;
