package completion

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ftpsh/commands"
	"ftpsh/internal/config"
	"ftpsh/internal/listing"
)

// tree is a server: what each directory holds. A name that ends in "/" is a directory, one that
// ends in "@" a link.
type tree map[string][]string

func (t tree) List(_ context.Context, dir string) ([]listing.Entry, error) {
	names, ok := t[dir]
	if !ok {
		return nil, fmt.Errorf("%s: 550 no such directory", dir)
	}
	var entries []listing.Entry
	for _, name := range names {
		e := listing.Entry{Name: name, Size: -1}
		if bare, ok := strings.CutSuffix(name, "/"); ok {
			e.Name, e.Type = bare, listing.Dir
		} else if bare, ok := strings.CutSuffix(name, "@"); ok {
			e.Name, e.Type = bare, listing.Link
		}
		entries = append(entries, e)
	}
	return entries, nil
}

var server = tree{
	"/home": {
		"./", "../", "pub/", "public/", "Music/", "README.txt", "a b.txt", "a(c).txt", "it's", "$HOME",
		"latest@", ".profile", ".ssh/", "-rf", "zwei wörter/", "zwei\x1b[2Jböse", "bad/name",
	},
	"/home/pub":           {"linux/", "list.txt", "-x"},
	"/home/zwei wörter":   {"drei"},
	"/":                   {"home/", "etc/"},
	"/srv":                {"x"},
	"/home/zwei\x1b[2Jbö": {},
}

func table() *commands.Table {
	run := func(context.Context, *commands.Session, *commands.Call) error { return nil }
	list := []commands.Command{
		{Name: "cd", Aliases: []string{"chdir"}, Classic: true, Args: []commands.Arg{{Name: "dir", Kind: commands.RemoteDir}}},
		{Name: "get", Aliases: []string{"recv"}, Classic: true, Args: []commands.Arg{
			{Name: "remote", Kind: commands.RemoteFile}, {Name: "local", Kind: commands.LocalPath, Optional: true},
		}, Flags: []commands.Flag{
			{Letter: 'o', Value: "file", Kind: commands.LocalPath},
			{Letter: 'c', Long: "continue"},
			{Long: "json"},
			{Long: "order", Value: "how", Kind: commands.Choice, Choices: []string{"name", "size"}},
		}},
		{Name: "find", Args: []commands.Arg{{Name: "where", Kind: commands.RemotePath, Many: true, Optional: true}}, Flags: []commands.Flag{
			{Long: "name", OneDash: true, Value: "pattern"}, {Long: "newer", OneDash: true, Value: "file", Kind: commands.LocalPath},
			{Long: "exec", OneDash: true, Value: "command", Until: ";"}, {Long: "json"},
		}},
		{Name: "put", Classic: true, Args: []commands.Arg{{Name: "local", Kind: commands.LocalPath}, {Name: "remote", Kind: commands.RemotePath, Optional: true}}},
		{Name: "lcd", Classic: true, Args: []commands.Arg{{Name: "dir", Kind: commands.LocalDir}}},
		{Name: "mdir", Classic: true, Args: []commands.Arg{{Name: "path", Kind: commands.RemoteDir, Many: true}, {Name: "local", Kind: commands.LocalDir}}},
		{Name: "quote", Raw: true, Args: []commands.Arg{{Name: "line", Many: true}}, Flags: []commands.Flag{{Letter: 'd'}}},
		{Name: "help", Aliases: []string{"?"}, Args: []commands.Arg{{Name: "command", Kind: commands.CommandName, Many: true}}},
		{Name: "set", Args: []commands.Arg{{Name: "name", Kind: commands.SettingName}, {Name: "value", Kind: commands.SettingValue}}},
		{Name: "open", Args: []commands.Arg{{Name: "host", Kind: commands.BookmarkName}}},
		{Name: "type", Args: []commands.Arg{{Name: "type", Kind: commands.Choice, Choices: []string{"ascii", "binary"}}}},
		{Name: "unalias", Args: []commands.Arg{{Name: "name", Kind: commands.AliasName}}},
		{Name: "user", Args: []commands.Arg{{Name: "name"}, {Name: "password", Kind: commands.Secret, Optional: true}}},
		{Name: "mirror", Args: []commands.Arg{
			{Name: "source", Kind: commands.RemoteDir, With: map[string]commands.Kind{"reverse": commands.LocalDir}, Optional: true},
			{Name: "target", Kind: commands.LocalDir, With: map[string]commands.Kind{"reverse": commands.RemoteDir}, Optional: true},
		}, Flags: []commands.Flag{{Letter: 'R', Long: "reverse"}}},
		{Name: "queue", Raw: true, Args: []commands.Arg{
			{Name: "action", Kind: commands.Choice, Choices: []string{"add", "move"}},
			{Name: "words", Kind: commands.CommandLine, After: "add", Many: true, Optional: true},
		}},
		{Name: "macdef", Hidden: true},
	}
	for i := range list {
		list[i].Run = run
	}
	return commands.NewTable(list...)
}

