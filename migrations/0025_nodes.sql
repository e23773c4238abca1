-- +goose Up
-- What the nodes of one map share besides the data: a name of this database, which no other has (names of tiles and their
-- ETags begin with it), a secret by which nodes know each other, and who is there.
alter table onemap.cluster add column id uuid not null default gen_random_uuid();
alter table onemap.cluster add column secret text not null default replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');

-- Nodes that answer each other's questions for tiles. A node that has not been seen for a while is not asked.
create table onemap.node (
    address text primary key,               -- host:port of its inner listener
    seen_at timestamptz not null default clock_timestamp()
);
revoke all on onemap.cluster, onemap.node from public;

-- +goose Down
drop table onemap.node;
alter table onemap.cluster drop column secret, drop column id;
