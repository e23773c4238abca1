-- +goose Up
-- Archives of tiles made on request (api/exports): what was asked for, how far it is, and the file. The queue of their jobs is
-- river's, as that of imports is.

create table onemap.tile_export (
    id       uuid primary key default gen_random_uuid(),
    state    text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
    actor    jsonb not null default '{}',          -- layers.Actor: who asked, and whose rights count
    created  timestamptz not null default clock_timestamp(),
    updated  timestamptz not null default clock_timestamp(), -- while it runs, at least every two seconds
    options  jsonb not null,                       -- exports.Options
    progress jsonb,                                -- {done, total}; null = nothing runs
    archive  jsonb,                                -- tiles.Archive, once done
    bytes    bigint,                               -- of the file, once done
    error    jsonb,                                -- {title, titleZh, detail, detailZh}
    job      bigint,                               -- the river job that works on it; any other of its jobs is void
    attempt  integer not null default 0
) with (fillfactor = 80);
create index tile_export_created on onemap.tile_export (created desc, id desc);

-- The file, 1 MiB a row. Unlogged: it can be made again.
create unlogged table onemap.tile_export_part (
    export uuid not null references onemap.tile_export on delete cascade,
    no     integer not null,                       -- from 0
    data   bytea not null,
    primary key (export, no)
);
alter table onemap.tile_export_part alter column data set storage external;

-- +goose Down
drop table onemap.tile_export_part, onemap.tile_export;
