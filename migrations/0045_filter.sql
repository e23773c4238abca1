-- +goose Up
-- What filters ask in SQL besides PostgreSQL's own functions. None of these fails over what a row holds: where there is no
-- answer it is null, as in the rest of SQL.

-- A text without regard to case: Unicode's full case folding, so that STRASSE is Straße (CQL2, CASEI).
create function onemap.casei(value text) returns text
    language sql immutable parallel safe strict
    return lower(upper(value collate "und-x-icu") collate "und-x-icu") collate "C";

-- A text without its diacritics, those included that Unicode does not take apart (CQL2, ACCENTI).
create function onemap.accenti(value text) returns text
    language sql immutable parallel safe strict
    return translate(normalize(regexp_replace(normalize(value, nfd), '[\u0300-\u036f]', '', 'g'), nfc),
        'ØøŁłĐđÐðĦħŦŧı', 'OoLlDdDdHhTti') collate "C";

-- base ^ exponent: exact where it can be written, null where it is not defined or too large.
-- +goose StatementBegin
create function onemap.power(base numeric, exponent numeric) returns numeric
    language plpgsql immutable strict as $$
declare
    result numeric;
begin
    if abs(exponent) <= 1000 and abs(base) <= 1e9 then
        result := power(base, exponent);
    else
        result := power(base::double precision, exponent::double precision)::numeric;
    end if;
    return case when abs(result) <= 1e308 then result end;
exception when numeric_value_out_of_range or invalid_argument_for_power_function then
    return null;
end $$;
-- +goose StatementEnd

-- A geometry of a filter in the coordinates of a layer. What can not be there is the sender's fault: out of range.
-- +goose StatementBegin
create function onemap.bring(g geometry, srid integer) returns geometry
    language plpgsql immutable strict as $$
begin
    return st_transform(g, srid);
exception when internal_error then
    raise numeric_value_out_of_range using message = format('a geometry of EPSG:%s lies where EPSG:%s has no coordinates', st_srid(g), srid);
end $$;
-- +goose StatementEnd

-- The spatial predicates. GEOS refuses some invalid geometries; only then they are repaired, at the price of this one row.
-- +goose StatementBegin
do $do$
declare
    predicate text;
begin
    foreach predicate in array array['intersects', 'equals', 'touches', 'within', 'overlaps', 'crosses', 'contains'] loop
        execute format($f$
            create function onemap.s_%1$s(a geometry, b geometry) returns boolean
                language plpgsql immutable strict as $body$
            begin
                return st_%1$s(a, b);
            exception when internal_error then
                begin
                    return st_%1$s(st_makevalid(a), st_makevalid(b));
                exception when internal_error then
                    return null;
                end;
            end $body$
        $f$, predicate);
    end loop;
end $do$;
-- +goose StatementEnd

-- The bounds, in degrees, of all that may be within metres of g, which is in degrees: what an index is asked before a
-- distance is measured. A degree of latitude has at least 110,500 metres; around a pole any longitude is near.
-- +goose StatementBegin
create function onemap.reach(g geometry, metres double precision) returns geometry
    language plpgsql immutable strict as $$
declare
    dy double precision := metres / 110500;
    farthest double precision := greatest(abs(st_ymin(g)), abs(st_ymax(g))) + metres / 110500;
    dx double precision := case when farthest < 89.9 then dy / cosd(farthest) else 360 end;
begin
    if st_xmin(g) - dx < -180 or st_xmax(g) + dx > 180 then
        return st_makeenvelope(-180, st_ymin(g) - dy, 180, st_ymax(g) + dy, st_srid(g));
    end if;
    return st_makeenvelope(st_xmin(g) - dx, st_ymin(g) - dy, st_xmax(g) + dx, st_ymax(g) + dy, st_srid(g));
end $$;
-- +goose StatementEnd

-- +goose Down
drop function onemap.casei(text), onemap.accenti(text), onemap.power(numeric, numeric), onemap.bring(geometry, integer), onemap.reach(geometry, double precision),
    onemap.s_intersects(geometry, geometry), onemap.s_equals(geometry, geometry), onemap.s_touches(geometry, geometry), onemap.s_within(geometry, geometry),
    onemap.s_overlaps(geometry, geometry), onemap.s_crosses(geometry, geometry), onemap.s_contains(geometry, geometry);
