package main

import "os"

// progressSignals is for Unix.
var progressSignals []os.Signal
