package transfer

import "slices"

// span is a piece of a file, in bytes: from From up to, and without, To.
type span struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

func (s span) size() int64 { return s.To - s.From }

// sum is how many bytes the spans have in all.
func sum(spans []span) (bytes int64) {
	for _, s := range spans {
		bytes += s.size()
	}
	return bytes
}

// joinSpans puts spans in order, those that touch together, and leaves the empty ones out.
func joinSpans(spans []span) []span {
	var joined []span
	slices.SortFunc(spans, func(a, b span) int { return int(min(1, max(-1, a.From-b.From))) })
	for _, s := range spans {
		last := len(joined) - 1
		switch {
		case s.size() <= 0:
		case last >= 0 && joined[last].To >= s.From:
			joined[last].To = max(joined[last].To, s.To)
		default:
			joined = append(joined, s)
		}
	}
	return joined
}

// haveBefore is how many bytes right before a place are here, if the spans are those that are not.
func haveBefore(missing []span, at int64) int64 {
	start := int64(0)
	for _, s := range missing {
		if s.To <= at {
			start = max(start, s.To)
		} else if s.From < at {
			return 0
		}
	}
	return at - start
}

// haveAfter is how many bytes from a place on are here, in a file of that size.
func haveAfter(missing []span, at, size int64) int64 {
	end := size
	for _, s := range missing {
		if s.From >= at {
			end = min(end, s.From)
		} else if s.To > at {
			return 0
		}
	}
	return max(0, end-at)
}
