package main

import (
	"strings"

	"ftpsh/internal/ftptest"
)

// step is one line of the session that runs on every real server.
type step struct {
	name string // of the command that it is about
	line string // as typed; ADDR is the server, DIR an empty directory of it
	want string // pattern of what it prints

	lacks map[ftptest.Kind]string // pattern of the refusal, where a server does not have the command
	clear string                  // a pattern in its place for a plain connection
}

// expected is the exit status of the step on a server, and what it prints there.
func (s step) expected(d ftptest.Daemon) (status, pattern string) {
	refusal, refused := s.lacks[d.Kind]
	switch {
	case s.clear != "" && d.Mode == ftptest.Plain:
		return "0", s.clear
	case refused:
		return "1", refusal
	}
	return "0", s.want
}

// small is text, and large is more than any buffer holds, with every byte in it.
var (
	small = "one\ntwo\nthree\n"
	large = strings.Repeat("\x00\x01\r\n\xff\xfe0123456789", 80_000)
)

// luggage is the files of this machine that the session begins with.
var luggage = map[string]string{
	"small.txt": small, "two words.txt": "a blank in its name\n", "large.bin": large, "part.bin": large[:500_000],
	"m1.dat": "1", "m2.dat": "2",
}

// souvenirs is what must be there at its end.
var souvenirs = map[string]string{
	"back.bin": large, "part.bin": large, "text.txt": small, "got/small.txt": small, "got/two words.txt": "a blank in its name\n",
	"reput.bin": large, "newer.txt": small, "names": "small.txt\ntwo words.txt\n",
}

var noMLSD = map[ftptest.Kind]string{ftptest.VSFTPD: `: 500 `}

