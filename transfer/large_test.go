package transfer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ftpsh/internal/demo"
	"ftpsh/internal/ftptest"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// beyond32 is a size that has no room in 32 bits.
const beyond32 = 1<<32 + 12_345

// sparse makes a file that is long and takes no room; tail stands at its end.
func sparse(t *testing.T, path string, size int64, tail string) {
	t.Helper()
	file, err := os.Create(path)
	if err == nil {
		err = file.Truncate(size - int64(len(tail)))
	}
	if err == nil {
		_, err = file.WriteAt([]byte(tail), size-int64(len(tail)))
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// ending is the end of a file.
func ending(t *testing.T, path string, n int) (size int64, end string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	text := make([]byte, n)
	if _, err := file.ReadAt(text, info.Size()-int64(n)); err != nil {
		t.Fatal(err)
	}
	return info.Size(), string(text)
}

// A transfer goes on behind 4 GiB in both directions: the sizes are exact, and so is the place.
func TestF27_BeyondFourGigabytes(t *testing.T) {
	srv := ftptest.Demo(t, demo.Options{Empty: true})
	goesOnBeyond(t, connect(t, srv.Addr(), demo.User, srv.Password(), remote.Options{}, wire.TLSNever), srv.Directory(), "")
}

func TestF27_BeyondFourGigabytesOnDaemons(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		local, path := d.Dir(t)
		goesOnBeyond(t, connectDaemon(t, d), local, path+"/")
	}, ftptest.Plain)
}

func goesOnBeyond(t *testing.T, conn *remote.Conn, there, path string) {
	t.Helper()
	b := &bench{conn: conn, dir: t.TempDir()}
	tail := strings.Repeat("the end", 1000)
	sparse(t, filepath.Join(there, "down"), beyond32, tail)
	sparse(t, filepath.Join(b.dir, "down"), beyond32-int64(len(tail)), "")
	result, err := b.get(t, Download{Remote: path + "down", Resume: true})
	size, end := ending(t, filepath.Join(b.dir, "down"), len(tail))
	if err != nil || !result.Verified || result.Size != beyond32 || result.Bytes != int64(len(tail)) || size != beyond32 || end != tail {
		t.Errorf("down: %+v, %v; %d bytes here", result, err, size)
	}
	sparse(t, filepath.Join(b.dir, "up"), beyond32, tail)
	sparse(t, filepath.Join(there, "up"), beyond32-int64(len(tail)), "")
	if err := os.Chmod(filepath.Join(there, "up"), 0o666); err != nil {
		t.Fatal(err)
	}
	result, err = b.put(t, Upload{Local: "up", Remote: path + "up", Resume: true})
	size, end = ending(t, filepath.Join(there, "up"), len(tail))
	if err != nil || !result.Verified || result.Size != beyond32 || result.Bytes != int64(len(tail)) || size != beyond32 || end != tail {
		t.Errorf("up: %+v, %v; %d bytes there", result, err, size)
	}
}

// Sizes are no floating point numbers: what 53 bits cannot count is told to the byte.
func TestF27_SizesBeyond53Bits(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/a", []byte("text"))
	b.Answer("SIZE", "213 9007199254740993")
	b.Answer("MLST", "250-listing", " type=file;size=9007199254740993; /a", "250 end")
	_, err := b.get(t, Download{Remote: "/a"})
	wants(t, err, ErrLocal, 7, "9007199254740993 bytes are to come")
	b.Tree.Write("/d/a", []byte("text"))
	b.lists("type=file;size=9007199254740993; a")
	_, told, _ := b.down(t, &Job{})
	if !strings.Contains(strings.Join(told, "\n"), "9007199254740993 bytes are to come") {
		t.Errorf("told %q", told)
	}
}

// Files of no bytes and of one, in both directions, alone and in a job.
func TestF27_NextToNothing(t *testing.T) {
	b := newBench(t)
	tree := map[string]string{"empty": "", "one": "1"}
	plant(t, b.dir, tree)
	if summary, told, err := b.up(t, &Job{}); err != nil || summary.Moved != 2 || summary.Bytes != 1 {
		t.Errorf("up: %+v, %v\n%s", summary, err, told)
	}
	b.dir = t.TempDir()
	if summary, told, err := b.down(t, &Job{}); err != nil || summary.Moved != 2 || summary.Bytes != 1 {
		t.Errorf("down: %+v, %v\n%s", summary, err, told)
	}
	sameTree(t, files(t, b.dir), tree)
	for name, content := range tree {
		result, err := b.get(t, Download{Remote: "/d/" + name, Policy: Overwrite, Segments: 4})
		if err != nil || !result.Verified || result.Size != int64(len(content)) {
			t.Errorf("%s: %+v, %v", name, result, err)
		}
	}
}
