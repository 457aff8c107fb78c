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
