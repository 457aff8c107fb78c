package transfer

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"testing"

	"ftpsh/internal/demo"
)

// TestMain lets more tests run side by side than there are processors: they wait more than they work.
func TestMain(m *testing.M) {
	if os.Getenv(pauseVariable) != "" {
		os.Exit(serveForPause())
	}
	flag.Parse()
	_ = flag.Set("test.parallel", "64")
	m.Run()
}

// serveForPause is what the test binary does when it is started to be such a server.
func serveForPause() int {
	s, err := demo.Start(demo.Options{Empty: true})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(s.Addr(), s.Password(), s.Directory())
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n') // until the test has ended, however
	_ = s.Close()
	return 0
}

const pauseVariable = "FTPSH_TEST_SERVER"
