-- +goose Up
-- Schema changes made by anybody are followed: event triggers see them, keep history and trigger functions in step and
-- put a 'schema' or 'drop' row in the log. They leave every table that is not a layer's alone and fail no command,
-- but one: the loss of a column's past values.

-- What a command is about to do is known from its text only, so this errs on the side of keeping: a layer that the
-- text names and that might lose values is archived first. What it fails to see is refused afterwards (below).
-- +goose StatementBegin
create function onemap.before_ddl() returns event_trigger language plpgsql security definer as $$
declare
    path  text := pg_catalog.current_setting('search_path');
    said  text := pg_catalog.regexp_replace(pg_catalog.replace(pg_catalog.lower(pg_catalog.current_query()), '"', ''), '\s*\.\s*', '.', 'g');
    found pg_catalog.regclass;
    r     pg_catalog.record;
begin
    perform pg_catalog.set_config('search_path', 'pg_catalog', true);
    begin
        if coalesce(current_setting('onemap.ddl', true), '') <> 'off'
           and (tg_tag <> 'ALTER TABLE'
                or said ~ '\ydrop\s+(?!constraint|not\s+null|default|identity|expression)'
                or said ~ '\yalter\s+(column\s+)?\S+\s+(set\s+data\s+)?type\y') then
            for r in
                select t.layer, t.relation, n.nspname, c.relname,
                       regexp_replace(lower(n.nspname), '(\W)', '\\\1', 'g') as schema_like, regexp_replace(lower(c.relname), '(\W)', '\\\1', 'g') as table_like
                from onemap.tracked t join pg_class c on c.oid = t.relation join pg_namespace n on n.oid = c.relnamespace
                where t.history is not null and pg_has_role(session_user, c.relowner, 'usage')
            loop
                continue when tg_tag = 'DROP SCHEMA' and said !~ ('\y' || r.schema_like || '\y');
                if tg_tag <> 'DROP SCHEMA' and said !~ ('\y' || r.schema_like || '\.' || r.table_like || '\y') then
                    continue when said !~ ('(^|[^.\w])' || r.table_like || '\y');
                    perform set_config('search_path', path, true);
                    found := pg_catalog.to_regclass(pg_catalog.quote_ident(r.relname));
                    perform pg_catalog.set_config('search_path', 'pg_catalog', true);
                    continue when found is distinct from r.relation;
                end if;
                perform onemap.archive(r.layer);
            end loop;
        end if;
    exception when others then
        raise warning 'onemap: rows were not archived before %: %', tg_tag, sqlerrm;
    end;
    perform pg_catalog.set_config('search_path', path, true);
end $$;
-- +goose StatementEnd

-- A column of a layer, a layer's table or one of our triggers is gone.
-- +goose StatementBegin
create function onemap.after_drop() returns event_trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    d record;
begin
    if coalesce(current_setting('onemap.ddl', true), '') = 'off' then return; end if;
    for d in
        select o.object_type, o.objid, t.layer, exists (select from pg_class c where c.oid = t.relation) as there
        from pg_event_trigger_dropped_objects() o join onemap.tracked t
          on (o.object_type in ('table', 'table column') and o.objid = t.relation)
          or (o.object_type = 'trigger' and o.address_names[3] in ('onemap_insert', 'onemap_update', 'onemap_delete', 'onemap_truncate', 'zz_onemap_version')
              and exists (select from onemap.layer l where l.layer = t.layer and l.table_schema = o.address_names[1] and l.table_name = o.address_names[2]))
    loop
        begin
            if not d.there then
                continue when d.object_type <> 'table';
                perform onemap.gone(d.layer);
            else
                perform onemap.sync(d.layer);
            end if;
        exception when others then
            if sqlstate = '55OM1' then raise; end if;
            raise warning 'onemap: layer %: %', d.layer, sqlerrm;
        end;
    end loop;
end $$;
-- +goose StatementEnd

-- The table of a layer is gone: its history stays.
-- +goose StatementBegin
create function onemap.gone(l text) returns void language plpgsql as $$
begin
    insert into onemap.change (layer, op, old_bounds, count)
    select l, 'drop', (select bounds from onemap.layer_stat where layer = l), coalesce((select count from onemap.layer_stat where layer = l), 0);
    update onemap.layer set dropped_at = clock_timestamp() where layer = l;
    update onemap.column_life set until_version = onemap.txid() where layer = l and until_version is null;
    delete from onemap.tracked where layer = l;
    perform onemap.untrack(l);
end $$;
-- +goose StatementEnd

-- A layer's table has another name, schema, column, type, or a trigger switched off.
-- +goose StatementBegin
create function onemap.after_ddl() returns event_trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    l text;
begin
    if coalesce(current_setting('onemap.ddl', true), '') = 'off' then return; end if;
    for l in
        select layer from onemap.tracked
        where tg_tag = 'ALTER SCHEMA' or relation in (
            select case when c.classid = 'pg_trigger'::regclass then (select tgrelid from pg_trigger where oid = c.objid) else c.objid end
            from pg_event_trigger_ddl_commands() c where c.classid in ('pg_class'::regclass, 'pg_trigger'::regclass))
    loop
        begin
            perform onemap.sync(l);
        exception when others then
            if sqlstate = '55OM1' then raise; end if;
            raise warning 'onemap: layer %: %', l, sqlerrm;
        end;
    end loop;
end $$;
-- +goose StatementEnd

-- Puts right what was missed where event triggers could not be made or were off: run by the sequencer, every minute.
-- +goose StatementBegin
create function onemap.maintain() returns void language plpgsql as $$
declare
    r record;
begin
    perform onemap.make_partitions();
    for r in select t.layer, exists (select from pg_class c where c.oid = t.relation) as there from onemap.tracked t loop
        begin
            if r.there then
                perform onemap.sync(r.layer);
            else
                perform onemap.gone(r.layer);
            end if;
        exception when others then
            raise warning 'onemap: layer %: %', r.layer, sqlerrm;
        end;
    end loop;
end $$;
-- +goose StatementEnd

revoke execute on function onemap.archive(text), onemap.gone(text), onemap.maintain(), onemap.sync(text), onemap.track(text),
    onemap.untrack(text), onemap.register(text, boolean), onemap.adopt(), onemap.sequence() from public;

-- Event triggers need a superuser. Without, schema changes are noticed within a minute, and past values of a column
-- that was dropped other than by onemap.drop_column are lost.
-- +goose StatementBegin
do $$
begin
    create event trigger onemap_before_ddl on ddl_command_start when tag in ('ALTER TABLE', 'DROP TABLE', 'DROP SCHEMA') execute function onemap.before_ddl();
    create event trigger onemap_after_drop on sql_drop execute function onemap.after_drop();
    create event trigger onemap_after_ddl on ddl_command_end when tag in ('ALTER TABLE', 'ALTER SCHEMA', 'ALTER TRIGGER') execute function onemap.after_ddl();
exception when insufficient_privilege then
    raise notice 'event triggers need a superuser: schema changes of layers are noticed within a minute; drop columns by onemap.drop_column() only';
end $$;
-- +goose StatementEnd

-- +goose Down
drop event trigger if exists onemap_before_ddl;
drop event trigger if exists onemap_after_drop;
drop event trigger if exists onemap_after_ddl;
drop function onemap.maintain(), onemap.gone(text), onemap.after_ddl(), onemap.after_drop(), onemap.before_ddl();
