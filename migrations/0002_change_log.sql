-- +goose Up
-- The change log: every committed change of every layer is one row of onemap.change, whoever wrote it, and has one
-- place in one order, onemap.feed. What to know before touching it: docs/decisions/0002-change-log.md.

-- Transaction ids are the clock of row versions. They start anew when a dump is restored into another server, so that
-- ours are PostgreSQL's plus an offset; onemap.adopt() chooses it when it finds itself on a server it does not know.
create table onemap.cluster (
    one               boolean primary key default true check (one),
    system_identifier bigint not null,
    xid_offset        bigint not null
);
insert into onemap.cluster (system_identifier, xid_offset) select system_identifier, 0 from pg_control_system();

-- The id of the writing transaction. A constant is compiled into it, so that it costs nothing.
create function onemap.txid() returns bigint language sql volatile return txid_current() + 0;

-- The box that holds all boxes, lon/lat of EPSG:4490.
create aggregate onemap.bounds(box) (sfunc = bound_box, stype = box);

-- One committed change. seq is the order in which changes were written, not the order in which they became visible:
-- followers read onemap.feed.
create table onemap.change (
    seq        bigint generated always as identity,
    xid        bigint not null default onemap.txid(),
    layer      text not null,             -- '' = the catalogue itself
    fid        bigint,                    -- null when the row stands for many
    op         text not null check (op in ('insert', 'update', 'delete', 'load', 'bulk', 'truncate', 'drop', 'schema')),
    at         timestamptz not null default clock_timestamp(), -- not now(): a transaction may have waited for a lock
    actor      text not null default coalesce(nullif(current_setting('onemap.actor', true), ''), session_user),
    role       name not null default session_user, -- who the database knows it was, whatever actor says
    request    text not null default coalesce(current_setting('onemap.request', true), ''),
    reason     text not null default coalesce(current_setting('onemap.reason', true), ''),
    old_bounds box,                       -- lon/lat of EPSG:4490; null = had no geometry
    new_bounds box,
    columns    text[],                    -- of an update: what changed; null = not said
    count      bigint not null default 1, -- rows it stands for
    delta      bigint not null default 0  -- by how many features the layer grew
) partition by range (at);
create table onemap.change_default partition of onemap.change default; -- so that a write never fails
create index change_xid on onemap.change (xid, seq);   -- the sequencer's
create index change_seq on onemap.change (seq);        -- feed → change
create index change_feature on onemap.change (layer, fid) where fid is not null; -- what happened to this feature

-- Makes this month's partition and the next two, moving what had to go to the default partition in the meantime.
-- It never waits long: readers and writers go first, and there are two months to try again.
-- +goose StatementBegin
create function onemap.make_partitions() returns void language plpgsql set lock_timeout = '300ms' set timezone = 'UTC' as $$
declare
    month timestamptz;
    part  text;
begin
    for i in 0..2 loop
        month := date_trunc('month', clock_timestamp()) + make_interval(months => i);
        part := 'change_' || to_char(month, 'YYYY_MM');
        continue when to_regclass('onemap.' || part) is not null;
        begin
            execute format('create table onemap.%I (like onemap.change including defaults including constraints)', part);
            execute format($f$with moved as (delete from onemap.change_default where at >= %L and at < %L returning *)
                insert into onemap.%I select * from moved$f$, month, month + interval '1 month', part);
            execute format('alter table onemap.change attach partition onemap.%I for values from (%L) to (%L)',
                part, month, month + interval '1 month');
        exception when lock_not_available or deadlock_detected then
            raise notice 'partition % of the change log is made later: %', part, sqlerrm;
        end;
    end loop;
end $$;
-- +goose StatementEnd
select onemap.make_partitions();

-- The one order: position → change. Followers keep the last position they have applied and ask for what is beyond.
create table onemap.feed (
    pos bigint primary key,
    seq bigint not null unique,     -- a change is given a position once
    at  timestamptz not null        -- of the change; finds its partition
);

-- What could be seen at the end of each batch of positions: transactions below snap_min had ended, those from snap_max
-- on had not begun, those in snap_in were open. A row is as old as its version (onemap.txid() of its writer), so this
-- reads back any moment exactly (layers/history.go).
create table onemap.batch (
    pos      bigint primary key,    -- last position of the batch
    at       timestamptz not null default clock_timestamp(),
    snap_min bigint not null,
    snap_max bigint not null,
    snap_in  bigint[] not null
);
create index batch_at on onemap.batch (at);