// journey is every command that depends on the server, each where it can be seen what it does.
var journey = []step{
	{name: "cd", line: "cd DIR"},
	{name: "pwd", line: "pwd", want: `^DIR\n$`},
	{name: "put", line: "put small.txt", want: `^small.txt: 14 bytes`},
	{name: "put", line: `put "two words.txt"`},
	{name: "put", line: "put large.bin"},
	{name: "size", line: "size large.bin", want: `^1280000\n$`},
	{name: "get", line: "get large.bin back.bin"},
	{name: "get", line: "get small.txt -", want: `^one\ntwo\nthree\n$`},
	{name: "reget", line: "reget large.bin part.bin"},
	{name: "restart", line: "restart 4", want: `byte 4`},
	{name: "restart", line: "get small.txt -", want: `^two\nthree\n$`},
	{name: "newer", line: "newer small.txt newer.txt"},
	{name: "cat", line: "cat small.txt", want: `^one\ntwo\nthree\n$`},
	{name: "more", line: "more small.txt", want: `^one\ntwo\nthree\n$`},
	{name: "delete", line: "delete large.bin"},
	{name: "ls", line: "ls", want: `^small.txt\ntwo words.txt\n$`},
	{name: "ls", line: "ls -la", want: `small.txt\n`},
	{name: "ls", line: "ls --json small.txt", want: `"name":"small.txt","type":"file","size":14,`},
	{name: "ls", line: "ls *words*", want: `^two words.txt\n$`},
	{name: "dir", line: "dir", want: `-rw.* 14 .*small.txt\n`},
	{name: "nlist", line: "nlist", want: `two words.txt\n`},
	{name: "nlist", line: "nlist *.txt", want: `^small.txt\ntwo words.txt\n$`},
	{name: "mlsd", line: "mlsd", want: `(?i)type=file;.*; small.txt\n`, lacks: noMLSD},
	{name: "mlst", line: "mlst small.txt", want: `(?i)size=14;`, lacks: noMLSD},
	{name: "mls", line: "mls . names.out"},
	{name: "mdir", line: "mdir . dir.out"},
	{name: "ls", line: "ls > names"},
	{name: "stat", line: "stat small.txt", want: `size +14 bytes`},
	{name: "modtime", line: "modtime small.txt", want: `^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ\n$`},
	{name: "touch", line: "touch -t 2020-02-03T04:05:06 small.txt"},
	{name: "modtime", line: "modtime small.txt", want: `^2020-02-03T04:05:06Z\n$`},
	{name: "touch", line: "touch new"},
	{name: "append", line: "append small.txt new"},
	{name: "append", line: "append small.txt new"},
	{name: "size", line: "size new", want: `^28\n$`},
	{name: "chmod", line: "chmod 600 new"},
	{name: "rename", line: "rename new old"},
	{name: "mkdir", line: `mkdir "sub dir"`},
	{name: "mkdir", line: "mkdir -p a/b"},
	{name: "rename", line: `rename old "sub dir"`},
	{name: "ls", line: `ls "sub dir"`, want: `^old\n$`},
	{name: "cd", line: `cd "sub dir"`},
	{name: "pwd", line: "pwd", want: `^DIR/sub dir\n$`},
	{name: "cdup", line: "cdup"},
	{name: "cd", line: "cd -"},
	{name: "cd", line: "cd .."},
	{name: "mput", line: "mput m?.dat", want: `2 files`},
	{name: "mget", line: "lmkdir got; lcd got; mget *.txt; lcd ..", want: `2 files`},
	{name: "mget", line: "lcd got; mget -f *.txt; lcd ..", want: `2 files`},
	{name: "fget", line: "fget -f names; lrm small.txt; get -f small.txt"},
	{name: "mreget", line: "mreget *.txt"},
	{name: "put -f", line: "put -f small.txt; put -n small.txt"},
	{name: "mdelete", line: "prompt off; mdelete m?.dat"},
	{name: "delete", line: `delete "sub dir/old"`},
	{name: "rmdir", line: `rmdir "sub dir" a/b a`},
	{name: "ascii", line: "ascii"},
	{name: "type", line: "type", want: `^ascii\n$`},
	{name: "ascii", line: "get small.txt text.txt"},
	{name: "size", line: "size small.txt", want: `^14\n$`},
	{name: "binary", line: "binary"},
	{name: "tenex", line: "tenex"},
	{name: "binary", line: "image"},
	{name: "put -R", line: "put -R small.txt"},
	{name: "put --direct", line: "put --direct small.txt direct.txt"},
	{name: "put -u", line: "put -u small.txt"},
	{name: "reput", line: "put part.bin reput.bin; get reput.bin"},
	{name: "reput", line: "lrename reput.bin whole; reput whole reput.bin; lrename whole reput.bin"},
	{name: "epsv", line: "epsv off; ls direct.txt; epsv on", want: `direct.txt\n`},
	{name: "passive", line: "passive off; ls direct.txt; passive on; ls direct.txt", want: `direct.txt\n[^\n]*\ndirect.txt\n`},
	{name: "quote", line: "quote NOOP", want: `^200 `},
	{name: "quote -d", line: "quote -d NLST", want: `direct.txt`},
	{name: "site", line: "site help", want: `^214`},
	{name: "umask", line: "umask", want: `\d`, lacks: map[ftptest.Kind]string{ftptest.ProFTPD: `: 5`, ftptest.PureFTPd: `: 5`, ftptest.PyFTPDLib: `: 5`}},
	{name: "idle", line: "idle 600", lacks: map[ftptest.Kind]string{ftptest.VSFTPD: `: 5`, ftptest.ProFTPD: `: 5`, ftptest.PyFTPDLib: `: 5`}},
	{name: "system", line: "system", want: `^215 UNIX`},
	{name: "features", line: "features", want: `(?s)^211-.*MDTM`},
	{name: "remopts", line: "remopts UTF8 ON", want: `^200`, lacks: map[ftptest.Kind]string{ftptest.PureFTPd: `: 504 `, ftptest.PyFTPDLib: `: 501 `}},
	{name: "rhelp", line: "rhelp", want: `^214`},
	{name: "rstatus", line: "rstatus", want: `^21[13]`},
	{name: "welcome", line: "welcome", want: `\S`},
	{name: "status", line: "status", want: `directory +DIR\n`},
	{name: "tls", line: "tls", want: `version +TLS 1\.[23]\n`, clear: `version +none: the connection is not encrypted\n`},
	{name: "prot", line: "prot", want: `data`},
	{name: "reset", line: "reset"},
	{name: "abort", line: "abort", want: `^22[56] `},
	{name: "reopen", line: "reopen"},
	{name: "pwd", line: "pwd", want: `^DIR\n$`},
	{name: "close", line: "close"},
	{name: "open", line: "open ADDR"},
	{name: "ls", line: "ls DIR/direct.txt", want: `direct.txt\n$`},
	{name: "close", line: "close -f"},
}
