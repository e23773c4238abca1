-- +goose Up
-- What onemap itself last put into the code lists, so that a newer edition replaces its own rows and never those that
-- an administrator has changed, added or taken away (docs/decisions/0004-code-lists.md).
create table onemap.code_shipped (
    scheme text not null,
    code   text not null,
    row    jsonb not null,               -- as shipped: the columns of onemap.code but for the key
    primary key (scheme, code)
);

-- +goose Down
drop table onemap.code_shipped;
