package doctor

import "slices"

// Cause is a fault that has a name. Slugs are part of the interface: scripts compare them.
type Cause struct {
	Slug    string
	Meaning string // in general, for the list of causes

	holds    func(*examination) bool
	sentence func(*examination) string
	cure     func(*examination) string
}

// causes are all of them; the first that holds is the diagnosis. What keeps everything else from working
// comes first, then what the user has just run into, then what will only matter one day.
func causes() []Cause {
	return slices.Concat(reachCauses, secureCauses, loginCauses, dataCauses, operationCauses(), latentCauses)
}

// Causes is every cause that a diagnosis may name, and the two that are none.
func Causes() []Cause {
	return slices.Concat(
		[]Cause{{Slug: Healthy, Meaning: "no fault was found"}},
		causes(),
		[]Cause{{Slug: Unknown, Meaning: "something failed, and no cause is known that fits"}},
	)
}

// always is a cure that does not depend on what was found.
func always(text string) func(*examination) string {
	return func(*examination) string { return text }
}
