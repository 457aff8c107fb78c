package ftptest

import (
	"bufio"
	"crypto/rand"
	"crypto/tls"
	_ "embed"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// serviceID is the user and group that serve the files: Debian's "daemon", whom vsftpd can name.
const serviceID = 1

// serviceName is the name of serviceID.
const serviceName = "daemon"

//go:embed daemons/hold.sh
var hold string

// Place is where a daemon runs: the zero value is this host, on its loopback address.
type Place struct {
	Host string                       // the address that it listens on
	Do   func(run func() error) error // runs what starts a process or dials, as a network namespace needs it
}

func (p Place) host() string {
	if p.Host == "" {
		return "127.0.0.1"
	}
	return p.Host
}

func (p Place) do(run func() error) error {
	if p.Do == nil {
		return run()
	}
	return p.Do(run)
}

// starting is a daemon that is being configured.
type starting struct {
	place          Place
	mode           Mode
	root           string // where its packages are unpacked
	dir            string // its working directory; cert.pem and key.pem are there
	home           string // what it serves
	user, password string
	port           int // of the control connection
	first, last    int // of the passive range
}

// file returns the path of a file in the working directory.
func (s *starting) file(name string) string { return filepath.Join(s.dir, name) }

// program is how to run a configured daemon.
type program struct {
	args []string
	env  []string
	logs []string // beside its output
}

// find returns where a daemon is unpacked.
func find(kind Kind) (string, error) {
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		return "", fmt.Errorf("%s is started as root on Linux only", kind)
	}
	cache := os.Getenv("FTPSH_DAEMONS")
	if cache == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("%s: %w", kind, err)
		}
		cache = filepath.Join(base, "ftpsh", "daemons")
	}
	root := filepath.Join(cache, string(kind))
	if _, err := os.Stat(root); err != nil {
		return "", fmt.Errorf("%s was not fetched: %w", kind, err)
	}
	return root, nil
}

// attempts is how many blocks of ports are tried for one daemon.
const attempts = 3

// start configures and runs a daemon, and waits until it greets.
func start(kind Kind, mode Mode, place Place, root string, prepare func(*starting) (*program, error)) (*Daemon, error) {
	var errs error
	for range attempts {
		s, err := newStarting(place, mode, root)
		if err == nil {
			var d *Daemon
			if d, err = s.run(kind, prepare); err == nil {
				return d, nil
			}
		}
		errs = errors.Join(errs, err)
	}
	return nil, errs
}

func (s *starting) run(kind Kind, prepare func(*starting) (*program, error)) (*Daemon, error) {
	p, err := prepare(s)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	output := s.file("output")
	exited, err := s.launch(p, output)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	d := &Daemon{
		Kind: kind, Mode: s.mode, User: s.user, Password: s.password, Home: s.home,
		Addr: net.JoinHostPort(s.place.host(), fmt.Sprint(s.port)),
		logs: append([]string{output}, p.logs...),
	}
	if err := s.awaitGreeting(d, exited); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, d.tail())
	}
	return d, nil
}

// newStarting makes the directories, the login and the certificate of a daemon.
func newStarting(place Place, mode Mode, root string) (*starting, error) {
	dir, err := os.MkdirTemp("", "ftpsh-daemon-")
	if err != nil {
		return nil, err
	}
	s := &starting{
		place: place, mode: mode, root: root, dir: dir, home: filepath.Join(dir, "home"),
		user: "u" + strings.ToLower(rand.Text()[:6]), password: rand.Text(),
	}
	if s.port, err = portBlock(); err != nil {
		return nil, err
	}
	s.first, s.last = s.port+1, s.port+blockSize-2
	set, err := certificates()
	if err != nil {
		return nil, err
	}
	certificate, key, err := PEM(set.Good)
	return s, errors.Join(err,
		os.Chmod(dir, 0o755), // the service user has to reach its home
		os.Mkdir(s.home, 0o755), os.Chown(s.home, serviceID, serviceID),
		os.WriteFile(s.file("cert.pem"), certificate, 0o644),
		os.WriteFile(s.file("key.pem"), key, 0o600))
}

// A block of ports is one daemon's: the control port, the passive range, and a last one that this process
// listens on, so that no other test binary takes the block. All are below the range from which systems
// take ports for port 0.
const (
	firstPort = 10000
	blocks    = 200
	blockSize = 100
)

// guards are the listeners on the last ports of our blocks; they are held until the process ends.
var guards struct {
	sync.Mutex
	held []net.Listener
}

// portBlock returns the first port of a block that nobody else has.
func portBlock() (int, error) {
	for range 10 * blocks {
		base := firstPort + blockSize*mathrand.IntN(blocks)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", base+blockSize-1))
		if err == nil {
			guards.Lock()
			defer guards.Unlock()
			guards.held = append(guards.held, l)
			return base, nil
		}
	}
	return 0, errors.New("no free block of ports")
}

// launch starts a daemon under hold.sh. The channel is closed when it has exited.
func (s *starting) launch(p *program, output string) (exited <-chan struct{}, err error) {
	log, err := os.Create(output)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	script := s.file("hold.sh")
	if err := os.WriteFile(script, []byte(hold), 0o644); err != nil {
		return nil, err
	}
	cmd := exec.Command("sh", append([]string{script, s.dir}, p.args...)...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), append(p.env, "LD_LIBRARY_PATH="+libraries(s.root))...)
	cmd.Stdout, cmd.Stderr = log, log
	// The pipe stays open until this process ends, and is never written to.
	if _, err := cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := s.place.do(cmd.Start); err != nil {
		return nil, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = cmd.Wait() // how it ended is in its output
	}()
	return done, nil
}

// libraries lists the folders with shared libraries under root, for the loader.
func libraries(root string) string {
	return strings.Join(under(root, "lib/*-linux-*", "usr/lib/*-linux-*"), ":")
}

// under returns what matches any of the patterns below root.
func under(root string, patterns ...string) []string {
	var all []string
	for _, pattern := range patterns {
		found, _ := filepath.Glob(filepath.Join(root, pattern)) // the patterns are well formed
		all = append(all, found...)
	}
	return all
}

// awaitGreeting waits until the daemon says 220.
func (s *starting) awaitGreeting(d *Daemon, exited <-chan struct{}) error {
	deadline := time.Now().Add(patience)
	for {
		err := s.place.do(func() error { return greeted(d) })
		if err == nil {
			return nil
		}
		select {
		case <-exited:
			return errors.New("the daemon has exited")
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("no greeting: %w", err)
		}
	}
}

func greeted(d *Daemon) error {
	conn, err := net.DialTimeout("tcp", d.Addr, patience)
	if err != nil {
		return err
	}
	defer conn.Close()
	if d.Mode == Implicit {
		set, err := certificates()
		if err != nil {
			return err
		}
		conn = tls.Client(conn, set.Trust())
	}
	_ = conn.SetDeadline(time.Now().Add(patience)) // a new connection takes one
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && !strings.HasPrefix(line, "220") {
		err = fmt.Errorf("greeting %q", line)
	}
	return err
}

// crypted hashes a password as passwd files have it, by the crypt of Perl, which every Debian has.
func crypted(password string) (string, error) {
	cmd := exec.Command("perl", "-e", `print crypt(<STDIN>, q($6$rounds=1000$`+rand.Text()[:8]+`$))`)
	cmd.Stdin = strings.NewReader(password)
	hash, err := cmd.Output()
	return string(hash), err
}
