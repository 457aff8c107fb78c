package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// module is our own module path.
const module = "ftpsh"

// layers is the house from the roof down: a package may import what lies in a lower layer, and nothing
// of its own. A package that is not named here has no place yet.
var layers = [][]string{
	{module},
	{"bench"},
	{"shell"},
	{"completion"}, // beside commands, but it may read the table
	{"commands"},
	{"doctor", "transfer", "trace"},
	{"remote"},
	{
		"internal/config", "internal/demo", "internal/editor", "internal/ftptest", "internal/history",
		"internal/lang", "internal/listing", "internal/script", "internal/term", "internal/wire",
	},
}

// siblings are the arrows allowed inside a layer.
var siblings = map[string][]string{
	"internal/editor":  {"internal/term"},
	"internal/ftptest": {"internal/demo", "internal/script"},
}

// forTests are packages that only tests may import.
var forTests = []string{"internal/ftptest"}

// importers names the one package that may import a module of others; tests for none but tests. A module
// that is not named has one importer too, whichever it is.
var importers = map[string]string{
	"github.com/chzyer/readline":      "internal/editor",
	"github.com/creack/pty":           tests,
	"github.com/fatih/color":          "internal/term",
	"github.com/gdamore/tcell/v3":     tests,
	"github.com/jlaffaye/ftp":         "remote",
	"github.com/rivo/uniseg":          "internal/term",
	"github.com/rogpeppe/go-internal": "internal/history",
	"goftp.io/server/v2":              "internal/demo",
	"golang.org/x/term":               "internal/term",
	"golang.org/x/text":               "remote",
	"golang.org/x/time":               "internal/wire",
	"mvdan.cc/sh/v3":                  "internal/lang",
	"github.com/vishvananda/netlink":  tests,
}

const tests = "tests"

// pkg is what go list tells of a package.
type pkg struct {
	ImportPath, Dir                    string
	Imports, TestImports, XTestImports []string
	Standard                           bool
	Module                             *struct{ Path string }
}

// ours reports whether the package is of this module, and its name below it.
func (p pkg) ours() (name string, ok bool) {
	if p.Module == nil || p.Module.Path != module {
		return "", false
	}
	return strings.TrimPrefix(p.ImportPath, module+"/"), true
}

// list asks the go command for our packages on a system, with all that they are made of.
func list(t *testing.T, system string) map[string]pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,Imports,TestImports,XTestImports,Standard,Module", "./...")
	cmd.Env = append(os.Environ(), "GOOS="+system, "GOFLAGS=") // -race, as CI has it, is not for every system
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaint.Bytes())
	}
	packages := map[string]pkg{}
	for d := json.NewDecoder(bytes.NewReader(output)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages[p.ImportPath] = p
	}
}

func layer(name string) int {
	return slices.IndexFunc(layers, func(names []string) bool { return slices.Contains(names, name) })
}

// mayImport says why one of our packages must not import another, or nothing.
func mayImport(from, to string) (objection string) {
	switch {
	case slices.Contains(forTests, to) && !slices.Contains(forTests, from):
		return "only tests may"
	case slices.Contains(siblings[from], to):
		return ""
	case layer(from) == layer(to):
		return "they are side by side"
	case layer(from) > layer(to):
		return "the arrow points up"
	default:
		return ""
	}
}

func TestMayImport(t *testing.T) {
	for _, arrow := range []struct {
		from, to string
		allowed  bool
	}{
		{"ftpsh", "internal/demo", true},
		{"shell", "completion", true},
		{"completion", "commands", true},
		{"commands", "completion", false},
		{"commands", "shell", false},
		{"transfer", "commands", false},
		{"transfer", "trace", false},
		{"remote", "internal/wire", true},
		{"internal/wire", "remote", false},
		{"internal/editor", "internal/term", true},
		{"internal/term", "internal/editor", false},
		{"internal/wire", "internal/listing", false},
		{"remote", "internal/ftptest", false},
	} {
		if objection := mayImport(arrow.from, arrow.to); (objection == "") != arrow.allowed {
			t.Errorf("%s to %s: %q", arrow.from, arrow.to, objection)
		}
	}
}

// Imports point down (doc/architecture.md).
func TestImportsPointDown(t *testing.T) {
	for _, system := range []string{"linux", "windows"} {
		packages := list(t, system)
		for _, p := range packages {
			from, ok := p.ours()
			if !ok {
				continue
			}
			if layer(from) < 0 {
				t.Errorf("%s: package %s has no place in the layers", system, from)
				continue
			}
			for _, imported := range p.Imports {
				to, ok := packages[imported].ours()
				if !ok {
					continue
				}
				if objection := mayImport(from, to); objection != "" {
					t.Errorf("%s: %s imports %s: %s", system, from, to, objection)
				}
			}
		}
	}
}

// Tests may use what their package may, and everything internal: servers above all.
func TestImportsOfTestsPointDown(t *testing.T) {
	packages := list(t, "linux")
	for _, p := range packages {
		from, ok := p.ours()
		if !ok {
			continue
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			to, ok := packages[imported].ours()
			if !ok || to == from || strings.HasPrefix(to, "internal/") {
				continue
			}
			if objection := mayImport(from, to); objection != "" {
				t.Errorf("the tests of %s import %s: %s", from, to, objection)
			}
		}
	}
}

// Each module of others has one importer, so that it can be replaced in one place.
func TestOneImporterForEachModule(t *testing.T) {
	found := map[string][]string{}
	for _, system := range []string{"linux", "windows"} {
		packages := list(t, system)
		for _, p := range packages {
			from, ok := p.ours()
			if !ok || slices.Contains(forTests, from) {
				continue
			}
			for _, imported := range p.Imports {
				q := packages[imported]
				if _, own := q.ours(); q.Standard || own || q.Module == nil || slices.Contains(found[q.Module.Path], from) {
					continue
				}
				found[q.Module.Path] = append(found[q.Module.Path], from)
			}
		}
	}
	for name, from := range found {
		slices.Sort(from)
		only, named := importers[name]
		switch {
		case named && !slices.Equal(from, []string{only}):
			t.Errorf("%s is imported by %s, and is for %s", name, strings.Join(from, ", "), only)
		case len(from) > 1:
			t.Errorf("%s is imported by %s: one of them is enough", name, strings.Join(from, ", "))
		}
	}
}

// ofTheProcess are the names of package os that belong to main: the rest of the program is handed its
// streams, its environment and its way to end.
var ofTheProcess = []string{"Args", "Environ", "Exit", "Getenv", "LookupEnv", "Stderr", "Stdin", "Stdout"}

func TestOnlyMainTouchesTheProcess(t *testing.T) {
	for _, p := range list(t, "linux") {
		name, ok := p.ours()
		if !ok || name == module || name == "bench" || slices.Contains(forTests, name) {
			continue
		}
		files, _ := filepath.Glob(filepath.Join(p.Dir, "*.go")) // the pattern is well formed
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, use := range usesOfOS(t, file) {
				if slices.Contains(ofTheProcess, use) {
					t.Errorf("%s uses os.%s", file, use)
				}
			}
		}
	}
}

// usesOfOS returns the names of package os that a file mentions.
func usesOfOS(t *testing.T, file string) (names []string) {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if of, ok := selector.X.(*ast.Ident); ok && of.Name == "os" {
				names = append(names, selector.Sel.Name)
			}
		}
		return true
	})
	return names
}
