-- +goose Up
-- Imports by upload (api/imports): what was sent, what was found, how far it is. The queue of their jobs is river's, in
-- the tables river_* of this schema, which migrations.Up brings up to date by river's own migrations.

create table onemap.import (
    id       uuid primary key default gen_random_uuid(),
    state    text not null default 'uploading'
             check (state in ('uploading', 'looking', 'ready', 'importing', 'done', 'failed', 'cancelled')),
    actor    jsonb not null default '{}',          -- layers.Actor: who sent it
    created  timestamptz not null default clock_timestamp(),
    updated  timestamptz not null default clock_timestamp(),
    files    jsonb not null default '[]',          -- [{name, bytes}]
    options  jsonb not null default '{}',          -- intake.Options as last sent
    progress jsonb,                                -- intake.Progress; null = nothing runs
    report   json,                                 -- intake.Report of the look, without its findings; as it was written
    result   json,                                 -- likewise of the run
    preview  bytea,                                -- GeoJSON, at most 2 MB
    layer    text,                                 -- where it went, once done
    error    jsonb,                                -- {title, titleZh, detail, detailZh}
    job      bigint,                               -- the river job that works on it; any other of its jobs is void
    attempt  integer not null default 0,           -- how often that work was begun, over all its jobs
    pruned   boolean not null default false        -- its upload was deleted
) with (fillfactor = 80);                          -- its progress is written often: in place
create index import_created on onemap.import (created desc, id desc);
create index import_busy on onemap.import (state) where state in ('uploading', 'looking', 'importing');

-- What was uploaded, 1 MiB a row. Unlogged: the bytes are a copy of what the sender has, and go within a day. A database
-- that crashes loses them, and its imports say so: "send it again".
create unlogged table onemap.import_part (
    import uuid not null references onemap.import on delete cascade,
    file   integer not null,                       -- place in import.files, from 0
    no     integer not null,                       -- from 0
    data   bytea not null,
    primary key (import, file, no)
);
alter table onemap.import_part alter column data set storage external; -- archives do not compress again

-- What was found in the rows by the last look or run: the first 100,000. The totals in the report are exact.
create table onemap.import_finding (
    import   uuid not null references onemap.import on delete cascade,
    no       integer not null,                     -- from 1, in the order found
    row      bigint not null,
    rule     text not null,
    severity text not null,
    lon      double precision,                     -- EPSG:4490; null = no place is known
    lat      double precision,
    finding  jsonb not null,                       -- intake.Finding
    primary key (import, no)
);

-- Every change that an import commits carries its id, so that one whose process died after the commit is known to be done.
create index change_import on onemap.change (request) where request like 'import %';

-- +goose Down
drop index onemap.change_import;
drop table onemap.import_finding, onemap.import_part, onemap.import;
