-- +goose Up
-- Changes are brought into a mosaic in steps, each a transaction of its own: what is left of them to be done is noted here, and
-- tiles are shown as they will be when nothing is.

create table onemap.mosaic_todo (
    mosaic bigint not null references onemap.mosaic on delete cascade,
    step   integer not null,                 -- 0 rows to a field, 1 fields to that of the zoom above, 2 a tile; in this order
    zoom   integer not null,                 -- the deepest first
    x      integer not null,                 -- column and row of the chunk or the tile
    y      integer not null,
    part   integer[],                        -- of a field of rows, the pixels from x0, y0 up to x1, y1
    primary key (mosaic, step, zoom, x, y)
);

alter table onemap.mosaic_tile add next bytea; -- what its body will be
alter table onemap.mosaic_tile alter column next set storage external;

alter table onemap.mosaic
    add noted  bigint not null default 0,    -- changes up to it are in, or in mosaic_todo
    add priced integer not null default 0,   -- how many classes there were when prices were found
    add changed bigint not null default 0;   -- pixels of the deepest zoom that have become others since
update onemap.mosaic set noted = position, priced = cardinality(classes);

-- +goose Down
drop table onemap.mosaic_todo;
alter table onemap.mosaic_tile drop column next;
alter table onemap.mosaic drop column noted, drop column priced, drop column changed;
