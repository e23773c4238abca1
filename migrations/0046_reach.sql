-- +goose Up
-- A box in the coordinates of a layer, its edges densified by step: what a tile asks rows about. Some systems have no
-- coordinates for places far away (a quarter round the equator from its meridian, for Gauss and Krüger). A large box that reaches there is
-- then everywhere, as the layer may be in the rest of it; a small one is nowhere: null.
-- +goose StatementBegin
create function onemap.reach(box geometry, step double precision, srid integer, large boolean) returns geometry
    language plpgsql immutable strict as $$
begin
    return st_transform(st_segmentize(box, step), srid);
exception when internal_error then
    return case when large then st_makeenvelope(-1e9, -1e9, 1e9, 1e9, srid) end;
end $$;
-- +goose StatementEnd
