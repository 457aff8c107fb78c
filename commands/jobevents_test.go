package commands

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// doc/job-events.md has a row for each member of what --json prints, and no other.
func TestJobEventsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../doc/job-events.md")
	if err != nil {
		t.Fatal(err)
	}
	event, summary, _ := strings.Cut(string(text), "The summary")
	compareMembers(t, "an event", event, reflect.TypeFor[jobEvent]())
	compareMembers(t, "the summary", summary, reflect.TypeFor[jobSummary]())
}

func compareMembers(t *testing.T, what, text string, object reflect.Type) {
	t.Helper()
	var want, got []string
	for i := range object.NumField() {
		name, _, _ := strings.Cut(object.Field(i).Tag.Get("json"), ",")
		want = append(want, name)
	}
	for line := range strings.Lines(text) {
		if row, found := strings.CutPrefix(line, "| `"); found {
			name, _, _ := strings.Cut(row, "`")
			got = append(got, name)
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the document says of %s %q,\nthe program prints %q", what, got, want)
	}
}
