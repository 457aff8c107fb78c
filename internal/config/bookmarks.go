package config

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// Bookmark is a name for a URL. It never holds a password.
type Bookmark struct {
	Name string
	URL  string
	Note string // one line; may be ""
}

// Bookmarks is the file of bookmarks: name, URL and note, separated by blanks,
// one a line. Its methods may be called by several goroutines.
type Bookmarks struct{ file lineFile }

// List returns the bookmarks in the order of the file. The warnings tell of
// lines that are none, and of passwords that were written there by hand; they
// are left out of the URLs.
func (b *Bookmarks) List() (all []Bookmark, warnings []error, err error) {
	lines, err := b.file.lines()
	if err != nil {
		return nil, nil, err
	}
	for i, line := range lines {
		if isComment(line) {
			continue
		}
		bookmark, hadPassword, err := parseBookmark(line)
		if err == nil {
			all = append(all, bookmark)
		}
		if hadPassword {
			err = hinted("delete it from the file", "bookmark %s: its password is not used", bookmark.Name)
		}
		if err != nil {
			warnings = append(warnings, &LineError{Path: b.file.path, Line: i + 1, Err: err})
		}
	}
	return all, warnings, nil
}

// Find returns the bookmark of that name.
func (b *Bookmarks) Find(name string) (Bookmark, bool, error) {
	all, _, err := b.List()
	for _, bookmark := range all {
		if bookmark.Name == name {
			return bookmark, true, nil
		}
	}
	return Bookmark{}, false, err
}

// Add stores a bookmark in the place of an older one of the same name. A URL
// with a password is refused.
func (b *Bookmarks) Add(bookmark Bookmark) error {
	if err := checkBookmarkName(bookmark.Name); err != nil {
		return err
	}
	u, hadPassword, err := parseBookmarkURL(bookmark.URL)
	if err != nil {
		return err
	}
	if hadPassword {
		return hinted("use "+u+", and a netrc file if you must", "bookmark %s: a bookmark holds no password", bookmark.Name)
	}
	if strings.ContainsFunc(bookmark.Note, unicode.IsControl) {
		return fmt.Errorf("bookmark %s: note is not one line of printable text", bookmark.Name)
	}
	line := strings.TrimSpace(bookmark.Name + " " + u + " " + strings.TrimSpace(bookmark.Note))
	_, err = b.file.replace(named(bookmark.Name), line)
	return err
}

// Remove deletes a bookmark; that there is none of this name is an error.
func (b *Bookmarks) Remove(name string) error {
	found, err := b.file.replace(named(name), "")
	if err == nil && !found {
		return fmt.Errorf("no bookmark %q", name)
	}
	return err
}

// named returns a function that finds the line of a bookmark.
func named(name string) func(string) bool {
	return func(line string) bool {
		fields := strings.Fields(line)
		return len(fields) > 1 && fields[0] == name
	}
}

// parseBookmark reads a line of the file.
func parseBookmark(line string) (bookmark Bookmark, hadPassword bool, err error) {
	name, rest := cutBlank(line)
	address, note := cutBlank(rest)
	if err := checkBookmarkName(name); err != nil {
		return Bookmark{}, false, err
	}
	address, hadPassword, err = parseBookmarkURL(address)
	return Bookmark{Name: name, URL: address, Note: note}, hadPassword, err
}

// cutBlank cuts off the first word.
func cutBlank(s string) (word, rest string) {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, " \t"); i >= 0 {
		return s[:i], strings.TrimSpace(s[i:])
	}
	return s, ""
}

// checkBookmarkName keeps names apart from hosts with a user or port, from
// URLs, flags and comments.
func checkBookmarkName(name string) error {
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.+", r)
	}
	if name == "" || strings.ContainsFunc(name, odd) || strings.ContainsAny(name[:1], "-.+") {
		return fmt.Errorf("bookmark name %q is not made of letters, digits, and - _ . + inside", name)
	}
	return nil
}

// parseBookmarkURL checks a URL and takes its password out.
func parseBookmarkURL(text string) (clean string, hadPassword bool, err error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || strings.ContainsFunc(text, unicode.IsSpace) {
		return "", false, fmt.Errorf("bookmark URL %q is not ftp://host/path", maskPassword(text))
	}
	switch u.Scheme {
	case "ftp", "ftps", "ftpes":
	default:
		return "", false, fmt.Errorf("bookmark URL %q is not of ftp, ftps or ftpes", maskPassword(text))
	}
	if u.User != nil {
		_, hadPassword = u.User.Password()
		u.User = url.User(u.User.Username())
	}
	return u.String(), hadPassword, nil
}
