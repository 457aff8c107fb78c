package remote

import (
	"path"
	"strings"
)

// wirePath is a name as the server is to see it. One that begins with a dash or a blank gets
// "./" in front: servers hand such a name to ls, or eat the blank.
func (c *Conn) wirePath(name string) (string, error) {
	if strings.HasPrefix(name, "-") || strings.HasPrefix(name, " ") {
		name = "./" + name
	}
	return c.names.encode(name)
}

// Abs is name seen from the working directory, in the slashes that nearly all servers use.
func (c *Conn) Abs(name string) string {
	if strings.HasPrefix(name, "/") {
		return path.Clean(name)
	}
	return path.Join("/", c.Dir(), name)
}

// Join puts an entry under a directory, as the server's paths go.
func Join(dir, name string) string {
	switch {
	case dir == "", dir == ".":
		return name
	case strings.HasSuffix(dir, "/"):
		return dir + name
	}
	return dir + "/" + name
}

// withArgument is a command with a path, or alone when the path is empty.
func withArgument(verb, path string) string {
	if path == "" {
		return verb
	}
	return verb + " " + path
}

// Split parts a path into the directory, empty for the working directory, and the name in it.
func Split(name string) (parent, base string) {
	trimmed := strings.TrimRight(name, "/")
	at := strings.LastIndexByte(trimmed, '/')
	switch {
	case at < 0:
		return "", trimmed
	case at == 0:
		return "/", trimmed[1:]
	}
	return trimmed[:at], trimmed[at+1:]
}
