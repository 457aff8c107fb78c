# sh hold.sh DIRECTORY COMMAND...: runs the command until standard input ends, then stops it by its process
# id and removes the directory. The test binary holds the other end of standard input, so that no way it
# may end leaves a daemon behind. When the command ends by itself, the directory stays, for its logs.
trap '' INT
directory=$1
shift
exec 3<&0
"$@" 3<&- </dev/null &
daemon=$!
(
    cat <&3 >/dev/null
    : >"$directory/stopped"
    kill "$daemon"
) &
watch=$!
wait "$daemon"
status=$?
if [ -e "$directory/stopped" ]; then
    rm -rf -- "$directory"
else
    kill "$watch"
fi
exit $status
