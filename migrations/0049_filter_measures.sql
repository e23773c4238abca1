-- +goose Up
-- Area and length for filters: null for a geometry so broken that PostGIS has none.
-- +goose StatementBegin
create function onemap.area_or_null(g geometry) returns double precision
    language plpgsql immutable strict as $$
begin
    return onemap.area_m2(g);
exception when internal_error then
    return null;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function onemap.length_or_null(g geometry) returns double precision
    language plpgsql immutable strict as $$
begin
    return onemap.length_m(g);
exception when internal_error then
    return null;
end $$;
-- +goose StatementEnd

-- +goose Down
drop function onemap.area_or_null(geometry), onemap.length_or_null(geometry);
