/* Multi-statement work runs in server functions: one call is one transaction, so a killed client holds no lock. */

/** Differs between servers, restored copies and promoted replicas. */
const IDENTITY = `
CREATE FUNCTION visualizer.server_identity() RETURNS text LANGUAGE plpgsql AS $$
DECLARE server text := '-'; timeline text := '-';
BEGIN
  -- Hosted servers may keep these from their users: the rest has to do then.
  BEGIN
    SELECT system_identifier::text INTO server FROM pg_catalog.pg_control_system();
  EXCEPTION WHEN insufficient_privilege OR undefined_function OR feature_not_supported THEN NULL;
  END;
  BEGIN
    -- Not pg_control_checkpoint(): it tells the old timeline until the first checkpoint after a promotion.
    timeline := left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 8);
  EXCEPTION WHEN insufficient_privilege OR undefined_function OR feature_not_supported THEN NULL;
  END;
  RETURN concat_ws('/', server, timeline, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()),
    'visualizer.meta'::regclass::oid);
END $$;

CREATE FUNCTION visualizer.settle_epoch(candidate text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE kept visualizer.meta; here text;
BEGIN
  SELECT * INTO STRICT kept FROM visualizer.meta;
  IF pg_catalog.pg_is_in_recovery() THEN RETURN kept.epoch; END IF;
  here := visualizer.server_identity();
  IF kept.identity = here THEN RETURN kept.epoch; END IF;
  SELECT * INTO STRICT kept FROM visualizer.meta FOR UPDATE;
  IF kept.identity = here THEN RETURN kept.epoch; END IF;
  UPDATE visualizer.meta SET epoch = candidate, identity = here;
  RETURN candidate;
END $$;`

/* Shared by two schemas. Released texts never change; a schema that needs another has its own. */

/** Stores each call of `append`; later schemas answer more per call. */
export const storeEach = (also = ''): string => `
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
    stamps[nth] := stamp;
    ${also}
    IF nth = cardinality(projects) OR projects[nth + 1] <> here.name THEN
      UPDATE visualizer.project SET last = here.last, last_at = here.last_at WHERE key = here.key;
    END IF;
  END LOOP;
END $$;`

export const KEEP_SNAPSHOT = `
  IF NOT FOUND THEN RETURN; END IF;
  DELETE FROM visualizer.snapshot AS s WHERE s.project = here
    AND (s.epoch <> of_epoch OR s.fold_version <> fold OR s."offset" / bucket = at_offset / bucket);
  INSERT INTO visualizer.snapshot VALUES (here, of_epoch, fold, at_offset, state)
    ON CONFLICT (project, epoch, fold_version, "offset") DO UPDATE SET body = excluded.body;
END $$;`

export const TRIM_TO = `
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
END $$;`

/** Called in project order, so that two groups cannot deadlock. */
const APPEND = `
CREATE FUNCTION visualizer.append(
  projects text[], sizes int[], ids text[], bodies text[], now_ms bigint,
  OUT epoch text, OUT heads float8[], OUT stamps float8[], OUT offsets float8[]
) LANGUAGE plpgsql AS $$
DECLARE
  here visualizer.project; until_index int := 0; from_index int; stamp bigint; is_first boolean := true;
BEGIN
  SELECT m.epoch INTO STRICT epoch FROM visualizer.meta AS m;
  heads := array_fill(0::float8, ARRAY[cardinality(projects)]);
  stamps := heads;
  offsets := array_fill(0::float8, ARRAY[cardinality(ids)]);
${storeEach()}`

/** Binary search: received_at never goes back within a project. */
const OFFSET_AT = `
CREATE FUNCTION visualizer.offset_at(of_project text, instant bigint) RETURNS float8 LANGUAGE plpgsql STABLE AS $$
DECLARE here visualizer.project; before bigint; behind bigint; middle bigint; stamp bigint;
BEGIN
  SELECT * INTO here FROM visualizer.project WHERE name = of_project;
  IF NOT FOUND THEN RETURN 0; END IF;
  IF instant >= here.last_at THEN RETURN here.last; END IF;
  before := here.first - 1;
  behind := here.last;
  WHILE behind - before > 1 LOOP
    middle := (before + behind) / 2;
    SELECT e.received_at INTO stamp FROM visualizer.event AS e WHERE e.project = here.key AND e."offset" = middle;
    IF stamp <= instant THEN before := middle; ELSE behind := middle; END IF;
  END LOOP;
  RETURN before;
END $$;`

const SNAPSHOTS = `
CREATE FUNCTION visualizer.save_snapshot(of_project text, of_epoch text, fold int, at_offset bigint, state text, bucket bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE here int;
BEGIN
  -- Of another epoch: its log is gone.
  SELECT p.key INTO here FROM visualizer.project AS p, visualizer.meta AS m WHERE p.name = of_project AND m.epoch = of_epoch;
${KEEP_SNAPSHOT}

CREATE FUNCTION visualizer.trim_step(of_project text, of_epoch text, fold int, at_offset bigint, state text, step int)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE here visualizer.project; next_first bigint;
BEGIN
  SELECT p.* INTO here FROM visualizer.project AS p, visualizer.meta AS m
    WHERE p.name = of_project AND m.epoch = of_epoch FOR UPDATE OF p;
${TRIM_TO}`

export const FUNCTIONS = [IDENTITY, APPEND, OFFSET_AT, SNAPSHOTS].join('\n')
