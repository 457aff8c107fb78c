package transfer

// expected is what a job still expects of one file. What is found out about it, over all attempts, keeps
// what the observer was told in step: that bytes were there before, that the size is another, that the
// file is not wanted after all.
type expected struct {
	bytes int64 // that are to come; below 0 while nobody knows
	moved int64 // in all attempts
}

// outlook is the expectation, of a task that moves a file.
func (e *expected) outlook() *expected { return e }

// enlist puts files into the queue, and tells the observer what is to be expected of them.
func (j *Job) enlist(files []task) {
	unsized, bytes := 0, int64(0)
	for _, t := range files {
		if e := t.(interface{ outlook() *expected }).outlook(); e.bytes < 0 {
			unsized++
		} else {
			bytes += e.bytes
		}
	}
	j.found(len(files), unsized, bytes)
	j.todo().move(files...)
}

// turnsOut says how many bytes are to come from now on.
func (e *expected) turnsOut(j *Job, bytes int64) {
	if e.bytes < 0 {
		j.found(0, -1, e.moved+bytes)
	} else {
		j.found(0, 0, bytes-e.bytes)
	}
	e.bytes = bytes
}

// progress is what an attempt to move the file is to tell.
func (e *expected) progress(j *Job) Progress {
	if j.Observer == nil {
		return nil
	}
	return &attempt{job: j, expected: e, told: j.Observer.Progress()}
}

// attempt is the progress of one attempt.
type attempt struct {
	job      *Job
	expected *expected
	told     Progress // of the observer; nil if it does not want to know
}

// Started is part of [Progress].
func (a *attempt) Started(m Moving) {
	if m.Total >= 0 {
		a.expected.turnsOut(a.job, m.Total-m.From)
	}
	if a.told != nil {
		a.told.Started(m)
	}
}

// Done is part of [Progress].
func (a *attempt) Done(moved int64) {
	e := a.expected
	if e.moved += moved; e.bytes >= 0 {
		e.bytes = max(0, e.bytes-moved)
	}
	if a.told != nil {
		a.told.Done(moved)
	}
}
