-- A file cloud: a cache of paths with AUTOINCREMENT, long names, times in seconds, settings as text, calendars as blobs, a tree in one table.
create table oc_storages (numeric_id integer primary key autoincrement not null, id varchar(64) default null, available integer default 1 not null, last_checked integer default null);
create unique index storages_id_index on oc_storages (id);
create table oc_mimetypes (id integer primary key autoincrement not null, mimetype varchar(255) default '' not null);
create table oc_filecache (
  fileid integer primary key autoincrement not null, storage bigint default 0 not null references oc_storages (numeric_id), path varchar(4000) default null collate binary,
  path_hash varchar(32) default '' not null, parent bigint default null references oc_filecache (fileid), name varchar(250) default null, mimetype bigint default 0 not null references oc_mimetypes (id),
  size bigint default 0 not null, mtime bigint default 0 not null, storage_mtime bigint default 0 not null, encrypted integer default 0 not null, etag varchar(40) default null, permissions integer default 0, checksum varchar(255) default null);
create unique index fs_storage_path_hash on oc_filecache (storage, path_hash);
create index fs_parent_name_hash on oc_filecache (parent, name);
create index fs_size on oc_filecache (size desc, mtime);
create table oc_users (uid varchar(64) not null primary key, displayname varchar(64) default null, password varchar(255) default '' not null, uid_lower varchar(64) default '');
create index user_uid_lower on oc_users (uid_lower);
create table oc_preferences (userid varchar(64) default '' not null, appid varchar(32) default '' not null, configkey varchar(64) default '' not null, configvalue clob default null, primary key (userid, appid, configkey));
create table oc_share (
  id integer primary key autoincrement not null, share_type smallint default 0 not null, share_with varchar(255) default null, uid_owner varchar(64) default '' not null,
  parent bigint default null, file_source bigint default null references oc_filecache (fileid) on delete set null, permissions smallint default 0 not null, stime bigint default 0 not null,
  accepted smallint default 0 not null, expiration datetime default null, token varchar(32) default null, hide_download smallint default 0, check (permissions between 0 and 31));
create table oc_calendarobjects (id integer primary key autoincrement not null, calendardata blob default null, uri varchar(255) default null, calendarid bigint not null, lastmodified integer default null, size bigint not null, firstoccurence bigint default null);
create table oc_jobs (id integer primary key autoincrement not null, class varchar(255) default '' not null, argument varchar(4000) default '' not null, last_run integer default 0, execution_duration integer default 0, time_sensitive smallint default 1 not null);
create table oc_systemtag_object_mapping (objectid varchar(64) default '' not null, objecttype varchar(64) default '' not null, systemtagid bigint default 0 not null, constraint som_pk primary key (objecttype, objectid, systemtagid)) without rowid;
create view largest_files as select name, size from oc_filecache order by size desc limit 10;

insert into oc_storages values (1, 'home::ann', 1, null), (2, 'local::/srv/data/', 1, 1700000000);
insert into oc_mimetypes values (1, 'httpd'), (2, 'httpd/unix-directory'), (3, 'image/jpeg');
insert into oc_filecache values
  (1, 1, '', 'd41d8cd98f00b204e9800998ecf8427e', null, '', 2, 5000000123, 1700000000, 1700000000, 0, '5f', 23, null),
  (2, 1, 'files/Été 2024.jpg', '0cc175b9c0f1b6a831c399e269772661', 1, 'Été 2024.jpg', 3, 5000000123, 1700000001, 1700000001, 0, 'a0', 27, 'SHA1:00'),
  (90, 2, 'x''y', '92eb5ffee6ae2fec3ad71c777531578f', 1, 'x''y', 1, -1, 0, 0, 1, null, null, '');
delete from oc_filecache where fileid = 90;
insert into oc_users values ('ann', 'Ann', '3|$argon2id$', 'ann'), ('Ben', null, '', 'ben');
insert into oc_preferences values ('ann', 'core', 'lang', 'de'), ('ann', 'files', 'quota', '5 GB'), ('ann', 'core', 'timezone', ''), ('Ben', 'core', 'lang', null);
insert into oc_share values (4, 3, null, 'ann', null, 2, 17, 1700000005, 0, '2024-12-31 00:00:00', 'AbCdEf', 0), (5, 0, 'Ben', 'ann', null, null, 31, 1700000006, 1, null, null, 1);
insert into oc_calendarobjects values (1, cast('BEGIN:VCALENDAR' || char(13, 10) || 'END:VCALENDAR' as blob), 'a.ics', 1, 1700000007, 30, 1700000000);
insert into oc_jobs values (1, 'OC\Job', 'null', 1700000008, 0, 1), (2, 'OCA\Job', '{"uid":"ann"}', 0, -1, 0);
insert into oc_systemtag_object_mapping values ('2', 'files', 7), ('10', 'files', 7);
