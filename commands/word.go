package commands

import "ftpsh/internal/lang"

// Word is one word of a line.
type Word = lang.Word
