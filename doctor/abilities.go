package doctor

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"ftpsh/internal/listing"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// abilities are what a probe tries, in this order.
var abilities = []ability{
	{name: "MLSD", feature: "MLST", try: tryMLSD},
	{name: "MLST", feature: "MLST", try: tryMLST},
	{name: "SIZE", feature: "SIZE", try: trySIZE},
	{name: "MDTM", feature: "MDTM", try: tryMDTM},
	{name: "MFMT", feature: "MFMT", writes: true, try: tryMFMT},
	{name: "REST of RETR", feature: "REST", try: tryRESTOfRETR},
	{name: "REST of STOR", feature: "REST", writes: true, try: tryRESTOfSTOR},
	{name: "EPSV", feature: "EPSV", try: dataBy("EPSV", false)},
	{name: "EPRT", feature: "EPRT", try: dataBy("EPRT", true)},
	{name: "UTF8", feature: "UTF8", writes: true, try: tryUTF8},
	{name: "TVFS", feature: "TVFS", try: tryTVFS},
	{name: "HASH", feature: "HASH", try: tryHASH},
	{name: "XCRC", feature: "XCRC", try: checksum("XCRC", func() hash.Hash { return crc32.NewIEEE() })},
	{name: "XMD5", feature: "XMD5", try: checksum("XMD5", md5.New)},
	{name: "XSHA1", feature: "XSHA1", try: checksum("XSHA1", sha1.New)},
	{name: "XSHA256", feature: "XSHA256", try: checksum("XSHA256", sha256.New)},
	{name: "PRET", feature: "PRET", try: asked("PRET LIST")},
	{name: "CLNT", feature: "CLNT", try: asked("CLNT ftpsh")},
	{name: "connections", try: tryConnections},
	{name: "idle timeout", try: readIdleTimeout},
}

var errNoFile = errors.New("there is no file to try it on")

// onFile has a trial skipped where there is no file.
func (p *prober) onFile(try func() error) (Proof, string) {
	if p.file == "" {
		return Untried, errNoFile.Error()
	}
	return verdict(try(), "")
}

// tryMLSD lists by facts and looks whether the file is there (RFC 3659 section 7).
func tryMLSD(p *prober, ctx context.Context) (Proof, string) {
	parser, facts, entries := listing.NewFacts(), map[string]bool{}, map[string]listing.Entry{}
	err := p.conn.Lines(ctx, "probe", "MLSD", p.dir, func(line string) error {
		entry, found := parser.Line(line)
		if found != listing.Found {
			return fmt.Errorf("a line without facts: %q", line)
		}
		for fact := range strings.SplitSeq(strings.TrimSuffix(entry.Facts, ";"), ";") {
			name, _, _ := strings.Cut(fact, "=")
			facts[strings.ToLower(name)] = true
		}
		entries[entry.Name] = entry
		return nil
	})
	if entry, listed := entries[p.file[strings.LastIndexByte(p.file, '/')+1:]]; err == nil && p.file != "" {
		switch {
		case !listed:
			err = fmt.Errorf("%s is not in it", p.file)
		case entry.Size >= 0 && entry.Size != int64(len(p.content)):
			err = fmt.Errorf("%s has %d bytes, not %d", p.file, len(p.content), entry.Size)
		}
	}
	return verdict(err, strings.Join(slices.Sorted(maps.Keys(facts)), " "))
}

func tryMLST(p *prober, ctx context.Context) (Proof, string) {
	return p.onFile(func() error {
		reply, err := p.conn.Command(ctx, "mlst", "MLST", p.file)
		if err != nil {
			return err
		}
		for _, line := range reply.Lines {
			if _, ok := listing.MLST(line); ok {
				return nil
			}
		}
		return errors.New("a reply without facts")
	})
}

