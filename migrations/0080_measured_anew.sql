-- +goose Up
-- What of a layer is known beside its rows is found out again where no trigger could tell of it: a geometry column that has become of
-- another kind or system, rows that ALTER TABLE … USING has written anew, rows that were written while our triggers were off.

alter function onemap.sync(text) rename to follow_columns;

-- Brings what we know of a layer's table in step with the table, as onemap.follow_columns (0003), and measures the layer anew where
-- its rows may be others than the log says. Returns what was out of step.
-- +goose StatementBegin
create function onemap.sync(l text) returns text[] language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    known     boolean := exists (select from onemap.column_life where layer = l); -- else it is published only now
    rewritten text[] := string_to_array(current_setting('onemap.rewritten', true), ' ');
    done      text[] := onemap.follow_columns(l) || onemap.follow_geometry(l);
begin
    if l = any (rewritten) then
        done := done || 'rows'::text;
        perform set_config('onemap.rewritten', array_to_string(array_remove(rewritten, l), ' '), true);
    end if;
    if known and exists (select from onemap.layer where layer = l and tracked and dropped_at is null)
       and exists (select from unnest(done) d where d in ('triggers', 'geometry', 'rows')
           or d like 'type %' and not exists (select from pg_event_trigger where evtname = 'onemap_before_rewrite' and evtenabled <> 'D')) then
        perform onemap.measure(l);
    end if;
    return done;
end $$;
-- +goose StatementEnd

-- ALTER TABLE … ALTER … TYPE … USING is about to write all rows anew, which no trigger of a table sees; onemap.sync is told.
-- +goose StatementBegin
create function onemap.before_rewrite() returns event_trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    l text;
begin
    select layer into l from onemap.tracked where relation = pg_event_trigger_table_rewrite_oid();
    if l is not null and pg_event_trigger_table_rewrite_reason() & 4 <> 0 then
        perform set_config('onemap.rewritten', concat_ws(' ', nullif(current_setting('onemap.rewritten', true), ''), l), true);
    end if;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
do $$
begin
    create event trigger onemap_before_rewrite on table_rewrite execute function onemap.before_rewrite();
exception when insufficient_privilege then
    raise notice 'event triggers need a superuser: rows that ALTER TABLE … USING writes anew are noticed with a new type only';
end $$;
-- +goose StatementEnd

-- Puts right what the catalogue says of the geometry column's kind and system, as far as the column itself says it.
-- +goose StatementBegin
create function onemap.follow_geometry(l text) returns text[] language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    cat  onemap.layer;
    type text;
    kind text;
begin
    select * into cat from onemap.layer where layer = l and dropped_at is null;
    select format_type(a.atttypid, a.atttypmod) into type from onemap.tracked t join pg_attribute a on a.attrelid = t.relation
    where t.layer = l and a.attname = cat.geom_column and not a.attisdropped;
    if type is null or type !~ '(^|\.)geometry(\(|$)' then return '{}'; end if;
    kind := regexp_replace(coalesce(substring(type from '\(([A-Za-z]+)'), 'Geometry'), '(ZM|Z|M)$', '');
    if kind not in ('Point', 'MultiPoint', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon', 'GeometryCollection') then
        kind := 'Geometry';
    end if;
    update onemap.layer set geometry_type = kind, srid = coalesce(substring(type from ',(\d+)\)')::integer, srid),
        has_z = case when type ~ '\(' then type ~ '\([A-Za-z]+ZM?[,)]' else has_z end
    where layer = l and (geometry_type, srid, has_z) is distinct from (kind, coalesce(substring(type from ',(\d+)\)')::integer, srid),
        case when type ~ '\(' then type ~ '\([A-Za-z]+ZM?[,)]' else has_z end);
    if not found then return '{}'; end if;
    if cat.tracked and cat.key_column <> '' then
        perform onemap.track(l); -- bounds are taken from another system
    end if;
    return array['geometry'];
end $$;
-- +goose StatementEnd

-- Counts a layer's rows and takes their bounds, and tells it to all who follow: a change of all rows. Nobody may write meanwhile; who
-- calls it has changed the table or its triggers, and holds the lock for that.
-- +goose StatementBegin
create function onemap.measure(l text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    cat    onemap.layer;
    rel    regclass;
    box_of text := 'null::box';
    rows   bigint;
    now_in box;
begin
    select * into strict cat from onemap.layer where layer = l;
    select relation into strict rel from onemap.tracked where layer = l;
    if cat.geom_column <> '' then
        box_of := case when cat.srid in (4490, 4326, 4258) then format('%I::box', cat.geom_column)
            else format('%s.st_transform(%I, 4490)::box', (select n.nspname from pg_extension e
                join pg_namespace n on n.oid = e.extnamespace where e.extname = 'postgis'), cat.geom_column) end;
    end if;
    begin
        execute format('select count(*), onemap.bounds(%s) from only %s', box_of, rel) into rows, now_in;
    exception when others then -- a coordinate that can not be transformed: the rows may be anywhere
        execute format('select count(*) from only %s', rel) into rows;
        now_in := '(180,90),(-180,-90)';
    end;
    insert into onemap.change (layer, op, old_bounds, new_bounds, count, delta)
    select l, 'bulk', s.bounds, now_in, rows, rows - coalesce(s.count, 0) - coalesce((
        select sum(c.delta) from onemap.cursor was join onemap.change c on c.xid >= was.snap_max or c.xid = any (was.snap_in) where c.layer = l), 0)
    from (select l as layer) one left join onemap.layer_stat s using (layer)
    where rows > 0 or s.count > 0;
end $$;
-- +goose StatementEnd

revoke execute on function onemap.sync(text), onemap.follow_geometry(text), onemap.measure(text) from public;

-- +goose Down
drop event trigger if exists onemap_before_rewrite;
drop function onemap.before_rewrite(), onemap.measure(text), onemap.follow_geometry(text), onemap.sync(text);
alter function onemap.follow_columns(text) rename to sync;
