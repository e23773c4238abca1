-- Notes that the node at @address is there, forgets those that have been silent for long, and lists who has been heard of
-- in the last five seconds. Columns: address. Index: the primary key; the table has a row per node.
with here as (
    insert into onemap.node (address) values (@address)
    on conflict (address) do update set seen_at = clock_timestamp()
    returning address
), gone as (
    delete from onemap.node where seen_at < clock_timestamp() - interval '1 hour' and address <> @address
)
select address from onemap.node where seen_at > clock_timestamp() - interval '5 seconds' and address <> @address
union all
select address from here
order by address
