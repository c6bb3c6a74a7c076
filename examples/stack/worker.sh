#!/bin/sh
# The worker of the stack: again and again it asks the web server for a page, and
# notes in Redis what came. It ends when one of them is not there.
[ -n "$WEB" ] && [ -n "$REDIS_PORT" ] || {
	echo "worker: set WEB and REDIS_PORT" >&2
	exit 64
}
redis() { redis-cli -e -p "$REDIS_PORT" "$@"; }

redis SET lives "$(($(redis GET lives) + 1))" >/dev/null || exit 1
echo "working"
while page=$(curl -fsS "$WEB"); do
	redis RPUSH pages "$page" >/dev/null || exit 1
	sleep 0.05
done
echo "worker: the web server does not answer" >&2
exit 1
