package commands

import (
	"context"
	"strconv"
	"time"

	"ftpsh/transfer"
)

// usualSegments is over how many connections a file comes if nobody says.
const usualSegments = 4

func pgetCommand() Command {
	return Command{
		Name: "pget", Group: Transfer, Needs: LoggedIn,
		Short:   "fetch a large file over several connections at once",
		Args:    []Arg{remoteSource, localTarget},
		TooMany: "mget fetches several files",
		Flags: []Flag{
			{Letter: 'n', Long: "segments", Value: "n", Kind: Number, Help: "over so many connections at most (4)"},
			{Letter: 'o', Value: "file", Kind: LocalPath, Help: "save under this name"}, intoLocalDir, goOn,
			replacing, limitRate, withChecksum, removeSource,
		},
		Details: `Each connection fetches a segment of the file, and one that is done takes half of what the slowest
has before it. What a broken pget brought stays in .NAME.ftpsh-part; pget -c and get -c go on from
there. A server that cannot start in the middle of a file, or lets nobody else in, sends it in one
stream, and a line says why. get does the same by itself when one stream is slow for a large file,
as the setting segments has it.`,
		Examples: []string{"pget big.iso", "pget -n 8 -O images big.iso", "pget -c big.iso"},
		Run:      runPget,
	}
}

func runPget(ctx context.Context, s *Session, c *Call) error {
	f, err := s.fetchingFor(c)
	if err != nil {
		return err
	}
	f.segments, f.whenSlow = usualSegments, false
	if c.Has("n") {
		f.segments = int(c.Number("n"))
	}
	local, named := c.Arg("local"), c.Given("local")
	if c.Has("o") {
		if named || c.Has("O") {
			return usage(c.Command, "-o is the local name already")
		}
		local, named = c.Value("o"), true
	}
	return f.typed(ctx, c.Arg("remote"), local, named)
}

// wantedSegments is what the setting says about a file that is fetched alone.
func (s *Session) wantedSegments() (n int, whenSlow bool) {
	switch text := s.Values().Text("segments"); text {
	case "auto":
		return usualSegments, true
	case "off":
		return 0, false
	default:
		n, _ = strconv.Atoi(text)
		return n, false
	}
}

// inSegments lets a download come over several connections, as far as it is wanted.
func (f *fetching) inSegments(d transfer.Download) transfer.Download {
	d.Segments, d.WhenSlow = f.segments, f.whenSlow
	d.Retries, d.Pause = f.Values().Int("retries"), time.Second
	return d
}
