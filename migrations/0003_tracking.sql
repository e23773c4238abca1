-- +goose Up
-- Triggers that write the change log and the history of a layer, made for each layer by onemap.track with static SQL
-- (a generic trigger over jsonb costs twice as much: docs/decisions/0002-change-log.md).

-- A layer the log knows: its table by object id, so that a rename is followed, and the columns that are ours.
create table onemap.tracked (
    layer           text primary key references onemap.layer on update cascade on delete cascade,
    relation        regclass not null unique,
    history         regclass,          -- null: published as it is, its changes are logged and not kept
    key_attnum      smallint not null,
    version_attnum  smallint,
    mercator_attnum smallint
);

-- What a column was called, and when. An attribute (attnum) lives on through a rename; a new type gives it a new
-- history column. So history.<name> is never altered but for new columns, and old rows stay as they were.
create table onemap.column_life (
    layer          text not null,
    attnum         smallint not null,
    property       name not null,
    type           text not null,     -- as format_type says it, with schemas
    generated      boolean not null default false,
    history_column name,              -- where superseded values are; null without history
    since_version  bigint not null default onemap.txid(),
    until_version  bigint
);
create index column_life_layer on onemap.column_life (layer);

-- Whether a and b of one column differ, as SQL. By bytes, so that every past moment is read back exactly: 1.0 and 1.00
-- are two numerics, and geometries and json have no useful equality.
create function onemap.differs(col name, type text) returns text language sql immutable return
    case when type in ('smallint', 'integer', 'bigint', 'boolean', 'date', 'timestamp with time zone', 'timestamp without time zone', 'uuid', 'text')
         then format('o.%1$I is distinct from n.%1$I', col)
         else format('row(o.%1$I)::record *<> row(n.%1$I)::record', col) end;

-- Takes a layer's triggers away.
-- +goose StatementBegin
create function onemap.untrack(l text) returns void language plpgsql as $$
declare
    f   text;
    was text := coalesce(current_setting('onemap.ddl', true), '');
begin
    perform set_config('onemap.ddl', 'off', true);
    foreach f in array array['insert', 'update', 'delete', 'truncate', 'version'] loop
        execute format('drop function if exists onemap.%I() cascade', l || '_' || f);
    end loop;
    perform set_config('onemap.ddl', was, true);
end $$;
-- +goose StatementEnd

