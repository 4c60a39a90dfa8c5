-- A password manager as its ORM makes it: UUIDs as text, booleans and times as SQLite takes them, keys over two columns.
pragma foreign_keys = on;
create table schema_migrations (version varchar(50) primary key not null, run_on timestamp not null default current_timestamp);
create table users (
  uuid text not null primary key, created_at datetime not null, updated_at datetime not null,
  email text not null unique, name text not null, password_hash blob not null, salt blob not null,
  password_iterations integer not null default 100000, enabled boolean not null default 1,
  verified_at datetime default null, client_kdf_type integer not null default 0, equivalent_domains text not null default '[]');
create table organizations (uuid text not null primary key, name text not null, billing_email text not null, private_key text default null);
create table users_organizations (
  uuid text not null primary key, user_uuid text not null references users (uuid), org_uuid text not null references organizations (uuid),
  access_all boolean not null, akey text not null, status integer not null, atype integer not null, unique (user_uuid, org_uuid));
create table ciphers (
  uuid text not null primary key, created_at datetime not null, updated_at datetime not null,
  user_uuid text references users (uuid), organization_uuid text references organizations (uuid),
  atype integer not null, name text not null, notes text, fields text, data text not null, deleted_at datetime,
  reprompt integer check (reprompt is null or reprompt in (0, 1)));
create index ciphers_user on ciphers (user_uuid) where deleted_at is null;
create table folders (uuid text not null primary key, created_at datetime not null, user_uuid text not null references users (uuid) on delete cascade, name text not null);
create table folders_ciphers (
  cipher_uuid text not null references ciphers (uuid), folder_uuid text not null references folders (uuid), primary key (cipher_uuid, folder_uuid));
create table devices (
  uuid text not null, created_at datetime not null, user_uuid text not null references users (uuid), name text not null, atype integer not null,
  push_token text, refresh_token text not null, primary key (uuid, user_uuid));
create table attachments (id text not null primary key, cipher_uuid text not null references ciphers (uuid), file_name text not null, file_size integer not null, akey text);
create table twofactor (
  uuid text not null primary key, user_uuid text not null references users (uuid), atype integer not null, enabled boolean not null,
  data text not null, last_used integer not null default 0, unique (user_uuid, atype));
create table event (
  id integer not null primary key, event_type integer not null, user_uuid text, cipher_uuid text, event_date datetime not null,
  device_type integer, ip_address text);

insert into schema_migrations values ('20180114171611', '2024-01-01 00:00:00'), ('20240112210182', '2024-02-01 00:00:00');
insert into users values
  ('8b1c9d4e-0000-4000-8000-000000000001', '2024-01-02 03:04:05.123456', '2024-03-02 03:04:05.000001', 'ann@example.org', 'Ann', x'00ff10', x'01', 600000, 1, null, 0, '[]'),
  ('8b1c9d4e-0000-4000-8000-000000000002', '2024-01-03 03:04:05', '2024-03-03 03:04:05', 'Ben@example.org', 'Bén', zeroblob(64), x'02', 100000, 0, '2024-01-04 00:00:00', 1, '[["a.example","b.example"]]');
insert into organizations values ('8b1c9d4e-0000-4000-8000-0000000000a1', 'Örg "x"', 'pay@example.org', null);
insert into users_organizations values
  ('8b1c9d4e-0000-4000-8000-0000000000b1', '8b1c9d4e-0000-4000-8000-000000000001', '8b1c9d4e-0000-4000-8000-0000000000a1', 1, '2.k==', 2, 0),
  ('8b1c9d4e-0000-4000-8000-0000000000b2', '8b1c9d4e-0000-4000-8000-000000000002', '8b1c9d4e-0000-4000-8000-0000000000a1', 0, '', 1, 2);
insert into ciphers values
  ('8b1c9d4e-0000-4000-8000-0000000000c1', '2024-01-05 00:00:00', '2024-01-05 00:00:00', '8b1c9d4e-0000-4000-8000-000000000001', null, 1, '2.n', null, '[]', '{"Uri": "2.u", "Username": null}', null, 0),
  ('8b1c9d4e-0000-4000-8000-0000000000c2', '2024-01-06 00:00:00', '2024-01-06 00:00:00', null, '8b1c9d4e-0000-4000-8000-0000000000a1', 2, '2.m', '', null, '{}', '2024-05-06 07:08:09.5', null);
insert into folders values ('8b1c9d4e-0000-4000-8000-0000000000d1', '2024-01-05 00:00:00', '8b1c9d4e-0000-4000-8000-000000000001', 'bank');
insert into folders_ciphers values ('8b1c9d4e-0000-4000-8000-0000000000c1', '8b1c9d4e-0000-4000-8000-0000000000d1');
insert into devices values ('dev', '2024-01-05 00:00:00', '8b1c9d4e-0000-4000-8000-000000000001', 'phone', 0, null, 'r1'), ('dev', '2024-01-05 00:00:00', '8b1c9d4e-0000-4000-8000-000000000002', 'phone', 0, '', 'r2');
insert into attachments values ('f1', '8b1c9d4e-0000-4000-8000-0000000000c1', 'scan.pdf', 5000000000, null);
insert into twofactor values ('8b1c9d4e-0000-4000-8000-0000000000e1', '8b1c9d4e-0000-4000-8000-000000000001', 0, 1, 'JBSW', 1700000000);
insert into event values (7, 1000, '8b1c9d4e-0000-4000-8000-000000000001', null, '2024-06-01 00:00:00', 14, '192.0.2.1'), (9, 1107, null, null, '2024-06-02 00:00:00', null, null);
