package transfer

import (
	"context"
	"crypto/tls"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// way is a transfer command: it moves the file called bad, and with it two others if it is for several.
type way struct {
	upload  bool
	several bool
	large   bool // the file has to be large enough for segments
	run     func(b *bench, t *testing.T) (told []string, err error)
}

var ways = map[string]way{
	"get": {run: func(b *bench, t *testing.T) ([]string, error) {
		_, err := b.get(t, Download{Remote: "/d/bad", Part: true, Policy: Overwrite})
		return nil, err
	}},
	"put": {upload: true, run: func(b *bench, t *testing.T) ([]string, error) {
		_, err := b.put(t, Upload{Local: "bad", Remote: "/d/bad", Policy: Overwrite})
		return nil, err
	}},
	"pget": {large: true, run: func(b *bench, t *testing.T) ([]string, error) {
		_, err := b.get(t, Download{Remote: "/d/bad", Part: true, Policy: Overwrite, Segments: 3, Retries: 1})
		return nil, err
	}},
	"get -r": {several: true, run: func(b *bench, t *testing.T) ([]string, error) {
		_, told, err := b.down(t, &Job{Workers: 2, Retries: 1})
		return told, err
	}},
	"put -r": {several: true, upload: true, run: func(b *bench, t *testing.T) ([]string, error) {
		_, told, err := b.up(t, &Job{Workers: 2, Retries: 1})
		return told, err
	}},
	"mget": {several: true, run: func(b *bench, t *testing.T) ([]string, error) {
		return b.each(t, &Several{Fetch: func(f Single) Download {
			return Download{Op: "mget", Remote: "/d/" + f.Path, Dir: b.dir, Name: f.Path, Part: true, Policy: Overwrite}
		}})
	}},
	"mput": {several: true, upload: true, run: func(b *bench, t *testing.T) ([]string, error) {
		return b.each(t, &Several{Send: func(f Single) Upload {
			return Upload{Op: "mput", Local: f.Path, Path: filepath.Join(b.dir, f.Path), Remote: "/d/" + f.Path, Policy: Overwrite, Known: b.known("/d/" + f.Path)}
		}})
	}},
}

// each moves the three files by name.
func (b *bench) each(t *testing.T, plan *Several) (told []string, err error) {
	for _, name := range []string{"bad", "good", "well"} {
		plan.Files = append(plan.Files, Single{Path: name})
	}
	_, told, err = b.job(t, &Job{Workers: 2, Retries: 1}, plan)
	return told, err
}

// known is a file of the server as a listing would tell it.
func (b *bench) known(path string) *Node {
	f, there := b.Tree.Get(path)
	if !there {
		return &Node{}
	}
	return &Node{Name: f.Name(), Size: int64(len(f.Content))}
}

func TestF02_F03_F04_F05_F06_F07_F08_F10_F29_FaultsOfTheWire(t *testing.T) {
	for name, w := range ways {
		for protection, version := range map[string]uint16{"clear": 0, "TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
			for _, f := range wireFaults() {
				if testing.Short() && version != 0 || !f.concerns(w, version) {
					continue
				}
				t.Run(f.row+" "+f.name+", "+name+", "+protection, func(t *testing.T) {
					t.Parallel()
					meet(t, w, f, version)
				})
			}
		}
	}
}

// concerns says whether there is a point in trying a fault: under TLS one code has to do for each class of
// refusals.
func (f *fault) concerns(w way, version uint16) bool {
	one := strings.HasPrefix(f.name, "451") || strings.HasPrefix(f.name, "552")
	return (w.upload || !f.long) && (version == 0 || f.row != "F08" || one)
}

// meeting is a transfer that meets a fault.
type meeting struct {
	*bench
	t *testing.T
	way
	fault
	content map[string]string // of the files that are to be moved
}

func meet(t *testing.T, w way, f fault, version uint16) {
	m := &meeting{bench: protectedBench(t, version), t: t, way: w, fault: f}
	m.plant()
	m.commit()
	m.open(f.limits)
	began := time.Now()
	told, err := w.run(m.bench, t)
	if took := time.Since(began); took > 2*time.Minute {
		t.Errorf("it took %v", took)
	}
	m.judge(told, err)
	m.heal()
	m.open(wire.Timeouts{})
	if told, err := w.run(m.bench, t); err != nil {
		t.Errorf("once more: %v\n%s", err, strings.Join(told, "\n"))
	}
	m.expectAll()
	m.usable(t)
}

// protectedBench is a server in clear, or with one version of TLS.
func protectedBench(t *testing.T, version uint16) *bench {
	t.Helper()
	options := script.Options{}
	if version != 0 {
		certificates := ftptest.Certificates(t)
		options.TLS = certificates.Serve(certificates.Good)
		options.TLS.MinVersion, options.TLS.MaxVersion = version, version
	}
	return &bench{Server: ftptest.Script(t, options), dir: t.TempDir()}
}

// open opens a session, which has these limits from then on.
func (m *meeting) open(limits wire.Timeouts) {
	if m.conn != nil {
		_, _ = m.conn.Close(context.Background(), true) // it may be closed already
	}
	options := remote.Options{TLSConfig: ftptest.Certificates(m.t).Trust()}
	m.conn = connect(m.t, m.Addr(), "ann", "secret", options, wire.TLSAuto)
	options.Timeouts = limits
	if err := m.conn.Reconfigure(options, wire.TLSAuto, false); err != nil {
		m.t.Fatal(err)
	}
}

// plant puts the files where they come from, and an old one where the bad one goes.
func (m *meeting) plant() {
	size := 100_000
	switch {
	case m.large:
		size = 3 * smallest
	case m.long:
		size = len(longText())
	}
	m.content = map[string]string{"bad": longText()[:size]}
	if m.several {
		m.content["good"], m.content["well"] = "good", "well"
	}
	m.Tree.Mkdir("/d")
	for name, content := range m.content {
		if m.upload {
			m.write(m.t, name, content)
		} else {
			m.Tree.Write("/d/"+name, []byte(content))
		}
	}
	if m.upload {
		m.Tree.Write("/d/bad", []byte("old"))
	} else {
		m.write(m.t, "bad", "old")
	}
}

// longText is more than all that lies in sockets between here and there.
var longText = sync.OnceValue(func() string { return string(random(15 << 20)) })

// commit makes the server commit the fault whenever it has to do with the file.
func (m *meeting) commit() {
	var offsets sync.Map
	m.On("REST", func(c *script.Conversation, offset string) {
		at, _ := strconv.Atoi(offset)
		offsets.Store(c, at)
		c.Default("REST", offset)
	})
	m.On("RETR", func(c *script.Conversation, name string) {
		at, _ := offsets.LoadAndDelete(c)
		offset, _ := at.(int)
		if !strings.HasSuffix(name, "bad") {
			c.Default("RETR", name)
			return
		}
		m.play(c, &middle{down: true, content: m.content["bad"], offset: offset})
	})
	m.On("STOR", func(c *script.Conversation, name string) {
		if !strings.Contains(name, "bad") {
			c.Default("STOR", name)
			return
		}
		m.play(c, &middle{keep: func(content []byte) { m.Tree.Write(absolute(name), content) }})
	})
}

// heal makes the server a good one again.
func (m *meeting) heal() {
	for _, verb := range []string{"REST", "RETR", "STOR"} {
		m.On(verb, func(c *script.Conversation, argument string) { c.Default(verb, argument) })
	}
}

// target is what stands under a final name.
func (m *meeting) target(name string) string {
	if m.upload {
		return m.there("/d/" + name)
	}
	content, _ := m.here(m.t, name)
	return content
}

// judge looks at what has become of the transfer: under the final name there is the old file or the new
// one, an error says what happened, and the other files have come over.
func (m *meeting) judge(told []string, err error) {
	direction := "down"
	if m.upload {
		direction = "up"
	}
	got := m.target("bad")
	isWhole := got == m.content["bad"]
	said := ""
	if err != nil {
		said = err.Error() + "\n" + strings.Join(told, "\n")
	}
	switch {
	case !isWhole && got != "old":
		m.t.Errorf("there are %d bytes under the final name", len(got))
	case strings.Contains(m.lucky, direction) && (err != nil || !isWhole):
		m.t.Errorf("%s", said)
	case !strings.Contains(m.lucky, direction) && (err == nil || isWhole):
		m.t.Errorf("a success, or whole (%v): %s", isWhole, said)
	case err != nil && !regexp.MustCompile(m.words).MatchString(said):
		m.t.Errorf("it does not say %q: %s", m.words, said)
	}
	for _, f := range m.Tree.List("/d") {
		if IsTemporary(f.Name()) && !strings.Contains(said, f.Name()) && m.limits.Data == 0 {
			m.t.Errorf("%s is left on the server, and not told: %s", f.Name(), said)
		}
	}
	for name, content := range m.content {
		if name != "bad" && m.limits.Data == 0 && m.target(name) != content {
			m.t.Errorf("%s did not come over: %s", name, said)
		}
	}
}

// expectAll is for the run without the fault: all is there, and nothing else but what clean knows.
func (m *meeting) expectAll() {
	for name, content := range m.content {
		if m.target(name) != content {
			m.t.Errorf("once more: %s is not whole", name)
		}
	}
	for _, f := range m.Tree.List("/d") {
		if m.content[f.Name()] == "" && !IsTemporary(f.Name()) {
			m.t.Errorf("left on the server: %s", f.Name())
		}
	}
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		m.t.Fatal(err)
	}
	if slices.ContainsFunc(entries, func(e os.DirEntry) bool { return m.content[e.Name()] == "" }) {
		m.t.Errorf("left here: %v", entries)
	}
}
