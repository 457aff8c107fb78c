package remote

import (
	"slices"
	"strings"

	"ftpsh/internal/wire"
)

// uniqueName finds the name that the server gave a file stored with STOU: `FILE: name` in the
// 1xx (RFC 1123 section 4.1.2.9), or in quotes or after "as" in the last reply. It is on one line of
// the reply, with others around it on some servers (Pure-FTPd).
func uniqueName(opening, last wire.Reply, fallback string) string {
	for _, text := range slices.Concat(opening.Lines, last.Lines) {
		if _, name, found := strings.Cut(text, "FILE: "); found && name != "" {
			return strings.TrimSpace(name)
		}
		if _, name, found := strings.Cut(text, "unique file name:"); found {
			return strings.TrimRight(strings.TrimSpace(name), ").")
		}
		if first := strings.IndexByte(text, '"'); first >= 0 {
			if end := strings.IndexByte(text[first+1:], '"'); end > 0 {
				return text[first+1 : first+1+end]
			}
		}
	}
	return fallback
}