-- Makes, or makes anew, the trigger functions of a layer, and its triggers where they are missing or disabled.
-- The functions: onemap.<layer>_{insert,update,delete,truncate} write the log and history; onemap.<layer>_version marks
-- each row with its writer's transaction. They run as the owner of this schema: a foreign writer needs rights on its
-- table only. Triggers are ALWAYS on: session_replication_role does not silence them.
-- Traps kept out: enable_nestloop is off where old and new rows are joined (a plan cached by single-row use made a
-- statement of 10,000 rows take 36 s); clock_timestamp() and not now(); nothing is looked up in history.
-- +goose StatementBegin
create function onemap.track(l text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    t        onemap.tracked;
    cat      onemap.layer;
    k        name;               -- key column
    v        name;               -- version column
    g        name;               -- geometry column
    box_of   text;               -- bounds of one row's geometry, %s is o or n
    changed  text := 'row(o.*)::record *<> row(n.*)::record';
    columns  text := 'null::text[]';
    columns_all text := 'null::text[]';
    h_into   text;
    h_from   text;
    b_new    text;
    b_old    text;
    row_same text;
    head     constant text := ' returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp';
    many     constant text := $q$
    select count(*) into rows from %s;
    if rows = 0 then return null; end if;
    forced := current_setting('onemap.op', true);
    if forced in ('load', 'schema') or rows > 1000 then
        if forced is null or forced not in ('load', 'schema') then forced := 'bulk'; end if;$q$;
    r        record;
    was      text := coalesce(current_setting('onemap.ddl', true), '');
begin
    perform set_config('onemap.ddl', 'off', true); -- our own DDL is no news
    select * into strict t from onemap.tracked where layer = l;
    select * into strict cat from onemap.layer where layer = l;
    select attname into strict k from pg_attribute where attrelid = t.relation and attnum = t.key_attnum;
    select attname into v from pg_attribute where attrelid = t.relation and attnum = t.version_attnum;
    select attname into g from pg_attribute where attrelid = t.relation and attname = cat.geom_column and not attisdropped;
    box_of := case when g is null then 'null::box'
                   when cat.srid in (4490, 4326, 4258) then format('%%1$s.%I::box', g)
                   else format('%s.st_transform(%%1$s.%I, 4490)::box', (select n.nspname from pg_extension e
                        join pg_namespace n on n.oid = e.extnamespace where e.extname = 'postgis'), replace(g, '%', '%%')) end;
    b_new := format(box_of, 'n');
    b_old := format(box_of, 'o');
    if t.history is not null then
        select string_agg(onemap.differs(property, type), ' or ' order by attnum),
               format('array_remove(array[%s]::text[], null)', string_agg(format('case when %s then %L end',
                   onemap.differs(property, type), property), ', ' order by attnum)),
               format('array_remove(array[%s]::text[], null)', string_agg(format('case when bool_or(%s) then %L end',
                   onemap.differs(property, type), property), ', ' order by attnum)),
               format('(%s)', coalesce(string_agg(onemap.differs(property, type), ' or ' order by attnum) filter (where not generated), 'false')),
               string_agg(format(', %I', history_column), '' order by attnum),
               string_agg(format(', o.%I', property), '' order by attnum)
        into changed, columns, columns_all, row_same, h_into, h_from
        from onemap.column_life where layer = l and until_version is null;
        changed := format('(%s)', concat_ws(' or ', changed, format('o.%1$I is distinct from n.%1$I', v)));
        columns := coalesce(columns, 'array[]::text[]');
        columns_all := coalesce(columns_all, 'array[]::text[]');
        row_same := replace(replace(coalesce(row_same, '(false)'), 'o.', 'old.'), 'n.', 'new.');
    end if;

    execute format('create or replace function onemap.%I()' || head || ' as %L', l || '_insert', format($f$
declare
    rows   bigint;
    forced text;
begin$f$ || format(many, 'new_rows') || $f$
        insert into onemap.change (layer, op, new_bounds, count, delta)
        select %1$L, forced, onemap.bounds(%2$s), rows, rows from new_rows n;
    else
        insert into onemap.change (layer, fid, op, new_bounds, delta)
        select %1$L, n.%3$I, 'insert', %2$s, 1 from new_rows n;
    end if;
    return null;
end$f$, l, b_new, k));

    execute format('create or replace function onemap.%I()' || head || ' set enable_nestloop = off as %L', l || '_update', case when t.history is not null then format($f$
declare
    rows   bigint;
    forced text;
    s      bigint;
begin$f$ || format(many, 'new_rows') || $f$
        insert into onemap.change (layer, op, old_bounds, new_bounds, columns, count)
        select %1$L, forced, onemap.bounds(%2$s), onemap.bounds(%3$s), %4$s, count(*)
        from old_rows o join new_rows n on n.%5$I = o.%5$I where %6$s having count(*) > 0
        returning seq into s;
        if s is not null then
            insert into %7$s (fid, version, until_version, until, change, op%8$s)
            select o.%5$I, o.%10$I, onemap.txid(), clock_timestamp(), s, forced%9$s
            from old_rows o join new_rows n on n.%5$I = o.%5$I where %6$s;
        end if;
    else
        with c as (
            insert into onemap.change (layer, fid, op, old_bounds, new_bounds, columns)
            select %1$L, n.%5$I, 'update', %2$s, %3$s, %11$s
            from old_rows o join new_rows n on n.%5$I = o.%5$I where %6$s
            returning seq, fid
        )
        insert into %7$s (fid, version, until_version, until, change, op%8$s)
        select o.%5$I, o.%10$I, onemap.txid(), clock_timestamp(), c.seq, 'update'%9$s
        from c join old_rows o on o.%5$I = c.fid;
    end if;
    return null;
end$f$, l, b_old, b_new, columns_all, k, changed, t.history, h_into, h_from, v, columns)
    else format($f$
declare
    rows   bigint;
    forced text;
begin$f$ || format(many, 'new_rows') || $f$
        insert into onemap.change (layer, op, old_bounds, new_bounds, count)
        select %1$L, forced, onemap.bounds(%2$s), onemap.bounds(%3$s), count(*)
        from old_rows o full join new_rows n on n.%4$I = o.%4$I where row(o.*)::record *<> row(n.*)::record or (o.%4$I is null) <> (n.%4$I is null)
        having count(*) > 0;
    else
        insert into onemap.change (layer, fid, op, old_bounds, new_bounds, delta)
        select %1$L, coalesce(n.%4$I, o.%4$I), case when o.%4$I is null then 'insert' when n.%4$I is null then 'delete' else 'update' end,
               %2$s, %3$s, case when o.%4$I is null then 1 when n.%4$I is null then -1 else 0 end
        from old_rows o full join new_rows n on n.%4$I = o.%4$I where row(o.*)::record *<> row(n.*)::record or (o.%4$I is null) <> (n.%4$I is null);
    end if;
    return null;
end$f$, l, b_old, b_new, k) end);

    execute format('create or replace function onemap.%I()' || head || ' set enable_nestloop = off as %L', l || '_delete', format($f$
declare
    rows   bigint;
    forced text;
    s      bigint;
begin$f$ || format(many, 'old_rows') || $f$
        insert into onemap.change (layer, op, old_bounds, count, delta)
        select %1$L, forced, onemap.bounds(%2$s), rows, -rows from old_rows o
        returning seq into s;$f$ || case when t.history is not null then $f$
        insert into %4$s (fid, version, until_version, until, change, op%5$s)
        select o.%3$I, o.%7$I, onemap.txid(), clock_timestamp(), s, forced%6$s from old_rows o;$f$ else '' end || $f$
    else$f$ || case when t.history is not null then $f$
        with c as ($f$ else '' end || $f$
        insert into onemap.change (layer, fid, op, old_bounds, delta)
        select %1$L, o.%3$I, 'delete', %2$s, -1 from old_rows o$f$ || case when t.history is not null then $f$
        returning seq, fid)
        insert into %4$s (fid, version, until_version, until, change, op%5$s)
        select o.%3$I, o.%7$I, onemap.txid(), clock_timestamp(), c.seq, 'delete'%6$s
        from c join old_rows o on o.%3$I = c.fid$f$ else '' end || $f$;
    end if;
    return null;
end$f$, l, b_old, k, t.history, h_into, h_from, v));

    execute format('create or replace function onemap.%I()' || head || ' as %L', l || '_truncate', format($f$
declare
    s bigint;
begin
    insert into onemap.change (layer, op, old_bounds, count, delta)
    select %1$L, 'truncate', onemap.bounds(%2$s), count(*), -count(*) from %3$s o having count(*) > 0
    returning seq into s;$f$ || case when t.history is not null then $f$
    if s is not null then
        insert into %5$s (fid, version, until_version, until, change, op%6$s)
        select o.%4$I, o.%8$I, onemap.txid(), clock_timestamp(), s, 'truncate'%7$s from %3$s o;
    end if;$f$ else '' end || $f$
    return null;
end$f$, l, b_old, t.relation, k, t.history, h_into, h_from, v));

    if t.history is not null then
        execute format('create or replace function onemap.%I()' || head || ' as %L', l || '_version', format($f$
begin
    if tg_op = 'UPDATE' then
        if new.%1$I <> old.%1$I then
            raise exception 'the %1$I of a feature never changes' using errcode = 'restrict_violation';
        end if;
        if new.%2$I is distinct from onemap.txid() and not %3$s then
            new.%2$I := old.%2$I;
            return new;
        end if;
    end if;
    new.%2$I := onemap.txid();
    return new;
end$f$, k, v, row_same));
    end if;

    for r in
        select * from (values
            ('onemap_insert', 'after insert', 'referencing new table as new_rows for each statement', '_insert'),
            ('onemap_update', 'after update', 'referencing old table as old_rows new table as new_rows for each statement', '_update'),
            ('onemap_delete', 'after delete', 'referencing old table as old_rows for each statement', '_delete'),
            ('onemap_truncate', 'before truncate', 'for each statement', '_truncate'),
            ('zz_onemap_version', 'before insert or update', 'for each row', '_version')) as w(name, event, rest, fn)
        where (fn <> '_version' or t.history is not null)
          and not exists (select from pg_trigger g where g.tgrelid = t.relation and g.tgname = w.name and g.tgenabled = 'A')
    loop
        execute format('create or replace trigger %I %s on %s %s execute function onemap.%I()', r.name, r.event, t.relation, r.rest, l || r.fn);
        execute format('alter table %s enable always trigger %I', t.relation, r.name);
    end loop;
    perform set_config('onemap.ddl', was, true);
end $$;
-- +goose StatementEnd

-- Brings what we know of a layer's table in step with the table: its name, its columns, its triggers. Whoever changed
-- it, and by whichever command. Returns what was out of step; each time that is a 'schema' row of the log.
-- +goose StatementBegin
create function onemap.sync(l text) returns text[] language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    t     onemap.tracked;
    cat   onemap.layer;
    r     record;
    h     name;
    was   text := coalesce(current_setting('onemap.ddl', true), '');
    done  text[] := '{}';
begin
    select * into t from onemap.tracked where layer = l;
    select * into cat from onemap.layer where layer = l;
    if t is null or cat.dropped_at is not null then return done; end if;

    select n.nspname, c.relname into r from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = t.relation;
    if not found then return done; end if;
    perform set_config('onemap.ddl', 'off', true);
    if r.nspname <> cat.table_schema or r.relname <> cat.table_name then
        update onemap.layer set table_schema = r.nspname, table_name = r.relname, updated_at = clock_timestamp() where layer = l;
        done := done || format('table %I.%I', r.nspname, r.relname);
    end if;

    for r in
        select coalesce(a.attnum, c.attnum) as attnum, a.attname, format_type(a.atttypid, a.atttypmod) as type,
               a.attgenerated <> '' as generated, a.atttypid in (select oid from pg_type where typname in ('geometry', 'geography')) as is_geometry,
               c.property, c.type as old_type, c.history_column
        from (select * from pg_attribute where attrelid = t.relation and attnum > 0 and not attisdropped
                and attnum not in (t.key_attnum, coalesce(t.version_attnum, 0), coalesce(t.mercator_attnum, 0))) a
        full join (select * from onemap.column_life where layer = l and until_version is null) c on c.attnum = a.attnum
        order by 1
    loop
        continue when r.attname = r.property and r.type = r.old_type;
        if t.history is not null and r.property is not null and r.type is distinct from r.old_type then
            perform onemap.require_archived(l, r.property);
        end if;
        if r.property is not null then
            update onemap.column_life set until_version = onemap.txid() where layer = l and attnum = r.attnum and until_version is null;
        end if;
        if r.attname is not null then
            h := case when r.type = r.old_type then r.history_column end;
            if h is null and t.history is not null then
                h := left(r.attname, 55);
                for i in 2..10000 loop
                    exit when not exists (select from pg_attribute where attrelid = t.history and attname = h);
                    h := left(r.attname, 55) || '_' || i;
                end loop;
                execute format('alter table %s add column %I %s', t.history, h, r.type);
            end if;
            insert into onemap.column_life (layer, attnum, property, type, generated, history_column)
            values (l, r.attnum, r.attname, r.type, r.generated, h);
        end if;
        if r.property is null then
            if not r.is_geometry then
                insert into onemap.property (layer, property, ordinal, title)
                values (l, r.attname, r.attnum, r.attname) on conflict do nothing;
            end if;
            done := done || format('add %I', r.attname);
        elsif r.attname is null then
            delete from onemap.property where layer = l and property = r.property;
            done := done || format('drop %I', r.property);
        elsif r.attname <> r.property then
            delete from onemap.property where layer = l and property = r.attname;
            update onemap.property set property = r.attname where layer = l and property = r.property;
            done := done || format('rename %I to %I', r.property, r.attname);
        else
            done := done || format('type %I', r.attname);
        end if;
        if r.property is not null and r.property is distinct from r.attname then
            update onemap.layer set
                geom_column = case when geom_column = r.property then coalesce(r.attname, '') else geom_column end,
                id_field    = case when id_field = r.property then coalesce(r.attname, '') else id_field end,
                time_field  = case when time_field = r.property then coalesce(r.attname, '') else time_field end,
                label_field = case when label_field = r.property then coalesce(r.attname, '') else label_field end
            where layer = l and r.property in (geom_column, id_field, time_field, label_field);
        end if;
    end loop;

    select (select attname from pg_attribute where attrelid = t.relation and attnum = t.key_attnum and not attisdropped) as k,
           (select attname from pg_attribute where attrelid = t.relation and attnum = t.version_attnum and not attisdropped) as v,
           (select attname from pg_attribute where attrelid = t.relation and attnum = t.mercator_attnum and not attisdropped) as m into r;
    if t.history is not null and (r.k is null or r.v is distinct from 'version') then
        raise exception 'layer %: the columns % and version are the map''s own', l, cat.key_column
            using errcode = '55OM1', hint = 'Leave them as they are, or drop the table.';
    end if;
    if r.k is distinct from cat.key_column then
        update onemap.layer set key_column = coalesce(r.k, ''), writable = writable and r.k is not null,
               tracked = tracked and r.k is not null where layer = l;
        done := done || format('key %I', coalesce(r.k, ''));
    end if;
    if cat.mercator_column <> coalesce(r.m, '') then
        update onemap.layer set mercator_column = coalesce(r.m, '') where layer = l;
        done := done || format('mercator %I', coalesce(r.m, ''));
    end if;
    if r.k is null then
        perform onemap.untrack(l);
    elsif cat.tracked then
        if (select count(*) from pg_trigger where tgrelid = t.relation and tgenabled = 'A'
              and tgname in ('onemap_insert', 'onemap_update', 'onemap_delete', 'onemap_truncate', 'zz_onemap_version'))
           < (case when t.history is null then 4 else 5 end) then
            done := done || 'triggers'::text;
        end if;
        if done <> '{}' then
            perform onemap.track(l);
        end if;
    end if;
    if done <> '{}' then
        insert into onemap.change (layer, op, columns, count) values (l, 'schema', done, 0);
    end if;
    perform set_config('onemap.ddl', was, true);
    return done;
end $$;
-- +goose StatementEnd

-- Copies every row of a layer to its history as it is before its schema changes, and marks the live rows as written by
-- this transaction. Nothing is lost, whatever happens to the live rows now.
-- +goose StatementBegin
create function onemap.archive(l text) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    t   onemap.tracked;
    v   name;
    was text := coalesce(current_setting('onemap.op', true), '');
begin
    select * into t from onemap.tracked where layer = l;
    if t.history is null then return; end if;
    execute format('lock table %s in share row exclusive mode', t.relation);
    select attname into strict v from pg_attribute where attrelid = t.relation and attnum = t.version_attnum;
    perform set_config('onemap.op', 'schema', true);
    execute format('update %s set %2$I = onemap.txid() where %2$I <> onemap.txid()', t.relation, v);
    perform set_config('onemap.op', was, true);
end $$;
-- +goose StatementEnd

-- Refuses the loss of a column's values unless all rows were archived in this transaction.
-- +goose StatementBegin
create function onemap.require_archived(l text, col name) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    t    onemap.tracked;
    v    name;
    lost boolean;
begin
    select * into t from onemap.tracked where layer = l;
    if t.history is null then return; end if;
    select attname into v from pg_attribute where attrelid = t.relation and attnum = t.version_attnum and not attisdropped;
    if v is null then return; end if; -- sync says so
    execute format('select exists (select from %s where %I <> onemap.txid())', t.relation, v) into lost;
    if lost then
        raise exception 'layer %: changing column % like this would lose its past values', l, col
            using errcode = '55OM1',
                  hint = format('In the same transaction, first: select onemap.archive(%L);  or use onemap.drop_column(%L, %L).', l, l, col);
    end if;
end $$;
-- +goose StatementEnd

-- Drops a column of a layer; what it held stays readable as of before.
-- +goose StatementBegin
create function onemap.drop_column(l text, col name) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform onemap.archive(l);
    execute format('alter table %s drop column %I', (select relation from onemap.tracked where layer = l), col);
    perform onemap.sync(l);
end $$;
-- +goose StatementEnd

-- Puts a table under the log: its history table, the life of its columns, its triggers. The catalogue has its row already.
-- with_history asks for a column "version bigint not null".
-- +goose StatementBegin
create function onemap.register(l text, with_history boolean) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    cat onemap.layer;
    rel regclass;
begin
    select * into strict cat from onemap.layer where layer = l;
    rel := format('%I.%I', cat.table_schema, cat.table_name)::regclass;
    if with_history then
        execute format('create table history.%I (fid bigint not null, version bigint not null, until_version bigint not null,
            until timestamptz not null, change bigint not null, op text not null)', l);
        execute format('create index on history.%I (fid, until_version)', l);
        execute format('create index on history.%I (until_version)', l);
        execute format('comment on table history.%I is %L', l, 'Superseded rows of layer ' || l || ': a row was written by transaction version, gone with until_version; change is the seq of the change that superseded it.');
    end if;
    insert into onemap.tracked (layer, relation, history, key_attnum, version_attnum, mercator_attnum)
    select l, rel, case when with_history then format('history.%I', l)::regclass end,
           (select attnum from pg_attribute where attrelid = rel and attname = cat.key_column),
           case when with_history then (select attnum from pg_attribute where attrelid = rel and attname = 'version') end,
           (select attnum from pg_attribute where attrelid = rel and attname = cat.mercator_column);
    perform onemap.sync(l);
end $$;
-- +goose StatementEnd

-- What a table's triggers cannot see of the catalogue itself: a title, a style, a code list. Told to followers as 'schema'.
-- +goose StatementBegin
create function onemap.log_catalogue() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_table_name = 'layer' then
        insert into onemap.change (layer, op, count) select distinct layer, 'schema', 0 from changed;
    elsif tg_table_name = 'property' then
        insert into onemap.change (layer, op, count) select distinct layer, 'schema', 0 from changed;
    elsif exists (select from changed) then
        insert into onemap.change (layer, op, count) values ('', 'schema', 0);
    end if;
    return null;
end $$;
-- +goose StatementEnd
create trigger log_insert after insert on onemap.layer referencing new table as changed execute function onemap.log_catalogue();
create trigger log_update after update on onemap.layer referencing new table as changed execute function onemap.log_catalogue();
create trigger log_delete after delete on onemap.layer referencing old table as changed execute function onemap.log_catalogue();
create trigger log_update after update on onemap.property referencing new table as changed execute function onemap.log_catalogue();
create trigger log_insert after insert on onemap.code referencing new table as changed execute function onemap.log_catalogue();
create trigger log_update after update on onemap.code referencing new table as changed execute function onemap.log_catalogue();
create trigger log_delete after delete on onemap.code referencing old table as changed execute function onemap.log_catalogue();

-- +goose Down
drop trigger log_insert on onemap.layer;
drop trigger log_update on onemap.layer;
drop trigger log_delete on onemap.layer;
drop trigger log_update on onemap.property;
drop trigger log_insert on onemap.code;
drop trigger log_update on onemap.code;
drop trigger log_delete on onemap.code;
drop function onemap.log_catalogue();
select onemap.untrack(layer) from onemap.tracked;
drop function onemap.register(text, boolean), onemap.drop_column(text, name), onemap.require_archived(text, name),
    onemap.archive(text), onemap.sync(text), onemap.track(text), onemap.untrack(text), onemap.differs(name, text);
drop table onemap.column_life, onemap.tracked;
