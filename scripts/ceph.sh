#!/usr/bin/env bash
# A Ceph object gateway (RGW) for tests: S3 and STS of a server that others run in production.
#
#   scripts/ceph.sh start | stop | status
#
# One monitor, one OSD that keeps its objects in memory, one gateway; all on loopback. `stop`
# removes whatever they stored. Takes, all with defaults:
#
#   CEPH_HOME                                   folder for all files
#   CEPH_PORT                                   port of the gateway
#   CEPH_MON_PORT                               first of 60 ports, for the rest
#   CEPH_ACCESS_KEY_ID, CEPH_SECRET_ACCESS_KEY  of the user `prompts`, who may assume PromptsRole, and
#                                               give others policies
#   CEPH_READER_KEY_ID, CEPH_READER_SECRET_KEY  of the user `reader`, who may do nothing by itself
set -euo pipefail

home=${CEPH_HOME:-${TMPDIR:-/tmp}/twilio-s3-play-ceph}
port=${CEPH_PORT:-7480}
mon_port=${CEPH_MON_PORT:-16789}
access_key=${CEPH_ACCESS_KEY_ID:-AKIAIOSFODNN7EXAMPLE}
secret_key=${CEPH_SECRET_ACCESS_KEY:-wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY}
reader_key=${CEPH_READER_KEY_ID:-AKIAI44QH8DHBEXAMPLE}
reader_secret=${CEPH_READER_SECRET_KEY:-je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY}
conf=$home/ceph.conf

say() { echo "ceph.sh: $*" >&2; }

require_programs() {
  local program
  for program in ceph ceph-mon ceph-osd monmaptool radosgw radosgw-admin curl; do
    command -v "$program" >/dev/null && continue
    say "$program is missing. On Debian:"
    say '  apt-get install -y --no-install-recommends radosgw ceph-mon ceph-osd curl'
    exit 1
  done
}

# Whether the process of a pid file is a daemon of this folder: a pid may belong to another by now.
is_running() {
  local pid_file=$home/$1.pid
  [ -f "$pid_file" ] && tr '\0' ' ' 2>/dev/null <"/proc/$(<"$pid_file")/cmdline" | grep -qF "$conf"
}

# wait_until <tries> <command…>: five tries a second.
wait_until() {
  local tries=$1
  shift
  for _ in $(seq "$tries"); do
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.2
  done
  return 1
}

# Nothing that they hold is kept, so that they need not end in good order.
stop() {
  local daemon
  for daemon in rgw osd mon; do
    if is_running "$daemon"; then kill -KILL "$(<"$home/$daemon.pid")"; fi
  done
  rm -rf "$home"
}

write_conf() {
  cat >"$conf" <<CONF
[global]
fsid = $1
run_dir = $home
log_file = $home/\$name.log
admin_socket = $home/\$name.asok
mon_host = [v2:127.0.0.1:$mon_port/0,v1:127.0.0.1:$((mon_port + 1))/0]
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_port_min = $((mon_port + 10))
ms_bind_port_max = $((mon_port + 60))
# Nobody but this machine can connect, so that the daemons need no keys for each other.
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
# A gateway prefers to encrypt, for which it would need a key.
ms_mon_client_mode = crc
# One copy of everything, in memory.
osd_objectstore = memstore
memstore_device_bytes = 4294967296
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
# A key of 1024 bytes is legal in S3, and escaping makes it longer.
osd_max_object_name_len = 2048
osd_class_load_list = *
osd_class_default_list = *
# Pools are made at the gateway's first start: each is one decision of the monitor.
paxos_propose_interval = 0.05
paxos_min_wait = 0.02

[mon.a]
mon_data = $home/mon
mon_data_avail_crit = 1
pid_file = $home/mon.pid

[osd.0]
osd_data = $home/osd
pid_file = $home/osd.pid

[client.rgw]
pid_file = $home/rgw.pid
# Without nodelay, a second request on a connection waits 40 ms for the first one's acknowledgement.
rgw_frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw_dns_name = s3.localhost
rgw_s3_auth_use_sts = true
rgw_s3_auth_order = local, sts
# Encrypts session tokens: 16 characters.
rgw_sts_key = only-for-testing
CONF
}

start_monitor() {
  monmaptool --create --clobber --fsid "$1" \
    --addv a "[v2:127.0.0.1:$mon_port,v1:127.0.0.1:$((mon_port + 1))]" "$home/monmap" &&
    ceph-mon -c "$conf" -i a --mkfs --monmap "$home/monmap" &&
    ceph-mon -c "$conf" -i a
}

start_osd() {
  local uuid
  uuid=$(</proc/sys/kernel/random/uuid)
  ceph -c "$conf" --connect-timeout 20 osd new "$uuid" &&
    ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$uuid" &&
    ceph-osd -c "$conf" -i 0 &&
    wait_until 100 osd_is_up
}
osd_is_up() { ceph -c "$conf" --connect-timeout 5 osd stat | grep -q '1 up'; }

start_gateway() {
  timeout 60 radosgw -c "$conf" -n client.rgw &&
    wait_until 150 curl --silent --output "$home/probe" "http://127.0.0.1:$port/"
}

admin() { radosgw-admin -c "$conf" -n client.rgw --admin-socket='' "$@"; }

make_users_and_role() {
  admin user create --uid=prompts --display-name=prompts \
    --access-key="$access_key" --secret-key="$secret_key" --caps='user-policy=*' &&
  admin user create --uid=reader --display-name=reader \
    --access-key="$reader_key" --secret-key="$reader_secret" &&
  admin role create --role-name=PromptsRole --assume-role-policy-doc='{
    "Version": "2012-10-17",
    "Statement": [{ "Effect": "Allow", "Action": ["sts:AssumeRole"],
                    "Principal": { "AWS": ["arn:aws:iam:::user/prompts"] } }]
  }' &&
  admin role-policy put --role-name=PromptsRole --policy-name=read --policy-doc='{
    "Version": "2012-10-17",
    "Statement": [{ "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],
                    "Resource": ["arn:aws:s3:::*"] }]
  }'
}

start() {
  require_programs
  stop
  mkdir -p "$home/mon" "$home/osd"
  local fsid step
  fsid=$(</proc/sys/kernel/random/uuid)
  write_conf "$fsid"
  for step in "start_monitor $fsid" start_osd start_gateway make_users_and_role; do
    # Daemons inherit what is open, and would hold up whoever waits for the end of our output.
    if ! $step >>"$home/start.log" 2>&1 </dev/null; then
      say "${step%% *} failed:"
      tail -n 20 "$home/start.log" >&2
      stop
      exit 1
    fi
  done
  say "S3 and STS answer at http://127.0.0.1:$port"
}

status() {
  local daemon
  for daemon in rgw osd mon; do
    if is_running "$daemon"; then echo "$daemon runs"; else echo "$daemon does not run"; fi
  done
}

case ${1:-} in
  start | stop | status) "$1" ;;
  *) say 'start, stop or status?' && exit 2 ;;
esac
