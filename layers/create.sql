-- Enters a layer in the catalogue. @parameters are its columns, in the catalogue's words.
insert into onemap.layer (layer, table_schema, table_name, title, title_en, description, theme, ordinal, owner, grade,
    sharing, standard, height_datum, scale, update_cycle, geometry_type, has_z, srid, key_column, geom_column,
    mercator_column, id_field, time_field, label_field, writable, tracked, synthetic, drawing, style, metadata)
values (@layer, @schema, @table, @title, @title_en, @description, @theme, @ordinal, @owner, @grade,
    @sharing, @standard, @height_datum, @scale, @update_cycle, @geometry_type, @has_z, @srid, @key, @geom,
    @mercator, @id_field, @time_field, @label_field, @writable, @tracked, @synthetic, @drawing, @style, @metadata)
