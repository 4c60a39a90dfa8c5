-- A chat server: an event log with stream positions, JSON as text, booleans of several spellings, times in milliseconds, full text search.
create table rooms (room_id text primary key not null, is_public bool, creator text, room_version text, has_auth_chain_index boolean);
create table events (
  stream_ordering integer primary key, topological_ordering bigint not null, event_id text not null, type text not null,
  room_id text not null references rooms (room_id), content text, unrecognized_keys text, processed bool not null, outlier bool not null,
  depth bigint default 0 not null, origin_server_ts bigint, received_ts bigint, sender text, state_key text default null, rejection_reason text, unique (event_id));
create index events_order_room on events (room_id, topological_ordering, stream_ordering);
create index events_stream on events (received_ts desc) where type = 'm.room.encryption';
create table event_json (event_id text not null, room_id text not null, internal_metadata text not null, json text not null, format_version integer, unique (event_id));
create table event_edges (event_id text not null, prev_event_id text not null, is_state bool not null default 0, room_id text default null);
create unique index event_edges_once on event_edges (event_id, prev_event_id);
create table room_memberships (
  event_id text not null unique, user_id text not null, sender text not null, room_id text not null, membership text not null,
  forgotten integer default 0, display_name text, event_stream_ordering bigint references events (stream_ordering));
create table user_ips (user_id text not null, access_token text not null, device_id text, ip text not null, user_agent text not null, last_seen bigint not null);
create index user_ips_last_seen on user_ips (user_id, last_seen);
create table profiles (user_id text not null, displayname text, avatar_url text, full_user_id text, check (full_user_id is not null), unique (user_id));
create table media (media_id text, media_type text, media_length integer, created_ts bigint, upload_name text, quarantined_by text, safe_from_quarantine boolean not null default 0, unique (media_id));
create table stream_positions (stream_name text not null, instance_name text not null, stream_id bigint not null);
create table applied_schema_deltas (version integer not null, file text not null, unique (version, file));
create virtual table event_search using fts4 (event_id, room_id, sender, key, value);

insert into rooms values ('!a:example.org', 1, '@ann:example.org', '10', 1), ('!b:example.org', 0, null, null, null);
insert into events values
  (-3, 1, '$x', 'm.room.message', '!a:example.org', '{"body": "back-filled"}', null, 1, 1, 1, 1699999999000, 1700000000000, '@ann:example.org', null, null),
  (1, 1, '$a', 'm.room.create', '!a:example.org', '{"creator": "@ann:example.org", "room_version": "10"}', '{}', 1, 0, 1, 1700000000123, 1700000000125, '@ann:example.org', '', null),
  (9007199254740993, 2, '$b', 'm.room.encryption', '!b:example.org', null, null, 0, 0, 9223372036854775807, 1700000001123, 1700000001125, '@ben:example.org', '', 'soft');
insert into event_json values ('$a', '!a:example.org', '{"stream": 1}', '{"a": "x", "a": "y", "n": 1.50}', 3), ('$b', '!b:example.org', '{}', '{"s": "\u0000"}', null);
insert into event_edges values ('$a', '$x', 0, null), ('$b', '$a', 0, '!b:example.org');
insert into room_memberships values ('$m', '@ann:example.org', '@ann:example.org', '!a:example.org', 'join', 0, 'Ann 🚀', 1), ('$n', '@ben:example.org', '@ann:example.org', '!a:example.org', 'invite', 1, '', null);
insert into user_ips values ('@ann:example.org', 'tok', 'D', '2001:db8::1', 'Agent/1.0', 1700000002000), ('@ann:example.org', 'tok', 'D', '2001:db8::1', 'Agent/1.0', 1700000002000);
insert into profiles values ('ann', 'Ann 🚀', 'mxc://x', '@ann:example.org');
insert into media values ('m1', 'image/png', 3000000000, 1700000003000, 'naïve.png', null, 0), (null, 'text/plain', 0, 1700000003001, '', null, 1);
insert into stream_positions values ('events', 'master', 9007199254740993);
insert into applied_schema_deltas values (72, '72/01.sql'), (73, '73/01.sql');
insert into event_search (event_id, room_id, sender, key, value) values ('$x', '!a:example.org', '@ann:example.org', 'content.body', 'back filled');
