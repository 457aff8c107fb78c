//go:build linux

package bench

import (
	"os/exec"
	"path"
	"testing"
)

// order is how a program is called, by its name first, and what is typed into it.
type order struct {
	args  []string
	typed string
}

// client says how a program is told what to do; what it cannot do is nil. Paths on the server are
// absolute.
type client struct {
	name    string
	ours    bool
	tls     bool // does it all over TLS too
	version func() order
	login   func(s site) order // log in, ask for the working directory, leave
	get     func(s site, remote, local string) order
	put     func(s site, local, remote string) order
	ls      func(s site, dir string) order                   // sorted, in a form of its own
	list    func(s site, dir string) order                   // the server's own lines
	names   func(s site, dir string) order                   // names alone
	shell   func(s site, dir string) order                   // a prompt in that directory
	getTree func(s site, t tree, remote, local string) order // all below remote, on up to connections at a time
	putTree func(s site, t tree, local, remote string) order
	mirror  func(s site, remote, local string) order // only what is not there yet
	find    func(s site, dir string) order           // the paths of all that is below dir
}

// connections is how many a client may have open at a time to move many files.
const connections = "16"

// clients returns ftpsh and the peers that this machine has.
func clients(b *testing.B) []client {
	b.Helper()
	program, err := ftpshProgram()
	if err != nil {
		b.Fatal(err)
	}
	here := []client{ftpsh(program)}
	for _, c := range []client{lftp, curl, tnftp, ncftp} {
		if _, err := exec.LookPath(c.version().args[0]); err != nil {
			b.Log(err)
			continue
		}
		here = append(here, c)
	}
	return here
}

func ftpsh(program string) client {
	// call leads to a directory, with the commands to run there.
	call := func(s site, dir string, commands ...string) order {
		args := []string{program, "--tls=never", s.url(dir)}
		if s.authority != "" {
			args = []string{program, "--tls=require", "--ca=" + s.authority, s.url(dir)}
		}
		for _, command := range commands {
			args = append(args, "-c", command)
		}
		return order{args: args}
	}
	return client{
		name: "ftpsh", ours: true, tls: true,
		version: func() order { return order{args: []string{program, "--version"}} },
		login:   func(s site) order { return call(s, "/", "pwd") },
		get:     func(s site, remote, local string) order { return call(s, "/", "get "+remote+" "+local) },
		put:     func(s site, local, remote string) order { return call(s, "/", "put "+local+" "+remote) },
		ls:      func(s site, dir string) order { return call(s, "/", "ls "+dir) },
		list:    func(s site, dir string) order { return call(s, "/", "dir "+dir) },
		names:   func(s site, dir string) order { return call(s, "/", "nlist "+dir) },
		shell:   func(s site, dir string) order { return call(s, dir+"/") },
		getTree: func(s site, _ tree, remote, local string) order {
			return call(s, "/", "mirror -P "+connections+" "+remote+" "+local)
		},
		putTree: func(s site, _ tree, local, remote string) order {
			return call(s, "/", "mirror -R -P "+connections+" "+local+" "+remote)
		},
		mirror: func(s site, remote, local string) order {
			return call(s, "/", "mirror -P "+connections+" "+remote+" "+local)
		},
		find: func(s site, dir string) order { return call(s, "/", "find "+dir) },
	}
}

var lftp = client{
	name: "lftp", tls: true,
	version: func() order { return order{args: []string{"lftp", "--version"}} },
	login:   func(s site) order { return lftpCall(s, "-c", "quote PWD") },
	get:     func(s site, remote, local string) order { return lftpCall(s, "-c", "get "+remote+" -o "+local) },
	put:     func(s site, local, remote string) order { return lftpCall(s, "-c", "put "+local+" -o "+remote) },
	ls:      func(s site, dir string) order { return lftpCall(s, "-c", "cls -1 "+dir+"/") },
	list:    func(s site, dir string) order { return lftpCall(s, "-c", "ls "+dir) },
	names:   func(s site, dir string) order { return lftpCall(s, "-c", "nlist "+dir) },
	shell:   func(s site, dir string) order { return lftpCall(s, "-e", "cd "+dir) },
	getTree: func(s site, _ tree, remote, local string) order {
		return lftpCall(s, "-c", "mirror -P"+connections+" "+remote+" "+local)
	},
	putTree: func(s site, _ tree, local, remote string) order {
		return lftpCall(s, "-c", "mirror -R -P"+connections+" "+local+" "+remote)
	},
	// With times it can tell what it has.
	mirror: func(s site, remote, local string) order {
		return lftpCall(s, "-c", "set ftp:use-mdtm on; mirror -P"+connections+" "+remote+" "+local)
	},
	find: func(s site, dir string) order { return lftpCall(s, "-c", "find "+dir) },
}

