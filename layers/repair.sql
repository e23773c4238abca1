-- What is wrong with geometries, and what they become: @geometries, EWKB in degrees of EPSG:4490, in order.
-- Columns: valid, reason, longitude and latitude of the fault, the mended geometry (null where nothing is left), area
-- before and after in m² on the ellipsoid (polygons); those three only of what is not valid.
select d.valid, coalesce(d.reason, ''), st_x(d.location), st_y(d.location),
       case when not d.valid and not st_isempty(m.g) then st_asewkb(m.g) end,
       case when not d.valid and st_dimension(s.g) = 2 then onemap.area_m2(s.g) end,
       case when not d.valid and st_dimension(s.g) = 2 then onemap.area_m2(m.g) end
from unnest(@geometries::bytea[]) with ordinality as t(b, n)
cross join lateral (select st_setsrid(st_geomfromewkb(t.b), 4490) as g offset 0) s
cross join lateral st_isvaliddetail(s.g) d
cross join lateral (select case when d.valid then s.g
    when st_dimension(s.g) between 0 and 2 and st_geometrytype(s.g) <> 'ST_GeometryCollection'
    then st_multi(st_collectionextract(st_makevalid(s.g), st_dimension(s.g) + 1))
    else st_makevalid(s.g) end as g offset 0) m
order by t.n
