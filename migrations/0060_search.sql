-- +goose Up
-- The index of names, numbers and addresses (layers/search). One node makes it, by following the log; all read. It is never in the
-- way of a writer, and can be made again from the layers at any time: update onemap.search_index set gone = true.

-- The changes up to a position are in. One row; 0 = nothing has been made yet.
create table onemap.search_state (
    one      boolean primary key default true check (one),
    position bigint not null default 0
);
insert into onemap.search_state default values;

-- What there is of a layer. A layer whose keys are made in another way gets another number, and the old one goes when that is ready.
create table onemap.search_index (
    number integer generated always as identity primary key,
    layer  text not null,
    plan   text not null,             -- which properties, and by which rules
    since  bigint default 0,          -- rows written by this transaction and later have yet to be brought in; null = none
    swept  bigint not null default 0, -- of them, those with keys (fid) up to this are in
    gone   boolean not null default false, -- its keys are being deleted
    begun  timestamptz not null default clock_timestamp(),
    ready  timestamptz                -- since when all of the layer is in
);
create unique index search_index_layer on onemap.search_index (layer, plan) where not gone;

-- How texts begin and go on (layers/search/keys.go), and whose they are, with the middle of the feature in degrees.
create table onemap.search_key (
    key    text collate "C" not null,
    number integer not null,
    fid    bigint not null,
    x      real,
    y      real,
    primary key (key, number, fid)
);
create index search_key_feature on onemap.search_key (number, fid);

-- The keys of several spans, from from_keys[i] up to to_keys[i], in their order: span is i, whole tells that the key has nothing
-- beyond the first. Of each span there are at most "most", where of one key no more than 20 count, and at most "same" are there: what
-- very many features share is passed over by the index, so that a short word costs as little as a long one.
-- +goose StatementBegin
create function onemap.search_keys(from_keys text[], to_keys text[], most integer, same integer)
    returns table (span integer, whole boolean, number integer, fid bigint, x real, y real)
    language plpgsql stable
    set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
declare
    k     record;
    after text collate "C";
    n     integer;
    f     bigint;
    seen  integer; -- of the key where we are
    got   integer; -- of the last question
    given integer;
begin
    for i in 1..cardinality(from_keys) loop
        span := i; after := from_keys[i]; n := -1; f := -1; seen := 0; given := 0;
        for round in 1..20 loop
            got := 0;
            for k in select s.key, s.number, s.fid, s.x, s.y from onemap.search_key s
                     where (s.key, s.number, s.fid) > (after, n, f) and s.key < to_keys[i]
                     order by s.key, s.number, s.fid limit most loop
                got := got + 1;
                seen := case when k.key = after then seen + 1 else 1 end;
                after := k.key; n := k.number; f := k.fid;
                if seen <= same and given < most then
                    given := given + case when seen <= 20 then 1 else 0 end;
                    whole := k.key = from_keys[i]; number := k.number; fid := k.fid; x := k.x; y := k.y;
                    return next;
                end if;
            end loop;
            exit when got < most or given >= most;
            if seen > same then n := 2147483647; f := 9223372036854775807; end if; -- beyond this key
        end loop;
    end loop;
end $$;
-- +goose StatementEnd

revoke all on onemap.search_state, onemap.search_index, onemap.search_key from public;
revoke execute on function onemap.search_keys(text[], text[], integer, integer) from public;

-- +goose Down
drop function onemap.search_keys(text[], text[], integer, integer);
drop table onemap.search_key, onemap.search_index, onemap.search_state;
