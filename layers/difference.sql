-- The features of a layer that are not the same at two moments. In place of comments: before, the rows that were there at the first
-- and not at the second; after, those that were there at the second and not at the first; the key's name; same, that the rows of
-- both hold the same; filter, on o and n. Rows of history are found by until_version's index; live ones are looked through.
with o as materialized (/* before */), n as materialized (/* after */)
select /* answer */
from o full join n on n./* key */ = o./* key */
where (o.version is null or n.version is null or not (/* same */)) and /* filter */
