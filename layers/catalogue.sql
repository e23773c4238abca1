-- Every layer the catalogue knows and whose table is there, with what the log says of it.
-- Columns: as scanned by readLayers. Index: primary keys; the tables are small.
select l.layer, l.table_schema, l.table_name, l.key_column,
       coalesce(format_type(k.atttypid, k.atttypmod), ''), l.geom_column, l.mercator_column,
       l.title, l.title_en, l.description, l.theme, l.ordinal, l.owner, l.grade, l.sharing, l.standard,
       l.height_datum, coalesce(l.scale, 0), l.update_cycle, l.geometry_type, l.has_z, l.srid,
       l.id_field, l.time_field, l.label_field, l.writable, l.tracked, l.synthetic,
       l.drawing, l.style, l.metadata,
       coalesce(s.count, -1), s.bounds, coalesce(s.revision, 0)
from onemap.layer l
left join onemap.layer_stat s using (layer)
left join onemap.code t on t.scheme = 'theme' and t.code = l.theme
left join pg_attribute k on k.attname = l.key_column
     and k.attrelid = to_regclass(format('%I.%I', l.table_schema, l.table_name))
where l.dropped_at is null
order by coalesce(t.ordinal, 1000), l.ordinal, l.layer
