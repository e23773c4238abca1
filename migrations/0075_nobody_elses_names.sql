-- +goose Up
-- onemap.before_ddl (0004) runs as the owner of this schema at the command of anybody, and needs to know the search path they have.
-- Where a path does not name pg_temp, what lies there goes before pg_catalog: a temporary view called pg_class, or a domain called
-- text, ran its author's functions as the owner. Now pg_temp is named, last, and the types are pg_catalog's.

-- +goose StatementBegin
create or replace function onemap.before_ddl() returns event_trigger language plpgsql security definer as $$
declare
    path  pg_catalog.text := pg_catalog.current_setting('search_path');
    said  pg_catalog.text := pg_catalog.regexp_replace(pg_catalog.replace(pg_catalog.lower(pg_catalog.current_query()), '"', ''), '\s*\.\s*', '.', 'g');
    found pg_catalog.regclass;
    r     pg_catalog.record;
begin
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
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
                    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
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

-- +goose Down
-- The hole stays shut.
select 1;
