//go:build !windows

package lang

import (
	"context"
	"os/exec"
)

// shellCommandLine is the user's shell with a line to run, or without one.
func shellCommandLine(ctx context.Context, shell, line string) *exec.Cmd {
	if line == "" {
		return exec.CommandContext(ctx, shell)
	}
	return exec.CommandContext(ctx, shell, "-c", line)
}
