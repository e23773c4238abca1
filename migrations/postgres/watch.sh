# Runs PostgreSQL and sees to it that the server ends when its owner does.
#
#   sh -s CLUSTER ACKNOWLEDGE postgres -D … <watch.sh      with file 3 = the lifeline, open for reading
#
# The owner holds the lifeline's writing end. Nobody else does, so the kernel closes it when the owner ends, however it
# ends, and the loop below stops reading. This shell itself becomes PostgreSQL (exec), so that the owner's child is the
# server; the watchdog is started first and has left the family before that.
pidfile=$1/postmaster.pid
acknowledge=$2
shift 2
server=$$
( (
	trap '' HUP INT TERM
	exec </dev/null >/dev/null 2>&1
	while read -r word <&3; do
		case $word in
		done) exit 0 ;;                    # the owner has stopped the server itself
		*) : >"$acknowledge/$word" ;;      # a new sharer wants to know that we still watch
		esac
	done
	exec 3<&-
	wait=600                               # tenths of a second
	for signal in INT QUIT KILL; do        # fast shutdown, immediate shutdown, and no more patience
		kill -$signal $server || exit 0
		sleep 0.1
		# A server that nobody waits for stays as a zombie; that it has removed its file is a better sign.
		while [ $wait -gt 0 ] && kill -0 $server && [ -e "$pidfile" ]; do
			sleep 0.1
			wait=$((wait - 1))
		done
		wait=50
	done
) & )
exec "$@" 3<&- </dev/null