// localTree makes local/, lib/, "l x", .hidden and link -> local in a new directory.
func localTree(t testing.TB) string {
	dir := t.TempDir()
	err := errors.Join(
		os.Mkdir(filepath.Join(dir, "local"), 0o777),
		os.Mkdir(filepath.Join(dir, "lib"), 0o777),
		os.WriteFile(filepath.Join(dir, "lib", "inner"), nil, 0o666),
		os.WriteFile(filepath.Join(dir, "l x"), nil, 0o666),
		os.WriteFile(filepath.Join(dir, "-v"), nil, 0o666),
		os.WriteFile(filepath.Join(dir, ".hidden"), nil, 0o666),
		os.Symlink("local", filepath.Join(dir, "link")),
	)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// request draws the cursor as the last bar of the line.
func request(t testing.TB, drawn string, local string) Request {
	pos := strings.LastIndexByte(drawn, '|')
	if pos < 0 {
		t.Fatalf("no cursor in %s", drawn)
	}
	aliases := &commands.Aliases{}
	aliases.Set("fetch", "get -c")
	aliases.Set("gg", "get")
	return Request{
		Line: drawn[:pos] + drawn[pos+1:], Pos: pos, Table: table(),
		Sources: Sources{
			Remote: NewRemote(server), RemoteDir: "/home", LocalDir: local, Home: local, Aliases: aliases,
			Bookmarks: func() []config.Bookmark { return []config.Bookmark{{Name: "work", URL: "ftp://w/"}} },
		},
	}
}

// lines are the whole lines that the items make, with the cursor drawn behind what was put in.
func lines(r Request, result Result) string {
	var all []string
	for _, item := range result.Items {
		all = append(all, r.Line[:result.Start]+item.Insert+"|"+r.Line[result.End:])
	}
	return strings.Join(all, "\n")
}

func TestComplete(t *testing.T) {
	tests := []struct{ line, want string }{
		// Words behind one dash, with values of one word or of many.
		{"find pub -n|", "find pub -name |\nfind pub -newer |"},
		{"find -newer loc|", "find -newer local/|"},
		{"find -name x -j|", ""},
		{"find -name x --j|", "find -name x --json |"},
		{`find -exec get {} \; Mus|`, `find -exec get {} \; Music/|`},
		// Commands.
		{"ge|", "get |"},
		{"c|", "cd |\nchdir |"},
		{"re|", "recv |"},
		{"?|", "? |"},
		{"-ge|", "-get |"},
		{"@ge|", "@get |"},
		{"fe|", "fetch |"},
		{"GE|", "get |"},
		{"mirror pub|", "mirror pub/|\nmirror public/|"},
		{"mirror pub loc|", "mirror pub local/|"},
		{"mirror -R loc|", "mirror -R local/|"},
		{"mirror -R x pub|", "mirror -R x pub/|\nmirror -R x public/|"},
		{"queue a|", "queue add |"},
		{"queue add ge|", "queue add get |"},
		{"queue add get REA|", "queue add get README.txt |"},
		{"queue add queue add cd pub/li|", "queue add queue add cd pub/linux/|"},
		{"queue move ge|", ""},
		{"mac|", ""},
		{"xyz|", ""},
		{"cd x; ge|", "cd x; get |"},
		{"cd x && ge|", "cd x && get |"},
		{"if ge|", "if get |"},
		{"while cd x; do ge|", "while cd x; do get |"},
		{"ls | ge|", ""}, // a local program

		// Remote paths.
		{"cd pub|", "cd pub/|\ncd public/|"},
		{"cd publ|", "cd public/|"},
		{"chd publ|", "chd public/|"},
		{"cd pub/li|", "cd pub/linux/|"},
		{"get pub/li|", "get pub/linux/|\nget pub/list.txt |"},
		{"get pub/list|", "get pub/list.txt |"},
		{"get /|", "get /etc/|\nget /home/|"},
		{"get /home/pub/lis|", "get /home/pub/list.txt |"},
		{"get RE|", "get README.txt |"},
		{"get re|", "get README.txt |"}, // no name starts so; one does without regard to case
		{"cd mus|", "cd Music/|"},
		{"cd RE|", ""},
		{"cd LA|", "cd latest/|"},
		{"get .|", "get .profile |\nget .ssh/|"},
		{"get nonesuch|", ""},
		{"get lat|", "get latest|"}, // the path may go on behind a link
		{"cd lat|", "cd latest/|"},  //
		{"mdir pub pub/li|", "mdir pub pub/linux/|"},
		{"mdir pub li|", "mdir pub lib/|\nmdir pub link/|"}, // the last word may be either
		{"user pub|", ""},
		{"user joe pub|", ""},
		{"quote -d pub|", ""},

		// Quotes.
		{"get a|", `get a\ b.txt |` + "\n" + `get a\(c\).txt |`},
		{`get a\ |`, `get a\ b.txt |`},
		{`get "a |`, `get "a b.txt" |`},
		{`get 'a |`, `get 'a b.txt' |`},
		{`get 'a |'`, `get 'a b.txt|'`},
		{`get "a |" x`, `get "a b.txt|" x`},
		{`get it|`, `get it\'s |`},
		{`get "it|`, `get "it's" |`},
		{`get $|`, `get \$HOME |`},
		{`get \$|`, `get \$HOME |`},
		{`cd "zw|`, `cd "zwei wörter/|`},
		{`cd zw|`, `cd zwei\ wörter/|`},
		{`get "zwei wörter/d|`, `get "zwei wörter/drei" |`},
		{`get zwei\ wörter/d|`, `get zwei\ wörter/drei |`},
		{`get zw"ei wörter/"d|`, `get zwei\ wörter/drei |`},

		// The middle of a line.
		{"get RE| x", "get README.txt| x"},
		{"get RE|; cd x", "get README.txt|; cd x"},
		{"get RE|x", "get README.txt|x"},

		// Local paths.
		{"put li|", "put lib/|\nput link/|"},
		{"put lib/|", "put lib/inner |"},
		{"put ~/lib/in|", `put \~/lib/inner |`},
		{"put l|", `put l\ x |` + "\nput lib/|\nput link/|\nput local/|"},
		{"lcd l|", "lcd lib/|\nlcd link/|\nlcd local/|"},
		{"put .|", "put .hidden |"},
		{"get x li|", "get x lib/|\nget x link/|"},
		{"get x > lib/|", "get x > lib/inner |"},
		{"get x >lib/|", "get x >lib/inner |"},
		{"!ls lib/|", "!ls lib/inner |"},
		{"get x | less lib/|", "get x | less lib/inner |"},

		// Flags and their values.
		{"get -|", "get --json |\nget --order=|\nget -c |\nget -o |"},
		{"get --|", "get --continue |\nget --json |\nget --order=|"},
		{"get --c|", "get --continue |"},
		{"get -o lib/|", "get -o lib/inner |"},
		{"get -olib/|", "get -olib/inner |"},
		{"get -co lib/|", "get -co lib/inner |"},
		{"get --order |", "get --order name |\nget --order size |"},
		{"get --order=s|", "get --order=size |"},
		{"get --bad RE|", "get --bad README.txt |"},
		{"get -- -|", "get -- ./-rf |"},
		{"quote x -|", ""},
		{"cd -|", ""},

		// The rest.
		{"help ge|", "help get |"},
		{"set tls-m|", "set tls-max |\nset tls-min |"},
		{"set tls im|", "set tls implicit |"},
		{"set passive |", "set passive off |\nset passive on |"},
		{"set retries |", "set retries 3 |"},
		{"set nonesuch |", ""},
		{"open w|", "open work |"},
		{"type a|", "type ascii |"},
		{"unalias f|", "unalias fetch |"},
		{"fetch RE|", "fetch README.txt |"},
		{"gg -o lib/|", "gg -o lib/inner |"},
	}
	local := localTree(t)
	for _, test := range tests {
		r := request(t, test.line, local)
		result := Complete(t.Context(), r)
		if got := lines(r, result); got != test.want || result.Err != nil {
			t.Errorf("%s\n got %s, %v\nwant %s", test.line, got, result.Err, test.want)
		}
	}
}

func TestNothingTypedOffersMainNamesOnly(t *testing.T) {
	result := Complete(t.Context(), request(t, "|", ""))
	var names []string
	for _, item := range result.Items {
		names = append(names, item.Label)
	}
	if got, want := strings.Join(names, " "), "cd fetch find get gg help lcd mdir mirror open put queue quote set type unalias user"; got != want {
		t.Errorf("offered: %s\nwant: %s", got, want)
	}
}

// TestEveryKindHasItsSource: an argument of a command never offers nothing by mistake.
func TestEveryKindHasItsSource(t *testing.T) {
	without := map[commands.Kind]bool{commands.Text: true, commands.Number: true, commands.Duration: true, commands.Secret: true, commands.Choice: true, commands.UserName: true}
	without[commands.CommandLine] = true // its words are those of another command: findSlot
	r := request(t, "|", localTree(t))
	kinds := map[commands.Kind]string{}
	for _, c := range commands.All() {
		for _, a := range c.Args {
			kinds[a.Kind] = c.Name
		}
		for _, f := range c.Flags {
			kinds[f.Kind] = c.Name
		}
	}
	for kind, command := range kinds {
		at := slot{values: []value{{kind: kind}}, setting: "tls"}
		found, err := r.Sources.offer(t.Context(), &at, r.Table)
		if err != nil || (len(found) == 0) != without[kind] {
			t.Errorf("kind %d, of %s, offers %v, %v", kind, command, found, err)
		}
	}
}

// TestS72_HostileNames: what TAB puts into the line is one printable word, no flag, and means the
// name itself.
func TestS72_HostileNames(t *testing.T) {
	hostile := tree{"/": {
		"-rf", "a b", `a"b`, "a'b", "a;b", "a!b", "a|b", "a&b", "a$(b)", "a`b`", "a*b", "a\\b", "a\x1b]0;b\a", "a\nb",
		"a\xffb", "#a", "~a", "a\u202eb", "=a", "{a,b}",
	}}
	for _, quote := range []string{"", "'", `"`} {
		line := "get " + quote
		r := Request{Line: line, Pos: len(line), Table: table(), Sources: Sources{Remote: NewRemote(hostile), RemoteDir: "/"}}
		result := Complete(t.Context(), r)
		if len(result.Items) != len(hostile["/"]) {
			t.Errorf("%s offers %d of %d names", line, len(result.Items), len(hostile["/"]))
		}
		for _, item := range result.Items {
			if strings.ContainsFunc(item.Insert, func(c rune) bool { return c < ' ' || c == 0x7f }) {
				t.Errorf("%s offers a control character: %q", line, item.Insert)
			}
			if got := read(t, "get "+item.Insert); got != item.Label && got != "./"+item.Label {
				t.Errorf("%s offers %q for %q, which is read as %q", line, item.Insert, item.Label, got)
			}
		}
	}
}

// TestS72_NoPathAsAName: a listed name that is a path is not offered.
func TestS72_NoPathAsAName(t *testing.T) {
	r := Request{Line: "get ", Pos: 4, Table: table(), Sources: Sources{Remote: NewRemote(tree{"/": {"../../etc/passwd", "..", "ok"}}), RemoteDir: "/"}}
	if result := Complete(t.Context(), r); len(result.Items) != 1 || result.Items[0].Label != "ok" {
		t.Errorf("offered: %v", result.Items)
	}
}

// slow answers when it is told to.
type slow struct {
	tree
	release chan struct{}
	asked   int
}

func (s *slow) List(ctx context.Context, dir string) ([]listing.Entry, error) {
	s.asked++
	select {
	case <-s.release:
		return s.tree.List(ctx, dir)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// TestS72_SlowServer: TAB gives up after its time, the listing goes on, and the next TAB has it.
func TestS72_SlowServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lister := &slow{tree: server, release: make(chan struct{})}
		r := Request{Line: "cd publ", Pos: 7, Table: table(), Sources: Sources{Remote: NewRemote(lister), RemoteDir: "/home"}}
		for range 2 {
			start := time.Now()
			result := Complete(t.Context(), r)
			if took := time.Since(start); took != Deadline || !errors.Is(result.Err, context.DeadlineExceeded) {
				t.Errorf("TAB takes %v: %v", took, result.Err)
			}
		}
		close(lister.release)
		synctest.Wait()
		if result := Complete(t.Context(), r); lines(r, result) != "cd public/|" || lister.asked != 1 {
			t.Errorf("after %d listings: %v, %v", lister.asked, result.Items, result.Err)
		}
	})
}

func TestCancelledTABReturnsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lister := &slow{tree: server, release: make(chan struct{})}
		r := Request{Line: "cd ", Pos: 3, Table: table(), Sources: Sources{Remote: NewRemote(lister), RemoteDir: "/home"}}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if result := Complete(ctx, r); !errors.Is(result.Err, context.Canceled) {
			t.Errorf("error is %v", result.Err)
		}
		close(lister.release)
	})
}

// counting counts the listings of each directory.
type counting struct {
	tree
	asked map[string]int
}

func (c *counting) List(ctx context.Context, dir string) ([]listing.Entry, error) {
	c.asked[dir]++
	return c.tree.List(ctx, dir)
}

func TestListingsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lister := &counting{server, map[string]int{}}
		r := Request{Line: "cd ", Pos: 3, Table: table(), Sources: Sources{Remote: NewRemote(lister), RemoteDir: "/home"}}
		tab := func(want int) {
			t.Helper()
			if Complete(t.Context(), r); lister.asked["/home"] != want {
				t.Errorf("listed %d times; want %d", lister.asked["/home"], want)
			}
		}
		tab(1)
		tab(1)
		time.Sleep(keepFor - time.Second)
		tab(1)
		time.Sleep(time.Second)
		tab(2)
		r.Sources.Remote.Reset()
		tab(3)
		r.Line, r.Pos = "cd /home/", 9 // the same directory by its full name
		tab(3)
	})
}

