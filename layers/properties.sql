-- The attributes of every layer: what the table has, told as the catalogue tells it. The key, the geometries and the
-- version of a row are not attributes.
-- Columns: as scanned by readProperties. A layer whose table is missing has no row.
select l.layer, a.attname, format_type(a.atttypid, null),
       coalesce(p.title, a.attname), coalesce(p.title_en, ''), coalesce(p.description, ''), coalesce(p.unit, ''),
       coalesce(p.scheme, ''), coalesce(p.role, ''), coalesce(p.required, a.attnotnull), coalesce(p.width, 0)
from onemap.layer l
join pg_namespace n on n.nspname = l.table_schema
join pg_class c on c.relnamespace = n.oid and c.relname = l.table_name
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join onemap.property p on p.layer = l.layer and p.property = a.attname
where l.dropped_at is null
  and a.attname not in (l.key_column, l.geom_column, l.mercator_column)
  and not (l.table_schema = 'layer' and a.attname = 'version')
  and a.atttypid not in (coalesce(to_regtype('geometry'), 0), coalesce(to_regtype('geography'), 0), 'bytea'::regtype)
order by l.layer, coalesce(p.ordinal, 100000), a.attnum