// lftpCall opens the server and runs a command there, as quick as lftp can: nothing in lock step, no
// FEAT, no time stamps. The flag says whether it leaves afterwards (-c) or stays (-e).
func lftpCall(s site, flag, command string) order {
	settings := "set ftp:sync-mode off; set ftp:use-feat off; set ftp:use-mdtm off; " +
		"set mirror:set-permissions off; set net:connection-limit 0; "
	if s.authority == "" {
		settings += "set ftp:ssl-allow off; "
	} else {
		settings += "set ftp:ssl-force on; set ftp:ssl-protect-data on; set ssl:ca-file " + s.authority + "; "
	}
	open := "open -u " + s.user + "," + s.password + " -p " + s.port + " " + s.host + "; "
	return order{args: []string{"lftp", "--norc", flag, settings + open + command}}
}

var curl = client{
	name: "curl", tls: true,
	version: func() order { return order{args: []string{"curl", "--version"}} },
	login:   func(s site) order { return curlCall(s, "--head", s.url("/")) },
	get:     func(s site, remote, local string) order { return curlCall(s, "--output", local, s.url(remote)) },
	put:     func(s site, local, remote string) order { return curlCall(s, "--upload-file", local, s.url(remote)) },
	ls:      func(s site, dir string) order { return curlCall(s, s.url(dir+"/")) },
	list:    func(s site, dir string) order { return curlCall(s, s.url(dir+"/")) },
	names:   func(s site, dir string) order { return curlCall(s, "--list-only", s.url(dir+"/")) },
	getTree: func(s site, t tree, remote, local string) order {
		return curlAtOnce(s, "--create-dirs", "--output", local+"/#1.dat", s.url(remote+"/"+t.globbed()))
	},
	putTree: func(s site, t tree, local, remote string) order {
		return curlAtOnce(s, "--ftp-create-dirs", "--upload-file", local+"/"+t.globbed(), s.url(remote+"/"))
	},
}

func curlAtOnce(s site, more ...string) order {
	return curlCall(s, append([]string{"--parallel", "--parallel-max", connections}, more...)...)
}

func curlCall(s site, more ...string) order {
	args := []string{"curl", "--silent", "--show-error", "--netrc"}
	if s.authority != "" {
		args = append(args, "--ssl-reqd", "--cacert", s.authority)
	}
	return order{args: append(args, more...)}
}

var tnftp = client{
	name:    "tnftp",
	version: func() order { return order{args: []string{"tnftp"}, typed: "version\nbye\n"} },
	login:   func(s site) order { return tnftpCall(s, "pwd") },
	get: func(s site, remote, local string) order {
		return order{args: []string{"tnftp", "-V", "-o", local, s.urlWithPassword(remote)}}
	},
	put: func(s site, local, remote string) order {
		return order{args: []string{"tnftp", "-V", "-u", s.urlWithPassword(remote), local}}
	},
	list:  func(s site, dir string) order { return tnftpCall(s, "dir "+dir) },
	names: func(s site, dir string) order { return tnftpCall(s, "nlist "+dir) },
	shell: func(s site, dir string) order { return order{args: []string{"tnftp", s.urlWithPassword(dir + "/")}} },
}

func tnftpCall(s site, command string) order {
	return order{args: []string{"tnftp", "-V", s.host, s.port}, typed: command + "\nbye\n"}
}

// ncftp is a family: ncftpget, ncftpput and ncftpls beside the shell. All file names stay as they are.
var ncftp = client{
	name:    "ncftp",
	version: func() order { return order{args: []string{"ncftp"}, typed: "version\nbye\n"} },
	get: func(s site, remote, local string) order {
		return ncftpCall(s, "ncftpget", s.host, path.Dir(local), remote)
	},
	put: func(s site, local, remote string) order {
		return ncftpCall(s, "ncftpput", s.host, path.Dir(remote), local)
	},
	list:  func(s site, dir string) order { return ncftpCall(s, "ncftpls", "-l", s.url(dir+"/")) },
	names: func(s site, dir string) order { return ncftpCall(s, "ncftpls", "-1", s.url(dir+"/")) },
}

func ncftpCall(s site, program string, more ...string) order {
	args := []string{program, "-u", s.user, "-p", s.password, "-P", s.port}
	if program != "ncftpls" {
		args = append(args, "-V")
	}
	return order{args: append(args, more...)}
}
