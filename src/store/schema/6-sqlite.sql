CREATE TRIGGER attendance_is_not_changed BEFORE UPDATE ON attendance
BEGIN SELECT RAISE(ABORT, 'attendance is only ever added'); END;
CREATE TRIGGER attendance_is_not_deleted BEFORE DELETE ON attendance
BEGIN SELECT RAISE(ABORT, 'attendance is only ever added'); END;
