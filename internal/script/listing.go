package script

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"
)

// listing is what LIST, NLST, MLSD and STAT show of a path: the inside of a directory, or the file itself.
func (c *Conversation) listing(p string, show func(File) string) ([]string, error) {
	f, ok := c.server.Tree.Get(c.path(p))
	if !ok {
		return nil, errMissing
	}
	files := []File{f}
	if f.Dir {
		files = c.server.Tree.List(f.Path)
	}
	lines := make([]string, len(files))
	for i, f := range files {
		lines[i] = show(f)
	}
	return lines, nil
}

// withoutOptions takes leading words such as -la off the argument of LIST and NLST.
func withoutOptions(argument string) string {
	for strings.HasPrefix(argument, "-") {
		_, argument, _ = strings.Cut(argument, " ")
	}
	return argument
}

// longLine is the line of LIST, as ls -l has it.
func longLine(f File) string { return listLine(f.Name(), f.Dir, int64(len(f.Content)), f.Time) }

func listLine(name string, dir bool, size int64, changed time.Time) string {
	mode, links := "-rw-r--r--", 1
	if dir {
		mode, links = "drwxr-xr-x", 2
	}
	when := "Jan _2 15:04"
	if now().Sub(changed).Hours() > 24*180 {
		when = "Jan _2  2006"
	}
	return fmt.Sprintf("%s %3d owner    group    %8d %s %s", mode, links, size, changed.Format(when), name)
}

// factLine is the line of MLSD.
func factLine(f File) string { return facts(f) + " " + f.Name() }

// facts describes an entry (RFC 3659 section 7.2).
func facts(f File) string {
	kind, perm, size := "file", "adfrw", fmt.Sprintf("size=%d;", len(f.Content))
	if f.Dir {
		kind, perm, size = "dir", "cdeflmp", ""
	}
	unique := fnv.New32a()
	unique.Write([]byte(f.Path)) // a hash never fails
	return fmt.Sprintf("type=%s;%smodify=%s;perm=%s;unique=%x;", kind, size, f.Time.Format(timeFormat), perm, unique.Sum32())
}
