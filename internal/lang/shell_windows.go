package lang

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// shellCommandLine is the user's shell with a line to run, or without one. cmd.exe takes its line as it
// is, without the quotes that other programs understand.
func shellCommandLine(ctx context.Context, shell, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, shell)
	switch {
	case line == "":
	case strings.EqualFold(strings.TrimSuffix(filepath.Base(shell), ".exe"), "cmd"):
		cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: syscall.EscapeArg(shell) + " /d /c " + line}
	default:
		cmd.Args = append(cmd.Args, "-c", line)
	}
	return cmd
}
