/** What lies under the name of a project that was forgotten, until its events are removed; no project can have such a name. */
const PURGED = ':purged:'

/**
 * Schema 2: projects can be forgotten. A name that was has a salt, which makes its epoch another than the former one. First the name
 * begins anew, then the events go step by step; and whether anything can be stored is asked by storing and removing.
 */
export const PURGES = `
ALTER TABLE visualizer.project ADD COLUMN salt text NOT NULL DEFAULT '';

CREATE FUNCTION visualizer.epoch_of(epoch text, salt text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN coalesce(salt, '') = '' THEN epoch ELSE left(encode(sha256(convert_to(epoch || '/' || salt, 'UTF8')), 'hex'), 8) END
$$;

DROP FUNCTION visualizer.append(text[], int[], text[], text[], bigint);
CREATE FUNCTION visualizer.append(
  projects text[], sizes int[], ids text[], bodies text[], now_ms bigint,
  OUT epochs text[], OUT heads float8[], OUT stamps float8[], OUT offsets float8[]
) LANGUAGE plpgsql AS $$
DECLARE
  epoch text; here visualizer.project; until_index int := 0; from_index int; stamp bigint; is_first boolean := true;
BEGIN
  SELECT m.epoch INTO STRICT epoch FROM visualizer.meta AS m;
  heads := array_fill(0::float8, ARRAY[cardinality(projects)]);
  stamps := heads;
  epochs := array_fill(epoch, ARRAY[cardinality(projects)]);
  offsets := array_fill(0::float8, ARRAY[cardinality(ids)]);
  FOR nth IN 1..cardinality(projects) LOOP
    IF is_first OR projects[nth] <> here.name THEN
      SELECT * INTO here FROM visualizer.project WHERE name = projects[nth] FOR UPDATE;
      IF NOT FOUND THEN
        INSERT INTO visualizer.project (name) VALUES (projects[nth]) ON CONFLICT (name) DO NOTHING;
        SELECT * INTO STRICT here FROM visualizer.project WHERE name = projects[nth] FOR UPDATE;
      END IF;
      is_first := false;
      stamp := greatest(now_ms, here.last_at);
    END IF;
    from_index := until_index + 1;
    until_index := until_index + sizes[nth];
    FOR i IN from_index..until_index LOOP
      INSERT INTO visualizer.event (project, "offset", id, received_at, body) VALUES (here.key, here.last + 1, ids[i], stamp, bodies[i])
      ON CONFLICT (project, id) DO NOTHING;
      IF FOUND THEN
        here.last := here.last + 1;
        here.last_at := stamp;
        offsets[i] := here.last;
      END IF;
    END LOOP;
    heads[nth] := here.last;
    epochs[nth] := visualizer.epoch_of(epoch, here.salt);
    stamps[nth] := stamp;
    IF nth = cardinality(projects) OR projects[nth + 1] <> here.name THEN
      UPDATE visualizer.project SET last = here.last, last_at = here.last_at WHERE key = here.key;
    END IF;
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION visualizer.save_snapshot(of_project text, of_epoch text, fold int, at_offset bigint, state text, bucket bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE here int;
BEGIN
  -- Of another epoch: its log is gone.
  SELECT p.key INTO here FROM visualizer.project AS p, visualizer.meta AS m
    WHERE p.name = of_project AND visualizer.epoch_of(m.epoch, p.salt) = of_epoch;
  IF NOT FOUND THEN RETURN; END IF;
  DELETE FROM visualizer.snapshot AS s WHERE s.project = here
    AND (s.epoch <> of_epoch OR s.fold_version <> fold OR s."offset" / bucket = at_offset / bucket);
  INSERT INTO visualizer.snapshot VALUES (here, of_epoch, fold, at_offset, state)
    ON CONFLICT (project, epoch, fold_version, "offset") DO UPDATE SET body = excluded.body;
END $$;

CREATE OR REPLACE FUNCTION visualizer.trim_step(of_project text, of_epoch text, fold int, at_offset bigint, state text, step int)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE here visualizer.project; next_first bigint;
BEGIN
  SELECT p.* INTO here FROM visualizer.project AS p, visualizer.meta AS m
    WHERE p.name = of_project AND visualizer.epoch_of(m.epoch, p.salt) = of_epoch FOR UPDATE OF p;
  IF NOT FOUND OR at_offset < here.first OR at_offset > here.last THEN RETURN true; END IF;
  INSERT INTO visualizer.beginning AS b VALUES (here.key, of_epoch, fold, at_offset, state)
    ON CONFLICT (project) DO UPDATE SET epoch = excluded.epoch, fold_version = excluded.fold_version,
    "offset" = excluded."offset", body = excluded.body WHERE excluded."offset" > b."offset";
  next_first := least(here.first + step, at_offset + 1);
  DELETE FROM visualizer.event AS e WHERE e.project = here.key AND e."offset" < next_first;
  UPDATE visualizer.project SET first = next_first WHERE key = here.key;
  IF next_first <= at_offset THEN RETURN false; END IF;
  DELETE FROM visualizer.snapshot AS s WHERE s.project = here.key AND s."offset" < at_offset;
  RETURN true;
END $$;

CREATE FUNCTION visualizer.begin_purge(of_project text, new_salt text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE here visualizer.project;
BEGIN
  SELECT * INTO here FROM visualizer.project WHERE name = of_project AND last > 0 FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  UPDATE visualizer.project SET name = '${PURGED}' || here.key WHERE key = here.key;
  INSERT INTO visualizer.project (name, salt, last_at) VALUES (of_project, new_salt, here.last_at);
END $$;

CREATE FUNCTION visualizer.purge_step(step int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE here visualizer.project; next_first bigint;
BEGIN
  SELECT * INTO here FROM visualizer.project WHERE name >= '${PURGED}' AND name < '${PURGED}:' LIMIT 1 FOR UPDATE;
  IF NOT FOUND THEN RETURN true; END IF;
  next_first := least(here.first + step, here.last + 1);
  DELETE FROM visualizer.event AS e WHERE e.project = here.key AND e."offset" < next_first;
  UPDATE visualizer.project SET first = next_first WHERE key = here.key;
  IF next_first <= here.last THEN RETURN false; END IF;
  DELETE FROM visualizer.snapshot AS s WHERE s.project = here.key;
  DELETE FROM visualizer.beginning AS b WHERE b.project = here.key;
  DELETE FROM visualizer.project WHERE key = here.key;
  RETURN false;
END $$;

CREATE FUNCTION visualizer.try_append() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- No project has this key: its rows are seen by nobody, and are gone when this is committed.
  INSERT INTO visualizer.event (project, "offset", id, received_at, body)
    VALUES (0, pg_backend_pid(), pg_backend_pid()::text, 0, repeat('x', 4000));
  DELETE FROM visualizer.event WHERE project = 0 AND "offset" = pg_backend_pid();
END $$;`
