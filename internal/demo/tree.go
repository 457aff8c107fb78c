package demo

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path"
	"time"
)

// bigSize is the size of big/pattern-20MB.bin in bytes: long enough to watch.
const bigSize = 20_000_000

// bigStep is the distance in bytes between the marks in it. The rest is a hole, which costs no disk.
const bigStep = 1 << 16

// texts are the small files of the tree by name; their directories are made on the way.
var texts = []struct{ name, text string }{
	{"README.txt", `Welcome to the ftpsh demo server.

Everything here is temporary: the server, the password, this tree. Look
around, fetch, store, rename and delete; when you say bye it is all gone.

  names/      blanks, quotes and letters from elsewhere
  deep/       a long way down
  big/        20 MB, to watch the progress
  small/      300 files for mget
  incoming/   empty, for your own
  .hidden     shown by ls -a
`},
	{".hidden", "You found it.\n"},
	{"names/two words.txt", "Quote it or escape it: get \"two words.txt\"\n"},
	{"names/it's quoted.txt", "An apostrophe.\n"},
	{"names/Crème brûlée.txt", "Cream, sugar, egg yolks, vanilla.\n"},
	{"names/Übergröße.txt", "German.\n"},
	{"names/привет.txt", "Russian.\n"},
	{"names/日本語.txt", "Japanese, two columns a character.\n"},
	{"names/photos 2024/café.txt", "A directory with a blank.\n"},
	{"deep/down/the/rabbit/hole/there/is/a/treasure.txt", "Gold.\n"},
	{"deep/down/the/wrong/turn.txt", "Nothing here.\n"},
}

// smallFiles is the number of files in small/.
const smallFiles = 300

// plant fills an empty root.
func plant(root *os.Root) error {
	for _, t := range texts {
		if err := write(root, t.name, []byte(t.text)); err != nil {
			return err
		}
	}
	for i := range smallFiles {
		name := fmt.Sprintf("small/note-%03d.txt", i)
		if err := write(root, name, fmt.Appendf(nil, "note %d of %d\n", i, smallFiles)); err != nil {
			return err
		}
	}
	if err := writeBig(root); err != nil {
		return err
	}
	// One file whose listing shows a year instead of a time.
	old := time.Date(2019, time.July, 14, 12, 30, 0, 0, time.UTC)
	if err := root.Chtimes("README.txt", old, old); err != nil {
		return err
	}
	return root.Mkdir("incoming", 0o755)
}

func write(root *os.Root, name string, text []byte) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	return root.WriteFile(name, text, 0o644)
}

// writeBig writes the big file: every bigStep bytes its own offset, so that a piece in the wrong place shows.
func writeBig(root *os.Root) error {
	const name = "big/pattern-20MB.bin"
	if err := write(root, name, nil); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	err = f.Truncate(bigSize)
	for at := int64(0); at < bigSize && err == nil; at += bigStep {
		_, err = f.WriteAt(binary.BigEndian.AppendUint64(nil, uint64(at)), at)
	}
	return errors.Join(err, f.Close())
}