-- How far the sequencer has looked. One row; written by whoever holds the sequencer's lock, with the positions.
create table onemap.cursor (
    one      boolean primary key default true check (one),
    pos      bigint not null,
    snap_max bigint not null,
    snap_in  bigint[] not null
);
insert into onemap.cursor (pos, snap_max, snap_in) values (0, 0, '{}');

-- What the log adds up to. Written with the positions, so that all three agree.
create table onemap.layer_stat (
    layer    text primary key,
    count    bigint not null,   -- features, exactly
    bounds   box,               -- never smaller than the data; null when empty
    revision bigint not null    -- position of the last change
);

-- Gives positions to what became visible since the last look and returns the last position, or null when there is
-- nothing new. Only the holder of the sequencer's lock calls it, in its own transaction, READ COMMITTED.
-- A change became visible when its transaction was open, or had not begun, at the last look and is not in progress now.
-- Nothing new writes nothing: the old snapshot stays good. The settings keep the plan on change_xid whatever the size.
-- +goose StatementBegin
create function onemap.sequence() returns bigint language plpgsql
    set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
    was  onemap.cursor;
    shift bigint;
    last bigint;
begin
    select * into strict was from onemap.cursor;
    select xid_offset into strict shift from onemap.cluster;
    with snap as materialized (
        select txid_snapshot_xmin(s) + shift as snap_min, txid_snapshot_xmax(s) + shift as snap_max,
               array(select x + shift from txid_snapshot_xip(s) x) as snap_in
        from txid_current_snapshot() s
    ), seen as materialized (
        select seq, at, layer, op, new_bounds, delta from onemap.change where xid >= was.snap_max
        union all
        select c.seq, c.at, c.layer, c.op, c.new_bounds, c.delta
        from unnest(was.snap_in) x join onemap.change c on c.xid = x
    ), given as materialized (
        select was.pos + row_number() over (order by seq) as pos, seen.* from seen
    ), fed as (
        insert into onemap.feed (pos, seq, at) select pos, seq, at from given order by pos
    ), stat as (
        insert into onemap.layer_stat as s (layer, count, bounds, revision)
        select layer, case when bool_or(op = 'drop') then 0 else sum(delta) end,
               case when not bool_or(op = 'drop') then onemap.bounds(new_bounds) end, max(pos) from given where layer <> '' group by layer
        on conflict (layer) do update set
            count = case when excluded.layer in (select layer from given where op = 'drop') then 0 else s.count + excluded.count end,
            bounds = case when s.count + excluded.count = 0 or excluded.layer in (select layer from given where op = 'drop') then null
                          when s.count = 0 or s.bounds is null then excluded.bounds
                          when excluded.bounds is null then s.bounds
                          else bound_box(s.bounds, excluded.bounds) end,
            revision = excluded.revision
    ), batch as (
        insert into onemap.batch (pos, snap_min, snap_max, snap_in)
        select (select max(pos) from given), snap.* from snap where exists (select from given)
    ), moved as (
        update onemap.cursor set pos = (select max(pos) from given), snap_max = snap.snap_max, snap_in = snap.snap_in
        from snap where exists (select from given)
        returning cursor.pos
    )
    select pos into last from moved;
    return last;
end $$;
-- +goose StatementEnd

-- Finds out whether this database has come to another server (a dump restored, pg_upgrade) and if so moves our
-- transaction ids beyond all that were ever stored, and has the sequencer look at every change that has no position yet.
-- Returns whether it did. Run before anybody writes: by each migration and by a new sequencer.
-- +goose StatementBegin
create function onemap.adopt() returns boolean language plpgsql as $$
declare
    known  onemap.cluster;
    here   bigint;
    beyond bigint;
begin
    select system_identifier into strict here from pg_control_system();
    select * into strict known from onemap.cluster;
    if known.system_identifier = here then
        return false;
    end if;
    lock table onemap.change in share row exclusive mode;
    select greatest(known.xid_offset, (select max(xid) from onemap.change), (select max(snap_max) from onemap.batch)) into beyond;
    execute format('create or replace function onemap.txid() returns bigint language sql volatile return txid_current() + %s', beyond);
    update onemap.cluster set system_identifier = here, xid_offset = beyond;
    update onemap.cursor set snap_max = beyond + 1, snap_in = array(
        select distinct xid from onemap.change c where not exists (select from onemap.feed f where f.seq = c.seq));
    return true;
end $$;
-- +goose StatementEnd

-- +goose Down
drop function onemap.adopt(), onemap.sequence(), onemap.make_partitions();
drop table onemap.layer_stat, onemap.cursor, onemap.batch, onemap.feed, onemap.change, onemap.cluster;
drop aggregate onemap.bounds(box);
drop function onemap.txid();
