import { KEEP_SNAPSHOT, storeEach, TRIM_TO } from './functions.ts'

const PURGED = ':purged:'

/** Schema 2: purges. A purged name gets a salt, which gives it a new epoch; its events are removed in steps. */
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
${storeEach('epochs[nth] := visualizer.epoch_of(epoch, here.salt);')}

CREATE OR REPLACE FUNCTION visualizer.save_snapshot(of_project text, of_epoch text, fold int, at_offset bigint, state text, bucket bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE here int;
BEGIN
  -- Of another epoch: its log is gone.
  SELECT p.key INTO here FROM visualizer.project AS p, visualizer.meta AS m
    WHERE p.name = of_project AND visualizer.epoch_of(m.epoch, p.salt) = of_epoch;
${KEEP_SNAPSHOT}

CREATE OR REPLACE FUNCTION visualizer.trim_step(of_project text, of_epoch text, fold int, at_offset bigint, state text, step int)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE here visualizer.project; next_first bigint;
BEGIN
  SELECT p.* INTO here FROM visualizer.project AS p, visualizer.meta AS m
    WHERE p.name = of_project AND visualizer.epoch_of(m.epoch, p.salt) = of_epoch FOR UPDATE OF p;
${TRIM_TO}

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