// trySIZE compares the size with that of the contents (RFC 3659 section 4).
func trySIZE(p *prober, ctx context.Context) (Proof, string) {
	return p.onFile(func() error {
		size, err := p.conn.Size(ctx, p.file)
		if err == nil && size != int64(len(p.content)) {
			err = fmt.Errorf("%d bytes were told, and %d came", size, len(p.content))
		}
		return err
	})
}

func tryMDTM(p *prober, ctx context.Context) (Proof, string) {
	return p.onFile(func() error {
		_, err := p.conn.ModTime(ctx, p.file)
		return err
	})
}

// tryMFMT sets a time and reads it back.
func tryMFMT(p *prober, ctx context.Context) (Proof, string) {
	want := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	return p.onFile(func() error {
		if _, err := p.conn.Command(ctx, "mfmt", "MFMT", want.Format("20060102150405"), p.file); err != nil {
			return err
		}
		got, err := p.conn.ModTime(ctx, p.file)
		if err == nil && !got.Equal(want) {
			err = fmt.Errorf("%v was set, and %v is told", want.Format(time.DateTime), got.Format(time.DateTime))
		}
		return err
	})
}

// tryRESTOfRETR fetches the second half of the file (RFC 3659 section 5).
func tryRESTOfRETR(p *prober, ctx context.Context) (Proof, string) {
	return p.onFile(func() error {
		half := len(p.content) / 2
		got, err := p.get(ctx, p.file, int64(half))
		switch {
		case err != nil:
			return err
		case bytes.Equal(got, p.content) && half > 0:
			return errors.New("agreed to, and then ignored: the whole file came")
		case !bytes.Equal(got, p.content[half:]):
			return fmt.Errorf("%d bytes came, which are not the last %d of the file", len(got), len(p.content)-half)
		}
		return nil
	})
}

// tryRESTOfSTOR stores the second half of a file behind its first.
func tryRESTOfSTOR(p *prober, ctx context.Context) (Proof, string) {
	whole := []byte("0123456789abcdef")
	path, err := p.put(ctx, "rest.txt", whole[:8])
	if err == nil {
		_, _, err = p.conn.Put(ctx, path, remote.Replace, 8, bytes.NewReader(whole[8:]))
	}
	if err != nil {
		return verdict(err, "")
	}
	got, err := p.get(ctx, path, 0)
	if err == nil && !bytes.Equal(got, whole) {
		err = fmt.Errorf("%d bytes are there, not the %d that were sent", len(got), len(whole))
	}
	return verdict(err, "")
}

// dataBy lists over a data connection of one mode.
func dataBy(mode string, active bool) func(*prober, context.Context) (Proof, string) {
	return func(p *prober, ctx context.Context) (Proof, string) {
		if active && p.conn.Site().Options.Proxy != nil {
			return Untried, "not through a proxy"
		}
		before := p.conn.Site().Options.Data
		defer p.conn.ChangeData(func(d *wire.DataOptions) { *d = before })
		p.conn.ChangeData(func(d *wire.DataOptions) { d.Active, d.Classic = active, false })
		err := p.conn.Lines(ctx, "probe", "LIST", p.dir, func(string) error { return nil })
		if err != nil {
			return verdict(err, "")
		}
		if used := p.modeUsed(); used != mode {
			return Refused, used + " works"
		}
		return Works, ""
	}
}

// modeUsed is how the last data connection was opened.
func (p *prober) modeUsed() string {
	control := p.conn.Control()
	if control == nil || control.LastData() == nil {
		return "none"
	}
	return control.LastData().Mode
}

// tryUTF8 stores a file with a name of several alphabets, and looks for it (RFC 2640).
func tryUTF8(p *prober, ctx context.Context) (Proof, string) {
	const name = "grüße-日本-λ.txt"
	if _, err := p.put(ctx, name, []byte("x")); err != nil {
		return verdict(err, "")
	}
	entries, err := p.conn.List(ctx, p.dir, remote.ListOptions{})
	if err == nil && !slices.ContainsFunc(entries.Entries, func(e listing.Entry) bool { return e.Name == name }) {
		err = fmt.Errorf("%s was stored, and is not in the listing", name)
	}
	return verdict(err, "")
}