func TestFailuresAreToldAndNotKept(t *testing.T) {
	lister := &counting{server, map[string]int{}}
	r := Request{Line: "cd nonesuch/", Pos: 12, Table: table(), Sources: Sources{Remote: NewRemote(lister), RemoteDir: "/home"}}
	for want := 1; want <= 2; want++ {
		result := Complete(t.Context(), r)
		if result.Err == nil || len(result.Items) > 0 || lister.asked["/home/nonesuch"] != want {
			t.Errorf("%v, listed %d times", result.Err, lister.asked["/home/nonesuch"])
		}
	}
}

// FuzzComplete: the range is within the line, and what is put in keeps the rest of the line.
func FuzzComplete(f *testing.F) {
	for _, line := range []string{"get 'a", "cd pu", "get -o", "set tls ", `get "a\`, "!x", "get $'a", "a|b", "get >x", "-"} {
		f.Add(line, len(line))
	}
	local := localTree(f)
	f.Fuzz(func(t *testing.T, line string, pos int) {
		if pos < 0 || pos > len(line) || strings.Contains(line, "/") {
			return
		}
		r := request(t, "|", local)
		r.Line, r.Pos = line, pos
		result := Complete(t.Context(), r)
		if result.Start < 0 || result.Start > result.End || result.End > len(line) {
			t.Errorf("%q at %d: %d to %d", line, pos, result.Start, result.End)
		}
	})
}

// BenchmarkComplete: one TAB in a directory of 50,000 entries that was listed before.
func BenchmarkComplete(b *testing.B) {
	var names []string
	for i := range 50_000 {
		names = append(names, fmt.Sprintf("file %05d.txt", i))
	}
	for name, typed := range map[string]string{"one": "file 04999", "all": "", "none": "x", "folded": "FILE 04999"} {
		line := `get "` + typed
		r := Request{Line: line, Pos: len(line), Table: table(), Sources: Sources{Remote: NewRemote(tree{"/": names}), RemoteDir: "/"}}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Complete(b.Context(), r)
			}
		})
	}
}
