CREATE FUNCTION attendance_stays() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'attendance is only ever added'; END $$;
CREATE TRIGGER attendance_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON attendance
FOR EACH STATEMENT EXECUTE FUNCTION attendance_stays();