// tryTVFS names the file by a path with slashes (RFC 3659 section 6).
func tryTVFS(p *prober, ctx context.Context) (Proof, string) {
	return p.onFile(func() error {
		_, err := p.conn.Size(ctx, p.conn.Abs(p.file))
		return err
	})
}

// tryHASH asks for a checksum by the algorithm that the server has chosen (draft-bryan-ftpext-hash).
func tryHASH(p *prober, ctx context.Context) (Proof, string) {
	notes := ""
	proof, why := p.onFile(func() error {
		reply, err := p.conn.Command(ctx, "hash", "HASH", p.file)
		if err == nil {
			text := reply.Text() // ProFTPD says on a line before that it computes
			notes, _, _ = strings.Cut(text[strings.LastIndexByte(text, '\n')+1:], " ")
		}
		return err
	})
	if proof == Works {
		return proof, notes
	}
	return proof, why
}

// checksum asks for a checksum and compares it with that of the contents.
func checksum(verb string, sum func() hash.Hash) func(*prober, context.Context) (Proof, string) {
	return func(p *prober, ctx context.Context) (Proof, string) {
		return p.onFile(func() error {
			reply, err := p.conn.Command(ctx, strings.ToLower(verb), verb, p.file)
			if err != nil {
				return err
			}
			h := sum()
			h.Write(p.content)
			if want := fmt.Sprintf("%x", h.Sum(nil)); !strings.Contains(strings.ToLower(reply.Text()), want) {
				return fmt.Errorf("%q is not %s", reply.Text(), want)
			}
			return nil
		})
	}
}

// asked is an ability that shows in the reply to a line.
func asked(line string) func(*prober, context.Context) (Proof, string) {
	return func(p *prober, ctx context.Context) (Proof, string) {
		_, err := p.conn.Command(ctx, "probe", line)
		return verdict(err, "")
	}
}

// mostSpares is how many further connections are tried.
const mostSpares = 4

// tryConnections opens further connections until there are enough, or the server has enough.
func tryConnections(p *prober, ctx context.Context) (Proof, string) {
	var spares []*remote.Conn
	defer func() {
		for _, spare := range spares {
			_, _ = spare.Close(context.WithoutCancel(ctx), false)
		}
	}()
	for len(spares) < mostSpares {
		spare, err := p.conn.Spare(ctx)
		if err != nil {
			if len(spares) == 0 {
				return verdict(err, "")
			}
			return Works, fmt.Sprintf("%d at once, not more: %v", len(spares)+1, err)
		}
		spares = append(spares, spare)
	}
	return Works, fmt.Sprintf("%d at once, or more", len(spares)+1)
}

// idleWords are how servers announce when they will hang up.
var idleWords = regexp.MustCompile(`(?i)(?:idle|inactiv|session timeout)[^0-9\n]{0,40}(\d+) *(s|m)?|(\d+) *(s|m)[a-z]* of inactivity`)

// readIdleTimeout looks for what the server says about idle sessions, in its greeting and its status.
func readIdleTimeout(p *prober, ctx context.Context) (Proof, string) {
	texts := []string{p.conn.Welcome()}
	for _, line := range []string{"STAT", "SITE IDLE"} {
		if reply, err := p.conn.Command(ctx, "probe", line); err == nil {
			texts = append(texts, reply.Text())
		}
	}
	for _, text := range texts {
		if m := idleWords.FindStringSubmatch(text); m != nil {
			return Works, strings.TrimSpace(m[1] + m[3] + " " + unit(m[2]+m[4]))
		}
	}
	return Untried, "not announced"
}

func unit(letter string) string {
	if strings.EqualFold(letter, "m") {
		return "minutes"
	}
	return "seconds"
}
