-- +goose Up
-- Mosaics: what tiles show of polygon layers whose features are too small to be told apart (tiles/mosaic). One node makes
-- them (tiles/mosaic_build.go), all read. A mosaic that is made anew is made beside the one that is read. All of it can be made
-- again from the layers.

create table onemap.mosaic (
    mosaic   bigint generated always as identity primary key,
    layer    text not null,
    plan     text not null,                  -- what it is made by: another plan makes another mosaic
    by       text not null,                  -- property whose values are the classes; '' = there is one
    classes  text[] not null default '{}',   -- their values, by number from 1
    zooms    integer[] not null,             -- first, last
    chunks   integer[] not null,             -- of the last zoom, when it was begun: first column, row, last column, row
    position bigint not null,                -- changes up to it are in
    done     integer not null default 0,     -- jobs of making it
    total    integer not null,
    made     bigint not null default 0,      -- the last of its tiles' numbers
    ready    boolean not null default false,
    begun    timestamptz not null default clock_timestamp()
);
create unique index mosaic_layer on onemap.mosaic (layer, ready);

-- Of each zoom, what its tiles are labelled by.
create table onemap.mosaic_zoom (
    mosaic bigint not null references onemap.mosaic on delete cascade,
    zoom   integer not null,
    scale  integer not null,                 -- cells a pixel has on a side
    prices float8[] not null,                -- by class, from 0
    worst  float8 not null,                  -- part by which the area of a class is wrong
    primary key (mosaic, zoom)
);

-- Fields: how many samples each class has of each pixel of 256 × 256 (mosaic.Field). One without any has no row.
create table onemap.mosaic_field (
    mosaic bigint not null references onemap.mosaic on delete cascade,
    zoom   integer not null,
    x      integer not null,                 -- column and row of the chunk; a tile has four
    y      integer not null,
    data   bytea not null,
    primary key (mosaic, zoom, x, y)
);
alter table onemap.mosaic_field alter column data set storage external;

-- Tiles as they are handed out. One that was never anything has no row.
create sequence onemap.mosaic_made;
create table onemap.mosaic_tile (
    mosaic bigint not null references onemap.mosaic on delete cascade,
    zoom   integer not null,
    x      integer not null,
    y      integer not null,
    made   bigint not null default nextval('onemap.mosaic_made'), -- another with every other body
    body   bytea not null,
    primary key (mosaic, zoom, x, y)
);
create index mosaic_tile_made on onemap.mosaic_tile (mosaic, made);
alter table onemap.mosaic_tile alter column body set storage external;

-- +goose Down
drop table onemap.mosaic_tile, onemap.mosaic_field, onemap.mosaic_zoom, onemap.mosaic;
drop sequence onemap.mosaic_made;
