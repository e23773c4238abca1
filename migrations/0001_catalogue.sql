-- +goose Up
-- The catalogue: what a table cannot say about a layer, and the code lists that give its codes a name and a colour.
-- Three schemas are ours and nothing else is ever touched: onemap (this catalogue, the change log), layer (one table
-- per layer), history (superseded rows of the same layers).

create extension if not exists postgis;
create schema if not exists onemap;
create schema if not exists layer;
create schema if not exists history;

-- A scheme is one code list of one standard or one house list: dlbm, ydyhfl, psize, theme, grade …
create table onemap.scheme (
    scheme     text primary key check (scheme ~ '^[a-z][a-z0-9_]{0,47}$'),
    title      text not null,               -- 中文名
    title_en   text not null default '',
    source     text not null default '',    -- standard, edition, clause
    unverified boolean not null default false
);

-- A code of a scheme. Codes are text always: "0101" is not 101.
create table onemap.code (
    scheme     text not null references onemap.scheme on delete cascade,
    code       text not null,
    name       text not null,               -- 中文名
    name_en    text not null default '',
    parent     text,                        -- code of the same scheme one level up
    colour     text check (colour ~ '^#[0-9A-Fa-f]{6}$'),
    ordinal    integer not null default 0,
    unverified boolean not null default false,
    properties jsonb not null default '{}', -- what else the list says of this code: aliases, class number, pattern …
    primary key (scheme, code)
);

create table onemap.layer (
    layer         text primary key check (layer ~ '^[a-z][a-z0-9_]{0,47}$'),
    table_schema  name not null default 'layer',
    table_name    name not null,
    title         text not null,            -- 中文名
    title_en      text not null default '',
    description   text not null default '',
    theme         text not null default 'other', -- code of scheme theme
    ordinal       integer not null default 0,    -- place within its theme
    owner         text not null default '',      -- department that answers for it
    grade         text not null default 'L2',    -- code of scheme grade (domain: L1 open … L4 restricted)
    sharing       text not null default '',      -- code of scheme sharing
    standard      text not null default '',      -- standard and table the schema follows, e.g. TD/T 1057-2020 DLTB
    height_datum  text not null default '',      -- EPSG code of the vertical CRS where geometries carry Z, e.g. 5737
    scale         integer,                       -- denominator of the survey scale
    update_cycle  text not null default '',      -- code of scheme update_cycle
    geometry_type text not null default '',      -- PostGIS name without Z: Point, MultiLineString, MultiPolygon …; '' = no geometry
    has_z         boolean not null default false,
    srid          integer not null default 4490,
    key_column    name not null default 'fid',
    geom_column   name not null default 'geom',
    mercator_column name not null default 'geom_3857', -- '' = transform while reading
    id_field      name not null default '',      -- stable external id, unique; '' = none
    time_field    name not null default '',
    label_field   name not null default '',      -- what names a feature to a reader
    writable      boolean not null default true,
    tracked       boolean not null default true, -- our triggers log its changes
    synthetic     boolean not null default false,-- demo data: every screen and export says so
    drawing       jsonb not null default '{}',   -- layers.Drawing
    style         jsonb not null default '{}',   -- layers.Style
    metadata      jsonb not null default '{}',
    created_at    timestamptz not null default clock_timestamp(),
    updated_at    timestamptz not null default clock_timestamp(),
    dropped_at    timestamptz,                   -- its table is gone; history stays readable
    unique (table_schema, table_name)
);

-- What a reader is told of a column; the column itself is the table's.
create table onemap.property (
    layer       text not null references onemap.layer on update cascade on delete cascade,
    property    name not null,
    ordinal     integer not null default 0,
    title       text not null,               -- 中文名; of an import, the original field name
    title_en    text not null default '',
    description text not null default '',
    unit        text not null default '',    -- UCUM: m, mm, m2 …
    scheme      text references onemap.scheme on delete set null, -- code list that explains its values
    role        text not null default '',    -- '', 'area', 'length', 'search', 'hidden'
    required    boolean not null default false,
    width       integer,                     -- characters, where the standard sets one
    primary key (layer, property)
);

-- Areas and lengths that people read: ellipsoidal on CGCS2000 (TD/T 1055-2019 asks for ellipsoidal areas). One rule, here.
-- geography computes on the ellipsoid of the SRID it carries; 4490 carries CGCS2000's own (a = 6378137, 1/f = 298.257222101).
create function onemap.area_m2(g geometry) returns double precision
    language sql immutable parallel safe strict
    return st_area(case when st_srid(g) = 4490 then g else st_transform(g, 4490) end::geography, true);
create function onemap.length_m(g geometry) returns double precision
    language sql immutable parallel safe strict
    return st_length(case when st_srid(g) = 4490 then g else st_transform(g, 4490) end::geography, true);

-- +goose Down
drop schema history cascade;
drop schema layer cascade;
drop schema onemap cascade;
