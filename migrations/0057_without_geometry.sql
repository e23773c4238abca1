-- +goose Up
-- Features without geometry are in every answer about a box. In a GiST index they can be anywhere, so that all of it is read to
-- find that there are none; this index, mostly empty, knows them. New layers are made with it.
-- +goose StatementBegin
do $$
declare
    l pg_catalog.record;
begin
    for l in select table_schema, table_name, key_column, geom_column from onemap.layer
             where table_schema = 'layer' and geom_column <> '' and key_column <> '' and dropped_at is null loop
        execute format('create index on %I.%I (%I) where %I is null', l.table_schema, l.table_name, l.key_column, l.geom_column);
    end loop;
end $$;
-- +goose StatementEnd

-- +goose Down
-- The indexes stay: they are part of layers.
select 1;
