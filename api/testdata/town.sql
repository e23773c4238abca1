-- An invented town of a few streets: rows in WKT, so that answers can be read off. EPSG:4490.
insert into layer.house (no, use, floors, area, built, checked, listed, geom) values
    ('甲1', '01', 2, 120.50, '1998-05-01', '2026-03-01T00:30:00+08', true,  st_geomfromtext('MULTIPOLYGON(((116.0900 35.8000,116.0900 35.8010,116.0910 35.8010,116.0910 35.8000,116.0900 35.8000)))', 4490)),
    ('甲2', '01', 3, 240.00, '2004-09-30', null,                     false, st_geomfromtext('MULTIPOLYGON(((116.0920 35.8000,116.0940 35.8000,116.0940 35.8020,116.0920 35.8020,116.0920 35.8000),(116.0925 35.8005,116.0925 35.8010,116.0930 35.8010,116.0930 35.8005,116.0925 35.8005)))', 4490)),
    ('乙"1', '02', null, null, null,        '2026-03-02T08:00:00+08', null,  st_geomfromtext('MULTIPOLYGON(((116.1000 35.8100,116.1010 35.8100,116.1010 35.8110,116.1000 35.8100)))', 4490));

insert into layer.lane (name, width, geom) values
    ('长街', 6.5, st_geomfromtext('MULTILINESTRING((116.0895 35.7995,116.1015 35.7995))', 4490)),
    ('短巷', 2,   st_geomfromtext('MULTILINESTRING((116.0915 35.7995,116.0915 35.8030),(116.0916 35.8030,116.0918 35.8030))', 4490));

insert into layer.well (no, depth, geom)
    select 'W' || n, 10 + n / 4.0, st_setsrid(st_makepoint(116.09 + n / 1000.0, 35.80 + n / 2000.0, 40 - n / 10.0), 4490)
    from generate_series(1, 25) as n;

insert into layer.odd (name, geom) values
    ('no geometry', null),
    ('empty', st_geomfromtext('GEOMETRYCOLLECTION EMPTY', 4490)),
    ('mixed', st_geomfromtext('GEOMETRYCOLLECTION(POINT(116.09 35.80),LINESTRING(116.09 35.80,116.10 35.81))', 4490)),
    ('bow tie', st_geomfromtext('POLYGON((116.09 35.80,116.10 35.81,116.10 35.80,116.09 35.81,116.09 35.80))', 4490)),
    ('swapped', st_geomfromtext('POINT(35.80 80.50)', 4490)),
    ('date line', st_geomfromtext('POINT(179.5 66)', 4490));

-- Tables of somebody else's, published as they are.
create schema "Old Survey";
create table "Old Survey"."地块 ""表""" ("Parcel No" integer primary key, "面积 m2" numeric(12,2), "limit" text, shape geometry(Polygon, 3857));
insert into "Old Survey"."地块 ""表""" values (7, 12.5, 'x', st_transform(st_geomfromtext('POLYGON((116.09 35.80,116.11 35.80,116.11 35.82,116.09 35.80))', 4490), 3857));
create table "Old Survey".station (code text primary key, height real, geom geometry(Point, 4548));
insert into "Old Survey".station values ('A/1 号', 41.5, st_setsrid(st_makepoint(417743.2726, 3963733.3661), 4548));
create view "Old Survey".names as select name from layer.lane;
insert into onemap.layer (layer, table_schema, table_name, title, title_en, key_column, geom_column, mercator_column, srid, geometry_type, writable, tracked, drawing) values
    ('old_parcel', 'Old Survey', '地块 "表"', '旧地块', 'Old parcels', 'Parcel No', 'shape', '', 3857, 'Polygon', false, false, '{"minZoom": 0, "properties": ["面积 m2", "limit"]}'),
    ('station', 'Old Survey', 'station', '控制点', 'Control points', 'code', 'geom', '', 4548, 'Point', false, false, '{"minZoom": 0, "properties": ["code", "height"]}'),
    ('lane_name', 'Old Survey', 'names', '巷名', 'Lane names', '', '', '', 4490, '', false, false, '{}');
