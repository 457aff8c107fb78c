package transfer

import "fmt"

// watcher writes down what it is told.
type watcher struct{ told string }

func (w *watcher) Started(m Moving) { w.told += fmt.Sprintf("%s of %d, ", m.Name, m.Total) }
func (w *watcher) Done()            { w.told += "done, " }
